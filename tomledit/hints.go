package tomledit

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"
)

const (
	backslashHint   = `a backslash starts an escape: write \\ for a backslash, or put the text in single quotes`
	quoteHint       = `TOML knows only the straight quotes " and '`
	textNeedsQuotes = "text needs quotes"
)

func (r refusal) noHint() string { return "" }

func (r refusal) numberHint() string { return textNeedsQuotes }

func (r refusal) elementHint() string {
	return cmp.Or(r.quoteInside(), "elements are separated by commas")
}

func (r refusal) memberHint() string {
	return cmp.Or(r.quoteInside(), "keys are separated by commas")
}

// lineHint says what to do where a line had to end.
func (r refusal) lineHint() string {
	if r.inHeader() {
		return cmp.Or(r.quoteInside(), "a header must be alone on its line")
	}
	return cmp.Or(r.quoteInside(), "a line holds one key and its value; "+textNeedsQuotes)
}

// valueHint says what is commonly meant by something that starts no value.
func (r refusal) valueHint() string {
	rest := r.rest()
	switch strings.ToLower(string(wordAt(rest))) {
	case "true", "false":
		return "true and false are written in lower case"
	case "null", "nil", "none":
		return "TOML has no null: leave the key out"
	case "":
		if len(rest) == 0 || strings.IndexByte("\r\n#,]}", rest[0]) >= 0 {
			return "the value is missing"
		}
	}
	return textNeedsQuotes
}

// inHeader reports whether the line of the refusal is a header.
func (r refusal) inHeader() bool {
	return bytes.HasPrefix(bytes.TrimLeft(r.line(), " \t"), []byte("[")) && len(openings(r.doc.src[:r.lineStart()])) == 0
}

// keysBefore are the keys of a dotted key before the one that is being read.
var keysBefore = regexp.MustCompile(`^([ \t]*("(\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*\.)*[ \t]*`)

// headerHint says how to write the name that is being read in a header.
func (r refusal) headerHint() string {
	src, at := r.doc.src, r.lineStart()
	at += bytes.IndexByte(src[at:], '[') + 1
	closing := "]"
	if bytes.HasPrefix(src[at:], []byte("[")) {
		at, closing = at+1, "]]"
	}
	start := at + len(keysBefore.Find(src[at:max(at, r.start)]))
	line := restOfLine(src[start:])
	text, _, _ := bytes.Cut(line, []byte(" #"))
	end := bytes.LastIndex(text, []byte(closing))
	if end < 0 { // the # may be part of the name
		text, end = line, bytes.LastIndex(line, []byte(closing))
	}
	if end < 0 {
		return "close the name with " + closing
	}
	name := string(bytes.TrimSpace(text[:end]))
	switch {
	case name == "":
		return "the name is missing"
	case strings.Contains(name, `\`):
		return `a name with spaces, dots or other symbols needs quotes; a " in it is written \"`
	}
	hint := "a name with spaces, dots or other symbols needs quotes: "
	if len(name) > 1 && isQuote(name[0]) {
		hint = "write quotes inside a name like this: "
		if name[len(name)-1] == name[0] {
			name = name[1 : len(name)-1]
		}
	}
	return hint + string(appendQuoted(src[r.lineStart():start:start], name)) + closing
}

// keyHint says how to write the key that is being read in a header, in a line or in a table in braces.
func (r refusal) keyHint() string {
	if r.inHeader() {
		return r.headerHint()
	}
	src := r.doc.src
	start := bytes.LastIndexAny(src[:r.start], "{,\n") + 1
	rest := restOfLine(src[start:])
	name, _, assigned := bytes.Cut(rest, []byte("="))
	name = bytes.TrimSpace(name)
	switch {
	case bytes.HasPrefix(r.rest(), []byte(":")):
		return "write = between a key and its value"
	case !assigned:
		return "write a key, = and a value"
	case len(name) == 0:
		return "the key is missing"
	case bytes.ContainsAny(name, `"\.`):
		return `a key with spaces, quotes or other symbols needs quotes; a " in it is written \"`
	}
	return "a key with spaces or other symbols needs quotes: " + string(appendQuoted(nil, string(name)))
}

var keyAndEquals = regexp.MustCompile(`^[A-Za-z0-9_-]+[ \t]*=`)

// quoteInside is the hint for what follows a string that ends too early, at a quote that is meant to be part of it.
func (r refusal) quoteInside() string {
	before, rest := bytes.TrimRight(r.doc.src[:r.start], " \t"), restOfLine(r.rest())
	if len(before) == 0 || !isQuote(before[len(before)-1]) {
		return ""
	}
	quote := before[len(before)-1]
	apart := len(before) < r.start
	switch {
	case bytes.IndexByte(rest, quote) < 0, keyAndEquals.Match(rest), apart && isQuote(rest[0]):
		return ""
	case quote == '"':
		return `a " inside text is written \"`
	}
	return "text with a ' in it needs double quotes"
}

var curlyTriple = regexp.MustCompile(`[“”‘’]{3}`)

// hint says how to close what a source leaves open.
func (o opening) hint(src []byte) string {
	text, hint := src[o.at:], "close it with "+o.closing
	if o.what != "string" {
		return hint
	}
	if len(o.closing) > 1 {
		if curlyTriple.Match(text) {
			return hint + "; " + quoteHint
		}
		return hint
	}
	text = restOfLine(text)
	switch {
	case o.closing == `"` && bytes.Contains(text, []byte(`\"`)):
		return `\" does not close it: ` + backslashHint
	case bytes.IndexFunc(text, isTypographicQuote) >= 0:
		return hint + "; " + quoteHint
	}
	return hint + `; text over several lines goes in """ or '''`
}

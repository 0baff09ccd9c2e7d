package tomledit

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The functions here and in hints.go run once, for a syntax error. They say what the parser refused, and what to do
// about it, in words for people who do not know TOML's grammar.

// refusal is what the parser refused: its message and the place from start to end of the source.
type refusal struct {
	doc        *Document
	message    string
	start, end int
	atEnd      bool // the source ends too early; the place is its last byte
}

// explain makes the error for a refusal.
func (r refusal) explain() *Error {
	var open []opening
	if r.endsEarly() {
		open = openings(r.doc.src)
	}
	start, end := wholeCharacters(r.doc.src, r.start, r.end)
	if at, marked := r.conflictMarker(open); marked {
		return r.doc.ErrorAt(at, at+len("<<<<<<<"), "", "unfinished git merge: this line is a conflict marker",
			"finish the merge: keep one version of the lines (an id, not a 0) and delete the lines that start with <<<<<<<, |||||||, ======= or >>>>>>>")
	}
	if len(open) > 0 {
		return r.doc.ErrorAt(start, end, "", r.doc.unclosed(open), open[len(open)-1].hint(r.doc.src))
	}
	message, hint := r.reword()
	open = openings(r.doc.src[:r.lineStart()])
	if len(open) > 0 && open[len(open)-1].what != "string" && statement.Match(r.line()) {
		hint = strings.TrimPrefix(hint+"; maybe "+r.doc.unclosed(open), "; ")
	}
	return r.doc.ErrorAt(start, end, "", message, hint)
}

// rest returns the source from the refusal on.
func (r refusal) rest() []byte {
	if r.atEnd {
		return nil
	}
	return r.doc.src[r.start:]
}

// endsEarly reports whether the source ends within something.
func (r refusal) endsEarly() bool {
	return strings.HasSuffix(r.message, "is incomplete") || strings.Contains(r.message, "terminated") ||
		strings.HasPrefix(r.message, "need a character after")
}

var conflictMarker = regexp.MustCompile(`(?m)^(<{7}|\|{7}|={7}|>{7})([ \r]|$)`)

// conflictMarker returns the start of a line that git left of a merge: the line of the refusal, or the first one in what
// the source leaves open.
func (r refusal) conflictMarker(open []opening) (at int, marked bool) {
	if conflictMarker.Match(r.line()) {
		return r.lineStart(), true
	}
	if len(open) > 0 {
		from := open[len(open)-1].at
		if found := conflictMarker.FindIndex(r.doc.src[from:]); found != nil {
			return from + found[0], true
		}
	}
	return 0, false
}

func (r refusal) lineStart() int { return bytes.LastIndexByte(r.doc.src[:r.start], '\n') + 1 }

// line returns the line of the refusal.
func (r refusal) line() []byte { return restOfLine(r.doc.src[r.lineStart():]) }

func restOfLine(src []byte) []byte {
	line, _, _ := bytes.Cut(src, []byte{'\n'})
	return line
}

// expectations say what had to stand at the place of a refusal, by the parser's message, and what to do.
var expectations = []struct {
	message  *regexp.Regexp
	expected string
	hint     func(refusal) string
}{
	{regexp.MustCompile(`expected newline`), "the end of the line", refusal.lineHint},
	{regexp.MustCompile(`at start of value|expected (value|keyword)`), "a value", refusal.valueHint},
	{regexp.MustCompile(`at start of key|expected key|unexpected comma`), "a key", refusal.keyHint},
	{regexp.MustCompile(`expected ']' to close`), "] after the name", refusal.headerHint},
	{regexp.MustCompile(`expected ']]' to close`), "]] after the name", refusal.headerHint},
	{regexp.MustCompile(`expected '=' after key`), "= after the key", refusal.keyHint},
	{regexp.MustCompile(`expected ',' or ']'`), ", or ]", refusal.elementHint},
	{regexp.MustCompile(`expected ',' or '}'`), ", or }", refusal.memberHint},
	{regexp.MustCompile(`strings must be quoted`), "the end of the number", refusal.numberHint},
	{regexp.MustCompile(`expected digit`), "a digit", refusal.noHint},
	{regexp.MustCompile(`expected (number|")`), "a number", refusal.noHint},
	{regexp.MustCompile(`decimal point`), "a digit after the decimal point", refusal.noHint},
	{regexp.MustCompile(`exponent must`), "a digit in the exponent", refusal.noHint},
	{regexp.MustCompile(`in comments|strings cannot have|carriage returns must`), "text", refusal.noHint},
}

// reword returns message and hint for a refusal in the middle of the source.
func (r refusal) reword() (message, hint string) {
	rest := r.rest()
	what, hint := strange(rest)
	if isApostrophe(r.doc.src, r.start) {
		what = ""
	}
	switch {
	case strings.Contains(r.message, "invalid UTF-8"):
		return "not UTF-8", hint
	case strings.Contains(r.message, "escape character"):
		return fmt.Sprintf("there is no escape `%s`", r.doc.src[r.start:r.end]), backslashHint
	case strings.Contains(r.message, "escape sequence"):
		return r.unicodeEscape(), backslashHint
	case strings.Contains(r.message, "leading zeroes"):
		return "a number cannot start with 0", "remove the leading zeros; text needs quotes"
	case strings.Contains(r.message, "too many quotes"):
		return "too many quotes at the end of the text", `at most two can stand before the closing """ or '''`
	case strings.Contains(r.message, "cannot have new lines") && what == "":
		if open := openings(r.doc.src[:r.start]); len(open) > 0 {
			hint = open[len(open)-1].hint(r.doc.src)
		}
		return "the string is not closed on its line", hint
	}
	for _, e := range expectations {
		if !e.message.MatchString(r.message) {
			continue
		}
		if what == "" {
			what, hint = found(rest), e.hint(r)
		}
		if bytes.HasPrefix(rest, []byte("//")) || bytes.HasPrefix(rest, []byte(";")) {
			hint = "a comment starts with #"
		}
		return "expected " + e.expected + ", found " + what, hint
	}
	return r.message, ""
}

// unicodeEscape says what is wrong with an escape such as \u00e9 that is being read at the refusal.
func (r refusal) unicodeEscape() string {
	src := r.doc.src
	if strings.Contains(r.message, "valid unicode") {
		return fmt.Sprintf("there is no character `%s`", src[r.start:r.end])
	}
	letter := bytes.LastIndexByte(src[:r.start+1], '\\') + 1
	rest := bytes.TrimLeft(src[letter+1:], "0123456789abcdefABCDEF")
	return fmt.Sprintf("expected %d hexadecimal digits after \\%c, found %s", map[byte]int{'x': 2, 'u': 4, 'U': 8}[src[letter]], src[letter], found(rest))
}

// found says what stands at the start of the rest of a source: a word, a character or an end.
func found(rest []byte) string {
	switch {
	case len(rest) == 0:
		return "the end of the file"
	case rest[0] == '\n' || rest[0] == '\r':
		return "the end of the line"
	case rest[0] == '#':
		return "a comment"
	}
	text := string(wordAt(rest))
	if text == "" {
		_, size := utf8.DecodeRune(rest)
		text = string(rest[:size])
	}
	if short := text[:skipCharacters(text, 20)]; short != text {
		text = short + "…"
	}
	return "`" + text + "`"
}

// wordAt returns the letters, digits, _ and - at the start of the rest of a source.
func wordAt(rest []byte) []byte {
	end := bytes.IndexFunc(rest, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '-'
	})
	if end < 0 {
		return rest
	}
	return rest[:end]
}

var rareCharacters = map[rune]string{
	0x00a0: "a no-break space",
	0x00ad: "a soft hyphen",
	0x200b: "a zero width space",
	0x2028: "a line separator",
	0x202f: "a narrow no-break space",
	0x3000: "an ideographic space",
	0xfeff: "a byte order mark",
}

// strange names a character at the start of the rest of a source that is not what it seems to the eye, if there is one.
func strange(rest []byte) (what, hint string) {
	c, size := utf8.DecodeRune(rest)
	name := rareCharacters[c]
	if name == "" {
		name = "an invisible character"
	}
	switch {
	case c == utf8.RuneError && size == 1:
		return "a byte that is not UTF-8", "save the file with encoding UTF-8"
	case c == '\r' && !bytes.HasPrefix(rest, []byte("\r\n")):
		return "a carriage return without a line feed", "save the file with line ends LF or CRLF"
	case strings.ContainsRune(" \t\r\n", c), size == 0:
		return "", ""
	case unicode.Is(unicode.Zs, c):
		return fmt.Sprintf("%s (%U)", name, c), "TOML does not treat it as a space: type an ordinary space instead"
	case unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp):
		return fmt.Sprintf("%s (%U)", name, c), "it is invisible: delete it"
	case unicode.IsControl(c):
		return fmt.Sprintf("a control character (%U)", c), fmt.Sprintf(`delete it; in text in double quotes it can be written as \u%04X`, c)
	case 0xff01 <= c && c <= 0xff5e:
		return fmt.Sprintf("a fullwidth character (%c)", c), fmt.Sprintf("type %c instead", c-0xff00+0x20)
	case isTypographicQuote(c):
		return fmt.Sprintf("a typographic quote (%c)", c), quoteHint
	case c > utf8.RuneSelf && unicode.In(c, unicode.Pd), c == '−':
		return fmt.Sprintf("a dash that is not a hyphen (%c)", c), "type - instead"
	}
	return "", ""
}

// isTypographicQuote reports whether word processors write a character for the quotes of a keyboard.
func isTypographicQuote(c rune) bool {
	return unicode.In(c, unicode.Pi, unicode.Pf) || strings.ContainsRune("‚„′″´`", c)
}

// isApostrophe reports whether the character at the offset stands after a letter, as in What’s new.
func isApostrophe(src []byte, at int) bool {
	c, _ := utf8.DecodeRune(src[at:])
	before, _ := utf8.DecodeLastRune(src[:at])
	return isTypographicQuote(c) && unicode.IsLetter(before)
}

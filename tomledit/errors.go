package tomledit

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is what is wrong with a document or with an edit of it, and where. It is the type of all errors of
// this package except those of the writer given to [Patch.WriteTo].
type Error struct {
	File      string   // name given to Parse
	Pos       Position // where it is wrong
	EndOffset int      // byte offset behind what is wrong, on the same line; at most Pos.Offset if only a point is known
	Key       string   // path of the key, as Value.Path spells it; empty if not known
	Message   string   // what is wrong: lower case, no full stop
	Hint      string   // what to do about it; may be empty
	Line      string   // text of the line of Pos, without its line end

	before int // bytes of Line before Pos; 0 too where somebody else made the Error
}

// ErrorAt makes an error for the bytes from start to end of the source: for what is wrong with a document beyond its
// TOML. What stands behind the line of start is not marked. Each call takes about the same short time, also in a line of
// many megabytes.
func (d *Document) ErrorAt(start, end int, key, message, hint string) *Error {
	pos := d.Position(start)
	line := d.lineOf(pos.Line)
	before := max(0, pos.Offset-line.start)
	return &Error{
		File: d.name, Pos: pos, EndOffset: min(end, line.start+len(line.text)), Key: key,
		Message: message, Hint: hint, Line: line.text, before: before,
	}
}

// EndColumn returns the column behind what is wrong: at least one behind that of Pos.
func (e *Error) EndColumn() int {
	return e.Pos.Column + max(1, e.markedCharacters(e.Line[e.bytesBefore():]))
}

// bytesBefore returns how many bytes of the line stand before the error.
func (e *Error) bytesBefore() int {
	if e.before > 0 {
		return min(e.before, len(e.Line))
	}
	return skipCharacters(e.Line, e.Pos.Column-1)
}

// Error returns file, line, column, key (where it is known) and message, as in
//
//	map.toml:12:11: features."X".task_id: want an integer, found a string
//
// The hint is left to the caller to show.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		b.WriteByte(':')
	}
	b.WriteString(strconv.Itoa(e.Pos.Line))
	b.WriteByte(':')
	b.WriteString(strconv.Itoa(e.Pos.Column))
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// newError makes an error for the bytes from start to end of a source.
func newError(file string, src []byte, start, end int, message, hint string) *Error {
	lineStart := bytes.LastIndexByte(src[:start], '\n') + 1
	lineEnd := len(src)
	if i := bytes.IndexByte(src[start:], '\n'); i >= 0 {
		lineEnd = start + i
	}
	text := lineText(src, lineStart, lineEnd)
	return &Error{
		File:      file,
		Pos:       positionIn(src, start),
		EndOffset: min(end, lineEnd),
		Message:   message,
		Hint:      hint,
		Line:      string(text),
		before:    max(0, start-lineStart-markSize(src, lineStart)),
	}
}

// wholeCharacters widens the bytes from start to end of a source to the characters that they are part of.
func wholeCharacters(src []byte, start, end int) (int, int) {
	if start < end {
		_, end = characterAt(src, end-1)
		start, _ = characterAt(src, start)
	}
	return start, end
}

// characterAt returns where the character that the byte at the offset is part of starts and ends. A byte that is part
// of none is taken for one.
func characterAt(src []byte, at int) (start, end int) {
	for start = at; start > 0 && at-start < utf8.UTFMax-1 && !utf8.RuneStart(src[start]); start-- {
		continue
	}
	if _, size := utf8.DecodeRune(src[start:]); start+size > at {
		return start, start + size
	}
	return at, at + 1
}

// explain turns a message of the parser into one for people who do not know its grammar. The error is at the offset.
func explain(message string, src []byte, at int) (text, hint string) {
	if strings.HasSuffix(message, "is incomplete") || strings.Contains(message, "terminated") {
		if text, hint = unclosed(src); text != "" {
			return text, hint
		}
	}
	text, hint = reword(message, src[at:])
	if open := leftOpen(src, at); open != "" {
		hint = strings.TrimPrefix(hint+"; "+open, "; ")
	}
	return text, hint
}

// reword does so for a message by itself. The rest is the source from the place of the error on.
func reword(message string, rest []byte) (text, hint string) {
	switch {
	case strings.HasPrefix(message, "expected newline but got"):
		return "want the end of the line here", "a line holds one key and its value; text needs quotes"
	case strings.Contains(message, "at start of value"):
		return "want a value", valueHint(rest)
	case strings.HasPrefix(message, "expected value, not end"):
		return "want a value", "the value is missing"
	case strings.HasPrefix(message, "invalid character at start of key"):
		return "want a key", "a key is letters, digits, - and _; all else needs quotes"
	case strings.HasPrefix(message, "expected '=' after key"):
		return "want = behind the key", "a key with blanks or other signs needs quotes"
	case strings.HasPrefix(message, "strings must be quoted"):
		return "want the end of the number here", "text needs quotes"
	case strings.HasPrefix(message, "expected keyword"):
		return "want true, false, inf or nan", "text needs quotes"
	case strings.HasPrefix(message, "invalid escape character"):
		return "no such escape in a string", `write \\ for a backslash, or put the text in single quotes`
	case strings.Contains(message, "strings cannot have new lines"):
		return "the string is not closed on its line", `text over several lines stands in """ or '''`
	case strings.Contains(message, "invalid UTF-8"):
		return "not UTF-8", "save the file with encoding UTF-8"
	}
	return message, ""
}

// valueHint says what is commonly meant by something that starts no value.
func valueHint(rest []byte) string {
	word := strings.ToLower(string(rest[:min(len(rest), 5)]))
	switch {
	case strings.HasPrefix(word, "true") || strings.HasPrefix(word, "false"):
		return "true and false are written in small letters"
	case word == "" || word[0] == '\n' || word[0] == '\r' || word[0] == '#':
		return "the value is missing"
	}
	return "text needs quotes"
}

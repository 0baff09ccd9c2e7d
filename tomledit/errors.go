package tomledit

import (
	"fmt"
	"unicode/utf8"
)

// Error is what is wrong with a document or with an edit of it, and where. It is the type of all errors of
// this package except those of the writer given to [Patch.WriteTo].
type Error struct {
	File      string   // name given to Parse
	Pos       Position // where it is wrong
	EndOffset int      // byte offset after what is wrong, on the same line; at most Pos.Offset if only a point is known
	Key       string   // path of the key, as Value.Path spells it; empty if not known
	Message   string   // what is wrong: lower case, no full stop
	Hint      string   // what to do about it; may be empty
	Line      string   // text of the line of Pos, without its line end

	before int // bytes of Line before Pos; 0 too where somebody else made the Error
}

// errorAtStart makes an error for the document as a whole.
func errorAtStart(name, message, hint string) *Error {
	return &Error{File: name, Pos: Position{Line: 1, Column: 1}, Message: message, Hint: hint}
}

// ErrorAt returns an error for the bytes from start to end of the source: for what breaks rules of the caller's own, beyond
// those of TOML. Offsets out of range count as the nearest end of the source; with an end at or before start, only the
// character at start is marked, and of bytes on several lines only those on the first. The key is a path as [Value.Path]
// spells it; key and hint may be empty. Each call takes about the same short time, also in a line of many megabytes.
func (d *Document) ErrorAt(start, end int, key, message, hint string) *Error {
	pos := d.Position(start)
	line := d.lineAt(pos)
	before := max(0, pos.Offset-line.start)
	return &Error{
		File: d.name, Pos: pos, EndOffset: min(end, line.start+len(line.text)), Key: key,
		Message: message, Hint: hint, Line: line.text, before: before,
	}
}

// EndColumn returns the column after what is wrong: at least one after that of Pos.
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
//	map.toml:12:11: features."X".task_id: expected an integer, found a string
//
// The hint is left to the caller to show.
func (e *Error) Error() string {
	text := fmt.Sprintf("%d:%d: ", e.Pos.Line, e.Pos.Column)
	if e.File != "" {
		text = e.File + ":" + text
	}
	if e.Key != "" {
		text += e.Key + ": "
	}
	return text + e.Message
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

package tomledit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// snippetWidth is the number of characters of a line that a snippet shows at most.
const snippetWidth = 100

// Snippet returns the line of the error and, below it, a caret under what is wrong. There is no line end at the
// end. Tabs stay tabs in both lines, so that the caret lines up. Of a long line the part around the caret is
// shown, with … where it is cut. Control characters and others that could disturb a terminal are shown as
// visible signs. It is empty if the error has no line.
func (e *Error) Snippet() string {
	if e.Line == "" {
		return ""
	}
	at := e.bytesBefore()
	before, after, trail := e.Line[:at], e.Line[at:], ""
	if skipCharacters(e.Line, snippetWidth) < len(e.Line) { // more of what stands before the caret than of what follows
		if last := lastCharacters(before, snippetWidth*2/3); len(last) < len(before) {
			before = "…" + last
		}
	}
	room := snippetWidth - utf8.RuneCountInString(before)
	if end := skipCharacters(after, room); end < len(after) {
		after, trail = after[:end], "…"
	}
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	caret := strings.Repeat("^", max(1, e.markedCharacters(after)))
	return strings.Map(visible, before+after+trail) + "\n" + indent + caret
}

// markedCharacters returns how many characters of the text the error spans.
func (e *Error) markedCharacters(text string) int {
	size := min(max(0, e.EndOffset-e.Pos.Offset), len(text))
	return utf8.RuneCountInString(text[:size])
}

// skipCharacters returns the byte offset after the first n characters.
func skipCharacters(s string, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}

// lastCharacters returns the last n characters.
func lastCharacters(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:]
}

// visible returns a sign for characters that a terminal would not print but act on.
func visible(r rune) rune {
	switch {
	case r == '\t':
		return r
	case r < 0x20:
		return 0x2400 + r // the sign for it among Unicode's control pictures
	case r == 0x7f:
		return 0x2421
	case disturbs(r):
		return utf8.RuneError
	}
	return r
}

// disturbs reports whether a terminal could do anything with r but show it. The joiners and tags that emoji are made of
// are harmless.
func disturbs(r rune) bool {
	emoji := r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F
	return !emoji && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

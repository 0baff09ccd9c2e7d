package odoorpc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest texts, in bytes, that are taken over from a server.
const (
	maxLine    = 200
	maxMessage = 4 << 10
	maxDebug   = 64 << 10
	maxTrace   = 64 << 10
)

// clean makes a text from a server fit for a terminal: what could move the cursor, change colours or re-order the line
// becomes U+FFFD, tabs become blanks, CRLF becomes LF, and what lies beyond limit bytes is cut off. Newlines stay.
func clean(s string, limit int) string {
	rest := ""
	if len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s, rest = s[:limit], "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r != '\n' && disturbs(r):
			return utf8.RuneError
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n")) + rest
}

// cleanLine is clean for a text that stands within a line.
func cleanLine(s string) string {
	words := strings.Fields(clean(s, 4*maxLine))
	return clean(strings.Join(words, " "), maxLine)
}

// disturbs reports whether a terminal could do anything with r but show it: controls, line separators, and format characters
// such as the bidirectional ones. The joiners and tags that emoji are made of are harmless.
func disturbs(r rune) bool {
	emoji := r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F
	return !emoji && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

package odoorpc

import (
	"html"
	"regexp"
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
	cut := len(s) > limit
	if cut {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s = s[:limit]
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case disturbs(r):
			return utf8.RuneError
		}
		return r
	}, s)
	if cut {
		s += "…"
	}
	return s
}

// cleanLine is clean for a text that stands within a line.
func cleanLine(s string) string {
	s = clean(s, 4*maxLine)
	s = strings.Join(strings.Fields(s), " ")
	return clean(s, maxLine)
}

// disturbs reports whether a terminal could do anything with r but show it: controls, line separators, and format characters
// such as the bidirectional ones. The joiners and tags that emoji are made of are harmless.
func disturbs(r rune) bool {
	emoji := r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F
	return !emoji && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle returns the title of an HTML page, or "".
func pageTitle(body string) string {
	if m := titleTag.FindStringSubmatch(body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes text from a server, a map or a path harmless to a terminal:
// control, escape and direction-changing characters become visible escapes
// such as \x1b or \u202e. Line ends and tabs stay; "\r\n" becomes "\n".
func printable(s string) string {
	return escape(s, func(r rune) bool { return r == '\n' || r == '\t' })
}

// oneLine is printable for text that must not begin a new line either.
func oneLine(s string) string {
	return escape(s, func(rune) bool { return false })
}

func escape(s string, keep func(rune) bool) string {
	dangerous := func(r rune) bool { return r == utf8.RuneError || !keep(r) && disturbs(r) }
	if !strings.ContainsFunc(s, dangerous) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case keep(r) || !disturbs(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// disturbs reports whether a terminal could do anything with r but show it:
// controls (C0, DEL, C1), line and paragraph separators, and the characters
// that change the direction of the text around them.
func disturbs(r rune) bool {
	switch {
	case unicode.IsControl(r),
		r == '\u2028', r == '\u2029',
		r >= '\u202a' && r <= '\u202e',
		r >= '\u2066' && r <= '\u2069',
		r == '\u061c', r == '\u200e', r == '\u200f',
		r == '\ufeff':
		return true
	}
	return false
}

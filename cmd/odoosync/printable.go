package main

import (
	"fmt"
	"strconv"
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
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// disturbs reports whether a terminal could do anything with r but show it:
// controls, line and paragraph separators, and format characters such as those
// that change the direction of the text around them. The joiners and tags that
// emoji are made of are harmless. Packages tomledit and odoorpc have the same
// rule, which a test holds together.
func disturbs(r rune) bool {
	emoji := r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F
	return !emoji && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

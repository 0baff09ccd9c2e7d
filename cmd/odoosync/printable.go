package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes text from a server, a map or a path harmless to a terminal:
// control, escape and direction-changing characters become visible escapes
// such as \x1b or \u202e. Line ends and tabs stay; "\r\n" becomes "\n".
func printable(s string) string {
	return escape(s, "\n\t")
}

// oneLine is printable for text that must not begin a new line either.
func oneLine(s string) string {
	return escape(s, "")
}

func escape(s, keep string) string {
	harmless := func(r rune) bool { return !disturbs(r) || strings.ContainsRune(keep, r) }
	if !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !harmless(r) }) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		char := s[i : i+size]
		if r == utf8.RuneError && size == 1 || !harmless(r) {
			char = strings.Trim(strconv.QuoteToASCII(char), `"`)
		}
		b.WriteString(char)
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

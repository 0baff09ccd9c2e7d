package behaviour

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

var (
	lineBreak = regexp.MustCompile(`<br\b[^>]*>`)       // Odoo marks what looks like the quote of a mail
	anyTag    = regexp.MustCompile(`</?[A-Za-z][^>]*>`) // "<%" is text, also to Odoo 14, which stores it unescaped
)

// shownText is the text that the HTML of a description shows.
func shownText(source string) string {
	return html.UnescapeString(anyTag.ReplaceAllString(lineBreak.ReplaceAllString(source, "\n"), ""))
}

// keptText is a text of a map as documented for descriptions: line ends become
// line feeds, and control characters are left out.
func keptText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// quoted writes a text as a basic string of TOML.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r >= 0x7F && r < 0xA0 || r == 0xFEFF || r >= 0xFFFE && r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

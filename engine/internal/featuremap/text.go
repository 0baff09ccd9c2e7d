package featuremap

import "strings"

// MaxTextNode is the length in bytes at which the HTML parser of Odoo 14 and
// 19 cuts a piece of text that has no markup in it, without saying so.
const MaxTextNode = 10_000_000

// PlainText is a text as Odoo can keep it: line ends as line feeds, and none
// of the characters that its HTML parser drops.
func PlainText(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	if strings.IndexFunc(text, dropped) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if dropped(r) {
			return -1
		}
		return r
	}, text)
}

func dropped(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF
}

func longestLine(text string) int {
	longest := 0
	for line := range strings.Lines(text) {
		longest = max(longest, len(line))
	}
	return longest
}

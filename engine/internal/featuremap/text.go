package featuremap

import "strings"

// MaxTextNode is the length in bytes at which the HTML parser of Odoo 14 and
// 19 cuts a piece of text that has no markup in it, without saying so.
const MaxTextNode = 10_000_000

// PlainText is a text as Odoo can keep it: line ends as line feeds, and none
// of the characters that its HTML parser drops.
func PlainText(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, text)
}

func longestLine(text string) int {
	longest := 0
	for line := range strings.SplitSeq(text, "\n") {
		longest = max(longest, len(line))
	}
	return longest
}

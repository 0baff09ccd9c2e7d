package engine

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTextNode is the length in bytes at which the HTML parser of Odoo 14 and
// 19 cuts a piece of text that has no markup in it, without saying so.
const maxTextNode = 10_000_000

// textToHTML writes a text as the HTML that Odoo's description field stores
// unchanged and that shows the same lines and indents: one paragraph with
// white space kept, a <br> for each line end. An empty text gives an empty
// string.
func textToHTML(text string) string {
	text = plainText(text)
	if text == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/16 + 64)
	b.WriteString(`<p style="white-space: pre-wrap">`)
	start := 0
	for i := range len(text) {
		var replacement string
		switch text[i] {
		case '&':
			replacement = "&amp;"
		case '<':
			replacement = "&lt;"
		case '>':
			replacement = "&gt;"
		case '\n':
			replacement = "<br>"
		default:
			continue
		}
		b.WriteString(text[start:i])
		b.WriteString(replacement)
		start = i + 1
	}
	b.WriteString(text[start:])
	b.WriteString("</p>")
	return b.String()
}

// htmlToText reads a description back as the text it shows. It undoes
// textToHTML but for line ends at its end, and takes what Odoo's editor makes of
// the same text (a block a line) for the same.
func htmlToText(source string) string {
	var b strings.Builder
	breaks := 0    // line ends not written yet
	ended := false // a block ended since the last text
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			text := string(tokens.Text())
			if ended && strings.TrimSpace(text) == "" {
				continue // white space between blocks
			}
			b.WriteString(strings.Repeat("\n", breaks))
			b.WriteString(text)
			breaks, ended = 0, false
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := tokens.TagName(); atom.Lookup(name) == atom.Br {
				breaks++
				ended = false
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			switch atom.Lookup(name) {
			case atom.P, atom.Div, atom.Li, atom.H1, atom.H2, atom.H3, atom.Pre, atom.Blockquote:
				// The end of a block ends its line; a <br> just before it
				// does not end another, and two ends in a row end one.
				if breaks == 0 && !ended {
					breaks++
				}
				ended = true
			}
		}
	}
}

// plainText is a text as Odoo can keep it: line ends as line feeds, and none
// of the characters that its HTML parser drops.
func plainText(text string) string {
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

// sameText reports whether a description that Odoo gave back shows the text
// of the map.
func sameText(mapText, odooHTML string) bool {
	return shown(plainText(mapText)) == shown(htmlToText(odooHTML))
}

// shown takes out what neither a reader nor Odoo's editor tells apart.
func shown(text string) string {
	text = strings.ReplaceAll(text, "\u00a0", " ")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func longestLine(text string) int {
	longest := 0
	for line := range strings.Lines(text) {
		longest = max(longest, len(line))
	}
	return longest
}

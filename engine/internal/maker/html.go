package maker

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"odoosync/engine/internal/featuremap"
)

// textToHTML writes a text as the HTML that Odoo's description field stores
// unchanged and that shows the same lines and indents: one paragraph with
// white space kept, a <br> for each line end. An empty text gives an empty
// string.
func textToHTML(text string) string {
	text = featuremap.PlainText(text)
	if text == "" {
		return ""
	}
	return `<p style="white-space: pre-wrap">` + markup.Replace(text) + "</p>"
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br>")

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

// sameText reports whether a description that Odoo gave back shows the text
// of the map.
func sameText(mapText, odooHTML string) bool {
	return shown(featuremap.PlainText(mapText)) == shown(htmlToText(odooHTML))
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

package odoosim

import (
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// sanitize stores a text in an HTML field the way Odoo's cleaner does: script,
// all tags but the plainest and all attributes but style are dropped, loose text
// is put in a paragraph, entities become the characters they stand for. HTML
// that is already clean comes back byte for byte.
func (d Dialect) sanitize(source string) string {
	c := cleaner{dialect: d}
	c.run(strings.Map(storable, source))
	out := c.out.String()
	if d == V14 {
		out = strings.ReplaceAll(strings.ReplaceAll(out, "&lt;%", "<%"), "%&gt;", "%>")
	}
	return out
}

// storable drops the characters that an XML document cannot hold.
func storable(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != 0 || r == '\uFFFE' || r == '\uFFFF' {
		return -1
	}
	if r == 0 {
		return '\uFFFD'
	}
	return r
}

var (
	blockTags  = []string{"div", "h1", "h2", "h3", "hr", "li", "ol", "p", "pre", "ul"}
	inlineTags = []string{"b", "br", "code", "em", "i", "span", "strong", "u"}
	voidTags   = []string{"br", "hr"}
	silentTags = []string{"script", "style"}
)

// reserved quotes the characters that HTML reserves in text.
var reserved = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// cleaner writes the clean form of a stream of tokens.
type cleaner struct {
	dialect Dialect
	out     strings.Builder
	open    []string // tags written and not yet closed
	wrapped bool     // the outermost open tag is a paragraph added here
	begun   bool     // something was written
}

func (c *cleaner) run(source string) {
	tokens := html.NewTokenizer(strings.NewReader(source))
	silent := ""
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			if errors.Is(tokens.Err(), io.EOF) {
				c.closeTo(0)
			}
			return
		}
		token := tokens.Token()
		switch {
		case silent != "":
			if kind == html.EndTagToken && token.Data == silent {
				silent = ""
			}
		case kind == html.TextToken:
			c.text(token.Data)
		case kind == html.StartTagToken && slices.Contains(silentTags, token.Data):
			silent = token.Data
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			c.start(token)
		case kind == html.EndTagToken:
			c.end(token.Data)
		}
	}
}

func (c *cleaner) text(s string) {
	if !c.begun {
		if s = strings.TrimLeft(s, " \t\r\n"); s == "" {
			return
		}
		c.out.WriteString("<p>")
		c.open, c.wrapped = append(c.open, "p"), true
	}
	c.begun = true
	c.escape(s)
}

// escape writes a text with the characters that HTML reserves quoted.
func (c *cleaner) escape(s string) {
	s = reserved.Replace(s)
	if c.dialect != V14 {
		s = strings.ReplaceAll(s, "\u00a0", "&nbsp;")
	}
	c.out.WriteString(s)
}

func (c *cleaner) start(token html.Token) {
	block := slices.Contains(blockTags, token.Data)
	if !block && !slices.Contains(inlineTags, token.Data) {
		return
	}
	if block && c.wrapped {
		c.closeTo(0)
	}
	c.begun = true
	c.out.WriteByte('<')
	c.out.WriteString(token.Data)
	for _, attr := range token.Attr {
		if attr.Key == "style" {
			c.out.WriteString(` style="` + strings.ReplaceAll(reserved.Replace(attr.Val), `"`, "&quot;") + `"`)
		}
	}
	c.out.WriteByte('>')
	if !slices.Contains(voidTags, token.Data) {
		c.open = append(c.open, token.Data)
	}
}

func (c *cleaner) end(tag string) {
	for i, open := range slices.Backward(c.open) {
		if open == tag {
			c.closeTo(i)
			return
		}
	}
}

// closeTo closes the open tags until n are left.
func (c *cleaner) closeTo(n int) {
	for _, tag := range slices.Backward(c.open[n:]) {
		c.out.WriteString("</" + tag + ">")
	}
	c.open = c.open[:n]
	if n == 0 {
		c.wrapped = false
	}
}

package behaviour

import (
	"fmt"
	"strings"
	"testing"
)

// uglyNames are names that something on the way could take for something else.
var uglyNames = []string{
	"False", "True", "0", "1", "None", "null", "id", "a,b", "<b>x</b>", " lead", "trail ", "\u00a0nb\u00a0", "é", "e\u0301", "🚀",
	"\u200bzw", "\u2028ls", "=1+1", "'q'", `"q"`, `\back`, strings.Repeat("x", 2000), "/", "%s %(a)s {0}", "__import__.x", "a.b",
	"\ufeffbom", "ß\u0301", "شالوم", strings.Repeat("日本語", 200), "&amp;", "&#0;", "١٢", "{{ x }}", "${x}", "a;b|c", "-1", "1e3",
}

// uglyTexts are descriptions that an HTML parser, a mail reader or a template
// would not leave alone.
func uglyTexts() []string {
	texts := []string{
		"<% if x %>", "a &lt;% b %&gt;", "<!-- c -->", "]]>", "<![CDATA[x]]>", "&nbsp;&copy;&#65;&#x41;&unknown;",
		"<script>alert(1)</script>", "<a href='javascript:x'>", "  two  spaces  ", "\n\n\nlead", "trail\n\n\n", "\ttab\t",
		"a\r\nb\rc", `\n`, "{{ x }} ${y} #{z} <t t-esc='1'/>", "<p>p</p><br/>", "http://example.com/?a=1&b=2", "ann@example.com",
		"data:image/png;base64," + strings.Repeat("A", 3000), "-- \nsig", "> quoted\n>> more", "On 1/1, X wrote:\n> y", "\u00ad soft",
		strings.Repeat("a", 20000), "\u200frtl\u200e", " ", "   ", "\n", "\t", "\u00a0", "\u3000", "\u2003 em", "1 < 2 > 0", "<", "&",
		"<>", "</p>", "<p", "&lt", "__________\nFrom: x", "\v\f vt ff", "\u0085 nel", "As a user,\n  - I \"want\" <this> & that\n\t- 'so' 👩‍👩‍👧", "",
	}
	// And every character of the planes that people write in, in blocks.
	blocks := []rune{0xd7c0, 0xe000, 0xf8c0, 0xfdc0, 0xfe00, 0xfec0, 0xff00, 0xffc0, 0x10000, 0x1f300, 0x1f600, 0x1f900, 0x1ffc0, 0xe0000, 0x10ff00}
	for first := rune(0); first < 0x3000; first += 0x40 {
		blocks = append(blocks, first)
	}
	for _, first := range blocks {
		var b strings.Builder
		for r := first; r < first+0x40; r++ {
			if r < 0xd800 || r >= 0xe000 {
				b.WriteRune(r)
			}
		}
		texts = append(texts, b.String())
	}
	return texts
}

func uglyMap() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[features.%s]\ntask_id = 0\ndescription = %s\nuser_stories = [\n", quoted(`F <&> "q"`), quoted("a < b"))
	for n, name := range uglyNames {
		fmt.Fprintf(&b, "  { name = %s, task_id = 0, description = \"%d\" },\n", quoted(name), n)
	}
	for n, text := range uglyTexts() {
		fmt.Fprintf(&b, "  { name = \"text %d\", task_id = 0, description = %s },\n", n, quoted(text))
	}
	b.WriteString("]\n")
	return b.String()
}

// TestUglyNamesAndTexts also discards the checkout and runs again: a text that
// Odoo had changed would not be taken for the same.
func TestUglyNamesAndTexts(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(uglyMap())
		w.mustRun()
		w.agrees(before)
		done := w.read()
		w.write(string(before))
		again := w.mustRun()
		if len(again.report.Created) > 0 || string(w.read()) != string(done) {
			t.Fatalf("%d tasks were created again", len(again.report.Created))
		}
		w.agrees(before)
	})
}

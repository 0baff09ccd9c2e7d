package odoosim_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestDescriptionsAreCleaned(t *testing.T) {
	same := func(s string) map[odoosim.Dialect]string {
		return map[odoosim.Dialect]string{odoosim.V14: s, odoosim.V19: s}
	}
	for source, want := range map[string]map[odoosim.Dialect]string{
		"line1\nline2":                 same("<p>line1\nline2</p>"),
		"  two leading\n\tTab":         same("<p>two leading\n\tTab</p>"),
		`a < b && c > d "q" &amp;`:     same(`<p>a &lt; b &amp;&amp; c &gt; d "q" &amp;</p>`),
		"John <john@example.com> said": same("<p>John  said</p>"),
		"<script>alert(1)</script>x":   same("<p>x</p>"),
		"   ":                          same(""),
		"":                             same(""),
		"<p>&quot;a&quot; &#x27;b&#x27;<br/>c</p>": same(`<p>"a" 'b'<br>c</p>`),
		"<p>a\u00a0b</p>":                          {odoosim.V14: "<p>a\u00a0b</p>", odoosim.V19: "<p>a&nbsp;b</p>"},
		"<p>&lt;% x %&gt;</p>":                     {odoosim.V14: "<p><% x %></p>", odoosim.V19: "<p>&lt;% x %&gt;</p>"},
		"<p>a\x01\x1b\x7f\ufffe\tb\n</p>":          same("<p>a\x7f\tb\n</p>"),
		"<p>open <b>bold":                          same("<p>open <b>bold</b></p>"),
		"text<p>block</p>":                         same("<p>text</p><p>block</p>"),
	} {
		bothDialects(t, func(t *testing.T, s *odoosim.Server) {
			create(t, s, nil, dict{"name": "x", "description": source})
			if got := s.Tasks()[0].Description; got != want[s.Dialect()] {
				t.Errorf("%q is stored as %q, want %q", source, got, want[s.Dialect()])
			}
		})
	}
}

func TestCleanDescriptionsComeBackByteForByte(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		for _, source := range []string{
			"<p>As a customer<br>I want <br><br>  indented\ttext</p>",
			"<p>a &lt; b &amp;&amp; c &gt; d \"q\" 'r' &amp;lt; &amp;nbsp;</p>",
			"<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;!-- no --&gt; https://x.example/?a=1&amp;b=2</p>",
			"<p>👩‍👩‍👧 🇩🇪 שלום e\u0301 \u2028 日本語</p>",
			"<p>one</p><p><br></p><p>two</p>",
			`<p style="white-space: pre-wrap">  spaces   kept</p>`,
			"<pre>a\n  b</pre>",
			"<p>" + strings.Repeat("A line of text &amp; more<br>", 40_000) + "</p>",
		} {
			create(t, s, nil, dict{"name": "x", "description": source})
			tasks := s.Tasks()
			if got := tasks[len(tasks)-1].Description; got != source {
				t.Errorf("%.60q is stored as %.60q", source, got)
			}
		}
	})
}

func TestNamesAreStoredAsSent(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		for _, name := range []string{" a ", "a\r\nb\t", "<b>&amp;", "e\u0301", "\u00e9", "\x01\x1f\x7f", " "} {
			id := create(t, s, nil, dict{"name": name})[0]
			task, _ := s.Task(id)
			is.Equal(task.Name, name)
		}
	})
}

package maker

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestTextComesBackFromHTML(t *testing.T) {
	for _, text := range []string{
		"", "one line", "two\nlines", "\n\n leading and trailing \n", "a < b && c > d &amp; \"q\" 'q'",
		"- open\n- shipped\n    - with tracking\n\tTab", "<script>alert(1)</script>", "John <john@example.com>",
		"👩‍👩‍👧 🇩🇪 é é עברית \u2028 \u00a0", "<% if %>", strings.Repeat("line\n\n", 1000), "<p>x</p>", "ends with &lt",
	} {
		is := is.New(t)
		is.Equal(htmlToText(textToHTML(text)), strings.TrimRight(text, "\n"))
		is.True(sameText(text, textToHTML(text)))
	}
}

func TestHTMLIsWhatOdooStoresUnchanged(t *testing.T) {
	is := is.New(t)
	is.Equal(textToHTML("a < b\r\n\tc & \"d\"\x00\x1b"), `<p style="white-space: pre-wrap">a &lt; b<br>`+"\tc &amp; \"d\"</p>")
}

func TestSameTextInOtherMarkup(t *testing.T) {
	is := is.New(t)
	is.True(sameText("a\nb", "<p>a</p><p>b</p>"))
	is.True(sameText("a\n\nb", "<p>a</p>\n<p><br></p>\n<p>b</p>"))
	is.True(sameText("a b", "<div><p>a&nbsp;b</p></div>"))
	is.True(sameText("a\n\n  b", "<p>a</p><p><br>  <b>b</b></p>"))
	is.True(sameText("", ""))
	is.True(!sameText("a b", "<p>a c</p>"))
	is.True(!sameText("ab", "<p>a<br>b</p>"))
	is.True(!sameText("", "<p>x</p>"))
	is.True(!sameText("  indented", "<p>indented</p>"))
}

package tomledit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/pelletier/go-toml/v2/unstable"
)

// expression parses the first expression of a document.
func expression(t *testing.T, src []byte) (*unstable.Parser, *unstable.Node) {
	t.Helper()
	p := &unstable.Parser{}
	p.Reset(src)
	if !p.NextExpression() {
		t.Fatalf("no expression: %v", p.Error())
	}
	return p, p.Expression()
}

// refusal parses a document that the parser refuses.
func refusal(t *testing.T, src []byte) (*unstable.Parser, *unstable.ParserError) {
	t.Helper()
	p := &unstable.Parser{}
	p.Reset(src)
	for p.NextExpression() {
		continue
	}
	var refused *unstable.ParserError
	if !errors.As(p.Error(), &refused) {
		t.Fatalf("%q: not refused: %v", src, p.Error())
	}
	return p, refused
}

// TestParserContract pins what this package takes from go-toml's unstable parser, which promises nothing between
// releases. A case that fails after an upgrade names the code in walk.go to look at.
func TestParserContract(t *testing.T) {
	t.Run("raw is the whole token, of arrays nothing, of inline tables the brace", func(t *testing.T) {
		is := is.New(t)
		for src, want := range map[string]string{
			`k = "a\tb"`: `"a\tb"`, `k = 0x0`: `0x0`, `k = 1.5`: `1.5`, `k = true`: `true`, `k = 1979-05-27`: `1979-05-27`,
			`k = { a = 1 }`: `{`, `k = [1]`: ``,
		} {
			p, kv := expression(t, []byte(src))
			is.Equal(string(p.Raw(kv.Value().Raw)), want)
			is.Equal(string(p.Raw(kv.Raw)), src) // key to end of value
		}
		_, array := expression(t, []byte("k = [1]"))
		is.Equal(array.Value().Raw, unstable.Range{})
		for _, src := range []string{"[a]", "[[a]]"} {
			p, header := expression(t, []byte(src))
			is.Equal(header.Raw, unstable.Range{})
			is.Equal(string(p.Raw(header.Child().Raw)), "a")
		}
	})
	t.Run("data is the token of a number and the decoded text of strings and keys", func(t *testing.T) {
		is := is.New(t)
		for src, want := range map[string]string{
			`k = +0`: `+0`, `k = -0`: `-0`, `k = 0x0`: `0x0`, `k = "\u0041"`: `A`, "k = '''\r\na\r\nb'''": "a\r\nb",
		} {
			_, kv := expression(t, []byte(src))
			is.Equal(string(kv.Value().Data), want)
		}
		_, kv := expression(t, []byte(`"task\u005fid" = 0`))
		is.Equal(string(kv.Value().Next().Data), "task_id")
	})
	t.Run("the value of a key-value is its first child, the keys follow it", func(t *testing.T) {
		is := is.New(t)
		_, kv := expression(t, []byte("a.b = 1"))
		is.Equal(kv.Child().Kind, unstable.Integer)
		is.Equal(string(kv.Child().Next().Data), "a")
		is.Equal(string(kv.Child().Next().Next().Data), "b")
		is.True(kv.Child().Next().Next().Next() == nil)
	})
	t.Run("comments are no nodes unless asked for", func(t *testing.T) {
		is := is.New(t)
		src := []byte("k = [ # one\n # two\n 1 ] # three")
		_, kv := expression(t, src)
		is.Equal(kv.Value().Child().Kind, unstable.Integer)
		p := &unstable.Parser{KeepComments: true}
		p.Reset(src)
		is.True(p.NextExpression())
		is.Equal(p.Expression().Value().Child().Kind, unstable.Comment)
	})
	t.Run("offsets have 32 bits", func(t *testing.T) {
		var r unstable.Range
		is.New(t).Equal(r.Offset+^uint32(0), ^uint32(0)) // compiles for uint32 only
	})
	t.Run("range goes by capacity, also in a part of a larger slice", func(t *testing.T) {
		is := is.New(t)
		whole := []byte("\xef\xbb\xbfk = 0  and more")
		p, kv := expression(t, whole[3:8:12])
		is.Equal(p.Range(kv.Value().Data), unstable.Range{Offset: 4, Length: 1})
		is.Equal(kv.Value().Raw, unstable.Range{Offset: 4, Length: 1})
	})
	t.Run("shape counts columns in bytes", func(t *testing.T) {
		p, kv := expression(t, []byte(`k = { "é" = 0 }`))
		value := kv.Value().Child().Value()
		is.New(t).Equal(p.Shape(value.Raw).Start.Column, 14) // the 13th character
	})
	t.Run("errors have no place but a highlight in the input", func(t *testing.T) {
		is := is.New(t)
		for src, offset := range map[string]uint32{"a = 0\nb = x\n": 10, "a": 0, "a = \"x": 5, "a = [": 4, "[a": 1, "a = \"\\q\"": 5} {
			p, refused := refusal(t, []byte(src))
			is.Equal(p.Range(refused.Highlight).Offset, offset)
		}
	})
	t.Run("nodes change under their pointers with the next expression", func(t *testing.T) {
		is := is.New(t)
		p, kv := expression(t, []byte("a = 1\nb = 2"))
		is.Equal(string(kv.Value().Data), "1")
		is.True(p.NextExpression())
		is.Equal(string(kv.Value().Data), "2")
	})
	t.Run("an array is one expression", func(t *testing.T) {
		is := is.New(t)
		p, kv := expression(t, []byte("k = [\n1,\n2,\n]\n"))
		is.Equal(kv.Kind, unstable.KeyValue)
		is.True(!p.NextExpression())
		is.NoErr(p.Error())
	})
	t.Run("a byte order mark is refused", func(t *testing.T) {
		_, _ = refusal(t, []byte("\ufeffa = 0"))
	})
	t.Run("line ends are LF and CRLF, and none at the end", func(t *testing.T) {
		expression(t, []byte("k = [\r\n0]\r\n"))
		expression(t, []byte("k = 0"))
		for _, src := range []string{"a = 0\rb = 0", "\r", "# \r#", "a = [\r]", "a = '''\r'''"} {
			_, _ = refusal(t, []byte(src))
		}
		p := &unstable.Parser{}
		p.Reset(nil)
		is := is.New(t)
		is.True(!p.NextExpression())
		is.NoErr(p.Error())
	})
	t.Run("bytes that are refused and accepted", func(t *testing.T) {
		for _, c := range []string{"\x00", "\x7f", "\xff", "\xc0\x80", "\xed\xa0\x80"} {
			_, _ = refusal(t, []byte("# "+c))
			_, _ = refusal(t, []byte("a = \""+c+"\""))
			_, _ = refusal(t, []byte("a = '"+c+"'"))
		}
		expression(t, []byte("a = \"\u0085\""))
		for _, blank := range []string{"\u00a0", "\v", "\f"} {
			_, _ = refusal(t, []byte("a ="+blank+"0"))
		}
	})
	t.Run("nesting is refused from 10,001 levels on", func(t *testing.T) {
		nested := func(n int) []byte { return []byte("a=" + strings.Repeat("[", n) + strings.Repeat("]", n)) }
		expression(t, nested(10000))
		_, _ = refusal(t, nested(10001))
	})
	t.Run("the same key twice is accepted", func(t *testing.T) {
		is := is.New(t)
		p, _ := expression(t, []byte("a = 0\na = 0"))
		is.True(p.NextExpression())
		expression(t, []byte("a = { b = 0, b = 0 }"))
	})
	t.Run("dates, and numbers out of range, are accepted", func(t *testing.T) {
		for _, value := range []string{"2024-13-99", "25:61", "99999999999999999999", "1e999"} {
			expression(t, []byte("a = "+value))
		}
	})
	t.Run("zeros", func(t *testing.T) {
		is := is.New(t)
		for src, kind := range map[string]unstable.Kind{"a = 0.0": unstable.Float, `a = "0"`: unstable.String, "a = 0b0": unstable.Integer} {
			_, kv := expression(t, []byte(src))
			is.Equal(kv.Value().Kind, kind)
		}
		_, _ = refusal(t, []byte("a = 00"))
		_, _ = refusal(t, []byte("a = 0__0"))
		_, _ = refusal(t, []byte("a = 0_0"))
	})
	t.Run("the input is not written to", func(t *testing.T) {
		src := []byte("a = \"\\u0041\" # x\r\n[b]\n")
		before := bytes.Clone(src)
		expression(t, src)
		is.New(t).True(bytes.Equal(src, before))
	})
}

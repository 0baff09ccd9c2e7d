package tomledit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

func refused(t *testing.T, src string) *tomledit.Error {
	t.Helper()
	_, err := tomledit.Parse("map.toml", []byte(src))
	return wellPlaced(t, []byte(src), err)
}

func TestSnippetsShowTheLineAndACaret(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"a = 1\nlong_key = 2024-13-01 # x\r\n", "long_key = 2024-13-01 # x\n           ^^^^^^^^^^"},
		{"\ufeff\t\"é€\"\t=\t24:00", "\t\"é€\"\t=\t24:00\n\t    \t \t^^^^^"},
		{"a = \"x\x1b[31m\u009b\u202e\u200b", "a = \"x␛[31m\ufffd\ufffd\ufffd\n      ^"},
		{"a = \"\xff\xfe\"", "a = \"\ufffd\ufffd\"\n     ^"},
		{"a = 1\nb", "b\n^"},
	} {
		t.Run(c.src, func(t *testing.T) {
			is.New(t).Equal(refused(t, c.src).Snippet(), c.want)
		})
	}
}

func TestSnippetsOfLongLinesShowThePartAroundTheCaret(t *testing.T) {
	is := is.New(t)
	text := strings.Repeat("é", 5000)
	e := refused(t, "a = [ '"+text+"', 2024-13-01, '"+text+"' ]")
	is.Equal(e.Pos.Column, 5011)
	line, caret, _ := strings.Cut(e.Snippet(), "\n")
	is.True(utf8.RuneCountInString(line) <= 110)
	is.True(strings.HasPrefix(line, "…é") && strings.HasSuffix(line, "é…"))
	start := strings.IndexByte(caret, '^')
	is.Equal(string([]rune(line)[start:len(caret)]), "2024-13-01")
}

func TestLongSpansAreMarkedAsFarAsTheyAreShown(t *testing.T) {
	is := is.New(t)
	line, caret, _ := strings.Cut(refused(t, "a = "+strings.Repeat("9", 5000)).Snippet(), "\n")
	is.Equal(utf8.RuneCountInString(line), utf8.RuneCountInString(caret)+1) // the sign for what was cut off
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for src, hint := range map[string]string{
		"a = # none":     "the value is missing",
		"[a]\n[a]":       "put its keys under one header",
		"a = 5s":         "text needs quotes",
		"a = [\n":        "close it with ]",
		"a = [{\n":       "close it with }",
		"a = \"\"\"\n\"": `close it with """`,
		"a = 'x":         `close it with '; text over several lines goes in """ or '''`,
		"a.b =":          "the value is missing",
		// The line that is refused is not the one to fix.
		"a = [\n{},\n[features.X]":             "text needs quotes; maybe the array that starts on line 1 is not closed",
		"a = [\n{}\n[features.X]":              "elements are separated by commas; maybe the array that starts on line 1 is not closed",
		"a = [ # ]\n{},\n['x']\n\ttask_id = 0": "elements are separated by commas; maybe the array that starts on line 1 is not closed",
		"a = [\n{ x = [']'],\n[b]\n=":          "write a key, = and a value; maybe the table in braces that starts on line 2 is not closed",
		"a = [\n]\n[b":                         "close the name with ]",
		"a = [\n hello ]":                      "text needs quotes",
		"a = \"\"\"\nb = \xff":                 "save the file with encoding UTF-8",
	} {
		t.Run(src, func(t *testing.T) { is.New(t).Equal(refused(t, src).Hint, hint) })
	}
}

// A large inline table comes and goes in the same hash table as the keys around it.
func TestDuplicatesAreFoundAfterALargeInlineTable(t *testing.T) {
	is := is.New(t)
	src := lines(1000) + "x = {\n" + members(5000) + "}\n"
	mustParse(t, src)
	for i := 0; i < 1000; i += 10 {
		e := refused(t, fmt.Sprintf("%sk%d = 0\n", src, i))
		is.Equal(e.Message, fmt.Sprintf("already defined on line %d", i+1))
	}
}

// The keys of a large inline table are its own: another may have the same ones, in whatever order.
func TestLargeInlineTablesOfTheSameKeys(t *testing.T) {
	forward := strings.Split(strings.TrimSuffix(lines(100), "\n"), "\n")[10:]
	backward := slices.Clone(forward)
	slices.Reverse(backward)
	mustParse(t, "x = [ {"+strings.Join(forward, ", ")+"}, {"+strings.Join(backward, ", ")+"} ]\n")
}

func TestErrorsWithoutAFileNameStartWithTheLine(t *testing.T) {
	_, err := tomledit.Parse("", []byte("a = 1\na = 2"))
	is.New(t).Equal(err.Error(), "2:1: a: already defined on line 1")
}

// What callers find wrong beyond TOML is shown like what TOML forbids.
func TestErrorsOfCallersMarkTheirToken(t *testing.T) {
	for _, c := range []struct {
		src, want string
		endColumn int
	}{
		{"a = 1\nlong = 'x' # y\r\n", "long = 'x' # y\n       ^^^", 11},
		{"\ufeff\"é€\"\t=\t'漢字'", "\"é€\"\t=\t'漢字'\n    \t \t^^^^", 12},
		{"a = [ '" + strings.Repeat("é", 5000) + "', '漢字' ]", "'漢字'", 5015},
		{"a = \"\"\"\nb\"\"\"", "a = \"\"\"\n    ^^^", 8}, // as far as its first line goes
	} {
		t.Run(c.want, func(t *testing.T) {
			is := is.New(t)
			doc, err := tomledit.Parse("map.toml", []byte(c.src))
			is.NoErr(err)
			var v tomledit.Value
			for v = range doc.Get().Values() {
				if v.Len() > 0 {
					v = last(v)
				}
			}
			start, end := v.Span()
			e := doc.ErrorAt(start, end, v.Path(), "wrong", "fix it")
			is.Equal(e.Pos, v.Position())
			is.Equal(e.EndColumn(), c.endColumn)
			line, caret, _ := strings.Cut(e.Snippet(), "\n")
			if wantLine, wantCaret, both := strings.Cut(c.want, "\n"); both {
				is.Equal(line, wantLine)
				is.Equal(caret, wantCaret)
				return
			}
			at := strings.IndexByte(caret, '^')
			is.Equal(string([]rune(line)[at:len(caret)]), c.want)
		})
	}
}

func TestErrorsBelowAnArrayOfTablesNameTheElement(t *testing.T) {
	is := is.New(t)
	is.Equal(refused(t, "[[a]]\n[[a]]\n[a.b]\n[a.b]\n").Key, "a[1].b")
	is.Equal(refused(t, "[[a]]\nb = [0, { c.d = 1, c.d.e = 2 }]\n").Key, "a[0].b[1].c.d")
}

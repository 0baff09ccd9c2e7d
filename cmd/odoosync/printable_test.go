package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestPrintable(t *testing.T) {
	tests := []struct{ give, want, line string }{
		{"plain, é 価 👩‍🚀", "plain, é 価 👩‍🚀", "plain, é 価 👩‍🚀"},
		{"a\tb\nc", "a\tb\nc", `a\tb\nc`},
		{"a\r\nb", "a\nb", `a\nb`},
		{"over\rwritten", `over\rwritten`, `over\rwritten`},
		{"\x1b[2J\x07\x00\x7f", `\x1b[2J\x07\x00\x7f`, `\x1b[2J\x07\x00\x7f`},
		{"\u009b31m", `\x9b31m`, `\x9b31m`},
		{"\u202egnp.exe\u2066\u2069\u200f", `\u202egnp.exe\u2066\u2069\u200f`, `\u202egnp.exe\u2066\u2069\u200f`},
		{"a\u2028b\ufeff", `a\u2028b\ufeff`, `a\u2028b\ufeff`},
		{"bad \xff\xc3 bytes", `bad \xff\xc3 bytes`, `bad \xff\xc3 bytes`},
		{"a real \ufffd", "a real \ufffd", "a real \ufffd"},
		{"", "", ""},
	}
	for _, test := range tests {
		t.Run(test.give, func(t *testing.T) {
			is := is.New(t)
			is.Equal(printable(test.give), test.want)
			is.Equal(oneLine(test.give), test.line)
		})
	}
}

// The JSON output holds the same texts, and nothing that a terminal acts on.
func TestReportIsHarmlessToATerminal(t *testing.T) {
	is := is.New(t)
	r := newReport("run")
	r.Map = "a\x7fb\u009b31m\u202e<&>\u2028\ufeff\"价\x1b"
	var out strings.Builder
	r.write(&out)
	is.True(!strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), disturbs))
	is.True(strings.Contains(out.String(), `"a\u007fb\u009b31m\u202e<&>\u2028\ufeff\"价\u001b"`))
	var back report
	is.NoErr(json.Unmarshal([]byte(out.String()), &back))
	is.Equal(back.Map, r.Map)
}

// No text, whatever it holds, sends a terminal anything but characters to show.
func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"", "text", "\x1b[2J", "a\r\nb\tc", "\u202e", "\xff\xfe", "\u009b", "e\u0301\u200d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		is := is.New(t)
		is.True(!strings.ContainsFunc(oneLine(s), disturbs))
		shown := strings.NewReplacer("\n", "", "\t", "").Replace(printable(s))
		is.True(!strings.ContainsFunc(shown, disturbs))
		is.Equal(printable(printable(s)), printable(s)) // nothing left to do
	})
}

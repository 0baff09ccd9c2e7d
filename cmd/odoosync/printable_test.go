package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/matryer/is"

	"odoosync/odoorpc"
	"odoosync/tomledit"
)

func TestPrintable(t *testing.T) {
	tests := []struct{ give, want, line string }{
		{"plain, é 価 👩‍🚀", "plain, é 価 👩‍🚀", "plain, é 価 👩‍🚀"},
		{"a\tb\nc", "a\tb\nc", `a\tb\nc`},
		{"a\r\nb", "a\nb", `a\nb`},
		{"over\rwritten", `over\rwritten`, `over\rwritten`},
		{"\x1b[2J\x07\x00\x7f", `\x1b[2J\a\x00\x7f`, `\x1b[2J\a\x00\x7f`},
		{"\u009b31m", `\u009b31m`, `\u009b31m`},
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

// TestOneRuleForTerminals asks the three places that keep texts from a terminal
// about each character of a kind that could disturb one, and some more. What
// may be shown is shown by all.
func TestOneRuleForTerminals(t *testing.T) {
	is := is.New(t)
	asked := []rune("a価é€\u0301🏳️‍🌈👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿\ue000")
	for r := range rune(unicode.MaxRune) {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z) {
			asked = append(asked, r)
		}
	}
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": 1, "error": map[string]any{
			"code": 200, "message": "Odoo Server Error", "data": map[string]any{"name": "odoo.exceptions.UserError", "message": answer},
		}})
	}))
	defer server.Close()
	client, err := odoorpc.New(odoorpc.Config{URL: server.URL, Database: "d", Login: "l", Password: odoorpc.NewSecret("p"), Protocol: odoorpc.JSONRPC})
	is.NoErr(err)
	for chunk := range slices.Chunk(asked, 500) {
		text := "x" + strings.Join(strings.Split(string(chunk), ""), "x") + "x"
		answer = text
		_, err = client.Connect(t.Context())
		is.True(err != nil)
		for _, r := range chunk {
			if r == '\n' || r == '\t' || r == '\r' { // line ends, and blanks by their own rules
				continue
			}
			shown := "x" + string(r) + "x"
			place := tomledit.Error{Line: shown, Pos: tomledit.Position{Line: 1, Column: 1}}
			here, inMap, odoo := oneLine(shown) == shown, strings.HasPrefix(place.Snippet(), shown), strings.Contains(err.Error(), shown)
			if here != inMap || here != odoo {
				t.Errorf("%U: shown by the program %v, in a map %v, from Odoo %v", r, here, inMap, odoo)
			}
		}
	}
}

// The JSON output holds the same texts, and nothing that a terminal acts on.
func TestReportIsHarmlessToATerminal(t *testing.T) {
	is := is.New(t)
	r := newReport("run")
	r.Map = "a\x7fb\u009b31m\u202e<&>\u2028\ufeff\"价\x1b\U000e0001"
	out := asJSON(r)
	is.True(!strings.ContainsFunc(strings.ReplaceAll(out, "\n", ""), disturbs))
	is.True(strings.Contains(out, `"a\u007fb\u009b31m\u202e<&>\u2028\ufeff\"价\u001b\udb40\udc01"`))
	var back report
	is.NoErr(json.Unmarshal([]byte(out), &back))
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

package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestCaretsStandUnderTheColumnsOfATerminal(t *testing.T) {
	tests := []struct {
		name    string
		snippet string
		columns int
		want    string
	}{
		{"plain", "task_id = x\n          ^", 0, "task_id = x\n          ^"},
		{"tab", "\ta = x\n\t    ^", 0, "    a = x\n        ^"},
		{"wide", "n = '漢字', t = x\n               ^", 0, "n = '漢字', t = x\n                 ^"},
		{"emoji", "n = '👍🏽', t = x\n               ^", 0, "n = '👍🏽', t = x\n               ^"},
		{"flag", "'🇩🇪' x\n     ^", 0, "'🇩🇪' x\n     ^"},
		{"combining", "e\u0301 x\n   ^", 0, "e\u0301 x\n  ^"},
		{"under wide ones", "a = 漢字\n    ^^", 0, "a = 漢字\n    ^^^^"},
		{"end of the line", "a = \n    ^", 0, "a =\n    ^"},
		{"fits exactly", "aaa = bbb\n      ^^^", 9, "aaa = bbb\n      ^^^"},
		{"cut behind", "aaa = bbbb, c\n      ^^^^", 12, "aaa = bbbb,…\n      ^^^^"},
		{"cut before", "aaaaaaaa = b\n           ^", 9, "…aaa = b\n       ^"},
		{"cut at both ends", "aaaaaaaa = bbbb, cccc\n           ^^^^", 12, "…aaaaa = bb…\n         ^^"},
		{"cut in a wide one", "a = 漢漢漢漢\n    ^^^^", 8, "a = 漢…\n    ^^"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			is := is.New(t)
			line, carets := layOut(test.snippet, test.columns)
			is.Equal(line+"\n"+carets, test.want)
		})
	}
}

func TestFirstColumnsCutsBetweenCharacters(t *testing.T) {
	is := is.New(t)
	is.Equal(firstColumns("short", 9), "short")
	is.Equal(firstColumns("short", 5), "short")
	is.Equal(firstColumns("short", 4), "shor")
	is.Equal(firstColumns("漢字", 3), "漢")
	is.Equal(firstColumns("e\u0301e", 1), "e\u0301")
	is.Equal(firstColumns("x", -1), "")
	is.Equal(firstColumns(strings.Repeat("x", 3), 0), "")
}

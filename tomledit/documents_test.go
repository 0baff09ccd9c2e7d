package tomledit_test

import (
	"fmt"
	"strings"
)

// document is a small document for table tests and fuzz seeds.
type document struct {
	name, src string
	refused   string // what the error says; empty if the document is accepted
}

// documents are shapes that an editor gets wrong, and mistakes that people make. The fuzz targets start from
// them.
var documents = []document{
	{name: "nothing", src: ""},
	{name: "blanks", src: " \t\r\n\n"},
	{name: "comment without line end", src: "# task_id = 0"},
	{name: "byte order mark", src: "\ufefftask_id = 0\n"},
	{name: "byte order mark alone", src: "\ufeff"},
	{name: "CRLF", src: "[a]\r\ntask_id = 0 # zero\r\nb = \"\"\"\r\nx\r\n\"\"\"\r\n"},
	{name: "mixed line ends", src: "a = 0\r\nb = 0\n\r\nc = [0,\r\n0,\n]"},
	{name: "no final newline", src: "a=0"},
	{name: "glued comment", src: "a=0#glued"},
	{name: "tabs", src: "\ta\t=\t0\t#\t0\n"},
	{name: "all zeros", src: "a = [0, +0, -0, 0x0, 0o0, 0b0, 0x0000, 0b0_0]\n"},
	{name: "numbers", src: "a = [9223372036854775807, -9223372036854775808, 0x7fffffffffffffff, 0o777777777777777777777, 1_000, +99, 0xDEAD_beef]\n"},
	{name: "zero that is no integer", src: "a = 0.0\nb = \"0\"\nc = -0.0\nd = 0e0\ne = false\n"},
	{name: "floats", src: "a = [inf, -inf, +nan, 1e308, 1_0.5e-1_0, 5e-400]\n"},
	{name: "dates", src: "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32\nc = 2024-02-29\nd = 07:32:00.999999999999\ne = 1979-05-27t07:32:00.5-23:59\n"},
	{name: "dotted keys", src: "a.b.c = 0\na.b.d = 0\na . \"x.y\" . 'z' = 0\n"},
	{name: "quoted keys", src: "\"task\\u005fid\" = 0\n'a b' = 0\n\"\" = 0\n'\"' = 0\n\"é\\t\\\\\" = 0\n\"\\\"\\\"\".'' = 0\n"},
	{name: "table out of order", src: "[a.b.c]\nx = 0\n[d]\nx = 0\n[a]\nx = 0\n[a.b]\nx = 0\n"},
	{name: "arrays of tables", src: "[[a]]\nx = 0\n[[a.b]]\ny = 0\n[[a.b]]\ny = 0\n[a.c]\nz = 0\n[[a]]\nx = 0\n[[a.b]]\ny = 0\n[a.c]\nz = 0\n"},
	{name: "header below a dotted key", src: "[a]\nb.c = 0\n[a.b.d]\ne = 0\n"},
	{name: "inline table", src: "a = { b = 0, c.d = 0, c.e = 0, f = { g = 0 }, h = [{ i = 0 }, { i = 0 }] }\n"},
	{name: "inline table over lines", src: "a = { # one }\n  b = 0, # two ,\n\n  c = [ # three ]\n    0, # 0\n  ],\n}\n"},
	{name: "nested arrays", src: "a = [[], [[]], [ [0] , [[0], 0,],], [{}], {}, \"]\", '[', [ '''\n]''''' , \"\"\"\\\"\"\"\"\" ] ]\n"},
	{name: "many members inline", src: "a = { " + members(40) + "}\n"},
	{name: "many members inline, twice", src: "a = [ { " + members(40) + "x.y = 0 }, { " + members(40) + "x.y = 0 } ]\n"},
	{name: "one dotted key inline", src: "a = { b.c = 0, d = 0 }\n"},
	{name: "many members below a header", src: "[a]\n" + lines(40) + "[a.x]\nk1 = 0\n"},
	{name: "strings with decoys", src: "a = \"\"\"\ntask_id = 0\n\"\"\"\nb = '''task_id = 0'''\nc = \"task_id = 0 # \\\" 0\"\nd = 'C:\\0'\ne = \"\"\"a \\\n   b\\t\\x41\\e\\U0001F600\"\"\"\"\"\n"},
	{name: "map", src: "[features.\"Login.page\"]\ntask_id = 0\nuser_stories = [\n    { name = \"A\", task_id = 0, components = [\n        { ref = \"x\", loc = 0 },\n    ] },\n]\n"},
	{name: "same names in different tables", src: "[a]\nx = 0\n[b]\nx = 0\n[a.a]\nx = 0\n"},
	{name: "one line of many", src: "a = [" + strings.Repeat("{ \"é\" = 0, b = \"€\" }, ", 100) + "]\n"},

	{name: "duplicate key", src: "a = 0\nb = 0\na = 1\n", refused: `3:1: a: already defined on line 1`},
	{name: "duplicate key with what cannot be shown", src: "\"a\\r\\u0001\" = 0\n\"a\\r\\u0001\" = 1\n", refused: `2:1: "a\r\u0001": already defined on line 1`},
	{name: "duplicate key spelt differently", src: "task_id = 0\n\"task\\u005fid\" = 1\n", refused: `2:1: task_id: already defined on line 1`},
	{name: "duplicate key in a feature", src: "[features.\"X y\"]\ntask_id = 0\ntask_id = 0\n", refused: `3:1: features."X y".task_id: already defined on line 2`},
	{name: "duplicate inline key", src: "[f]\ns = [{}, { n = { a = 0,\n a = 1 } }]\n", refused: `3:2: f.s[1].n.a: already defined on line 2`},
	{name: "duplicate among many inline", src: "a = {\n" + members(40) + "k3 = 0 }\n", refused: `2:351: a.k3: already defined on line 2`},
	{name: "duplicate dotted inline", src: "a = { b.c = 0, b.c = 0 }\n", refused: `1:18: a.b.c: already defined on line 1`},
	{name: "table twice", src: "[a]\n[b]\n[a]\n", refused: `3:2: a: already defined on line 1`},
	{name: "table over a dotted key", src: "a.b = 0\n[a]\n", refused: `2:2: a: already defined by a dotted key on line 1`},
	{name: "dotted key into a table", src: "[a.b]\nc = 0\n[a]\nb.d = 0\n", refused: `4:1: a.b: already defined by a header on line 1`},
	{name: "header below a value", src: "a = 0\n[a.b]\n", refused: `2:2: a: already a value on line 1, not a table`},
	{name: "header below an inline table", src: "a = {}\n[a.b]\n", refused: `2:2: a: already a table in braces on line 1`},
	{name: "dotted key below an inline table", src: "a = {}\na.b = 0\n", refused: `2:1: a: already a table in braces on line 1`},
	{name: "element of an array in brackets", src: "a = []\n[[a]]\n", refused: `2:3: a: already an array in brackets on line 1`},
	{name: "table over an array of tables", src: "[[a]]\n[a]\n", refused: `2:2: a: already an array of tables on line 1`},
	{name: "array of tables over a table", src: "[a]\n[[a]]\n", refused: `2:3: a: already a table on line 1, not an array of tables`},
	{name: "duplicate in the second element", src: "[[a]]\nx = 0\n[[a]]\nx = 0\nx = 0\n", refused: `5:1: a[1].x: already defined on line 4`},
	{name: "duplicate in the third element", src: "[[a.b]]\n[[a.b]]\n[[a.b]]\n[a.b.c]\nx = 0\nx.y = 0\n", refused: `6:1: a.b[2].c.x: already a value on line 5, not a table`},
	{name: "table spelt in two ways", src: "[a.b]\n[\"\\u0061\"]\n[a.c]\n[a]\n", refused: `4:2: a: already defined on line 2`},
	{name: "no such month", src: "a.b = 2024-13-01\n", refused: `1:7: a.b: expected a date as in 2026-01-31`},
	{name: "no such day", src: "a = [2024-02-30]\n", refused: `1:6: a[0]: the month has no such day`},
	{name: "no such hour", src: "a = 24:00\n", refused: `1:5: a: expected a time as in 07:30 or 07:30:59.5`},
	{name: "integer too large", src: "a = 9223372036854775808\n", refused: `1:5: a: the integer does not fit in 64 bits`},
	{name: "integer too small", src: "a = -9223372036854775809\n", refused: `1:5: a: the integer does not fit in 64 bits`},
	{name: "float too large", src: "a = 1e400\n", refused: `1:5: a: the number does not fit in a 64-bit float`},
	{name: "text without quotes", src: "a = hello\n", refused: "1:5: expected a value, found `hello`"},
	{name: "value missing", src: "\ufeffé = 1\n", refused: "1:1: expected a key, found `é`"},
	{name: "two on a line", src: "a = 1 b = 2\n", refused: "1:7: expected the end of the line, found `b`"},
	{name: "lone carriage return", src: "a = 0\rb = 0\n", refused: `1:6: expected the end of the line, found a carriage return without a line feed`},
	{name: "string not closed", src: "a = \"x\nb = 0\n", refused: `1:7: the string is not closed on its line`},
	{name: "array not closed", src: "[f]\ns = [ \"]\", # ]\n  { x = ']' }, [],\n# 日本", refused: `4:4: the array that starts on line 2 is not closed`},
	{name: "table in braces not closed", src: "s = [ {}, {\r\n x = [1]\r\n", refused: `2:10: the table in braces that starts on line 1 is not closed`},
	{name: "basic string not closed", src: "a = '''\"'''''\nb = \"\"\"\\\"\"\"\n[c]\n", refused: `3:4: the string that starts on line 2 is not closed`},
	{name: "literal string not closed", src: "\ufeffa = \"\"\"'\"\"\"\"\"\nb = ['''''', 'é", refused: `2:15: the string that starts on line 2 is not closed`},
	{name: "value missing at the end", src: "a.b =", refused: "1:5: expected a value, found the end of the file"},
	{name: "not UTF-8", src: "a = \"\xff\"\n", refused: `1:6: not UTF-8`},
	{name: "UTF-16", src: "\xff\xfea\x00", refused: `1:1: the document is UTF-16, TOML is UTF-8`},
	{name: "leading zero", src: "a = 00\n", refused: `1:5: a number cannot start with 0`},
}

// members returns the members of an inline table, each followed by a comma and a blank.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d = 0, ", i)
	}
	return b.String()
}

// lines returns the same, each on a line.
func lines(n int) string { return strings.ReplaceAll(members(n), ", ", "\n") }

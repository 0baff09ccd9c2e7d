package tomledit_test

import (
	"bytes"
	"testing"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

// mistake is a document with a mistake that people make, and what they are told.
type mistake struct{ src, message, hint string }

const (
	mergeMessage  = "unfinished git merge: this line is a conflict marker"
	mergeHint     = "finish the merge: keep one version of the lines (an id, not a 0) and delete the lines that start with <<<<<<<, |||||||, ======= or >>>>>>>"
	quotesHint    = `TOML knows only the straight quotes " and '`
	spaceHint     = "TOML does not treat it as a space: type an ordinary space instead"
	invisibleHint = "it is invisible: delete it"
	backslashHint = `a backslash starts an escape: write \\ for a backslash, or put the text in single quotes`
	lineEndHint   = "save the file with line ends LF or CRLF"
	nameHint      = "a name with spaces, dots or other symbols needs quotes: "
	quoteHint     = "write quotes inside a name like this: "
)

var mistakes = map[string][]mistake{
	"git's conflict markers": {
		{"[features.\"Orders\"]\n<<<<<<< HEAD\ntask_id = 0\n=======\ntask_id = 12\n>>>>>>> ids\n", "2:1: " + mergeMessage, mergeHint},
		{"a = [\n<<<<<<< HEAD\n  1,\n=======\n  2,\n>>>>>>> ids\n]\n", "2:1: " + mergeMessage, mergeHint},
		{"a = { b = 1,\r\n<<<<<<< HEAD\r\n", "2:1: " + mergeMessage, mergeHint},
		{"a = [ 1\n=======\r\n]", "2:1: " + mergeMessage, mergeHint},
		{"a = 1\n||||||| base\n", "2:1: " + mergeMessage, mergeHint},
		{"a = 1\n>>>>>>> ids", "2:1: " + mergeMessage, mergeHint},
		{"a = \"\"\"\n<<<<<<< HEAD\none\n\"\"\"\n=======\ntwo\n\"\"\"\n>>>>>>> ids\n", "5:1: " + mergeMessage, mergeHint},
		{"a = '''one\n<<<<<<< HEAD\nb = '''\n=======\n", "4:1: " + mergeMessage, mergeHint},
		{"a = '''\n<<<<<<< HEAD\ntwo\n", "2:1: " + mergeMessage, mergeHint},
		// Other lines are not: they are longer, or are text of a string that is closed.
		{"a = 1\n======== \n", "2:1: expected a key, found `=`", "the key is missing"},
		{"a = '''\n<<<<<<< HEAD\n'''\nb = x\n", "4:5: expected a value, found `x`", "text needs quotes"},
		{"a = '''\n<<<<<<< HEAD\n'''\nb = [\n", "4:6: the array that starts on line 4 is not closed", "close it with ]"},
		{"a = \"\"\"x\"\"\"\"\nb = [\n", "2:6: the array that starts on line 2 is not closed", "close it with ]"},
		{"a = \"\"\"x\"\"\"\"\"\nb = [\n", "2:6: the array that starts on line 2 is not closed", "close it with ]"},
	},
	"typographic quotes": {
		{"[features.\"Orders\"]\ntask_id = 0\ntags = “Feature”\n", "3:8: expected a value, found a typographic quote (“)", quotesHint},
		{"a = [ ‘x’ ]", "1:7: expected a value, found a typographic quote (‘)", quotesHint},
		{"a = „x“", "1:5: expected a value, found a typographic quote („)", quotesHint},
		{"a = «x»", "1:5: expected a value, found a typographic quote («)", quotesHint},
		{"a = `x`", "1:5: expected a value, found a typographic quote (`)", quotesHint},
		{"a = ＂x＂", "1:5: expected a value, found a fullwidth character (＂)", `type " instead`},
		{"[features.“Orders”]", "1:11: expected a key, found a typographic quote (“)", quotesHint},
		{"“a b” = 1", "1:1: expected a key, found a typographic quote (“)", quotesHint},
		{"a = \"x\"”", "1:8: expected the end of the line, found a typographic quote (”)", quotesHint},
		{"a = \"x”\nb = 1", "1:8: the string is not closed on its line", `close it with "; ` + quotesHint},
		{"a = \"x”", "1:7: the string that starts on line 1 is not closed", `close it with "; ` + quotesHint},
		{"[\"a”]\n", "1:6: the string is not closed on its line", `close it with "; ` + quotesHint},
		{"a = \"\"\"x”””\n", "1:12: the string that starts on line 1 is not closed", `close it with """; ` + quotesHint},
		{"a = \"\"\"“x”\n", "1:11: the string that starts on line 1 is not closed", `close it with """`},
		{"[features.What’s new]", "1:15: expected ] after the name, found `’`", nameHint + "[features.\"What’s new\"]"},
	},
	"blanks that cannot be told from a space": {
		{"[features.\"Orders\"]\n\u00a0\u00a0task_id = 0\n", "2:1: expected a key, found a no-break space (U+00A0)", spaceHint},
		{"task_id\u00a0= 0", "1:8: expected = after the key, found a no-break space (U+00A0)", spaceHint},
		{"task_id =\u202f0", "1:10: expected a value, found a narrow no-break space (U+202F)", spaceHint},
		{"task_id = 0\u3000\n", "1:12: expected the end of the line, found an ideographic space (U+3000)", spaceHint},
		{"[\u2003a]", "1:2: expected a key, found an invisible character (U+2003)", spaceHint},
		{"a = [ 1,\u200b2 ]", "1:9: expected a value, found a zero width space (U+200B)", invisibleHint},
		{"a = { b = 1\u2060 }", "1:12: expected , or }, found an invisible character (U+2060)", invisibleHint},
		{"task\u00ad_id = 0", "1:5: expected = after the key, found a soft hyphen (U+00AD)", invisibleHint},
		{"\ufeff\ufeffa = 1", "1:1: expected a key, found a byte order mark (U+FEFF)", invisibleHint},
		{"a = 1\u2028b = 2", "1:6: expected the end of the line, found a line separator (U+2028)", invisibleHint},
		{"a = 1\fb = 2", "1:6: expected the end of the line, found a control character (U+000C)", `delete it; in text in double quotes it can be written as \u000C`},
		{"a = 'x\x01'", "1:7: expected text, found a control character (U+0001)", `delete it; in text in double quotes it can be written as \u0001`},
		{"# \x00", "1:3: expected text, found a control character (U+0000)", `delete it; in text in double quotes it can be written as \u0000`},
	},
	"characters that look like others": {
		{"task–id = 1", "1:5: expected = after the key, found a dash that is not a hyphen (–)", "type - instead"},
		{"a = −5", "1:5: expected a value, found a dash that is not a hyphen (−)", "type - instead"},
		{"a = 2024–01–01", "1:9: expected the end of the line, found a dash that is not a hyphen (–)", "type - instead"},
		{"a ＝ 1", "1:3: expected = after the key, found a fullwidth character (＝)", "type = instead"},
		{"[features.Caf\xe9]", "1:14: expected ] after the name, found a byte that is not UTF-8", "save the file with encoding UTF-8"},
	},
	"Windows paths": {
		{"[features.\"Orders\"]\ntask_id = 0\ndescription = \"See C:\\Users\\ann\"\n", "3:24: expected 8 hexadecimal digits after \\U, found `sers`", backslashHint},
		{"a = \"C:\\projects\"", "1:8: there is no escape `\\p`", backslashHint},
		{"a = \"\"\"C:\\projects\"\"\"", "1:10: there is no escape `\\p`", backslashHint},
		{"a = \"C:\\users\"", "1:10: expected 4 hexadecimal digits after \\u, found `sers`", backslashHint},
		{"a = \"C:\\xy\"", "1:10: expected 2 hexadecimal digits after \\x, found `y`", backslashHint},
		{"a = \"C:\\u00", "1:8: expected 4 hexadecimal digits after \\u, found the end of the file", backslashHint},
		{"a = \"\\ud800\"", "1:6: there is no character `\\ud800`", backslashHint},
		{"a = \"C:\\new\\\"\nb = 1", "1:14: the string is not closed on its line", `\" does not close it: ` + backslashHint},
		{"a = \"C:\\new\\\"", "1:13: the string that starts on line 1 is not closed", `\" does not close it: ` + backslashHint},
		{"[features.\"C:\\Users\"]", "1:14: expected 8 hexadecimal digits after \\U, found `sers`", backslashHint},
	},
	"names without quotes": {
		{"[features.Customer Product Information]\ntask_id = 0\n", "1:20: expected ] after the name, found `Product`", nameHint + `[features."Customer Product Information"]`},
		{"  [[ a.b c ]] # [d]", "1:10: expected ]] after the name, found `c`", nameHint + `  [[ a."b c"]]`},
		{"[features.Café]", "1:14: expected ] after the name, found `é`", nameHint + `[features."Café"]`},
		{"[features.Über]", "1:11: expected a key, found `Über`", nameHint + `[features."Über"]`},
		{"[features.C# port]", "1:12: expected ] after the name, found a comment", nameHint + `[features."C# port"]`},
		{"[features.Login [beta]]", "1:17: expected ] after the name, found `[`", nameHint + `[features."Login [beta]"]`},
		{"[features.a\\b c]", "1:12: expected ] after the name, found `\\`", `a name with spaces, dots or other symbols needs quotes; a " in it is written \"`},
		{"[", "1:1: expected a key, found the end of the file", "close the name with ]"},
		{"[[", "1:2: expected a key, found the end of the file", "close the name with ]]"},
		{"[\"a\".", "1:5: expected a key, found the end of the file", "close the name with ]"},
		{"[a", "1:2: expected ] after the name, found the end of the file", "close the name with ]"},
		{"[features.Q&A #1]", "1:12: expected ] after the name, found `&`", nameHint + `[features."Q&A #1"]`},
		{"[[a]\n", "1:4: expected ]] after the name, found `]`", "close the name with ]]"},
		{"[a.]", "1:4: expected a key, found `]`", "the name is missing"},
		{"[a] b = 1", "1:5: expected the end of the line, found `b`", "a header must be alone on its line"},
		{"Customer name = 1", "1:10: expected = after the key, found `name`", `a key with spaces or other symbols needs quotes: "Customer name"`},
		{"What's new = 1", "1:5: expected = after the key, found `'`", `a key with spaces or other symbols needs quotes: "What's new"`},
		{"a = { b = 1, my name = 1 }", "1:17: expected = after the key, found `name`", `a key with spaces or other symbols needs quotes: "my name"`},
		{"a = 1\nb", "2:1: expected = after the key, found the end of the file", "write a key, = and a value"},
		{"task_id: 0", "1:8: expected = after the key, found `:`", "write = between a key and its value"},
	},
	"quotes inside quotes": {
		{"[features.\"The \"new\" login\"]", "1:17: expected ] after the name, found `new`", quoteHint + `[features."The \"new\" login"]`},
		{"[features.'It's done']", "1:15: expected ] after the name, found `s`", quoteHint + `[features."It's done"]`},
		{"[features.\"A\".\"The \"\"new\"\"\"]", "1:21: expected ] after the name, found `\"`", quoteHint + `[features."A"."The \"\"new\"\""]`},
		{"\"The \"x\"\" = 0", "1:7: expected = after the key, found `x`", `a key with spaces, quotes or other symbols needs quotes; a " in it is written \"`},
		{"name = \"The \"new\" login\"", "1:14: expected the end of the line, found `new`", `a " inside text is written \"`},
		{"name = \"The \"\"new\"\" login\"", "1:14: expected the end of the line, found `\"`", `a " inside text is written \"`},
		{"a = { name = \"The \" new \" login\" }", "1:21: expected , or }, found `new`", `a " inside text is written \"`},
		{"a = ['It's done']", "1:10: expected , or ], found `s`", "text with a ' in it needs double quotes"},
		{"a = [\"a\" \"b\"]", "1:10: expected , or ], found `\"`", "elements are separated by commas"},
		{"a = { b = \"x\" c = \"y\" }", "1:15: expected , or }, found `c`", "keys are separated by commas"},
		{"a = \"x\" b = \"y\"", "1:9: expected the end of the line, found `b`", "a line holds one key and its value; text needs quotes"},
	},
	"lone carriage returns": {
		{"a = 0\rb = 0\n", "1:6: expected the end of the line, found a carriage return without a line feed", lineEndHint},
		{"\ra = 0\r", "1:1: expected the end of the line, found a carriage return without a line feed", lineEndHint},
		{"[a]\rb = 0\r", "1:4: expected the end of the line, found a carriage return without a line feed", lineEndHint},
		{"# a\rb = 0\r", "1:4: expected text, found a carriage return without a line feed", lineEndHint},
		{"a = \"x\rb = 0\r", "1:7: expected text, found a carriage return without a line feed", lineEndHint},
		{"a = '''x\r'''", "1:9: expected text, found a carriage return without a line feed", lineEndHint},
		{"a = [\r1]", "1:6: expected the end of the line, found a carriage return without a line feed", lineEndHint},
		{"a = 0\r", "1:6: expected the end of the line, found a carriage return without a line feed", lineEndHint},
	},
	"other languages": {
		{"a = True", "1:5: expected a value, found `True`", "true and false are written in lower case"},
		{"a = null", "1:5: expected a value, found `null`", "TOML has no null: leave the key out"},
		{"// a", "1:1: expected a key, found `/`", "a comment starts with #"},
		{"a = 1 ; b", "1:7: expected the end of the line, found `;`", "a comment starts with #"},
		{"a = 007", "1:5: a number cannot start with 0", "remove the leading zeros; text needs quotes"},
		{"a = " + "aVeryLongWordThatNobodyWantsToSee", "1:5: expected a value, found `aVeryLongWordThatNob…`", "text needs quotes"},
	},
}

func TestMistakesAreExplained(t *testing.T) {
	for kind, list := range mistakes {
		for _, m := range list {
			t.Run(kind, func(t *testing.T) {
				is := is.New(t)
				_, err := tomledit.Parse("", []byte(m.src))
				e := wellPlaced(t, []byte(m.src), err)
				is.Equal(e.Error(), m.message)
				is.Equal(e.Hint, m.hint)
			})
		}
	}
}

// The names that hints suggest are valid, and are the names that were meant.
func TestSuggestedNamesAreRight(t *testing.T) {
	for src, name := range map[string]string{
		"[features.Customer Product Information]": "Customer Product Information",
		"[features.\"The \"new\" login\"]":        `The "new" login`,
		"[features.'It's done']":                  "It's done",
		"[features.Café \u202e]":                  "Café \u202e",
	} {
		is := is.New(t)
		hint := refused(t, src).Hint
		_, suggested, found := bytes.Cut([]byte(hint), []byte(": "))
		is.True(found)
		doc, err := tomledit.Parse("", suggested)
		is.NoErr(err)
		is.True(doc.Get("features", name).Exists())
	}
}

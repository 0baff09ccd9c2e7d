package tomledit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

// countedPosition is a position found in the plain way: by counting from the start.
func countedPosition(src string, offset int) tomledit.Position {
	before := src[:offset]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return tomledit.Position{
		Offset: offset,
		Line:   1 + strings.Count(before, "\n"),
		Column: max(1, 1+utf8.RuneCountInString(strings.TrimPrefix(line, "\ufeff"))),
	}
}

func TestPositionsCountLinesAndCharacters(t *testing.T) {
	for name, src := range map[string]string{
		"empty":         "",
		"mark":          "\ufeff",
		"mark and text": "\ufeffé = 1\n€ = 2",
		"line ends":     "a\r\nb\n\n\r\nc",
		"long lines":    "x\n" + strings.Repeat("a€é😀", 900) + "\n" + strings.Repeat("é", 1023) + "\n\ny",
		"one block":     strings.Repeat("x", 1023),
		"two blocks":    strings.Repeat("x", 1022) + "\n" + strings.Repeat("x", 1023),
		"short lines":   strings.Repeat("é\n", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			doc := mustParse(t, comments(src))
			text := string(source(doc))
			for offset := range len(text) + 1 {
				if offset == len(text) || utf8.RuneStart(text[offset]) {
					is.Equal(doc.Position(offset), countedPosition(text, offset))
				}
			}
			is.Equal(doc.Position(-1), countedPosition(text, 0))
			is.Equal(doc.Position(len(text)+1), countedPosition(text, len(text)))
			lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
			start := len(text) - len(strings.TrimPrefix(text, "\ufeff"))
			for i, line := range lines {
				e := doc.ErrorAt(start, start+1, "", "", "")
				is.Equal(e.Pos.Line, i+1)
				is.Equal(e.Line, strings.TrimSuffix(line, "\r"))
				start += len(line) + 1
			}
		})
	}
}

// comments makes each line a comment, behind the byte order mark if there is one.
func comments(src string) string {
	text, marked := strings.CutPrefix(src, "\ufeff")
	text = "#" + strings.ReplaceAll(text, "\n", "\n#")
	if marked {
		return "\ufeff" + text
	}
	return text
}

// A file can be one line, and each of its mistakes has the text of its line.
func TestALongLineIsCopiedOnce(t *testing.T) {
	is := is.New(t)
	first, second := strings.Repeat("é", 2000), strings.Repeat("€", 2000)
	doc := mustParse(t, comments(first+"\n"+second))
	line := func(offset int) string { return doc.ErrorAt(offset, offset, "", "", "").Line }
	is.Equal(line(10), "#"+first)
	is.Equal(testing.AllocsPerRun(100, func() { line(2000) }), 1.0) // the Error
	is.Equal(line(len(first)+10), "#"+second)
	is.Equal(line(10), "#"+first)
}

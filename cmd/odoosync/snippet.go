package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// cell is a piece of a line that a terminal draws as one, such as a letter with
// its accents.
type cell struct {
	text   string
	width  int  // in columns
	marked bool // a caret belongs under it
}

// layOut puts the carets of a snippet, which stand under characters, under the
// columns in which a terminal draws these: 漢 and most emoji take two, a
// combining accent none. A tab becomes four blanks. Where the line is wider
// than the terminal, the part around the carets is shown, because under a
// wrapped line they would point at nothing. columns is 0 for no limit.
func layOut(snippet string, columns int) (line, carets string) {
	source, under, _ := strings.Cut(snippet, "\n")
	cells := aroundMark(cellsOf(source, under), columns)
	var above, below strings.Builder
	for _, c := range cells {
		above.WriteString(c.text)
		sign := " "
		if c.marked {
			sign = "^"
		}
		below.WriteString(strings.Repeat(sign, c.width))
	}
	return strings.TrimRight(above.String(), " "), strings.TrimRight(below.String(), " ")
}

// cellsOf takes a line apart. under is the line below it, with carets under the
// marked characters.
func cellsOf(source, under string) []cell {
	const tab = "    "
	signs := []rune(under)
	var cells []cell
	for state := -1; source != ""; {
		var c cell
		c.text, source, c.width, state = uniseg.FirstGraphemeClusterInString(source, state)
		size := min(utf8.RuneCountInString(c.text), len(signs))
		c.marked = slices.Contains(signs[:size], '^')
		signs = signs[size:]
		if c.text == "\t" {
			c.text, c.width = tab, len(tab)
		}
		cells = append(cells, c)
	}
	if slices.Contains(signs, '^') { // what is wrong is the end of the line
		cells = append(cells, cell{text: " ", width: 1, marked: true})
	}
	return cells
}

// aroundMark cuts a line to a number of columns, with … where something is cut
// off. It keeps more of what is before the mark than of what follows.
func aroundMark(cells []cell, columns int) []cell {
	if columns <= 0 || widthOf(cells) <= columns {
		return cells
	}
	ellipsis := cell{text: "…", width: 1}
	mark := slices.IndexFunc(cells, func(c cell) bool { return c.marked })
	start := 0
	for widthOf(cells[start:mark]) > columns*2/3 {
		start++
	}
	if start > 0 {
		cells = append([]cell{ellipsis}, cells[start:]...)
	}
	if widthOf(cells) <= columns {
		return cells
	}
	for widthOf(cells) >= columns {
		cells = cells[:len(cells)-1]
	}
	return append(cells, ellipsis)
}

func widthOf(cells []cell) int {
	width := 0
	for _, c := range cells {
		width += c.width
	}
	return width
}

// firstColumns is as much of a text as fits into a number of columns.
func firstColumns(text string, columns int) string {
	for text != "" && uniseg.StringWidth(text) > columns {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}

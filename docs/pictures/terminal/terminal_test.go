package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestColoursBecomePieces(t *testing.T) {
	is := is.New(t)
	got, err := pieces("a\x1b[1;32mb\x1b[22mc\x1b[mde\x1b[2m f\x1b[0m")
	is.NoErr(err)
	is.Equal(got, []piece{
		{look{}, "a"},
		{look{colour: 2, bold: true}, "b"},
		{look{colour: 2}, "c"},
		{look{}, "de"},
		{look{faint: true}, " f"},
	})
}

func TestCodesThatMoveTheCursorAreRefused(t *testing.T) {
	for _, line := range []string{"\x1b[2K", "\x1b]0;title\a", "\x1b[31", "\x1b[38;5;9mx"} {
		if _, err := pieces(line); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}

func TestThePictureIsXMLWithAllTextInItsPlace(t *testing.T) {
	is := is.New(t)
	svg, err := draw([]string{"\x1b[31m-a < b &  c\x1b[0m", "", "価 end", "", " "})
	is.NoErr(err)
	decoder := xml.NewDecoder(strings.NewReader(svg))
	text := ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		is.NoErr(err)
		if data, ok := token.(xml.CharData); ok {
			text += string(data)
		}
	}
	is.True(strings.Contains(text, "-a\u00a0<\u00a0b\u00a0&\u00a0\u00a0c")) // no blank is folded
	is.True(strings.Contains(text, "価\u00a0end"))
	is.True(strings.Contains(svg, `height="109"`)) // three lines: the empty ones at the end are left out
	is.True(strings.Contains(svg, `width="128"`))  // eleven columns
	_, err = draw([]string{"", "  "})
	is.True(err != nil)
}

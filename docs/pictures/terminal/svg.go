package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/rivo/uniseg"
)

// Measures of the picture, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 19.0
	fontSize   = 14
	margin     = 18.0
	bar        = 34.0 // the window's title bar
)

// palette has the colours of ANSI on a dark ground; 0 is the default.
var palette = map[int]string{
	0: "#d8dee9", 1: "#ff7b72", 2: "#7ee787", 3: "#e3b341", 4: "#79c0ff", 5: "#d2a8ff", 6: "#76e3ea", 7: "#d8dee9",
	8: "#8b949e", 9: "#ffa198", 10: "#aff5b4", 11: "#f2cc60", 12: "#a5d6ff", 13: "#e2c5ff", 14: "#b3f0ff", 15: "#ffffff",
}

// draw makes the picture of a screen, without the empty lines at its end.
func draw(screen []string) (string, error) {
	for len(screen) > 0 && strings.TrimSpace(screen[len(screen)-1]) == "" {
		screen = screen[:len(screen)-1]
	}
	if len(screen) == 0 {
		return "", errors.New("the screen is empty")
	}
	var body strings.Builder
	columns := 0
	for i, line := range screen {
		parts, err := pieces(line)
		if err != nil {
			return "", fmt.Errorf("line %d: %w", i+1, err)
		}
		columns = max(columns, drawLine(&body, i, parts))
	}
	width := 2*margin + float64(columns)*cellWidth
	height := bar + margin + float64(len(screen))*cellHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="9" fill="#0d1117"/>`+"\n")
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="6" fill="%s"/>`+"\n", 20+i*20, colour)
	}
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="%d">`+"\n", fontSize)
	b.WriteString(body.String())
	b.WriteString("</g>\n</svg>\n")
	return b.String(), nil
}

// unbroken keeps blanks as wide as they are: browsers fold plain ones, and no
// longer know the attribute xml:space.
var unbroken = strings.NewReplacer(" ", "\u00a0")

// drawLine draws the line with the number row and returns its width in
// columns. Each piece is held to its columns, whatever font the reader has.
func drawLine(b *strings.Builder, row int, parts []piece) int {
	column := 0
	y := bar + float64(row)*cellHeight + fontSize
	for _, p := range parts {
		width := uniseg.StringWidth(p.text)
		if strings.TrimSpace(p.text) != "" {
			style := ""
			if p.look.bold {
				style += ` font-weight="bold"`
			}
			if p.look.faint {
				style += ` opacity="0.6"`
			}
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>`,
				margin+float64(column)*cellWidth, y, float64(width)*cellWidth, palette[p.look.colour], style)
			_ = xml.EscapeText(b, []byte(unbroken.Replace(p.text))) // a strings.Builder takes everything
			b.WriteString("</text>\n")
		}
		column += width
	}
	return column
}

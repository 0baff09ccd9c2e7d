package main

import (
	"fmt"
	"strconv"
	"strings"
)

// look is how a piece of text is written. The zero look is plain.
type look struct {
	colour int // of ANSI, from 1 (red) to 7 (white), 8 more for bright; 0: the default
	bold   bool
	faint  bool
}

// piece is text of one look.
type piece struct {
	look look
	text string
}

// pieces takes a line apart. A code that does not only set the look is an
// error; of the looks, those that no picture here needs are too.
func pieces(line string) ([]piece, error) {
	var all []piece
	var now look
	for line != "" {
		text, rest, coded := strings.Cut(line, "\x1b")
		if text != "" {
			all = append(all, piece{now, text})
		}
		if !coded {
			return all, nil
		}
		body, isCSI := strings.CutPrefix(rest, "[")
		end := strings.IndexFunc(body, func(r rune) bool { return r >= '@' && r <= '~' })
		if !isCSI || end < 0 || body[end] != 'm' {
			return nil, fmt.Errorf("not a colour: %q", rest)
		}
		if err := now.change(body[:end]); err != nil {
			return nil, err
		}
		line = body[end+1:]
	}
	return all, nil
}

// change follows one code, such as "1;32".
func (l *look) change(codes string) error {
	for code := range strings.SplitSeq(codes, ";") {
		n, err := strconv.Atoi("0" + code)
		if err != nil {
			return fmt.Errorf("not a colour: %q", codes)
		}
		switch {
		case n == 0:
			*l = look{}
		case n == 1:
			l.bold = true
		case n == 2:
			l.faint = true
		case n == 22:
			l.bold, l.faint = false, false
		case n == 39:
			l.colour = 0
		case n >= 31 && n <= 37:
			l.colour = n - 30
		case n >= 90 && n <= 97:
			l.colour = n - 90 + 8
		case n == 49:
		default:
			return fmt.Errorf("unknown colour %d in %q", n, codes)
		}
	}
	return nil
}

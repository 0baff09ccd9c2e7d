// Terminal draws a terminal's screen as an SVG picture. It reads the lines of
// the screen from standard input, with colours as ANSI codes, as
// `tmux capture-pane -e -p` writes them.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
		os.Exit(1)
	}
}

func run() error {
	var screen []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		screen = append(screen, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	svg, err := draw(screen)
	if err != nil {
		return err
	}
	_, err = os.Stdout.WriteString(svg)
	return err
}

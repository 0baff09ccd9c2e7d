package docs_test

import (
	"regexp"
	"strings"
)

// document is a page of the documentation as the tests see it.
type document struct {
	path  string // from the module's root
	lines []string
	steps []step
}

// step is something to do in a page: a directive, or a fenced block.
//
// A directive is a comment of the form <!-- test: WORDS -->, on a line of its
// own; see world.direct for the words.
type step struct {
	line      int    // from 0: of the directive, or of the opening fence
	directive string // "" for a block
	language  string // of a block
	body      []string
}

var directive = regexp.MustCompile(`^<!-- test: (.*) -->$`)

func parseDocument(path, text string) *document {
	d := &document{path: path, lines: strings.Split(text, "\n")}
	for i := 0; i < len(d.lines); i++ {
		line := d.lines[i]
		if m := directive.FindStringSubmatch(line); m != nil {
			d.steps = append(d.steps, step{line: i, directive: m[1]})
		}
		language, fenced := strings.CutPrefix(line, "```")
		if !fenced {
			continue
		}
		block := step{line: i, language: language}
		for i++; i < len(d.lines) && d.lines[i] != "```"; i++ {
			block.body = append(block.body, d.lines[i])
		}
		d.steps = append(d.steps, block)
	}
	return d
}

// command is one command of a console block with what it prints.
type command struct {
	line   int // from 0
	text   string
	output []string
}

// commands reads a console block: "$ " before a command, "> " before a line
// that continues it, everything else is output.
func (s step) commands() []command {
	var all []command
	for i, line := range s.body {
		if text, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, command{line: s.line + 1 + i, text: text})
			continue
		}
		if len(all) == 0 {
			continue
		}
		last := &all[len(all)-1]
		if text, ok := strings.CutPrefix(line, "> "); ok && len(last.output) == 0 {
			last.text += "\n" + text
			continue
		}
		last.output = append(last.output, line)
	}
	return all
}

// replace puts a new body into a block of the page.
func (d *document) replace(s step, body []string) {
	end := s.line + 1 + len(s.body)
	lines := append([]string{}, d.lines[:s.line+1]...)
	lines = append(lines, body...)
	d.lines = append(lines, d.lines[end:]...)
}

// varies matches what differs from run to run in what the program prints.
var varies = regexp.MustCompile(`\b\d+(\.\d+)?(µs|ms|s)\b|"duration_seconds": [0-9.e+-]+|go1\.[0-9.]+`)

// sameOutput compares what a page shows with what was printed. A line "..." in
// the page stands for any lines.
func sameOutput(shown, printed []string) bool {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, line := range shown {
		if line == "..." {
			b.WriteString(`(?:.*\n)*`)
			continue
		}
		b.WriteString(regexp.QuoteMeta(varies.ReplaceAllString(line, "~")) + `\n`)
	}
	b.WriteString(`\z`)
	text := ""
	for _, line := range printed {
		text += varies.ReplaceAllString(line, "~") + "\n"
	}
	return regexp.MustCompile(b.String()).MatchString(text)
}

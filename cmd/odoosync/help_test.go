package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"
)

func TestHelpFitsEightyColumns(t *testing.T) {
	app := testApp()
	texts := map[string]string{"odoosync": appHelp(app)}
	for _, c := range app.Commands {
		texts[c.Name] = commandHelp(c)
	}
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("help of %s: %d columns: %s", name, n, line)
			}
		}
	}
}

func TestHelpOfACommandHasFlagsAndExamples(t *testing.T) {
	is := is.New(t)
	for _, c := range testApp().Commands {
		text := commandHelp(c)
		for _, f := range c.Flags {
			is.True(strings.Contains(text, "--"+f.Names()[0]+" ")) // each flag
		}
		if len(c.Flags) > 0 {
			is.True(strings.Contains(text, "\nExamples:\n  odoosync "+c.Name)) // an example
		}
	}
}

func TestManualHasEveryCommandAndFlag(t *testing.T) {
	is := is.New(t)
	app := testApp()
	text := manual(app)
	for _, c := range app.Commands {
		if c.Hidden {
			continue
		}
		is.True(strings.Contains(text, "\n## "+c.Name+"\n"))
		for _, f := range c.Flags {
			is.True(strings.Contains(text, "--"+f.Names()[0]))
		}
	}
	is.True(strings.Contains(text, "# ENVIRONMENT"))
	is.True(strings.Contains(text, "# EXIT CODES"))
}

package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"
	"github.com/urfave/cli/v2"
)

func TestHelpFitsEightyColumns(t *testing.T) {
	app := testApp()
	texts := map[string]string{"odoosync": helpText(t, app, nil)}
	for _, c := range app.Commands {
		texts[c.Name] = helpText(t, app, c)
	}
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("help of %s: %d columns: %s", name, n, line)
			}
		}
	}
}

func helpText(t *testing.T, app *cli.App, command *cli.Command) string {
	t.Helper()
	text, err := fill("help", style{}, helpPage{app, command})
	is.New(t).NoErr(err)
	return text
}

func TestHelpOfACommandHasFlagsAndExamples(t *testing.T) {
	is := is.New(t)
	app := testApp()
	for _, c := range app.Commands {
		text := helpText(t, app, c)
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
	text, err := fill("man", style{}, app)
	is.NoErr(err)
	for _, c := range app.Commands {
		if c.Hidden {
			continue
		}
		is.True(strings.Contains(text, "\n### "+c.Name+"\n"))
		for _, f := range c.Flags {
			is.True(strings.Contains(text, "--"+f.Names()[0]))
		}
	}
	is.True(strings.Contains(text, "# ENVIRONMENT"))
	is.True(strings.Contains(text, "# EXIT CODES"))
}

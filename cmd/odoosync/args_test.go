package main

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/urfave/cli/v2"
)

func testApp() *cli.App {
	return newApp(&program{out: bufio.NewWriter(&bytes.Buffer{}), console: &console{w: &bytes.Buffer{}}})
}

func TestFlagsCountWhereverTheyStand(t *testing.T) {
	tests := []struct{ give, want string }{
		{"run map --dry-run", "run --dry-run -- map"},
		{"run --dry-run map", "run --dry-run -- map"},
		{"--dry-run run map", "run --dry-run -- map"},
		{"run map -n", "run --dry-run -- map"},
		{"run map --db x", "run --db=x -- map"},
		{"run --db x map", "run --db=x -- map"},
		{"run --db=x map", "run --db=x -- map"},
		{"run --db= x", ""},
		{"--db x run map", "run --db=x -- map"},
		{"run --project run map", "run --project=run -- map"},
		{"run --db=-x map", "run --db=-x -- map"},
		{"run --db -- map", ""},
		{"run map -vv", "run --verbose --verbose -- map"},
		{"run map -nvq", "run --dry-run --verbose --quiet -- map"},
		{"run -n --dry-run map", "run --dry-run --dry-run -- map"},
		{"run --n --dry-run map", "run --dry-run --dry-run -- map"},
		{"run --h", "run --help"},
		{"run -json map", "run --json -- map"},
		{"run -nx map", ""},
		{"run -- --dry-run", "run -- --dry-run"},
		{"run -- -", "run -- -"},
		{"run -", "run -- -"},
		{"-- run map", "run -- map"},
		{"run map -- --json", "run -- map --json"},
		{"run map --json=false", ""},
		{"run map --nonsense", ""},
		{"check map --dry-run", ""},
		{"frobnicate", ""},
		{"", "--help"},
		{"--json", ""},
		{"help", "--help"},
		{"--help", "--help"},
		{"-h", "--help"},
		{"help run", "run --help"},
		{"help help", "--help"},
		{"run --help", "run --help"},
		{"run map --nonsense --help", "run --help"},
		{"run -- --help", "run -- --help"},
		{"help run check", ""},
		{"--version", "version --"},
		{"-V", "version --"},
		{"run help", "run -- help"},
	}
	app := testApp()
	for _, test := range tests {
		t.Run(test.give, func(t *testing.T) {
			is := is.New(t)
			got, err := arrange(app, append([]string{"odoosync"}, strings.Fields(test.give)...))
			if test.want == "" {
				var usage *commandError
				is.True(errors.As(err, &usage)) // a usage error
				is.Equal(usage.Kind, "usage")
				is.True(usage.Hint != "") // with advice
				return
			}
			is.NoErr(err)
			is.Equal(strings.Join(got, " "), "odoosync "+test.want)
		})
	}
}

// The order of a command line is corrected before its command is known, which
// works only while a name means the same everywhere.
func TestAFlagTakesAValueInAllCommandsOrInNone(t *testing.T) {
	is := is.New(t)
	takes := make(map[string]bool)
	for _, c := range testApp().Commands {
		for _, f := range c.Flags {
			for _, name := range f.Names() {
				value := f.(cli.DocGenerationFlag).TakesValue()
				before, known := takes[name]
				is.True(!known || before == value) // same in all commands
				takes[name] = value
			}
		}
	}
	is.True(len(takes) > 10)
}

func TestNearestWord(t *testing.T) {
	is := is.New(t)
	words := []string{"dry-run", "db", "json", "project", "protocol", "namespace"}
	for typed, want := range map[string]string{
		"dryrun": "dry-run", "dry": "dry-run", "jsn": "json", "projct": "project", "protokol": "protocol",
		"pro": "", "xyz": "", "verbosity": "", "name": "namespace",
	} {
		is.Equal(nearest(typed, words), want) // for each of them
	}
}

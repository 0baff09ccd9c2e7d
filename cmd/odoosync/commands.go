package main

import (
	"embed"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

//go:embed map.schema.json
var mapSchema string

//go:embed example.toml
var exampleMap string

//go:embed descriptions
var descriptions embed.FS

// newApp is the table of commands: the one source of parsing, help,
// completion and the manual page. What the actions do is p's.
func newApp(p *program) *cli.App {
	app := &cli.App{
		Name:           "odoosync",
		Usage:          "create Odoo tasks from a feature map, and write their ids into it",
		HideHelp:       true, // it is given before the library is asked
		HideVersion:    true,
		ExitErrHandler: func(*cli.Context, error) {}, // exit codes are run's alone
		Commands: []*cli.Command{
			{Name: "run", ArgsUsage: "MAP", Usage: "create a task for each item whose task_id is 0", Action: p.sync},
			{Name: "check", ArgsUsage: "MAP...", Usage: "find mistakes in maps, and list what a run would create", Action: p.check},
			{Name: "example", Usage: "print a map to start from", Action: p.prints(exampleMap)},
			{Name: "schema", Usage: "print the JSON Schema of a map, for editors", Action: p.prints(mapSchema)},
			{Name: "stages", Usage: "create the missing stages", Action: p.stages},
			{Name: "demo", Usage: "show a whole run on an Odoo in memory, no server needed", Action: p.demo},
			{Name: "version", Usage: "print version, commit, date and Go version", Action: p.version},
			{Name: "completion", ArgsUsage: strings.Join(shells, "|"), Usage: "print a completion script for a shell", Action: p.completion},
			{Name: "man", Usage: "print the manual page", Hidden: true, Action: p.man},
		},
	}
	for _, c := range app.Commands {
		text, _ := descriptions.ReadFile("descriptions/" + c.Name) // some need no more than their usage
		c.Description = strings.TrimSpace(string(text))
		c.Flags, c.Before, c.HideHelp = flagsOf(c.Name), p.prepare, true
	}
	return app
}

// flagsOf are the flags of a command, in the order of its help; for "" those of
// all commands.
func flagsOf(command string) (flags []cli.Flag) {
	for _, f := range []struct {
		commands string
		flag     cli.Flag
	}{
		{"run", &cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "check everything, create and change nothing"}},
		{"stages", &cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "list the missing stages, create none"}},
		{"check", &cli.StringFlag{Name: "format", Value: formatText, Usage: "write `FORMAT`: " + strings.Join(formats, ", ")}},
		{"demo", &cli.StringFlag{Name: "keep", Usage: "leave the map in `DIR`, as before and after the run"}},
		{"run stages", &cli.StringFlag{Name: "url", Usage: "Odoo's address, such as https://odoo.example.com"}},
		{"run stages", &cli.StringFlag{Name: "db", Usage: "use database `NAME`"}},
		{"run stages", &cli.StringFlag{Name: "username", Usage: "log in as `LOGIN`"}},
		{"run stages", &cli.StringFlag{Name: "project", Usage: "project `ID|NAME`, the name exactly as in Odoo"}},
		{"run stages", &cli.StringFlag{Name: "protocol", Usage: "use `NAME`: auto (default), jsonrpc or json2"}},
		{"run stages", &cli.BoolFlag{Name: "api-key-stdin", Usage: "read the API key from standard input"}},
		{"run stages", &cli.BoolFlag{Name: "allow-http", Usage: "send secrets over plain http to other machines"}},
		{"run stages", &cli.StringFlag{Name: "timeout", Usage: "give up on a call after `TIME` (default 5m)"}},
		{"run stages", &cli.StringFlag{Name: "rate", Usage: "at most `N` calls a second (on Odoo's cloud: 1)"}},
		{"run", &cli.StringFlag{Name: "namespace", Usage: "this map's `NAME`, if several feed one project"}},
		{"run", &cli.BoolFlag{Name: "notify", Usage: "let Odoo notify the project's followers of each task"}},
		{"run", &cli.BoolFlag{Name: "link", Usage: "link tasks of earlier runs even if they have changed"}},
		{"run", &cli.BoolFlag{Name: "plain-create", Usage: "no external ids: a lost reply stops the run"}},
		{"run", &cli.StringFlag{Name: "jobs", Usage: "at most `N` calls at a time (default 2)"}},
		{"run check", &cli.BoolFlag{Name: "strict", Usage: "refuse keys that are probably misspelt"}},
		{"check", &cli.BoolFlag{Name: "exit-code", Usage: "exit with 8 if a map has items that need a task"}},
		{"run check stages", &cli.BoolFlag{Name: "json", Usage: "print one JSON object on standard output"}},
		{"run check stages", &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print errors only"}},
		{"run stages", &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Count: new(int), Usage: "print each call to Odoo; twice: also the bodies"}},
		{"run check stages demo", &cli.BoolFlag{Name: "no-color", Usage: "no colours"}},
	} {
		if command == "" || slices.Contains(strings.Fields(f.commands), command) {
			flags = append(flags, f.flag)
		}
	}
	return flags
}

// prints is a command that prints a text.
func (p *program) prints(text string) cli.ActionFunc {
	return func(*cli.Context) error {
		p.printf("%s", text)
		return nil
	}
}

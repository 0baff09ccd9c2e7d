package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// newApp is the table of commands: the one source of parsing, help,
// completion and the manual page. What the actions do is p's.
func newApp(p *program) *cli.App {
	app := &cli.App{
		Name:            "odoosync",
		HelpName:        "odoosync",
		Usage:           "create Odoo tasks from a feature map, and write their ids into it",
		HideHelpCommand: true,
		HideVersion:     true,
		Writer:          p.out,
		ErrWriter:       p.out,
		ExitErrHandler:  func(*cli.Context, error) {}, // exit codes are run's alone
		Commands: []*cli.Command{
			p.runCommand(), p.checkCommand(), p.exampleCommand(), p.schemaCommand(),
			p.stagesCommand(), p.demoCommand(),
			{Name: "version", Usage: "print version, commit, date and Go version", Action: p.version},
			p.completionCommand(),
			{Name: "man", Usage: "print the manual page", Hidden: true, Action: p.man},
		},
	}
	app.CustomAppHelpTemplate = appHelp(app)
	for _, c := range app.Commands {
		c.HideHelpCommand = true
		c.CustomHelpTemplate = commandHelp(c)
	}
	return app
}

func (p *program) runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "create a task for each item whose task_id is 0",
		ArgsUsage: "MAP",
		Description: `Creates an Odoo task for each feature of MAP whose task_id is 0, and a subtask
for each such user story, and writes the new ids over the zeros. No other byte
of MAP changes. Run it as often as you like: if a run is killed or a reply is
lost, the next run picks up from there, and no task is created twice.

Examples:
  odoosync run map.toml --dry-run       # what would happen, and would it work?
  odoosync run map.toml
  odoosync run map.toml --project "Web shop" --json
  pass show odoo | odoosync run map.toml --api-key-stdin`,
		Flags: slices.Concat(
			[]cli.Flag{
				&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "check everything, create and change nothing"},
			},
			connectionFlags(),
			[]cli.Flag{
				&cli.StringFlag{Name: "namespace", Usage: "this map's `NAME`, if several feed one project"},
				&cli.BoolFlag{Name: "notify", Usage: "let Odoo notify the project's followers of each task"},
				&cli.BoolFlag{Name: "link", Usage: "link tasks of earlier runs even if they have changed"},
				&cli.BoolFlag{Name: "plain-create", Usage: "no external ids: a lost reply stops the run"},
				&cli.StringFlag{Name: "jobs", Usage: "at most `N` calls at a time (default 2)"},
				strictFlag(),
			},
			outputFlags()),
		Action: p.sync,
	}
}

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "find mistakes in maps, and list what a run would create",
		ArgsUsage: "MAP...",
		Description: `Reads each MAP and reports every mistake with its line and column, or lists what
a run would create. Works offline and changes nothing.

Examples:
  odoosync check map.toml
  odoosync check maps/*.toml --quiet        # mistakes only
  odoosync check map.toml --format github   # annotations for a pull request
  odoosync check map.toml --format sarif > odoosync.sarif`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: formatText, Usage: "write `FORMAT`: text, json, github, gitlab, sarif, junit"},
			strictFlag(),
			&cli.BoolFlag{Name: "exit-code", Usage: "exit with 8 if a map has items that need a task"},
			jsonFlag(), quietFlag(), noColorFlag(),
		},
		Action: p.check,
	}
}

func (p *program) exampleCommand() *cli.Command {
	return &cli.Command{
		Name:  "example",
		Usage: "print a map to start from",
		Description: `Prints a small map with comments that explain it.

Examples:
  odoosync example > map.toml`,
		Action: p.prints(exampleMap),
	}
}

func (p *program) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print the JSON Schema of a map, for editors",
		Description: `Prints a JSON Schema with which editors check and complete a map as you type.
The first line of the map names it: #:schema ./map.schema.json

Examples:
  odoosync schema > map.schema.json`,
		Action: p.prints(mapSchema),
	}
}

func (p *program) stagesCommand() *cli.Command {
	return &cli.Command{
		Name:  "stages",
		Usage: "create the missing stages",
		Description: `Makes sure that the project has the stages Backlog, Up Next, In Progress,
User Acceptance, Done and Archive. Stages that exist are left alone.

Examples:
  odoosync stages --dry-run
  odoosync stages --project 7`,
		Flags: slices.Concat(
			[]cli.Flag{&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "list the missing stages, create none"}},
			connectionFlags(),
			outputFlags()),
		Action: p.stages,
	}
}

func (p *program) demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "show a whole run on an Odoo in memory, no server needed",
		Description: `Starts an Odoo in memory, writes a sample map to a temporary folder, runs on
it, and shows the tasks it created and the difference in the map. Afterwards it
removes everything.

Examples:
  odoosync demo
  odoosync demo --keep .    # leaves demo-before.toml and demo-after.toml here`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "keep", Usage: "leave the map in `DIR`, as before and after the run"},
			noColorFlag(),
		},
		Action: p.demo,
	}
}

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for a shell",
		ArgsUsage: strings.Join(shells, "|"),
		Description: `Prints a script that completes commands, flags and .toml files.

Examples:
  source <(odoosync completion bash)      # in ~/.bashrc
  source <(odoosync completion zsh)       # in ~/.zshrc, after compinit
  odoosync completion fish > ~/.config/fish/completions/odoosync.fish
  odoosync completion powershell | Out-String | Invoke-Expression`,
		Action: p.completion,
	}
}

//go:embed map.schema.json
var mapSchema string

//go:embed example.toml
var exampleMap string

// prints is a command that prints a text.
func (p *program) prints(text string) cli.ActionFunc {
	return func(*cli.Context) error {
		p.printf("%s", text)
		return nil
	}
}

func connectionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "url", Usage: "Odoo's address, such as https://odoo.example.com"},
		&cli.StringFlag{Name: "db", Usage: "use database `NAME`"},
		&cli.StringFlag{Name: "username", Usage: "log in as `LOGIN`"},
		&cli.StringFlag{Name: "project", Usage: "project `ID|NAME`, the name exactly as in Odoo"},
		&cli.StringFlag{Name: "protocol", Usage: "use `NAME`: auto (default), jsonrpc or json2"},
		&cli.BoolFlag{Name: "api-key-stdin", Usage: "read the API key from standard input"},
		&cli.BoolFlag{Name: "allow-http", Usage: "send secrets over plain http to other machines"},
		&cli.StringFlag{Name: "timeout", Usage: "give up on a call after `TIME` (default 5m)"},
		&cli.StringFlag{Name: "rate", Usage: "at most `N` calls a second (on Odoo's cloud: 1)"},
	}
}

// outputFlags are those of a command that talks to Odoo.
func outputFlags() []cli.Flag {
	return []cli.Flag{
		jsonFlag(), quietFlag(),
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Count: new(int), Usage: "print each call to Odoo; twice: also the bodies"},
		noColorFlag(),
	}
}

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print one JSON object on standard output"}
}

func quietFlag() cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print errors only"}
}

func noColorFlag() cli.Flag { return &cli.BoolFlag{Name: "no-color", Usage: "no colours"} }

func strictFlag() cli.Flag {
	return &cli.BoolFlag{Name: "strict", Usage: "refuse keys that are probably misspelt"}
}

// appHelp is the text of `odoosync help`.
func appHelp(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "odoosync - %s\n\nUsage:\n  odoosync COMMAND [MAP] [flags]\n\nCommands:\n", app.Usage)
	for _, c := range app.VisibleCommands() {
		fmt.Fprintf(&b, "  %-12s%s\n", c.Name, c.Usage)
	}
	fmt.Fprintf(&b, `
Examples:
  odoosync demo                         # see it work, no server needed
  odoosync check map.toml
  odoosync run map.toml --dry-run
  odoosync run map.toml

Flags may come before or after MAP; `+"`--`"+` ends them. `+"`odoosync help COMMAND`"+`
lists the flags of a command.

%s
%s`, environmentHelp(), exitCodeHelp(""))
	return b.String()
}

// commandHelp is the text of `odoosync help COMMAND`.
func commandHelp(c *cli.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "odoosync %s - %s\n\nUsage:\n  %s\n", c.Name, c.Usage, usageLine(c))
	if c.Description != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Description)
	}
	if len(c.Flags) > 0 {
		b.WriteString("\nFlags:\n")
		for _, f := range c.Flags {
			names, usage := describeFlag(f)
			fmt.Fprintf(&b, "  %-24s%s\n", names, usage)
		}
	}
	if findFlag(c.Flags, "url") != nil {
		b.WriteString("\n" + environmentHelp())
	}
	if findFlag(c.Flags, "json") != nil {
		b.WriteString("\n" + exitCodeHelp(c.Name))
	}
	return b.String()
}

func usageLine(c *cli.Command) string {
	line := "odoosync " + c.Name
	if c.ArgsUsage != "" {
		line += " " + c.ArgsUsage
	}
	if len(c.Flags) > 0 {
		line += " [flags]"
	}
	return line
}

// describeFlag gives a flag's names with the kind of its value, and what it is
// for.
func describeFlag(f cli.Flag) (names, usage string) {
	doc := f.(cli.DocGenerationFlag)
	usage = doc.GetUsage()
	placeholder := strings.ToUpper(f.Names()[0])
	if before, rest, ok := strings.Cut(usage, "`"); ok {
		var after string
		placeholder, after, _ = strings.Cut(rest, "`")
		usage = before + placeholder + after
	}
	names = "    --" + f.Names()[0]
	if len(f.Names()) > 1 {
		names = "-" + f.Names()[1] + ", --" + f.Names()[0]
	}
	if doc.TakesValue() {
		names += " " + placeholder
	}
	return names, usage
}

// environmentHelp is the table of environment variables.
func environmentHelp() string {
	var b strings.Builder
	b.WriteString("Environment (flags take precedence):\n")
	for _, v := range variables {
		fmt.Fprintf(&b, "  %-32s%s\n", strings.Join(v.names, ", "), v.meaning)
	}
	b.WriteString(`  ODOO_API_KEY, ODOO_PASSWORD     the secret; the key takes precedence
  NO_COLOR, CLICOLOR_FORCE        no colours; colours always
`)
	return b.String()
}

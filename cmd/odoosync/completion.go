package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// shells are those there is a completion script for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// completion prints a shell's completion script, made from the table of
// commands.
func (p *program) completion(c *cli.Context) error {
	args := c.Args().Slice()
	switch {
	case len(args) == 0:
		return usagef(c.Command.Name, "completion for which shell? %s", oneOf(shells))
	case len(args) > 1:
		return usagef(c.Command.Name, "completion takes one shell, found %d", len(args))
	case !slices.Contains(shells, args[0]):
		return usagef(c.Command.Name, "there is no completion for %q", args[0]).advise("there is one for %s", oneOf(shells))
	}
	return p.render(args[0], completedCommands(c.App))
}

// completedCommand is a command as completion scripts need it.
type completedCommand struct {
	Name, Usage string
	TakesMap    bool     // its argument is a .toml file
	Words       []string // what its argument can be, if that is fixed
	Flags       []completedFlag
}

// completedFlag is a flag as completion scripts need it.
type completedFlag struct {
	Long, Short string // with dashes; Short may be ""
	Usage       string
	Value       bool     // it takes one
	Folder      bool     // the value is a folder
	Words       []string // what the value can be, if that is fixed
}

// Spellings are all ways to write the flag.
func (f completedFlag) Spellings() []string {
	if f.Short == "" {
		return []string{f.Long}
	}
	return []string{f.Long, f.Short}
}

func completedCommands(app *cli.App) []completedCommand {
	var commands []completedCommand
	for _, c := range app.VisibleCommands() {
		command := completedCommand{Name: c.Name, Usage: c.Usage, TakesMap: strings.HasPrefix(c.ArgsUsage, "MAP")}
		if c.Name == "completion" {
			command.Words = shells
		}
		for _, f := range c.Flags {
			command.Flags = append(command.Flags, completeFlag(f))
		}
		command.Flags = append(command.Flags, completedFlag{Long: "--help", Short: "-h", Usage: "show how to use it"})
		commands = append(commands, command)
	}
	help := completedCommand{Name: "help", Usage: "explain a command"}
	for _, c := range commands {
		help.Words = append(help.Words, c.Name)
	}
	return append(commands, help)
}

func completeFlag(f cli.Flag) completedFlag {
	names := f.Names()
	_, usage := describeFlag(f)
	flag := completedFlag{Long: "--" + names[0], Usage: usage, Value: f.(cli.DocGenerationFlag).TakesValue()}
	if len(names) > 1 {
		flag.Short = "-" + names[1]
	}
	switch names[0] {
	case "protocol":
		flag.Words = []string{"auto", "jsonrpc", "json2"}
	case "format":
		flag.Words = formats
	case "keep":
		flag.Folder = true
	}
	return flag
}

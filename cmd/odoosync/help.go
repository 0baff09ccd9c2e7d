package main

import (
	"slices"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/urfave/cli/v2"
)

// helpPage explains a command, or for nil the program.
type helpPage struct {
	App     *cli.App
	Command *cli.Command
}

// man prints the manual page, which its template makes in Markdown.
func (p *program) man(c *cli.Context) error {
	text, err := fill("man", style{}, c.App)
	p.printf("%s", md2man.Render([]byte(text)))
	return err
}

// shells are those there is a completion script for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// completion prints a shell's completion script.
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
	return p.print(args[0], completedCommands(c.App))
}

// completedCommand is a command as completion scripts need it.
type completedCommand struct {
	*cli.Command
	Words []string // what its argument can be, if that is fixed
	Flags []flagText
}

// TakesMap reports whether its argument is a .toml file.
func (c completedCommand) TakesMap() bool { return strings.HasPrefix(c.ArgsUsage, "MAP") }

func completedCommands(app *cli.App) []completedCommand {
	var commands []completedCommand
	for _, c := range app.VisibleCommands() {
		command := completedCommand{c, nil, flagTexts(append(c.Flags, helpFlag))}
		if c.Name == "completion" {
			command.Words = shells
		}
		commands = append(commands, command)
	}
	return append(commands, completedCommand{&cli.Command{Name: "help", Usage: "explain a command"}, visibleNames(app), nil})
}

// flagText is a flag as help, manual page and completion scripts describe it.
type flagText struct {
	Long, Short string   // with dashes; Short may be ""
	Spellings   []string // both, or the one
	Usage       string
	Value       string   // what stands for its value, "" where it takes none
	Folder      bool     // the value is a folder
	Words       []string // what the value can be, if that is fixed
}

func flagTexts(flags []cli.Flag) []flagText {
	words := map[string][]string{"protocol": {"auto", "jsonrpc", "json2"}, "format": formats}
	var texts []flagText
	for _, f := range flags {
		names, usage := f.Names(), f.(cli.DocGenerationFlag).GetUsage()
		text := flagText{Long: "--" + names[0], Usage: strings.ReplaceAll(usage, "`", ""), Folder: names[0] == "keep", Words: words[names[0]]}
		text.Spellings = []string{text.Long}
		if len(names) > 1 {
			text.Short = "-" + names[1]
			text.Spellings = append(text.Spellings, text.Short)
		}
		if takesValue(f) {
			text.Value = strings.ToUpper(names[0])
			if quoted := strings.Split(usage, "`"); len(quoted) > 1 {
				text.Value = quoted[1]
			}
		}
		texts = append(texts, text)
	}
	return texts
}

// Names are the flag's names in columns, with what stands for its value.
func (f flagText) Names() string {
	names := "    " + f.Long
	if f.Short != "" {
		names = f.Short + ", " + f.Long
	}
	return strings.TrimRight(names+" "+f.Value, " ")
}

// markdown escapes what Markdown would take for its own.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "").Replace(s)
}

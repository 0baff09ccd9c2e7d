package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"
)

// arrange puts a command line into the one order in which urfave/cli reads all
// of it: program, command, flags, "--", operands. Flags then count wherever
// they stand: left to itself, the library takes `run MAP --dry-run` for a real
// run. "--" ends the flags. `help X` becomes `X --help`, `--version` becomes
// `version`, and `-qv` becomes `-q -v`. The error is a *usageError.
func arrange(app *cli.App, args []string) ([]string, error) {
	line, err := split(app, args[1:])
	if err != nil {
		return nil, err
	}
	name, operands := "", line.operands
	none := len(operands) == 0
	if !none {
		name, operands = operands[0], operands[1:]
	}
	switch {
	case name == "help" && len(operands) == 0, none && (line.has("help") || len(line.flags) == 0):
		return []string{args[0], "--help"}, nil
	case name == "help" && operands[0] == "help":
		return []string{args[0], "--help"}, nil
	case name == "help":
		if len(operands) > 1 {
			return nil, usagef("", "help explains one command at a time, found %q", operands)
		}
		name, operands = operands[0], nil
		line.flags = []flagToken{{name: "help"}}
	case none && line.has("version"):
		name, line.flags = "version", nil
	case none:
		return nil, usagef("", "which command? %s", oneOf(visibleNames(app)))
	}

	command := app.Command(name)
	if command == nil {
		e := usagef("", "there is no command %q", name)
		if strings.HasSuffix(name, ".toml") {
			return nil, e.advise("if that is the map, write: odoosync run %s", name)
		}
		return nil, e.advise("%s", didYouMean(name, append(visibleNames(app), "help"), "`odoosync help` lists the commands"))
	}
	if line.has("help") {
		return []string{args[0], name, "--help"}, nil
	}
	out := []string{args[0], name}
	for _, f := range line.flags {
		if findFlag(command.Flags, f.name) == nil {
			return nil, unknownFlag(command, f)
		}
		out = append(out, f.written()...)
	}
	return append(append(out, "--"), operands...), nil
}

// commandLine is a command line taken apart.
type commandLine struct {
	flags    []flagToken
	operands []string
}

func (l *commandLine) has(flag string) bool {
	return slices.ContainsFunc(l.flags, func(f flagToken) bool { return f.name == flag })
}

// flagToken is one flag as it was given.
type flagToken struct {
	name     string // without dashes
	value    string
	hasValue bool
	single   bool // written with one dash
}

func (f flagToken) dashed() string {
	if f.single || len(f.name) == 1 {
		return "-" + f.name
	}
	return "--" + f.name
}

func (f flagToken) written() []string {
	if f.hasValue {
		return []string{"--" + f.name + "=" + f.value}
	}
	return []string{"--" + f.name}
}

// split tells flags from operands. Which flags take a value is the same in
// every command, so it can be known before the command is.
func split(app *cli.App, args []string) (*commandLine, error) {
	line := &commandLine{}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			line.operands = append(line.operands, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			line.operands = append(line.operands, arg)
			continue
		}
		for _, f := range readFlag(app, arg) {
			if takesValue(app, f.name) && !f.hasValue {
				if i+1 == len(args) {
					return nil, usagef("", "%s needs a value", f.dashed())
				}
				i++
				f.value, f.hasValue = args[i], true
				if len(f.value) > 1 && f.value[0] == '-' {
					return nil, usagef("", "%s needs a value, found the flag %s", f.dashed(), f.value).
						advise("write %s=%s if that is the value", f.dashed(), f.value)
				}
			}
			if takesValue(app, f.name) && f.value == "" {
				return nil, usagef("", "%s needs a value, found an empty one", f.dashed())
			}
			if f.hasValue && knownFlag(app, f.name) && !takesValue(app, f.name) {
				return nil, usagef("", "%s takes no value, found %q", f.dashed(), f.value)
			}
			line.flags = append(line.flags, f)
		}
	}
	return line, nil
}

// readFlag reads one argument that begins with a dash: --name, --name=value,
// -n, or several single letters together.
func readFlag(app *cli.App, arg string) []flagToken {
	name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	single := !strings.HasPrefix(arg, "--")
	if single && len(name) > 1 && !hasValue && lettersOnly(app, name) {
		var tokens []flagToken
		for _, letter := range name {
			tokens = append(tokens, flagToken{name: string(letter), single: true})
		}
		return tokens
	}
	switch {
	case name == "h":
		name = "help"
	case single && name == "V":
		name = "version"
	}
	return []flagToken{{name: name, value: value, hasValue: hasValue, single: single}}
}

// lettersOnly reports whether every letter of name is a flag without a value.
func lettersOnly(app *cli.App, name string) bool {
	for _, letter := range name {
		if !knownFlag(app, string(letter)) || takesValue(app, string(letter)) {
			return false
		}
	}
	return true
}

func takesValue(app *cli.App, name string) bool {
	for _, c := range app.Commands {
		if f, ok := findFlag(c.Flags, name).(cli.DocGenerationFlag); ok {
			return f.TakesValue()
		}
	}
	return false
}

func knownFlag(app *cli.App, name string) bool {
	return slices.ContainsFunc(app.Commands, func(c *cli.Command) bool { return findFlag(c.Flags, name) != nil })
}

func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func visibleNames(app *cli.App) []string {
	var names []string
	for _, c := range app.Commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}

// unknownFlag says that a command has no such flag, and which was perhaps
// meant.
func unknownFlag(command *cli.Command, f flagToken) *usageError {
	e := usagef(command.Name, "%s has no flag %s", command.Name, f.dashed())
	names := []string{"help"}
	for _, known := range command.Flags {
		names = append(names, known.Names()[0])
	}
	near := nearest(f.name, names)
	switch {
	case secretFlag(f.name):
		e.hint = "secrets are never flags, others could see them in the list of processes:\nset ODOO_API_KEY or ODOO_PASSWORD, or pipe the key and use --api-key-stdin"
	case strings.HasSuffix(f.name, ".toml"):
		e.hint = "if that is the map, write: odoosync " + command.Name + " -- " + f.dashed()
	case near != "":
		e.hint = "did you mean --" + near + "?"
	default:
		e.hint = "`odoosync help " + command.Name + "` lists its flags"
	}
	return e
}

func secretFlag(name string) bool {
	return slices.Contains([]string{"password", "passwd", "pass", "api-key", "apikey", "key", "token", "secret"}, name)
}

// didYouMean names what was perhaps meant, or gives the other advice.
func didYouMean(word string, words []string, otherwise string) string {
	if near := nearest(word, words); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// nearest returns the word that was perhaps meant: the only one that begins
// with what was typed, or the one with the fewest letters to change, if they
// are few. It returns "" if there is none.
func nearest(typed string, words []string) string {
	var longer []string
	best, fewest := "", (len(typed)+1)/2+1
	for _, w := range words {
		if strings.HasPrefix(w, typed) {
			longer = append(longer, w)
		}
		if n := smetrics.WagnerFischer(typed, w, 1, 1, 1); n < fewest {
			best, fewest = w, n
		}
	}
	if len(longer) == 1 {
		return longer[0]
	}
	return best
}

func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

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
// `version`, and `-qv` becomes `--quiet --verbose`. The error is a *commandError.
func arrange(app *cli.App, args []string) ([]string, error) {
	flags, operands, err := split(args[1:])
	if err != nil {
		return nil, err
	}
	has := func(name string) bool {
		return slices.ContainsFunc(flags, func(f flagToken) bool { return f.name == name })
	}
	help := has("help")
	if len(operands) > 0 && operands[0] == "help" {
		help, operands = true, operands[1:]
		if len(operands) > 1 && operands[0] != "help" {
			return nil, usagef("", "help explains one command at a time, found %q", operands)
		}
	}
	switch none := len(operands) == 0; {
	case none && (help || len(flags) == 0), help && !none && operands[0] == "help":
		return []string{args[0], "--help"}, nil
	case none && has("version"):
		flags, operands = nil, []string{"version"}
	case none && flags[0].flag == nil:
		return nil, usagef("", "no command has a flag %s", flags[0].dashed)
	case none:
		return nil, usagef("", "which command? %s", oneOf(visibleNames(app)))
	}

	name, operands := operands[0], operands[1:]
	command := app.Command(name)
	if command == nil {
		e := usagef("", "there is no command %q", name)
		if strings.HasSuffix(name, ".toml") {
			return nil, e.advise("if that is the map, write: odoosync run %s", name)
		}
		return nil, e.advise("%s", didYouMean(name, append(visibleNames(app), "help"), "`odoosync help` lists the commands"))
	}
	if help {
		return []string{args[0], name, "--help"}, nil
	}
	line := []string{args[0], name}
	for _, f := range flags {
		if !hasFlag(command, f.name) {
			return nil, unknownFlag(command, f)
		}
		text := "--" + f.name
		if f.hasValue {
			text += "=" + f.value
		}
		line = append(line, text)
	}
	return append(append(line, "--"), operands...), nil
}

// flagToken is one flag as it was given.
type flagToken struct {
	dashed   string   // with its dashes
	name     string   // without, in full if there is such a flag
	flag     cli.Flag // nil if no command has one of that name
	value    string
	hasValue bool
}

var helpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show how it is used"}

// split tells flags from operands. Which flags take a value is the same in every
// command, so it can be known before the command is.
func split(args []string) (flags []flagToken, operands []string, err error) {
	known := make(map[string]cli.Flag)
	for _, f := range append(flagsOf(""), helpFlag, &cli.BoolFlag{Name: "version", Aliases: []string{"V"}}) {
		for _, name := range f.Names() {
			known[name] = f
		}
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return flags, append(operands, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			operands = append(operands, arg)
			continue
		}
		for _, f := range readFlag(arg, known) {
			needsValue := takesValue(f.flag)
			if needsValue && !f.hasValue {
				if len(args) == 0 {
					return nil, nil, usagef("", "%s needs a value", f.dashed)
				}
				f.value, f.hasValue, args = args[0], true, args[1:]
				if len(f.value) > 1 && f.value[0] == '-' {
					return nil, nil, usagef("", "%s needs a value, found the flag %s", f.dashed, f.value).
						advise("write %s=%s if that is the value", f.dashed, f.value)
				}
			}
			switch {
			case needsValue && f.value == "":
				return nil, nil, usagef("", "%s needs a value, found an empty one", f.dashed)
			case f.hasValue && f.flag != nil && !needsValue:
				return nil, nil, usagef("", "%s takes no value, found %q", f.dashed, f.value)
			}
			flags = append(flags, f)
		}
	}
	return flags, operands, nil
}

// readFlag reads one argument that begins with a dash: --name, --name=value,
// -n, or several single letters together, all of flags without a value.
func readFlag(arg string, known map[string]cli.Flag) []flagToken {
	dashed, value, hasValue := strings.Cut(arg, "=")
	name := strings.TrimLeft(dashed, "-")
	noSwitch := func(letter rune) bool { f := known[string(letter)]; return f == nil || takesValue(f) }
	if !strings.HasPrefix(arg, "--") && !hasValue && !strings.ContainsFunc(name, noSwitch) {
		var tokens []flagToken
		for _, letter := range name {
			f := known[string(letter)]
			tokens = append(tokens, flagToken{dashed: "-" + string(letter), name: f.Names()[0], flag: f})
		}
		return tokens
	}
	flag := known[name]
	if flag != nil {
		name = flag.Names()[0]
	}
	return []flagToken{{dashed, name, flag, value, hasValue}}
}

func takesValue(f cli.Flag) bool {
	doc, ok := f.(cli.DocGenerationFlag)
	return ok && doc.TakesValue()
}

func hasFlag(command *cli.Command, name string) bool {
	return slices.ContainsFunc(command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

func visibleNames(app *cli.App) []string {
	return each(app.VisibleCommands(), func(c *cli.Command) string { return c.Name })
}

// unknownFlag says that a command has no such flag, and which was perhaps
// meant.
func unknownFlag(command *cli.Command, f flagToken) *commandError {
	e := usagef(command.Name, "%s has no flag %s", command.Name, f.dashed)
	names := each(command.Flags, func(f cli.Flag) string { return f.Names()[0] })
	near := nearest(f.name, append([]string{"help"}, names...))
	switch {
	case slices.Contains(secretFlags, f.name):
		e.Hint = "secrets are never flags, others could see them in the list of processes:\n" +
			"set ODOO_API_KEY or ODOO_PASSWORD, or pipe the key and use --api-key-stdin"
	case strings.HasSuffix(f.name, ".toml"):
		e.Hint = "if that is the map, write: odoosync " + command.Name + " -- " + f.dashed
	case near != "":
		e.Hint = "did you mean --" + near + "?"
	default:
		e.Hint = "`odoosync help " + command.Name + "` lists its flags"
	}
	return e
}

// secretFlags are those that people try, and that no command has.
var secretFlags = []string{"password", "passwd", "pass", "api-key", "apikey", "key", "token", "secret"}

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

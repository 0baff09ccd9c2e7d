package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
	"odoosync/odoorpc"
)

// variable is one setting that may stand in the environment.
type variable struct {
	flag    string
	field   string   // of the configuration of the client, "" for none
	Names   []string // of the environment; with different values they are refused
	Meaning string
}

// variables are the settings that may stand in the environment. Those without a
// flag are not looked up by this table.
var variables = []variable{
	{"url", "URL", []string{"ODOO_URL"}, "Odoo's address"},
	{"db", "Database", []string{"ODOO_DB", "ODOO_DATABASE"}, "the database's name"},
	{"username", "Login", []string{"ODOO_USERNAME", "ODOO_USER"}, "the login"},
	{"project", "", []string{"ODOO_PROJECT", "ODOO_PROJECT_ID"}, "the project's id or exact name"},
	{"protocol", "Protocol", []string{"ODOO_PROTOCOL"}, "auto, jsonrpc or json2"},
	{"namespace", "", []string{"ODOOSYNC_NAMESPACE"}, "this map's name, if several feed one project"},
	{"", "", []string{envAPIKey, envPassword}, "the secret; the key takes precedence"},
	{"", "", []string{"NO_COLOR", "CLICOLOR_FORCE"}, "no colours; colours always"},
}

// variablesOf are those of a command, or for nil all of them.
func variablesOf(command *cli.Command) []variable {
	return slices.DeleteFunc(slices.Clone(variables), func(v variable) bool {
		return command != nil && v.flag != "" && !hasFlag(command, v.flag)
	})
}

func (v variable) String() string { return v.Names[0] + " or --" + v.flag }

// The variables of the secrets.
const (
	envAPIKey   = "ODOO_API_KEY"
	envPassword = "ODOO_PASSWORD"
)

// settings is what flags and environment say about one Odoo and the run.
type settings struct {
	odoo    odoorpc.Config
	options engine.Options
}

// readSettings reads them for a command that talks to Odoo. Flags take precedence
// over the environment. Everything that is missing is named in one *commandError.
func (p *program) readSettings(c *cli.Context) (*settings, error) {
	for _, v := range variables {
		if !hasFlag(c.Command, v.flag) || c.IsSet(v.flag) {
			continue
		}
		value, err := p.lookUp(v)
		if err != nil {
			return nil, err
		}
		if err := c.Set(v.flag, value); err != nil {
			return nil, err
		}
	}
	if c.Bool("link") && c.Bool("plain-create") {
		return nil, usagef(c.Command.Name, "--link and --plain-create cannot be combined: plain tasks cannot be found again")
	}
	jobs, badJobs := positive(c, "jobs", "a whole number, 1 or more", strconv.Atoi)
	timeout, badTimeout := positive(c, "timeout", "a time such as 90s or 5m", time.ParseDuration)
	rate, badRate := positive(c, "rate", "a number of calls a second, such as 2 or 0.5", func(text string) (float64, error) { return strconv.ParseFloat(text, 64) })
	if err := cmp.Or(badJobs, badTimeout, badRate); err != nil {
		return nil, err
	}
	s := &settings{
		odoo: odoorpc.Config{
			URL:       c.String("url"),
			Database:  c.String("db"),
			Login:     c.String("username"),
			Protocol:  odoorpc.Protocol(c.String("protocol")),
			Timeout:   timeout,
			Rate:      rate,
			AllowHTTP: c.Bool("allow-http"),
			UserAgent: "odoosync/" + build().Version,
		},
		options: engine.Options{
			Project:     c.String("project"),
			Namespace:   c.String("namespace"),
			DryRun:      c.Bool("dry-run"),
			Notify:      c.Bool("notify"),
			Link:        c.Bool("link"),
			PlainCreate: c.Bool("plain-create"),
			Jobs:        jobs,
			Strict:      c.Bool("strict"),
		},
	}
	if err := p.readSecret(c, &s.odoo); err != nil {
		return nil, err
	}
	return s, missing(s)
}

// lookUp finds a setting in the environment, where an empty variable counts as
// not set.
func (p *program) lookUp(v variable) (string, error) {
	value, from := "", ""
	for _, name := range v.Names {
		other := p.env(name)
		if value != "" && other != "" && other != value {
			return "", configf("%s is %q but %s is %q: they mean the same", from, value, name, other).
				advise("unset one of them, or use --%s", v.flag)
		}
		if value == "" {
			value, from = other, name
		}
	}
	return value, nil
}

// readSecret takes the API key from standard input if asked to, else key and
// password from the environment.
func (p *program) readSecret(c *cli.Context, odoo *odoorpc.Config) error {
	if !c.Bool("api-key-stdin") {
		odoo.APIKey = odoorpc.NewSecret(p.env(envAPIKey))
		odoo.Password = odoorpc.NewSecret(p.env(envPassword))
		return nil
	}
	if isTerminal(p.stdin) {
		return usagef(c.Command.Name, "--api-key-stdin: standard input is a terminal, which would show the key").
			advise("pipe the key, as in `pass show odoo | odoosync %s --api-key-stdin ...`", c.Command.Name)
	}
	const longest = 64 << 10 // bytes of a key
	var text []byte
	done := make(chan error, 1)
	go func() {
		var err error
		text, err = io.ReadAll(io.LimitReader(p.stdin, longest+1))
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			return configf("--api-key-stdin: cannot read standard input: %v", err)
		}
	case <-c.Done():
		return engine.ErrInterrupted
	}
	key := strings.TrimSpace(string(text))
	switch {
	case len(text) > longest, strings.ContainsAny(key, "\r\n"):
		return configf("--api-key-stdin: expected one line with the key, found more")
	case key == "":
		return configf("--api-key-stdin: standard input is empty")
	}
	odoo.APIKey = odoorpc.NewSecret(key)
	return nil
}

// positive reads the value of a flag, which must be more than zero; where the
// flag is not set it is zero.
func positive[T int | float64 | time.Duration](c *cli.Context, flag, expected string, read func(string) (T, error)) (T, error) {
	text := c.String(flag)
	if text == "" {
		return 0, nil
	}
	value, err := read(text)
	if err == nil && value > 0 && !math.IsInf(float64(value), 1) {
		return value, nil
	}
	return 0, usagef(c.Command.Name, "--%s must be %s, not %q", flag, expected, text)
}

// missing names everything that has to be set and is not. Only the server's
// version tells whether login and database are needed beside an API key, and
// the client says so when they are: they are asked for where there is a
// password, and otherwise only mentioned.
func missing(s *settings) error {
	var lacks []string
	need := func(flag, value string) {
		for _, v := range variables {
			if v.flag == flag && value == "" {
				lacks = append(lacks, v.Meaning+": "+v.String())
			}
		}
	}
	onlyPassword := s.odoo.APIKey.IsZero() && !s.odoo.Password.IsZero()
	alone := s.odoo.Protocol == odoorpc.JSON2 || s.odoo.Protocol != odoorpc.JSONRPC && !onlyPassword
	need("url", s.odoo.URL)
	if !alone {
		need("db", s.odoo.Database)
		need("username", s.odoo.Login)
	}
	switch {
	case !s.odoo.APIKey.IsZero():
	case s.odoo.Protocol == odoorpc.JSON2:
		lacks = append(lacks, fmt.Sprintf("an API key (json2 takes no password): %s or --api-key-stdin", envAPIKey))
	case s.odoo.Password.IsZero():
		lacks = append(lacks, fmt.Sprintf("an API key or the password: %s, --api-key-stdin or %s", envAPIKey, envPassword))
	}
	need("project", s.options.Project)
	if len(lacks) == 0 {
		return nil
	}
	e := configf("these settings are missing:\n%s", strings.Join(lacks, "\n"))
	e.Hint = "`odoosync demo` needs no settings"
	if alone && s.odoo.APIKey.IsZero() && s.odoo.Protocol != odoorpc.JSON2 {
		e.Hint = "with a password, and before Odoo 19 also with a key, set the database (ODOO_DB) and the login (ODOO_USERNAME) too\n" + e.Hint
	}
	return e
}

// checkArguments holds what is not a flag against the usage of the command.
func checkArguments(c *cli.Context) error {
	name, usage, args := c.Command.Name, c.Command.ArgsUsage, c.Args().Slice()
	switch {
	case usage == "" && len(args) > 0:
		return usagef(name, "%s takes no arguments, found %s", name, quoteAll(args))
	case !strings.HasPrefix(usage, "MAP"):
		return nil
	case len(args) == 0:
		return usagef(name, "%s needs a MAP", name).advise("for example: odoosync %s map.toml", name)
	case slices.Contains(args, ""):
		return usagef(name, "MAP is empty")
	case usage == "MAP" && len(args) > 1:
		return usagef(name, "%s takes one MAP, found %d: %s", name, len(args), quoteAll(args)).advise("run it once for each")
	}
	return nil
}

func quoteAll(words []string) string { return strings.Join(each(words, strconv.Quote), ", ") }

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

// Exit codes.
const (
	exitDone        = 0
	exitUnexpected  = 1
	exitUsage       = 2
	exitMap         = 3
	exitRefused     = 4
	exitUnreachable = 5
	exitUnknown     = 6
	exitNotSaved    = 7
	exitPending     = 8
	exitInterrupted = 130
)

// exitCodes say what each code means, and which commands end with it; none
// for all.
var exitCodes = []struct {
	code     int
	meaning  string
	commands []string
}{
	{exitDone, "done, or nothing to do", nil},
	{exitUnexpected, "something unexpected", nil},
	{exitUsage, "the command line or a setting is wrong", nil},
	{exitMap, "a map is invalid, unreadable, locked or was changed meanwhile", []string{"run", "check"}},
	{exitRefused, "Odoo refused: login, rights or data", []string{"run", "stages"}},
	{exitUnreachable, "Odoo cannot be reached, or something else answered", []string{"run", "stages"}},
	{exitUnknown, "not known whether tasks were created (only with --plain-create)", []string{"run"}},
	{exitNotSaved, "tasks were created but their ids could not be saved: they are listed", []string{"run"}},
	{exitPending, "items need a task (only with --exit-code)", []string{"check"}},
	{exitInterrupted, "interrupted; what was created is saved", []string{"run", "stages"}},
}

// exitCodeHelp is the table of exit codes of a command, or of all.
func exitCodeHelp(command string) string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, e := range exitCodes {
		if command == "" || e.commands == nil || slices.Contains(e.commands, command) {
			fmt.Fprintf(&b, "  %-5d%s\n", e.code, e.meaning)
		}
	}
	return b.String()
}

// usageError is a command line that cannot be followed (kind "usage"), or a
// setting that is missing or wrong (kind "config").
type usageError struct {
	kind    string
	command string // the command it is about, "" for none
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

// Hint says what to do.
func (e *usageError) Hint() string {
	switch {
	case e.hint != "" || e.kind != "usage":
		return e.hint
	case e.command != "" && e.command != "help":
		return "`odoosync help " + e.command + "` shows how to use it"
	}
	return "`odoosync help` shows how to use it"
}

func usagef(command, format string, args ...any) *usageError {
	return &usageError{kind: "usage", command: command, message: fmt.Sprintf(format, args...)}
}

func configf(format string, args ...any) *usageError {
	return &usageError{kind: "config", message: fmt.Sprintf(format, args...)}
}

// failure is an error as it is told: to people by the console, to programs in
// the JSON output, to the shell by its code.
type failure struct {
	Code     int
	Kind     string
	Message  string
	Hint     string
	Mistakes []*tomledit.Error
	Warnings []*tomledit.Error // of the same map
	Items    []engine.ItemResult
	Mismatch []engine.Mismatch
	File     string // the map that Mistakes, Items and Mismatch are of
	Debug    string // the server's traceback, if it sent one
}

// describe sorts an error into its kind. The outcome of a create comes first:
// ids that are not saved matter more than why the run stopped.
func describe(err error) failure {
	f := failure{Code: exitUnexpected, Kind: "unexpected", Message: err.Error()}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		f.Hint = hinted.Hint()
	}
	if server, ok := errors.AsType[*odoorpc.ServerError](err); ok {
		f.Debug = server.Debug
	}
	if describeOutcome(err, &f) || describeMap(err, &f) || describeOdoo(err, &f) {
		return f
	}
	var usage *usageError
	var config *odoorpc.ConfigError
	var protocol *odoorpc.ProtocolError
	switch {
	case errors.As(err, &usage):
		f.Code, f.Kind = exitUsage, usage.kind
	case errors.As(err, &config):
		f.Code, f.Kind, f.Message, f.Hint = exitUsage, "config", configProblems(config), configAdvice(config)
	case errors.As(err, &protocol):
		f.Code, f.Kind = exitUsage, "config"
	case errors.Is(err, context.DeadlineExceeded):
		f.Code, f.Kind = exitUnreachable, "transport"
	}
	return f
}

// describeOutcome knows the errors that come first: those of a run that ended halfway.
func describeOutcome(err error, f *failure) bool {
	var notSaved *engine.NotSavedError
	var unknown *engine.UnknownOutcomeError
	var call *odoorpc.UnknownOutcomeError
	switch {
	case errors.As(err, &notSaved):
		f.Code, f.Kind, f.File, f.Items = exitNotSaved, "not-saved", notSaved.File, notSaved.Items
		f.Message = fmt.Sprintf("%s: tasks were created but their ids could not be saved: %s", notSaved.File, cause(notSaved.Err))
	case errors.As(err, &unknown):
		f.Code, f.Kind, f.File, f.Items = exitUnknown, "unknown-outcome", unknown.File, unknown.Items
		reason := unknown.Err
		if errors.As(err, &call) {
			reason = call.Err
		}
		f.Message = fmt.Sprintf("%s: no usable reply to the creation of %s, which may or may not exist in Odoo: %v",
			unknown.File, count(len(unknown.Items), "task"), reason)
	case errors.As(err, &call):
		f.Code, f.Kind = exitUnknown, "unknown-outcome"
	case errors.Is(err, engine.ErrInterrupted), errors.Is(err, context.Canceled):
		f.Code, f.Kind, f.Message, f.Hint = exitInterrupted, "interrupted", "interrupted", "run again to continue"
	default:
		return false
	}
	return true
}

// describeMap knows the errors of the map file.
func describeMap(err error, f *failure) bool {
	var several *mapsError
	var mistakes *engine.MapError
	var file *engine.FileError
	switch {
	case errors.As(err, &several):
		f.Code, f.Kind = exitMap, "map"
	case errors.As(err, &mistakes):
		f.Code, f.Kind, f.File, f.Mistakes = exitMap, "map", mistakes.File, mistakes.Mistakes
		f.Warnings = mistakes.Warnings
		f.Message, f.Hint = fmt.Sprintf("%s in %s", count(len(mistakes.Mistakes), "mistake"), mistakes.File), ""
	case errors.Is(err, engine.ErrLocked):
		f.Code, f.Kind = exitMap, "locked"
	case errors.As(err, &file):
		f.Code, f.Kind, f.File = exitMap, "file", file.Path
		f.Message = fmt.Sprintf("%s: cannot %s: %s", file.Path, file.Op, cause(file.Err))
	default:
		return false
	}
	return true
}

// describeOdoo knows the errors that come from the server or the way to it.
func describeOdoo(err error, f *failure) bool {
	var (
		item      *engine.ItemError
		mismatch  *engine.MismatchError
		setup     *engine.SetupError
		login     *odoorpc.LoginError
		database  *odoorpc.DatabaseError
		server    *odoorpc.ServerError
		conflict  *odoorpc.ConflictError
		transport *odoorpc.TransportError
		answer    *odoorpc.AnswerError
		redirect  *odoorpc.RedirectError
	)
	switch {
	case errors.As(err, &mismatch):
		f.Code, f.Kind, f.File, f.Mismatch = exitRefused, "mismatch", mismatch.File, mismatch.Items
		n := len(mismatch.Items)
		f.Message = fmt.Sprintf("%s: %s created by an earlier run no longer %s", mismatch.File, count(n, "task"), plural(n, "matches its item", "match their items"))
		if first := mismatch.Items[0]; first.Created || first.Unseen {
			f.Message = fmt.Sprintf("%s: %s in Odoo %s not what the map says", mismatch.File, count(n, "task"), plural(n, "is", "are"))
		}
	case errors.As(err, &item):
		f.Code, f.Kind, f.File, f.Items = exitRefused, "item", item.File, []engine.ItemResult{item.Item}
		if f.Hint == "" {
			f.Hint = "what was created before it is in the map; fix this item and run again"
		}
	case errors.As(err, &setup):
		f.Code, f.Kind = exitRefused, "setup"
	case errors.As(err, &login):
		f.Code, f.Kind = exitRefused, "login"
	case errors.As(err, &database):
		f.Code, f.Kind = exitRefused, "database"
	case errors.As(err, &transport), errors.As(err, &conflict), errors.As(err, &server) && server.Kind == odoorpc.RefusalBusy:
		f.Code, f.Kind = exitUnreachable, "transport"
	case errors.As(err, &answer):
		f.Code, f.Kind = exitUnreachable, "answer"
	case errors.As(err, &redirect):
		f.Code, f.Kind = exitUnreachable, "redirect"
	case errors.As(err, &server):
		f.Code, f.Kind = exitRefused, "server"
	default:
		return false
	}
	return true
}

// configProblems lists what the client refuses, by the names that settings
// have here.
func configProblems(e *odoorpc.ConfigError) string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = settingName(problem.Field) + ": " + problem.Text
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return "settings that cannot be used:\n" + strings.Join(lines, "\n")
}

// configAdvice names the flag that permits plain http, or says why an API key is not enough, where that is what is
// refused; the rest says what to do.
func configAdvice(e *odoorpc.ConfigError) string {
	for _, problem := range e.Problems {
		switch {
		case problem.Field == "URL" && strings.HasPrefix(problem.Text, "plain http"):
			return "use --allow-http only in a network that you trust"
		case strings.HasPrefix(problem.Text, "missing: JSON-RPC"):
			return "before Odoo 19, an API key needs the database and the login too"
		}
	}
	return ""
}

// settingName is how users know a field of the client's configuration.
func settingName(field string) string {
	switch field {
	case "URL":
		return "ODOO_URL or --url"
	case "Database":
		return "ODOO_DB or --db"
	case "Login":
		return "ODOO_USERNAME or --username"
	case "Password":
		return envAPIKey + " or " + envPassword
	case "APIKey":
		return envAPIKey + " or --api-key-stdin"
	}
	return "--" + strings.ToLower(field)
}

// cause is an error without the path and the system call that an
// *os.PathError puts before what went wrong; the message has the path already.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) && err.Error() == path.Error() {
		return path.Err.Error()
	}
	return err.Error()
}

// count is a number with its noun: 1 task, 2 tasks, 3 stories.
func count(n int, noun string) string {
	many := noun + "s"
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		many = stem + "ies"
	}
	return fmt.Sprintf("%d %s", n, plural(n, noun, many))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

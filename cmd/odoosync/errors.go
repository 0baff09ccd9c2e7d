package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

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

// exitCode says what a code means, and which commands end with it; none for
// all.
type exitCode struct {
	Code     int
	Meaning  string
	commands []string
}

var exitCodes = []exitCode{
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

// exitCodesOf are the exit codes of a command, or for "" all of them.
func exitCodesOf(command string) []exitCode {
	return slices.DeleteFunc(slices.Clone(exitCodes), func(e exitCode) bool {
		return command != "" && e.commands != nil && !slices.Contains(e.commands, command)
	})
}

// commandError is an error as it is told: to people by the console, to programs
// in the JSON output, to the shell by its code.
type commandError struct {
	Code     int
	Kind     string
	Message  string
	Hint     string
	Mistakes []*tomledit.Error
	Warnings []*tomledit.Error // of the same map
	Items    []engine.ItemResult
	File     string // the map that Mistakes and Items are of
	Debug    string // the server's traceback, if it sent one
}

func (e *commandError) Error() string { return e.Message }

// advise sets the hint.
func (e *commandError) advise(format string, args ...any) *commandError {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// usagef is an error in the use of a command, "" for none, which its help
// explains.
func usagef(command, format string, args ...any) *commandError {
	e := &commandError{Code: exitUsage, Kind: "usage", Message: fmt.Sprintf(format, args...)}
	return e.advise("`%s` shows how to use it", strings.TrimSpace("odoosync help "+command))
}

// configf is a setting that is missing or wrong.
func configf(format string, args ...any) *commandError {
	return &commandError{Code: exitUsage, Kind: "config", Message: fmt.Sprintf(format, args...)}
}

// failureKinds are the kinds of errors from elsewhere with their exit codes. The first one
// that takes an error counts: ids that are not saved matter more than why the
// run stopped. It fills in what only its errors have.
var failureKinds = []struct {
	code  int
	kind  string
	takes func(error, *commandError) bool
}{
	{exitNotSaved, "not-saved", as(func(e *engine.NotSavedError, f *commandError) {
		f.File, f.Items = e.File, e.Items
	})},
	{exitUnknown, "unknown-outcome", as(func(e *engine.UnknownOutcomeError, f *commandError) {
		f.File, f.Items = e.File, e.Items
	})},
	{exitUnknown, "unknown-outcome", as[*odoorpc.UnknownOutcomeError](nil)},
	{exitInterrupted, "interrupted", func(err error, f *commandError) bool {
		interrupted := errors.Is(err, engine.ErrInterrupted) || errors.Is(err, context.Canceled)
		if interrupted {
			f.Message, f.Hint = "interrupted", "run again to continue"
		}
		return interrupted
	}},
	{exitMap, "map", as(func(e *engine.MapError, f *commandError) {
		f.File, f.Mistakes, f.Warnings = e.File, e.Mistakes, e.Warnings
		f.Message, f.Hint = fmt.Sprintf("%s in %s", count(len(e.Mistakes), "mistake"), e.File), ""
	})},
	{exitMap, "locked", func(err error, _ *commandError) bool { return errors.Is(err, engine.ErrLocked) }},
	{exitMap, "file", as(func(e *engine.FileError, f *commandError) { f.File = e.Path })},
	{exitRefused, "mismatch", as(func(e *engine.MismatchError, f *commandError) {
		f.File = e.File
		f.Items = each(e.Items, func(m engine.Mismatch) engine.ItemResult { return m.ItemResult })
	})},
	{exitRefused, "item", as(func(e *engine.ItemError, f *commandError) {
		f.File, f.Items = e.File, []engine.ItemResult{e.Item}
		f.Hint = cmp.Or(f.Hint, "what was created before it is in the map; fix this item and run again")
	})},
	{exitRefused, "setup", as[*engine.SetupError](nil)},
	{exitRefused, "login", as[*odoorpc.LoginError](nil)},
	{exitRefused, "database", as[*odoorpc.DatabaseError](nil)},
	{exitUnreachable, "transport", as[*odoorpc.TransportError](nil)},
	{exitUnreachable, "transport", as[*odoorpc.ConflictError](nil)},
	{exitUnreachable, "answer", as[*odoorpc.AnswerError](nil)},
	{exitUnreachable, "redirect", as[*odoorpc.RedirectError](nil)},
	{exitRefused, "server", as(func(e *odoorpc.ServerError, f *commandError) {
		if e.Kind == odoorpc.RefusalBusy {
			f.Code, f.Kind = exitUnreachable, "transport"
		}
	})},
	{exitUsage, "config", as(func(e *odoorpc.ConfigError, f *commandError) {
		f.Message = configProblems(e)
		switch {
		case errors.Is(e, odoorpc.ErrPlainHTTP):
			f.Hint = "use --allow-http only in a network that you trust"
		case errors.Is(e, odoorpc.ErrMissing):
			f.Hint = "before Odoo 19, an API key needs the database and the login too"
		}
	})},
	{exitUsage, "config", as[*odoorpc.ProtocolError](nil)},
	{exitUnreachable, "transport", func(err error, _ *commandError) bool { return errors.Is(err, context.DeadlineExceeded) }},
	{exitUnexpected, "unexpected", as[error](nil)},
}

// as takes errors of a type; of several that are joined, the words of that one
// are told. fill may be nil.
func as[E error](fill func(E, *commandError)) func(error, *commandError) bool {
	return func(err error, f *commandError) bool {
		e, ok := errors.AsType[E](err)
		if ok {
			f.Message = e.Error()
			if fill != nil {
				fill(e, f)
			}
		}
		return ok
	}
}

// describe sorts an error into its kind. The command's own have theirs.
func describe(err error) *commandError {
	if own, ok := errors.AsType[*commandError](err); ok {
		return own
	}
	f := &commandError{Message: err.Error()}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		f.Hint = hinted.Hint()
	}
	if server, ok := errors.AsType[*odoorpc.ServerError](err); ok {
		f.Debug = server.Debug
	}
	for _, k := range failureKinds {
		f.Code, f.Kind = k.code, k.kind
		if k.takes(err, f) {
			break
		}
	}
	return f
}

// configProblems lists what the client refuses, by the names that settings
// have here.
func configProblems(e *odoorpc.ConfigError) string {
	names := map[string]string{
		"Password": envAPIKey + " or " + envPassword,
		"APIKey":   envAPIKey + " or --api-key-stdin",
	}
	for _, v := range variables {
		names[v.field] = v.String()
	}
	var lines []string
	if len(e.Problems) > 1 {
		lines = []string{"settings that cannot be used:"}
	}
	for _, problem := range e.Problems {
		name := cmp.Or(names[problem.Field], "--"+strings.ToLower(problem.Field))
		lines = append(lines, name+": "+problem.Err.Error())
	}
	return strings.Join(lines, "\n")
}

// count is a number with its noun: 1 task, 2 tasks, 3 stories.
func count(n int, noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok && n != 1 {
		noun = stem + "ies"
	} else if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

func TestExitCodes(t *testing.T) {
	item := engine.ItemResult{Kind: engine.Story, Feature: "F", Story: "S", Line: 7, ID: 42}
	refused := &odoorpc.ServerError{Kind: odoorpc.RefusalAccess, Message: "no"}
	tests := []struct {
		err  error
		code int
		kind string
	}{
		{errors.New("surprise"), exitUnexpected, "unexpected"},
		{&odoorpc.RequestError{}, exitUnexpected, "unexpected"},
		{usagef("run", "what?"), exitUsage, "usage"},
		{configf("what?"), exitUsage, "config"},
		{&odoorpc.ConfigError{Problems: []odoorpc.Problem{{Field: "URL", Err: odoorpc.ErrMissing}}}, exitUsage, "config"},
		{&odoorpc.ProtocolError{}, exitUsage, "config"},
		{&engine.MapError{File: "m", Mistakes: []*tomledit.Error{{File: "m"}}}, exitMap, "map"},
		{&engine.FileError{Path: "m", Op: "open", Err: fs.ErrNotExist}, exitMap, "file"},
		{&engine.FileError{Path: "m", Op: "lock", Err: engine.ErrLocked}, exitMap, "locked"},
		{&odoorpc.LoginError{}, exitRefused, "login"},
		{&odoorpc.DatabaseError{}, exitRefused, "database"},
		{&engine.SetupError{Message: "m", Err: refused}, exitRefused, "setup"},
		{&engine.ItemError{Item: item, Err: refused}, exitRefused, "item"},
		{&engine.MismatchError{Items: []engine.Mismatch{{ItemResult: item}}}, exitRefused, "mismatch"},
		{refused, exitRefused, "server"},
		{&odoorpc.ConflictError{}, exitUnreachable, "transport"},
		{&odoorpc.TransportError{}, exitUnreachable, "transport"},
		{&odoorpc.TransportError{Err: context.DeadlineExceeded}, exitUnreachable, "transport"},
		{&odoorpc.AnswerError{}, exitUnreachable, "answer"},
		{&odoorpc.RedirectError{}, exitUnreachable, "redirect"},
		{&odoorpc.UnknownOutcomeError{Err: &odoorpc.TransportError{}}, exitUnknown, "unknown-outcome"},
		{&engine.UnknownOutcomeError{Items: []engine.ItemResult{item}, Err: &odoorpc.UnknownOutcomeError{Err: &odoorpc.TransportError{}}}, exitUnknown, "unknown-outcome"},
		{&engine.NotSavedError{Items: []engine.ItemResult{item}, Err: fs.ErrPermission}, exitNotSaved, "not-saved"},
		{engine.ErrInterrupted, exitInterrupted, "interrupted"},
		{&odoorpc.TransportError{Err: context.Canceled}, exitInterrupted, "interrupted"},
		// What was created matters more than why the run stopped.
		{&engine.NotSavedError{Items: []engine.ItemResult{item}, Err: engine.ErrInterrupted}, exitNotSaved, "not-saved"},
		{&engine.UnknownOutcomeError{Items: []engine.ItemResult{item}, Err: context.Canceled}, exitUnknown, "unknown-outcome"},
		{errors.Join(&engine.NotSavedError{Items: []engine.ItemResult{item}, Err: fs.ErrNotExist}, &engine.MapError{File: "m"}), exitNotSaved, "not-saved"},
		{errors.Join(&engine.MapError{File: "m"}, &engine.NotSavedError{Items: []engine.ItemResult{item}, Err: fs.ErrNotExist}), exitNotSaved, "not-saved"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%T", test.err), func(t *testing.T) {
			is := is.New(t)
			for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
				f := describe(err)
				is.Equal(f.Code, test.code)
				is.Equal(f.Kind, test.kind)
				is.True(f.Message != "")
			}
		})
	}
}

func TestEveryExitCodeIsExplained(t *testing.T) {
	is := is.New(t)
	help := helpText(t, testApp(), nil)
	for _, code := range []int{exitDone, exitUnexpected, exitUsage, exitMap, exitRefused, exitUnreachable, exitUnknown, exitNotSaved, exitPending, exitInterrupted} {
		is.True(strings.Contains(help, fmt.Sprintf("\n  %-5d", code))) // in the table
	}
}

// The path stands once in a message, although the system's error repeats it.
func TestAPathIsNotSaidTwice(t *testing.T) {
	is := is.New(t)
	_, err := os.Open("nowhere.toml")
	f := describe(&engine.FileError{Path: "nowhere.toml", Op: "open", Err: err})
	is.Equal(f.Message, "nowhere.toml: cannot open: no such file or directory")
}

func TestCounting(t *testing.T) {
	is := is.New(t)
	is.Equal(count(0, "task"), "0 tasks")
	is.Equal(count(1, "story"), "1 story")
	is.Equal(count(2, "story"), "2 stories")
}

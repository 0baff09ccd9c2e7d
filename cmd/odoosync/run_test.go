package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
)

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func noEnv(string) string { return "" }

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	is := is.New(t)
	var stderr strings.Builder
	code := run(t.Context(), []string{"odoosync", "version"}, strings.NewReader(""), failing{}, &stderr, noEnv)
	is.Equal(code, exitUnexpected)
	is.Equal(stderr.String(), "odoosync: cannot write the result: no space left on device\n")
}

func TestAnEmptyArgumentListIsAUsageError(t *testing.T) {
	is := is.New(t)
	var stdout, stderr strings.Builder
	is.Equal(run(t.Context(), nil, strings.NewReader(""), &stdout, &stderr, noEnv), exitUsage)
	is.Equal(stdout.String(), "")
}

// Programs may rely on every list and object being there, whatever happened.
func TestJSONHasEveryFieldAlways(t *testing.T) {
	for _, args := range []string{"run", "run map.toml --nonsense", "check nowhere.toml", "stages", "frobnicate"} {
		t.Run(args, func(t *testing.T) {
			is := is.New(t)
			var stdout, stderr strings.Builder
			line := append([]string{"odoosync"}, strings.Fields(args+" --json")...)
			is.True(run(t.Context(), line, strings.NewReader(""), &stdout, &stderr, noEnv) != exitDone)
			var object map[string]any
			is.NoErr(json.Unmarshal([]byte(stdout.String()), &object))
			is.Equal(len(object), 15)
			for _, list := range []string{"stages", "tags", "created", "linked", "skipped", "pending", "warnings"} {
				_, ok := object[list].([]any)
				is.True(ok) // a list, not null
			}
			for _, other := range []string{"command", "map", "dry_run", "server", "project", "stage", "error", "duration_seconds"} {
				_, ok := object[other]
				is.True(ok)
			}
			is.True(stderr.String() != "") // people are told as well
		})
	}
}

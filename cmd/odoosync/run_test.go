package main

import (
	"encoding/json"
	"errors"
	"os"
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

func TestAReaderThatHasSeenEnoughIsNoError(t *testing.T) {
	is := is.New(t)
	reader, writer, err := os.Pipe()
	is.NoErr(err)
	is.NoErr(reader.Close()) // as head does
	defer func() { _ = writer.Close() }()
	var stderr strings.Builder
	code := run(t.Context(), []string{"odoosync", "version"}, strings.NewReader(""), writer, &stderr, noEnv)
	is.Equal(code, exitDone)
	is.Equal(stderr.String(), "")
}

func TestWithoutArgumentsItShowsItsHelp(t *testing.T) {
	is := is.New(t)
	for _, args := range [][]string{nil, {"odoosync"}} {
		var stdout, stderr strings.Builder
		is.Equal(run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, noEnv), exitDone)
		is.True(strings.Contains(stdout.String(), "Commands:"))
		is.Equal(stderr.String(), "")
	}
}

// Programs may rely on every list and object being there, whatever happened.
func TestJSONHasEveryFieldAlways(t *testing.T) {
	for _, args := range []string{
		"run --json", "run map.toml --nonsense --json", "check nowhere.toml --json", "stages --json", "frobnicate --json",
		"check nowhere.toml --format json", "check --format=json", "check map.toml --nonsense --format=json",
		"check map.toml --nonsense --format json", "check map.toml --format json --quiet --verbose",
		"check map.toml --json --format text",
	} {
		t.Run(args, func(t *testing.T) {
			is := is.New(t)
			var stdout, stderr strings.Builder
			line := append([]string{"odoosync"}, strings.Fields(args)...)
			is.True(run(t.Context(), line, strings.NewReader(""), &stdout, &stderr, noEnv) != exitDone)
			var object map[string]any
			is.NoErr(json.Unmarshal([]byte(stdout.String()), &object))
			is.Equal(len(object), 16)
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

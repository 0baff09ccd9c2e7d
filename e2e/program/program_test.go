package program_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// TestTheCacheSeesTheProgram runs the test of a small module that is laid out
// like this one, and changes the program between the runs.
func TestTheCacheSeesTheProgram(t *testing.T) {
	is := is.New(t)
	builder, err := os.ReadFile("program.go")
	is.NoErr(err)
	module := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(module, filepath.FromSlash(name))
		is.NoErr(os.MkdirAll(filepath.Dir(path), 0o755))
		is.NoErr(os.WriteFile(path, []byte(text), 0o644))
	}
	// The cache does not trust a file that was written within the last seconds.
	old := time.Now().Add(-time.Hour)
	age := func() {
		is.NoErr(filepath.WalkDir(module, func(path string, _ os.DirEntry, err error) error {
			is.NoErr(err)
			return os.Chtimes(path, old, old)
		}))
	}
	const test = `package e2e

import (
	"os/exec"
	"testing"

	"odoosync/e2e/program"
)

func TestWords(t *testing.T) {
	path, err := program.Build("..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path).Output()
	if err != nil || string(out) != "good" {
		t.Fatalf("%v, %q", err, out)
	}
}
`
	const engine = "package engine\n\nvar Word = \"good\"\n"
	const broken = "package engine\n\nfunc init() { Word = \"broken\" }\n"
	const program = "package main\n\nimport (\n\t_ \"embed\"\n\t\"os\"\n\n\t\"odoosync/engine\"\n)\n\n//go:embed words/start\nvar start string\n\n" +
		"func main() { os.Stdout.WriteString(start + engine.Word) }\n"
	write("go.mod", "module odoosync\n\ngo 1.24\n")
	write("go.sum", "")
	write("e2e/program/program.go", string(builder))
	write("e2e/e2e_test.go", test)
	write("cmd/odoosync/main.go", program)
	write("cmd/odoosync/words/start", "")
	write("engine/engine.go", engine)

	for _, step := range []struct {
		what string
		do   func()
		says string
	}{
		{"new", func() {}, "ok  \todoosync/e2e\t"},
		{"unchanged", func() {}, "(cached)"},
		{"the engine is broken", func() { write("engine/engine.go", strings.Replace(engine, "good", "bad", 1)) }, `"bad"`},
		{"it still is", func() {}, `"bad"`},
		{"as it was", func() { write("engine/engine.go", engine) }, "ok  \todoosync/e2e\t"},
		{"a file is added", func() { write("engine/more.go", broken) }, `"broken"`},
		{"it is removed", func() { is.NoErr(os.Remove(filepath.Join(module, "engine", "more.go"))) }, "ok  \todoosync/e2e\t"},
		{"the main package is broken", func() { write("cmd/odoosync/main.go", strings.Replace(program, "start +", `"bad " +`, 1)) }, `"bad good"`},
		{"as it was", func() { write("cmd/odoosync/main.go", program) }, "ok  \todoosync/e2e\t"},
		{"an embedded file is changed", func() { write("cmd/odoosync/words/start", "not so ") }, `"not so good"`},
	} {
		step.do()
		age()
		run := exec.Command("go", "test", "./e2e")
		run.Dir, run.Env = module, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		out, err := run.CombinedOutput()
		if passes := !strings.Contains(step.says, `"`); !strings.Contains(string(out), step.says) || (err == nil) != passes {
			t.Fatalf("%s: want %s in\n%s", step.what, step.says, out)
		}
	}
}

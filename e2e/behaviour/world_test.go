package behaviour

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The exit codes that the README promises.
const (
	exitDone        = 0
	exitMap         = 3
	exitRefused     = 4
	exitUnreachable = 5
	exitInterrupted = 130

	exitKilled = -1 // by the test
)

// world is a project on a target, and a map in a folder of its own.
type world struct {
	t       *testing.T
	o       *target
	project int64
	user    account // who runs the program
	path    string  // of the map
	seeded  int     // tasks of the project that are not the program's
}

func newWorld(t *testing.T, o *target) *world {
	t.Helper()
	o = o.within(t)
	return &world{t: t, o: o, project: o.newProject(), user: o.admin, path: filepath.Join(t.TempDir(), "map.toml")}
}

// write makes source the map.
func (w *world) write(source string) []byte {
	w.t.Helper()
	if err := os.WriteFile(w.path, []byte(source), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return []byte(source)
}

func (w *world) read() []byte {
	w.t.Helper()
	source, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	return source
}

// onlyTheMap ends the test when anything but the map lies in its folder.
func (w *world) onlyTheMap() {
	w.t.Helper()
	entries, err := os.ReadDir(filepath.Dir(w.path))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(w.path) {
			w.t.Fatalf("the program left %s behind", e.Name())
		}
	}
}

// outcome is how a process of the program ended.
type outcome struct {
	code   int
	stderr string
	report report
}

// report is the part of the program's JSON output that the suite looks at.
type report struct {
	Stage *struct {
		Created   bool
		Creatable string
	}
	Stages []struct {
		Name    string
		Created bool
	}
	Tags []struct {
		Name    string
		LeftOff string `json:"left_off"`
	}
	Created, Linked, Pending []struct{ ID int64 }
	Error                    *struct {
		Kind, Message, Hint string
		Items               []struct{ Story string }
	}
}

// run runs the program on the map until it ends.
func (w *world) run(flags ...string) outcome {
	w.t.Helper()
	return w.start(flags...).wait()
}

// mustRun is run that ends the test unless all went well.
func (w *world) mustRun(flags ...string) outcome {
	w.t.Helper()
	return w.demand(exitDone, w.run(flags...))
}

// mustFail is run that ends the test unless it fails with the code, and the
// error of that kind says all of the words.
func (w *world) mustFail(code int, kind string, words []string, flags ...string) outcome {
	w.t.Helper()
	got := w.demand(code, w.run(flags...))
	if got.report.Error == nil || got.report.Error.Kind != kind {
		w.t.Fatalf("the error is %+v, want one of kind %q", got.report.Error, kind)
	}
	for _, said := range words {
		if !strings.Contains(got.stderr, said) {
			w.t.Fatalf("the message does not say %q:\n%s", said, got.stderr)
		}
	}
	return got
}

func (w *world) demand(code int, got outcome) outcome {
	w.t.Helper()
	if got.code != code {
		w.t.Fatalf("exit code %d, want %d:\n%s", got.code, code, got.stderr)
	}
	return got
}

// process is the program while it runs.
type process struct {
	t       *testing.T
	command *exec.Cmd
	stdout  bytes.Buffer
	stderr  bytes.Buffer
	lines   *bufio.Reader // stderr as it comes
	killed  atomic.Bool
}

func (w *world) start(flags ...string) *process {
	w.t.Helper()
	return w.startOn(w.path, flags...)
}

// startOn starts `odoosync run` on a map. A process that hangs is killed in the
// end.
func (w *world) startOn(path string, flags ...string) *process {
	w.t.Helper()
	return w.startCommand(append([]string{"run", path}, flags...)...)
}

func (w *world) startCommand(args ...string) *process {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	w.t.Cleanup(cancel)
	path, err := binary()
	if err != nil {
		w.t.Fatal(err)
	}
	p := &process{t: w.t, command: exec.CommandContext(ctx, path, append(args, "--json")...)}
	p.command.Stdout = &p.stdout
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ODOO") {
			p.command.Env = append(p.command.Env, variable)
		}
	}
	p.command.Env = append(p.command.Env, w.o.environment(w.user)...)
	if !slices.Contains(args, "--project") {
		p.command.Env = append(p.command.Env, "ODOO_PROJECT="+decimal(w.project))
	}
	pipe, err := p.command.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	p.lines = bufio.NewReader(io.TeeReader(pipe, &p.stderr))
	if err := p.command.Start(); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// until reads the program's messages up to the one that holds the words; it
// ends the test when the program ends without it.
func (p *process) until(words string) {
	p.t.Helper()
	for {
		line, err := p.lines.ReadString('\n')
		if strings.Contains(line, words) {
			return
		}
		if err != nil {
			_ = p.command.Wait()
			p.t.Fatalf("the program never said %q:\n%s", words, p.stderr.String())
		}
	}
}

// kill ends the program at once; where there is no SIGKILL, by what comes near.
func (p *process) kill() {
	p.killed.Store(true)
	_ = p.command.Process.Kill() // it may have ended on its own
}

// wait lets the program end.
func (p *process) wait() outcome {
	p.t.Helper()
	if _, err := io.Copy(io.Discard, p.lines); err != nil && !errors.Is(err, os.ErrClosed) {
		p.t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.command.Wait(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	got := outcome{code: p.command.ProcessState.ExitCode(), stderr: p.stderr.String()}
	if p.killed.Load() && got.code != exitDone {
		got.code = exitKilled // what systems say of it differs
		return got
	}
	if p.stdout.Len() > 0 {
		if err := json.Unmarshal(p.stdout.Bytes(), &got.report); err != nil {
			p.t.Fatalf("standard output is not one JSON object: %v\n%s", err, p.stdout.String())
		}
	} else {
		p.t.Fatalf("exit code %d, and nothing on standard output:\n%s", got.code, got.stderr)
	}
	return got
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

const interruptMap = `[features.F]
task_id = 0
user_stories = [ { name = "S", task_id = 0 } ]
`

// startOdoo starts an Odoo with a project and a map for it, and returns the
// environment to use them.
func startOdoo(t *testing.T) (odoo *odoosim.Server, path string, env map[string]string) {
	t.Helper()
	is := is.New(t)
	odoo = odoosim.New()
	is.NoErr(odoo.Start())
	t.Cleanup(func() { _ = odoo.Close() })
	odoo.AddStage("Backlog", 1, odoo.AddProject(odoosim.Project{Name: "P"}))
	path = filepath.Join(t.TempDir(), "map.toml")
	is.NoErr(os.WriteFile(path, []byte(interruptMap), 0o600))
	return odoo, path, map[string]string{
		"ODOO_URL": odoo.URL(), "ODOO_DB": odoo.Database(), "ODOO_PROJECT": "P",
		"ODOO_USERNAME": odoosim.DemoLogin, "ODOO_PASSWORD": odoosim.DemoPassword,
	}
}

func TestAnInterruptFinishesTheCallAndSavesItsIDs(t *testing.T) {
	is := is.New(t)
	odoo, path, env := startOdoo(t)
	ctx, interrupt := context.WithCancel(t.Context())
	odoo.Inject(odoosim.Fault{
		Match: func(c odoosim.Call) bool {
			if c.Model == "project.task" && c.Method == "load" {
				interrupt()
			}
			return false
		},
		Action: odoosim.Garbage(), // never done
	})

	var stdout, stderr synced
	code := run(ctx, []string{"odoosync", "run", path}, strings.NewReader(""), &stdout, &stderr, func(name string) string { return env[name] })
	is.Equal(code, exitInterrupted)
	is.True(strings.Contains(stderr.String(), "odoosync: interrupted: finishing the current call"))
	is.True(strings.HasSuffix(stderr.String(), "odoosync: interrupted\nhint: run again to continue\n"))

	plan, err := engine.Check(path, false)
	is.NoErr(err)
	tasks := odoo.Tasks()
	is.Equal(len(tasks), 1) // the first batch, and no other
	is.Equal(plan.Map.Features[0].TaskID, tasks[0].ID)
	is.Equal(plan.Pending(), 1)
}

// The signals themselves: the first waits for the call, the second does not.
func TestTheSecondSignalEndsTheProcessAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted from outside there")
	}
	is := is.New(t)
	// What is ignored here, as in a job in the background, the program ignores too.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	defer signal.Stop(heard)
	odoo, path, env := startOdoo(t)
	called := make(chan struct{})
	odoo.Inject(odoosim.Fault{
		Match: func(c odoosim.Call) bool {
			if c.Method == "load" {
				close(called)
			}
			return c.Method == "load"
		},
		Action: odoosim.Hang(),
	})
	cmd := exec.CommandContext(t.Context(), "odoosync", "run", path)
	// Built for coverage, a program without this folder complains on standard error.
	cmd.Env = []string{"GOCOVERDIR=" + os.Getenv("GOCOVERDIR")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	pipe, err := cmd.StderrPipe()
	is.NoErr(err)
	is.NoErr(cmd.Start())
	<-called
	is.NoErr(cmd.Process.Signal(os.Interrupt))
	lines := bufio.NewScanner(pipe)
	for lines.Scan() && !strings.Contains(lines.Text(), "interrupted: finishing") {
		continue
	}
	is.True(strings.Contains(lines.Text(), "Ctrl-C again")) // the first signal was heard
	is.NoErr(cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(pipe)
	is.NoErr(err)
	is.Equal(string(rest), "") // no more words
	var exit *exec.ExitError
	is.True(errors.As(cmd.Wait(), &exit))
	is.Equal(exit.ExitCode(), exitInterrupted)
}

// What nohup and the like let a program ignore does not interrupt a run.
func TestAnIgnoredSignalStaysIgnored(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no such signal there")
	}
	is := is.New(t)
	odoo, path, env := startOdoo(t)
	called, release := make(chan struct{}), make(chan struct{})
	odoo.Inject(odoosim.Fault{
		Times: 1,
		Match: func(c odoosim.Call) bool {
			if c.Method == "load" {
				close(called)
			}
			return c.Method == "load"
		},
		Action: odoosim.Delay(release),
	})
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `trap "" HUP && exec odoosync run "$1"`, "sh", path)
	cmd.Env = []string{"GOCOVERDIR=" + os.Getenv("GOCOVERDIR"), "PATH=" + os.Getenv("PATH")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	is.NoErr(cmd.Start())
	<-called
	is.NoErr(cmd.Process.Signal(syscall.SIGHUP))
	close(release)
	is.NoErr(cmd.Wait())
}

// A reader of the messages that goes away, such as head, does not end a run
// between the creation of tasks and the save of their ids.
func TestAReaderOfTheMessagesThatGoesAwayIsNoReasonToDie(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no such signal there")
	}
	is := is.New(t)
	_, path, env := startOdoo(t)
	reader, writer, err := os.Pipe()
	is.NoErr(err)
	is.NoErr(reader.Close())
	defer func() { _ = writer.Close() }()
	cmd := exec.CommandContext(t.Context(), "odoosync", "run", path, "--verbose")
	cmd.Env = []string{"GOCOVERDIR=" + os.Getenv("GOCOVERDIR")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = writer
	is.NoErr(cmd.Run())
	plan, err := engine.Check(path, false)
	is.NoErr(err)
	is.Equal(plan.Pending(), 0)
}

// synced is a buffer that several goroutines write to.
type synced struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *synced) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

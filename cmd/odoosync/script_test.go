package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"

	"odoosync/odoorpc/odoosim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"odoosync": main})
}

// TestScripts runs the program as users do: one script for each behaviour, on
// an Odoo in memory. With UPDATE_SCRIPTS=1 it rewrites the expected outputs.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Values[worldKey{}] = &world{}
			env.Setenv("TERM", "xterm")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"odoo":      odoo,
			"web":       web,
			"fault":     fault,
			"tasks":     tasks,
			"calls":     calls,
			"files":     files,
			"scrubtext": scrubText,
			"scrub":     scrub,
			"age":       age,
			"untouched": untouched,
			"lock":      lock,
		},
	})
}

type worldKey struct{}

// world is what stands around the program in one script.
type world struct {
	odoo    *odoosim.Server
	project int64
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func (w *world) server(ts *testscript.TestScript) *odoosim.Server {
	if w.odoo == nil {
		ts.Fatalf("there is no Odoo yet: odoo start")
	}
	return w.odoo
}

// exits CODE COMMAND [ARGUMENT...] runs a command that must end with the code.
// The standard input is that of a preceding stdin command, as for exec.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// odoo start 14|19 [bare] starts an Odoo with the project "Web shop" and, if
// not bare, its stage Backlog, and sets the environment to it.
//
// odoo user logs in as a new plain project user instead of the administrator.
// odoo key sets an API key. odoo project NAME [archived] [invisible] adds a
// project without stages. odoo stop stops the server.
func odoo(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	switch args[0] {
	case "start":
		dialect := odoosim.V19
		if args[1] == "14" {
			dialect = odoosim.V14
		}
		w.odoo = odoosim.New(odoosim.WithDialect(dialect))
		ts.Check(w.odoo.Start())
		ts.Defer(func() { _ = w.odoo.Close() })
		w.project = w.odoo.AddProject(odoosim.Project{Name: "Web shop"})
		if !slices.Contains(args, "bare") {
			w.odoo.AddStage("Backlog", 1, w.project)
		}
		ts.Setenv("ODOO_URL", w.odoo.URL())
		ts.Setenv("ODOO_DB", w.odoo.Database())
		ts.Setenv("ODOO_USERNAME", odoosim.DemoLogin)
		ts.Setenv("ODOO_PASSWORD", odoosim.DemoPassword)
		ts.Setenv("ODOO_PROJECT", "Web shop")
	case "user":
		w.server(ts).AddUser(odoosim.User{Login: "ann", Password: "ann's secret", Role: odoosim.ProjectUser})
		ts.Setenv("ODOO_USERNAME", "ann")
		ts.Setenv("ODOO_PASSWORD", "ann's secret")
	case "key":
		ts.Setenv("ODOO_API_KEY", odoosim.DemoAPIKey)
	case "project":
		w.server(ts).AddProject(odoosim.Project{Name: args[1], Archived: slices.Contains(args, "archived"), Privacy: privacy(args)})
	case "stop":
		ts.Check(w.server(ts).Close())
	default:
		ts.Fatalf("odoo %s?", args[0])
	}
}

func privacy(args []string) odoosim.Privacy {
	if slices.Contains(args, "invisible") {
		return odoosim.PrivacyFollowers
	}
	return odoosim.PrivacyEmployees
}

// web KIND starts a web server that is no Odoo, and sets ODOO_URL to it:
// page (a login page), lines (a page of several lines), redirect (to another
// address), 500 (an error of the server), escape (an error with escape
// characters in it).
func web(ts *testscript.TestScript, _ bool, args []string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch args[0] {
		case "redirect":
			http.Redirect(w, r, "https://odoo.example.com/new", http.StatusMovedPermanently)
		case "escape":
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"jsonrpc":"2.0","id":1,"error":{"code":200,"message":"Odoo Server Error","data":{"name":"odoo.exceptions.UserError","message":"\u001b[2J\u001b]0;owned\u0007\u202ereversed\nodoosync: done","arguments":["\u001b[2Jgone\nodoosync: all is well"],"debug":"\u001b[31mtraceback"}}}`)
		case "500":
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		case "lines":
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprint(w, "<html>\nodoosync: all is well\n\n\rhint: go on\n</html>\n")
		default:
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprint(w, "<!DOCTYPE html><html><head><title>Please sign in</title></head><body></body></html>")
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("ODOO_URL", server.URL)
}

// fault METHOD ACTION [TIMES] makes the next calls of a task method fail:
// drop-before, drop-after, garbage, hang, a status, forbid (imports are
// forbidden), refuse=NAME.
// clear removes all faults; vanish=FILE removes a file while Odoo works.
func fault(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "clear" {
		worldOf(ts).server(ts).ClearFaults()
		return
	}
	f := odoosim.Fault{Match: odoosim.On("project.task", args[0])}
	name, value, _ := strings.Cut(args[1], "=")
	switch name {
	case "drop-before":
		f.Action = odoosim.DropBefore()
	case "drop-after":
		f.Action = odoosim.DropAfter()
	case "garbage":
		f.Action = odoosim.Garbage()
	case "vanish":
		path, method := ts.MkAbs(value), f.Match
		f.Match = func(c odoosim.Call) bool {
			if method(c) {
				_ = os.Remove(path)
			}
			return false
		}
		f.Action = odoosim.Garbage() // never done
	case "forbid":
		f.Action = odoosim.LoadMessage("Importing is not allowed for you.")
	case "refuse":
		f.Action = odoosim.RefuseName(value, "The name must be approved first.")
	default:
		code, err := strconv.Atoi(name)
		ts.Check(err)
		f.Action = odoosim.Status(code, value)
	}
	if len(args) > 2 {
		times, err := strconv.Atoi(args[2])
		ts.Check(err)
		f.Times = times
	}
	worldOf(ts).server(ts).Inject(f)
}

// tasks FILE writes what tasks Odoo has: id, parent, name, tags, description.
func tasks(ts *testscript.TestScript, _ bool, args []string) {
	server := worldOf(ts).server(ts)
	names := make(map[int64]string)
	for _, tag := range server.Tags() {
		names[tag.ID] = tag.Name
	}
	var b strings.Builder
	for _, t := range server.Tasks() {
		tags := make([]string, len(t.TagIDs))
		for i, id := range t.TagIDs {
			tags[i] = names[id]
		}
		fmt.Fprintf(&b, "%d under %d: %s [%s] %d messages\n", t.ID, t.ParentID, t.Name, strings.Join(tags, ", "), t.Messages)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666))
}

// calls FILE writes what was called, in order.
func calls(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for _, c := range worldOf(ts).server(ts).Calls() {
		fmt.Fprintf(&b, "%s.%s\n", c.Model, c.Method)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666))
}

// files FOLDER [NAME...] checks that a folder holds exactly these files.
func files(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	want := args[1:]
	sort.Strings(want)
	if !slices.Equal(found, want) {
		ts.Fatalf("%s has %q, want %q", args[0], found, want)
	}
}

var duration = regexp.MustCompile(`"duration_seconds": [0-9.e+-]+`)

// scrub FROM FILE copies the standard output or a file without what differs
// from run to run, and checks that JSON is one valid object.
func scrub(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !json.Valid([]byte(text)) {
		ts.Fatalf("not one JSON object: %s", text)
	}
	text = duration.ReplaceAllString(text, `"duration_seconds": 0`)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(withoutAddress(ts, text)), 0o666))
}

// scrubText FROM FILE copies text without the server's address.
func scrubText(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(withoutAddress(ts, ts.ReadFile(args[0]))), 0o666))
}

func withoutAddress(ts *testscript.TestScript, text string) string {
	_, host, found := strings.Cut(ts.Getenv("ODOO_URL"), "://")
	if !found {
		return text
	}
	return strings.ReplaceAll(text, host, "odoo")
}

var longAgo = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// age FILE makes a file old, for untouched.
func age(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Chtimes(ts.MkAbs(args[0]), longAgo, longAgo))
}

// untouched FILE checks that nobody has written a file since age.
func untouched(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if !info.ModTime().Equal(longAgo) {
		ts.Fatalf("%s was written", args[0])
	}
}

// lock FILE holds a lock on a file until the script ends.
func lock(ts *testscript.TestScript, _ bool, args []string) {
	l := flock.New(ts.MkAbs(args[0]), flock.SetFlag(os.O_RDWR))
	held, err := l.TryLock()
	ts.Check(err)
	if !held {
		ts.Fatalf("cannot lock %s", args[0])
	}
	ts.Defer(func() { _ = l.Unlock() })
}

package docs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"odoosync/odoorpc/odoosim"
)

// world is what stands around the commands of a page: an Odoo in memory and the
// session they run in.
type world struct {
	t       *testing.T
	odoo    *odoosim.Server
	url     string // what address stands for
	session *session
	project int64
	file    string // the next block is this file

	inRepository bool // the next block runs in the repository
}

// firstTask is the id of the first task that is made in an example.
const firstTask = 4211

// start starts an Odoo with the project "Web shop" (id 7), its stage Backlog
// unless it is to be bare, and two tasks.
func (w *world) start(dialect odoosim.Dialect, bare bool) {
	if w.odoo != nil {
		_ = w.odoo.Close()
	}
	w.odoo = odoosim.New(odoosim.WithDialect(dialect), odoosim.WithDatabase("example"))
	for n := 1; n < 7; n++ {
		w.odoo.AddProject(odoosim.Project{Name: "Internal " + strconv.Itoa(n)})
	}
	w.project = w.odoo.AddProject(odoosim.Project{Name: "Web shop"})
	stage := int64(0)
	if !bare {
		stage = w.odoo.AddStage("Backlog", 1, w.project)
	}
	feature := w.odoo.AddTag("Feature")
	w.odoo.AddTask(odoosim.Task{ID: firstTask - 2, Name: "Customer accounts", ProjectID: w.project, StageID: stage, TagIDs: []int64{feature}})
	w.odoo.AddTask(odoosim.Task{ID: firstTask - 1, Name: "Sign in", ProjectID: w.project, StageID: stage, ParentID: firstTask - 2})
	w.odoo.AddUser(odoosim.User{Login: "ann@example.com", Password: "ann's", APIKey: strings.Repeat("a1", 20), Role: odoosim.Manager})
	w.odoo.AddUser(odoosim.User{Login: "bob@example.com", Password: "bob's", Role: odoosim.ProjectUser})
	check(w.t, w.odoo.Start())
	server := w.odoo
	w.t.Cleanup(func() { _ = server.Close() })
	w.url = w.odoo.URL()
}

// settings prepares the session with the usual environment, as the README sets
// it.
func (w *world) settings(login string) {
	lines := []string{
		"export ODOO_URL=" + w.url, "export ODOO_DB=example", "export ODOO_PROJECT='Web shop'",
		"export ODOO_USERNAME=" + login + "@example.com", "export ODOO_PASSWORD=\"" + login + "'s\"",
		"unset ODOO_API_KEY",
	}
	w.session.run(w.t, strings.Join(lines, "\n"))
}

// direct follows a directive:
//
//	odoo 14|19 [bare]      another Odoo; bare: its project has no Backlog
//	settings [LOGIN]       the environment for it is set (LOGIN: ann, a manager; bob, a plain user)
//	file NAME              the next block is written to NAME
//	git                    all files so far are committed to a repository of their own
//	repository             the next block runs in this repository; only the program may
//	project archived|active NAME  another project
//	known ID NAME          Odoo knows a task by this external id, or the test fails
//	edit ID NAME           a task is renamed in Odoo
//	fault METHOD WHAT [VALUE]  the next call of project.task's METHOD fails
//	well                   no call fails any more
//	web page|redirect|none the address leads to something that is no Odoo
//	rpc off                Odoo serves JSON-2 only
//	lock NAME              another program locks a file
//	vanish NAME            the file is removed while Odoo works on the next load
func (w *world) direct(line string) {
	words := strings.Fields(line)
	rest := words[1:]
	switch words[0] {
	case "odoo":
		dialect := odoosim.V19
		if rest[0] == "14" {
			dialect = odoosim.V14
		}
		w.start(dialect, len(rest) > 1)
	case "settings":
		login := "ann"
		if len(rest) > 0 {
			login = rest[0]
		}
		w.settings(login)
	case "file":
		w.file = rest[0]
	case "git":
		in := "git -C '" + w.session.dir + "' "
		w.session.run(w.t, in+"init -q && "+in+"add . && "+in+"commit -q -m 'A map'")
	case "repository":
		w.inRepository = true
	case "known":
		id, err := strconv.ParseInt(rest[0], 10, 64)
		check(w.t, err)
		if task, _ := w.odoo.Task(id); task.ExternalID != rest[1] {
			w.t.Errorf("task %d has the external id %q, the page says %q", id, task.ExternalID, rest[1])
		}
	case "edit":
		id, err := strconv.ParseInt(rest[0], 10, 64)
		check(w.t, err)
		w.odoo.UpdateTask(id, func(t *odoosim.Task) { t.Name = strings.Join(rest[1:], " ") })
	case "project":
		w.odoo.AddProject(odoosim.Project{Name: strings.Join(rest[1:], " "), Archived: rest[0] == "archived"})
	case "fault":
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", rest[0]), Action: w.action(rest[1:]), Times: -1})
	case "well":
		w.odoo.ClearFaults()
	case "web":
		w.web(rest[0])
	case "rpc":
		w.odoo.SetRPC(false)
	case "lock":
		l := flock.New(filepath.Join(w.session.dir, rest[0]), flock.SetFlag(os.O_RDWR))
		if held, err := l.TryLock(); err != nil || !held {
			w.t.Fatalf("cannot lock %s: %v", rest[0], err)
		}
		w.t.Cleanup(func() { _ = l.Unlock() })
	case "vanish":
		path, load := filepath.Join(w.session.dir, rest[0]), odoosim.On("project.task", "load")
		w.odoo.Inject(odoosim.Fault{Action: odoosim.Garbage(), Match: func(c odoosim.Call) bool {
			if load(c) {
				_ = os.Remove(path)
			}
			return false
		}})
	default:
		w.t.Fatalf("unknown directive %q", line)
	}
}

func (w *world) action(words []string) odoosim.Action {
	value := strings.Join(words[1:], " ")
	switch words[0] {
	case "refuse":
		return odoosim.RefuseName(value, "The name must be approved first.")
	case "forbid":
		return odoosim.LoadMessage("Importing is not allowed for you.")
	case "lost":
		return odoosim.DropAfter()
	case "status":
		code, err := strconv.Atoi(words[1])
		check(w.t, err)
		return odoosim.Status(code, strings.Join(words[2:], " "))
	}
	w.t.Fatalf("unknown fault %q", words)
	return odoosim.Action{}
}

// web puts something else where Odoo is expected.
func (w *world) web(kind string) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if kind == "redirect" {
			http.Redirect(rw, r, "https://shop.example.com/", http.StatusMovedPermanently)
			return
		}
		rw.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(rw, "<!DOCTYPE html><html><head><title>Please sign in</title></head><body></body></html>")
	}))
	w.url = server.URL
	if kind == "none" {
		server.Close()
	} else {
		w.t.Cleanup(server.Close)
	}
	w.session.run(w.t, "export ODOO_URL="+w.url)
}

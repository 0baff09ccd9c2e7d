package engine_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// TestMain lets more tests run at a time than there are processors, because
// they wait for disks and clocks more than they compute.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.fuzz").Value.String() == "" {
		if err := flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// world is an Odoo in memory with one project, and a folder for maps.
type world struct {
	t       *testing.T
	odoo    *odoosim.Server
	project int64
	dir     string
	retries int           // tries after the first; 0: the client's default, negative: none
	timeout time.Duration // of one call; 0: the client's default
	json2   bool          // use the administrator's key
	options engine.Options

	observing sync.Mutex // some tests run several engines at once
	events    []engine.Event
}

func newWorld(t *testing.T, options ...odoosim.Option) *world {
	t.Helper()
	is := is.New(t)
	server := odoosim.New(options...)
	is.NoErr(server.Start())
	t.Cleanup(func() { is.NoErr(server.Close()) })
	w := &world{t: t, odoo: server, project: server.AddProject(odoosim.Project{Name: "Shop"}), dir: t.TempDir()}
	w.options = engine.Options{Project: "Shop"}
	return w
}

func (w *world) engine() *engine.Engine {
	w.t.Helper()
	return w.engineFor("admin", "admin")
}

func (w *world) engineFor(login, password string) *engine.Engine {
	w.t.Helper()
	config := odoorpc.Config{
		URL: w.odoo.URL(), Database: w.odoo.Database(), Login: login, Password: odoorpc.NewSecret(password),
		Retries: w.retries, RetryMaxWait: time.Millisecond, Timeout: w.timeout,
	}
	if w.json2 {
		config.APIKey, config.Password = odoorpc.NewSecret(odoosim.DemoAPIKey), odoorpc.Secret{}
	}
	client, err := odoorpc.New(config)
	is.New(w.t).NoErr(err)
	options := w.options
	options.Observer = func(ev engine.Event) {
		w.observing.Lock()
		defer w.observing.Unlock()
		w.events = append(w.events, ev)
		if w.options.Observer != nil {
			w.options.Observer(ev)
		}
	}
	return engine.New(client, options)
}

// write makes a map and returns its path.
func (w *world) write(text string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, "map.toml")
	is.New(w.t).NoErr(os.WriteFile(path, []byte(text), 0o644))
	return path
}

func (w *world) read(path string) string {
	w.t.Helper()
	text, err := os.ReadFile(path)
	is.New(w.t).NoErr(err)
	return string(text)
}

// sync runs the map with the world's options and expects no error.
func (w *world) sync(path string) *engine.Result {
	w.t.Helper()
	result, err := w.engine().Sync(context.Background(), path)
	is.New(w.t).NoErr(err)
	return result
}

// seed makes the tasks that a map already refers to.
func (w *world) seed(path string) {
	w.t.Helper()
	plan, err := engine.Check(path, false)
	is.New(w.t).NoErr(err)
	for item := range plan.Map.All {
		if item.TaskID != 0 {
			w.odoo.AddTask(odoosim.Task{ID: item.TaskID, Name: item.Name, ProjectID: w.project})
		}
	}
}

// onlyTheMap fails when something else than the map lies in the folder.
func (w *world) onlyTheMap() {
	w.t.Helper()
	entries, err := os.ReadDir(w.dir)
	is := is.New(w.t)
	is.NoErr(err)
	for _, entry := range entries {
		is.Equal(entry.Name(), "map.toml") // no stray file
	}
}

// during runs do while a call that matches is on its way, before the server
// works on it.
func (w *world) during(match func(odoosim.Call) bool, do func()) {
	w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool {
		if match(c) {
			do()
		}
		return false
	}, Action: odoosim.DropBefore()})
}

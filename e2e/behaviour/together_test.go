package behaviour

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// features writes a map of features with stories.
func features(n, stories int) string {
	var b strings.Builder
	for f := range n {
		fmt.Fprintf(&b, "[features.\"Feature %d\"]\ndescription = \"Text of feature %d\"\ntask_id = 0\nuser_stories = [\n", f, f)
		for s := range stories {
			fmt.Fprintf(&b, "    { name = \"Story %d\", description = \"As a user, I want %d < %d & more.\", task_id = 0 },\n", s, s, f)
		}
		b.WriteString("]\n")
	}
	return b.String()
}

// holdStories puts a proxy before the server, which holds all calls that create
// stories until they are released. reached waits for the first of them.
func (w *world) holdStories() (reached, release func()) {
	wire := &badWire{target: w.o.url}
	come, free := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(come) })
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if bytes.Contains(body, []byte("Story ")) && (strings.HasSuffix(r.URL.Path, "/load") || bytes.Contains(body, []byte(`"load"`))) {
			first()
			<-free
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		wire.forward(r).write(rw)
	}))
	release = sync.OnceFunc(func() { close(free) })
	w.t.Cleanup(func() {
		release()
		proxy.Close()
	})
	w.o.url = proxy.URL
	reached = func() {
		w.t.Helper()
		select {
		case <-come:
		case <-time.After(2 * time.Minute):
			w.t.Fatal("the program creates no stories")
		}
	}
	return reached, release
}

func TestSecondRunOnTheSameMapIsRefused(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(features(2, 3))
		reached, release := w.holdStories()
		first := w.start()
		reached()
		w.mustFail(exitMap, "locked", []string{"locked by another program"})
		release()
		w.demand(exitDone, first.wait())
		w.agrees(before)
	})
}

func TestTwoRunsOnTwoCopiesMakeEachTaskOnce(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(features(4, 30))
		other := filepath.Join(t.TempDir(), "map.toml")
		if err := os.WriteFile(other, before, 0o644); err != nil {
			t.Fatal(err)
		}
		runs := []*process{w.startOn(w.path), w.startOn(other)}
		for _, r := range runs {
			w.demand(exitDone, r.wait())
		}
		w.agrees(before)
		theirs, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		if string(theirs) != string(w.read()) {
			t.Fatal("the two copies have different ids")
		}
		if len(w.stages()) != 1 {
			t.Fatalf("the project has the stages %+v", w.stages())
		}
	})
}

func TestInterruptedRunSavesWhatItMade(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can be interrupted from outside there")
	}
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(features(5, 40))
		reached, release := w.holdStories()
		p := w.start()
		reached() // the features are saved
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.until("finishing the current call")
		release()
		got := w.demand(exitInterrupted, p.wait())
		saved := 0
		tasks := w.tasks()
		for _, i := range readMap(t, w.read()) {
			if i.id != 0 {
				saved++
				if tasks[i.id] == nil || string(tasks[i.id].Name) != i.name {
					t.Fatalf("%s has task %d, which is %+v", i.place, i.id, tasks[i.id])
				}
			}
		}
		if saved == 0 || saved != len(tasks) || saved != len(got.report.Created) || len(got.report.Pending) != 205-saved {
			t.Fatalf("%d ids in the map, %d tasks in Odoo, reported %d created and %d pending", saved, len(tasks), len(got.report.Created), len(got.report.Pending))
		}
		w.onlyTheMap()
		w.mustRun()
		w.agrees(before)
	})
}

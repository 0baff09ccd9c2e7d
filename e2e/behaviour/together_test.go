package behaviour

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
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

func TestSecondRunOnTheSameMapIsRefused(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(features(2, 3))
		first := w.start("--rate", "3")
		first.until("connected to Odoo") // the map is locked before
		w.mustFail(exitMap, "locked", []string{"locked by another program"})
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
		p := w.start("--rate", "4")
		p.until("tasks saved")
		if err := p.command.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
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

package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"odoosync/bench/genmap/layout"
	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

func generated(t testing.TB, spec layout.Spec) string {
	var b bytes.Buffer
	spec.Layout, spec.Seed = layout.Generated, 1
	_, err := layout.Write(&b, spec)
	is.New(t).NoErr(err)
	return b.String()
}

// TestRequestsGrowSlowlyWithTheItems counts everything that goes over the wire,
// in a new project: stage and tags are made too.
func TestRequestsGrowSlowlyWithTheItems(t *testing.T) {
	for items, most := range map[int]int64{1: 12, 200: 16, 2000: 52} {
		t.Run(fmt.Sprint(items), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			var requests, loads atomic.Int64
			w.during(func(c odoosim.Call) bool {
				requests.Add(1)
				if c.Model == "project.task" && c.Method == "load" {
					loads.Add(1)
				}
				return false
			}, nil)
			result := w.sync(w.write(generated(t, layout.Spec{Pending: items})))
			is.Equal(result.Count(engine.Created), items)
			is.True(requests.Load() <= most)

			saves := int64(0)
			for _, ev := range w.events {
				if _, ok := ev.(engine.Saved); ok {
					saves++
				}
			}
			is.True(saves <= loads.Load())
		})
	}
}

// TestTasksOfOtherProjectsCostOneCall runs a map into a second project: its
// tasks have namesakes with external ids, which are none of its own.
func TestTasksOfOtherProjectsCostOneCall(t *testing.T) {
	is := is.New(t)
	calls := func(both bool) int {
		w := newWorld(t)
		if both {
			w.sync(w.write(shop))
		}
		second := w.odoo.AddProject(odoosim.Project{Name: "Second"})
		w.odoo.AddStage("Backlog", 1, second)
		w.options.Project = fmt.Sprint(second)
		before := len(w.odoo.Calls())
		is.Equal(w.sync(w.write(shop)).Count(engine.Created), 4)
		return len(w.odoo.Calls()) - before
	}
	is.True(calls(true) <= calls(false)) // the tags are there already, which saves a call
}

// TestALookIsOneSearch, also where nothing is found.
func TestALookIsOneSearch(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.AddStage("Backlog", 1, w.project)
	searches := 0
	w.sync(w.write(shop))
	for _, call := range w.odoo.Calls() {
		if call.Model == "project.task" && call.Method == "load" {
			break
		}
		if call.Model == "project.task" && call.Method == "search_read" {
			searches++
		}
	}
	is.Equal(searches, 1)
}

// TestNamesakesAreAskedForOnce, and not once for each of them.
func TestNamesakesAreAskedForOnce(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	lost := slices.Repeat([]string{"s"}, 80)
	path := w.write(storiesNamed(slices.Concat(lost, lost)...))
	w.sync(path)
	text := w.read(path)
	for id := 2; id < 82; id++ {
		text = strings.Replace(text, fmt.Sprintf("task_id = %d }", id), "task_id = 0 }", 1)
	}
	w.write(text)
	w.odoo.ForgetCalls()
	is.Equal(w.sync(path).Count(engine.Linked), 80)
	asked := 0
	for _, call := range w.odoo.Calls() {
		if call.Model == "ir.model.data" {
			asked++
		}
	}
	is.Equal(asked, 1)
}

// TestAFirstRunNeedsNoLook: a project without any stage had no run before.
func TestAFirstRunNeedsNoLook(t *testing.T) {
	for _, stage := range []string{"", "Other", "Backlog"} {
		is := is.New(t)
		w := newWorld(t)
		if stage != "" {
			w.odoo.AddStage(stage, 1, w.project)
		}
		w.sync(w.write(shop))
		first := ""
		for _, call := range w.odoo.Calls() {
			if first == "" && call.Model == "project.task" {
				first = call.Method
			}
		}
		is.Equal(first == "load", stage == "")
	}
}

// TestCallsFitThroughADefaultProxy lets the calls grow as large as they get: a
// default nginx takes 1 MiB.
func TestCallsFitThroughADefaultProxy(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	var text strings.Builder
	text.WriteString("[features.A]\ntask_id = 0\nuser_stories = [\n")
	for i := range 5500 {
		fmt.Fprintf(&text, "  { name = \"s%d\", task_id = 0, tags = \"Shop, Story, Late, Large\", description = \"%s\" },\n", i, strings.Repeat("word ", 45))
	}
	text.WriteString("]\n")
	e := w.engine()
	e.SetClock(&fakeClock{}) // by which calls take no time, so that they grow
	_, err := e.Sync(t.Context(), w.write(text.String()))
	is.NoErr(err)
	largest := 0
	for _, call := range w.odoo.Calls() {
		if call.Method == "load" {
			body, err := json.Marshal(call.Args)
			is.NoErr(err)
			largest = max(largest, len(body))
		}
	}
	is.True(largest > 800_000) // they did grow
	is.True(largest < 1<<20-10_000)
}

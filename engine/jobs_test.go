package engine_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// TestJobs counts how many calls create tasks at a time, and looks at the
// order of what they created.
func TestJobs(t *testing.T) {
	for _, row := range []struct {
		jobs, features, stories int
		plain                   bool
		most                    int
	}{
		{jobs: 1, features: 30, stories: 20, most: 1},
		{jobs: 0, features: 30, stories: 20, most: 2},
		{jobs: 8, features: 60, stories: 20, most: 8},
		{jobs: 8, features: 600, most: 6},
		{jobs: 8, features: 100, most: 1},
		{jobs: 8, features: 8, stories: 12, most: 1},  // one useful batch
		{jobs: 8, features: 1, stories: 500, most: 1}, // the stories of a feature go in order
		{jobs: 8, features: 30, stories: 20, most: 1, plain: true},
	} {
		t.Run(fmt.Sprint(row), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t, odoosim.WithWorkers(8, 10*time.Millisecond, 0))
			w.options.Jobs, w.options.PlainCreate = row.jobs, row.plain
			w.together(row.most)
			path := w.write(manyFeatures(row.features, row.stories))
			w.sync(path)
			w.oneToOne(path)
			most := 0
			for _, call := range w.odoo.Calls() {
				if call.Rows > 0 && call.Model == "project.task" {
					most = max(most, call.Overlap+1)
				}
			}
			is.Equal(most, row.most)
			last := make(map[int64]int64) // number of the last story, by feature
			for _, task := range w.odoo.Tasks() {
				if task.ParentID != 0 {
					var n int64
					_, err := fmt.Sscanf(task.Name, "s%d", &n)
					is.NoErr(err)
					is.Equal(n, last[task.ParentID])
					last[task.ParentID]++
				}
			}
		})
	}
}

// TestJobsEndTogether: the last calls are small, so that no worker is busy for
// long while the others have nothing to do.
func TestJobsEndTogether(t *testing.T) {
	is := is.New(t)
	w := newWorld(t, odoosim.WithWorkers(8, 10*time.Millisecond, 0))
	w.sync(w.write(manyFeatures(100, 40)))
	most, last := 0, 0
	for _, call := range w.odoo.Calls() {
		if call.Model == "project.task" && call.Rows > 0 {
			most, last = max(most, call.Rows), call.Rows
		}
	}
	is.True(most > 400)
	is.True(last <= 100)
}

// together holds the first calls of at least a hundred rows until n of them are
// in flight, however slow the machine is; not for ever, where they never are.
func (w *world) together(n int) {
	all := make(chan struct{})
	var once sync.Once
	release := func() { once.Do(func() { close(all) }) }
	timer := time.AfterFunc(10*time.Second, release)
	w.t.Cleanup(func() { timer.Stop() })
	w.odoo.Inject(odoosim.Fault{Times: n, Action: odoosim.Delay(all), Match: func(c odoosim.Call) bool {
		if c.Rows >= 100 && c.Overlap >= n-1 {
			release()
		}
		return c.Rows >= 100
	}})
}

// TestConflictsMakeItOneAtATime has another transaction in the way once.
func TestConflictsMakeItOneAtATime(t *testing.T) {
	is := is.New(t)
	w := newWorld(t, odoosim.WithWorkers(8, 10*time.Millisecond, 0))
	w.options.Jobs = 4
	w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool { return c.Rows >= 100 }, Action: conflict()})
	began := 0 // calls until then
	w.options.Observer = func(ev engine.Event) {
		if _, ok := ev.(engine.OneAtATime); ok {
			began = len(w.odoo.Calls())
		}
	}
	path := w.write(manyFeatures(200, 20))
	w.sync(path)
	w.oneToOne(path)
	is.True(began > 0)
	loads := 0
	for _, call := range w.odoo.Calls()[began:] {
		if call.Rows > 0 {
			loads++
			is.Equal(call.Overlap, 0) // also none of those that were in flight
		}
	}
	is.True(loads > 1)
}

type flight struct{ text, item, last, end string }

// inFlight are maps of which stories or features are on their way in several
// calls at a time; one of these; how the last one begins, and what follows it.
var inFlight = map[string]flight{
	"stories":  {manyFeatures(60, 20), "s3", `  { name = "s19"`, "]\n"},
	"features": {manyFeatures(500, 0), "F30", "[features.F499]", ""},
}

// whileInFlight plays a scene with each of these maps and four calls at a time.
func whileInFlight(t *testing.T, play func(*is.I, *world, flight)) {
	for name, row := range inFlight {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, odoosim.WithWorkers(8, 10*time.Millisecond, 0))
			w.options.Jobs = 4
			play(is.New(t), w, row)
		})
	}
}

// whenThreeFly does something when three calls are in flight together.
func (w *world) whenThreeFly(do func()) {
	w.together(3)
	var once sync.Once
	w.during(func(c odoosim.Call) bool { return c.Rows >= 100 && c.Overlap > 1 }, func() { once.Do(do) })
}

// TestAnErrorFinishesTheCallsInFlight refuses one item while others are on
// their way: what those create is saved, and nothing new begins.
func TestAnErrorFinishesTheCallsInFlight(t *testing.T) {
	whileInFlight(t, func(is *is.I, w *world, row flight) {
		items := strings.Count(row.text, "task_id = 0")
		w.odoo.OnCreate("project.task", refuse("bad", odoosim.UserError("no")))
		path := w.write(strings.Replace(row.text, row.item, "bad", 1))
		result, err := w.engine().Sync(context.Background(), path)
		var refused *engine.ItemError
		is.True(errors.As(err, &refused))
		is.Equal(refused.Item.Name(), "bad")
		is.Equal(strings.Count(w.read(path), "task_id = 0"), items-len(w.odoo.Tasks()))
		is.Equal(result.Count(engine.Created), len(w.odoo.Tasks()))
		is.True(len(w.odoo.Tasks()) < items)
	})
}

// TestAnEditWhileCallsAreInFlight saves an edit while several calls are on
// their way: it adds a feature, and deletes an item that was not sent yet.
func TestAnEditWhileCallsAreInFlight(t *testing.T) {
	whileInFlight(t, func(is *is.I, w *world, row flight) {
		path := w.write(row.text)
		w.whenThreeFly(func() {
			text := w.read(path)
			text = text[:strings.LastIndex(text, row.last)] + row.end
			is.NoErr(os.WriteFile(path, []byte("# edited\n"+text+"[features.Last]\ntask_id = 0\n"), 0o644))
		})
		w.sync(path)
		w.oneToOne(path)
		is.True(strings.HasPrefix(w.read(path), "# edited\n"))
		is.Equal(len(w.odoo.Tasks()), strings.Count(row.text, "task_id = 0")) // one more, one less
	})
}

// TestAnInterruptSavesAllCallsInFlight cancels while several are on their way.
func TestAnInterruptSavesAllCallsInFlight(t *testing.T) {
	whileInFlight(t, func(is *is.I, w *world, row flight) {
		path := w.write(row.text)
		ctx, cancel := context.WithCancel(context.Background())
		w.whenThreeFly(cancel)
		_, err := w.engine().Sync(ctx, path)
		is.True(errors.Is(err, engine.ErrInterrupted))
		is.Equal(strings.Count(w.read(path), "task_id = 0"), strings.Count(row.text, "task_id = 0")-len(w.odoo.Tasks()))
		w.sync(path)
		w.oneToOne(path)
	})
}

// TestTheFirstRefusedItemIsNamed refuses items of several calls that are in
// flight together: no call starts after that but those that find the first, and
// what stands before it is created.
func TestTheFirstRefusedItemIsNamed(t *testing.T) {
	for range 5 {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(odoosim.V17), odoosim.WithWorkers(8, time.Millisecond, 0))
		w.options.Jobs = 8
		no := odoosim.UserError("no")
		w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
			return cmp.Or(refuse("bad", no)(a, ids), refuse("worse", no)(a, ids))
		})
		path := w.write(strings.NewReplacer("F50]", "bad]", "F150]", "worse]").Replace(manyFeatures(500, 0)))
		_, err := w.engine().Sync(context.Background(), path)
		refused, ok := errors.AsType[*engine.ItemError](err)
		is.True(ok)
		is.Equal(refused.Item.Name(), "bad")
		is.Equal(len(w.odoo.Tasks()), 50+300) // before it, and the three batches that nobody refused
		is.Equal(strings.Count(w.read(path), "task_id = 0"), 150)
	}
}

// TestMoreJobsThanThereIsMemory asks for as many as a number can say.
func TestMoreJobsThanThereIsMemory(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Jobs = math.MaxInt
	is.Equal(w.sync(w.write(manyFeatures(3, 1))).Count(engine.Created), 6)
}

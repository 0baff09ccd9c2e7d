package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// afterTasks matches searches for tasks that come after a call which created
// some, from the n-th on.
func afterTasks(n int32) func(odoosim.Call) bool {
	var created atomic.Bool
	var searches atomic.Int32
	return func(c odoosim.Call) bool {
		created.CompareAndSwap(false, c.Model == "project.task" && c.Rows > 0)
		return created.Load() && c.Model == "project.task" && c.Method == "search_read" && searches.Add(1) >= n
	}
}

// TestAnInterruptWhileTasksAreReadBack cancels between the call that created
// tasks and the reads of what it created: their ids are in hand, and are saved.
func TestAnInterruptWhileTasksAreReadBack(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprint("plain create ", plain), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.options.PlainCreate = plain
			renameFirst := func(a *odoosim.Automation, ids []int64) error {
				a.UpdateTask(ids[0], func(task *odoosim.Task) { task.Name = "Renamed" })
				return nil
			}
			w.odoo.OnCreate("project.task", renameFirst) // so that only a look can tell
			ctx, cancel := context.WithCancel(t.Context())
			w.during(afterTasks(1), cancel)
			path := w.write(shop)
			result, err := w.engine().Sync(ctx, path)
			is.True(errors.Is(err, engine.ErrInterrupted))
			is.Equal(len(w.odoo.Tasks()), 2)
			is.Equal(result.Count(engine.Created), 2)
			is.Equal(strings.Count(w.read(path), "task_id = 0"), 2)
			is.True(slices.ContainsFunc(result.Warnings, func(warning engine.Warning) bool {
				return strings.Contains(warning.Message, "Odoo changed task")
			}))
		})
	}
}

// TestAnInterruptWhileOldTasksAreRead does the same where the tasks existed
// before, and their descriptions are read.
func TestAnInterruptWhileOldTasksAreRead(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.sync(path)
	for _, task := range w.odoo.Tasks() {
		w.odoo.UpdateTask(task.ID, func(task *odoosim.Task) { task.Name += " by another name" })
	}
	w.write(shop)
	w.options.Link = true
	ctx, cancel := context.WithCancel(t.Context())
	w.during(afterTasks(2), cancel)
	result, err := w.engine().Sync(ctx, path)
	is.True(errors.Is(err, engine.ErrInterrupted))
	is.Equal(result.Count(engine.Linked), 2)
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 2)
}

// TestAnInterruptWhileADeletedTaskIsAskedFor cancels when the reads show that a
// task was deleted as soon as it was created: its id is not taken for that of
// one that the user may not see.
func TestAnInterruptWhileADeletedTaskIsAskedFor(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Link = true // or a task out of sight would be an error as well
	w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error { return a.DeleteTask(ids[0]) })
	ctx, cancel := context.WithCancel(t.Context())
	w.during(odoosim.On("project.task", "read"), cancel)
	path := w.write(shop)
	_, err := w.engine().Sync(ctx, path)
	var differs *engine.MismatchError
	is.True(errors.As(err, &differs))
	is.True(differs.Items[0].Created)
	is.Equal(strings.Count(w.read(path), "task_id = 0"), strings.Count(shop, "task_id = 0")-1) // the other feature's is there
}

// TestAnInterruptDoesNotHideLostIDs cancels, and breaks the map that holds the
// ids of the features, while the call for the stories is refused for the moment:
// the ids are in the error.
func TestAnInterruptDoesNotHideLostIDs(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Jobs = 1 // so that the run waits for its call when it is interrupted
	path := w.write(shop)
	ctx, cancel := context.WithCancel(t.Context())
	w.odoo.Inject(odoosim.Fault{Action: odoosim.Status(503, ""), Match: func(c odoosim.Call) bool {
		if c.Model != "project.task" || c.Rows == 0 || len(w.odoo.Tasks()) == 0 {
			return false
		}
		cancel()
		is.NoErr(os.WriteFile(path, []byte("[features.F0\n"), 0o644))
		return true
	}})
	e := w.engine()
	e.SetClock(&fakeClock{})
	_, err := e.Sync(ctx, path)
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.True(errors.Is(err, context.Canceled)) // or there was nothing to hide them
	is.Equal(len(notSaved.Items), 2)
}

// TestAnInterruptDoesNotHideALostAnswer cancels while plain create loses an
// answer: the tasks that may exist are in the error.
func TestAnInterruptDoesNotHideALostAnswer(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.PlainCreate = true
	ctx, cancel := context.WithCancel(t.Context())
	w.odoo.Inject(odoosim.Fault{Action: odoosim.DropAfter(), Match: func(c odoosim.Call) bool {
		if c.Model != "project.task" || c.Method != "create" {
			return false
		}
		cancel()
		return true
	}})
	path := w.write(shop)
	_, err := w.engine().Sync(ctx, path)
	var unknown *engine.UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.Equal(len(unknown.Items), 2)
	is.True(errors.Is(err, context.Canceled)) // or there was nothing to hide it
}

// TestAMapErrorDoesNotHideLostIDs breaks the map while a call creates a task
// whose id another item of the map has already.
func TestAMapErrorDoesNotHideLostIDs(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write("[features.New]\ntask_id = 0\n[features.Old]\ntask_id = 1\n")
	_, err := w.syncEdited(path, "[features.New\n")
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.Equal(len(notSaved.Items), 1)
	is.Equal(notSaved.Items[0].ID, int64(1))
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.True(strings.Contains(err.Error(), `when Odoo gave it to "New"`))
}

// TestEditsInTheMidstOfASave replaces the map as soon as a save has begun, three
// times in a row: the edits stay, and each task is created once.
func TestEditsInTheMidstOfASave(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	const edit = "# edited\n"
	prepared := make(chan struct{})
	begin := sync.OnceFunc(func() { close(prepared) })
	w.options.Observer = func(ev engine.Event) {
		if _, ok := ev.(engine.Prepared); ok {
			begin()
		}
	}
	ended := make(chan struct{})
	edits := make(chan int)
	go func() {
		n := 0
		defer func() { edits <- n }()
		<-prepared // after the trial
		for n < 3 {
			select {
			case <-ended:
				return
			default:
			}
			if begun, _ := filepath.Glob(filepath.Join(w.dir, ".map.toml.*")); len(begun) == 0 {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil || os.WriteFile(path+"~", append([]byte(edit), text...), 0o644) != nil || os.Rename(path+"~", path) != nil {
				return
			}
			n++
			for { // one edit for each save
				if begun, _ := filepath.Glob(filepath.Join(w.dir, ".map.toml.*")); len(begun) == 0 {
					break
				}
			}
		}
	}()
	e := w.engine()
	e.SetClock(&fakeClock{})
	_, err := e.Sync(t.Context(), path)
	close(ended)
	n := <-edits
	is.NoErr(err)
	is.Equal(strings.Count(w.read(path), edit), n)
	w.sync(path) // an edit of the text before the save may have come after the run
	w.oneToOne(path)
}

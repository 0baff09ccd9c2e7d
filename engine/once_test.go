package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

var seed = flag.Uint64("seed", 0, "seed of the random tests; 0 takes a new one and prints it")

// oneToOne fails unless the tasks of Odoo and the items of the map match one
// to one: every item has an id, no two the same, and each is of a task with
// its name and under its parent; no task is left over.
func (w *world) oneToOne(path string) {
	w.t.Helper()
	is := is.New(w.t)
	plan, err := engine.Check(path, false)
	is.NoErr(err)
	tasks := make(map[int64]odoosim.Task)
	for _, task := range w.odoo.Tasks() {
		tasks[task.ID] = task
	}
	items := 0
	for item := range plan.Map.All {
		items++
		task, ok := tasks[item.TaskID]
		if !ok {
			w.t.Fatalf("%s %q has task_id %d, which is no task", item.Kind, item.Name, item.TaskID)
		}
		if task.Name != item.Name {
			w.t.Fatalf("%s %q has task_id %d, which is task %q", item.Kind, item.Name, item.TaskID, task.Name)
		}
		if item.Parent != nil {
			is.Equal(task.ParentID, item.Parent.TaskID)
		}
	}
	is.Equal(len(tasks), items) // no task twice
	w.onlyTheMap()
}

const faultMap = `[features.A]
task_id = 0
tags = "Feature, Shop"
user_stories = [ { name = "a1", task_id = 0, tags = "Story" }, { name = "a2", task_id = 0 } ]
[features.B]
task_id = 0
user_stories = [ { name = "b1", task_id = 0 }, { name = "b1", task_id = 0 } ]
`

// wireFaults are the ways in which a call can go wrong on its way.
func wireFaults() map[string]odoosim.Action {
	return map[string]odoosim.Action{
		"dropped before":    odoosim.DropBefore(),
		"dropped after":     odoosim.DropAfter(),
		"half an answer":    odoosim.HalfAnswer(),
		"429":               odoosim.Status(429, ""),
		"429 with wait":     odoosim.Status(429, "1"),
		"502":               odoosim.Status(502, ""),
		"503":               odoosim.Status(503, "0"),
		"504":               odoosim.Status(504, ""),
		"502 after commit":  odoosim.Status(502, "").AfterCommit(),
		"503 after commit":  odoosim.Status(503, "").AfterCommit(),
		"504 after commit":  odoosim.Status(504, "").AfterCommit(),
		"garbage":           odoosim.Garbage(),
		"serialization":     odoosim.ErrorName("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update"),
		"connection lost":   odoosim.ErrorName("psycopg2.InterfaceError", "connection already closed"),
		"past the deadline": odoosim.Hang(),
	}
}

// runUntilDone runs the map with the faults that are injected, and again
// without until nothing is pending.
func (w *world) runUntilDone(path string) {
	w.t.Helper()
	if _, err := w.engine().Sync(context.Background(), path); err == nil {
		return
	}
	w.odoo.ClearFaults()
	w.timeout = 0
	w.sync(path)
}

// TestWireFaults lets each call of a run go wrong in each way, once and until
// the client gives up.
func TestWireFaults(t *testing.T) {
	for _, dialect := range []odoosim.Dialect{odoosim.V14, odoosim.V19} {
		calm := newWorld(t, odoosim.WithDialect(dialect))
		calm.sync(calm.write(faultMap))
		calls := len(calm.odoo.Calls())
		is.New(t).True(calls >= 8)
		for name, action := range wireFaults() {
			for call := 1; call <= calls; call++ {
				for _, times := range []int{1, -1} {
					if name == "past the deadline" && times < 0 {
						continue // takes the deadline of every try
					}
					t.Run(fmt.Sprintf("%s at call %d times %d", name, call, times), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t, odoosim.WithDialect(dialect))
						w.retries = 2
						if name == "past the deadline" {
							w.timeout = 100 * time.Millisecond
						}
						path := w.write(faultMap)
						w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool { return c.Seq >= call }, Times: times, Action: action})
						w.runUntilDone(path)
						w.oneToOne(path)
					})
				}
			}
		}
	}
}

// TestRandomWireFaults goes through runs in which calls go wrong by chance.
func TestRandomWireFaults(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d: repeat with -seed %[1]d", *seed)
	faults := wireFaults()
	delete(faults, "past the deadline")
	var actions []odoosim.Action
	for _, name := range sortedKeys(faults) {
		actions = append(actions, faults[name])
	}
	for round := range 30 {
		dialect := []odoosim.Dialect{odoosim.V14, odoosim.V19}[round%2]
		jobs := []int{1, 2, 8}[round%3]
		t.Run(fmt.Sprint("round ", round, " jobs ", jobs), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(*seed, uint64(round)))
			w := newWorld(t, odoosim.WithDialect(dialect))
			w.retries = 1
			w.options.Jobs = jobs
			text := manyStories(30)
			if jobs > 1 {
				text = []string{manyFeatures(24, 12), manyFeatures(210, 1)}[round/6%2]
			}
			path := w.write(text)
			for run := range 20 {
				w.odoo.ClearFaults()
				if run < 10 {
					for range 8 {
						at := 1 + len(w.odoo.Calls()) + random.IntN(16)
						w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool { return c.Seq == at }, Action: actions[random.IntN(len(actions))]})
					}
				}
				if _, err := w.engine().Sync(context.Background(), path); err == nil {
					break
				}
			}
			w.oneToOne(path)
		})
	}
}

// manyFeatures is a map of features that have stories each: with more than a
// hundred of them, they go out in several calls at a time.
func manyFeatures(features, stories int) string {
	var b strings.Builder
	for i := range features {
		fmt.Fprintf(&b, "[features.F%d]\ntask_id = 0\nuser_stories = [\n", i)
		for j := range stories {
			fmt.Fprintf(&b, "  { name = \"s%d\", task_id = 0, tags = \"T%d\" },\n", j, j%3)
		}
		b.WriteString("]\n")
	}
	return b.String()
}

func sortedKeys(m map[string]odoosim.Action) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestDiscardedCheckoutGetsTheSameTasks(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		path := w.write(shop)
		w.sync(path)
		done := w.read(path)
		w.write(shop)
		result := w.sync(path)
		is.Equal(w.read(path), done) // the same ids
		is.Equal(result.Count(engine.Linked), 4)
		is.Equal(result.Count(engine.Created), 0)
		is.Equal(len(w.odoo.Tasks()), 4)

		// An edited text makes another item of it for a person, so it is not
		// linked without a word; all others are.
		edited := strings.Replace(shop, "As a customer", "As a shop owner", 1)
		w.write(edited)
		_, err := w.engine().Sync(context.Background(), path)
		var mismatch *engine.MismatchError
		is.True(errors.As(err, &mismatch))
		is.Equal(len(mismatch.Items), 1)
		is.Equal(mismatch.Items[0].Name(), "Card")
		is.Equal(mismatch.Items[0].Line, 7)
		is.Equal(mismatch.Items[0].Differences, []engine.Difference{{Field: "description", Map: "As a shop owner", Odoo: "As a customer"}})
		is.Equal(strings.Count(w.read(path), "task_id = 0"), 1)

		w.options.Link = true
		result = w.sync(path)
		is.Equal(result.Count(engine.Linked), 1)
		is.Equal(w.read(path), strings.Replace(done, "As a customer", "As a shop owner", 1))
		is.Equal(len(w.odoo.Tasks()), 4)
	})
}

func TestLinkedTaskThatWasChangedInOdooStopsTheRun(t *testing.T) {
	for want, change := range map[engine.Difference]func(task *odoosim.Task){
		{Field: "name", Map: "Card", Odoo: "Renamed"}:                        func(task *odoosim.Task) { task.Name = "Renamed" },
		{Field: "description", Map: "As a customer", Odoo: "Other"}:          func(task *odoosim.Task) { task.Description = "<p>Other</p>" },
		{Field: "project", Map: "Shop (id 1)", Odoo: "Other (id 2)"}:         func(task *odoosim.Task) { task.ProjectID = 2 },
		{Field: "project", Map: "Shop (id 1)", Odoo: "none"}:                 func(task *odoosim.Task) { task.ProjectID = 0 },
		{Field: "parent", Map: "Checkout (task 1)", Odoo: "none"}:            func(task *odoosim.Task) { task.ParentID = 0 },
		{Field: "parent", Map: "Checkout (task 1)", Odoo: "Search (task 2)"}: func(task *odoosim.Task) { task.ParentID = 2 },
		{Field: "archived", Map: "no", Odoo: "yes"}:                          func(task *odoosim.Task) { task.Archived = true },
	} {
		t.Run(fmt.Sprint(want), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.odoo.AddProject(odoosim.Project{Name: "Other"})
			path := w.write(shop)
			w.sync(path)
			for _, task := range w.odoo.Tasks() {
				if task.Name == "Card" {
					w.odoo.UpdateTask(task.ID, change)
				}
			}
			w.write(shop)
			_, err := w.engine().Sync(context.Background(), path)
			var mismatch *engine.MismatchError
			is.True(errors.As(err, &mismatch))
			is.Equal(mismatch.Items[0].Differences, []engine.Difference{want})
			is.Equal(len(mismatch.Items), 1)
			is.Equal(len(w.odoo.Tasks()), 4)
		})
	}
}

func TestNewStoryUnderAnOldNameIsNotLinkedSilently(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.sync(path)
	text := w.read(path)
	start := strings.Index(text, "    { name = \"Card\"")
	end := start + strings.Index(text[start:], "\n") + 1
	w.write(text[:start] + "    { name = \"Card\", task_id = 0, description = \"Another thing\" },\n" + text[end:])
	_, err := w.engine().Sync(context.Background(), path)
	var mismatch *engine.MismatchError
	is.True(errors.As(err, &mismatch))
	w.options.PlainCreate = true
	w.sync(path)
	is.Equal(len(w.odoo.Tasks()), 5)
}

// TestOrdinals has maps that change between runs, and how many tasks there are
// in the end: an external id whose task belongs to another item of the map is
// not taken away from it.
func TestOrdinals(t *testing.T) {
	story := func(name, text string, id int64) string {
		return fmt.Sprintf("  { name = %q, description = %q, task_id = %d },\n", name, text, id)
	}
	feature := func(stories ...string) string {
		return "[features.F]\ntask_id = 0\nuser_stories = [\n" + strings.Join(stories, "") + "]\n"
	}
	t.Run("a twin is put before", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		path := w.write(feature(story("A", "old", 0)))
		w.sync(path)
		w.write(strings.Replace(w.read(path), "  { name", story("A", "new", 0)+"  { name", 1))
		w.sync(path)
		is.Equal(len(w.odoo.Tasks()), 3)
		w.oneToOne(path)
		done := w.read(path)
		old := w.odoo.Tasks()[1].ID
		w.write(strings.Replace(done, fmt.Sprintf("task_id = %d }", w.odoo.Tasks()[2].ID), "task_id = 0 }", 1))
		w.sync(path)
		is.Equal(w.read(path), done) // and it is found again
		is.True(strings.Contains(done, fmt.Sprintf("\"old\", task_id = %d", old)))
	})
	t.Run("a renamed item leaves its name to another", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		path := w.write(feature(story("A", "x", 0)))
		w.sync(path)
		text := strings.Replace(w.read(path), `name = "A"`, `name = "B"`, 1)
		w.odoo.UpdateTask(w.odoo.Tasks()[1].ID, func(task *odoosim.Task) { task.Name = "B" })
		w.write(strings.Replace(text, "\n]\n", "\n"+story("A", "x", 0)+"]\n", 1))
		w.sync(path)
		is.Equal(len(w.odoo.Tasks()), 3)
		w.oneToOne(path)
	})
	t.Run("a feature as well", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		path := w.write(feature())
		w.sync(path)
		w.write(strings.Replace(w.read(path), "features.F", "features.G", 1) + feature())
		w.odoo.UpdateTask(w.odoo.Tasks()[0].ID, func(task *odoosim.Task) { task.Name = "G" })
		w.sync(path)
		is.Equal(len(w.odoo.Tasks()), 2)
		w.oneToOne(path)
	})
}

// TestTwinsKeepTheirTasks edits stories of one name after a run whose ids were
// lost: each still gets the task that was made for it.
func TestTwinsKeepTheirTasks(t *testing.T) {
	const a, b, c = `{ name = "A", description = "a", task_id = 0 },`, `{ name = "A", description = "b", task_id = 0 },`, `{ name = "A", description = "c", task_id = 0 },`
	for _, test := range []struct {
		name          string
		before, after []string
		tasks         int // in the end, beside that of the feature
	}{
		{"in another order", []string{a, b, c}, []string{c, a, b}, 3},
		{"another put in front", []string{a, b}, []string{c, a, b}, 3},
		{"another put in front of one", []string{a}, []string{c, a}, 2},
		{"another put after one", []string{a}, []string{a, c}, 2},
		{"another put between", []string{a, b}, []string{a, c, b}, 3},
		{"others of the same text", []string{a, a, b}, []string{b, a, a, a}, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			is := is.New(t)
			feature := func(stories []string) string {
				return "[features.F]\ntask_id = 0\nuser_stories = [\n" + strings.Join(stories, "\n") + "\n]\n"
			}
			w := newWorld(t)
			w.sync(w.write(feature(test.before)))
			path := w.write(feature(test.after))
			w.sync(path)
			is.Equal(len(w.odoo.Tasks()), 1+test.tasks)
			w.oneToOne(path)
			texts := make(map[int64]string)
			var externalIDs []string
			for _, task := range w.odoo.Tasks() {
				texts[task.ID] = task.Description
				externalIDs = append(externalIDs, task.ExternalID)
			}
			atOnce := newWorld(t)
			atOnce.sync(atOnce.write(feature(test.after)))
			for _, task := range atOnce.odoo.Tasks() {
				is.True(slices.Contains(externalIDs, task.ExternalID)) // the lowest ordinals, whichever run used them
			}
			plan, err := engine.Check(path, false)
			is.NoErr(err)
			for _, story := range plan.Map.Features[0].Stories {
				is.True(strings.Contains(texts[story.TaskID], ">"+story.Description()+"<"))
			}
		})
	}
	t.Run("one linked by hand in front", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		hand := w.odoo.AddTask(odoosim.Task{Name: "A", ProjectID: w.project})
		synced := fmt.Sprintf(`{ name = "A", task_id = %d },`, hand)
		feature := func(id int64, stories ...string) string {
			return fmt.Sprintf("[features.F]\ntask_id = %d\nuser_stories = [\n%s\n]\n", id, strings.Join(stories, "\n"))
		}
		w.sync(w.write(feature(0, synced, a)))
		parent := w.odoo.Tasks()[1].ID
		w.sync(w.write(feature(parent, a, synced)))
		is.Equal(len(w.odoo.Tasks()), 3)
	})
	t.Run("those before it taken away", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		w.sync(w.write("[features.F]\ntask_id = 0\nuser_stories = [\n" + a + b + c + "]\n"))
		path := w.write("[features.F]\ntask_id = 0\nuser_stories = [\n" + c + "]\n")
		w.sync(path)
		is.Equal(len(w.odoo.Tasks()), 4)
		is.True(strings.Contains(w.read(path), fmt.Sprintf(`"c", task_id = %d`, w.odoo.Tasks()[3].ID)))
	})
	t.Run("a text that was edited stops the run also where the task before is gone", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		w.sync(w.write("[features.F]\ntask_id = 0\nuser_stories = [\n" + a + b + "]\n"))
		w.odoo.DeleteTask(w.odoo.Tasks()[1].ID)
		_, err := w.engine().Sync(context.Background(), w.write("[features.F]\ntask_id = 0\nuser_stories = [\n"+c+"]\n"))
		var mismatch *engine.MismatchError
		is.True(errors.As(err, &mismatch))
		is.Equal(len(w.odoo.Tasks()), 2)
	})
	t.Run("a text that was edited stops the run", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		w.sync(w.write("[features.F]\ntask_id = 0\nuser_stories = [\n" + a + b + "]\n"))
		path := w.write("[features.F]\ntask_id = 0\nuser_stories = [\n" + b + c + "]\n")
		_, err := w.engine().Sync(context.Background(), path)
		var mismatch *engine.MismatchError
		is.True(errors.As(err, &mismatch))
		is.Equal(len(mismatch.Items), 1)
		is.Equal(len(w.odoo.Tasks()), 3)
	})
}

// TestTasksOfEarlierVersionsAreFound by the external ids that their recipe gave
// them; a change to it would create every task again.
func TestTasksOfEarlierVersionsAreFound(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	// The digits are the first 32 of: printf '1\0\0F\0\0001' | sha256sum, and of: printf '1\0\0F\0Card\0001' | sha256sum
	prefix := fmt.Sprintf("__odoosync__.p%d_", w.project)
	feature := w.odoo.AddTask(odoosim.Task{Name: "F", ProjectID: w.project, ExternalID: prefix + "feature_b0442fabf42cf04934268e7b38d4123e"})
	story := w.odoo.AddTask(odoosim.Task{Name: "Card", ProjectID: w.project, ParentID: feature, ExternalID: prefix + "story_17f3092be1115fc43ae4b90a8eb6360e"})
	result := w.sync(w.write("[features.F]\ntask_id = 0\nuser_stories = [ { name = \"Card\", task_id = 0 } ]\n"))
	is.Equal([]int64{result.Items[0].ID, result.Items[1].ID}, []int64{feature, story})
}

// TestStageAndTagsHaveTheExternalIDsOfTheirRecipe, so that no run of another
// version creates them again.
func TestStageAndTagsHaveTheExternalIDsOfTheirRecipe(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	result := w.sync(w.write(shop))
	// The digits are the first 32 of: printf '1\0Backlog\0001' | sha256sum, and of: printf '1\0Feature\0001' | sha256sum
	is.Equal(result.Stage.ExternalID, fmt.Sprintf("__odoosync__.p%d_stage_%s", w.project, "ee5296d29d58427226a066858cbe0961"))
	is.Equal(result.Tags[0].ExternalID, "__odoosync__.tag_1e551e1cedf470fc7e0936c575b4cd04")
}

func TestNamespacesKeepMapsOfOneProjectApart(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.sync(path)
	w.options.Namespace = "second map"
	w.write(shop)
	result := w.sync(path)
	is.Equal(result.Count(engine.Created), 4)
	is.Equal(len(w.odoo.Tasks()), 8)
}

func TestDeletedTaskIsMadeAgain(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.sync(path)
	last := w.odoo.Tasks()[3]
	w.odoo.DeleteTask(last.ID)
	w.write(strings.Replace(w.read(path), fmt.Sprint("task_id = ", last.ID), "task_id = 0", 1))
	result := w.sync(path)
	is.Equal(result.Count(engine.Created), 1)
	w.oneToOne(path)
}

func TestTwoRunsOnTwoCopiesMakeEachTaskOnce(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		text := manyStories(300)
		copies := []string{w.write(text), filepath.Join(t.TempDir(), "map.toml")}
		is.NoErr(os.WriteFile(copies[1], []byte(text), 0o644))
		results := make([]*engine.Result, 2)
		engines := []*engine.Engine{w.engine(), w.engine()}
		var runs sync.WaitGroup
		for i, path := range copies {
			runs.Go(func() {
				var err error
				results[i], err = engines[i].Sync(context.Background(), path)
				if err != nil {
					t.Error(err)
				}
			})
		}
		runs.Wait()
		is.Equal(w.read(copies[0]), w.read(copies[1]))
		is.Equal(len(w.odoo.Tasks()), 301)
		is.Equal(len(w.odoo.Stages()), 1)
		is.Equal(results[0].Count(engine.Pending)+results[1].Count(engine.Pending), 0)
		w.oneToOne(copies[0])
	})
}

func TestBackloggedStageIsMadeOnceAlsoAfterALostAnswer(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.retries = -1
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task.type", "load"), Action: odoosim.DropAfter()})
	path := w.write(shop)
	_, err := w.engine().Sync(t.Context(), path)
	var transport *odoorpc.TransportError
	is.True(errors.As(err, &transport))
	is.Equal(len(w.odoo.Tasks()), 0)
	w.sync(path)
	is.Equal(len(w.odoo.Stages()), 1)
	w.oneToOne(path)
}

func TestSlowAndLargeCallsAreMadeSmaller(t *testing.T) {
	for name, fault := range map[string]odoosim.Action{
		"413": odoosim.Status(413, ""), "504": odoosim.Status(504, ""), "504 after commit": odoosim.Status(504, "").AfterCommit(), "time-out": odoosim.Hang(),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.timeout = 500 * time.Millisecond
			path := w.write(manyStories(90))
			w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool { return c.Method == "load" && c.Rows > 40 }, Times: -1, Action: fault})
			result := w.sync(path)
			is.Equal(result.Count(engine.Created), 91) // none counts as linked: this run made them all
			w.oneToOne(path)
		})
	}
}

func TestInterruptedRunFinishesTheCallInFlightAndSaves(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(manyStories(150))
	ctx, cancel := context.WithCancel(context.Background())
	w.during(func(c odoosim.Call) bool { return c.Method == "load" && c.Rows == 100 }, cancel)
	result, err := w.engine().Sync(ctx, path)
	is.True(errors.Is(err, engine.ErrInterrupted))
	is.Equal(result.Count(engine.Created), 101)
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 50)
	w.sync(path)
	w.oneToOne(path)
}

func TestServerThatKeepsAnsweringWithTakenTasksEndsInAnError(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	text := "[features.A]\ntask_id = 7\n[features.B]\ntask_id = 0\n"
	path := w.write(text)
	w.seed(path)
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Times: -1,
		Action: odoosim.Answer(map[string]any{"ids": []int64{7}, "messages": []any{}})})
	_, err := w.engine().Sync(context.Background(), path)
	var refused *engine.ItemError
	is.True(errors.As(err, &refused))
	is.Equal(w.read(path), text)
}

// TestATaskOfThisRunIsGivenToOneItem has a load answered with the task of a
// namesake that an earlier call of the run created.
func TestATaskOfThisRunIsGivenToOneItem(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.Inject(odoosim.Fault{Match: func(c odoosim.Call) bool { return c.Rows == 1 && len(w.odoo.Tasks()) == 101 },
		Action: odoosim.Answer(map[string]any{"ids": []int64{2}, "messages": []any{}})})
	path := w.write(storiesNamed(slices.Repeat([]string{"s"}, 101)...))
	is.Equal(w.sync(path).Count(engine.Created), 102)
	w.oneToOne(path)
}

// conflict is what load answers when another transaction was in its way.
func conflict() odoosim.Action {
	return refusedRow("could not serialize access due to concurrent update")
}

// refusedRow is what load answers when the first row failed.
func refusedRow(message string) odoosim.Action {
	return odoosim.Answer(map[string]any{"ids": false, "messages": []any{map[string]any{
		"type": "error", "record": 0, "rows": map[string]int{"from": 0, "to": 0}, "message": message,
	}}})
}

// TestALongConflictInAnotherLanguage keeps the table of tasks locked for three
// loads, in a database whose messages are French.
func TestALongConflictInAnotherLanguage(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Times: 3, Action: refusedRow("ERREUR:  annulation de la requête à cause du délai écoulé pour l'obtention des verrous\nLINE 1: INSERT INTO \"project_task\" (\"active\", \"company_id\", \"create_...\n                    ^\n")})
		path := w.write("[features.F]\ntask_id = 0\n")
		is.Equal(w.sync(path).Count(engine.Created), 1)
		w.oneToOne(path)
	})
}

func TestLoadThatLostToAnotherTransactionIsSentAgain(t *testing.T) {
	for _, model := range []string{"project.task", "project.task.type", "project.tags"} {
		t.Run(model, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.odoo.Inject(odoosim.Fault{Match: odoosim.On(model, "load"), Times: 2, Action: conflict()})
			path := w.write(faultMap)
			result := w.sync(path)
			is.Equal(result.Count(engine.Created), 6)
			is.Equal(len(result.Tags), 3)
			for _, tag := range result.Tags {
				is.Equal(tag.LeftOff, "")
			}
			w.oneToOne(path)
		})
	}
}

// A map of another database, or one beside a restored older backup, holds ids
// that Odoo has yet to give out.
func TestIDThatWasNoTaskStopsTheRunWhenOdooGivesItOut(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprint("plain create ", plain), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.options.PlainCreate = plain
			path := w.write("[features.New]\ntask_id = 0\n[features.Old]\ntask_id = 1\n[features.Other]\ntask_id = 0\n")
			_, err := w.engine().Sync(context.Background(), path)
			var mistakes *engine.MapError
			is.True(errors.As(err, &mistakes))
			is.Equal(mistakes.Mistakes[0].Pos.Line, 4)
			is.True(strings.Contains(err.Error(), `no task had the id 1 until now, when Odoo gave it to "New"`))
			is.Equal(len(w.odoo.Tasks()), 2) // none is made again under another external id
			is.Equal(w.read(path), "[features.New]\ntask_id = 1\n[features.Old]\ntask_id = 1\n[features.Other]\ntask_id = 2\n")

			w.write(strings.Replace(w.read(path), "Old]\ntask_id = 1", "Old]\ntask_id = 0", 1))
			w.sync(path)
			is.Equal(len(w.odoo.Tasks()), 3)
			w.oneToOne(path)
		})
	}
}

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// stories is a map of one feature whose stories bear the names.
func storiesNamed(names ...string) string {
	var b strings.Builder
	b.WriteString("[features.F]\ntask_id = 0\nuser_stories = [\n")
	for _, name := range names {
		fmt.Fprintf(&b, "  { name = %q, task_id = 0 },\n", name)
	}
	b.WriteString("]\n")
	return b.String()
}

// refuse lets what runs inside Odoo refuse the records of a name.
func refuse(name string, err error) func(*odoosim.Automation, []int64) error {
	return func(a *odoosim.Automation, ids []int64) error {
		for _, id := range ids {
			if a.Name(id) == name {
				return err
			}
		}
		return nil
	}
}

// TestTheRefusedItemIsNamed has one story of many refused, in each of the ways
// that Odoo and what stands before it do that: what comes before it in the map
// is created and saved, and no other item is blamed.
func TestTheRefusedItemIsNamed(t *testing.T) {
	ways := map[string]func(w *world){
		"an automation rule": func(w *world) { w.odoo.OnCreate("project.task", refuse("casino", odoosim.UserError("not in May"))) },
		"a database trigger": func(w *world) { w.odoo.OnCreate("project.task", refuse("casino", odoosim.TriggerError("not in May"))) },
		"an error at commit": func(w *world) {
			w.odoo.OnCreate("project.task", refuse("casino", odoosim.AtCommit(odoosim.UserError("not in May"))))
		},
		"a filter before Odoo": func(w *world) {
			w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.Page(403, "", "text/html", "<h1>Blocked</h1>"), Match: func(c odoosim.Call) bool {
				return c.Method == "load" && c.Model == "project.task" && c.Contains("casino")
			}})
		},
		"a constraint": func(w *world) {
			w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.RefuseName("casino", "not in May")})
		},
	}
	for way, set := range ways {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			for _, names := range [][]string{{"casino"}, {"a", "b", "casino", "d"}, {"casino", "d"}, {"a", "b", "casino"}, {"a", "b", "x1", "x2", "x3", "x4", "x5", "casino", "d", "e"}} {
				t.Run(fmt.Sprint(way, names), func(t *testing.T) {
					t.Parallel()
					is := is.New(t)
					w := newWorld(t, odoosim.WithDialect(dialect))
					set(w)
					path := w.write(storiesNamed(names...))
					result, err := w.engine().Sync(context.Background(), path)
					var refused *engine.ItemError
					is.True(errors.As(err, &refused))
					before, _, _ := strings.Cut(strings.Join(names, " "), "casino")
					is.Equal(refused.Item.Name(), "casino")
					is.Equal(refused.Hint(), "") // it is not for want of a right
					is.Equal(refused.Item.Line, 4+len(strings.Fields(before)))
					is.Equal(result.Count(engine.Created), 1+len(strings.Fields(before)))
					is.Equal(len(w.odoo.Tasks()), 1+len(strings.Fields(before)))
					is.Equal(strings.Count(w.read(path), "task_id = 0"), len(names)-len(strings.Fields(before)))
				})
			}
		})
	}
}

// TestARefusedTagLeavesItsNeighbours does the same for tags.
func TestARefusedTagLeavesItsNeighbours(t *testing.T) {
	for way, err := range map[string]error{
		"rule": odoosim.UserError("no such tag"), "trigger": odoosim.TriggerError("no such tag"), "commit": odoosim.AtCommit(odoosim.UserError("no such tag")),
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			t.Run(way, func(t *testing.T) {
				is := is.New(t)
				w := newWorld(t, odoosim.WithDialect(dialect))
				w.odoo.OnCreate("project.tags", refuse("c", err))
				result := w.sync(w.write("[features.F]\ntask_id = 0\ntags = \"a, b, c, d\"\n"))
				calm := newWorld(t)
				first := calm.sync(calm.write("[features.F]\ntask_id = 0\ntags = \"a, b, c, d\"\n")).Tags
				for i, tag := range result.Tags {
					is.Equal(tag.Name == "c", tag.LeftOff != "")
					is.Equal(tag.Name == "c", tag.ID == 0)
					is.Equal(tag.Name != "c", tag.ExternalID == first[i].ExternalID) // at the first attempt
				}
				is.Equal(len(w.odoo.Tags()), 3)
				is.Equal(len(w.odoo.Tasks()[0].TagIDs), 3)
			})
		})
	}
}

// TestNothingLeaksIntoWhatAutomationsCreate has an automation create a lead for
// each task: it gets the stage and the salesperson that the CRM gives it.
func TestNothingLeaksIntoWhatAutomationsCreate(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		for _, plain := range []bool{false, true} {
			is := is.New(t)
			w := newWorld(t, odoosim.WithDialect(dialect))
			w.options.PlainCreate = plain
			for i := range 7 {
				w.odoo.AddStage(fmt.Sprint("s", i), i, w.project) // so that no stage of the CRM has the Backlog's id
			}
			w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
				for range ids {
					if _, err := a.Create("crm.lead", "Call them"); err != nil {
						return err
					}
				}
				return nil
			})
			w.sync(w.write(shop))
			leads := w.odoo.Leads()
			is.Equal(len(leads), 4)
			for _, lead := range leads {
				is.Equal(lead.StageID, int64(1))
				is.Equal(lead.UserID, int64(2))
			}
			for _, task := range w.odoo.Tasks() {
				is.Equal(len(task.Assigned), 0)
			}
		}
	})
}

// TestWorkersThatAreKilledGetSmallerBatches has Odoo end each worker that loads
// more than thirty rows.
func TestWorkersThatAreKilledGetSmallerBatches(t *testing.T) {
	for name, action := range map[string]odoosim.Action{"closed": odoosim.DropBefore(), "502": odoosim.Status(502, "")} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.odoo.Inject(odoosim.Fault{Match: odoosim.MoreRows(30), Times: -1, Action: action})
			path := w.write(manyStories(300))
			result := w.sync(path)
			is.Equal(result.Count(engine.Created), 301)
			w.oneToOne(path)
			killed := 0
			for _, call := range w.odoo.Calls() {
				if call.Method == "load" && call.Rows > 30 {
					killed++
				}
			}
			is.True(killed <= 4) // the size is remembered
		})
	}
}

// TestPartsOfARefusedBatch has a story refused together with others, and
// something else happen while the parts of the batch are sent.
func TestPartsOfARefusedBatch(t *testing.T) {
	is := is.New(t)
	refused := func(plain bool) (w *world, path string, part func(odoosim.Call) bool) {
		w = newWorld(t)
		w.options.PlainCreate = plain
		path = w.write(manyStories(20))
		w.odoo.Inject(odoosim.Fault{Action: odoosim.RefuseName("S7", "No sevens today")})
		return w, path, func(c odoosim.Call) bool { return c.Model == "project.task" && c.Rows > 1 && c.Rows < 20 }
	}

	w, path, _ := refused(false) // the second time it is not refused
	is.Equal(w.sync(path).Count(engine.Created), 21)
	w.oneToOne(path)

	w, path, part := refused(false) // the call for a part is lost once
	w.odoo.Inject(odoosim.Fault{Match: part, Action: odoosim.DropBefore()})
	is.Equal(w.sync(path).Count(engine.Created), 21)
	w.oneToOne(path)

	w, path, part = refused(false)
	ctx, cancel := context.WithCancel(t.Context())
	w.during(part, cancel)
	result, err := w.engine().Sync(ctx, path)
	is.True(errors.Is(err, engine.ErrInterrupted))
	is.Equal(result.Count(engine.Created), len(w.odoo.Tasks())) // the call in flight came to its end
	is.True(len(w.odoo.Tasks()) > 1 && len(w.odoo.Tasks()) < 21)
	w.sync(path)
	w.oneToOne(path)

	w, path, part = refused(false)
	w.odoo.Inject(odoosim.Fault{Match: part, Times: -1, Action: odoosim.LoadMessage("User is not allowed to import")})
	_, err = w.engine().Sync(t.Context(), path)
	var setup *engine.SetupError
	is.True(errors.As(err, &setup))
	is.True(strings.Contains(setup.Explain, "--plain-create"))

	w, path, part = refused(true)
	w.odoo.Inject(odoosim.Fault{Match: part, Action: odoosim.DropAfter()})
	result, err = w.engine().Sync(t.Context(), path)
	var unknown *engine.UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.Equal(len(unknown.Items), 10) // of the part that was lost
	is.Equal(result.Count(engine.Created), 1)
}

// TestAnItemTooLargeForTheServerIsNamed has a proxy that takes no call with one
// of the stories.
func TestAnItemTooLargeForTheServerIsNamed(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(manyStories(20))
	w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.Status(413, ""), Match: func(c odoosim.Call) bool { return c.Contains("story 7") }})
	result, err := w.engine().Sync(t.Context(), path)
	var refused *engine.ItemError
	is.True(errors.As(err, &refused))
	is.Equal(refused.Item.Name(), "S7")
	is.True(strings.Contains(refused.Hint(), "shorten the description"))
	is.Equal(result.Count(engine.Created), 7) // the feature and what comes before it
	is.Equal(len(w.odoo.Tasks()), 7)
}

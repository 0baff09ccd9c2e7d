package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

const shop = `# Shop
[features."Checkout"]
task_id = 0 # new
tags = "Feature, Shop"
description = "Pay & leave.\n  With a <card>."
user_stories = [
    { name = "Card", task_id = 0, tags = "Story, Shop", description = "As a customer" },
    { name = "Invoice", task_id = 0 },
]
[features."Search"]
task_id = 0
`

func dialects(t *testing.T, test func(t *testing.T, dialect odoosim.Dialect)) {
	for _, dialect := range []odoosim.Dialect{odoosim.V14, odoosim.V17, odoosim.V19} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, dialect) })
	}
}

func TestTasksAreWhatTheMapSays(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		path := w.write(shop)
		result := w.sync(path)
		tasks := w.odoo.Tasks()
		is.Equal(len(tasks), 4)
		byName := make(map[string]odoosim.Task)
		for _, task := range tasks {
			byName[task.Name] = task
			is.Equal(task.ProjectID, w.project)
			is.Equal(task.StageID, result.Stage.ID)
			is.Equal(len(task.Assigned), 0)
			is.Equal(task.Messages, 0)
		}
		is.Equal(byName["Checkout"].Description, `<p style="white-space: pre-wrap">Pay &amp; leave.<br>  With a &lt;card&gt;.</p>`)
		is.Equal(byName["Search"].Description, "")
		is.Equal(byName["Checkout"].ParentID, int64(0))
		is.Equal(byName["Card"].ParentID, byName["Checkout"].ID)
		is.Equal(byName["Invoice"].ParentID, byName["Checkout"].ID)
		is.Equal(byName["Search"].ParentID, int64(0))
		names := make(map[int64]string)
		for _, tag := range w.odoo.Tags() {
			names[tag.ID] = tag.Name
		}
		is.Equal(len(names), 3)
		tagsOf := func(task string) string {
			var list []string
			for _, id := range byName[task].TagIDs {
				list = append(list, names[id])
			}
			return strings.Join(list, ",")
		}
		is.Equal(tagsOf("Checkout"), "Feature,Shop")
		is.Equal(tagsOf("Card"), "Shop,Story") // Odoo lists them by id
		is.Equal(tagsOf("Invoice"), "")
		stage := w.odoo.Stages()[0]
		is.Equal(stage.Name, "Backlog")
		is.Equal(stage.Sequence, 1)
		is.Equal(result.Count(engine.Created), 4)
		for _, item := range result.Items {
			is.Equal(item.ID, byName[item.Name()].ID)
			is.True(strings.Contains(strings.Split(w.read(path), "\n")[item.Line-1], fmt.Sprintf("task_id = %d", item.ID))) // the line named has the id
		}
	})
}

func TestEachTaskHasItsAddress(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	result := w.sync(w.write(shop))
	is.Equal(result.Project.ID, int64(1))
	for _, item := range result.Items {
		is.Equal(item.URL, fmt.Sprintf("%s/odoo/project/1/tasks/%d", w.odoo.URL(), item.ID))
	}
}

func TestEventsTellHowFarARunIs(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.sync(w.write(shop))
	var kinds []string
	for _, ev := range w.events {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", ev), "engine."))
	}
	is.Equal(kinds, []string{"Planned", "Connected", "Prepared", "Saved", "Saved"})
	is.Equal(w.events[1].(engine.Connected).Project.Name, "Shop")
	is.Equal(w.events[4].(engine.Saved).Done, 4)
}

func TestSecondRunHasNothingToDo(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.sync(path)
	text, calls := w.read(path), len(w.odoo.Calls())
	result := w.sync(path)
	is.Equal(result.Count(engine.Synced), 4)
	is.Equal(w.read(path), text)
	is.Equal(len(w.odoo.Calls()), calls) // not even a login
}

func TestExistingStageAndTagsAreTaken(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	other := w.odoo.AddProject(odoosim.Project{Name: "Other"})
	w.odoo.AddStage("Backlog", 1, other)
	mine := w.odoo.AddStage("Backlog", 7, w.project)
	tag := w.odoo.AddTag("Shop")
	result := w.sync(w.write(shop))
	is.Equal(result.Stage, engine.Stage{ID: mine, Name: "Backlog"})
	is.Equal(result.Tags[1], engine.Tag{ID: tag, Name: "Shop"})
	is.Equal(len(w.odoo.Stages()), 2)
	is.Equal(len(w.odoo.Tags()), 3)
}

func TestDryRunCreatesNothing(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.options.DryRun = true
		path := w.write(shop)
		before, err := os.Stat(path)
		is.NoErr(err)
		result := w.sync(path)
		is.Equal(len(w.odoo.Tasks())+len(w.odoo.Stages())+len(w.odoo.Tags()), 0)
		is.Equal(result.Count(engine.Create), 4)
		is.Equal(result.Project.ID, w.project)
		is.True(result.Session.Version != "")
		is.Equal(result.Stage.Creatable, engine.Allowed)
		is.Equal(len(result.Tags), 3)
		is.Equal(result.Tags[0].Creatable, engine.Allowed)
		after, err := os.Stat(path)
		is.NoErr(err)
		is.True(after.ModTime().Equal(before.ModTime()))
		is.Equal(w.read(path), shop)
		w.onlyTheMap()
	})
}

// TestSetup has what keeps a run from starting: nothing is created then.
func TestSetup(t *testing.T) {
	for name, row := range map[string]struct {
		arrange func(w *world)
		want    string
	}{
		"no such project": {func(w *world) { w.options.Project = "Shopp" }, `project "Shopp" not found, or not visible to user admin`},
		"archived project": {func(w *world) {
			w.odoo.AddProject(odoosim.Project{Name: "Attic", Archived: true})
			w.options.Project = "Attic"
		}, `project "Attic" (id 2) is archived`},
		"archived project by id": {func(w *world) {
			w.options.Project = fmt.Sprint(w.odoo.AddProject(odoosim.Project{Name: "Attic", Archived: true}))
		}, `project "Attic" (id 2) is archived`},
		"two of one name": {func(w *world) { w.odoo.AddProject(odoosim.Project{Name: "Shop"}) }, `2 projects are named "Shop": ids 1, 2`},
		"parent archived": {func(w *world) { w.odoo.UpdateTask(9, func(task *odoosim.Task) { task.Archived = true }) },
			`map.toml:2: feature "Gone": its task 9 is archived`},
		"parent deleted": {func(w *world) { w.odoo.DeleteTask(9) }, `map.toml:2: feature "Gone": its task 9 is not in Odoo`},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			text := "[features.Gone]\ntask_id = 9\nuser_stories = [ { name = \"s\", task_id = 0 } ]\n[features.New]\ntask_id = 0\n"
			path := w.write(text)
			w.seed(path)
			row.arrange(w)
			tasks := len(w.odoo.Tasks())
			_, err := w.engine().Sync(context.Background(), path)
			var setup *engine.SetupError
			is.True(errors.As(err, &setup))
			is.True(strings.Contains(err.Error(), row.want)) // says what is wrong
			is.True(setup.Hint() != "")
			is.Equal(len(w.odoo.Tasks()), tasks)
			is.Equal(len(w.odoo.Stages()), 0)
			is.Equal(w.read(path), text)
		})
	}
}

func TestMissingRightForTheStageStopsBeforeTheFirstTask(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.odoo.AddUser(odoosim.User{Login: "ann", Password: "pw", Name: "Ann", Role: odoosim.ProjectUser})
		_, err := w.engineFor("ann", "pw").Sync(context.Background(), w.write(shop))
		var setup *engine.SetupError
		is.True(errors.As(err, &setup))
		is.True(strings.Contains(setup.Hint(), "Project / Administrator"))
		is.Equal(len(w.odoo.Tasks()), 0)
	})
}

func TestTagsThatCannotBeMadeAreLeftOff(t *testing.T) {
	is := is.New(t)
	w := newWorld(t, odoosim.WithDialect(odoosim.V14))
	w.odoo.AddUser(odoosim.User{Login: "ann", Password: "pw", Name: "Ann", Role: odoosim.ProjectUser})
	w.odoo.AddStage("Backlog", 1, w.project)
	w.odoo.AddTag("Shop")
	result, err := w.engineFor("ann", "pw").Sync(context.Background(), w.write(shop))
	is.NoErr(err)
	is.Equal(len(w.odoo.Tags()), 1)
	is.Equal(result.Count(engine.Created), 4)
	is.Equal(result.Tags[0].LeftOff, "the user has no right to create tags")
	is.Equal(result.Tags[1].LeftOff, "")
	loads := 0
	for _, call := range w.odoo.Calls() {
		if call.Model == "project.tags" && call.Rows > 0 {
			loads++
		}
	}
	is.Equal(loads, 1) // what is refused is not tried again
	is.Equal(len(w.odoo.Tasks()[0].TagIDs), 1)
	is.Equal(len(result.Warnings), 2)
}

func TestMissingRightForTasksIsNamed(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.odoo.AddStage("Backlog", 1, w.project)
		w.odoo.AddUser(odoosim.User{Login: "ann", Password: "pw", Name: "Ann", Role: odoosim.Internal})
		path := w.write(shop)
		_, err := w.engineFor("ann", "pw").Sync(context.Background(), path)
		var refused *engine.ItemError
		is.True(errors.As(err, &refused))
		is.True(strings.Contains(refused.Hint(), "Project / User"))
		is.True(!strings.Contains(refused.Error(), "Unknown error")) // Odoo's own words only
		is.Equal(len(w.odoo.Tasks()), 0)
		w.options.PlainCreate = true
		_, err = w.engineFor("ann", "pw").Sync(context.Background(), path)
		var setup *engine.SetupError
		is.True(errors.As(err, &setup))
		is.True(strings.Contains(setup.Hint(), "Project / User"))
		w.options.PlainCreate = false
		if dialect == odoosim.V19 {
			return // where the right exists but a rule refuses, a dry run cannot know
		}
		w.options.DryRun = true
		for _, w.options.Link = range []bool{false, true} {
			_, err = w.engineFor("ann", "pw").Sync(context.Background(), path)
			is.True(errors.As(err, &setup))
			is.True(strings.Contains(setup.Hint(), "Project / User"))
		}
	})
}

func TestNotifyPostsMessages(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Notify = true
	w.sync(w.write(shop))
	for _, task := range w.odoo.Tasks() {
		is.Equal(task.Messages, 1)
		is.Equal(len(task.Assigned), 0)
	}
}

// manyStories is a map of one feature with n pending stories named S1 to Sn.
func manyStories(n int) string {
	var b strings.Builder
	b.WriteString("[features.Big]\ntask_id = 0\nuser_stories = [\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "  { name = \"S%d\", task_id = 0, description = \"story %d\" },\n", i, i)
	}
	b.WriteString("]\n")
	return b.String()
}

func TestRefusedItemStopsTheRunAfterTheItemsBeforeIt(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain create %v", plain), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.options.PlainCreate = plain
			path := w.write(manyStories(20))
			w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.RefuseName("S7", "No sevens today")})
			result, err := w.engine().Sync(context.Background(), path)
			var refused *engine.ItemError
			is.True(errors.As(err, &refused))
			is.Equal(refused.Item.Name(), "S7")
			is.Equal(refused.Item.Line, 10)
			is.True(strings.Contains(refused.Error(), "No sevens today"))
			is.Equal(result.Count(engine.Created), 7) // the feature and six stories
			is.Equal(len(w.odoo.Tasks()), 7)
			is.Equal(strings.Count(w.read(path), "task_id = 0"), 14)

			w.odoo.ClearFaults()
			result = w.sync(path)
			is.Equal(result.Count(engine.Created), 14)
			is.Equal(len(w.odoo.Tasks()), 21)
			w.onlyTheMap()
		})
	}
}

func TestPlainCreateStopsWhenTheOutcomeIsUnknown(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.PlainCreate = true
	path := w.write(manyStories(3))
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Action: odoosim.DropAfter()})
	_, err := w.engine().Sync(context.Background(), path)
	var unknown *engine.UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.Equal(unknown.Items[0].Name(), "Big")
	is.Equal(err.Error(), path+": no usable reply to the creation of 1 task, which may or may not exist in Odoo: "+
		strings.TrimPrefix(w.odoo.URL(), "http://")+": project.task.create: connection closed without an answer")
	is.Equal(len(w.odoo.Tasks()), 1) // not sent again
}

// What Odoo refused is sent in parts, of which the second gets no answer: those
// of the first are in the map, and not in doubt.
func TestOnlyWhatMayExistIsInDoubt(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.PlainCreate = true
	w.odoo.OnCreate("project.task", refuse("casino", odoosim.UserError("not in May")))
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Skip: 3, Action: odoosim.DropAfter()})
	path := w.write(storiesNamed("a", "b", "c", "casino"))
	_, err := w.engine().Sync(context.Background(), path)
	var unknown *engine.UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.Equal(len(unknown.Items), 1)
	is.Equal(unknown.Items[0].Name(), "c")
	is.True(strings.HasPrefix(err.Error(), path+": no usable reply to the creation of "))
	is.True(strings.HasSuffix(err.Error(), "connection closed without an answer")) // and not with the refusal
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 2)
	is.Equal(len(w.odoo.Tasks()), 4) // the feature and three stories
}

// The id of a task that was there before is no id of a task that a create made.
func TestPlainCreateTakesNoTaskThatWasThereBefore(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.PlainCreate = true
	path := w.write("[features.First]\ntask_id = 0\n")
	w.sync(path)
	text := w.read(path) + "[features.Second]\ntask_id = 0\n"
	w.write(text)
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Action: odoosim.Answer([]int64{w.odoo.Tasks()[0].ID})})
	_, err := w.engine().Sync(context.Background(), path)
	var unknown *engine.UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.Equal(unknown.Items[0].Name(), "Second")
	is.Equal(w.read(path), text)
}

func TestServersThatCloseImportsStopTheRun(t *testing.T) {
	for name, action := range map[string]func(model string) odoosim.Action{
		"no such method": func(model string) odoosim.Action {
			return odoosim.ErrorName("builtins.AttributeError", "The method '"+model+".load' does not exist")
		},
		"closed to users": func(string) odoosim.Action {
			return odoosim.ErrorName("odoo.exceptions.AccessError", "Imports are for administrators")
		},
		"closed in answer": func(string) odoosim.Action { return odoosim.LoadMessage("User (ID: 2) is not allowed to import data") },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Action: odoosim.Status(503, "")}) // the dry run asks again
			for _, model := range []string{"project.task.type", "project.tags", "project.task"} {
				w.odoo.Inject(odoosim.Fault{Match: odoosim.On(model, "load"), Times: -1, Action: action(model)})
			}
			path := w.write(shop)
			for _, stage := range []bool{false, true} { // missing, then there
				if stage {
					w.odoo.AddStage("Backlog", 1, w.project)
				}
				for _, dry := range []bool{true, false} {
					w.options.DryRun = dry
					_, err := w.engine().Sync(context.Background(), path)
					var setup *engine.SetupError
					is.True(errors.As(err, &setup))
					is.True(strings.Contains(setup.Explain, "--plain-create"))
				}
			}
			is.Equal(len(w.odoo.Tasks()), 0)
			is.Equal(w.read(path), shop)

			w.options.PlainCreate = true
			is.Equal(w.sync(path).Count(engine.Created), 4)
			is.Equal(len(w.odoo.Stages()), 1)
			is.Equal(w.odoo.Tags()[0].Name, "Feature")
			is.Equal(w.odoo.Tasks()[0].ExternalID, "")
		})
	}
}

func TestNoticesWhatIsMissingInTheConfiguration(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.AddUser(odoosim.User{Login: "bob", Password: "pw", Name: "Bob", Role: odoosim.ProjectUser})
	_, err := w.engineFor("bob", "wrong").Sync(context.Background(), w.write(shop))
	var login *odoorpc.LoginError
	is.True(errors.As(err, &login))
}

func TestEnsureStagesMakesTheMissingOnes(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		done := w.odoo.AddStage("Done", 50, w.project)
		result, err := w.engine().EnsureStages(context.Background())
		is.NoErr(err)
		var board []string
		for _, stage := range result.Stages {
			board = append(board, fmt.Sprint(stage.Name, " ", stage.Created))
		}
		is.Equal(board, []string{"Backlog true", "Up Next true", "In Progress true", "User Acceptance true", "Done false", "Archive true"})
		is.Equal(result.Stages[4].ID, done)
		sequences := make(map[string]int)
		for _, stage := range w.odoo.Stages() {
			sequences[stage.Name] = stage.Sequence
		}
		is.Equal(sequences, map[string]int{"Backlog": 1, "Up Next": 2, "In Progress": 3, "User Acceptance": 4, "Done": 50, "Archive": 6})
		again, err := w.engine().EnsureStages(context.Background())
		is.NoErr(err)
		is.Equal(len(w.odoo.Stages()), 6)
		is.Equal(again.Stages[0].Created, false)
		is.Equal(again.Stages[0].ID, result.Stages[0].ID)
		w.options.Project = "of nobody"
		_, err = w.engine().EnsureStages(context.Background())
		is.True(errors.As(err, new(*engine.SetupError)))
	})
}

func TestPullIsAPlaceholder(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	is.True(errors.Is(w.engine().Pull(context.Background(), filepath.Join(w.dir, "map.toml")), engine.ErrNotImplemented))
}

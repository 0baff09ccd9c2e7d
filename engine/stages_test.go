package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// TestAStageThatWasTakenAwayIsNotTaken: it was renamed, archived or taken out of
// the project; its external id leads to it, and a new Backlog is created all the
// same.
func TestAStageThatWasTakenAwayIsNotTaken(t *testing.T) {
	for field, value := range map[string]any{"name": "Ideas", "active": false, "project_ids": []any{[]any{6, 0, []int64{}}}} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			is := is.New(t)
			w := newWorld(t, odoosim.WithDialect(dialect))
			old := w.sync(w.write("[features.A]\ntask_id = 0\n")).Stage
			client, err := odoorpc.New(odoorpc.Config{URL: w.odoo.URL(), Database: w.odoo.Database(), Login: "admin", Password: odoorpc.NewSecret("admin")})
			is.NoErr(err)
			defer client.Close()
			_, err = client.Connect(t.Context())
			is.NoErr(err)
			is.NoErr(client.Call(t.Context(), "project.task.type", "write", odoorpc.Args{
				IDs: []int64{old.ID}, Params: []odoorpc.Param{{Name: "vals", Value: map[string]any{field: value}}},
			}, nil))
			stage := w.sync(w.write("[features.B]\ntask_id = 0\n")).Stage
			is.True(stage.Created && stage.ID != old.ID)
			is.Equal(len(w.odoo.Stages()), 2)
		})
	}
}

// TestARecordThatIsRenamedEachTime has every load of a stage or tag lead to one
// that was seen under another name: a few external ids are tried, and no more.
func TestARecordThatIsRenamedEachTime(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	old := w.odoo.AddStage("Ideas", 1, w.project)
	renamed := func(model string, id int64) func() int {
		externalIDs := make(map[string]bool)
		w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.Answer(map[string]any{"ids": []int64{id}, "messages": []any{}}), Match: func(c odoosim.Call) bool {
			if c.Model != model || c.Method != "load" {
				return false
			}
			externalIDs[fmt.Sprint(c.Args, c.Named)] = true
			return true
		}})
		return func() int { return len(externalIDs) }
	}
	stages := renamed("project.task.type", old)
	path := w.write("[features.A]\ntask_id = 0\ntags = \"Water\"\n")
	_, err := w.engine().Sync(t.Context(), path)
	var setup *engine.SetupError
	is.True(errors.As(err, &setup))
	is.True(strings.Contains(err.Error(), "created 5 times") && setup.Hint() != "")
	is.Equal(stages(), 5)
	is.Equal(len(w.odoo.Tasks()), 0)

	w.odoo.AddStage("Backlog", 2, w.project)
	tags := renamed("project.tags", w.odoo.AddTag("Fire"))
	result := w.sync(path)
	is.Equal(tags(), 3)
	is.Equal(result.Tags, []engine.Tag{{Name: "Water", LeftOff: "it was created before, and renamed each time"}})
	is.Equal(len(result.Warnings), 1)
	is.Equal(len(w.odoo.Tasks()[0].TagIDs), 0)
}

// TestATagThatAnotherCreatesAtTheSameMoment is refused to this run, and taken.
func TestATagThatAnotherCreatesAtTheSameMoment(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	var theirs int64
	w.during(odoosim.On("project.tags", "load"), func() {
		if theirs == 0 {
			theirs = w.odoo.AddTag("Water")
		}
	})
	w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.RefuseName("Water", "A tag with the same name already exists.")})
	result := w.sync(w.write("[features.A]\ntask_id = 0\ntags = \"Water, Fire\"\n"))
	is.Equal(result.Tags[0], engine.Tag{ID: theirs, Name: "Water"})
	is.Equal(len(result.Warnings), 0)
	is.Equal(len(w.odoo.Tasks()[0].TagIDs), 2)
}

// TestTagsThatCannotBeAskedForStopTheRun: only what Odoo refuses is left off.
func TestTagsThatCannotBeAskedForStopTheRun(t *testing.T) {
	for _, method := range []string{"search_read", "load"} {
		for skip := range 2 {
			is := is.New(t)
			w := newWorld(t)
			w.retries = -1
			w.odoo.OnCreate("project.tags", refuse("b", odoosim.UserError("no such tag")))
			w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.tags", method), Skip: skip, Action: odoosim.Status(503, "")})
			_, err := w.engine().Sync(t.Context(), w.write("[features.A]\ntask_id = 0\ntags = \"a, b, c\"\n"))
			var transport *odoorpc.TransportError
			is.True(errors.As(err, &transport))
			is.Equal(len(w.odoo.Tasks()), 0)
		}
	}
}

// TestARightThatCannotBeAskedForIsNotDenied: the run may have it.
func TestARightThatCannotBeAskedForIsNotDenied(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.retries, w.options.DryRun = -1, true
	for _, call := range [][2]string{{"project.task", "load"}, {"project.task", "check_access_rights"}, {"project.task.type", "check_access_rights"},
		{"project.tags", "check_access_rights"}, {"res.users", "has_group"}} {
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On(call[0], call[1]), Times: -1, Action: odoosim.Status(503, "")})
	}
	result := w.sync(w.write("[features.A]\ntask_id = 0\ntags = \"Water\"\n"))
	is.Equal(result.Stage, engine.Stage{Name: "Backlog"})
	is.Equal(result.Tags, []engine.Tag{{Name: "Water"}})
}

// TestARefusedStageIsExplained: --plain-create is of use only where imports are
// closed, and the right is there.
func TestARefusedStageIsExplained(t *testing.T) {
	closed := odoosim.ErrorName("odoo.exceptions.AccessError", "Imports are for administrators")
	refused := odoosim.RefuseName("Backlog", "No such stage")
	for _, row := range []struct {
		login, password string
		action          odoosim.Action
		plain           bool
	}{{"admin", "admin", closed, true}, {"admin", "admin", refused, false}, {"ann", "pw", closed, false}} {
		is := is.New(t)
		w := newWorld(t)
		w.odoo.AddUser(odoosim.User{Login: "ann", Password: "pw", Name: "Ann", Role: odoosim.ProjectUser})
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task.type", "load"), Times: -1, Action: row.action})
		_, err := w.engineFor(row.login, row.password).Sync(t.Context(), w.write(shop))
		var setup *engine.SetupError
		is.True(errors.As(err, &setup))
		is.Equal(strings.Contains(setup.Hint(), "--plain-create"), row.plain)
		is.Equal(strings.Contains(setup.Hint(), "Project / Administrator"), !row.plain)
		is.Equal(len(w.odoo.Tags()), 0) // nothing is created that no task will have
	}
}

func TestMoreTagsThanGoIntoACall(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	var names []string
	for i := range 1501 {
		names = append(names, fmt.Sprint("t", i))
	}
	w.sync(w.write(fmt.Sprintf("[features.A]\ntask_id = 0\ntags = %q\n", strings.Join(names, ","))))
	is.Equal(len(w.odoo.Tasks()[0].TagIDs), 1501)
	for _, call := range w.odoo.Calls() {
		is.True(call.Model != "project.tags" || call.Rows <= 500)
	}
}

// TestTagsAreRefusedForTheMoment: of those refused together none may be refused
// alone; and where the import of tags is closed, none is tried again.
func TestTagsAreRefusedForTheMoment(t *testing.T) {
	for _, row := range []struct {
		times  int
		action odoosim.Action
		loads  int
		why    string
	}{
		{1, odoosim.RefuseName("b", "Not now"), 4, ""},
		{-1, odoosim.LoadMessage("User is not allowed to import"), 1, "User is not allowed to import"},
	} {
		is := is.New(t)
		w := newWorld(t)
		w.odoo.Inject(odoosim.Fault{Times: row.times, Match: odoosim.On("project.tags", "load"), Action: row.action})
		result := w.sync(w.write("[features.A]\ntask_id = 0\ntags = \"a, b, c\"\n"))
		for _, tag := range result.Tags {
			is.Equal(tag.LeftOff, row.why)
		}
		loads := 0
		for _, call := range w.odoo.Calls() {
			if call.Model == "project.tags" && call.Method == "load" {
				loads++
			}
		}
		is.Equal(loads, row.loads)
	}
}

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// statuses are those of a result's items, in the order of the map.
func statuses(r *engine.Result) string {
	var list []string
	for _, item := range r.Items {
		list = append(list, string(item.Status))
	}
	return strings.Join(list, " ")
}

// asBob runs a map as a project user who is no administrator.
func (w *world) asBob(path string, dry bool) (*engine.Result, error) {
	w.t.Helper()
	w.options.DryRun = dry
	defer func() { w.options.DryRun = false }()
	return w.engineFor("bob", "pw").Sync(context.Background(), path)
}

func newWorldOfBob(t *testing.T, options ...odoosim.Option) *world {
	w := newWorld(t, options...)
	w.odoo.AddUser(odoosim.User{Login: "bob", Password: "pw", Name: "Bob", Role: odoosim.ProjectUser})
	w.odoo.AddStage("Backlog", 1, w.project)
	return w
}

// TestADryRunSaysWhatTheRunDoes loses the ids of a map, changes a task in
// Odoo, and compares what the dry run says with what the run does.
func TestADryRunSaysWhatTheRunDoes(t *testing.T) {
	const text = "[features.A]\ntask_id = 0\nuser_stories = [\n  { name = \"one\", task_id = 0, description = \"1\" },\n  { name = \"two\", task_id = 0 },\n]\n"
	for name, row := range map[string]struct {
		change func(w *world, task *odoosim.Task)
		want   string
	}{
		"nothing":     {nil, "link link link create"},
		"name":        {func(_ *world, task *odoosim.Task) { task.Name = "Renamed" }, "link differs link create"},
		"description": {func(_ *world, task *odoosim.Task) { task.Description = "<p>2</p>" }, "link differs link create"},
		"archived":    {func(_ *world, task *odoosim.Task) { task.Archived = true }, "link differs link create"},
		"moved": {func(w *world, task *odoosim.Task) {
			task.ProjectID = w.odoo.AddProject(odoosim.Project{Name: "Other"})
		}, "link differs link create"},
		"renamed and hidden": {func(w *world, task *odoosim.Task) {
			task.Name, task.ProjectID = "Secret", w.odoo.AddProject(odoosim.Project{Name: "Private", Privacy: odoosim.PrivacyFollowers})
		}, "link differs link create"},
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				w := newWorldOfBob(t, odoosim.WithDialect(dialect))
				path := w.write(text)
				_, err := w.asBob(path, false)
				is.NoErr(err)
				for _, task := range w.odoo.Tasks() {
					if task.Name == "one" && row.change != nil {
						row.change(w, &task)
						w.odoo.UpdateTask(task.ID, func(t *odoosim.Task) { *t = task })
					}
				}
				added := strings.TrimSuffix(text, "]\n") + "  { name = \"three\", task_id = 0 },\n]\n"
				w.write(added)
				before := len(w.odoo.Tasks())
				dry, dryErr := w.asBob(path, true)
				is.Equal(statuses(dry), row.want)
				is.Equal(w.read(path), added)
				is.Equal(len(w.odoo.Tasks()), before)
				run, runErr := w.asBob(path, false)
				is.Equal(dryErr == nil, runErr == nil)
				var differs *engine.MismatchError
				if row.change == nil {
					is.Equal(statuses(run), "linked linked linked created")
					w.oneToOne(path)
					return
				}
				is.True(errors.As(dryErr, &differs))
				is.True(errors.As(runErr, &differs))
				is.True(strings.Contains(w.read(path), "\"one\", task_id = 0"))
				is.True(len(w.odoo.Tasks()) <= before+1) // what goes out in one call with it may be created
				is.Equal(len(dry.Items[1].Differences) > 0, true)
			})
		})
	}
}

// TestABusyServerChangesNoOutlook lets every other call of a dry run fail for
// the moment: all are repeated, and say the same.
func TestABusyServerChangesNoOutlook(t *testing.T) {
	for name, prepare := range map[string]func(w *world){
		"create create create create": func(*world) {},
		"differs differs differs differs": func(w *world) { // renamed tasks are found by their external ids only
			w.odoo.AddStage("Backlog", 1, w.project)
			w.sync(w.write(shop))
			for _, task := range w.odoo.Tasks() {
				w.odoo.UpdateTask(task.ID, func(task *odoosim.Task) { task.Name = "Renamed" })
			}
		},
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				w, _, _ := french(t, dialect)
				w.odoo.AddUser(odoosim.User{Login: "bob", Password: "pw", Role: odoosim.ProjectUser, Lang: "fr_FR"})
				w.odoo.AddUser(odoosim.User{Login: "eve", Password: "pw", Role: odoosim.Internal, Lang: "fr_FR"})
				prepare(w)
				path := w.write(shop + "tags = \"Eau\"\n")
				for login, password := range map[string]string{"zoe": "f", "bob": "pw", "eve": "pw"} {
					w.options.DryRun = true
					calm, calmErr := w.engineFor(login, password).Sync(t.Context(), path)
					calls := 0
					w.odoo.Inject(odoosim.Fault{Times: -1, Action: odoosim.Status(503, ""), Match: func(odoosim.Call) bool {
						calls++
						return calls%2 == 1
					}})
					busy, busyErr := w.engineFor(login, password).Sync(t.Context(), path)
					w.odoo.ClearFaults()
					w.options.DryRun = false
					calm.Duration, busy.Duration = 0, 0
					calm.Session.Time, busy.Session.Time = time.Time{}, time.Time{}
					is.Equal(statuses(calm), name)
					is.Equal(busy, calm)
					is.Equal(fmt.Sprint(busyErr), fmt.Sprint(calmErr))
				}
			})
		})
	}
}

// TestAFailedLookTakesNothing: tasks that could not be read are not taken for
// tasks that the user may not see.
func TestAFailedLookTakesNothing(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.retries, w.options.Link = -1, true
	path := w.write(shop)
	w.sync(path)
	w.write(shop)
	w.odoo.Inject(odoosim.Fault{Skip: 1, Match: odoosim.On("project.task", "search_read"), Action: odoosim.Status(503, "")})
	_, err := w.engine().Sync(t.Context(), path)
	var transport *odoorpc.TransportError
	is.True(errors.As(err, &transport))
	is.Equal(w.read(path), shop)
}

// TestAHiddenTaskIsNeverTaken is about a task that only the load of its item
// leads to.
func TestAHiddenTaskIsNeverTaken(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorldOfBob(t, odoosim.WithDialect(dialect))
		const text = "[features.A]\ntask_id = 0\n"
		path := w.write(text)
		_, err := w.asBob(path, false)
		is.NoErr(err)
		private := w.odoo.AddProject(odoosim.Project{Name: "Private", Privacy: odoosim.PrivacyFollowers})
		w.odoo.UpdateTask(w.odoo.Tasks()[0].ID, func(task *odoosim.Task) { task.Name, task.ProjectID = "Secret", private })
		w.write(text)
		_, err = w.asBob(path, false)
		var differs *engine.MismatchError
		is.True(errors.As(err, &differs))
		unseen := differs.Items[0].Unseen
		is.Equal(unseen, dialect == odoosim.V14) // later, who created a task follows it, and sees it
		is.Equal(strings.Contains(err.Error(), "is not what the map says"), unseen)
		is.True(strings.Contains(differs.Hint(), "--link"))
		is.Equal(w.read(path), text)

		w.options.Link = true
		result, err := w.asBob(path, false)
		is.NoErr(err)
		is.Equal(statuses(result), "linked")
		is.Equal(len(result.Warnings) == 1, unseen)
	})
}

// TestWhatIsOutOfSightTogetherIsRefused hides a feature and its story: nothing
// can be loaded under the one, and the other's id is known only from a load.
func TestWhatIsOutOfSightTogetherIsRefused(t *testing.T) {
	is := is.New(t)
	w := newWorldOfBob(t, odoosim.WithDialect(odoosim.V14))
	text := storiesNamed("s")
	path := w.write(text)
	_, err := w.asBob(path, false)
	is.NoErr(err)
	private := w.odoo.AddProject(odoosim.Project{Name: "Private", Privacy: odoosim.PrivacyFollowers})
	for _, task := range w.odoo.Tasks() {
		w.odoo.UpdateTask(task.ID, func(task *odoosim.Task) { task.Name, task.ProjectID = "Secret", private })
	}
	w.write(text)
	w.options.Link = true
	for _, dry := range []bool{true, false} {
		_, err = w.asBob(path, dry)
		var setup *engine.SetupError
		is.True(errors.As(err, &setup))
	}
}

// TestADryRunAsksForRightsThatTheRunNeeds is about a user who may create no
// stage, before and after an administrator added it and the tasks.
func TestADryRunAsksForRightsThatTheRunNeeds(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.odoo.AddUser(odoosim.User{Login: "bob", Password: "pw", Name: "Bob", Role: odoosim.ProjectUser})
		path := w.write(shop)
		for _, dry := range []bool{true, false} {
			_, err := w.asBob(path, dry)
			var setup *engine.SetupError
			is.True(errors.As(err, &setup))
			is.True(strings.Contains(setup.Explain, "Project / Administrator"))
			is.Equal(len(w.odoo.Tasks()), 0)
		}
		w.sync(path)
		w.odoo.AddUser(odoosim.User{Login: "eve", Password: "pw", Name: "Eve", Role: odoosim.Internal})
		for _, dry := range []bool{true, false} { // nothing to create: only to link
			w.write(shop)
			w.options.DryRun = dry
			result, err := w.engineFor("eve", "pw").Sync(context.Background(), path)
			is.NoErr(err)
			is.Equal(result.Count(engine.Pending)+result.Count(engine.Create), 0)
		}
	})
}

// TestParentsAreLookedAt is about features whose task_id is not what it seems.
func TestParentsAreLookedAt(t *testing.T) {
	const text = "[features.A]\ntask_id = 7\nuser_stories = [{ name = \"one\", task_id = 0 }]\n"
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		for _, dry := range []bool{false, true} {
			is := is.New(t)
			w := newWorld(t, odoosim.WithDialect(dialect))
			w.options.DryRun = dry
			other := w.odoo.AddProject(odoosim.Project{Name: "Other"})
			w.odoo.AddTask(odoosim.Task{ID: 7, Name: "A", ProjectID: other})
			path := w.write(text)
			_, err := w.engine().Sync(context.Background(), path)
			var setup *engine.SetupError
			is.True(errors.As(err, &setup)) // in another project
			is.True(strings.Contains(err.Error(), `"Other"`))
			is.Equal(len(w.odoo.Tasks()), 1)
			is.Equal(len(w.odoo.Stages()), 0)

			ours := fmt.Sprintf("__odoosync__.p%d_feature_0123", w.project)
			for task, warnings := range map[*odoosim.Task]int{
				{Name: "Theirs"}: 1, {Name: "Theirs", ExternalID: ours}: 0, {Name: "Theirs", ExternalID: "__odoosync__.p99_feature_0123"}: 1,
				{Name: "A"}: 0, // whoever created it
			} {
				w := newWorld(t, odoosim.WithDialect(dialect))
				w.options.DryRun = dry
				task.ID, task.ProjectID = 7, w.project
				w.odoo.AddTask(*task)
				result := w.sync(w.write(text))
				is.Equal(len(result.Warnings), warnings)
				if warnings > 0 {
					is.True(strings.Contains(result.Warnings[0].Message, `"Theirs"`) && strings.Contains(result.Warnings[0].Message, `"A"`))
				}
			}
		}
	})
}

// TestAReplicaThatLags has reads answered from a state that is behind.
func TestAReplicaThatLags(t *testing.T) {
	is := is.New(t)
	w := newWorld(t, odoosim.WithReplica(80*time.Millisecond, 0))
	w.json2 = true
	path := w.write(shop)
	result := w.sync(path)
	is.Equal(result.Count(engine.Created), 4)
	is.Equal(len(w.odoo.Stages()), 1)
	is.Equal(len(w.odoo.Tags()), 3)
	for _, tag := range result.Tags {
		is.Equal(tag.LeftOff, "")
	}
	w.oneToOne(path)
}

// TestImportsThatAreClosedInTheMiddle loses the answer of a load, after which
// the user may import no more.
func TestImportsThatAreClosedInTheMiddle(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.retries = 2
	loads := odoosim.On("project.task", "load")
	w.odoo.Inject(
		odoosim.Fault{Match: loads, Action: odoosim.DropAfter()},
		odoosim.Fault{Match: loads, Times: -1, Action: odoosim.LoadMessage("User is not allowed to import")},
	)
	path := w.write(shop)
	_, err := w.engine().Sync(context.Background(), path)
	var setup *engine.SetupError
	is.True(errors.As(err, &setup))
	is.True(strings.Contains(setup.Explain, "--plain-create"))
	is.Equal(w.read(path), shop)
	w.odoo.ClearFaults()
	w.sync(path)
	w.oneToOne(path) // each task once
}

// TestWhatModulesMixUpIsFound lets a module return records in another order,
// drop the parent, or delete what was created.
func TestWhatModulesMixUpIsFound(t *testing.T) {
	story := func(do func(a *odoosim.Automation, ids []int64) error) func(*odoosim.Automation, []int64) error {
		return func(a *odoosim.Automation, ids []int64) error {
			if !strings.HasPrefix(a.Name(ids[0]), "s") {
				return nil
			}
			return do(a, ids)
		}
	}
	for name, module := range map[string]func(*odoosim.Automation, []int64) error{
		"order": func(_ *odoosim.Automation, ids []int64) error {
			slices.Reverse(ids)
			return nil
		},
		"order and text": func(a *odoosim.Automation, ids []int64) error {
			for i, id := range ids {
				a.UpdateTask(id, func(task *odoosim.Task) {
					if task.Name != "s1" || i == 0 {
						task.Description += "<p>By the rule</p>"
					}
				})
			}
			slices.Reverse(ids)
			return nil
		},
		"parent": func(a *odoosim.Automation, ids []int64) error {
			for _, id := range ids {
				a.UpdateTask(id, func(task *odoosim.Task) { task.ParentID = 0 })
			}
			return nil
		},
		"deleted": func(a *odoosim.Automation, ids []int64) error { return a.DeleteTask(ids[0]) },
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			for _, namesakes := range []bool{false, true} {
				for _, plain := range []bool{false, true} {
					t.Run(fmt.Sprint(name, " namesakes ", namesakes, " plain ", plain), func(t *testing.T) {
						is := is.New(t)
						w := newWorld(t, odoosim.WithDialect(dialect))
						w.options.PlainCreate, w.options.Link = plain, !plain // --link is about tasks of earlier runs
						w.odoo.OnCreate("project.task", story(module))
						text := storiesNamed("s1", "s2", "s3")
						if namesakes {
							text = strings.Replace(storiesNamed("s1", "s2"), `"s2", task_id = 0`, `"s1", task_id = 0, description = "second"`, 1)
						}
						path := w.write(text)
						_, err := w.engine().Sync(context.Background(), path)
						var differs *engine.MismatchError
						is.True(errors.As(err, &differs))
						is.True(differs.Items[0].Created)
						is.True(strings.Contains(err.Error(), "not what the map says"))
						is.True(strings.Contains(differs.Hint(), "mixes up new tasks"))
						for _, task := range w.odoo.Tasks() { // no id of another item or of nobody is in the map
							if task.Name == "s1" && name == "order" {
								is.True(!strings.Contains(w.read(path), fmt.Sprintf(`"s1", task_id = %d`, task.ID)))
							}
						}
						is.True(strings.Contains(w.read(path), "task_id = 1\n")) // the feature is saved
					})
				}
			}
		})
	}
}

// TestADeletedTaskIsAskedForAgain where the first question got no answer.
func TestADeletedTaskIsAskedForAgain(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Link = true
	w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error { return a.DeleteTask(ids[0]) })
	w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "read"), Action: odoosim.Status(503, "")})
	_, err := w.engine().Sync(t.Context(), w.write(shop))
	var differs *engine.MismatchError
	is.True(errors.As(err, &differs))
	is.True(differs.Items[0].Created)
}

// TestAClaimedIDIsNamedWithItsNewOwner also where the task that got the id is
// deleted at once, and so is not taken.
func TestAClaimedIDIsNamedWithItsNewOwner(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error { return a.DeleteTask(ids[0]) })
	_, err := w.engine().Sync(t.Context(), w.write("[features.New]\ntask_id = 0\n[features.Old]\ntask_id = 1\n"))
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(len(mistakes.Mistakes), 1)
	is.Equal(mistakes.Mistakes[0].Message, `no task had the id 1 until now, when Odoo gave it to "New"`)
}

// TestClaimedIDsAreNamedByPlace also where a feature's task_id stands below its
// stories.
func TestClaimedIDsAreNamedByPlace(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	_, err := w.engine().Sync(context.Background(), w.write("[features.New]\ntask_id = 0\n[features.Old]\nuser_stories = [ { name = \"s\", task_id = 30 } ]\ntask_id = 1\n"))
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(len(mistakes.Mistakes), 2)
	is.Equal(mistakes.Mistakes[0].Message, "no task has the id 30")
	is.Equal(mistakes.Mistakes[1].Message, `no task had the id 1 until now, when Odoo gave it to "New"`)
}

// TestADeletedTaskIsNoClaimedID: its id is below those that the run gave out,
// though not below that of the task that it linked.
func TestADeletedTaskIsNoClaimedID(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Link = true
	w.sync(w.write("[features.X]\ntask_id = 0\n[features.Gone]\ntask_id = 0\n"))
	w.odoo.UpdateTask(1, func(task *odoosim.Task) { task.Name = "Y" })
	w.odoo.DeleteTask(2)
	_, err := w.engine().Sync(context.Background(), w.write("[features.X]\ntask_id = 0\n[features.Gone]\ntask_id = 2\n[features.N]\ntask_id = 0\n[features.Claimer]\ntask_id = 3\n"))
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(len(mistakes.Mistakes), 1)
	is.Equal(mistakes.Mistakes[0].Message, `no task had the id 3 until now, when Odoo gave it to "N"`)
}

// TestWhatAutomationsChangeIsTaken lets automations rename, move or archive
// what the run just created, also where the answer to that comes late.
func TestWhatAutomationsChangeIsTaken(t *testing.T) {
	for name, change := range map[string]func(w *world, task *odoosim.Task){
		"rename":  func(_ *world, task *odoosim.Task) { task.Name += " (new)" },
		"move":    func(w *world, task *odoosim.Task) { task.ProjectID = w.project + 1 },
		"archive": func(_ *world, task *odoosim.Task) { task.Archived = true },
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			for _, late := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " late ", late), func(t *testing.T) {
					is := is.New(t)
					w := newWorld(t, odoosim.WithDialect(dialect))
					w.odoo.AddProject(odoosim.Project{Name: "Other"})
					w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
						for _, id := range ids {
							a.UpdateTask(id, func(task *odoosim.Task) { change(w, task) })
						}
						return nil
					})
					if late {
						w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Action: odoosim.Status(504, "").AfterCommit()})
					}
					path := w.write(shop)
					result := w.sync(path)
					is.Equal(result.Count(engine.Created), 4)
					is.Equal(len(result.Warnings), 4)
					is.Equal(len(w.odoo.Tasks()), 4)
					is.Equal(strings.Count(w.read(path), "task_id = 0"), strings.Count(shop, "task_id = 0")-4)
				})
			}
		})
	}
}

// TestProjectsByName is about names that look like ids.
func TestProjectsByName(t *testing.T) {
	for _, name := range []string{"01", "12345678901", "+1", "1.0"} {
		is := is.New(t)
		w := newWorld(t)
		named := w.odoo.AddProject(odoosim.Project{Name: name})
		w.options.Project = name
		is.Equal(w.sync(w.write(shop)).Project.ID, named)
	}
}

// TestABusyDatabaseIsNoRefusal holds plain create to the same kinds of errors.
func TestABusyDatabaseIsNoRefusal(t *testing.T) {
	for _, class := range []string{"SerializationFailure", "LockNotAvailable", "QueryCanceled"} {
		is := is.New(t)
		w := newWorld(t)
		w.retries = 1
		w.options.PlainCreate = true
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Times: -1, Action: odoosim.ErrorName("psycopg2.errors."+class, "no")})
		_, err := w.engine().Sync(context.Background(), w.write(shop))
		server, ok := errors.AsType[*odoorpc.ServerError](err)
		is.True(ok && server.Kind == odoorpc.RefusalBusy)
		var refused *engine.ItemError
		is.True(!errors.As(err, &refused))
	}
}

// TestNamesakesGetNoSecondTask is about stories of one name of which some lost
// their ids and others have theirs: no task is created while one of the name
// is left over.
func TestNamesakesGetNoSecondTask(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.AddStage("Backlog", 1, w.project)
	text := storiesNamed("s", "s")
	path := w.write(text)
	w.sync(path)
	ids := []int64{w.odoo.Tasks()[1].ID, w.odoo.Tasks()[2].ID}
	for _, kept := range ids { // in front, so that the other counts as the second
		w.write(fmt.Sprintf("[features.F]\ntask_id = 1\nuser_stories = [\n  { name = \"s\", task_id = %d },\n  { name = \"s\", task_id = 0 },\n]\n", kept))
		w.sync(path)
		is.Equal(len(w.odoo.Tasks()), 3)
		w.oneToOne(path)
	}
}

// TestManyNamesakesAreFound has more stories of one name than are ever tried
// for one story beyond those of the map.
func TestManyNamesakesAreFound(t *testing.T) {
	is := is.New(t)
	w := newWorldOfBob(t)
	path := w.write("[features.A]\ntask_id = 0\nuser_stories = [\n" + strings.Repeat("  { name = \"twin\", task_id = 0 },\n", 150) + "]\n")
	before := w.read(path)
	_, err := w.asBob(path, false)
	is.NoErr(err)
	after := w.read(path)
	w.write(before)
	dry, err := w.asBob(path, true)
	is.NoErr(err)
	is.Equal(statuses(dry), strings.TrimSpace(strings.Repeat("link ", 151)))
	_, err = w.asBob(path, false)
	is.NoErr(err)
	is.Equal(w.read(path), after)
}

// TestADryRunKnowsWhereALoadLeads is about tasks that only the load of an item
// leads to, where stories share a name, and about stories whose feature is gone.
func TestADryRunKnowsWhereALoadLeads(t *testing.T) {
	feature := func(id int64, stories ...string) string {
		return fmt.Sprintf("[features.F]\ntask_id = %d\nuser_stories = [\n%s]\n", id, strings.Join(stories, ""))
	}
	story := func(id int64) string { return fmt.Sprintf("  { name = \"s\", task_id = %d },\n", id) }
	move := func(id int64) func(w *world) {
		return func(w *world) {
			other := w.odoo.AddProject(odoosim.Project{Name: "Other"})
			w.odoo.UpdateTask(id, func(task *odoosim.Task) { task.ProjectID = other })
		}
	}
	for name, scene := range map[string]struct {
		stories int // that a first run creates, with the ids 2, 3 ...
		change  func(w *world)
		text    string
		dry     string
	}{
		"the feature is gone":                         {2, func(w *world) { w.odoo.DeleteTask(1) }, feature(0, story(0), story(0)), "create differs differs"},
		"its own task is another's, the next differs": {2, move(3), feature(1, story(0), story(2)), "synced differs synced"},
		"one is found, another's task differs":        {2, move(2), feature(1, story(0), story(0)), "synced link differs"},
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				w := newWorldOfBob(t, odoosim.WithDialect(dialect))
				all := make([]string, scene.stories)
				for i := range all {
					all[i] = story(0)
				}
				w.sync(w.write(feature(0, all...)))
				scene.change(w)
				path := w.write(scene.text)
				for _, run := range []func() (*engine.Result, error){
					func() (*engine.Result, error) { return w.asBob(path, true) },
					func() (*engine.Result, error) {
						w.options.DryRun = true
						defer func() { w.options.DryRun = false }()
						return w.engine().Sync(context.Background(), path)
					},
				} {
					dry, err := run()
					var differs *engine.MismatchError
					is.True(errors.As(err, &differs))
					is.Equal(statuses(dry), scene.dry)
				}
				_, err := w.engine().Sync(context.Background(), path)
				var differs *engine.MismatchError
				is.True(errors.As(err, &differs))
			})
		})
	}
}

// TestStoriesUnderALinkedFeature links a feature whose task was moved away or
// archived: no story is created under it.
func TestStoriesUnderALinkedFeature(t *testing.T) {
	for name, change := range map[string]func(w *world, task *odoosim.Task){
		"moved":    func(w *world, task *odoosim.Task) { task.ProjectID = w.odoo.AddProject(odoosim.Project{Name: "Other"}) },
		"archived": func(_ *world, task *odoosim.Task) { task.Archived = true },
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				w := newWorld(t, odoosim.WithDialect(dialect))
				w.sync(w.write(storiesNamed("one")))
				task, _ := w.odoo.Task(1)
				change(w, &task)
				w.odoo.UpdateTask(1, func(t *odoosim.Task) { *t = task })
				path := w.write(storiesNamed("one", "two"))
				w.options.Link = true
				for _, dry := range []bool{true, false} {
					w.options.DryRun = dry
					_, err := w.engine().Sync(context.Background(), path)
					var setup *engine.SetupError
					is.True(errors.As(err, &setup))
					is.Equal(len(w.odoo.Tasks()), 2)
				}
				w.write(storiesNamed("one")) // nothing to create under it
				w.odoo.UpdateTask(2, func(t *odoosim.Task) { t.Name = "renamed" })
				w.sync(path)
				is.True(strings.Contains(w.read(path), "task_id = 2 "))
				is.Equal(len(w.odoo.Tasks()), 2)
			})
		})
	}
}

// TestAHiddenTaskThatAnotherItemHas gives the old name of a feature to a new
// one, while the user may not see the old one's task; and puts a story before
// its namesake, whose task is hidden.
func TestAHiddenTaskThatAnotherItemHas(t *testing.T) {
	for before, after := range map[string]string{
		"[features.A]\ntask_id = 0\n": "[features.B]\ntask_id = 1\n[features.A]\ntask_id = 0\n",
		storiesNamed("s"):             "[features.F]\ntask_id = 1\nuser_stories = [\n  { name = \"s\", task_id = 0 },\n  { name = \"s\", task_id = 2 },\n]\n",
	} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			is := is.New(t)
			w := newWorldOfBob(t, odoosim.WithDialect(dialect))
			w.sync(w.write(before))
			private := w.odoo.AddProject(odoosim.Project{Name: "Private", Privacy: odoosim.PrivacyFollowers})
			tasks := w.odoo.Tasks()
			w.odoo.UpdateTask(tasks[len(tasks)-1].ID, func(task *odoosim.Task) { task.Name, task.ProjectID = "Secret", private })
			path := w.write(after)
			result, err := w.asBob(path, false)
			is.NoErr(err)
			is.Equal(result.Count(engine.Created), 1)
			is.Equal(len(w.odoo.Tasks()), len(tasks)+1)
		})
	}
}

// TestAHoleInFrontOfANamesake deletes one task of three stories of one name and
// moves another away: the story that lost the id of that gets no second task.
func TestAHoleInFrontOfANamesake(t *testing.T) {
	is := is.New(t)
	w := newWorldOfBob(t)
	w.sync(w.write(storiesNamed("s", "s", "s")))
	other := w.odoo.AddProject(odoosim.Project{Name: "Other"})
	w.odoo.DeleteTask(3)
	w.odoo.UpdateTask(4, func(task *odoosim.Task) { task.ProjectID = other })
	for _, asUser := range []bool{false, true} {
		text := "[features.F]\ntask_id = 1\nuser_stories = [\n  { name = \"s\", task_id = 3 },\n  { name = \"s\", task_id = 0 },\n  { name = \"s\", task_id = 2 },\n]\n"
		path := w.write(text)
		sync := func() (*engine.Result, error) { return w.engine().Sync(context.Background(), path) }
		if asUser {
			sync = func() (*engine.Result, error) { return w.asBob(path, false) }
		}
		_, err := sync()
		var differs *engine.MismatchError
		is.True(errors.As(err, &differs))
		is.Equal(differs.Items[0].ID, int64(4))
		is.Equal(w.read(path), text)
	}
}

// TestANewStoryBeforeManyNamesakes puts a story in front of more of its name,
// all with tasks, than external ids are tried beyond those of the map.
func TestANewStoryBeforeManyNamesakes(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	many := strings.Repeat("  { name = \"twin\", task_id = 0 },\n", 120)
	path := w.write("[features.A]\ntask_id = 0\nuser_stories = [\n" + many + "]\n")
	w.sync(path)
	w.write(strings.Replace(w.read(path), "[\n", "[\n  { name = \"twin\", task_id = 0 },\n", 1))
	w.sync(path)
	is.Equal(len(w.odoo.Tasks()), 122)
	w.oneToOne(path)
}

// TestIDsOfALaterBackupAreToldAtOnce has a map that claims ids which Odoo has
// yet to give, next to those that it gives now.
func TestIDsOfALaterBackupAreToldAtOnce(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	text := "[features.New]\ntask_id = 0\n[features.Old]\ntask_id = 1\n[features.Older]\ntask_id = 2\n[features.Far]\ntask_id = 900\n"
	path := w.write(text)
	result, err := w.engine().Sync(context.Background(), path)
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(len(mistakes.Mistakes), 3)
	is.Equal(statuses(result), "created synced synced synced")
}

// TestATaskThatThisRunCreatedIsCreatedOnce puts the map back to zeros while
// the stories are being created.
func TestATaskThatThisRunCreatedIsCreatedOnce(t *testing.T) {
	for _, plain := range []bool{false, true} {
		is := is.New(t)
		w := newWorld(t)
		w.options.PlainCreate = plain
		path := w.write(shop)
		loads := 0
		w.during(func(c odoosim.Call) bool { return c.Rows > 0 && c.Model == "project.task" }, func() {
			if loads++; loads == 2 {
				is.NoErr(os.WriteFile(path, []byte(shop), 0o644))
			}
		})
		result := w.sync(path)
		is.Equal(result.Count(engine.Created), 4)
		is.Equal(len(w.odoo.Tasks()), 4)
		w.oneToOne(path)
	}
}

// TestIDsThatNoMapHoldsAreListed takes the map away after the features were
// saved.
func TestIDsThatNoMapHoldsAreListed(t *testing.T) {
	const broken = "[features.\"Added\"]\ntask_id = 0\n[features.Checkout\n"
	for name, spoil := range map[string]func(path string) error{
		"removed": os.Remove,
		"emptied": func(path string) error { return os.WriteFile(path, nil, 0o644) },
		"moved":   func(path string) error { return os.Rename(path, path+".moved") },
		"broken":  func(path string) error { return os.WriteFile(path, []byte(broken), 0o644) },
	} {
		for _, plain := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " plain ", plain), func(t *testing.T) {
				is := is.New(t)
				w := newWorld(t)
				w.options.PlainCreate = plain
				path := w.write(shop)
				w.options.Observer = func(ev engine.Event) {
					if saved, ok := ev.(engine.Saved); ok && saved.Done < saved.Total {
						is.NoErr(spoil(path))
					}
				}
				e := w.engine()
				e.SetClock(&fakeClock{})
				_, err := e.Sync(context.Background(), path)
				var notSaved *engine.NotSavedError
				is.True(errors.As(err, &notSaved))
				is.Equal(len(notSaved.Items), len(w.odoo.Tasks()))
				is.Equal(strings.Contains(err.Error(), "they are no longer in the map"), name == "emptied") // the others have a cause
				for _, item := range notSaved.Items {
					is.True(item.ID > 0)
					is.Equal(item.Line, 0) // the old lines say nothing any more
				}
				is.True(!strings.Contains(notSaved.Hint(), "are found and linked"))
			})
		}
	}
}

// TestARenamedFeatureKeepsItsStories renames a feature whose id is saved while
// its stories are being created.
func TestARenamedFeatureKeepsItsStories(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(storiesNamed("one", "two"))
	loads := 0
	w.during(odoosim.On("project.task", "load"), func() {
		if loads++; loads == 2 {
			is.NoErr(os.WriteFile(path, []byte(strings.Replace(w.read(path), "features.F", "features.G", 1)), 0o644))
		}
	})
	w.sync(path)
	is.Equal(len(w.odoo.Tasks()), 3)
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 0)
}

// TestTheTotalFollowsAnEdit adds items while the run goes on.
func TestTheTotalFollowsAnEdit(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	_, err := w.syncEdited(path, editedMap+"[features.C]\ntask_id = 0\n[features.D]\ntask_id = 0\n")
	is.NoErr(err)
	var last engine.Saved
	for _, ev := range w.events {
		if saved, ok := ev.(engine.Saved); ok {
			is.True(saved.Done <= saved.Total)
			last = saved
		}
	}
	is.Equal(last.Done, last.Total)
	is.Equal(last.Total, strings.Count(editedMap, "task_id")+2)
}

// TestTasksThatARuleArchivesAreTaken, with a warning each, and so are those of
// one name in one batch: their texts tell that none is another's.
func TestTasksThatARuleArchivesAreTaken(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.odoo.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
		for _, id := range ids {
			a.UpdateTask(id, func(task *odoosim.Task) { task.Archived = task.ParentID != 0 })
		}
		return nil
	})
	path := w.write(strings.Replace(storiesNamed("s1", "s2", "s3"), `"s2", task_id = 0`, `"s1", task_id = 0, description = "second"`, 1))
	result, err := w.engine().Sync(context.Background(), path)
	is.NoErr(err)
	is.Equal(result.Count(engine.Created), 4)
	is.Equal(len(result.Warnings), 3)
	for _, warning := range result.Warnings {
		is.True(strings.HasPrefix(warning.Message, path+":"))
		is.True(strings.Contains(warning.Message, `: story "s`))
		is.True(strings.Contains(warning.Message, "(archived: yes)"))
	}
	is.True(!strings.Contains(w.read(path), "task_id = 0"))
}

package odoosim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// refuse is a rule that refuses records by their name.
func refuse(name string, err error) func(*odoosim.Automation, []int64) error {
	return func(a *odoosim.Automation, ids []int64) error {
		if slices.ContainsFunc(ids, func(id int64) bool { return a.Name(id) == name }) {
			return err
		}
		return nil
	}
}

func named(names ...string) []any {
	rows := make([]any, len(names))
	for i, name := range names {
		rows[i] = list{fmt.Sprintf("m.x%d", i), name}
	}
	return rows
}

// blamed are the rows, and the fields if any, that the messages of a load name.
func blamed(a loadAnswer) string {
	var rows []string
	for _, m := range a.Messages {
		rows = append(rows, strings.TrimSpace(fmt.Sprint(m.Record, " ", m.Field)))
	}
	return strings.Join(rows, ", ")
}

func TestWhichRowsALoadBlames(t *testing.T) {
	rule, trigger := odoosim.UserError("no c"), odoosim.TriggerError("no c")
	for name, c := range map[string]struct {
		err      error
		rows     []any
		v14, v19 string
	}{
		"a rule":                     {rule, named("a", "b", "c", "d"), "2", "0, 2"},
		"a rule, the first row":      {rule, named("c", "a"), "0", "0"},
		"a rule beside a constraint": {rule, named("a", "", "c"), "1 name, 2", "1 name, 2"},
		"a trigger":                  {trigger, named("a", "b", "c"), "0", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				is := is.New(t)
				s.OnCreate("project.task", refuse("c", c.err))
				a := load(t, s, idempotent, list{"id", "name"}, c.rows...)
				is.Equal(a.IDs, false)
				is.Equal(blamed(a), map[odoosim.Dialect]string{odoosim.V14: c.v14, odoosim.V19: c.v19}[s.Dialect()])
				is.Equal(len(s.Tasks()), 0)
			})
		})
	}
}

func TestARefusedTag(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.OnCreate("project.tags", refuse("bad", odoosim.UserError("no bad")))
	var a loadAnswer
	admin.result(t, s, &a, "project.tags", "load", list{list{"id", "name"}, named("good", "bad", "fine")}, nil)
	is.Equal(blamed(a), "0, 1")
	is.Equal(len(s.Tags()), 0)
	admin.result(t, s, &a, "project.tags", "load", list{list{"id", "name"}, named("good", "fine")}, nil)
	is.Equal(len(s.Tags()), 2)
}

func TestAnErrorAtCommitNamesNoRow(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		s.OnCreate("project.task", refuse("c", odoosim.AtCommit(odoosim.TriggerError("no c"))))
		name, _ := admin.fails(t, s, "project.task", "load", list{list{"id", "name"}, named("a", "c")}, dict{"context": idempotent})
		is.Equal(name, "psycopg2.errors.RaiseException")
		is.Equal(len(s.Tasks()), 0)
		is.True(load(t, s, idempotent, list{"id", "name"}, named("a")...).IDs != false)
		is.Equal(blamed(load(t, s, idempotent, list{"id", "name"}, named("a", "c", "")...)), "2 name") // nothing is committed
	})
}

func TestAutomationsChangeWhatWasJustCreated(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project, other := s.AddProject(odoosim.Project{Name: "P"}), s.AddProject(odoosim.Project{Name: "Other"})
		parent := s.AddTask(odoosim.Task{Name: "F", ProjectID: project})
		s.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
			for _, id := range ids {
				switch a.Name(id) {
				case "rename":
					a.UpdateTask(id, func(task *odoosim.Task) { task.Name = "renamed" })
				case "move":
					a.UpdateTask(id, func(task *odoosim.Task) { task.ProjectID, task.ParentID = other, 0 })
				case "archive":
					a.UpdateTask(id, func(task *odoosim.Task) { task.Archived = true })
				case "delete":
					if err := a.DeleteTask(id); err != nil {
						return err
					}
				}
			}
			return nil
		})
		rows := named("keep", "rename", "move", "archive", "delete")
		for i := range rows {
			rows[i] = append(rows[i].(list), project, parent)
		}
		columns := list{"id", "name", "project_id/.id", "parent_id/.id"}
		is.Equal(load(t, s, idempotent, columns, rows...).IDs, list{2.0, 3.0, 4.0, 5.0, 6.0})
		tasks := s.Tasks()
		is.Equal(len(tasks), 5) // with the parent
		is.Equal(tasks[2].Name, "renamed")
		is.Equal(tasks[3].ProjectID, other)
		is.Equal(tasks[3].ParentID, int64(0))
		is.True(tasks[4].Archived)
		for i, task := range tasks[1:] {
			is.Equal(task.ExternalID, fmt.Sprint("m.x", i))
		}
		is.Equal(load(t, s, idempotent, columns, rows...).IDs, list{2.0, 3.0, 4.0, 5.0, 7.0}) // the deleted one is created again
	})
}

func TestRecordsInAnotherOrderTakeTheExternalIDsWithThem(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.OnCreate("project.task", func(_ *odoosim.Automation, ids []int64) error {
		slices.Reverse(ids)
		return nil
	})
	is.Equal(load(t, s, idempotent, list{"id", "name"}, named("a", "b", "c")...).IDs, list{3.0, 2.0, 1.0})
	first := s.Tasks()[0]
	is.Equal(first.Name, "a")
	is.Equal(first.ExternalID, "m.x2")
	is.Equal(create(t, s, nil, dict{"name": "d"}, dict{"name": "e"}), []int64{5, 4})
}

func TestDefaultsOfTheContextLeakIntoOtherRecords(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		stage := s.AddStage("Backlog", 1, project)
		s.OnCreate("project.task", func(a *odoosim.Automation, ids []int64) error {
			for _, id := range ids {
				if _, err := a.Create("crm.lead", "Call about "+a.Name(id)); err != nil {
					return err
				}
			}
			return nil
		})
		field := map[odoosim.Dialect]string{odoosim.V14: "user_id", odoosim.V19: "user_ids"}[s.Dialect()]
		columns := list{"id", "name", "project_id/.id", "stage_id/.id", field}
		a := load(t, s, idempotent, columns, list{"m.a", "a", project, stage, ""})
		is.Equal(a.IDs, list{1.0})
		leads := s.Leads()
		is.Equal(leads, []odoosim.Lead{{ID: 1, Name: "Call about a", StageID: 1, UserID: 2}})

		s.AddStage("Done", 2, project)
		leaking := dict{"default_stage_id": 2, "default_user_id": false}
		create(t, s, leaking, dict{"name": "b", "project_id": project})
		is.Equal(s.Leads()[1], odoosim.Lead{ID: 2, Name: "Call about b", StageID: 2})

		for s.AddStage("more", 9) < 7 {
		}
		name, _ := admin.fails(t, s, "project.task", "create",
			list{list{dict{"name": "c", "project_id": project}}}, dict{"context": dict{"default_stage_id": 7}})
		is.True(name == validationErr || name == missingErr)
		is.Equal(len(s.Tasks()), 2)
	})
}

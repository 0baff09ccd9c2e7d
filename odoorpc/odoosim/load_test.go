package odoosim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

type loadAnswer struct {
	IDs      any `json:"ids"`
	Messages []struct {
		Type    string `json:"type"`
		Record  any    `json:"record"`
		Field   string `json:"field"`
		Message string `json:"message"`
		Rows    *struct{ From, To int }
	} `json:"messages"`
}

// idempotent is the context under which a repeated load changes nothing.
var idempotent = dict{"mode": "update", "noupdate": true, "tracking_disable": true}

func load(t *testing.T, s *odoosim.Server, context dict, columns list, rows ...any) loadAnswer {
	t.Helper()
	var a loadAnswer
	admin.result(t, s, &a, "project.task", "load", list{columns, rows}, dict{"context": context})
	return a
}

func TestAKnownExternalIDIsLeftAlone(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		columns := list{"id", "name"}
		is.Equal(load(t, s, idempotent, columns, list{"m.a", "A"}).IDs, list{1.0})
		s.UpdateTask(1, func(task *odoosim.Task) { task.Name, task.Archived = "renamed", true })

		a := load(t, s, idempotent, columns, list{"m.b", "B"}, list{"m.a", "A"})
		is.Equal(a.IDs, list{2.0, 1.0}) // in the order of the rows
		task, _ := s.Task(1)
		is.Equal(task.Name, "renamed")
		is.True(task.Archived)
		is.Equal(task.ExternalID, "m.a")
	})
}

func TestARepeatedLoadWithoutModeUpdateWritesAgain(t *testing.T) {
	for name, context := range map[string]dict{
		"neither":  {},
		"noupdate": {"noupdate": true},
	} {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				is := is.New(t)
				load(t, s, context, list{"id", "name"}, list{"m.a", "A"})
				load(t, s, context, list{"id", "name"}, list{"m.a", "B"})
				tasks := s.Tasks()
				is.Equal(len(tasks), 1)
				is.Equal(tasks[0].Name, "B")
			})
		})
	}
}

func TestARecordStoredWithoutNoupdateIsWrittenAgain(t *testing.T) {
	is := is.New(t)
	s := start(t)
	load(t, s, dict{}, list{"id", "name"}, list{"m.a", "A"})
	load(t, s, idempotent, list{"id", "name"}, list{"m.a", "B"})
	is.Equal(s.Tasks()[0].Name, "B")
}

func TestADeletedTaskIsMadeAnewUnderItsExternalID(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"})
		s.DeleteTask(1)
		is.Equal(load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}).IDs, list{2.0})
		is.Equal(s.Tasks()[0].ExternalID, "m.a")
	})
}

func TestOneBadRowMeansNoRows(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		a := load(t, s, idempotent, list{"id", "name", "parent_id/.id"},
			list{"m.a", "A", ""}, list{"m.b", "B", 999999}, list{"m.c", "C", ""})
		is.Equal(a.IDs, false)
		is.Equal(len(a.Messages), 1)
		m := a.Messages[0]
		is.Equal(m.Type, "error")
		is.Equal(m.Record, 1.0)
		is.Equal(m.Rows.From, 1)
		is.Equal(m.Rows.To, 1)
		is.Equal(m.Field, "parent_id")
		is.Equal(m.Message, "No matching record found for database id '999999' in field 'Parent Task'")
		is.Equal(len(s.Tasks()), 0)
		is.True(load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}).IDs.(list)[0].(float64) > 1) // ids stay used
	})
}

func TestRowsThatCannotBeStoredAreNamedOneByOne(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		a := load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}, list{"m.b", ""})
		is.Equal(a.IDs, false)
		is.Equal(len(a.Messages), 1)
		is.Equal(a.Messages[0].Record, 1.0)
		is.Equal(a.Messages[0].Field, "name")
		want := "Missing required value for the field 'Title' (name)"
		if s.Dialect() == odoosim.V19 {
			want += ".\nModel: 'Task' (project.task)\n"
		}
		is.True(strings.HasPrefix(a.Messages[0].Message, want))
		is.Equal(len(s.Tasks()), 0)
	})
}

func TestAfterTenErrorsALoadStopsLooking(t *testing.T) {
	is := is.New(t)
	s := start(t)
	var rows []any
	for i := range 50 {
		rows = append(rows, list{fmt.Sprintf("m.x%d", i), ""})
	}
	a := load(t, s, idempotent, list{"id", "name"}, rows...)
	is.Equal(len(a.Messages), 11)
	last := a.Messages[10]
	is.Equal(last.Type, "warning")
	is.Equal(last.Record, nil)
	is.True(strings.HasPrefix(last.Message, "Found more than 10 errors"))
}

func TestCellsOfALoad(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		stage := s.AddStage("Backlog", 1, project)
		one, two := s.AddTag("one"), s.AddTag("two")
		s.AddTask(odoosim.Task{Name: "Parent", ExternalID: "m.parent"})
		columns := list{"id", "name", "description", "project_id/.id", "stage_id", "tag_ids/.id", "parent_id/id", "sequence", "active"}
		a := load(t, s, idempotent, columns,
			list{"m.a", "A", "<p>a &lt; b</p>", project, "Backlog", fmt.Sprintf("%d,%d", one, two), "m.parent", "30", "1"},
			list{"m.b", "B", "", fmt.Sprint(project), "", "", "", "", "1"},
			list{"bare", "C", "", "0", "", "", "", 5, "0"})
		is.Equal(a.IDs, list{2.0, 3.0, 4.0})
		tasks := s.Tasks()
		is.Equal(tasks[1].TagIDs, []int64{one, two})
		is.Equal(tasks[1].StageID, stage)
		is.Equal(tasks[1].ParentID, int64(1))
		is.Equal(tasks[1].Sequence, 30)
		is.Equal(tasks[1].Description, "<p>a &lt; b</p>")
		is.Equal(tasks[2].ProjectID, project)
		is.Equal(tasks[2].StageID, int64(0)) // set to nothing, so no default
		is.Equal(tasks[2].Sequence, 0)
		is.Equal(tasks[3].ExternalID, "__import__.bare")
		is.True(tasks[3].Archived)

		for cell, want := range map[string]string{
			"x": "Invalid database id 'x' for the field 'Tags'",
			"9": "No matching record found for database id '9' in field 'Tags'",
		} {
			a := load(t, s, idempotent, list{"id", "name", "tag_ids/.id"}, list{"m.z", "Z", cell})
			is.Equal(a.Messages[0].Message, want)
		}
		name, message := admin.fails(t, s, "project.task", "load", list{list{"name", "tag_ids/.id"}, list{list{"Z", one}}}, nil)
		is.Equal(name, "builtins.AttributeError")
		is.Equal(message, "'int' object has no attribute 'split'")
		name, _ = admin.fails(t, s, "project.task", "load", list{list{"nosuch"}, list{list{"Z"}}}, nil)
		is.Equal(name, map[odoosim.Dialect]string{odoosim.V14: "builtins.KeyError", odoosim.V19: valueErr}[s.Dialect()])
	})
}

func TestTheSameExternalIDTwiceInOneLoadIsOneTask(t *testing.T) {
	is := is.New(t)
	s := start(t)
	a := load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}, list{"m.a", "B"})
	is.Equal(a.IDs, list{1.0, 1.0})
	is.Equal(s.Tasks()[0].Name, "A")
}

func TestAnExternalIDOfAnotherModelIsRefused(t *testing.T) {
	is := is.New(t)
	s := start(t)
	var tags loadAnswer
	admin.result(t, s, &tags, "project.tags", "load", list{list{"id", "name"}, list{list{"m.a", "Tag"}}}, nil)
	is.Equal(tags.IDs, list{1.0})
	a := load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"})
	is.Equal(a.IDs, false)
	is.True(strings.Contains(a.Messages[0].Message, "found record of different model project.tags (1)"))
}

func TestAPlainProjectUserLoadsAndAsksForExternalIDsOneByOne(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		ann := user{s.AddUser(odoosim.User{Login: "ann", Password: "a", Role: odoosim.ProjectUser}), "a"}
		project := s.AddProject(odoosim.Project{Name: "P"})
		var a loadAnswer
		ann.result(t, s, &a, "project.task", "load",
			list{list{"id", "name", "project_id/.id"}, list{list{"m.a", "A", project}}}, dict{"context": idempotent})
		is.Equal(a.IDs, list{1.0})
		if s.Dialect() != odoosim.V14 { // which lets all employees read them
			name, _ := ann.fails(t, s, "ir.model.data", "search_read", list{list{}}, nil)
			is.Equal(name, accessErr)
		}
		var answer list
		ann.result(t, s, &answer, "ir.model.data", "check_object_reference", list{"m", "a"}, nil)
		is.Equal(answer, list{"project.task", 1.0})
		name, _ := ann.fails(t, s, "ir.model.data", "check_object_reference", list{"m", "b"}, nil)
		is.Equal(name, "builtins.ValueError")
		closed := s.AddProject(odoosim.Project{Name: "Closed", Privacy: odoosim.PrivacyFollowers})
		s.AddTask(odoosim.Task{Name: "C", ProjectID: closed, ExternalID: "m.c"})
		ann.result(t, s, &answer, "ir.model.data", "check_object_reference", list{"m", "c"}, nil)
		is.Equal(answer, list{"project.task", false})

		var names dict
		ann.result(t, s, &names, "project.task", "get_external_id", list{list{1}}, nil)
		is.Equal(names, dict{"1": "m.a"})
	})
}

func TestAnEmptyCellOfTheAssigneeMeansNobody(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		field := map[odoosim.Dialect]string{odoosim.V14: "user_id", odoosim.V19: "user_ids"}[s.Dialect()]
		load(t, s, idempotent, list{"id", "name", field}, list{"m.a", "A", ""})
		load(t, s, idempotent, list{"id", "name"}, list{"m.b", "B"})
		load(t, s, dict{"default_user_id": false, "default_user_ids": false}, list{"id", "name"}, list{"m.c", "C"})
		tasks := s.Tasks()
		is.Equal(len(tasks[0].Assigned), 0)
		is.Equal(tasks[1].Assigned, []int64{2}) // the user of the call
		is.Equal(len(tasks[2].Assigned), 0)
	})
}

func TestStagesByExternalID(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		s.AddStage("New", 0, project)
		var stage loadAnswer
		admin.result(t, s, &stage, "project.task.type", "load",
			list{list{"id", "name", "project_ids/.id"}, list{list{"m.stage", "Backlog", fmt.Sprint(project)}}}, dict{"context": idempotent})
		is.Equal(stage.IDs, list{2.0})
		columns := list{"id", "name", "project_id/.id", "stage_id/id"}
		load(t, s, idempotent, columns, list{"m.a", "A", project, "m.stage"}, list{"m.b", "B", project, ""})
		is.Equal(s.Tasks()[0].StageID, int64(2))
		is.Equal(s.Tasks()[1].StageID, int64(0))
		a := load(t, s, idempotent, columns, list{"m.c", "C", project, "m.nosuch"})
		is.Equal(a.Messages[0].Message, "No matching record found for external id 'm.nosuch' in field 'Stage'")
	})
}

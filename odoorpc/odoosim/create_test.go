package odoosim_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// create makes tasks as the administrator.
func create(t *testing.T, s *odoosim.Server, context dict, tasks ...any) []int64 {
	t.Helper()
	var ids []int64
	admin.result(t, s, &ids, "project.task", "create", list{tasks}, dict{"context": context})
	return ids
}

func TestAFailedCreateLeavesNothingButAGap(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		stray := s.AddStage("Stray", 1)
		_, _ = admin.fails(t, s, "project.task", "create", list{list{
			dict{"name": "a", "project_id": project, "stage_id": stray}, dict{"name": "b"}, dict{"name": false}, dict{"name": "d"},
		}}, nil)
		is.Equal(len(s.Tasks()), 0)
		is.Equal(len(s.Stages()[0].Projects), 0) // what the first task added is gone too
		is.Equal(create(t, s, nil, dict{"name": "e"}), []int64{4})
	})
}

func TestTagCommands(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		a, b := s.AddTag("a"), s.AddTag("b")
		create(t, s, nil,
			dict{"name": "set", "tag_ids": list{list{6, 0, list{b, a}}}},
			dict{"name": "none", "tag_ids": false})
		tasks := s.Tasks()
		is.Equal(tasks[0].TagIDs, []int64{a, b})
		is.Equal(len(tasks[1].TagIDs), 0)
		for _, wrong := range []any{a, list{list{4, a}}, list{list{6, 0, "x"}}} {
			name, _ := admin.fails(t, s, "project.task", "create", list{list{dict{"name": "x", "tag_ids": wrong}}}, nil)
			is.Equal(name, valueErr)
		}
	})
}

func TestWhoANewTaskIsAssignedTo(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		field := map[odoosim.Dialect]string{odoosim.V14: "user_id", odoosim.V19: "user_ids"}[s.Dialect()]
		create(t, s, nil, dict{"name": "default"}, dict{"name": "unassigned", field: false})
		create(t, s, dict{"default_user_id": false, "default_user_ids": false}, dict{"name": "context"})
		create(t, s, nil, dict{"name": "child", "parent_id": 1})
		create(t, s, nil, dict{"name": "child", "parent_id": 1}, dict{"name": "other", "parent_id": 2})
		tasks := s.Tasks()
		is.Equal(tasks[0].Assigned, []int64{2})
		is.Equal(len(tasks[1].Assigned), 0)
		is.Equal(len(tasks[2].Assigned), 0)
		is.Equal(len(tasks[3].Assigned) == 0, s.Dialect() == odoosim.V19) // all of the call under one parent
		is.Equal(tasks[4].Assigned, []int64{2})
	})
}

func TestMessagesAndFollowersOfANewTask(t *testing.T) {
	type counts struct{ messages, followers14, followers19 int }
	for name, c := range map[string]struct {
		context dict
		want    counts
	}{
		"default":                  {nil, counts{1, 2, 2}},
		"tracking_disable":         {dict{"tracking_disable": true}, counts{0, 0, 1}},
		"mail_create_nolog":        {dict{"mail_create_nolog": true}, counts{0, 2, 2}},
		"mail_create_nosubscribe":  {dict{"mail_create_nosubscribe": true}, counts{1, 1, 2}},
		"tracking_disable is zero": {dict{"tracking_disable": 0}, counts{1, 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				is := is.New(t)
				ann := s.AddUser(odoosim.User{Login: "ann"})
				project := s.AddProject(odoosim.Project{Name: "P", Followers: []int64{ann}})
				create(t, s, c.context, dict{"name": "x", "project_id": project})
				task := s.Tasks()[0]
				is.Equal(task.Messages, c.want.messages)
				is.Equal(task.Followers, map[odoosim.Dialect]int{odoosim.V14: c.want.followers14, odoosim.V19: c.want.followers19}[s.Dialect()])
			})
		})
	}
}

func TestStageOfANewTask(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		bare := s.AddProject(odoosim.Project{Name: "bare"})
		project := s.AddProject(odoosim.Project{Name: "P"})
		second := s.AddStage("Second", 2, project)
		first := s.AddStage("First", 1, project)
		foreign := s.AddStage("Foreign", 0, bare)
		own := s.AddProject(odoosim.Project{Name: "own"})
		create(t, s, nil,
			dict{"name": "default", "project_id": project},
			dict{"name": "sent", "project_id": project, "stage_id": second},
			dict{"name": "no stages", "project_id": own},
			dict{"name": "foreign", "project_id": project, "stage_id": foreign},
			dict{"name": "private", "stage_id": second})
		tasks := s.Tasks()
		is.Equal(tasks[0].StageID, first)
		is.Equal(tasks[1].StageID, second)
		is.Equal(tasks[2].StageID, int64(0))
		is.Equal(tasks[3].StageID, foreign)
		if s.Dialect() == odoosim.V19 {
			is.Equal(s.Stages()[2].Projects, []int64{bare, project}) // the stage was added to the project
			is.Equal(tasks[4].StageID, int64(0))
		} else {
			is.Equal(s.Stages()[2].Projects, []int64{bare})
			is.Equal(tasks[4].StageID, second)
		}
	})
}

func TestAStageWithoutProjectsIsPersonalOnOdoo19(t *testing.T) {
	is := is.New(t)
	s := start(t)
	var stages []struct {
		UserID any `json:"user_id"`
	}
	project := s.AddProject(odoosim.Project{Name: "P"})
	admin.call(t, s, "project.task.type", "create", list{list{
		dict{"name": "mine"}, dict{"name": "shared", "project_ids": list{list{6, 0, list{project}}}},
	}}, nil)
	admin.result(t, s, &stages, "project.task.type", "search_read", list{list{}, list{"user_id"}}, dict{"order": "id"})
	is.Equal(stages[0].UserID, list{2.0, "Mitchell Admin"})
	is.Equal(stages[1].UserID, false)
}

func TestArchivedProjectsAndParentsAreAcceptedSilently(t *testing.T) {
	is := is.New(t)
	s := start(t)
	project := s.AddProject(odoosim.Project{Name: "P", Archived: true})
	parent := s.AddTask(odoosim.Task{ID: 412, Name: "F", Archived: true})
	is.Equal(create(t, s, nil, dict{"name": "x", "project_id": project, "parent_id": parent}), []int64{413})
}

func TestWhoMadeATaskAndWhen(t *testing.T) {
	is := is.New(t)
	clock := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	s := start(t, odoosim.WithClock(func() time.Time { return clock }))
	create(t, s, nil, dict{"name": "x"})
	var records []dict
	admin.result(t, s, &records, "project.task", "read", list{list{1}, list{"create_uid", "create_date"}}, nil)
	is.Equal(records, []dict{{"id": 1.0, "create_uid": list{2.0, "Mitchell Admin"}, "create_date": "2026-03-04 04:06:07"}})
}

package odoosim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestRights(t *testing.T) {
	// What each role may do, on 14 and on 19: "y" is yes, "n" an AccessError,
	// "-" an empty answer.
	type row struct{ portal, internal, user, manager string }
	same := func(portal, internal, projectUser, manager string) map[odoosim.Dialect]row {
		r := row{portal, internal, projectUser, manager}
		return map[odoosim.Dialect]row{odoosim.V14: r, odoosim.V19: r}
	}
	differ := func(v14, v19 row) map[odoosim.Dialect]row {
		return map[odoosim.Dialect]row{odoosim.V14: v14, odoosim.V19: v19}
	}
	const open, closed, followed, stage = 1, 2, 3, 1
	one := func(id int) list { return list{list{"id", "=", id}} }
	task := func(project int) list { return list{list{dict{"name": "x", "project_id": project}}} }
	cases := map[string]struct {
		model, method string
		args          list
		want          map[odoosim.Dialect]row
	}{
		"search an open project":           {"project.project", "search", list{one(open)}, same("-", "y", "y", "y")},
		"read an open project":             {"project.project", "read", list{list{open}, list{"name"}}, same("n", "y", "y", "y")},
		"search a followers project":       {"project.project", "search", list{one(closed)}, same("-", "-", "-", "y")},
		"read a followers project":         {"project.project", "read", list{list{closed}, list{"name"}}, same("n", "n", "n", "y")},
		"search a followed project":        {"project.project", "search", list{one(followed)}, same("-", "-", "y", "y")},
		"create a project":                 {"project.project", "create", list{list{dict{"name": "x"}}}, same("n", "n", "n", "y")},
		"search stages":                    {"project.task.type", "search", list{list{list{"project_ids", "=", closed}}}, same("y", "y", "y", "y")},
		"create a stage":                   {"project.task.type", "create", list{list{dict{"name": "x", "project_ids": list{list{6, 0, list{open}}}}}}, differ(row{"n", "n", "n", "y"}, row{"n", "y", "n", "y"})},
		"write a stage":                    {"project.task.type", "write", list{list{stage}, dict{"sequence": 3}}, differ(row{"n", "n", "n", "y"}, row{"n", "y", "n", "y"})},
		"create a tag":                     {"project.tags", "create", list{list{dict{"name": "new"}}}, differ(row{"n", "n", "n", "y"}, row{"n", "y", "y", "y"})},
		"search tags":                      {"project.tags", "search", list{list{}}, same("y", "y", "y", "y")},
		"create a task":                    {"project.task", "create", task(open), same("n", "n", "y", "y")},
		"create a task, followers project": {"project.task", "create", task(closed), same("n", "n", "n", "y")},
		"create a task, followed project":  {"project.task", "create", task(followed), same("n", "n", "y", "y")},
		"search tasks":                     {"project.task", "search_read", list{list{list{"project_id", "=", open}}}, same("-", "y", "y", "y")},
		"search hidden tasks":              {"project.task", "search_read", list{list{list{"project_id", "=", closed}}}, same("-", "-", "-", "y")},
		"read a hidden task":               {"project.task", "read", list{list{2}, list{"name"}}, same("n", "n", "n", "y")},
		"unlink a task":                    {"project.task", "unlink", list{list{1}}, same("n", "n", "y", "y")},
		"read external ids":                {"ir.model.data", "search_read", list{list{}, list{"name"}}, differ(row{"n", "y", "y", "y"}, row{"n", "n", "n", "y"})},
		"read itself":                      {"res.users", "read", list{list{2}, list{"name"}}, same("y", "y", "y", "y")},
	}
	roles := []odoosim.Role{odoosim.Portal, odoosim.Internal, odoosim.ProjectUser, odoosim.Manager}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				want := c.want[s.Dialect()]
				users := make([]user, len(roles))
				for i, role := range roles {
					login := string(rune('a' + i))
					users[i] = user{s.AddUser(odoosim.User{Login: login, Password: login, Role: role}), login}
				}
				s.AddProject(odoosim.Project{Name: "open", Privacy: odoosim.PrivacyEmployees})
				s.AddProject(odoosim.Project{Name: "closed", Privacy: odoosim.PrivacyFollowers})
				s.AddProject(odoosim.Project{Name: "followed", Privacy: odoosim.PrivacyFollowers, Followers: []int64{users[2].id}})
				s.AddStage("Backlog", 1, closed)
				s.AddTag("tag")
				for i, wanted := range []string{want.portal, want.internal, want.user, want.manager} {
					first := s.AddTask(odoosim.Task{Name: "t", ProjectID: open, ExternalID: "m.x" + string(rune('0'+i))})
					s.AddTask(odoosim.Task{Name: "hidden", ProjectID: closed})
					args := c.args
					if c.model == "project.tags" && c.method == "create" {
						args = list{list{dict{"name": fmt.Sprint("new", i)}}}
					}
					if c.method == "unlink" {
						args = list{list{first}}
					}
					a := users[i].call(t, s, c.model, c.method, args, nil)
					got := "y"
					switch {
					case a.Error != nil && a.Error.Data.Name == accessErr:
						got = "n"
					case a.Error != nil:
						t.Fatalf("%s: %s", a.Error.Data.Name, a.Error.Data.Message)
					case string(a.Result) == "[]":
						got = "-"
					}
					if got != wanted {
						t.Errorf("role %d: %s, want %s", roles[i], got, wanted)
					}
				}
			})
		})
	}
}

func TestAccessErrorsSayWhatAndWho(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		ann := user{s.AddUser(odoosim.User{Login: "ann", Password: "a", Name: "Ann", Role: odoosim.ProjectUser}), "a"}
		s.AddProject(odoosim.Project{Name: "fol", Privacy: odoosim.PrivacyFollowers})
		_, message := ann.fails(t, s, "project.task", "create", list{list{dict{"name": "x", "project_id": 1}}}, nil)
		want := map[odoosim.Dialect]string{
			odoosim.V14: "Due to security restrictions, you are not allowed to access 'Project' (project.project) records.\n\nRecords: fol (id=1)\nUser: Ann (id=3)\n\nThis restriction is due to the following rules:\n- ",
			odoosim.V19: "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, Ann (id=3) doesn't have 'read' access to:\n- Project (project.project)\n\n",
		}
		is.True(strings.HasPrefix(message, want[s.Dialect()]))

		_, message = ann.fails(t, s, "project.project", "create", list{list{dict{"name": "x"}}}, nil)
		is.Equal(message, "You are not allowed to create 'Project' (project.project) records.\n\n"+
			"This operation is allowed for the following groups:\n\t- Project/Administrator\n\n"+
			"Contact your administrator to request access if necessary.")
	})
}

func TestCheckingRightsBeforehandIgnoresRules(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		ann := user{s.AddUser(odoosim.User{Login: "ann", Password: "a", Role: odoosim.ProjectUser}), "a"}
		var may bool
		ann.result(t, s, &may, "project.task.type", "check_access_rights", list{"create", false}, nil)
		is.Equal(may, s.Dialect() == odoosim.V19) // although the create is refused
		ann.result(t, s, &may, "project.task", "check_access_rights", list{"create"}, nil)
		is.True(may)
		name, _ := ann.fails(t, s, "project.project", "check_access_rights", list{"create"}, nil)
		is.Equal(name, accessErr)
	})
}

func TestGroupsTellWhatRulesForbid(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		for role, want := range map[odoosim.Role][]bool{odoosim.Internal: {false, false}, odoosim.ProjectUser: {true, false}, odoosim.Manager: {true, true}} {
			login := fmt.Sprint("user", role)
			who := user{s.AddUser(odoosim.User{Login: login, Password: "a", Role: role}), "a"}
			for i, group := range []string{"project.group_project_user", "project.group_project_manager"} {
				args := list{group}
				if s.Dialect() == odoosim.V19 {
					args = list{list{who.id}, group}
				}
				has := !want[i]
				who.result(t, s, &has, "res.users", "has_group", args, nil)
				is.Equal(has, want[i])
			}
			var may bool
			who.result(t, s, &may, "project.task", "check_access_rights", list{"create", false}, nil)
			is.Equal(may, role > odoosim.Internal || s.Dialect() == odoosim.V19) // every employee may, says the access list of 17 and later
		}
	})
}

package odoosim_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// said is what a version answers: the name of the error, and how its message
// begins. An empty name is success.
type said struct{ name, message string }

const (
	accessErr     = "odoo.exceptions.AccessError"
	validationErr = "odoo.exceptions.ValidationError"
	missingErr    = "odoo.exceptions.MissingError"
	userErr       = "odoo.exceptions.UserError"
	accessDenied  = "odoo.exceptions.AccessDenied"
	valueErr      = "builtins.ValueError"
)

func TestJSONRPCErrors(t *testing.T) {
	same := func(name, message string) map[odoosim.Dialect]said {
		return map[odoosim.Dialect]said{odoosim.V14: {name, message}, odoosim.V19: {name, message}}
	}
	differ := func(v14, v19 said) map[odoosim.Dialect]said {
		return map[odoosim.Dialect]said{odoosim.V14: v14, odoosim.V19: v19}
	}
	create := func(model string, vals ...any) list { return list{2, "admin", model, "create", list{vals}} }
	cases := map[string]struct {
		args list // after the database
		want map[odoosim.Dialect]said
	}{
		"wrong password":     {list{2, "nope", "project.task", "search", list{list{}}}, same(accessDenied, "Access Denied")},
		"empty password":     {list{2, "", "project.task", "search", list{list{}}}, same(accessDenied, "Access Denied")},
		"arguments left off": {list{2, "admin", "res.users", "context_get"}, same("", "")},
		"named null":         {list{2, "admin", "res.users", "context_get", list{}, nil}, same("", "")},
		"unknown user": {list{99999, "admin", "project.task", "search", list{list{}}},
			same(missingErr, "Record does not exist or has been deleted.\n(Record: res.users(99999,), User: 99999)")},
		"name missing": {create("project.task", dict{"project_id": 1}), differ(
			said{validationErr, "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: Task (project.task), Field: Title (name)"},
			said{validationErr, "The operation cannot be completed: Missing required value for the field 'Title' (name).\nModel: 'Task' (project.task)\n- create/update: "})},
		"name false":    {create("project.task", dict{"name": false}), same(validationErr, "The operation cannot be completed:")},
		"name empty":    {create("project.task", dict{"name": ""}), same("", "")},
		"name with NUL": {create("project.task", dict{"name": "a\x00b"}), same(valueErr, "A string literal cannot contain NUL (0x00) characters.")},
		"unknown field": {create("project.task", dict{"name": "x", "nosuchfield": 1}), differ(
			said{valueErr, "Invalid field 'nosuchfield' on model 'project.task'"},
			said{valueErr, "Invalid field 'nosuchfield' in 'project.task'"})},
		"field of the other version": {create("project.task", dict{"name": "x", "user_ids": list{}}), differ(
			said{valueErr, "Invalid field 'user_ids' on model 'project.task'"}, said{})},
		"unknown model": {create("no.such.model", dict{}), same(userErr, "Object no.such.model doesn't exist")},
		"unknown method": {list{2, "admin", "project.task", "nosuch", list{}}, differ(
			said{"builtins.AttributeError", "type object 'project.task' has no attribute 'nosuch'"},
			said{"builtins.AttributeError", "The method 'project.task.nosuch' does not exist"})},
		"private method": {list{2, "admin", "project.task", "_create", list{list{}}}, differ(
			said{accessErr, "Private methods (such as _create) cannot be called remotely."},
			said{accessErr, "Private methods (such as 'project.task._create') cannot be called remotely."})},
		"no such project": {create("project.task", dict{"name": "x", "project_id": 99999999}),
			same(missingErr, "Record does not exist or has been deleted.\n(Record: project.project(99999999,), User: 2)")},
		"no such stage": {create("project.task", dict{"name": "x", "stage_id": 99999999}),
			same(missingErr, "Record does not exist or has been deleted.\n(Record: project.task.type(99999999,), User: 2)")},
		"no such parent": {create("project.task", dict{"name": "x", "parent_id": 99999999}), differ(
			said{validationErr, "The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: Task (project.task), Constraint: project_task_parent_id_fkey"},
			said{missingErr, "Record does not exist or has been deleted.\n(Record: project.task(99999999,), User: 2)"})},
		"no such tag": {create("project.task", dict{"name": "x", "tag_ids": list{list{6, 0, list{99}}}}), differ(
			said{validationErr, "The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: Unknown (Unknown), Constraint: project_tags_project_task_rel_project_tags_id_fkey"},
			said{validationErr, "The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: Unknown\nThanks to the following constraint: project_tags_project_task_rel_project_tags_id_fkey"})},
		"project false": {create("project.task", dict{"name": "x", "project_id": false}), same("", "")},
		"duplicate tag": {create("project.tags", dict{"name": "taken"}), differ(
			said{validationErr, "project_tags_name_uniq"},
			said{validationErr, "The operation cannot be completed: A tag with the same name already exists."})},
		"two equal tags in one call": {create("project.tags", dict{"name": "twin"}, dict{"name": "twin"}), same(validationErr, "")},
		"language not installed": {list{2, "admin", "project.task", "search", list{list{}}, dict{"context": dict{"lang": "de_DE"}}}, differ(
			said{}, said{userErr, "Invalid language code: de_DE"})},
		"long name": {create("project.task", dict{"name": strings.Repeat("n", 2800)}), differ(
			said{"psycopg2.errors.ProgramLimitExceeded", `index row size 2816 exceeds btree version 4 maximum 2704 for index "project_task_name_index"`}, said{})},
		"long tag": {create("project.tags", dict{"name": strings.Repeat("n", 2800)}),
			same("psycopg2.errors.ProgramLimitExceeded", `index row size 2816 exceeds btree version 4 maximum 2704 for index "project_tags_name_uniq"`)},
		"unknown field in a domain": {list{2, "admin", "project.task", "search", list{list{list{"nofield", "=", 1}}}}, differ(
			said{valueErr, "Invalid field project.task.nofield in leaf ("},
			said{valueErr, "Invalid field project.task.nofield in condition ("})},
		"write to no such record": {list{2, "admin", "project.task", "write", list{list{99}, dict{"name": "x"}}}, same(missingErr, "Record does not exist")},
		"read of no such record":  {list{2, "admin", "project.task", "read", list{list{99}}}, same("", "")},
		"argument missing": {list{2, "admin", "project.task", "create", list{}},
			same("builtins.TypeError", "create() missing 1 required positional argument: 'vals_list'")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				is := is.New(t)
				s.AddProject(odoosim.Project{Name: "P"})
				s.AddTag("taken")
				a := service(t, s, "object", "execute_kw", append(list{"demo"}, c.args...)...)
				want := c.want[s.Dialect()]
				if want.name == "" {
					is.True(a.Error == nil) // must succeed
					return
				}
				is.True(a.Error != nil) // must fail
				is.Equal(a.Error.Data.Name, want.name)
				if !strings.HasPrefix(a.Error.Data.Message, want.message) {
					t.Errorf("message %q, want %q", a.Error.Data.Message, want.message)
				}
				is.Equal(a.Error.Message, "Odoo Server Error")
				is.Equal(a.Error.Data.Arguments[0], a.Error.Data.Message)
				is.True(strings.HasPrefix(a.Error.Data.Debug, "Traceback"))
				is.Equal(a.Error.Code, map[odoosim.Dialect]int{odoosim.V14: 200, odoosim.V19: 0}[s.Dialect()])
			})
		})
	}
}

func TestLoginAnswers(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		guarded := s.AddUser(odoosim.User{Login: "ann", Password: "secret", APIKey: "key", TwoFactor: true})
		login := func(args ...any) string {
			return string(service(t, s, "common", "authenticate", append(args, dict{})...).Result)
		}
		is.Equal(login("demo", "admin", "admin"), "2")
		is.Equal(login("demo", "admin", odoosim.DemoAPIKey), "2")
		is.Equal(login("demo", "admin", "wrong"), "false")
		is.Equal(login("demo", "admin", ""), "false")
		is.Equal(login("demo", "nobody", "admin"), "false")
		is.Equal(login("demo", "ann", "secret"), "false") // two-factor users need a key
		is.Equal(login("demo", "ann", "key"), "3")
		is.Equal(guarded, int64(3))

		for database, want := range map[string]map[odoosim.Dialect]said{
			"nodb": {
				odoosim.V14: {"psycopg2.OperationalError", "FATAL:  database \"nodb\" does not exist\n"},
				odoosim.V19: {"psycopg2.OperationalError", "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"nodb\" does not exist\n"},
			},
			"": {
				odoosim.V14: {"psycopg2.OperationalError", "FATAL:  database \"odoo\" does not exist\n"},
				odoosim.V19: {"builtins.AssertionError", "Missing database name"},
			},
		} {
			a := service(t, s, "common", "authenticate", database, "admin", "admin", dict{})
			is.True(a.Error != nil)
			is.Equal(said{a.Error.Data.Name, a.Error.Data.Message}, want[s.Dialect()])
		}
	})
}

func TestVersionNeedsNoLogin(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		want := map[odoosim.Dialect]string{
			odoosim.V14: `{"protocol_version":1,"server_serie":"14.0","server_version":"14.0","server_version_info":[14,0,0,"final",0,""]}`,
			odoosim.V19: `{"protocol_version":1,"server_serie":"19.0","server_version":"19.0","server_version_info":[19,0,0,"final",0,""]}`,
		}
		is.Equal(string(service(t, s, "common", "version").Result), want[s.Dialect()])
	})
}

func TestServicesSwitchedOff(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.SetRPC(false)
	is.True(service(t, s, "common", "version").Error == nil)
	for _, a := range []rpcAnswer{
		service(t, s, "common", "authenticate", "demo", "admin", "admin", dict{}),
		admin.call(t, s, "project.task", "search", list{list{}}, nil),
	} {
		is.True(a.Error != nil)
		is.Equal(a.Error.Code, 404)
		is.Equal(a.Error.Message, "404: Not Found")
		is.Equal(a.Error.Data.Name, "werkzeug.exceptions.NotFound")
	}
	is.Equal(json2(t, s, "res.users/context_get", "").Status, 200)
}

package odoosim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

var keyHeader = map[string]string{
	"Content-Type":    "application/json",
	"Authorization":   "bearer " + odoosim.DemoAPIKey,
	"X-Odoo-Database": "demo",
}

func json2(t *testing.T, s *odoosim.Server, path, body string) answer {
	t.Helper()
	return mustSend(t, s, http.MethodPost, "/json/2/"+path, keyHeader, body)
}

func TestJSON2Calls(t *testing.T) {
	s := start(t)
	s.AddProject(odoosim.Project{Name: "P"})
	for _, step := range []struct{ path, body, want string }{
		{"res.users/context_get", `{}`, `{"lang":"en_US","tz":false,"uid":2}`},
		{"res.users/context_get", ``, `{"lang":"en_US","tz":false,"uid":2}`},
		{"project.task/create", `{"vals_list":[{"name":"a","project_id":1},{"name":"b","project_id":1}],"context":{"tracking_disable":true}}`, `[1,2]`},
		{"project.task/create", `{"vals_list":{"name":"c"}}`, `[3]`},
		{"project.task/search_read", `{"domain":[],"fields":["name","project_id","stage_id"],"limit":2,"order":"id"}`,
			`[{"id":1,"name":"a","project_id":[1,"P"],"stage_id":false},{"id":2,"name":"b","project_id":[1,"P"],"stage_id":false}]`},
		{"project.task/search", `{"domain":[["name","in",["b","c"]]],"order":"id"}`, `[2,3]`},
		{"project.task/search_count", `{"domain":[]}`, `3`},
		{"project.task/read", `{"ids":[2,99],"fields":["name"]}`, `[{"id":2,"name":"b"}]`},
		{"project.task/write", `{"ids":[2],"vals":{"name":"B"}}`, `true`},
		{"project.task/load", `{"fields":["id","name"],"data":[["m.x","X"]],"context":{"mode":"update","noupdate":true}}`,
			`{"ids":[4],"messages":[],"nextrow":0}`},
		{"project.task/get_external_id", `{"ids":[4,1]}`, `{"1":"","4":"m.x"}`},
		{"project.task/unlink", `{"ids":[1]}`, `true`},
	} {
		t.Run(step.path, func(t *testing.T) {
			is := is.New(t)
			a := json2(t, s, step.path, step.body)
			is.Equal(a.Status, http.StatusOK)
			is.Equal(a.Body, step.want)
		})
	}
}

func TestJSON2Errors(t *testing.T) {
	s := start(t)
	s.AddTag("taken")
	s.AddUser(odoosim.User{Login: "portal", APIKey: "portalkey", Role: odoosim.Portal})
	cases := map[string]struct {
		path, body string
		header     map[string]string // changes; "" removes
		status     int
		name, text string // "" name: HTML
	}{
		"no key":         {"res.users/context_get", `{}`, map[string]string{"Authorization": ""}, 401, "werkzeug.exceptions.Unauthorized", "User not authenticated, use an API Key with a Bearer Authorization header."},
		"basic auth":     {"res.users/context_get", `{}`, map[string]string{"Authorization": "Basic eDp5"}, 401, "werkzeug.exceptions.Unauthorized", "User not authenticated"},
		"bad key":        {"res.users/context_get", `{}`, map[string]string{"Authorization": "Bearer nope"}, 401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"},
		"password":       {"res.users/context_get", `{}`, map[string]string{"Authorization": "Bearer admin"}, 401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"},
		"other database": {"res.users/context_get", `{}`, map[string]string{"X-Odoo-Database": "other"}, 404, "", "No database is selected and the requested URL was not found"},
		"unknown model":  {"no.model/search", `{}`, nil, 404, "werkzeug.exceptions.NotFound", "the model 'no.model' does not exist"},
		"unknown method": {"project.task/nosuch", `{}`, nil, 404, "werkzeug.exceptions.NotFound", "The method 'project.task.nosuch' does not exist"},
		"no method":      {"project.task", `{}`, nil, 404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?"},
		"private method": {"project.task/_create", `{}`, nil, 403, accessErr, "Private methods (such as 'project.task._create') cannot be called remotely."},
		"no right":       {"project.tags/create", `{"vals_list":[{"name":"x"}]}`, map[string]string{"Authorization": "Bearer portalkey"}, 403, accessErr, "You are not allowed to create 'Project Tags' (project.tags) records."},
		"missing record": {"project.task/write", `{"ids":[99],"vals":{}}`, nil, 404, missingErr, "Record does not exist"},
		"required":       {"project.task/create", `{"vals_list":[{}]}`, nil, 422, validationErr, "The operation cannot be completed: Missing required value"},
		"unique":         {"project.tags/create", `{"vals_list":[{"name":"taken"}]}`, nil, 422, validationErr, "The operation cannot be completed: A tag"},
		"bad language":   {"project.task/search", `{"domain":[],"context":{"lang":"de_DE"}}`, nil, 422, userErr, "Invalid language code: de_DE"},
		"ids on create":  {"project.task/create", `{"ids":[1],"vals_list":[]}`, nil, 422, "werkzeug.exceptions.UnprocessableEntity", "cannot call project.task.create with ids"},
		"wrong argument": {"project.task/create", `{"vals":[]}`, nil, 422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'vals_list'"},
		"unknown field":  {"project.task/create", `{"vals_list":[{"name":"x","nofield":1}]}`, nil, 500, valueErr, "Invalid field 'nofield' in 'project.task'"},
		"extra argument": {"project.task/search_read", `{"nosuch":1}`, nil, 500, "builtins.TypeError", "search_read() got an unexpected keyword argument 'nosuch'"},
		"bad domain":     {"project.task/search", `{"domain":[["nofield","=",1]]}`, nil, 500, valueErr, "Invalid field project.task.nofield in condition"},
		"bad JSON":       {"project.task/search", `{`, nil, 400, "werkzeug.exceptions.BadRequest", "could not parse the body as json"},
		"JSON array":     {"project.task/search", `[]`, nil, 500, "builtins.TypeError", ""},
		"no type":        {"project.task/search", `{}`, map[string]string{"Content-Type": ""}, 415, "", "Unsupported Media Type"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			header := maps.Clone(keyHeader)
			for k, v := range c.header {
				header[k] = v
				if v == "" {
					delete(header, k)
				}
			}
			a := mustSend(t, s, http.MethodPost, "/json/2/"+c.path, header, c.body)
			is.Equal(a.Status, c.status)
			if c.name == "" {
				is.Equal(a.Header.Get("Content-Type"), "text/html; charset=utf-8")
				is.True(strings.Contains(a.Body, c.text))
				return
			}
			var data struct {
				Name, Message, Debug string
				Arguments            []any
				Context              map[string]any
			}
			is.NoErr(json.Unmarshal([]byte(a.Body), &data))
			is.Equal(data.Name, c.name)
			is.True(strings.HasPrefix(data.Message, c.text))
			is.Equal(data.Arguments[0], data.Message)
			is.Equal(a.Header.Get("WWW-Authenticate") == "Bearer", c.status == 401)
		})
	}
}

func TestJSON2WantsPOST(t *testing.T) {
	is := is.New(t)
	s := start(t)
	a := mustSend(t, s, http.MethodGet, "/json/2/project.task/search", keyHeader, "")
	is.Equal(a.Status, http.StatusNotFound)
	is.True(strings.Contains(a.Body, "Did you mean POST /json/2/<model>/<method>?"))
}

func TestJSON2NeedsNoDatabaseNameAndNoLowerCaseScheme(t *testing.T) {
	is := is.New(t)
	s := start(t)
	a := mustSend(t, s, http.MethodPost, "/json/2/res.users/context_get",
		map[string]string{"Authorization": "BEARER " + odoosim.DemoAPIKey}, "")
	is.Equal(a.Status, http.StatusOK)
}

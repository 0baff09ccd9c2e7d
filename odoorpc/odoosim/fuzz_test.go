package odoosim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"odoosync/odoorpc/odoosim"
)

// FuzzCalls sends any model, method and arguments to both versions and both
// protocols. No call may panic, and one that fails must leave no task behind.
func FuzzCalls(f *testing.F) {
	for _, seed := range [][3]string{
		{"project.task", "create", `[[{"name":"x","tag_ids":[[6,0,[1]]],"parent_id":1}]]`},
		{"project.task", "create", `[{"name":["x"],"project_id":"1","sequence":1.5,"active":null}]`},
		{"project.task", "write", `[[1],{"parent_id":1,"tag_ids":[[6,0,[1]]]}]`},
		{"project.task", "unlink", `[[1]]`},
		{"project.task", "load", `[["id","name","tag_ids/.id","project_id","parent_id/id"],[["a.b","n","1","P",""],["",1]]]`},
		{"project.task", "search", `[["|",["name","!=","a"],"!",["id","in",[1,2]]],0,1,"sequence desc, name"]`},
		{"project.task", "search_read", `[[["tag_ids","!=",false],["name",">",false]],["name","tag_ids"]]`},
		{"project.task", "search", `[[["create_date",">=","2020"],["sequence","<",1e3]]]`},
		{"project.task", "read", `[[1,99],[]]`},
		{"project.task.type", "create", `[{"name":"s","project_ids":[[6,0,[1]]]}]`},
		{"ir.model.data", "create", `[{"module":"m","name":"x","model":"nope","res_id":1}]`},
		{"res.users", "write", `[[2],{"name":"n"}]`},
		{"res.users", "context_get", `[]`},
		{"project.task", "get_external_id", `[[1,1]]`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, model, method, args string) {
		if !utf8.ValidString(model) || !utf8.ValidString(method) || strings.ContainsAny(model+method, "\"\\/?#% \x00\x7f") {
			t.Skip("not a name")
		}
		for _, d := range []odoosim.Dialect{odoosim.V14, odoosim.V17, odoosim.V19} {
			s := odoosim.New(odoosim.WithDialect(d))
			project := s.AddProject(odoosim.Project{Name: "P"})
			s.AddStage("Backlog", 1, project)
			s.AddTag("t")
			s.AddTask(odoosim.Task{Name: "a", ProjectID: project, ExternalID: "m.a"})
			handle(s, "/jsonrpc", `{"params":{"service":"object","method":"execute_kw","args":["demo",2,"admin","`+
				model+`","`+method+`",`+args+`]}}`)
			before := len(s.Tasks())
			answer := handle(s, "/json/2/"+model+"/"+method, `{"ids":[1],"vals_list":`+args+`,"vals":`+args+`,"domain":`+args+`}`)
			if answer.Code != http.StatusOK && len(s.Tasks()) != before {
				t.Errorf("a call that failed changed the tasks: %s", answer.Body)
			}
		}
	})
}

func handle(s *odoosim.Server, path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.URL.Path = path
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+odoosim.DemoAPIKey)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, request)
	return w
}

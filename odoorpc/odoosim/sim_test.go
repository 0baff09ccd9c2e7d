package odoosim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// start serves a new simulator until the test ends.
func start(t *testing.T, opts ...odoosim.Option) *odoosim.Server {
	t.Helper()
	s := odoosim.New(opts...)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// bothDialects runs a test against fresh servers of the oldest and the newest
// version.
func bothDialects(t *testing.T, test func(*testing.T, *odoosim.Server)) {
	t.Helper()
	inDialects(t, test, odoosim.V14, odoosim.V19)
}

func allDialects(t *testing.T, test func(*testing.T, *odoosim.Server)) {
	t.Helper()
	inDialects(t, test, odoosim.V14, odoosim.V17, odoosim.V19)
}

func inDialects(t *testing.T, test func(*testing.T, *odoosim.Server), dialects ...odoosim.Dialect) {
	t.Helper()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) { test(t, start(t, odoosim.WithDialect(d))) })
	}
}

// answer is what came back over HTTP.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// send makes one request on a connection of its own.
func send(t *testing.T, s *odoosim.Server, method, path string, header map[string]string, body string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(content)}, err
}

func mustSend(t *testing.T, s *odoosim.Server, method, path string, header map[string]string, body string) answer {
	t.Helper()
	a, err := send(t, s, method, path, header, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

var jsonHeader = map[string]string{"Content-Type": "application/json"}

// rpcAnswer is the envelope of /jsonrpc.
type rpcAnswer struct {
	ID     any             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Data    struct {
			Name      string `json:"name"`
			Message   string `json:"message"`
			Arguments []any  `json:"arguments"`
			Debug     string `json:"debug"`
		} `json:"data"`
	} `json:"error"`
}

// service calls a service of /jsonrpc.
func service(t *testing.T, s *odoosim.Server, name, method string, args ...any) rpcAnswer {
	t.Helper()
	a := mustSend(t, s, http.MethodPost, "/jsonrpc", jsonHeader, rpcBody(t, name, method, args...))
	if a.Status != http.StatusOK {
		t.Fatalf("status %d: %s", a.Status, a.Body)
	}
	return parseRPC(t, a.Body)
}

func parseRPC(t *testing.T, body string) rpcAnswer {
	t.Helper()
	var parsed rpcAnswer
	if err := json.Unmarshal([]byte(body), &parsed); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return parsed
}

func rpcBody(t *testing.T, name, method string, args ...any) string {
	t.Helper()
	if args == nil {
		args = []any{}
	}
	body, err := json.Marshal(map[string]any{
		"jsonrpc": "2.0", "method": "call", "id": 7,
		"params": map[string]any{"service": name, "method": method, "args": args},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// user is who makes a call; the zero value is the administrator.
type user struct {
	id       int64
	password string
}

type list = []any
type dict = map[string]any

func (u user) call(t *testing.T, s *odoosim.Server, model, method string, args list, named dict) rpcAnswer {
	t.Helper()
	return service(t, s, "object", "execute_kw", u.request(s, model, method, args, named)...)
}

func (u user) request(s *odoosim.Server, model, method string, args list, named dict) list {
	if u.id == 0 {
		u = user{2, odoosim.DemoPassword}
	}
	if args == nil {
		args = list{}
	}
	if named == nil {
		named = dict{}
	}
	return list{s.Database(), u.id, u.password, model, method, args, named}
}

// result makes a call that has to succeed and decodes what it returns.
func (u user) result(t *testing.T, s *odoosim.Server, out any, model, method string, args list, named dict) {
	t.Helper()
	a := u.call(t, s, model, method, args, named)
	if a.Error != nil {
		t.Fatalf("%s.%s: %s: %s", model, method, a.Error.Data.Name, a.Error.Data.Message)
	}
	if err := json.Unmarshal(a.Result, out); err != nil {
		t.Fatalf("%v in %s", err, a.Result)
	}
}

// fails makes a call that has to fail and returns the name and the message.
func (u user) fails(t *testing.T, s *odoosim.Server, model, method string, args list, named dict) (name, message string) {
	t.Helper()
	a := u.call(t, s, model, method, args, named)
	if a.Error == nil {
		t.Fatalf("%s.%s succeeded: %s", model, method, a.Result)
	}
	return a.Error.Data.Name, a.Error.Data.Message
}

var admin user

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestATaskIsCreatedFoundAndLoaded(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "Shop"})
		stage := s.AddStage("Backlog", 1, project)

		var ids []int64
		admin.result(t, s, &ids, "project.task", "create", list{list{
			dict{"name": "Login", "project_id": project, "stage_id": stage},
			dict{"name": "Logout", "project_id": project},
		}}, nil)
		is.Equal(ids, []int64{1, 2})

		var found []int64
		admin.result(t, s, &found, "project.task", "search", list{list{list{"name", "=", "Logout"}}}, nil)
		is.Equal(found, []int64{2})

		rows := list{
			list{"__odoosync__.a", "Story", "<p>x</p>", project, stage, "", ids[0]},
			list{"__odoosync__.b", "Other", "", project, stage, "", ids[0]},
		}
		columns := list{"id", "name", "description", "project_id/.id", "stage_id/.id", "tag_ids/.id", "parent_id/.id"}
		for range 2 {
			a := admin.call(t, s, "project.task", "load", list{columns, rows},
				dict{"context": dict{"mode": "update", "noupdate": true, "tracking_disable": true}})
			is.True(a.Error == nil)
			is.Equal(compact(t, a.Result), `{"ids":[3,4],"messages":[],"nextrow":0}`)
		}
		tasks := s.Tasks()
		is.Equal(len(tasks), 4)
		is.Equal(tasks[2].Name, "Story")
		is.Equal(tasks[2].ParentID, ids[0])
		is.Equal(tasks[2].StageID, stage)
		is.Equal(tasks[2].ExternalID, "__odoosync__.a")
		is.Equal(tasks[1].StageID, stage) // the first of the project
	})
}

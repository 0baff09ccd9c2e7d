package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"odoosync/odoorpc"
)

var renew = flag.Bool("update", false, "write what odoorpc makes of the recordings anew; review the diff")

// TestRecordingsAreUnderstood gives each recorded answer to the client of
// package odoorpc and compares what it makes of it with a list that was
// reviewed line by line: testdata/wire/understood.txt.
func TestRecordingsAreUnderstood(t *testing.T) {
	files, err := filepath.Glob(recording("*/*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var got strings.Builder
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file)) + "/" + strings.TrimSuffix(filepath.Base(file), ".json")
		fmt.Fprintf(&got, "%s: %s\n", name, understood(t, filepath.Base(filepath.Dir(file)), readExchange(t, name)))
	}
	list := filepath.Join("..", "testdata", "wire", "understood.txt")
	if *renew {
		if err := os.WriteFile(list, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Error(udiff.Unified(list, "understood", string(want), got.String()))
	}
}

// secret has the form of an API key, and nothing that a server would say.
const secret = "fedcba9876543210fedcba9876543210fedcba98"

// understood is one line on what the client makes of a recording.
func understood(t *testing.T, version string, x exchange) string {
	t.Helper()
	major, err := strconv.Atoi(version)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(replay{x, major})
	defer server.Close()
	// An address of its own, so that it is the same in every error.
	there := &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("tcp", server.Listener.Addr().String())
	}}
	config := odoorpc.Config{URL: "http://odoo.localhost", Transport: there, Database: "odoo", Login: "wire-user", Retries: -1}
	switch {
	case x.Request.Path == "/web/version": // decides the protocol
		config.APIKey = odoorpc.NewSecret(secret)
	case x.isJSON2():
		config.APIKey, config.Protocol = odoorpc.NewSecret(secret), odoorpc.JSON2
	default:
		config.Password, config.Protocol = odoorpc.NewSecret(secret), odoorpc.JSONRPC
	}
	client, err := odoorpc.New(config)
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.Connect(context.Background())
	if err != nil {
		return "connecting: " + describe(err)
	}
	if x.concernsConnecting() {
		return fmt.Sprintf("connected: Odoo %s by %s, user %t", session.Version, session.Protocol, session.UserID > 0)
	}
	result, err := repeat(t, client, x.Request)
	if err != nil {
		return describe(err)
	}
	return result
}

func (x exchange) isJSON2() bool { return strings.HasPrefix(x.Request.Path, "/json/2/") }

// concernsConnecting reports whether the client makes this request when it
// connects.
func (x exchange) concernsConnecting() bool {
	return x.Request.model() == "" || x.isJSON2() && x.Request.method() == "context_get"
}

// A replay is a server that gives the recorded answer to the recorded request,
// and a good one to what has to come before.
type replay struct {
	exchange
	major int // of the version that answered
}

func (s replay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
	asked := request{Method: r.Method, Path: r.URL.Path, Body: body.Bytes()}
	recorded := s.Request
	same := asked.Method == recorded.Method && asked.model() == recorded.model() && asked.method() == recorded.method()
	a := s.Answer
	switch {
	case same, s.inPlaceOfAny() && r.URL.Path != "/web/version":
	case r.URL.Path == "/web/version" && s.major < 19:
		a = answer{Status: http.StatusNotFound, Text: "<!DOCTYPE html><title>Odoo</title>"}
	case r.URL.Path == "/web/version":
		a = answer{Status: http.StatusOK, Body: fmt.Appendf(nil, `{"version_info": [%d, 0, 0, "final", 0, ""], "version": "%[1]d.0"}`, s.major)}
	case asked.method() == "context_get":
		a = answer{Status: http.StatusOK, Body: json.RawMessage(`{"lang": "en_US", "tz": false, "uid": 7}`)}
	case asked.method() == "version":
		a = answer{Status: http.StatusOK, Body: fmt.Appendf(nil, `{"jsonrpc": "2.0", "id": 1, "result": {"server_version": "%d.0", "server_version_info": [%[1]d, 0, 0, "final", 0, ""]}}`, s.major)}
	case asked.method() == "authenticate":
		a = answer{Status: http.StatusOK, Body: json.RawMessage(`{"jsonrpc": "2.0", "id": 1, "result": 7}`)}
	}
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	text := a.Text
	if a.Body != nil {
		text = string(asked.withID(a.Body))
	}
	_, _ = w.Write([]byte(text))
}

// inPlaceOfAny reports whether the answer is a page that can come in place of
// any answer, because the server has no such path or takes no such request.
func (x exchange) inPlaceOfAny() bool {
	return x.Request.Path == "/odoo/jsonrpc" || x.Request.Method == http.MethodGet && x.Request.Path != "/web/version"
}

// withID is an answer under the number of this request.
func (r request) withID(body json.RawMessage) json.RawMessage {
	var numbered struct{ ID json.RawMessage }
	if json.Unmarshal(r.Body, &numbered) != nil || numbered.ID == nil {
		return body
	}
	return bytes.Replace(body, []byte(`"id": 1,`), fmt.Appendf(nil, `"id": %s,`, numbered.ID), 1)
}

// method is the method that a request calls.
func (r request) method() string {
	if strings.HasPrefix(r.Path, "/json/2/") {
		return filepath.Base(r.Path)
	}
	var call struct {
		Params struct {
			Method string
			Args   []any
		}
	}
	if json.Unmarshal(r.Body, &call) != nil {
		return ""
	}
	if r.model() == "" {
		return call.Params.Method
	}
	method, _ := call.Params.Args[4].(string)
	return method
}

// arguments are what a recorded call was made with.
type arguments struct {
	Fields  []string
	Data    [][]any
	Values  []map[string]any `json:"vals_list"`
	Domain  odoorpc.Domain
	IDs     []int64
	Context odoorpc.Context
}

func (r request) arguments(t *testing.T) arguments {
	t.Helper()
	var a arguments
	decode := func(data []byte, out any) {
		if err := json.Unmarshal(data, out); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	}
	if strings.HasPrefix(r.Path, "/json/2/") {
		decode(r.Body, &a)
		return a
	}
	var call struct {
		Params struct{ Args []json.RawMessage }
	}
	decode(r.Body, &call)
	var positional []json.RawMessage
	decode(call.Params.Args[5], &positional)
	decode(call.Params.Args[6], &a)
	for i, place := range map[string][]any{
		"load":        {&a.Fields, &a.Data},
		"create":      {&a.Values},
		"search":      {&a.Domain},
		"search_read": {&a.Domain, &a.Fields},
		"read":        {&a.IDs, &a.Fields},
	}[r.method()] {
		decode(positional[i], place)
	}
	return a
}

// repeat makes a recorded call with the client.
func repeat(t *testing.T, c *odoorpc.Client, r request) (string, error) {
	t.Helper()
	ctx, model, a := context.Background(), r.model(), r.arguments(t)
	var records []map[string]any
	switch method := r.method(); {
	case method == "load" && len(a.Data) == 0, a.Values != nil && len(a.Values) == 0:
		return "no call", nil
	case method == "load":
		loaded, err := c.LoadOnce(ctx, model, a.Fields, a.Data, odoorpc.LoadOptions{Context: a.Context})
		var refusal *odoorpc.LoadError
		if !errors.As(err, &refusal) {
			return fmt.Sprintf("%d ids", len(loaded.IDs)), err
		}
		lines := make([]string, len(refusal.Messages))
		for i, m := range refusal.Messages {
			lines[i] = fmt.Sprintf("error %s on row %d field %q: %.90q", m.Kind, m.Record, m.Field, withoutVolatile(m.Message))
		}
		return "refused: " + strings.Join(lines, "; "), nil
	case method == "create" && a.Values != nil:
		ids, err := c.Create(ctx, model, a.Values, odoorpc.CreateOptions{Context: a.Context})
		return fmt.Sprintf("%d ids", len(ids)), err
	case method == "search":
		var ids []int64
		args := odoorpc.Args{Params: []odoorpc.Param{{Name: "domain", Value: append(odoorpc.Domain{}, a.Domain...)}}, Repeatable: true}
		err := c.Call(ctx, model, method, args, &ids)
		return fmt.Sprintf("%d ids", len(ids)), err
	case method == "search_read":
		err := c.SearchRead(ctx, model, a.Domain, a.Fields, odoorpc.Query{}, &records)
		return fmt.Sprintf("%d records", len(records)), err
	case method == "read":
		args := odoorpc.Args{IDs: a.IDs, Params: []odoorpc.Param{{Name: "fields", Value: a.Fields}}, Repeatable: true}
		err := c.Call(ctx, model, method, args, &records)
		return fmt.Sprintf("%d records", len(records)), err
	default:
		var result any
		err := c.Call(ctx, model, method, odoorpc.Args{Repeatable: true}, &result)
		return fmt.Sprintf("%v", result), err
	}
}

// describe is the type of an error and what it says of its kind.
func describe(err error) string {
	if server, ok := errors.AsType[*odoorpc.ServerError](err); ok {
		return fmt.Sprintf("%T %s %s: %.90q", err, server.Kind, server.Name, withoutVolatile(server.Message))
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Sprintf("%T: %s", err, withoutVolatile(first))
}

//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// odoo is as little of a client as calls of Odoo need.
type odoo struct {
	URL      string
	Database string
	Login    string
	User     int64  // id of the user; 0: not logged in yet
	JSON2    bool   // talk JSON-2 with the API key instead of JSON-RPC with the password
	secret   string // password, or API key
}

// secretVariable is where a worker finds the secret of its server.
const secretVariable = "ODOOSYNC_BENCH_SECRET"

func (o *odoo) authenticate() error {
	if o.JSON2 {
		return nil // the key goes with each call
	}
	return o.rpc("common", "authenticate", []any{o.Database, o.Login, o.secret, map[string]any{}}, &o.User)
}

// parameter is an argument of a method: JSON-RPC goes by its place, JSON-2 by
// its name.
type parameter struct {
	name  string
	value any
}

// call calls a method of a model and stores what it returns in out.
func (o *odoo) call(model, method string, context map[string]any, out any, parameters ...parameter) error {
	if o.JSON2 {
		body := map[string]any{"context": context}
		for _, p := range parameters {
			body[p.name] = p.value
		}
		answer, err := o.post("/json/2/"+model+"/"+method, body)
		if err != nil {
			return err
		}
		return json.Unmarshal(answer, out)
	}
	positional := make([]any, len(parameters))
	for i, p := range parameters {
		positional[i] = p.value
	}
	return o.rpc("object", "execute_kw", []any{o.Database, o.User, o.secret, model, method, positional, map[string]any{"context": context}}, out)
}

func (o *odoo) rpc(service, method string, args []any, out any) error {
	answer, err := o.post("/jsonrpc", map[string]any{
		"jsonrpc": "2.0", "method": "call", "id": 1,
		"params": map[string]any{"service": service, "method": method, "args": args},
	})
	if err != nil {
		return err
	}
	envelope := struct {
		Result any `json:"result"`
		Error  *struct {
			Data struct {
				Message string `json:"message"`
			} `json:"data"`
		} `json:"error"`
	}{Result: out}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return err
	}
	if envelope.Error != nil {
		return fmt.Errorf("%s: %s", method, envelope.Error.Data.Message)
	}
	return nil
}

func (o *odoo) post(path string, body any) ([]byte, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodPost, o.URL+path, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if o.JSON2 {
		request.Header.Set("Authorization", "bearer "+o.secret)
		request.Header.Set("X-Odoo-Database", o.Database)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, response.Status, answer)
	}
	return answer, err
}

// addProject makes a project without stages.
func (o *odoo) addProject() (int64, error) {
	return o.create("project.project", map[string]any{"name": "odoosync bench " + time.Now().UTC().Format(time.RFC3339Nano)})
}

func (o *odoo) create(model string, values map[string]any) (int64, error) {
	var ids []int64
	if err := o.call(model, "create", nil, &ids, parameter{"vals_list", []any{values}}); err != nil {
		return 0, err
	}
	return ids[0], nil
}

// tags are all tags by name.
func (o *odoo) tags() (map[string]tag, error) {
	var found []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	if err := o.call("project.tags", "search_read", nil, &found, parameter{"domain", []any{}}, parameter{"fields", []string{"name"}}); err != nil {
		return nil, err
	}
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	var externalIDs map[int64]string
	if err := o.call("project.tags", "get_external_id", nil, &externalIDs, parameter{"ids", ids}); err != nil {
		return nil, err
	}
	tags := make(map[string]tag)
	for _, t := range found {
		tags[t.Name] = tag{id: t.ID, externalID: externalIDs[t.ID]}
	}
	return tags, nil
}

func readJSON(path string, into any) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(src, into)
}

func writeJSON(path string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(path, encoded, 0o600)
}

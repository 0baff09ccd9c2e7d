package behaviour

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// odoo asks an Odoo server as one user, over JSON-RPC. It is the witness of
// the suite and shares nothing with the client of the program.
type odoo struct {
	t        *testing.T
	url, db  string
	uid      int64
	password string
}

// object is the keyword arguments of a call, or the values of a record.
type object = map[string]any

// everything also finds what is archived.
var everything = object{"context": object{"active_test": false}}

// logIn returns a witness; it ends the test when the server refuses.
func logIn(t *testing.T, url, db, login, password string) *odoo {
	t.Helper()
	o := &odoo{t: t, url: url, db: db, password: password}
	if err := o.rpc("common", "authenticate", &o.uid, db, login, password, object{}); err != nil {
		t.Fatalf("logging in at %s: %v", url, err)
	}
	return o
}

// try makes one call on a model. An application error of Odoo comes back with
// its message.
func (o *odoo) try(model, method string, into any, named object, args ...any) error {
	if args == nil {
		args = []any{}
	}
	if named == nil {
		named = object{}
	}
	return o.rpc("object", "execute_kw", into, o.db, o.uid, o.password, model, method, args, named)
}

// call is try that ends the test on an error.
func (o *odoo) call(model, method string, into any, named object, args ...any) {
	o.t.Helper()
	if err := o.try(model, method, into, named, args...); err != nil {
		o.t.Fatalf("%s.%s: %v", model, method, err)
	}
}

// create makes one record and returns its id.
func (o *odoo) create(model string, values object) int64 {
	o.t.Helper()
	var ids []int64
	o.call(model, "create", &ids, object{"context": object{"tracking_disable": true}}, []object{values})
	return ids[0]
}

// count counts the records of a model, archived ones too.
func (o *odoo) count(model string, domain ...any) int {
	o.t.Helper()
	if domain == nil {
		domain = []any{}
	}
	var n int
	o.call(model, "search_count", &n, everything, domain)
	return n
}

// witness has patience for a server that is busy, or comes up again.
var witness = &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}

func (o *odoo) rpc(service, method string, into any, args ...any) error {
	body, err := json.Marshal(object{
		"jsonrpc": "2.0", "id": 1, "method": "call",
		"params": object{"service": service, "method": method, "args": args},
	})
	if err != nil {
		return err
	}
	response, err := witness.Post(o.url+"/jsonrpc", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Result json.RawMessage
		Error  *struct {
			Data struct{ Name, Message string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", response.Status, err)
	}
	switch {
	case answer.Error != nil:
		return errors.New(answer.Error.Data.Name + ": " + answer.Error.Data.Message)
	case into == nil:
		return nil
	}
	return json.Unmarshal(answer.Result, into)
}

// reference is a many2one as Odoo writes it: [id, name], or false.
type reference struct {
	ID   int64
	Name string
}

func (r *reference) UnmarshalJSON(b []byte) error {
	if string(b) == "false" {
		return nil
	}
	return json.Unmarshal(b, &[]any{&r.ID, &r.Name})
}

// text is a char or HTML field as Odoo writes it: a string, or false.
type text string

func (s *text) UnmarshalJSON(b []byte) error {
	if string(b) == "false" {
		return nil
	}
	return json.Unmarshal(b, (*string)(s))
}

package behaviour

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"
)

// newKey makes an API key the way a user does in the browser, who is asked for
// the password once more on the way. There is no other way over the wire.
func newKey(t *testing.T, url, db string, user account) string {
	t.Helper()
	b := newBrowser(t, url)
	b.post("/web/session/authenticate", nil, object{"db": db, "login": user.login, "password": user.password})
	const wizard = "res.users.apikeys.description"
	var description int64
	b.call(&description, wizard, "create", nil, object{"name": "odoosync e2e", "duration": "1"})
	var asked struct {
		Check int64 `json:"res_id"`
	}
	b.call(&asked, wizard, "make_key", nil, []int64{description})
	var made struct {
		Context struct {
			Key string `json:"default_key"`
		}
	}
	b.call(&made, "res.users.identitycheck", "run_check", object{"context": object{"password": user.password}}, []int64{asked.Check})
	if made.Context.Key == "" {
		t.Fatal("Odoo made no API key")
	}
	return made.Context.Key
}

// browser talks to the routes of the web client, with a session.
type browser struct {
	t    *testing.T
	url  string
	http *http.Client
}

func newBrowser(t *testing.T, url string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, url: url, http: &http.Client{Jar: jar, Timeout: 5 * time.Minute}}
}

func (b *browser) call(into any, model, method string, named object, args ...any) {
	b.t.Helper()
	if named == nil {
		named = object{}
	}
	b.post("/web/dataset/call_kw", into, object{"model": model, "method": method, "args": args, "kwargs": named})
}

func (b *browser) post(path string, into any, params object) {
	b.t.Helper()
	body, err := json.Marshal(object{"jsonrpc": "2.0", "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.http.Post(b.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Result, Error json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Error != nil {
		b.t.Fatalf("%s: %s: %v %s", path, response.Status, err, answer.Error)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer.Result, into); err != nil {
		b.t.Fatal(err)
	}
}

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// An account is a user to log in as. It is a second opinion of the wire: it
// shares no code with the client under test.
type account struct {
	base, database  string
	login, password string
	key             string // "" where there is none
	uid             int64
}

var browser = &http.Client{
	Timeout:       5 * time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// call calls a method of a model over JSON-RPC and decodes the result.
func (a account) call(t *testing.T, out any, model, method string, args []any, named map[string]any) {
	t.Helper()
	if named == nil {
		named = map[string]any{}
	}
	if err := a.try(out, "object", "execute_kw", a.database, a.uid, a.password, model, method, args, named); err != nil {
		t.Fatalf("%s.%s as %s: %v", model, method, a.login, err)
	}
}

// create makes one record as a call of create.
func (a account) create(t *testing.T, model string, values map[string]any, context map[string]any) int64 {
	t.Helper()
	var ids []int64
	a.call(t, &ids, model, "create", []any{[]any{values}}, map[string]any{"context": context})
	return ids[0]
}

// search returns the ids that match a domain, archived records too.
func (a account) search(t *testing.T, model string, domain ...any) []int64 {
	t.Helper()
	var ids []int64
	a.call(t, &ids, model, "search", []any{domain}, map[string]any{"context": map[string]any{"active_test": false}})
	return ids
}

func (a account) try(out any, service, method string, args ...any) error {
	return post(browser, a.base+"/jsonrpc", map[string]any{"service": service, "method": method, "args": args}, out)
}

func post(client *http.Client, url string, params, out any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
	if err != nil {
		return err
	}
	resp, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	var reply struct {
		Result json.RawMessage
		Error  *struct {
			Data struct{ Name, Message string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		return fmt.Errorf("%s: %w", resp.Status, err)
	}
	if reply.Error != nil {
		return fmt.Errorf("%s: %s", reply.Error.Data.Name, reply.Error.Data.Message)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(reply.Result, out)
}

// logIn fills the account's uid.
func (a *account) logIn(t *testing.T) {
	t.Helper()
	if err := a.try(&a.uid, "common", "authenticate", a.database, a.login, a.password, map[string]any{}); err != nil || a.uid == 0 {
		t.Fatalf("logging in as %s: uid %d, %v", a.login, a.uid, err)
	}
}

// makeKey makes an API key as a person does in the interface: log in, ask for
// one, confirm the password.
func (a *account) makeKey(t *testing.T) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	session := &http.Client{Jar: jar, Timeout: time.Minute}
	var wizard int64
	var check struct {
		ResID   int64 `json:"res_id"`
		Context struct {
			Key string `json:"default_key"`
		}
	}
	click := func(out any, model, method string, args []any, context map[string]any) error {
		return post(session, a.base+"/web/dataset/call_kw", map[string]any{
			"model": model, "method": method, "args": args, "kwargs": map[string]any{"context": context},
		}, out)
	}
	err = errors.Join(
		post(session, a.base+"/web/session/authenticate", map[string]any{"db": a.database, "login": a.login, "password": a.password}, nil),
		click(&wizard, "res.users.apikeys.description", "create", []any{map[string]any{"name": "e2e", "duration": "30"}}, map[string]any{}),
	)
	if err == nil {
		err = click(&check, "res.users.apikeys.description", "make_key", []any{[]any{wizard}}, map[string]any{})
	}
	if err == nil && check.Context.Key == "" {
		err = click(&check, "res.users.identitycheck", "run_check", []any{[]any{check.ResID}}, map[string]any{"password": a.password})
	}
	if err != nil || check.Context.Key == "" {
		t.Fatalf("making an API key for %s: %v", a.login, err)
	}
	a.key = check.Context.Key
}

// realOdoo is the administrator of a real server, brought up where it is not.
func realOdoo(t *testing.T, version string) account {
	t.Helper()
	environment := map[string]string{}
	if isForeign() {
		for _, name := range []string{"ODOO_URL", "ODOO_DB", "ODOO_USERNAME", "ODOO_PASSWORD"} {
			environment[name] = os.Getenv(name)
		}
	} else {
		bringUp(t, version, environment)
	}
	admin := account{
		base:     environment["ODOO_URL"],
		database: environment["ODOO_DB"],
		login:    environment["ODOO_USERNAME"],
		password: environment["ODOO_PASSWORD"],
	}
	admin.logIn(t)
	return admin
}

// bringUp starts a server of odoo-up and fills in how to reach it.
func bringUp(t *testing.T, version string, environment map[string]string) {
	t.Helper()
	up := exec.Command("./odoo-up", version)
	var told bytes.Buffer
	up.Stderr = &told
	out, err := up.Output()
	if err != nil {
		t.Fatalf("odoo-up %s: %v\n%s", version, err, told.Bytes())
	}
	for _, line := range exported.FindAllStringSubmatch(string(out), -1) {
		environment[line[1]] = line[2]
	}
}

var exported = regexp.MustCompile(`(?m)^export (\w+)=(.*)$`)

package odoorpc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"time"
)

// op names a call in events and errors.
type op struct {
	model, method string
	protocol      Protocol
	rows          int
	own           bool // the client's own call, as at the login: its name says nothing to its user
}

// place is where an error arose: the server's address, and the call unless it is the client's own.
func (c *Client) place(o op) Place {
	p := Place{Address: c.address()}
	if !o.own {
		p.Model, p.Method = o.model, o.method
	}
	return p
}

// A request is one call in the words of a protocol.
type request struct {
	*message
	timeout time.Duration // of one attempt
	path    string
	body    func(credentials) any // to be encoded; nil for a GET. Made twice: for the wire, and with masked credentials for a trace
	read    func(*answer) (json.RawMessage, error)
}

func (c *Client) address() string { return c.redactor.line(c.config.base.Host) }

// An answer is what came back over HTTP, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// maxMembers is how many members of an object are looked at. Those that Odoo answers with have about ten; millions of them
// would take many times the memory of their text.
const maxMembers = 1000

// members returns the members of a JSON object; nil where data is none, or has more than maxMembers.
func members(data json.RawMessage) map[string]json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, _ := d.Token(); start != json.Delim('{') || !json.Valid(data) {
		return nil
	}
	m := make(map[string]json.RawMessage)
	for d.More() {
		name, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil || len(m) == maxMembers {
			return nil
		}
		m[name.(string)] = value
	}
	return m
}

// text returns the string that data holds, or "".
func text(data json.RawMessage) string {
	var s string
	_ = json.Unmarshal(data, &s) // anything else leaves it empty
	return s
}

// credentials are what a body needs to carry, or the names that stand for them in a trace.
type credentials struct{ database, login, secret string }

// maskedCredentials hide the database and the login as well: either may equal the password.
var maskedCredentials = credentials{database: "[database]", login: "[login]", secret: masked}

func (s *settings) credentials() credentials {
	return credentials{database: s.Database, login: s.Login, secret: cmp.Or(s.APIKey.reveal(), s.Password.reveal())}
}

// A message is a call, whatever the protocol.
type message struct {
	op
	once       bool    // may be sent again only where the server has certainly done nothing
	finish     bool    // cancellation lets the attempt in flight come to its end
	returnSlow bool    // what may have been too much for the server is not repeated
	ids        []int64 // nil for methods that concern no records
	positional []Param // by position over JSON-RPC, by name over JSON-2
	keyword    []Param // by name over both
	context    Context
	tries      int // how often it went out
}

// named returns arguments by their names, and the context if there is one.
func (m *message) named(params ...Param) map[string]any {
	args := make(map[string]any, len(params)+2)
	for _, p := range params {
		args[p.Name] = p.Value
	}
	if len(m.context) > 0 {
		args["context"] = map[string]any(m.context)
	}
	return args
}

package odoorpc

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// json2 puts a message into the words of JSON-2: model and method in the path, arguments by name.
func (c *Client) json2(m *message) *request {
	args := m.named(slices.Concat(m.positional, m.keyword)...)
	if m.ids != nil {
		args["ids"] = m.ids
	}
	m.protocol = JSON2
	return &request{
		message: m,
		timeout: c.config.Timeout,
		path:    "/json/2/" + url.PathEscape(m.model) + "/" + url.PathEscape(m.method),
		body:    func(credentials) any { return args },
		read:    func(a *answer) (json.RawMessage, error) { return c.readJSON2(m.op, a) },
	}
}

// readJSON2 returns the result in an answer of /json/2, which is the whole body.
func (c *Client) readJSON2(op op, a *answer) (json.RawMessage, error) {
	if a.ok() {
		if !json.Valid(a.body) {
			return nil, c.notOdoo(op, a)
		}
		return bytes.TrimSpace(a.body), nil
	}
	fault := readFault(members(a.body))
	if fault.name == "" {
		if a.status == http.StatusNotFound {
			return nil, c.notFound(op, a)
		}
		return nil, c.notOdoo(op, a)
	}
	if a.status == http.StatusUnauthorized {
		return nil, c.loginRefused(JSON2, c.redactor.text(fault.message, maxMessage))
	}
	return nil, c.refusal(op, fault)
}

// notFound tells the 404s apart that are pages and not Odoo's own refusals: no such database, or no JSON-2. Odoo 19 also
// finds no database while PostgreSQL is down: one that was there before is expected back, and the call was not made. Odoo
// up to 15 answers an unknown path in the envelope of JSON-RPC.
func (c *Client) notFound(op op, a *answer) error {
	if strings.Contains(string(a.body), "No database is selected") {
		if c.session.Load() != nil {
			return &ServerError{Place: c.place(op), Kind: RefusalBusy, Message: "Odoo no longer finds its database (404)"}
		}
		return c.noDatabase("Odoo found no database for this request (404)")
	}
	if !isHTML(a) && text(members(a.body)["jsonrpc"]) == "" {
		return c.notOdoo(op, a)
	}
	return &ProtocolError{
		Address: c.address(), Protocol: JSON2, Reason: "POST /json/2 is not there (404)",
		hint: "JSON-2 came with Odoo 19: for an older server choose the protocol jsonrpc; otherwise check the URL and the name of the database",
	}
}

package odoorpc

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
)

// jsonRPC puts a message into the words of JSON-RPC: service "object", method "execute_kw".
func (c *Client) jsonRPC(m *message, uid int64) *request {
	args := make([]any, 0, len(m.positional)+1)
	if m.ids != nil {
		args = append(args, m.ids)
	}
	for _, p := range m.positional {
		args = append(args, p.Value)
	}
	keywords := m.named(m.keyword...)
	return c.service(m, "object", "execute_kw", func(with credentials) []any {
		return []any{with.database, uid, with.secret, m.model, m.method, args, keywords}
	})
}

// service calls a service of /jsonrpc.
func (c *Client) service(m *message, service, method string, args func(credentials) []any) *request {
	m.protocol = JSONRPC
	id := c.lastID.Add(1)
	return &request{
		message: m,
		timeout: c.config.Timeout,
		path:    "/jsonrpc",
		body: func(with credentials) any {
			return map[string]any{
				"jsonrpc": "2.0",
				"method":  "call",
				"id":      id,
				"params":  map[string]any{"service": service, "method": method, "args": args(with)},
			}
		},
		read: func(a *answer) (json.RawMessage, error) { return c.readJSONRPC(m.op, id, a) },
	}
}

// readJSONRPC returns the result in an answer of /jsonrpc; nil where the method returned nothing.
func (c *Client) readJSONRPC(op op, id int64, a *answer) (json.RawMessage, error) {
	envelope := members(a.body)
	if envelope == nil {
		if a.status == http.StatusNotFound {
			e := c.noJSONRPC("POST /jsonrpc is not there (404)")
			e.page = c.badAnswer(op, a, noOdooReason)
			return nil, e
		}
		return nil, c.notOdoo(op, a)
	}
	given := func(member string) bool { return envelope[member] != nil && string(envelope[member]) != "null" }
	switch {
	case given("error") && given("result"):
		return nil, c.badAnswer(op, a, "found a result and an error in one answer")
	case given("error"):
		return nil, c.readJSONRPCError(op, a, envelope["error"])
	case !a.ok():
		return nil, c.notOdoo(op, a)
	case text(envelope["jsonrpc"]) != "2.0":
		return nil, c.badAnswer(op, a, "not an answer of JSON-RPC 2.0")
	case string(envelope["id"]) != strconv.FormatInt(id, 10):
		return nil, c.badAnswer(op, a, "an answer to another call")
	}
	return envelope["result"], nil
}

func (c *Client) readJSONRPCError(op op, a *answer, failure json.RawMessage) error {
	outer := members(failure)
	if outer == nil {
		return c.badAnswer(op, a, "an error without content")
	}
	fault := readFault(members(outer["data"]))
	fault.message = cmp.Or(fault.message, text(outer["message"]))
	switch fault.name {
	case "werkzeug.exceptions.NotFound":
		return c.noJSONRPC("its RPC services are switched off (NotFound)")
	case "werkzeug.exceptions.RequestEntityTooLarge":
		return c.intermediary(op, &answer{status: http.StatusRequestEntityTooLarge})
	}
	return c.refusal(op, fault)
}

// noJSONRPC is the error of a server without the services of /jsonrpc.
func (c *Client) noJSONRPC(reason string) *ProtocolError {
	hint := "use an API key: with one, Odoo 19 and later is reached over JSON-2 (create one in your preferences in Odoo, under security)"
	if !c.config.APIKey.IsZero() {
		hint = "choose the protocol json2, or check that the URL leads to Odoo itself"
	}
	return &ProtocolError{Address: c.address(), Protocol: JSONRPC, Reason: reason, hint: hint}
}

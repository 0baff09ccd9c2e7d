package odoosim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Call is one request that a server understood well enough to know what it was
// about. Args, Named and Context share memory with nothing that changes.
type Call struct {
	Seq      int    // the n-th call to the server, from 1
	Endpoint string // the path, such as "/jsonrpc" or "/json/2/project.task/load"
	Service  string // "common" or "object"; "object" for JSON-2; "" for GET /web/version
	Model    string // of an object call
	Method   string // such as "version", "authenticate", "search_read"
	Size     int    // bytes of the request's body
	Rows     int    // records that a create or load carries; 0 for other methods
	Overlap  int    // other calls in progress when this one came

	Login   string         // of an authenticate
	UserID  int64          // as the client claims in an execute_kw; 0 in JSON-2
	Args    []any          // positional arguments after the method; nil in JSON-2
	Named   map[string]any // named arguments, without the context
	Context map[string]any
}

// Calls returns what was called so far, in order of arrival.
func (s *Server) Calls() []Call {
	s.recordMu.Lock()
	defer s.recordMu.Unlock()
	return slices.Clone(s.calls)
}

// ForgetCalls empties the record of calls; the numbers go on.
func (s *Server) ForgetCalls() {
	s.recordMu.Lock()
	defer s.recordMu.Unlock()
	s.calls = s.calls[:0:0]
}

// Contains tells whether a text stands in an argument or the context of the
// call, as a filter in front of Odoo looks for it.
func (c Call) Contains(text string) bool {
	return strings.Contains(fmt.Sprint(c.Args, c.Named, c.Context), text)
}

// MoreRows matches the calls that create or load more than n records. With
// [DropBefore], or Status(502, ""), and Times -1 it is Odoo's time limit, which
// kills the worker: nothing is committed and each repetition ends the same way.
func MoreRows(n int) func(Call) bool {
	return func(c Call) bool { return c.Rows > n }
}

// arrived is how many calls have come so far.
func (r *recorder) arrived() int {
	r.recordMu.Lock()
	defer r.recordMu.Unlock()
	return r.seq
}

// record notes a call and counts it as in progress until the returned function
// is called, perhaps repeatedly.
func (r *recorder) record(c *Call) (done func()) {
	r.recordMu.Lock()
	defer r.recordMu.Unlock()
	r.seq++
	c.Seq = r.seq
	c.Overlap = r.inFlight
	r.inFlight++
	r.calls = append(r.calls, *c)
	return sync.OnceFunc(func() {
		r.recordMu.Lock()
		defer r.recordMu.Unlock()
		r.inFlight--
	})
}

// describe fills in what the arguments say about a call.
func (c *Call) describe(a arguments) {
	c.Args, c.Named, c.Context = a.positional, maps.Clone(a.named), a.context
	rows := map[string]string{"create": "vals_list", "load": "data"}[c.Method]
	if rows == "" {
		return
	}
	carried, ok := a.named[rows]
	if at := map[string]int{"create": 0, "load": 1}[c.Method]; !ok && len(a.positional) > at {
		carried = a.positional[at]
	}
	switch carried := carried.(type) {
	case []any:
		c.Rows = len(carried)
	case map[string]any:
		c.Rows = 1
	}
}

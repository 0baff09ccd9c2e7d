package odoosim

import (
	"fmt"
	"net/http"
	"slices"
)

// Fault makes calls fail. Faults are looked at in the order of their
// injection; each that matches a call acts on it, until one ends the call.
type Fault struct {
	Match  func(Call) bool // nil: every call; it must not call the server
	Skip   int             // let this many matching calls pass first
	Times  int             // how often to act; 0: once; negative: always
	Action Action
}

// On matches the calls of a method on a model, over both protocols.
func On(model, method string) func(Call) bool {
	return func(c Call) bool { return c.Model == model && c.Method == method }
}

// Inject adds faults. It panics on a fault without an action.
func (s *Server) Inject(faults ...Fault) {
	s.recordMu.Lock()
	defer s.recordMu.Unlock()
	for _, f := range faults {
		if f.Action.stage == 0 {
			panic("odoosim: fault without an action")
		}
		active := &activeFault{Fault: f, left: f.Times}
		if f.Times == 0 {
			active.left = 1
		}
		s.faults = append(s.faults, active)
	}
}

// ClearFaults removes all faults; calls that one is acting on are not freed.
func (s *Server) ClearFaults() {
	s.recordMu.Lock()
	defer s.recordMu.Unlock()
	s.faults = nil
}

// stage is when an action acts.
type stage int

const (
	beforeWork stage = iota + 1 // nothing is done yet; the snapshot is taken
	duringWork                  // while records are created
	afterWork                   // what was done is committed, not yet answered
)

// Action is what a fault does to a call. The zero Action is not valid.
type Action struct {
	stage   stage
	act     func(*exchange) bool // reports whether the call has ended
	name    string               // of the records to refuse
	message string
}

// AfterCommit returns the action moved to after the work is committed. It is
// for Status, Page, Garbage, Answer, Delay and Hang; it panics for the others.
func (a Action) AfterCommit() Action {
	if a.stage != beforeWork {
		panic("odoosim: this action has a place of its own")
	}
	a.stage = afterWork
	return a
}

// RefuseName makes the records with this name in a create or load fail with a
// ValidationError, as a check constraint of the database does: a load names
// their rows and no other. It is used up only by a call that has such a record
// to create. For refusals of rules and modules see [Server.OnCreate].
func RefuseName(name, message string) Action {
	return Action{stage: duringWork, name: name, message: message}
}

// Status answers with an HTTP status and a proxy's HTML page, and does not
// carry out the call. An empty retryAfter sends no such header.
func Status(code int, retryAfter string) Action {
	title := fmt.Sprintf("%d %s", code, http.StatusText(code))
	body := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	return Page(code, retryAfter, "text/html", body)
}

// Page is Status with a body of one's own.
func Page(code int, retryAfter, contentType, body string) Action {
	return Action{stage: beforeWork, act: func(x *exchange) bool {
		page := reply{status: code, contentType: contentType, body: []byte(body)}
		if retryAfter != "" {
			page.header = map[string]string{"Retry-After": retryAfter}
		}
		page.write(x.w)
		return true
	}}
}

// Garbage answers 200 with an HTML page, as a login portal in between does.
func Garbage() Action {
	return Page(http.StatusOK, "", "text/html; charset=utf-8",
		"<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body>Please sign in.</body></html>\n")
}

// Answer gives this result instead of the true one, without doing the work;
// with AfterCommit, instead of the result of the work.
func Answer(result any) Action {
	return Action{stage: beforeWork, act: func(x *exchange) bool {
		x.render(result, nil).write(x.w)
		return true
	}}
}

// LoadMessage answers a load with no ids and one error for the whole call, as
// servers do that refuse imports to the user. Nothing is done.
func LoadMessage(message string) Action {
	return Answer(map[string]any{
		"ids":      false,
		"messages": []any{map[string]any{"type": "error", "message": message, "record": false}},
		"nextrow":  0,
	})
}

// ErrorName answers with an error of Odoo, such as
// "psycopg2.errors.SerializationFailure". Nothing is done.
func ErrorName(name, message string) Action {
	return Action{stage: beforeWork, act: func(x *exchange) bool {
		x.render(nil, namedError(name, message)).write(x.w)
		return true
	}}
}

// DropBefore closes the connection without doing the work or answering.
func DropBefore() Action {
	return Action{stage: beforeWork, act: drop}
}

// DropAfter does the work and closes the connection without answering.
func DropAfter() Action {
	return Action{stage: afterWork, act: drop}
}

func drop(*exchange) bool { panic(http.ErrAbortHandler) }

// HalfAnswer does the work and closes the connection in the middle of the
// body of the answer.
func HalfAnswer() Action {
	return Action{stage: afterWork, act: func(x *exchange) bool {
		x.reply.writeHalf(x.w)
		panic(http.ErrAbortHandler)
	}}
}

// Delay holds the call until the channel is closed or the server is; then it
// goes on, also when the client has left. A call that is held has taken its
// snapshot, so that what others commit meanwhile can collide with it.
func Delay(until <-chan struct{}) Action {
	return Action{stage: beforeWork, act: func(x *exchange) bool {
		select {
		case <-until:
			return false
		case <-x.s.closed:
			panic(http.ErrAbortHandler)
		}
	}}
}

// Hang never answers and does nothing, until the client leaves or the server
// is closed.
func Hang() Action {
	return Action{stage: beforeWork, act: func(x *exchange) bool {
		select {
		case <-x.r.Context().Done():
		case <-x.s.closed:
		}
		panic(http.ErrAbortHandler)
	}}
}

// activeFault is a fault with its counters.
type activeFault struct {
	Fault
	skipped int
	left    int // negative: without end
}

// claim finds the faults that match a call and were not skipped. Using one up
// is for spend, because an earlier one may end the call.
func (r *recorder) claim(c Call) []*activeFault {
	r.recordMu.Lock()
	defer r.recordMu.Unlock()
	var claimed []*activeFault
	for _, f := range r.faults {
		if f.left == 0 || f.Match != nil && !f.Match(c) {
			continue
		}
		if f.skipped < f.Skip {
			f.skipped++
			continue
		}
		claimed = append(claimed, f)
	}
	return claimed
}

// spend uses a fault once; false when another call has used it up.
func (r *recorder) spend(f *activeFault) bool {
	r.recordMu.Lock()
	defer r.recordMu.Unlock()
	if f.left == 0 || !slices.Contains(r.faults, f) {
		return false
	}
	if f.left > 0 {
		f.left--
	}
	return true
}

// refusal is a fault that refuses records of one call.
type refusal struct {
	fault *activeFault
	spend func(*activeFault) bool
	hit   bool
}

// refused is the error for a record that a fault refuses.
func (t *tx) refused(sent values) error {
	for _, r := range t.refusals {
		a := r.fault.Action
		if sent["name"] != a.name {
			continue
		}
		if r.hit || r.spend(r.fault) {
			r.hit = true
			e := validationError("%s", a.message)
			if t.dialect != V14 {
				e.onLoad = a.message
			}
			return e
		}
	}
	return nil
}

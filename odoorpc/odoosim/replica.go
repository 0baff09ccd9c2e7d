package odoosim

import (
	"slices"
	"time"
)

// replica answers reads from an earlier state of the database.
type replica struct {
	lag    time.Duration
	calls  int
	states []state // by age; the first is the newest that reads may see
}

// state is the database as a commit left it.
type state struct {
	db  *database
	at  time.Time
	seq int // calls that had come by then
}

// replicated are the methods that Odoo 19 may answer from a replica over JSON-2.
// All else, get_external_id too, sees the primary.
var replicated = []string{"search", "search_count", "search_read", "read", "has_group"}

// WithReplica puts a replica behind JSON-2: searches and reads see what a call
// has committed only when lag has passed and that many more calls have come.
// JSON-RPC sees the primary, as do loads and creates. What a test seeds, and all
// before it, is seen at once. Each commit costs a copy of the database.
func WithReplica(lag time.Duration, calls int) Option {
	return func(s *Server) { s.replica = &replica{lag: lag, calls: calls} }
}

// note keeps the state after a commit.
func (r *replica) note(db *database, at time.Time, seq int) {
	if r != nil {
		r.states = append(r.states, state{db.clone(), at, seq})
	}
}

// seen returns the database that a call of a method reads.
func (s *Server) seen(method string, json2 bool) *database {
	r := s.replica
	if r == nil || !json2 || !slices.Contains(replicated, method) || len(r.states) == 0 {
		return s.db
	}
	now, seq := s.clock(), s.arrived()
	for len(r.states) > 1 && now.Sub(r.states[1].at) >= r.lag && seq-r.states[1].seq > r.calls {
		r.states = r.states[1:]
	}
	return r.states[0].db
}

// clone copies all records.
func (db *database) clone() *database {
	c := &database{tables: map[string]*table{}, accounts: db.accounts, commits: db.commits}
	for name, tab := range db.tables {
		c.tables[name] = newTable(tab.model)
		for _, id := range tab.ids {
			r := *tab.rows[id]
			r.vals = slices.Clone(r.vals)
			c.tables[name].put(&r)
		}
	}
	return c
}

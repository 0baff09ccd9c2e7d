package odoosim

import (
	"slices"
	"time"
)

// tx is one call: what it may see, who makes it, and how to undo it.
type tx struct {
	dialect  Dialect
	db       *database
	account  *account
	context  map[string]any
	now      string // the server's clock as Odoo stores it
	snapshot int64  // commits after this one are unknown to the call
	lang     string // of translated names; "" for what they were made with
	speaks   string // language of messages
	super    bool   // rights are not checked
	refusals []*refusal
	hooks    map[string]func(*Automation, []int64) error
	late     error // comes at commit
	undo     []func()
	touched  []*row
}

// timeLayout is how Odoo writes a moment, in UTC.
const timeLayout = "2006-01-02 15:04:05"

func newTx(d Dialect, db *database, account *account, now time.Time) *tx {
	return &tx{
		dialect:  d,
		db:       db,
		account:  account,
		now:      now.UTC().Format(timeLayout),
		snapshot: db.commits,
	}
}

func (t *tx) uid() int64 { return t.account.id }

func (t *tx) table(model string) *table { return t.db.tables[model] }

// commit makes the changes final and tells whether there were any.
func (t *tx) commit() bool {
	if len(t.undo) == 0 {
		return false
	}
	t.db.commits++
	for _, r := range t.touched {
		r.commit = t.db.commits
	}
	t.undo, t.touched = nil, nil
	return true
}

// savepoint returns a mark for rollback.
func (t *tx) savepoint() int { return len(t.undo) }

// rollback takes back all changes since the mark; ids stay used.
func (t *tx) rollback(mark int) {
	for _, step := range slices.Backward(t.undo[mark:]) {
		step()
	}
	t.undo = t.undo[:mark]
}

// insert stores a new record under the next id of its table.
func (t *tx) insert(tab *table, vals []any) *row {
	r := &row{id: tab.nextID, vals: vals}
	tab.nextID++
	vals[tab.field("id").pos] = r.id
	for _, name := range []string{"create_uid", "write_uid"} {
		vals[tab.field(name).pos] = t.uid()
	}
	for _, name := range []string{"create_date", "write_date"} {
		vals[tab.field(name).pos] = t.now
	}
	tab.put(r)
	t.touched = append(t.touched, r)
	t.undo = append(t.undo, func() { tab.drop(r) })
	return r
}

// set changes one field of a record.
func (t *tx) set(tab *table, r *row, name string, value any) {
	f := tab.field(name)
	old := r.vals[f.pos]
	tab.change(r, f, value)
	t.touched = append(t.touched, r)
	t.undo = append(t.undo, func() { tab.change(r, f, old) })
}

// remove deletes a record.
func (t *tx) remove(tab *table, r *row) {
	tab.drop(r)
	t.undo = append(t.undo, func() { tab.put(r) })
}

// asSuper runs a step with the server's own rights.
func (t *tx) asSuper(step func() error) error {
	was := t.super
	t.super = true
	defer func() { t.super = was }()
	return step()
}

// contextFlag reads a switch of the call's context; missing is the default.
func (t *tx) contextFlag(name string, missing bool) bool {
	v, ok := t.context[name]
	if !ok {
		return missing
	}
	return truthy(v)
}

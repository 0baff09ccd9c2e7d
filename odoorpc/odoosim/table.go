package odoosim

import (
	"maps"
	"slices"
)

// table holds the records of one model.
type table struct {
	*model
	rows   map[int64]*row
	ids    idSet
	index  map[*field]map[any]idSet
	nextID int64
}

// row is one record. Values are, by kind of field: string or nil (Odoo's
// false) for texts, int64, bool, int64 with 0 for none in a many2one, and a
// sorted idSet, never changed in place, in a many2many.
type row struct {
	id     int64
	vals   []any
	terms  map[string]string // translations of the name by language, never changed in place
	commit int64             // the commit that wrote it last
}

// idSet is an ascending list of ids.
type idSet []int64

func (s idSet) has(id int64) bool {
	_, found := slices.BinarySearch(s, id)
	return found
}

// insert adds id; it may reuse the memory of s.
func (s idSet) insert(id int64) idSet {
	if n := len(s); n == 0 || s[n-1] < id {
		return append(s, id)
	}
	at, found := slices.BinarySearch(s, id)
	if found {
		return s
	}
	return slices.Insert(s, at, id)
}

// remove takes id out; it reuses the memory of s.
func (s idSet) remove(id int64) idSet {
	at, found := slices.BinarySearch(s, id)
	if !found {
		return s
	}
	return slices.Delete(s, at, at+1)
}

func newIDSet(ids ...int64) idSet {
	s := slices.Clone(ids)
	slices.Sort(s)
	return slices.Compact(s)
}

func newTable(m *model) *table {
	t := &table{model: m, rows: map[int64]*row{}, index: map[*field]map[any]idSet{}, nextID: 1}
	for _, f := range m.fields {
		if f.indexed {
			t.index[f] = map[any]idSet{}
		}
	}
	return t
}

// value returns a field of a row; nil when there is no such row.
func (t *table) value(id int64, name string) any {
	r := t.rows[id]
	if r == nil {
		return nil
	}
	return r.vals[t.field(name).pos]
}

func (t *table) text(id int64, name string) string {
	s, _ := t.value(id, name).(string)
	return s
}

func (t *table) number(id int64, name string) int64 {
	n, _ := t.value(id, name).(int64)
	return n
}

func (t *table) truth(id int64, name string) bool {
	b, _ := t.value(id, name).(bool)
	return b
}

func (t *table) set(id int64, name string) idSet {
	s, _ := t.value(id, name).(idSet)
	return s
}

// lookup returns the ids whose indexed field has this value, as a view that
// holds until the next change.
func (t *table) lookup(name string, value any) idSet {
	return t.index[t.field(name)][value]
}

func (t *table) put(r *row) {
	t.rows[r.id] = r
	t.ids = t.ids.insert(r.id)
	for f, values := range t.index {
		values[r.vals[f.pos]] = values[r.vals[f.pos]].insert(r.id)
	}
}

func (t *table) drop(r *row) {
	delete(t.rows, r.id)
	t.ids = t.ids.remove(r.id)
	for f, values := range t.index {
		t.unindex(values, r.vals[f.pos], r.id)
	}
}

func (t *table) change(r *row, f *field, value any) {
	if values, ok := t.index[f]; ok {
		t.unindex(values, r.vals[f.pos], r.id)
		values[value] = values[value].insert(r.id)
	}
	r.vals[f.pos] = value
}

func (t *table) unindex(values map[any]idSet, value any, id int64) {
	if left := values[value].remove(id); len(left) > 0 {
		values[value] = left
	} else {
		delete(values, value)
	}
}

// database is what a server stores.
type database struct {
	tables   map[string]*table
	accounts map[int64]*account // by id of the user
	commits  int64
	messages int64
}

// nextMessage returns the id of a new message; as with records, ids of calls
// that fail stay used.
func (db *database) nextMessage() int64 {
	db.messages++
	return db.messages
}

// account is what a user logs in with.
type account struct {
	User
	id int64
}

func newDatabase(d Dialect) *database {
	db := &database{tables: map[string]*table{}, accounts: map[int64]*account{}}
	for _, m := range models(d) {
		db.tables[m.name] = newTable(m)
	}
	return db
}

func (db *database) byLogin(login string) *account {
	for _, id := range slices.Sorted(maps.Keys(db.accounts)) {
		if db.accounts[id].Login == login {
			return db.accounts[id]
		}
	}
	return nil
}

func (db *database) byKey(key string) *account {
	if key == "" {
		return nil
	}
	for _, a := range db.accounts {
		if a.APIKey == key {
			return a
		}
	}
	return nil
}

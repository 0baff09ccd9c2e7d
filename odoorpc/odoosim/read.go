package odoosim

import (
	"cmp"
	"slices"
	"strings"
)

// query is what narrows and orders a search.
type query struct {
	domain any
	offset int64
	limit  int64 // 0 is none
	order  string
}

// search returns the ids of the records that match and that the user sees.
func (t *tx) search(tab *table, q query) ([]int64, error) {
	if err := t.checkACL(tab.model, opRead); err != nil {
		return nil, err
	}
	n, err := t.parseDomain(tab, q.domain)
	if err != nil {
		return nil, err
	}
	terms, err := t.parseOrder(tab, q.order)
	if err != nil {
		return nil, err
	}
	hideArchived := tab.field("active") != nil && t.contextFlag("active_test", true) && !n.mentions("active")
	var ids []int64
	for _, id := range t.candidates(tab, n) {
		r := tab.rows[id]
		if hideArchived && !tab.truth(id, "active") {
			continue
		}
		if t.matches(r, n) && t.permits(tab, opRead, r) {
			ids = append(ids, id)
		}
	}
	if len(terms) != 1 || terms[0].field.name != "id" || terms[0].desc {
		slices.SortStableFunc(ids, func(a, b int64) int { return t.compareRows(tab, terms, a, b) })
	}
	if q.offset > 0 {
		ids = ids[min(q.offset, int64(len(ids))):]
	}
	if q.limit > 0 && int64(len(ids)) > q.limit {
		ids = ids[:q.limit]
	}
	return ids, nil
}

// orderTerm is one part of an "order by".
type orderTerm struct {
	field *field
	desc  bool
}

func (t *tx) parseOrder(tab *table, order string) ([]orderTerm, error) {
	if order == "" {
		order = tab.order
	}
	var terms []orderTerm
	for part := range strings.SplitSeq(order, ",") {
		words := strings.Fields(part)
		bad := len(words) == 0 || len(words) > 2
		desc := false
		if len(words) == 2 {
			direction := strings.ToLower(words[1])
			desc = direction == "desc"
			bad = !desc && direction != "asc"
		}
		if bad {
			return nil, userError("Invalid \"order\" specified (%s). A valid \"order\" specification is a comma-separated"+
				" list of valid field names (optionally followed by asc/desc for the direction)", order)
		}
		f := tab.field(words[0])
		if f == nil || f.relation != "" {
			return nil, valueError("Invalid field '%s' on model '%s'", words[0], tab.name)
		}
		terms = append(terms, orderTerm{f, desc})
	}
	return terms, nil
}

// compareRows orders records by fields that are no relations; texts not set
// come last, as in PostgreSQL.
func (t *tx) compareRows(tab *table, terms []orderTerm, a, b int64) int {
	for _, term := range terms {
		order := 0
		switch x := t.value(tab.rows[a], term.field).(type) {
		case int64:
			order = cmp.Compare(x, tab.number(b, term.field.name))
		case string, nil:
			order = strings.Compare(t.sortable(tab.rows[a], term.field), t.sortable(tab.rows[b], term.field))
		}
		if term.desc {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func (t *tx) sortable(r *row, f *field) string {
	if s, ok := t.value(r, f).(string); ok {
		return s
	}
	return "\U0010ffff"
}

// read returns the fields of records, as clients see them, in the order of
// ids; ids that do not exist are left out. No fields means all.
func (t *tx) read(tab *table, ids []int64, names []string) ([]any, error) {
	if err := t.checkACL(tab.model, opRead); err != nil {
		return nil, err
	}
	fields, err := t.readFields(tab, names)
	if err != nil {
		return nil, err
	}
	records := make([]any, 0, len(ids))
	for _, id := range ids {
		r := tab.rows[id]
		if r == nil {
			continue
		}
		if err := t.checkRule(tab, opRead, r); err != nil {
			return nil, err
		}
		record := make(map[string]any, len(fields)+1)
		record["id"] = id
		for _, f := range fields {
			record[f.name] = t.shown(r, f)
		}
		records = append(records, record)
	}
	return records, nil
}

func (t *tx) readFields(tab *table, names []string) ([]*field, error) {
	if len(names) == 0 {
		return tab.fields, nil
	}
	fields := make([]*field, 0, len(names))
	for _, name := range names {
		f := tab.field(name)
		if f == nil {
			return nil, valueError("Invalid field '%s' on model '%s'", name, tab.name)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// shown is a field as JSON: false for what is not set, [id, name] for a
// many2one, ids for the other relations.
func (t *tx) shown(r *row, f *field) any {
	value := t.value(r, f)
	switch f.kind {
	case kindMany2one:
		id := value.(int64)
		if id == 0 {
			return false
		}
		return []any{id, t.displayName(t.table(f.relation), id)}
	case kindMany2many:
		return t.visibleLinks(r, f)
	case kindInteger, kindBoolean:
		return value
	}
	if value == nil {
		return false
	}
	return value
}

// displayName is the name of a record; false when it is empty.
func (t *tx) displayName(tab *table, id int64) any {
	if name := t.value(tab.rows[id], tab.field("name")); name != nil && name != "" {
		return name
	}
	return false
}

// visibleLinks returns the ids of a relation, without archived records unless
// the context asks for them.
func (t *tx) visibleLinks(r *row, f *field) []int64 {
	ids := make([]int64, 0, 4)
	other := t.table(f.relation)
	hide := other != nil && other.field("active") != nil && t.contextFlag("active_test", true)
	for _, id := range linked(r, f) {
		if hide && !other.truth(id, "active") {
			continue
		}
		ids = append(ids, id)
	}
	return ids
}

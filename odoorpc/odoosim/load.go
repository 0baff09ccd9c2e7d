package odoosim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// loadRow is one row of a load, with its cells converted.
type loadRow struct {
	at     int
	xid    string // "module.name", empty when the row has none
	id     int64  // of the column ".id"
	values values
}

// loadColumn says where the cells of a column go.
type loadColumn struct {
	name  string // the column as sent
	field *field
	sub   string // "", "id" or ".id"
}

// load makes or updates one record a row, all or none. Mistakes of the rows
// are in the answer; the error is for calls that cannot be carried out at all.
func (t *tx) load(tab *table, columns []string, data []any) (any, error) {
	cols, err := t.loadColumns(tab, columns)
	if err != nil {
		return nil, err
	}
	start := t.savepoint()
	var messages []any
	rows := make([]loadRow, 0, len(data))
	for at, item := range data {
		row, faulty, err := t.convertRow(cols, at, item)
		if err != nil {
			return nil, err
		}
		rows, messages = append(rows, row), append(messages, faulty...)
	}
	ids, err := t.loadRows(tab, rows)
	if err != nil {
		t.rollback(start)
		messages = t.blame(tab, rows, messages, err)
	}
	for _, m := range messages {
		if m.(map[string]any)["type"] == "error" {
			t.rollback(start)
			return map[string]any{"ids": false, "messages": messages, "nextrow": 0}, nil
		}
	}
	if ids == nil {
		ids = []int64{}
	}
	return map[string]any{"ids": ids, "messages": []any{}, "nextrow": 0}, nil
}

func (t *tx) loadColumns(tab *table, names []string) ([]loadColumn, error) {
	cols := make([]loadColumn, 0, len(names))
	for _, name := range names {
		col := loadColumn{name: name, sub: name}
		if name != "id" && name != ".id" {
			base, sub, _ := strings.Cut(name, "/")
			col.field, col.sub = tab.field(base), sub
			if col.field == nil {
				if t.dialect < V19 {
					return nil, pythonError("KeyError", "%s", base)
				}
				return nil, valueError("Invalid field name '%s'", base)
			}
			if sub != "" && (col.field.relation == "" || sub != "id" && sub != ".id") {
				return nil, valueError("Invalid field name '%s'", name)
			}
		}
		cols = append(cols, col)
	}
	return cols, nil
}

func (t *tx) convertRow(cols []loadColumn, at int, item any) (loadRow, []any, error) {
	cells, ok := item.([]any)
	if !ok {
		return loadRow{}, nil, pythonError("TypeError", "'%s' object is not subscriptable", typeName(item))
	}
	if len(cells) < len(cols) {
		return loadRow{}, nil, pythonError("IndexError", "list index out of range")
	}
	row := loadRow{at: at, values: make(values, len(cols))}
	var messages []any
	for i, col := range cols {
		cell := cells[i]
		if col.field == nil {
			if err := t.rowIdentity(&row, col, cell); err != nil {
				return loadRow{}, nil, err
			}
			continue
		}
		if !truthy(cell) {
			row.values[col.field.name] = false
			continue
		}
		value, mistake, err := t.convertCell(col, cell)
		if err != nil {
			return loadRow{}, nil, err
		}
		if mistake != "" {
			messages = append(messages, t.cellMessage(at, col.field, mistake))
			continue
		}
		row.values[col.field.name] = value
	}
	return row, messages, nil
}

func (t *tx) rowIdentity(row *loadRow, col loadColumn, cell any) error {
	if !truthy(cell) {
		return nil
	}
	if col.name == ".id" {
		id, err := strconv.ParseInt(fmt.Sprint(cell), 10, 64)
		if err != nil {
			return valueError("invalid literal for int() with base 10: %s", repr(cell))
		}
		row.id = id
		return nil
	}
	xid, ok := cell.(string)
	if !ok {
		return pythonError("TypeError", "argument of type '%s' is not iterable", typeName(cell))
	}
	row.xid = t.qualified(xid)
	return nil
}

// qualified adds the module to an external id that has none.
func (t *tx) qualified(xid string) string {
	if strings.Contains(xid, ".") {
		return xid
	}
	module, ok := t.context["module"].(string)
	if !ok {
		module = "__import__"
	}
	return module + "." + xid
}

// convertCell returns the value of a cell, or what is wrong with it.
func (t *tx) convertCell(col loadColumn, cell any) (value any, mistake string, err error) {
	f := col.field
	switch f.kind {
	case kindMany2one:
		id, mistake, err := t.findReference(f, col.sub, cell)
		if id == 0 {
			return false, mistake, err
		}
		return number(id), mistake, err
	case kindMany2many:
		text, ok := cell.(string)
		if !ok {
			return nil, "", pythonError("AttributeError", "'%s' object has no attribute 'split'", typeName(cell))
		}
		ids := []any{}
		for reference := range strings.SplitSeq(text, ",") {
			id, mistake, err := t.findReference(f, col.sub, reference)
			if mistake != "" || err != nil {
				return nil, mistake, err
			}
			ids = append(ids, number(id))
		}
		return []any{[]any{number(6), number(0), ids}}, "", nil
	case kindInteger:
		n, parseErr := strconv.ParseInt(strings.TrimSpace(fmt.Sprint(cell)), 10, 64)
		if parseErr != nil {
			return nil, t.say("'%v' does not seem to be an integer for field '%s'", cell, t.say(f.label)), nil
		}
		return number(n), "", nil
	case kindBoolean:
		switch strings.ToLower(fmt.Sprint(cell)) {
		case "0", "false", "no", "n", "f":
			return false, "", nil
		}
		return true, "", nil
	default:
		return cell, "", nil
	}
}

// findReference resolves a cell of a relation: by database id, external id or
// name, as the column says.
func (t *tx) findReference(f *field, sub string, cell any) (id int64, mistake string, err error) {
	other := t.table(f.relation)
	text := strings.TrimSpace(fmt.Sprint(cell))
	var kind string
	switch sub {
	case ".id":
		kind = "database id"
		if s, ok := cell.(string); ok && (s == "" || s == "0" || strings.EqualFold(s, "false")) {
			return 0, "", nil
		}
		wanted, parseErr := strconv.ParseInt(text, 10, 64)
		if parseErr != nil {
			return 0, t.say("Invalid database id '%v' for the field '%s'", cell, t.say(f.label)), nil //nolint:nilerr // told as a message, as Odoo does
		}
		if r := other.rows[wanted]; r != nil && (t.dialect != V14 || t.finds(other, r)) {
			return wanted, "", nil
		}
	case "id":
		kind = "external id"
		if r := t.externalID(t.qualified(text)); r != nil {
			data := t.table(modelData)
			if id := data.number(r.id, "res_id"); data.text(r.id, "model") == f.relation && other.rows[id] != nil {
				return id, "", nil
			}
		}
	default:
		kind = "name"
		found, err := t.search(other, query{domain: []any{[]any{"name", "=", cell}}})
		if err != nil {
			return 0, "", err
		}
		if len(found) > 0 {
			return found[0], "", nil
		}
	}
	return 0, t.say("No matching record found for %s '%v' in field '%s'", t.say(kind), cell, t.say(f.label)), nil
}

// finds tells whether a search of the user would have a record in it: Odoo 14
// looks database ids up by a search, later versions take any that exist.
func (t *tx) finds(tab *table, r *row) bool {
	hidden := tab.field("active") != nil && t.contextFlag("active_test", true) && !tab.truth(r.id, "active")
	return !hidden && t.permits(tab, opRead, r)
}

// number is an id as JSON decodes it.
func number(id int64) json.Number { return json.Number(strconv.FormatInt(id, 10)) }

func rowMessage(at int, fieldName, text string) map[string]any {
	m := map[string]any{
		"type":    "error",
		"record":  at,
		"rows":    map[string]any{"from": at, "to": at},
		"message": text,
	}
	if fieldName != "" {
		m["field"] = fieldName
	}
	return m
}

// cellMessage says what is wrong with one cell. Of a relation, it comes with
// what the interface needs to show the values to choose from.
func (t *tx) cellMessage(at int, f *field, mistake string) map[string]any {
	m := rowMessage(at, f.name, mistake)
	if t.dialect != V14 {
		m["field_name"] = t.say(f.label)
	}
	if f.relation == "" {
		return m
	}
	list := "list"
	if t.dialect < V19 {
		list = "tree"
	}
	m["moreinfo"] = map[string]any{
		"name":      "Possible Values",
		"type":      "ir.actions.act_window",
		"target":    "new",
		"view_mode": list + ",form",
		"views":     []any{[]any{false, "list"}, []any{false, "form"}},
		"context":   map[string]any{"create": false},
		"help":      "See all possible values",
		"res_model": modelData,
		"domain":    []any{[]any{"model", "=", f.relation}},
	}
	return m
}

// blame adds what is wrong with rows that were refused together. The exception
// of a trigger ends the transaction and goes to the first row. Else the rows are
// tried one by one; from 17 on Odoo puts the error of all before theirs, on the first
// row too, unless it is there already.
func (t *tx) blame(tab *table, rows []loadRow, messages []any, err error) []any {
	whole := asOdooError(err)
	if whole.name == triggerError {
		if len(messages) == 0 {
			messages = []any{rowMessage(rows[0].at, "", t.say("Unknown database error: '%s'", whole.message))}
		}
		return messages
	}
	single := t.loadOneByOne(tab, rows)
	messages = append(messages, single...)
	first := rowMessage(rows[0].at, "", whole.message)
	said := slices.ContainsFunc(messages, func(m any) bool { return reflect.DeepEqual(m, any(first)) })
	if t.dialect != V14 && whole.isUserError() && len(single) > 0 && !said {
		messages = slices.Insert(messages, 0, any(first))
	}
	return messages
}

// loadOneByOne finds out which rows are to blame after the whole was refused;
// after ten mistakes it stops looking.
func (t *tx) loadOneByOne(tab *table, rows []loadRow) []any {
	var messages []any
	errors := 0
	for i, row := range rows {
		mark := t.savepoint()
		if _, err := t.loadRows(tab, rows[i:i+1]); err != nil {
			t.rollback(mark)
			messages = append(messages, t.loadError(row.at, err))
			errors++
		}
		if errors >= 10 && errors*10 >= i+1 {
			return append(messages, map[string]any{
				"type": "warning",
				"message": "Found more than 10 errors and more than one error per 10 records," +
					" interrupted to avoid showing too many errors.",
			})
		}
	}
	return messages
}

// loadError is the message for a row that could not be stored.
func (t *tx) loadError(at int, err error) map[string]any {
	e := asOdooError(err)
	if e.onLoad != "" {
		return rowMessage(at, e.field, e.onLoad)
	}
	if strings.HasPrefix(e.name, "psycopg2.") {
		return rowMessage(at, "", e.message)
	}
	if t.dialect != V14 && e.isUserError() {
		return rowMessage(at, "", e.message)
	}
	m := rowMessage(at, "", t.say("Unknown error during import: %s: %s",
		"<class '"+strings.TrimPrefix(e.name, "builtins.")+"'>", e.message))
	m["moreinfo"] = t.say("Resolve other errors first")
	return m
}

// loadRows stores the rows: those whose external id is unknown are created in
// one go, the others updated or left as they are.
func (t *tx) loadRows(tab *table, rows []loadRow) ([]int64, error) {
	ids := make([]int64, len(rows))
	var fresh []values
	var places []int
	seen := map[string]int{} // external id of a fresh row -> its place
	repeats := map[int]int{} // place of a row -> place of the row with the same external id
	for i, row := range rows {
		if first, ok := seen[row.xid]; ok && row.xid != "" {
			repeats[i] = first
			continue
		}
		id, err := t.existing(tab, row)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			ids[i] = id
			continue
		}
		seen[row.xid] = i
		fresh, places = append(fresh, row.values), append(places, i)
	}
	made, err := t.createRows(tab, rows, fresh, places)
	if err != nil {
		return nil, err
	}
	for n, i := range places {
		ids[i] = made[n]
	}
	for i := range rows {
		first, ok := repeats[i]
		if !ok {
			continue
		}
		ids[i] = ids[first]
		if !t.leaveAlone(t.externalID(rows[i].xid)) {
			if err := t.write(tab, []int64{ids[i]}, rows[i].values); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

func (t *tx) createRows(tab *table, rows []loadRow, fresh []values, places []int) ([]int64, error) {
	if len(fresh) == 0 {
		return nil, nil
	}
	for _, vals := range fresh {
		if err := t.refused(vals); err != nil {
			return nil, err
		}
	}
	made, err := t.create(tab, fresh)
	if err != nil {
		return nil, err
	}
	return made, t.asSuper(func() error {
		for n, i := range places {
			if err := t.name(tab, rows[i].xid, made[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// existing returns the record that a row means, after updating it if the call
// wants that; 0 when it has to be created.
func (t *tx) existing(tab *table, row loadRow) (int64, error) {
	if row.xid == "" {
		if row.id == 0 {
			return 0, nil
		}
		return row.id, t.write(tab, []int64{row.id}, row.values)
	}
	r := t.externalID(row.xid)
	if r == nil || r.commit > t.snapshot {
		return 0, nil
	}
	data := t.table(modelData)
	id := data.number(r.id, "res_id")
	if model := data.text(r.id, "model"); model != tab.name {
		return 0, validationError("For external id %s when trying to create/update a record of model %s"+
			" found record of different model %s (%d)", row.xid, tab.name, model, id)
	}
	if tab.rows[id] == nil {
		t.remove(data, r)
		return 0, nil
	}
	if t.leaveAlone(r) {
		return id, nil
	}
	return id, t.write(tab, []int64{id}, row.values)
}

// leaveAlone tells whether a load must not change the record behind an
// external id: when it was stored as "noupdate" and this load is an update.
func (t *tx) leaveAlone(r *row) bool {
	return t.context["mode"] == "update" && t.table(modelData).truth(r.id, "noupdate")
}

// externalID returns the ir.model.data record of an external id, or nil.
func (t *tx) externalID(xid string) *row {
	data := t.table(modelData)
	ids := data.lookup("complete_name", xid)
	if len(ids) == 0 {
		return nil
	}
	return data.rows[ids[0]]
}

// name gives a record its external id. Another call that gave it away after
// this one began makes this one fail.
func (t *tx) name(tab *table, xid string, id int64) error {
	if xid == "" {
		return nil
	}
	if t.externalID(xid) != nil {
		return serializationFailure()
	}
	module, name, _ := strings.Cut(xid, ".")
	_, err := t.createOne(t.table(modelData), values{
		"module": module, "name": name, "model": tab.name, "res_id": number(id),
		"noupdate": t.contextFlag("noupdate", false),
	}, false)
	return err
}

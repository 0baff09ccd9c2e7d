package odoosim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// values are the fields of a record as a client sends them.
type values = map[string]any

// create makes records that stand inside others, such as sub-tasks.
func (t *tx) create(tab *table, list []values) ([]int64, error) {
	for _, sent := range list {
		if err := t.refused(-1, sent); err != nil {
			return nil, err
		}
	}
	return t.createChecked(tab, list)
}

// createChecked makes records, in order, and returns their ids, without asking
// whether a fault refuses them. On an error the caller rolls back; ids stay used.
func (t *tx) createChecked(tab *table, list []values) ([]int64, error) {
	if err := t.checkACL(tab.model, opCreate); err != nil {
		return nil, err
	}
	assign := t.assigns(tab, list)
	ids := make([]int64, 0, len(list))
	for _, sent := range list {
		id, err := t.createOne(tab, sent, assign)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (t *tx) createOne(tab *table, sent values, assign bool) (int64, error) {
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if tab.field(name) == nil {
			return 0, t.unknownField(tab.model, name)
		}
	}
	all := t.withDefaults(tab, sent)
	vals := make([]any, len(tab.fields))
	var lines []change
	for _, f := range tab.fields {
		vals[f.pos] = f.zero()
		v, given := all[f.name]
		if f.readonly {
			continue
		}
		if !given {
			if f.missing != nil {
				vals[f.pos] = f.missing
			}
			continue
		}
		if f.kind == kindOne2many {
			lines = append(lines, change{f, v})
			continue
		}
		value, err := t.convert(tab, f, nil, v)
		if err != nil {
			return 0, err
		}
		vals[f.pos] = value
	}
	if tab.name == modelTask {
		if err := t.completeTask(tab, all, vals, assign); err != nil {
			return 0, err
		}
	}
	if tab.name == modelStage && t.dialect == V19 && len(vals[tab.field("project_ids").pos].(idSet)) == 0 {
		if _, given := all["user_id"]; !given {
			vals[tab.field("user_id").pos] = t.uid()
		}
	}
	r := t.insert(tab, vals)
	if tab.name == modelData {
		t.set(tab, r, "complete_name", tab.text(r.id, "module")+"."+tab.text(r.id, "name"))
	}
	if err := t.checkStored(tab, r); err != nil {
		return 0, err
	}
	if err := t.checkRule(tab, opCreate, r); err != nil {
		return 0, err
	}
	if err := t.mirrorStages(tab, r, nil); err != nil {
		return 0, err
	}
	switch tab.name {
	case modelTask:
		t.announce(tab, r)
	case modelProject:
		t.set(tab, r, "message_follower_ids", newIDSet(t.uid()))
	}
	for _, line := range lines {
		if err := t.applyLines(tab, r, line); err != nil {
			return 0, err
		}
	}
	return r.id, nil
}

// change is a field and the value sent for it.
type change struct {
	field *field
	sent  any
}

// withDefaults adds what the context gives as default_<field>.
func (t *tx) withDefaults(tab *table, sent values) values {
	all := maps.Clone(sent)
	if all == nil {
		all = values{}
	}
	for key, v := range t.context {
		name, ok := strings.CutPrefix(key, "default_")
		if !ok || tab.field(name) == nil {
			continue
		}
		if _, given := all[name]; !given {
			all[name] = v
		}
	}
	return all
}

func (t *tx) unknownField(m *model, name string) error {
	if t.dialect == V14 {
		return valueError("Invalid field '%s' on model '%s'", name, m.name)
	}
	return valueError("Invalid field '%s' in '%s'", name, m.name)
}

// convert turns a value sent for a field into what is stored. r is the record
// that is written, nil when it is being created.
func (t *tx) convert(tab *table, f *field, r *row, v any) (any, error) {
	switch f.kind {
	case kindChar, kindHTML, kindSelection, kindDatetime:
		return t.convertText(f, v)
	case kindInteger:
		if !truthy(v) {
			return int64(0), nil
		}
		if n, ok := asInt(v); ok {
			return n, nil
		}
		if s, ok := v.(string); ok {
			return nil, valueError("invalid literal for int() with base 10: %s", repr(s))
		}
		return nil, pythonError("TypeError", "int() argument must be a string, a bytes-like object or a number, not '%s'", typeName(v))
	case kindBoolean:
		return truthy(v), nil
	case kindMany2one:
		id, err := asID(v)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			if err := t.checkReference(tab, f, id); err != nil {
				return nil, err
			}
		}
		return id, nil
	case kindMany2many:
		var old idSet
		if r != nil {
			old = r.vals[f.pos].(idSet)
		}
		return t.applyCommands(tab, f, old, v)
	}
	return nil, pythonError("NotImplementedError", "cannot write field %s.%s", tab.name, f.name)
}

func (t *tx) convertText(f *field, v any) (any, error) {
	var s string
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if !v {
			return nil, nil
		}
		s = "True"
	case string:
		s = v
	case json.Number:
		s = v.String()
	default:
		s = repr(v)
	}
	if f.kind == kindHTML {
		return t.dialect.sanitize(s), nil
	}
	if strings.ContainsRune(s, 0) {
		return nil, valueError("A string literal cannot contain NUL (0x00) characters.")
	}
	return s, nil
}

// checkReference refuses a many2one to a record that does not exist, with the
// error that the dialect gives at that field.
func (t *tx) checkReference(tab *table, f *field, id int64) error {
	other := t.table(f.relation)
	if other.rows[id] != nil {
		return nil
	}
	if t.dialect == V14 && f.name != "project_id" && f.name != "stage_id" {
		return t.foreignKey(fmt.Sprintf("%s (%s)", tab.label, tab.name), strings.ReplaceAll(tab.name, ".", "_")+"_"+f.name+"_fkey")
	}
	return missingError(f.relation, id, t.uid())
}

// foreignKey is the error for a reference that the database refuses; table is
// the model that it is in, as the message shows it.
func (t *tx) foreignKey(table, constraint string) error {
	if t.dialect == V14 {
		return validationError("The operation cannot be completed: another model requires the record being deleted."+
			" If possible, archive it instead.\n\nModel: %s, Constraint: %s", table, constraint)
	}
	return validationError("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
		"The troublemaker is: %s\nThanks to the following constraint: %s\nHow about archiving the record instead?", table, constraint)
}

// applyCommands returns the ids that a many2many holds after the commands:
// a list of [6, 0, ids], [5], [4, id], [3, id] or plain ids, or false.
func (t *tx) applyCommands(tab *table, f *field, old idSet, v any) (idSet, error) {
	if !truthy(v) {
		if _, isList := v.([]any); isList {
			return old, nil
		}
		return nil, nil
	}
	commands, ok := v.([]any)
	if !ok {
		return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
	}
	ids := slices.Clone(old)
	for i, command := range commands {
		if id, ok := asInt(command); ok {
			if i == 0 {
				ids = nil
			}
			ids = ids.insert(id)
			continue
		}
		parts, ok := command.([]any)
		if !ok || len(parts) == 0 {
			return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
		}
		code, _ := asInt(parts[0])
		switch {
		case code == 6 && len(parts) == 3:
			list, ok := asIDs(parts[2])
			if !ok {
				return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
			}
			ids = newIDSet(list...)
		case code == 5:
			ids = nil
		case (code == 4 || code == 3) && len(parts) >= 2:
			id, ok := asInt(parts[1])
			if !ok {
				return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
			}
			if code == 4 {
				ids = ids.insert(id)
			} else {
				ids = ids.remove(id)
			}
		case code == 0 && len(parts) == 3:
			sent, ok := parts[2].(values)
			if !ok {
				return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
			}
			made, err := t.create(t.table(f.relation), []values{sent})
			if err != nil {
				return nil, err
			}
			ids = ids.insert(made[0])
		default:
			return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
		}
	}
	other := t.table(f.relation)
	for _, id := range ids {
		if other.rows[id] == nil {
			return nil, t.missingLink(f, id)
		}
	}
	return ids, nil
}

// missingLink is the error for a many2many to a record that does not exist.
func (t *tx) missingLink(f *field, id int64) error {
	if f.name != "tag_ids" {
		return missingError(f.relation, id, t.uid())
	}
	table := map[Dialect]string{V14: "Unknown (Unknown)", V19: "Unknown"}[t.dialect]
	return t.foreignKey(table, "project_tags_project_task_rel_project_tags_id_fkey")
}

// applyLines carries out the commands of a one2many on a stored record.
func (t *tx) applyLines(tab *table, r *row, line change) error {
	if !truthy(line.sent) {
		return nil
	}
	f := line.field
	wrong := func() error { return valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(line.sent)) }
	commands, ok := line.sent.([]any)
	if !ok {
		return wrong()
	}
	other := t.table(f.relation)
	parent := json.Number(fmt.Sprint(r.id))
	var made []values
	for _, command := range commands {
		parts, ok := command.([]any)
		if !ok || len(parts) < 2 {
			return wrong()
		}
		switch code, _ := asInt(parts[0]); {
		case code == 0 && len(parts) == 3:
			sent, ok := parts[2].(values)
			if !ok {
				return wrong()
			}
			sent = maps.Clone(sent)
			sent[f.inverse] = parent
			made = append(made, sent)
		case code == 4:
			id, ok := asInt(parts[1])
			if !ok {
				return wrong()
			}
			if err := t.write(other, []int64{id}, values{f.inverse: parent}); err != nil {
				return err
			}
		default:
			return wrong()
		}
	}
	if len(made) == 0 {
		return nil
	}
	_, err := t.create(other, made)
	return err
}

// checkStored refuses a record that breaks a constraint of its table.
func (t *tx) checkStored(tab *table, r *row) error {
	for _, f := range tab.fields {
		if f.required && r.vals[f.pos] == nil {
			return t.mandatory(tab.model, f)
		}
	}
	name, _ := r.vals[tab.field("name").pos].(string)
	switch tab.name {
	case modelTag:
		if err := t.checkIndexSize("project_tags_name_uniq", name); err != nil {
			return err
		}
		if len(tab.lookup("name", name)) > 1 {
			return t.duplicateTag()
		}
	case modelTask:
		if t.dialect == V14 {
			return t.checkIndexSize("project_task_name_index", name)
		}
	}
	return nil
}

func (t *tx) mandatory(m *model, f *field) error {
	missing := fmt.Sprintf("Missing required value for the field '%s' (%s)", f.label, f.name)
	if t.dialect == V14 {
		return constraintError(f.name, missing, fmt.Sprintf(
			"The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"+
				"- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"+
				"Model: %s (%s), Field: %s (%s)", m.label, m.name, f.label, f.name))
	}
	missing += fmt.Sprintf(".\nModel: '%s' (%s)\n- create/update: a mandatory field is not set\n"+
		"- delete: another model requires the record being deleted, you can archive it instead\n", m.label, m.name)
	return constraintError(f.name, missing, "The operation cannot be completed: "+missing)
}

func (t *tx) duplicateTag() error {
	if t.dialect == V19 {
		const text = "A tag with the same name already exists."
		return constraintError("name", text, "The operation cannot be completed: "+text)
	}
	const onLoad = "The value for the field 'name' already exists (this is probably 'Name' in the current model)."
	if t.context["lang"] == "en_US" {
		return constraintError("name", onLoad, "Tag name already exists!")
	}
	return constraintError("name", onLoad, "project_tags_name_uniq")
}

// checkIndexSize refuses a name that does not fit a row of a btree index.
// PostgreSQL compresses before it measures; here the bytes are counted.
func (t *tx) checkIndexSize(index, name string) error {
	const most = 2704
	size := len(name) + 16
	if size <= most {
		return nil
	}
	table, _, _ := strings.Cut(index, "_name")
	return databaseError("errors.ProgramLimitExceeded",
		"index row size %d exceeds btree version 4 maximum %d for index \"%s\"\n"+
			"DETAIL:  Index row references tuple (0,1) in relation \"%s\".\n"+
			"HINT:  Values larger than 1/3 of a buffer page cannot be indexed.\n"+
			"Consider a function index of an MD5 hash of the value, or use full text indexing.\n", size, most, index, table)
}

// mirrorStages keeps the two sides of "stages of a project" equal after a
// stage or a project was stored. old are the ids that stood there before.
func (t *tx) mirrorStages(tab *table, r *row, old idSet) error {
	var mine, theirs string
	switch tab.name {
	case modelStage:
		mine, theirs = "project_ids", "type_ids"
	case modelProject:
		mine, theirs = "type_ids", "project_ids"
	default:
		return nil
	}
	other := t.table(tab.field(mine).relation)
	now := r.vals[tab.field(mine).pos].(idSet)
	for _, id := range now {
		if linked := other.rows[id]; linked != nil && !other.set(id, theirs).has(r.id) {
			t.set(other, linked, theirs, slices.Clone(other.set(id, theirs)).insert(r.id))
		}
	}
	for _, id := range old {
		if linked := other.rows[id]; linked != nil && !now.has(id) {
			t.set(other, linked, theirs, slices.Clone(other.set(id, theirs)).remove(r.id))
		}
	}
	return nil
}

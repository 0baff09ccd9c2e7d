package odoosim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// values are the fields of a record as a client sends them.
type values = map[string]any

// create makes records, in order, and returns their ids. On an error the caller
// rolls back; ids stay used.
func (t *tx) create(tab *table, list []values) ([]int64, error) {
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
	return ids, t.automate(tab, ids)
}

func (t *tx) createOne(tab *table, sent values, assign bool) (int64, error) {
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if tab.field(name) == nil {
			return 0, t.unknownField(tab.model, name)
		}
	}
	all := t.withDefaults(tab, sent)
	vals, err := t.convertAll(tab, all)
	if err != nil {
		return 0, err
	}
	if tab.name == modelTask {
		if err := t.completeTask(tab, all, vals, assign); err != nil {
			return 0, err
		}
	}
	personal := tab.name == modelStage && t.dialect != V14 && len(vals[tab.field("project_ids").pos].(idSet)) == 0
	if personal || tab.name == modelLead {
		if _, given := all["user_id"]; !given {
			vals[tab.field("user_id").pos] = t.uid()
		}
	}
	r := t.insert(tab, vals)
	if name, ok := vals[tab.field("name").pos].(string); ok && t.lang != "" && tab.field("name").translated {
		t.translate(r, t.lang, name)
	}
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
	return r.id, nil
}

// convertAll turns what was sent for a new record into what is stored.
func (t *tx) convertAll(tab *table, sent values) ([]any, error) {
	vals := make([]any, len(tab.fields))
	for _, f := range tab.fields {
		v, given := sent[f.name]
		switch {
		case given && !f.readonly:
			value, err := t.convert(tab, f, v)
			if err != nil {
				return nil, err
			}
			vals[f.pos] = value
		case f.missing != nil:
			vals[f.pos] = f.missing
		default:
			vals[f.pos] = f.zero()
		}
	}
	return vals, nil
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
	if t.dialect < V19 {
		return valueError("Invalid field '%s' on model '%s'", name, m.name)
	}
	return valueError("Invalid field '%s' in '%s'", name, m.name)
}

// convert turns a value sent for a field into what is stored.
func (t *tx) convert(tab *table, f *field, v any) (any, error) {
	switch f.kind {
	case kindInteger:
		n, ok := asInt(v)
		if !ok && truthy(v) {
			return nil, valueError("invalid literal for int() with base 10: %s", repr(v))
		}
		return n, nil
	case kindBoolean:
		return truthy(v), nil
	case kindMany2one:
		id, ok := asInt(v)
		if !ok && truthy(v) {
			return nil, valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
		}
		if id == 0 {
			return id, nil
		}
		return id, t.checkReference(tab, f, id)
	case kindMany2many:
		return t.links(tab, f, v)
	default:
		return t.convertText(f, v)
	}
}

func (t *tx) convertText(f *field, v any) (any, error) {
	s, ok := v.(string)
	switch {
	case !ok && !truthy(v):
		return nil, nil
	case !ok:
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
	if t.dialect < V19 && f.name != "project_id" && f.name != "stage_id" {
		return t.foreignKey(fmt.Sprintf("%s (%s)", tab.label, tab.name), strings.ReplaceAll(tab.name, ".", "_")+"_"+f.name+"_fkey")
	}
	return t.missing(f.relation, id)
}

// foreignKey is the error for a reference that the database refuses; table is
// the model that it is in, as the message shows it.
func (t *tx) foreignKey(table, constraint string) error {
	if t.dialect < V19 {
		return validationError("The operation cannot be completed: another model requires the record being deleted."+
			" If possible, archive it instead.\n\nModel: %s%sConstraint: %s%s", table, t.dialect.comma(), constraint, t.dialect.period())
	}
	return validationError("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
		"The troublemaker is: %s\nThanks to the following constraint: %s\nHow about archiving the record instead?", table, constraint)
}

// links returns the ids that a many2many holds after [[6, 0, ids]], the only
// command known here, or false.
func (t *tx) links(tab *table, f *field, v any) (idSet, error) {
	if !truthy(v) {
		return nil, nil
	}
	wrong := valueError("Wrong value for %s.%s: %s", tab.name, f.name, repr(v))
	commands, _ := v.([]any)
	if len(commands) != 1 {
		return nil, wrong
	}
	command, _ := commands[0].([]any)
	if len(command) != 3 || repr(command[0]) != "6" {
		return nil, wrong
	}
	list, ok := asIDs(command[2])
	if !ok {
		return nil, wrong
	}
	ids, other := newIDSet(list...), t.table(f.relation)
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
		return t.missing(f.relation, id)
	}
	table := map[Dialect]string{V14: "Unknown (Unknown)", V17: "Unknown (unknown)", V19: "Unknown"}[t.dialect]
	return t.foreignKey(table, "project_tags_project_task_rel_project_tags_id_fkey")
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
		for _, id := range tab.lookup("name", name) {
			if other := tab.rows[id]; other != r && (t.dialect == V14 || maps.Equal(other.terms, r.terms)) {
				return t.duplicateTag()
			}
		}
	case modelTask:
		if t.dialect == V14 {
			return t.checkIndexSize("project_task_name_index", name)
		}
	}
	return nil
}

func (t *tx) mandatory(m *model, f *field) error {
	missing := t.say("Missing required value for the field '%s' (%s)", t.say(f.label), f.name)
	if t.dialect < V19 {
		return constraintError(f.name, missing, fmt.Sprintf(
			"The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"+
				"- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"+
				"Model: %s (%s)%sField: %s (%s)%s", m.label, m.name, t.dialect.comma(), f.label, f.name, t.dialect.period()))
	}
	missing += fmt.Sprintf(".\nModel: '%s' (%s)\n- create/update: a mandatory field is not set\n"+
		"- delete: another model requires the record being deleted, you can archive it instead\n", t.say(m.label), m.name)
	return constraintError(f.name, missing, t.say("The operation cannot be completed: %s", missing))
}

func (t *tx) duplicateTag() error {
	text := t.say("A tag with the same name already exists.")
	onLoad := "The value for the field 'name' already exists (this is probably 'Name' in the current model)."
	switch t.dialect {
	case V14:
		return constraintError("name", onLoad, "project_tags_name_uniq")
	case V17:
		return constraintError("name", onLoad, t.say("The operation cannot be completed: %s", text))
	default:
		return constraintError("name", text, t.say("The operation cannot be completed: %s", text))
	}
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

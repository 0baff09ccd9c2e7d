package odoosim

import (
	"maps"
	"slices"
)

// write changes fields of records.
func (t *tx) write(tab *table, ids []int64, sent values) error {
	if err := t.checkACL(tab.model, opWrite); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(sent))
	for _, name := range names {
		if tab.field(name) == nil {
			return t.unknownField(tab.model, name)
		}
	}
	for _, id := range ids {
		r := tab.rows[id]
		if r == nil {
			return missingError(tab.name, id, t.uid())
		}
		if err := t.checkRule(tab, opWrite, r); err != nil {
			return err
		}
		if err := t.writeOne(tab, r, names, sent); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeOne(tab *table, r *row, names []string, sent values) error {
	var linked idSet
	for _, name := range names {
		f := tab.field(name)
		if f.readonly {
			continue
		}
		if f.kind == kindOne2many {
			if err := t.applyLines(tab, r, change{f, sent[name]}); err != nil {
				return err
			}
			continue
		}
		value, err := t.convert(tab, f, r, sent[name])
		if err != nil {
			return err
		}
		if name == "project_ids" || name == "type_ids" {
			linked = r.vals[f.pos].(idSet)
		}
		if name == "parent_id" && t.isAncestor(tab, r.id, value.(int64)) {
			return validationError("Error! You cannot create %s.",
				map[Dialect]string{V14: "recursive hierarchy of task(s)", V19: "a recursive hierarchy of tasks"}[t.dialect])
		}
		t.set(tab, r, name, value)
	}
	t.set(tab, r, "write_uid", t.uid())
	t.set(tab, r, "write_date", t.now)
	if err := t.checkStored(tab, r); err != nil {
		return err
	}
	return t.mirrorStages(tab, r, linked)
}

// isAncestor tells whether id is other or stands above it.
func (t *tx) isAncestor(tab *table, id, other int64) bool {
	for other != 0 {
		if other == id {
			return true
		}
		other = tab.number(other, "parent_id")
	}
	return false
}

// unlink deletes records, and their external ids. Sub-tasks stay, without
// their parent.
func (t *tx) unlink(tab *table, ids []int64) error {
	if err := t.checkACL(tab.model, opUnlink); err != nil {
		return err
	}
	data := t.table(modelData)
	for _, id := range ids {
		r := tab.rows[id]
		if r == nil {
			return missingError(tab.name, id, t.uid())
		}
		if err := t.checkRule(tab, opUnlink, r); err != nil {
			return err
		}
		if tab.name == modelTask {
			for _, child := range slices.Clone(tab.lookup("parent_id", id)) {
				t.set(tab, tab.rows[child], "parent_id", int64(0))
			}
		}
		t.unlinkReferences(tab, id)
		for _, ref := range slices.Clone(data.lookup("res_id", id)) {
			if data.text(ref, "model") == tab.name {
				t.remove(data, data.rows[ref])
			}
		}
		t.remove(tab, r)
	}
	return nil
}

// unlinkReferences takes a deleted tag, stage or project out of the records
// that name it.
func (t *tx) unlinkReferences(gone *table, id int64) {
	for _, name := range []string{modelProject, modelTask, modelStage} {
		tab := t.table(name)
		for _, f := range tab.fields {
			if f.relation != gone.name || f.name == "parent_id" || f.kind == kindOne2many {
				continue
			}
			for _, other := range slices.Clone(tab.ids) {
				switch r := tab.rows[other]; f.kind {
				case kindMany2one:
					if r.vals[f.pos] == id {
						t.set(tab, r, f.name, int64(0))
					}
				case kindMany2many:
					if held := r.vals[f.pos].(idSet); held.has(id) {
						t.set(tab, r, f.name, slices.Clone(held).remove(id))
					}
				}
			}
		}
	}
}

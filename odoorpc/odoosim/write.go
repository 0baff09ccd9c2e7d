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
			return t.missing(tab.name, id)
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
		value, err := t.convert(tab, f, sent[name])
		if err != nil {
			return err
		}
		if name == "project_ids" || name == "type_ids" {
			linked = r.vals[f.pos].(idSet)
		}
		if text, ok := value.(string); ok && f.translated && t.lang != "" {
			t.translate(r, t.lang, text)
			continue
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

// unlink deletes tasks, and their external ids. Sub-tasks stay, without their
// parent.
func (t *tx) unlink(ids []int64) error {
	tab := t.table(modelTask)
	if err := t.checkACL(tab.model, opUnlink); err != nil {
		return err
	}
	data := t.table(modelData)
	for _, id := range ids {
		r := tab.rows[id]
		if r == nil {
			return t.missing(tab.name, id)
		}
		if err := t.checkRule(tab, opUnlink, r); err != nil {
			return err
		}
		for _, child := range slices.Clone(tab.lookup("parent_id", id)) {
			t.set(tab, tab.rows[child], "parent_id", int64(0))
		}
		for _, ref := range slices.Clone(data.lookup("res_id", id)) {
			if data.text(ref, "model") == tab.name {
				t.remove(data, data.rows[ref])
			}
		}
		t.remove(tab, r)
	}
	return nil
}

package engine

import (
	"errors"
	"slices"
	"strings"

	"odoosync/odoorpc"
)

// reference is a column of a load whose cells name other records. Odoo looks
// a database id up anew in each cell, an external id once in a call: with two
// tags and a parent that spares it a seventh of its time for a row.
type reference struct {
	field string
	names map[int64]string // external ids; nil: the cells hold database ids
}

func (c reference) column() string {
	if c.names == nil {
		return c.field + "/.id"
	}
	return c.field + "/id"
}

func (c reference) cell(id int64) any {
	if c.names == nil {
		return id
	}
	return c.names[id]
}

// refused reports whether Odoo refused rows because of an external id.
func (c reference) refused(err error) bool {
	var refusal *loadRefusal
	return c.names != nil && errors.As(err, &refusal) &&
		slices.ContainsFunc(refusal.messages, func(m odoorpc.LoadMessage) bool { return m.Field == c.field })
}

// reference chooses what the cells of a field hold in a call: external ids if
// those of all records that the items refer to are known, and Odoo refused none
// before.
func (r *run) reference(field string, known map[int64]string, items []*Item, refersTo func(*Item) []int64) reference {
	column := reference{field: field}
	if r.byID || len(known) == 0 {
		return column
	}
	for _, item := range items {
		for _, id := range refersTo(item) {
			if known[id] == "" {
				return column
			}
		}
	}
	column.names = known
	return column
}

// manyItems is the number of pending items from which asking for external ids
// takes less time than it spares.
const manyItems = 100

// learnNames asks for the external ids of tags and parents that are not known
// yet. Where no answer comes the run does without: what is wrong with the
// server, the next call will tell.
func (r *run) learnNames() {
	if r.plain || r.plan.Pending() < manyItems {
		return
	}
	var tags, parents []int64
	for _, tag := range r.result.Tags {
		if tag.ID != 0 && r.tagNames[tag.ID] == "" {
			tags = append(tags, tag.ID)
		}
	}
	for _, parent := range r.plan.Parents() {
		if r.taskNames[parent.TaskID] == "" {
			parents = append(parents, parent.TaskID)
		}
	}
	r.learn(modelTag, tags, r.tagNames)
	r.learn(modelTask, parents, r.taskNames)
}

func (r *run) learn(model string, ids []int64, known map[int64]string) {
	names, err := r.externalIDsOf(model, ids)
	if err != nil {
		return
	}
	for id, name := range names {
		if !strings.Contains(name, ",") { // parts the names in a cell
			known[id] = name
		}
	}
}

// externalIDsOf asks for the external ids of records. Records that have none
// are left out; of several Odoo chooses one.
func (r *run) externalIDsOf(model string, ids []int64) (map[int64]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var answer map[int64]odoorpc.Text
	if err := r.odoo.Call(r.ctx, model, "get_external_id", odoorpc.Args{IDs: ids, Repeatable: true}, &answer); err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(answer))
	for id, name := range answer {
		if name != "" {
			names[id] = string(name)
		}
	}
	return names, nil
}

package maker

import (
	"context"
	"errors"
	"slices"
	"strings"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// names are the external ids of the records that rows refer to, by model and
// id, as far as they are known. Odoo looks a database id up anew in each cell,
// an external id once in a call: with two tags, a stage and a parent that
// spares it a fifth of its time for a row.
type names struct {
	known map[string]map[int64]string
	off   bool // Odoo refused one: refer to all by database ids
}

// add takes note of an external id, if it can be used: a comma parts those in
// a cell.
func (n names) add(model string, r Record) {
	if r.ExternalID != "" && !strings.Contains(r.ExternalID, ",") {
		n.known[model][r.ID] = r.ExternalID
	}
}

// reference is a column of a load whose cells name other records.
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

// reference chooses what the cells of a field hold in a call: external ids if
// those of all records that the items refer to are known, and Odoo refused
// none before.
func (n names) reference(field, model string, items []*featuremap.Item, refersTo func(*featuremap.Item) []int64) reference {
	column := reference{field: field}
	known := n.known[model]
	if n.off || len(known) == 0 {
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

// refused reports whether Odoo refused rows because of an external id in one
// of the columns.
func refused(err error, columns ...reference) bool {
	refusal, ok := errors.AsType[*importer.Refusal](err)
	return ok && slices.ContainsFunc(columns, func(c reference) bool { return c.names != nil && refusal.Names(c.field) })
}

// LearnNames asks for the external ids of the stage, the tags and the parents
// of pending items, where there are so many items that it pays. Where no
// answer comes the run does without: what is wrong with the server, the next
// call will tell.
func (k *Maker) LearnNames(ctx context.Context, pending int, parents []int64) {
	const many = 100 // from here on asking takes less time than it spares
	if k.options.Plain || pending < many {
		return
	}
	var tags []int64
	for _, tag := range k.place.Tags {
		if tag.ID != 0 {
			tags = append(tags, tag.ID)
		}
	}
	k.learn(ctx, modelStage, []int64{k.place.Stage.ID})
	k.learn(ctx, modelTag, tags)
	k.learn(ctx, modelTask, parents)
}

func (k *Maker) learn(ctx context.Context, model string, ids []int64) {
	unknown := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return k.names.known[model][id] != "" })
	found, _ := k.externalIDsOf(ctx, model, unknown)
	for id, name := range found {
		k.names.add(model, Record{ID: id, ExternalID: name})
	}
}

// externalIDsOf asks for the external ids of records. Records that have none
// are left out; of several Odoo chooses one.
func (k *Maker) externalIDsOf(ctx context.Context, model string, ids []int64) (map[int64]string, error) {
	found := make(map[int64]string, len(ids))
	for part := range slices.Chunk(ids, idsACall) {
		var answer map[int64]odoorpc.Text
		if err := k.odoo.Call(ctx, model, "get_external_id", odoorpc.Args{IDs: part, Repeatable: true}, &answer); err != nil {
			return nil, err
		}
		for id, name := range answer {
			if name != "" {
				found[id] = string(name)
			}
		}
	}
	return found, nil
}

// idsACall is how many ids a call holds at most: of ten digits in 220 kB.
const idsACall = 20_000

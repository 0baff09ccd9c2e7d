package destination

import (
	"context"
	"strconv"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Record is a stage (column) of the project or a tag.
type Record struct {
	ID         int64 // 0 when it is missing
	Name       string
	Created    bool       // created by this run
	ExternalID string     // known only of a record that this run created
	LeftOff    string     // why tasks go without this tag; empty when they do not
	Creatable  Permission // whether a missing record could be created; only set in a dry run
}

// Records are the stages or tags that were asked for.
type Records struct {
	Named []Record       // in the order asked for
	First bool           // the project had no stage at all
	model string         // Odoo's name for them
	kind  string         // what their external ids share
	seen  map[int64]bool // all that were read, also under other names
}

func newRecords(model, kind string, names []string) *Records {
	r := &Records{model: model, kind: kind, seen: make(map[int64]bool)}
	for _, name := range names {
		r.Named = append(r.Named, Record{Name: name})
	}
	return r
}

// found gives a record its id, if its name was asked for. The first of several
// of one name counts.
func (r *Records) found(id int64, name odoorpc.Text) {
	for i := range r.Named {
		if record := &r.Named[i]; record.Name == string(name) && record.ID == 0 {
			record.ID = id
		}
	}
}

func (r *Records) missing() []*Record {
	var missing []*Record
	for i := range r.Named {
		if r.Named[i].ID == 0 {
			missing = append(missing, &r.Named[i])
		}
	}
	return missing
}

// Ask says of missing records whether the user could create them.
func (t *Destination) Ask(ctx context.Context, r *Records) {
	missing := r.missing()
	if len(missing) == 0 {
		return
	}
	creatable := t.mayCreate(ctx, r.model)
	for _, record := range missing {
		record.Creatable = creatable
	}
}

// field is what a new record gets beside its name.
type field struct {
	column string // of a load
	cell   any
	name   string // for create
	value  any
}

// create creates records in one call: under external ids, so that repeating
// creates no second one; or, plainly, without them. An external id can also
// lead to a record that was seen, and so was renamed, archived or taken out of
// the project since: that one is not taken, and a further attempt has another
// id. The errors are *importer.Refusal and those of package odoorpc that are no
// refusals.
func (t *Destination) create(ctx context.Context, r *Records, part []*Record, attempt int, more ...field) (err error) {
	columns := []string{"id", "name"}
	for _, f := range more {
		columns = append(columns, f.column)
	}
	externalIDs := make([]string, len(part))
	rows := make([][]any, len(part))
	plain := make([]map[string]any, len(part))
	for i, record := range part {
		externalIDs[i] = importer.ExternalID(r.kind, record.Name, strconv.Itoa(attempt))
		rows[i] = []any{externalIDs[i], record.Name}
		plain[i] = map[string]any{"name": record.Name}
		for _, f := range more {
			rows[i] = append(rows[i], f.cell)
			plain[i][f.name] = f.value
		}
	}
	var ids []int64
	if t.plain {
		ids, err = t.odoo.Create(ctx, r.model, plain, odoorpc.CreateOptions{})
		err = importer.RefusalOf(err)
	} else {
		ids, _, err = importer.Load(ctx, t.odoo, r.model, columns, rows, odoorpc.LoadOptions{})
	}
	if err != nil {
		return err
	}
	for i, record := range part {
		if r.seen[ids[i]] {
			continue
		}
		record.ID, record.Created = ids[i], true
		if !t.plain {
			record.ExternalID = externalIDs[i]
		}
	}
	return nil
}

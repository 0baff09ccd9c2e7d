package destination

import (
	"context"

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
	Named []Record           // in the order asked for
	First bool               // the project had no stage at all
	named map[string]*Record // into Named
	seen  map[int64]bool     // all that were read, also under other names
}

func newRecords(names []string) *Records {
	r := &Records{Named: make([]Record, len(names)), named: make(map[string]*Record), seen: make(map[int64]bool)}
	for i, name := range names {
		r.Named[i].Name = name
		r.named[name] = &r.Named[i]
	}
	return r
}

// found gives a record its id, if its name was asked for. The first of several
// of one name counts.
func (r *Records) found(id int64, name odoorpc.Text) {
	if record := r.named[string(name)]; record != nil && record.ID == 0 {
		record.ID = id
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

// ask says of missing records whether the user could create them.
func (r *Records) ask(ctx context.Context, may func(context.Context) Permission) {
	missing := r.missing()
	if len(missing) == 0 {
		return
	}
	creatable := may(ctx)
	for _, record := range missing {
		record.Creatable = creatable
	}
}

// created takes note that a record was created. An external id can also lead
// to one that was seen, and so was renamed, archived or taken out of the
// project since: that one is not taken.
func (t *Destination) created(r *Records, record *Record, id int64, externalID string) {
	if r.seen[id] {
		return
	}
	record.ID, record.Created = id, true
	if !t.plain {
		record.ExternalID = externalID
	}
}

// create creates records under the external ids in the first column, so that
// repeating creates no second one; or, plainly, without them. The errors are
// *importer.Refusal and those of package odoorpc that are no refusals.
func (t *Destination) create(ctx context.Context, model string, fields []string, rows [][]any, plain []map[string]any) ([]int64, error) {
	if t.plain {
		ids, err := t.odoo.Create(ctx, model, plain, odoorpc.CreateOptions{})
		return ids, importer.RefusalOf(err)
	}
	ids, _, err := importer.Load(ctx, t.odoo, model, fields, rows, odoorpc.LoadOptions{})
	return ids, err
}

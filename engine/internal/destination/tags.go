package destination

import (
	"context"
	"errors"
	"slices"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// FindTags looks tags up by exact name; of several of one name the oldest
// counts. It reads all tags of the database, so that a tag that was renamed is
// known as well.
func (t *Destination) FindTags(ctx context.Context, names []string) (*Records, error) {
	tags := newRecords(modelTag, "tag", names) // of the whole database, and so are their external ids
	if len(names) == 0 {
		return tags, nil
	}
	return tags, t.bySourceName(ctx, 16, func(lang odoorpc.Context) (bool, error) {
		var found []struct {
			ID   int64        `json:"id"`
			Name odoorpc.Text `json:"name"`
		}
		err := t.odoo.SearchRead(ctx, modelTag, nil, []string{"name"}, odoorpc.Query{Order: "id", Context: lang}, &found)
		for _, tag := range found {
			tags.seen[tag.ID] = true
			tags.found(tag.ID, tag.Name)
		}
		return len(found) == 0 || len(tags.missing()) == 0, err
	})
}

// CreateTags creates the missing tags under external ids, as CreateStages
// does. One that Odoo refuses is left off, and its LeftOff says why, unless
// somebody else has created it at the same moment.
func (t *Destination) CreateTags(ctx context.Context, tags *Records) error {
	const attempts = 3
	for attempt := 1; attempt <= attempts; attempt++ {
		missing := slices.DeleteFunc(tags.missing(), func(tag *Record) bool { return tag.LeftOff != "" })
		if err := t.createTags(ctx, tags, missing, attempt); err != nil {
			return err
		}
	}
	var names []string
	refused := tags.missing()
	for _, tag := range refused {
		if tag.LeftOff == "" {
			tag.LeftOff = "it was created before, and renamed each time"
		}
		names = append(names, tag.Name)
	}
	again, err := t.FindTags(ctx, names)
	if err != nil {
		return err
	}
	for i, tag := range again.Named {
		if tag.ID != 0 {
			refused[i].ID, refused[i].LeftOff = tag.ID, ""
		}
	}
	return nil
}

// createTags creates tags together, and those around a refused one without it.
func (t *Destination) createTags(ctx context.Context, tags *Records, missing []*Record, attempt int) error {
	const most = 500 // tags a call
	send := func(part []*Record) error { return t.create(ctx, tags, part, attempt) }
	for asked := false; len(missing) > 0; {
		part := missing[:min(len(missing), most)]
		var refusal *importer.Refusal
		switch err := send(part); {
		case err == nil:
			missing = missing[len(part):]
			continue
		case !errors.As(err, &refusal):
			return err
		case !asked && t.mayCreate(ctx, modelTag) == Denied:
			leaveOff(missing, "the user has no right to create tags")
			return nil
		case refusal.Closed:
			leaveOff(missing, refusal.Error())
			return nil
		}
		asked = true
		at, alone, err := importer.Isolate(part, refusal, send)
		switch {
		case err != nil:
			return err
		case at < 0:
			missing = missing[len(part):]
		default:
			leaveOff(part[at:at+1], alone.Error())
			missing = missing[at+1:]
		}
	}
	return nil
}

func leaveOff(tags []*Record, reason string) {
	for _, tag := range tags {
		tag.LeftOff = reason
	}
}

package destination

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Tag is one tag that the map asks for.
type Tag struct {
	ID        int64 // 0 when it is missing
	Name      string
	Created   bool       // created by this run
	LeftOff   string     // why tasks go without it, empty when they do not
	Creatable Permission // whether a missing tag could be created; only set in a dry run

	// ExternalID is known only of a tag that this run created.
	ExternalID string
}

// Tags are the tags of the database, and those of them that were asked for.
type Tags struct {
	Named []Tag            // in the order asked for
	ids   map[string]int64 // by name; of several of one name the oldest
	seen  map[int64]bool
}

// FindTags looks tags up by exact name: by their source names, else by the
// names that the user reads. It reads all tags of the database, so that a tag
// that was renamed is known as well.
func (t *Destination) FindTags(ctx context.Context, names []string) (*Tags, error) {
	tags := &Tags{ids: make(map[string]int64), seen: make(map[int64]bool)}
	if len(names) == 0 {
		return tags, nil
	}
	if err := t.readTags(ctx, tags, nil); err != nil {
		return nil, err
	}
	tags.want(names)
	if tags.lack() && len(tags.seen) > 0 {
		lang, err := t.foreign(ctx, 16)
		if err != nil {
			return nil, err
		}
		if lang != nil {
			if err := t.readTags(ctx, tags, lang); err != nil {
				return nil, err
			}
			tags.want(names)
		}
	}
	return tags, nil
}

func (t *Destination) readTags(ctx context.Context, tags *Tags, lang odoorpc.Context) error {
	var found []struct {
		ID   int64        `json:"id"`
		Name odoorpc.Text `json:"name"`
	}
	if err := t.odoo.SearchRead(ctx, modelTag, nil, []string{"name"}, odoorpc.Query{Order: "id", Context: lang}, &found); err != nil {
		return err
	}
	named := make(map[string]int64, len(found))
	for _, tag := range found {
		tags.seen[tag.ID] = true
		if named[string(tag.Name)] == 0 {
			named[string(tag.Name)] = tag.ID
		}
	}
	for name, id := range named {
		if tags.ids[name] == 0 { // a source name counts before a translation
			tags.ids[name] = id
		}
	}
	return nil
}

// want sets the tags that are asked for.
func (tags *Tags) want(names []string) {
	tags.Named = make([]Tag, len(names))
	for i, name := range names {
		tags.Named[i] = Tag{ID: tags.ids[name], Name: name}
	}
}

func (tags *Tags) lack() bool {
	return slices.ContainsFunc(tags.Named, func(tag Tag) bool { return tag.ID == 0 })
}

// AskTags says of missing tags whether the user could create them.
func (t *Destination) AskTags(ctx context.Context, tags *Tags) {
	if !tags.lack() {
		return
	}
	may := t.mayCreate(ctx, modelTag)
	for i := range tags.Named {
		if tags.Named[i].ID == 0 {
			tags.Named[i].Creatable = may
		}
	}
}

// CreateTags creates the missing tags. One that Odoo refuses is left off; its
// LeftOff says why.
//
// Tags are created under external ids, like stages, so that repeating creates
// no second one. Where such an id leads to a tag that was seen, and so was
// renamed since, the next id is used.
func (t *Destination) CreateTags(ctx context.Context, tags *Tags) error {
	const attempts = 3
	for attempt := 1; attempt <= attempts; attempt++ {
		var missing []*Tag
		for i := range tags.Named {
			if tag := &tags.Named[i]; tag.ID == 0 && tag.LeftOff == "" {
				missing = append(missing, tag)
			}
		}
		if len(missing) == 0 {
			break
		}
		if err := t.createTags(ctx, tags, missing, attempt); err != nil {
			return err
		}
	}
	return t.findRefused(ctx, tags)
}

// createTags creates tags together, and those around a refused one without it.
func (t *Destination) createTags(ctx context.Context, tags *Tags, missing []*Tag, attempt int) error {
	const most = 500 // tags a call
	send := func(part []*Tag) error { return t.sendTags(ctx, tags, part, attempt) }
	for asked := false; len(missing) > 0; {
		part := missing[:min(len(missing), most)]
		err := send(part)
		var refusal *importer.Refusal
		if err == nil {
			missing = missing[len(part):]
			continue
		}
		if !errors.As(err, &refusal) {
			return err
		}
		if !asked && t.mayCreate(ctx, modelTag) == Denied {
			leaveOff(missing, "the user has no right to create tags")
			return nil
		}
		asked = true
		if refusal.Closed {
			leaveOff(missing, refusal.Error())
			return nil
		}
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

func leaveOff(tags []*Tag, reason string) {
	for _, tag := range tags {
		if tag.ID == 0 {
			tag.LeftOff = reason
		}
	}
}

// sendTags is one call that creates tags. The errors are *importer.Refusal and
// those of package odoorpc that are no refusals.
func (t *Destination) sendTags(ctx context.Context, tags *Tags, part []*Tag, attempt int) error {
	var ids []int64
	var err error
	if t.plain {
		ids, err = t.createPlainly(ctx, part)
	} else {
		rows := make([][]any, len(part))
		for i, tag := range part {
			rows[i] = []any{tagExternalID(tag.Name, attempt), tag.Name}
		}
		ids, _, err = importer.Load(ctx, t.odoo, modelTag, []string{"id", "name"}, rows, odoorpc.LoadOptions{})
	}
	if err != nil {
		return err
	}
	for i, tag := range part {
		if !tags.seen[ids[i]] {
			tag.ID, tag.Created = ids[i], true
			if !t.plain {
				tag.ExternalID = tagExternalID(tag.Name, attempt)
			}
		}
	}
	return nil
}

// createPlainly creates tags without external ids.
func (t *Destination) createPlainly(ctx context.Context, part []*Tag) ([]int64, error) {
	values := make([]map[string]any, len(part))
	for i, tag := range part {
		values[i] = map[string]any{"name": tag.Name}
	}
	ids, err := t.odoo.Create(ctx, modelTag, values, odoorpc.CreateOptions{})
	return ids, importer.RefusalOf(err)
}

// findRefused looks refused tags up once more: somebody else may have created
// them at the same moment.
func (t *Destination) findRefused(ctx context.Context, tags *Tags) error {
	var refused []string
	for i := range tags.Named {
		tag := &tags.Named[i]
		if tag.ID == 0 && tag.LeftOff == "" {
			tag.LeftOff = "it was created before, and renamed each time"
		}
		if tag.LeftOff != "" {
			refused = append(refused, tag.Name)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	again, err := t.FindTags(ctx, refused)
	if err != nil {
		return err
	}
	for i := range tags.Named {
		if tag := &tags.Named[i]; tag.LeftOff != "" && again.ids[tag.Name] != 0 {
			tag.ID, tag.LeftOff = again.ids[tag.Name], ""
		}
	}
	return nil
}

// tagExternalID is the external id of a tag that odoosync creates. Tags belong
// to the whole database, and so does the id.
func tagExternalID(name string, attempt int) string {
	return fmt.Sprintf("%s.tag_%s", importer.Module, importer.Digest("1", name, strconv.Itoa(attempt)))
}

package engine

import (
	"context"
	"errors"
	"fmt"

	"odoosync/odoorpc"
)

// findTags looks tags up by exact name. Where Odoo has several of one name the
// oldest counts; of a missing one the id is 0.
func (r *run) findTags(names []string) ([]Tag, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var found []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	domain := odoorpc.Domain{odoorpc.Cond("name", "in", names)}
	if err := r.odoo.SearchRead(r.ctx, modelTag, domain, []string{"name"}, odoorpc.Query{Order: "id"}, &found); err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(found))
	for _, tag := range found {
		if _, taken := ids[tag.Name]; !taken {
			ids[tag.Name] = tag.ID
		}
	}
	tags := make([]Tag, len(names))
	for i, name := range names {
		tags[i] = Tag{ID: ids[name], Name: name}
	}
	return tags, nil
}

// ensureTags finds the tags and makes those that are missing. A tag that
// cannot be made is left off: its LeftOff says why.
//
// Tags are made under external ids, like stages, so that repeating makes no
// second one. When the tag of that id was renamed since, the next id is used.
func (r *run) ensureTags(names []string) ([]Tag, error) {
	const attempts = 3
	tags, err := r.findTags(names)
	if err != nil {
		return nil, err
	}
	reasons := make(map[string]string)
	tried := make(map[string]bool)
	for attempt := 1; attempt <= attempts; attempt++ {
		var missing []string
		for _, tag := range tags {
			if tag.ID == 0 && reasons[tag.Name] == "" {
				missing = append(missing, tag.Name)
			}
		}
		if len(missing) == 0 {
			break
		}
		if err := r.makeTags(missing, attempt, reasons); err != nil {
			return nil, err
		}
		for _, name := range missing {
			tried[name] = true
		}
		if tags, err = r.findTags(names); err != nil {
			return nil, err
		}
	}
	for i := range tags {
		tag := &tags[i]
		tag.Created = tag.ID != 0 && tried[tag.Name]
		if tag.ID != 0 {
			continue
		}
		tag.LeftOff = reasons[tag.Name]
		if tag.LeftOff == "" {
			tag.LeftOff = "Odoo says that it was made, but does not find it"
		}
		r.warn(fmt.Sprintf("tag %q is left off: %s", tag.Name, tag.LeftOff), "")
	}
	return tags, nil
}

// makeTags makes tags, and notes the reason for each that is refused.
func (r *run) makeTags(names []string, attempt int, reasons map[string]string) error {
	for len(names) > 0 {
		rows := make([][]any, len(names))
		for i, name := range names {
			rows[i] = []any{tagExternalID(name, attempt), name}
		}
		_, err := r.loadOnce(r.ctx, modelTag, []string{"id", "name"}, rows)
		var refusal *loadRefusal
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errNoLoad):
			return r.makeTagsPlainly(names, reasons)
		case !errors.As(err, &refusal):
			return r.leaveOff(err, names, reasons)
		}
		if lacksRight(refusal.first()) {
			for _, name := range names {
				reasons[name] = "the user has no right to make tags"
			}
			return nil
		}
		refused := make(map[int]string)
		for _, m := range refusal.messages {
			refused[m.Record] = m.Message
		}
		var rest []string
		for i, name := range names {
			if reason, ok := refused[i]; ok {
				reasons[name] = reason
			} else {
				rest = append(rest, name)
			}
		}
		names = rest
	}
	return nil
}

// makeTagsPlainly makes tags one by one, where there is no load. A tag that
// somebody else makes at the same moment is found by the look-up that follows.
func (r *run) makeTagsPlainly(names []string, reasons map[string]string) error {
	for _, name := range names {
		_, err := r.odoo.Create(r.ctx, modelTag, []map[string]any{{"name": name}}, odoorpc.CreateOptions{})
		if err := r.leaveOff(err, []string{name}, reasons); err != nil {
			return err
		}
	}
	return nil
}

// leaveOff takes an answer of Odoo for a reason to go without tags; anything
// else, such as a lost connection, stays an error.
func (r *run) leaveOff(err error, names []string, reasons map[string]string) error {
	var refused *odoorpc.ServerError
	if err == nil || errors.Is(err, context.Canceled) || !errors.As(err, &refused) {
		return err
	}
	for _, name := range names {
		reasons[name] = refused.Message
	}
	return nil
}

package featuremap

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"odoosync/tomledit"
)

// The names that the map gives to what is read from it; all others are left
// alone.
const (
	keyFeatures    = "features"
	keyStories     = "user_stories"
	keyName        = "name"
	keyTaskID      = "task_id"
	keyDescription = "description"
	keyTags        = "tags"
	keyDeprecated  = "_deprecated"
)

// keptPaths are the values of a document that a Map is made of, and all keys
// beside them, which may be misspelt ones.
func keptPaths() tomledit.Option {
	type path = []string
	const each = tomledit.Any
	return tomledit.Keep(
		path{each, each, keyTaskID}, path{each, each, keyStories},
		path{keyFeatures, each, each}, path{keyFeatures, each, each, keyTaskID}, path{keyFeatures, each, keyTags, each},
		path{keyFeatures, each, keyStories, each, each}, path{keyFeatures, each, keyStories, each, keyTags, each},
	)
}

// Parse reads a feature map; strictly, it takes warnings for mistakes. All
// mistakes come back together, in an *Error, and with them as much of the map
// as could be read: nil where the text is no TOML.
func Parse(path string, src []byte, strict bool) (*Map, error) {
	doc, err := tomledit.Parse(path, src, keptPaths())
	if err != nil {
		if mistake, ok := errors.AsType[*tomledit.Error](err); ok {
			err = &Error{File: path, Mistakes: []*tomledit.Error{mistake}}
		}
		return nil, err
	}
	d := decoder{
		doc: doc, src: src, owners: make(map[int64]*Item),
		feature: newSpeller(keyTaskID, keyDescription, keyTags, keyStories, keyDeprecated),
		story:   newSpeller(keyName, keyTaskID, keyDescription, keyTags, keyDeprecated),
	}
	d.check(newSpeller(keyFeatures), doc.Get())
	m := &Map{Document: doc, Features: d.features(doc.Get(keyFeatures))}
	if strict {
		d.mistakes, d.warnings = append(d.mistakes, d.warnings...), nil
	}
	sortByPlace(d.mistakes)
	sortByPlace(d.warnings)
	m.Warnings = d.warnings
	if len(d.mistakes) > 0 {
		return m, &Error{File: path, Mistakes: d.mistakes, Warnings: d.warnings}
	}
	return m, nil
}

func sortByPlace(list []*tomledit.Error) {
	slices.SortStableFunc(list, func(a, b *tomledit.Error) int { return a.Pos.Offset - b.Pos.Offset })
}

// decoder goes once over a document and collects what is wrong with it as a
// feature map.
type decoder struct {
	doc      *tomledit.Document
	src      []byte
	mistakes []*tomledit.Error
	warnings []*tomledit.Error
	owners   map[int64]*Item // positive task ids and who has them

	feature, story speller
}

func (d *decoder) features(v tomledit.Value) []*Item {
	if !d.expect(v, tomledit.Table, "expected a table of features, found", "write each feature as [features.\"Its name\"]") {
		return nil
	}
	features := make([]*Item, 0, v.Len())
	for table := range v.Values() {
		if !d.expect(table, tomledit.Table, "a feature must be a table, not", "write it as [features.\"Its name\"] with a task_id") {
			continue
		}
		feature := &Item{Kind: Feature, Name: table.Key(), Ordinal: 1}
		key, _ := table.KeySpan()
		d.checkName(feature.Name, key, table)
		d.fields(feature, table)
		d.check(d.feature, table)
		feature.Stories = d.stories(feature, table.Get(keyStories))
		features = append(features, feature)
	}
	return features
}

func (d *decoder) stories(feature *Item, v tomledit.Value) []*Item {
	const form = "{ name = \"...\", task_id = 0 }"
	if !d.expect(v, tomledit.Array, "expected an array of user stories, found", "write user_stories = [ "+form+" ]") {
		return nil
	}
	stories := make([]*Item, 0, v.Len())
	seen := make(map[string]int, v.Len())
	for table := range v.Values() {
		if !d.expect(table, tomledit.Table, "a user story must be a table, not", "write it as "+form) {
			continue
		}
		story := &Item{Kind: Story, Parent: feature, Deprecated: feature.Deprecated}
		if v := table.Get(keyName); d.expect(v, tomledit.String, "expected a string, found", "") {
			story.Name, _ = v.Text()
			start, _ := v.Span()
			d.checkName(story.Name, start, v)
		} else if !v.Exists() {
			d.refuse(table, "the user story has no name", "add name = \"...\"")
		}
		d.fields(story, table)
		d.check(d.story, table)
		seen[story.Name]++
		story.Ordinal = seen[story.Name]
		stories = append(stories, story)
	}
	return stories
}

// fields reads what features and stories have in common.
func (d *decoder) fields(item *Item, table tomledit.Value) {
	if v := table.Get(keyDeprecated); d.expect(v, tomledit.Bool, "expected true or false, found", "") {
		deprecated, _ := v.Bool()
		item.Deprecated = item.Deprecated || deprecated
	}
	if v := table.Get(keyDescription); d.expect(v, tomledit.String, "expected a string, found", "") {
		item.description = v
		if start, end := v.Span(); end-start > MaxTextNode && longestLine(item.Description()) > MaxTextNode {
			d.refuse(v, fmt.Sprintf("a line is longer than %d bytes: Odoo would cut it off silently", MaxTextNode), "split the line")
		}
	}
	d.readTags(item, table.Get(keyTags))
	d.readTaskID(item, table)
}

func (d *decoder) readTags(item *Item, v tomledit.Value) {
	const advice = "write tags = \"One, Two\" or tags = [\"One\", \"Two\"]"
	item.tags = v
	if v.Kind() == tomledit.Array {
		for element := range v.Values() {
			d.expect(element, tomledit.String, "expected a string, found", advice)
		}
	} else if !d.expect(v, tomledit.String, "expected a string or an array of strings, found", advice) {
		return
	}
	for _, name := range item.Tags() {
		if strings.ContainsFunc(name, unicode.IsControl) {
			d.refuse(v, fmt.Sprintf("the tag %q contains a control character", name), "remove the character")
		}
	}
}

func (d *decoder) readTaskID(item *Item, table tomledit.Value) {
	const advice = "write task_id = 0 for an item that needs a task"
	v := table.Get(keyTaskID)
	id, ok := v.Int()
	first := d.owners[id]
	if ok && id >= 0 {
		item.TaskID, item.Slot = id, v
	}
	switch {
	case !v.Exists():
		d.refuse(table, fmt.Sprintf("the %s has no task_id", item.Kind), quoted(item, table, advice))
	case !ok:
		d.refuse(v, "expected an integer, found "+an(v.Kind()), unquoted(v, advice))
	case id < 0:
		d.refuse(v, fmt.Sprintf("expected 0 or the id of a task, found %d", id), advice)
	case id > 0 && first == nil:
		d.owners[id] = item
	case id > 0:
		d.refuse(v, fmt.Sprintf("task %d already belongs to %s %q on line %d", id, first.Kind, first.Name, first.Slot.Position().Line),
			"no two items share a task; "+advice)
	}
}

// quoted advises quotes where a header without them has made two names of one
// with a dot in it: [features.Release.2] is feature Release with a table 2.
func quoted(item *Item, table tomledit.Value, otherwise string) string {
	for member := range table.Values() {
		if member.Get(keyTaskID).Exists() { // of a story no such key is kept
			return fmt.Sprintf("a name with a dot needs quotes: [features.%q]", item.Name+"."+member.Key())
		}
	}
	return otherwise
}

// unquoted advises against quotes around a number.
func unquoted(v tomledit.Value, otherwise string) string {
	text, _ := v.Text()
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id >= 0 {
		return fmt.Sprintf("write task_id = %d, without quotes", id)
	}
	return otherwise
}

// expect reports whether a value is of a kind, and refuses one of another kind;
// none at all is no mistake here.
func (d *decoder) expect(v tomledit.Value, kind tomledit.Kind, message, hint string) bool {
	if v.Exists() && v.Kind() != kind {
		d.refuse(v, message+" "+an(v.Kind()), hint)
	}
	return v.Kind() == kind
}

func (d *decoder) refuse(v tomledit.Value, message, hint string) {
	start, _ := v.Span()
	d.refuseAt(start, v, message, hint)
}

func (d *decoder) refuseAt(at int, v tomledit.Value, message, hint string) {
	_, end := v.Span()
	d.mistakes = append(d.mistakes, d.doc.ErrorAt(at, max(end, at+1), v.Path(), message, hint))
}

// checkName refuses what cannot be the name of a task.
func (d *decoder) checkName(name string, at int, v tomledit.Value) {
	const advice = "the task gets this name: write one line of text"
	switch {
	case strings.TrimSpace(name) == "":
		d.refuseAt(at, v, "the name is empty", advice)
	case strings.ContainsFunc(name, unicode.IsControl):
		d.refuseAt(at, v, fmt.Sprintf("the name %q contains a control character", name), advice)
	}
}

// an is a kind of value with its article, for messages.
func an(k tomledit.Kind) string {
	name := k.String()
	if strings.ContainsRune("aeiou", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

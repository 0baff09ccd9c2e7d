package featuremap

import (
	"errors"
	"fmt"
	"slices"
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
	feature := []string{keyFeatures, tomledit.Any}
	story := append(slices.Clone(feature), keyStories, tomledit.Any)
	below := func(path []string, keys ...string) []string { return append(slices.Clone(path), keys...) }
	return tomledit.Keep(
		[]string{tomledit.Any, tomledit.Any, keyTaskID}, []string{tomledit.Any, tomledit.Any, keyStories},
		below(feature, tomledit.Any), below(feature, keyTags, tomledit.Any),
		below(story, tomledit.Any), below(story, keyTags, tomledit.Any),
	)
}

// Parse reads a feature map. All mistakes come back together, in an *Error,
// and with them as much of the map as could be read: nil where the text is no
// TOML.
func Parse(path string, src []byte) (*Map, error) { return parse(path, src, false) }

// ParseStrictly is Parse that takes warnings for mistakes.
func ParseStrictly(path string, src []byte) (*Map, error) { return parse(path, src, true) }

func parse(path string, src []byte, strict bool) (*Map, error) {
	doc, err := tomledit.Parse(path, src, keptPaths())
	if err != nil {
		var mistake *tomledit.Error
		if errors.As(err, &mistake) {
			err = &Error{File: path, Mistakes: []*tomledit.Error{mistake}}
		}
		return nil, err
	}
	m, mistakes := decode(doc)
	if strict {
		mistakes = append(mistakes, m.Warnings...)
		sortByPlace(mistakes)
		m.Warnings = nil
	}
	if len(mistakes) > 0 {
		return m, &Error{File: path, Mistakes: mistakes, Warnings: m.Warnings}
	}
	return m, nil
}

// decode reads a document as a feature map. With mistakes the map holds what
// could be read.
func decode(doc *tomledit.Document) (*Map, []*tomledit.Error) {
	d := decoder{
		doc: doc, owners: make(map[int64]*Item),
		feature: newSpeller(keyTaskID, keyDescription, keyTags, keyStories, keyDeprecated),
		story:   newSpeller(keyName, keyTaskID, keyDescription, keyTags, keyDeprecated),
	}
	d.check(newSpeller(keyFeatures), doc.Root())
	m := &Map{Path: doc.Name(), doc: doc, Features: d.features(doc.Get(keyFeatures))}
	sortByPlace(d.mistakes)
	sortByPlace(d.warnings)
	m.Warnings = d.warnings
	return m, d.mistakes
}

func sortByPlace(list []*tomledit.Error) {
	slices.SortStableFunc(list, func(a, b *tomledit.Error) int { return a.Pos.Offset - b.Pos.Offset })
}

// decoder goes once over a document and collects what is wrong with it as a
// feature map.
type decoder struct {
	doc      *tomledit.Document
	mistakes []*tomledit.Error
	warnings []*tomledit.Error
	owners   map[int64]*Item // positive task ids and who has them

	feature, story speller
}

func (d *decoder) features(v tomledit.Value) []*Item {
	if !v.Exists() {
		return nil
	}
	if v.Kind() != tomledit.Table {
		d.refuse(v, "want a table of features, found "+an(v.Kind()), "write each feature as [features.\"Its name\"]")
		return nil
	}
	features := make([]*Item, 0, v.Len())
	for name, table := range v.All() {
		if table.Kind() != tomledit.Table {
			d.refuse(table, "a feature is a table, found "+an(table.Kind()), "write it as [features.\"Its name\"] with a task_id")
			continue
		}
		feature := &Item{Kind: Feature, Name: name}
		if cause := badName(name); cause != "" {
			d.refuseAt(table.KeyPosition(), table, cause, "the key of the feature is the name of its task")
		}
		d.fields(feature, table)
		d.check(d.feature, table)
		feature.Stories = d.stories(feature, table.Get(keyStories))
		features = append(features, feature)
	}
	return features
}

func (d *decoder) stories(feature *Item, v tomledit.Value) []*Item {
	if !v.Exists() {
		return nil
	}
	if v.Kind() != tomledit.Array {
		d.refuse(v, "want an array of user stories, found "+an(v.Kind()), "write user_stories = [ { name = \"...\", task_id = 0 } ]")
		return nil
	}
	stories := make([]*Item, 0, v.Len())
	seen := make(map[string]int, v.Len())
	for table := range v.Values() {
		if table.Kind() != tomledit.Table {
			d.refuse(table, "a user story is a table, found "+an(table.Kind()), "write it as { name = \"...\", task_id = 0 }")
			continue
		}
		story := &Item{Kind: Story, Parent: feature, Deprecated: feature.Deprecated}
		story.Name = d.storyName(table)
		d.fields(story, table)
		d.check(d.story, table)
		seen[story.Name]++
		story.Ordinal = seen[story.Name]
		stories = append(stories, story)
	}
	return stories
}

func (d *decoder) storyName(table tomledit.Value) string {
	v := table.Get(keyName)
	if !v.Exists() {
		d.refuse(table, "user story without a name", "add name = \"...\"")
		return ""
	}
	name, ok := v.Text()
	if !ok {
		d.refuse(v, "want a string, found "+an(v.Kind()), "")
		return ""
	}
	if cause := badName(name); cause != "" {
		d.refuse(v, cause, "the name of the story is the name of its task")
	}
	return name
}

// fields reads what features and stories have in common.
func (d *decoder) fields(item *Item, table tomledit.Value) {
	if item.Ordinal == 0 {
		item.Ordinal = 1
	}
	if v := table.Get(keyDeprecated); v.Exists() {
		deprecated, ok := v.Bool()
		if !ok {
			d.refuse(v, "want true or false, found "+an(v.Kind()), "")
		}
		item.Deprecated = item.Deprecated || deprecated
	}
	if v := table.Get(keyDescription); v.Exists() {
		item.description = v
		switch start, end := v.Span(); {
		case v.Kind() != tomledit.String:
			d.refuse(v, "want a string, found "+an(v.Kind()), "")
		case end-start > MaxTextNode && longestLine(item.Description()) > MaxTextNode:
			d.refuse(v, fmt.Sprintf("a line of more than %d bytes, which Odoo would cut without a word", MaxTextNode), "break the line")
		}
	}
	d.readTags(item, table.Get(keyTags))
	d.readTaskID(item, table)
}

func (d *decoder) readTags(item *Item, v tomledit.Value) {
	item.tags = v
	switch v.Kind() {
	case tomledit.Invalid, tomledit.String:
	case tomledit.Array:
		for element := range v.Values() {
			if element.Kind() != tomledit.String {
				d.refuse(element, "want a string, found "+an(element.Kind()), "tags are a string separated by commas, or an array of strings")
				return
			}
		}
	default:
		d.refuse(v, "want a string or an array of strings, found "+an(v.Kind()), "tags are a string separated by commas, or an array of strings")
		return
	}
	for _, name := range item.Tags() {
		if strings.ContainsFunc(name, unicode.IsControl) {
			d.refuse(v, fmt.Sprintf("tag %q has a control character", name), "")
		}
	}
}

func (d *decoder) readTaskID(item *Item, table tomledit.Value) {
	const advice = "write task_id = 0 for an item that needs a task"
	v := table.Get(keyTaskID)
	if !v.Exists() {
		d.refuse(table, string(item.Kind)+" without a task_id", advice)
		return
	}
	id, ok := v.Int()
	switch {
	case !ok:
		d.refuse(v, "want an integer, found "+an(v.Kind()), advice)
		return
	case id < 0:
		d.refuse(v, fmt.Sprintf("want 0 or a task's id, found %d", id), advice)
		return
	}
	item.TaskID, item.taskID = id, v
	if id == 0 {
		return
	}
	if first, taken := d.owners[id]; taken {
		d.refuse(v, fmt.Sprintf("task %d stands already at %s %q on line %d", id, first.Kind, first.Name, first.Position().Line),
			"each item has a task of its own; "+advice)
		return
	}
	d.owners[id] = item
}

func (d *decoder) refuse(v tomledit.Value, message, hint string) {
	d.refuseAt(v.Position(), v, message, hint)
}

func (d *decoder) refuseAt(at tomledit.Position, v tomledit.Value, message, hint string) {
	_, end := v.Span()
	d.mistakes = append(d.mistakes, d.doc.ErrorAt(at.Offset, max(end, at.Offset+1), v.Path(), message, hint))
}

// badName says what is wrong with the name of a task, or nothing.
func badName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "the name is empty"
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Sprintf("the name %q has a control character", name)
	}
	return ""
}

// an is a kind of value with its article, for messages.
func an(k tomledit.Kind) string {
	name := k.String()
	if strings.ContainsRune("aeiou", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

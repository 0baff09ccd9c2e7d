// Package featuremap says what a feature map means: its features and user
// stories, what is wrong with it, and which items need a task. It reads TOML
// through package tomledit and knows nothing of Odoo. All but parsing are pure
// functions, and what they return does not change.
package featuremap

import (
	"slices"
	"strings"

	"odoosync/tomledit"
)

// Map is what a map file says: its features and their user stories in
// file order.
type Map struct {
	Features []*Item
	// Warnings are the keys that are probably misspelt, sorted by place.
	Warnings []*tomledit.Error
	// Document is what the map was read from; edits of it are edits of the map.
	Document *tomledit.Document
}

// Kind says what an item of a feature map is.
type Kind string

// The two kinds of items.
const (
	Feature Kind = "feature"
	Story   Kind = "story"
)

// Item is a feature or a user story of a map. Its description and tags stay in
// the document and are decoded when asked for.
type Item struct {
	Kind       Kind
	Name       string // the feature's key, or the story's name
	TaskID     int64  // 0 when it has no task yet
	Deprecated bool   // marked _deprecated, or part of a feature that is
	Parent     *Item  // the feature of a story; nil for a feature
	Stories    []*Item

	Ordinal int // place among the items of the same name in the same feature, from 1

	// Slot is where the item's task_id stands in the document; it does not exist
	// where the map has none, which is a mistake.
	Slot tomledit.Value

	description tomledit.Value
	tags        tomledit.Value
}

// Description is the item's text as the map has it, empty when it has none.
func (i *Item) Description() string {
	text, _ := i.description.Text()
	return text
}

// Tags are the names of the item's tags, each once, in the order written. A
// string holds them separated by commas; of an array each element is one tag.
func (i *Item) Tags() []string {
	var names []string
	add := func(name string) {
		name = strings.TrimSpace(name)
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if text, ok := i.tags.Text(); ok {
		for name := range strings.SplitSeq(text, ",") {
			add(name)
		}
		return names
	}
	for element := range i.tags.Values() {
		name, _ := element.Text()
		add(name)
	}
	return names
}

// Feature is the item itself, or the feature of a story.
func (i *Item) Feature() *Item {
	if i.Parent != nil {
		return i.Parent
	}
	return i
}

// All calls yield for every item in file order, each feature before its
// stories, until it returns false.
func (m *Map) All(yield func(*Item) bool) {
	for _, feature := range m.Features {
		if !yield(feature) {
			return
		}
		for _, story := range feature.Stories {
			if !yield(story) {
				return
			}
		}
	}
}

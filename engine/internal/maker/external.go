package maker

import (
	"cmp"
	"fmt"
	"iter"
	"strconv"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/importer"
)

// externalID is the name under which Odoo knows an item's task for ever:
//
//	__odoosync__.p7_story_1f0c...    (project 7, 32 hexadecimal digits)
//
// The digits are those of importer.ExternalID for these fields: the namespace,
// the feature's name, the story's name (empty for a feature), the ordinal in
// decimal. Names go in as the bytes of the map, so any Unicode is safe and no
// two spellings are taken for one; no name can hold a NUL. The id says who an
// item is and not what it contains: a new description keeps it, a new name or
// another feature makes another item of it.
func externalID(project int64, namespace string, item *featuremap.Item, ordinal int) string {
	story := ""
	if item.Kind == featuremap.Story {
		story = item.Name
	}
	return importer.ExternalID(idKind(project, item.Kind), namespace, item.Feature().Name, story, strconv.Itoa(ordinal))
}

// idKind is what the external ids of all items of a kind in a project share.
func idKind(project int64, kind featuremap.Kind) string { return fmt.Sprintf("p%d_%s", project, kind) }

// maxOrdinals is how many external ids are tried for one item beyond those of
// its namesakes in the map. As many items of its name have to have been renamed
// or taken away to need the next.
const maxOrdinals = 100

// ordinals are the ordinals in the external ids of items. An item has the one
// that its place in the map gives it, until its task is found under another
// one, or another item of the map has the task under it.
type ordinals struct {
	now   map[*featuremap.Item]int // but for those that their place gives
	tried map[attempt]bool         // led to the task of another item
}

type attempt struct {
	item    *featuremap.Item
	ordinal int
}

func newOrdinals() ordinals {
	return ordinals{now: make(map[*featuremap.Item]int), tried: make(map[attempt]bool)}
}

func (o ordinals) of(item *featuremap.Item) int { return cmp.Or(o.now[item], item.Ordinal) }

// next moves an item on to the lowest ordinal that it has not tried and that
// no other item of its name that needs a task uses. It reports false when
// there have been too many.
func (o ordinals) next(item *featuremap.Item) bool {
	o.tried[attempt{item, o.of(item)}] = true
	used := make(map[int]bool)
	highest := maxOrdinals
	for sibling := range namesakes(item) {
		highest++
		if sibling != item && sibling.TaskID == 0 {
			used[o.of(sibling)] = true
		}
	}
	for n := 1; n <= highest; n++ {
		if !o.tried[attempt{item, n}] && !used[n] {
			o.now[item] = n
			return true
		}
	}
	return false
}

// avoid moves an item on if another item of its name has its ordinal.
func (o ordinals) avoid(item *featuremap.Item) {
	for sibling := range namesakes(item) {
		if sibling != item && sibling.TaskID == 0 && o.of(sibling) == o.of(item) {
			o.next(item)
			return
		}
	}
}

// namesakes are the items of an item's name in the same feature, itself among
// them.
func namesakes(item *featuremap.Item) iter.Seq[*featuremap.Item] {
	siblings := []*featuremap.Item{item}
	if item.Parent != nil {
		siblings = item.Parent.Stories
	}
	return func(yield func(*featuremap.Item) bool) {
		for _, sibling := range siblings {
			if sibling.Name == item.Name && !yield(sibling) {
				return
			}
		}
	}
}

package ledger

import (
	"slices"

	"odoosync/engine/internal/featuremap"
)

// Move goes over to the map as somebody else wrote it. Every task of this run
// goes to its item there: the one that holds its id, else the feature of the
// same name, or the story of the same name below the same feature, that has no
// task. What has no place is lost.
func (l *Ledger) Move(m *featuremap.Map) {
	before := *l
	l.use(m)
	l.Drop()
	named := make(map[string]*featuremap.Item, len(m.Features))
	for _, feature := range m.Features {
		named[feature.Name] = feature
	}
	l.place(featuremap.Feature, func(item *featuremap.Item) identity { return identity{name: item.Name} })
	l.place(featuremap.Story, func(item *featuremap.Item) identity {
		feature := item.Parent
		if now := l.owners[before.TaskOf(feature)]; now != nil {
			return identity{now, item.Name} // perhaps under another name
		}
		return identity{named[feature.Name], item.Name}
	})
}

// Drop takes note that there is no map any more that holds an id.
func (l *Ledger) Drop() {
	for _, e := range l.entries {
		e.Item, e.saved = nil, false
	}
}

// identity is who an item is, whatever else is edited in it.
type identity struct {
	feature *featuremap.Item
	name    string
}

// place finds the items of one kind that the tasks of this run belong to.
// Among items of one identity, the one with the same text is taken first, and
// else the next in order.
func (l *Ledger) place(kind featuremap.Kind, identify func(*featuremap.Item) identity) {
	free := make(map[identity][]*featuremap.Item)
	for item := range l.plan.Map.All {
		if item.Kind == kind && item.TaskID == 0 && item.Slot.Exists() {
			free[identify(item)] = append(free[identify(item)], item)
		}
	}
	for _, sameText := range []bool{true, false} {
		for _, e := range l.entries {
			if e.Was.Kind != kind || e.Item != nil {
				continue
			}
			item := l.owners[e.ID]
			if item == nil {
				who := identify(e.Was)
				at := slices.IndexFunc(free[who], func(item *featuremap.Item) bool { return !sameText || textOf(item) == textOf(e.Was) })
				if at < 0 {
					continue
				}
				item = free[who][at]
				free[who] = slices.Delete(free[who], at, at+1)
			}
			e.Item, e.Was, e.saved = item, item, item.TaskID == e.ID
			l.byItem[item], l.owners[e.ID] = e, item
		}
	}
}

func textOf(item *featuremap.Item) string { return featuremap.PlainText(item.Description()) }

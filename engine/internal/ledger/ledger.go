// Package ledger knows which task belongs to which item of a map: the ids that
// stand in it, the ids in hand that are still to be written, and where items
// stand after somebody edited the map. It talks to nobody.
package ledger

import (
	"io"
	"slices"

	"odoosync/engine/internal/featuremap"
	"odoosync/tomledit"
)

// Entry is a task that this run created or linked.
type Entry struct {
	Item    *featuremap.Item // the item as it stands in the map; nil when it has no place there any more
	Was     *featuremap.Item // the item as it was last seen
	ID      int64
	Existed bool // the task was there before this run
	saved   bool // the map holds the id
}

// Ledger is the account of one run. It belongs to one goroutine.
type Ledger struct {
	plan    *featuremap.Plan
	patch   *tomledit.Patch // the text as it was last written
	entries []*Entry        // in the order in which they were taken
	byItem  map[*featuremap.Item]*Entry
	owners  map[int64]*featuremap.Item
}

// New opens the ledger of a map.
func New(m *featuremap.Map) *Ledger {
	l := &Ledger{}
	l.use(m)
	return l
}

func (l *Ledger) use(m *featuremap.Map) {
	l.plan, l.patch = featuremap.NewPlan(m), m.Document.NewPatch()
	l.byItem = make(map[*featuremap.Item]*Entry)
	l.owners = make(map[int64]*featuremap.Item, l.plan.Synced)
	for item := range m.All {
		if item.TaskID != 0 {
			l.owners[item.TaskID] = item
		}
	}
}

// Plan is what the map as it was last read asks for; ids in hand are not in it.
func (l *Ledger) Plan() *featuremap.Plan { return l.plan }

// TaskOf is the task of an item, in the map or in hand; 0 for none.
func (l *Ledger) TaskOf(item *featuremap.Item) int64 {
	if e := l.byItem[item]; e != nil {
		return e.ID
	}
	return item.TaskID
}

// Owner is the item of the map that has a task; nil for none.
func (l *Ledger) Owner(task int64) *featuremap.Item { return l.owners[task] }

// Entry is what this run did for an item; nil where it did nothing.
func (l *Ledger) Entry(item *featuremap.Item) *Entry { return l.byItem[item] }

// Pending are those of the items that have no task yet.
func (l *Ledger) Pending(items ...[]*featuremap.Item) []*featuremap.Item {
	return slices.DeleteFunc(slices.Concat(items...), func(item *featuremap.Item) bool { return l.TaskOf(item) != 0 })
}

// Count is the number of items that have an id of this run in the map, and of
// those that have or need one.
func (l *Ledger) Count() (saved, total int) {
	return len(l.entries) - len(l.Unsaved()) - len(l.Lost()), len(l.entries) + len(l.Pending(l.plan.Features, l.plan.Stories))
}

// Take gives an item its task.
func (l *Ledger) Take(item *featuremap.Item, id int64, existed bool) {
	e := &Entry{Item: item, Was: item, ID: id, Existed: existed}
	l.entries = append(l.entries, e)
	l.byItem[item] = e
	l.owners[id] = item
}

// Unsaved are the entries whose ids the map does not hold but has a place for.
func (l *Ledger) Unsaved() []*Entry {
	return slices.DeleteFunc(slices.Clone(l.entries), func(e *Entry) bool { return e.saved || e.Item == nil })
}

// Lost are the entries that have no place in the map.
func (l *Ledger) Lost() []*Entry {
	return slices.DeleteFunc(slices.Clone(l.entries), func(e *Entry) bool { return e.Item != nil })
}

// Write adds the unsaved ids to the text, and returns what writes it.
func (l *Ledger) Write() (io.WriterTo, error) {
	for _, e := range l.Unsaved() {
		if err := l.patch.SetInteger(e.Item.Slot, e.ID); err != nil {
			return nil, err
		}
	}
	return l.patch, nil
}

// Saved takes note that the text was saved.
func (l *Ledger) Saved() {
	for _, e := range l.Unsaved() {
		e.saved = true
	}
}

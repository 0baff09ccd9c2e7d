package engine

import (
	"odoosync/engine/internal/ledger"
	"odoosync/engine/internal/maker"
)

// resultOf says what became of an item.
func resultOf(i *Item, id int64, status Status) ItemResult {
	r := ItemResult{Kind: i.Kind, Feature: i.Feature().Name, Line: i.Position().Line, ID: id, Status: status}
	if i.Kind == Story {
		r.Story = i.Name
	}
	return r
}

// at names an item and where it stands, for messages.
func (r *sync) at(item *Item) string { return resultOf(item, 0, Pending).at(r.result.Map) }

// resultOfEntry says what became of an item that this run has a task for.
func resultOfEntry(e *ledger.Entry) ItemResult {
	status := Created
	if e.Stood {
		status = Linked
	}
	r := resultOf(e.Was, e.ID, status)
	if e.Item == nil {
		r.Line = 0
	}
	return r
}

// resultOfVerdict says what an item has instead of the task that it asks for.
func resultOfVerdict(v maker.Verdict, status Status) ItemResult {
	r := resultOf(v.Item, v.ID, status)
	r.Differences = v.Differences
	return r
}

// conclude says what became of everything in the map, or what would.
func (r *sync) conclude() {
	if r.book == nil {
		return
	}
	for item := range r.book.Map().All {
		var result ItemResult
		switch entry := r.book.Entry(item); {
		case entry != nil:
			result = resultOfEntry(entry)
		case item.Deprecated:
			result = resultOf(item, item.TaskID, Deprecated)
		case item.TaskID != 0:
			result = resultOf(item, item.TaskID, Synced)
		default:
			result = r.resultOfPending(item)
		}
		if r.result.Project.ID != 0 && result.ID != 0 {
			result.URL = r.dest.TaskURL(result.ID)
		}
		r.result.Items = append(r.result.Items, result)
	}
}

// resultOfPending says what a run would do with an item that needs a task, if a
// dry run has found that out.
func (r *sync) resultOfPending(item *Item) ItemResult {
	v, known := r.outlook[item]
	switch {
	case r.outlook == nil:
		return resultOf(item, 0, Pending)
	case !known:
		return resultOf(item, 0, Create)
	case r.fits(v):
		return resultOf(item, v.ID, Link)
	}
	return resultOfVerdict(v, Differs)
}

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

// items says what became of everything in the map.
func (r *sync) items() []ItemResult {
	return r.each(func(item *Item) ItemResult { return resultOf(item, 0, Pending) })
}

// outlook says what a run would do with everything in the map.
func (r *sync) outlook(found []maker.Verdict) []ItemResult {
	there := make(map[*Item]maker.Verdict, len(found))
	for _, v := range found {
		there[v.Item] = v
	}
	return r.each(func(item *Item) ItemResult {
		v, known := there[item]
		switch {
		case !known:
			return resultOf(item, 0, Create)
		case len(v.Differences) > 0 && !r.options.Link:
			result := resultOf(item, v.ID, Differs)
			result.Differences = v.Differences
			return result
		}
		return resultOf(item, v.ID, Link)
	})
}

// each says what became of every item, and of those that need a task what
// pending says.
func (r *sync) each(pending func(*Item) ItemResult) []ItemResult {
	if r.book == nil {
		return nil
	}
	var results []ItemResult
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
			result = pending(item)
		}
		if r.dest != nil && r.dest.Project.ID != 0 && result.ID != 0 {
			result.URL = r.dest.TaskURL(result.ID)
		}
		results = append(results, result)
	}
	return results
}

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

func resultsOf(entries []*ledger.Entry) []ItemResult {
	results := make([]ItemResult, len(entries))
	for i, e := range entries {
		results[i] = resultOfEntry(e)
	}
	return results
}

// outlook says what a run would do with the items that need a task.
func outlook(found []maker.Verdict, link bool) func(*Item) ItemResult {
	there := make(map[*Item]maker.Verdict, len(found))
	for _, v := range found {
		there[v.Item] = v
	}
	return func(item *Item) ItemResult {
		v, known := there[item]
		switch {
		case !known:
			return resultOf(item, 0, Create)
		case len(v.Differences) > 0 && !link:
			result := resultOf(item, v.ID, Differs)
			result.Differences = v.Differences
			return result
		}
		return resultOf(item, v.ID, Link)
	}
}

// conclude says what became of everything in the map, and of items that need
// a task what pending says.
func (r *sync) conclude(pending func(*Item) ItemResult) {
	if r.book == nil || r.result.Items != nil {
		return
	}
	for item := range r.book.Map().All {
		var result ItemResult
		switch entry := r.book.Entry(item); {
		case entry != nil:
			result = resultOfEntry(entry)
		case !item.Deprecated && item.TaskID == 0:
			result = pending(item)
		default:
			result = Standing(item)
		}
		if r.dest != nil && r.dest.Project.ID != 0 && result.ID != 0 {
			result.URL = r.dest.TaskURL(result.ID)
		}
		r.result.Items = append(r.result.Items, result)
	}
}

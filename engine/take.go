package engine

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"odoosync/engine/internal/maker"
	"odoosync/tomledit"
)

// take looks at the tasks that an answer brought and gives them to their
// items.
//
// A task that existed before is taken only if it is an exact repeat of
// what the map says. One that this run created is taken also where an
// automation of Odoo changed it since, with a warning; but not where it is
// plainly another item's, or out of sight.
func (p *production) take(ctx context.Context, a *maker.Answer) error {
	verdicts, err := p.maker.Judge(ctx, a)
	if err != nil {
		if p.options.PlainCreate { // no later run finds these tasks
			for i, item := range a.Items {
				p.book.Take(item, a.IDs[i], false)
			}
		}
		return err
	}
	var differing []maker.Verdict
	claimed := make(map[*Item]*Item) // to whom Odoo gave the ids that these items claim
	for _, v := range verdicts {
		owner := p.book.Owner(v.ID)
		switch {
		case owner == nil || owner == v.Item:
		case v.Existed || p.book.Entry(owner) != nil:
			// The task under its external id is another item's by now.
			if !p.maker.NextOrdinal(v.Item) {
				return &ItemError{File: p.result.Map, Item: resultOf(v.Item, 0, Pending), Message: "each of the many external ids tried for it leads to a task that stands elsewhere in the map"}
			}
			continue
		default:
			claimed[owner] = v.Item
		}
		switch {
		case p.fits(v):
			p.book.Take(v.Item, v.ID, v.Existed)
			if v.Unseen {
				p.warn(fmt.Sprintf("%s: user %s may not see its task %d", p.at(v.Item), p.dest.User(), v.ID),
					"check in Odoo that it is the right one; the id is in the map all the same")
			}
		case v.Existed || v.Wrong:
			differing = append(differing, v)
		default:
			p.book.Take(v.Item, v.ID, false)
			p.warnChanged(v)
		}
	}
	if len(claimed) > 0 {
		return p.claimedIDs(ctx, claimed)
	}
	return p.mismatch(differing)
}

// warnChanged tells of a task that is not as it was sent.
func (p *production) warnChanged(v maker.Verdict) {
	var changes []string
	for _, d := range v.Differences {
		changes = append(changes, fmt.Sprintf("%s: %s", d.Field, d.Odoo))
	}
	p.warn(fmt.Sprintf("%s: Odoo changed task %d when it was created (%s)", p.at(v.Item), v.ID, strings.Join(changes, "; ")),
		"an automation in this Odoo did that; the id is in the map anyway")
}

// claimedIDs is the error about items whose task_id was no task of this Odoo
// until Odoo gave it to a new one, which keeps it, and about all others whose
// task_id Odoo has yet to give.
func (p *production) claimedIDs(ctx context.Context, given map[*Item]*Item) error {
	lowest, later := int64(math.MaxInt64), []int64(nil)
	for item := range given {
		lowest = min(lowest, item.TaskID)
	}
	for item := range p.book.Plan().Map.All {
		if item.TaskID > lowest && given[item] == nil {
			later = append(later, item.TaskID)
		}
	}
	there, err := p.maker.Tasks(ctx, later)
	if err != nil {
		return err
	}
	e := &MapError{File: p.result.Map}
	add := func(item *Item, message string) {
		start, end := item.Slot.Span()
		e.Mistakes = append(e.Mistakes, p.book.Plan().Map.Document.ErrorAt(start, end, item.Slot.Path(), message,
			"the id is of another database, or Odoo was restored from an older backup; write the right id, or 0 for a new task"))
	}
	for item := range p.book.Plan().Map.All {
		switch {
		case given[item] != nil:
			add(item, fmt.Sprintf("no task had the id %d until now, when Odoo gave it to %q", item.TaskID, given[item].Name))
		case item.TaskID > lowest && there[item.TaskID] == nil:
			add(item, fmt.Sprintf("no task has the id %d", item.TaskID))
		}
	}
	slices.SortStableFunc(e.Mistakes, func(a, b *tomledit.Error) int { return a.Pos.Offset - b.Pos.Offset })
	return e
}

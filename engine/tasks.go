package engine

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"odoosync/odoorpc"
)

// taskRight says what a user without the right to make tasks needs.
const taskRight = "making tasks needs the right Project / User; ask an administrator for it"

// maxOrdinals is how many external ids are tried for one item. As many items
// of its name have to have been renamed to need the next.
const maxOrdinals = 100

// batch is what goes into one call: items of one kind.
type batch struct {
	items []*Item
	body  int // bytes of the rows, about
}

// createAll makes the tasks, batch by batch, and saves what was made whatever
// ends it. An edit that comes as late as the last save counts too.
func (r *run) createAll() error {
	for {
		err := r.createBatches()
		if r.saveFailed || len(r.unsaved) == 0 && !r.file.Touched() {
			return err
		}
		if saveErr := r.save(); saveErr != nil {
			return errors.Join(saveErr, err)
		}
		if err != nil {
			return err
		}
	}
}

func (r *run) createBatches() error {
	size := newBatchSize()
	for {
		if r.ctx.Err() != nil {
			return ErrInterrupted
		}
		if r.file.Touched() {
			if err := r.save(); err != nil {
				return err
			}
		}
		if r.mapError != nil {
			return r.mapError
		}
		if !r.ready {
			if err := r.prepareEdit(); err != nil {
				return err
			}
		}
		next := r.nextBatch(size)
		if len(next.items) == 0 {
			return nil
		}
		if next.items[0].Kind == Story && !r.plain && !r.twinsKnown {
			if err := r.recogniseTwins(); err != nil {
				return err
			}
		}
		if err := r.create(next, size); err != nil {
			return err
		}
		if r.plain || r.saves.due(r.clock.Now()) {
			if err := r.save(); err != nil {
				return err
			}
		}
	}
}

// nextBatch takes pending features, and when there are none, pending stories.
func (r *run) nextBatch(size *batchSize) batch {
	for _, items := range [][]*Item{r.plan.Features, r.plan.Stories} {
		var b batch
		for _, item := range items[r.firstPending(items):] {
			if item.TaskID != 0 {
				continue
			}
			bytes := r.rowSize(item)
			if len(b.items) > 0 && (len(b.items) >= size.rows || b.body+bytes > size.bytes) {
				break
			}
			b.items = append(b.items, item)
			b.body += bytes
		}
		if len(b.items) > 0 {
			return b
		}
	}
	return batch{}
}

// firstPending skips what is done: items are made in order.
func (r *run) firstPending(items []*Item) int {
	return sort.Search(len(items), func(i int) bool { return items[i].TaskID == 0 })
}

// create makes the tasks of a batch, or of its beginning when the server wants
// smaller ones.
func (r *run) create(b batch, size *batchSize) error {
	if r.plain {
		return r.createPlain(b.items)
	}
	started := time.Now()
	err := r.load(b.items)
	var transport *odoorpc.TransportError
	var refusal *loadRefusal
	switch {
	case err == nil:
		size.Worked(len(b.items), time.Since(started))
		r.patient = false
		return nil
	case errors.As(err, &refusal):
		return r.stopAt(b.items, refusal)
	case errors.Is(err, errNoLoad):
		r.plain = true
		r.warn(fmt.Sprintf("tasks are made with plain create: %v", err),
			"an interrupted run may leave tasks that the next one does not find, and would make again; give the user the right to import, or watch the first run")
		return nil
	case !errors.As(err, &transport):
		return err
	case transport.TooLarge() && len(b.items) > 1:
		size.TooLarge(b.body)
		return nil
	case (transport.TooSlow() || transport.Dropped()) && !r.patient:
		for _, item := range b.items {
			r.state(item).uncertain = true
		}
		size.TooSlow(len(b.items))
		r.patient = len(b.items) == 1
		return nil
	case transport.TooLarge():
		return &ItemError{File: r.plan.Map.Path, Item: resultOf(b.items[0], 0, Pending), Message: "the server takes no call of this size", Err: err,
			Explain: "shorten the description, or let the proxy before Odoo take larger bodies"}
	}
	return err
}

// stopAt makes the items before the one that was refused, and returns the
// refusal.
func (r *run) stopAt(items []*Item, refusal *loadRefusal) error {
	for {
		first := refusal.first()
		refused := items[first.Record]
		stop := &ItemError{File: r.plan.Map.Path, Item: resultOf(refused, 0, Pending), Message: first.Message}
		if lacksRight(first) {
			stop.Explain = taskRight
		}
		items = items[:first.Record]
		if len(items) == 0 {
			return stop
		}
		err := r.load(items)
		if !errors.As(err, &refusal) {
			return errors.Join(stop, err)
		}
	}
}

// load makes tasks under their external ids and takes in the ids.
func (r *run) load(items []*Item) error {
	var mismatches []Mismatch
	for round := 1; len(items) > 0; round++ {
		if round > maxOrdinals {
			return &ItemError{File: r.plan.Map.Path, Item: resultOf(items[0], 0, Pending),
				Message: fmt.Sprintf("it answered %d times with a task that stands elsewhere in the map", maxOrdinals)}
		}
		newest, ids, err := r.loadRows(items)
		if err != nil {
			return err
		}
		var linked, taken, strangers []*Item
		for i, item := range items {
			switch owner := r.owners[ids[i]]; {
			case ids[i] > newest:
				strangers = r.takeNew(item, ids[i], strangers)
			case owner != nil && owner != item:
				taken = append(taken, item) // the task under its external id is another item's by now
				r.nextOrdinal(item)
			default:
				r.state(item).met = ids[i]
				linked = append(linked, item)
			}
		}
		differing, err := r.link(linked)
		if err != nil {
			return err
		}
		mismatches = append(mismatches, differing...)
		if len(strangers) > 0 {
			return r.strangeIDs(strangers)
		}
		items = taken
	}
	if len(mismatches) > 0 {
		return &MismatchError{File: r.plan.Map.Path, Items: mismatches}
	}
	return nil
}

// strangeIDs is the error about items whose task_id was no task of this Odoo
// until Odoo gave it to a new one. The new task keeps it.
func (r *run) strangeIDs(items []*Item) error {
	e := &MapError{File: r.plan.Map.Path}
	for _, item := range items {
		start, end := item.Slot().Span()
		e.Mistakes = append(e.Mistakes, r.doc.ErrorAt(start, end, item.Slot().Path(),
			fmt.Sprintf("no task had the id %d until now, when Odoo gave it to %q", item.TaskID, r.owners[item.TaskID].Name),
			"the id is of another database, or Odoo went back to an older backup; write the right id, or 0 for a new task"))
	}
	return e
}

// loadRows sends one load, again while another transaction is in its way. It
// also returns the newest task id from just before: a task up to it was not
// made by this call.
func (r *run) loadRows(items []*Item) (newest int64, ids []int64, err error) {
	for {
		tags := r.reference("tag_ids", r.tagNames, items, r.tagsOf)
		parents := r.reference("parent_id", r.taskNames, items, parentOf)
		fields, rows := r.rows(items, tags, parents)
		ids, err = withoutConflict(r.ctx, func() ([]int64, error) {
			if newest, err = r.newestTask(); err != nil {
				return nil, err
			}
			if !r.began {
				r.began, r.before = true, newest
			}
			options := odoorpc.LoadOptions{Context: r.taskContext(odoorpc.Context{"default_stage_id": r.stageID}), ReturnSlow: !r.patient}
			return r.Engine.load(r.ctx, modelTask, fields, rows, options)
		})
		if !tags.refused(err) && !parents.refused(err) {
			break
		}
		r.byID = true // somebody took the external id away
	}
	for i, id := range ids {
		r.newest = max(r.newest, id)
		if items[i].Kind == Feature {
			r.taskNames[id] = r.externalID(items[i])
		}
	}
	return newest, ids, err
}

// newestTask is the highest task id that the user can see. Only the first call
// looks at all tasks: sorting them is dear on a large database.
func (r *run) newestTask() (int64, error) {
	var newer odoorpc.Domain
	if r.newest > 0 {
		newer = odoorpc.Domain{odoorpc.Cond("id", ">", r.newest)}
	}
	query := odoorpc.Query{Order: "id desc", Limit: 1, Context: odoorpc.Context{"active_test": false}}
	ids, err := r.odoo.Search(r.ctx, modelTask, newer, query)
	if err == nil && len(ids) > 0 {
		r.newest = max(r.newest, ids[0])
	}
	return r.newest, err
}

// rows are the columns of a load of tasks, and a row for each item; features
// have no parent. The stage, the same for all, is a default of the context, as
// Odoo looks each cell's record up by itself.
func (r *run) rows(items []*Item, tags, parents reference) (columns []string, rows [][]any) {
	columns = []string{"id", "name", "description", "project_id/.id", tags.column()}
	if items[0].Parent != nil {
		columns = append(columns, parents.column())
	}
	for _, item := range items {
		row := []any{r.externalID(item), item.Name, textToHTML(item.Description()), r.result.Project.ID, r.tagCell(item, tags)}
		if item.Parent != nil {
			row = append(row, parents.cell(item.Parent.TaskID))
		}
		rows = append(rows, row)
	}
	return columns, rows
}

func (r *run) externalID(item *Item) string {
	return externalID(r.result.Project.ID, r.options.Namespace, item, r.state(item).ordinal)
}

func (r *run) tagCell(item *Item, tags reference) string {
	var cell []string
	for _, id := range r.tagsOf(item) {
		cell = append(cell, fmt.Sprint(tags.cell(id)))
	}
	return strings.Join(cell, ",")
}

// parentOf is the task that an item goes under, if there is one.
func parentOf(item *Item) []int64 {
	if item.Parent == nil {
		return nil
	}
	return []int64{item.Parent.TaskID}
}

func (r *run) tagsOf(item *Item) []int64 {
	var ids []int64
	for _, name := range item.Tags() {
		if id := r.tagIDs[name]; id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// rowSize is about how many bytes an item adds to the body of a call.
func (r *run) rowSize(item *Item) int {
	const fixed = 160 // external id, ids and punctuation
	size := fixed + jsonSize(item.Name) + jsonSize(textToHTML(item.Description()))
	for _, id := range r.tagsOf(item) {
		size += len(r.tagNames[id])
	}
	if item.Parent != nil {
		size += len(r.taskNames[item.Parent.TaskID])
	}
	return size
}

// take gives an item its task.
func (r *run) take(item *Item, id int64, status Status) {
	item.TaskID = id
	r.owners[id] = item
	r.made[id] = status
	r.unsaved = append(r.unsaved, item)
}

// takeNew gives an item the task that was just made for it. Another item that
// claimed the id before there was such a task joins the strangers.
func (r *run) takeNew(item *Item, id int64, strangers []*Item) []*Item {
	if owner := r.owners[id]; owner != nil && owner != item {
		strangers = append(strangers, owner)
	}
	r.take(item, id, Created)
	return strangers
}

// errOldTasks says that a create gave ids which it cannot have made.
var errOldTasks = errors.New("it answered with tasks that were there before")

// createPlain makes tasks without external ids. What Odoo refuses it has not
// made, so a refused call is split until the item is found; a lost answer ends
// the run.
func (r *run) createPlain(items []*Item) error {
	values := make([]map[string]any, len(items))
	for i, item := range items {
		values[i] = r.values(item)
	}
	newest, err := r.newestTask()
	if err != nil {
		return err
	}
	ids, err := r.odoo.Create(r.ctx, modelTask, values, odoorpc.CreateOptions{Context: r.taskContext(odoorpc.Context{})})
	if err == nil && slices.Min(ids) <= newest {
		err = &odoorpc.UnknownOutcomeError{Model: modelTask, Method: "create", Rows: len(items), Err: errOldTasks}
	}
	var (
		refused   *odoorpc.ServerError
		transport *odoorpc.TransportError
		unknown   *odoorpc.UnknownOutcomeError
	)
	switch {
	case err == nil:
		var strangers []*Item
		for i, item := range items {
			strangers = r.takeNew(item, ids[i], strangers)
		}
		if len(strangers) > 0 {
			return r.strangeIDs(strangers)
		}
		return r.save()
	case errors.As(err, &unknown):
		results := make([]ItemResult, len(items))
		for i, item := range items {
			results[i] = resultOf(item, item.TaskID, Pending)
		}
		return &UnknownOutcomeError{File: r.plan.Map.Path, Items: results, Err: err}
	case errors.As(err, &refused), errors.As(err, &transport) && transport.TooLarge():
		if len(items) == 1 {
			message := err.Error()
			if refused != nil {
				message = refused.Message
			}
			return &ItemError{File: r.plan.Map.Path, Item: resultOf(items[0], 0, Pending), Message: message, Err: err}
		}
		half := len(items) / 2
		if err := r.createPlain(items[:half]); err != nil {
			return err
		}
		if r.ctx.Err() != nil {
			return ErrInterrupted
		}
		return r.createPlain(items[half:])
	}
	return err
}

func (r *run) values(item *Item) map[string]any {
	v := map[string]any{
		"name":       item.Name,
		"project_id": r.result.Project.ID,
		"stage_id":   r.stageID,
	}
	if text := textToHTML(item.Description()); text != "" {
		v["description"] = text
	}
	if ids := r.tagsOf(item); len(ids) > 0 {
		v["tag_ids"] = []any{[]any{6, 0, ids}}
	}
	if item.Parent != nil {
		v["parent_id"] = item.Parent.TaskID
	}
	return v
}

package engine

import (
	"context"
	"fmt"

	"odoosync/engine/internal/featuremap"
	"odoosync/odoorpc"
)

// link takes tasks that stood under the external ids of items before this run.
// Such a task has to be an exact repeat: what differs is not taken and comes
// back, unless the user accepts it.
func (r *run) link(items []*Item) ([]Mismatch, error) {
	if len(items) == 0 {
		return nil, nil
	}
	if r.options.Link {
		for _, item := range items {
			r.take(item, r.state(item).met, r.statusOf(item))
		}
		return nil, nil
	}
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = r.state(item).met
	}
	// To the end also when the run was interrupted: the ids are in hand.
	tasks, err := r.readTasks(context.WithoutCancel(r.ctx), ids, "name", "description", "project_id", "parent_id", "active")
	if err != nil {
		return nil, err
	}
	var mismatches []Mismatch
	for _, item := range items {
		differences := r.compare(item, tasks[r.state(item).met])
		if len(differences) == 0 {
			r.take(item, r.state(item).met, r.statusOf(item))
			continue
		}
		met := resultOf(item, item.TaskID, Pending)
		met.ID = r.state(item).met
		mismatches = append(mismatches, Mismatch{Item: met, Differences: differences})
	}
	return mismatches, nil
}

// statusOf tells a task of this run, made by a call whose answer did not come
// in time, from one that was there before.
func (r *run) statusOf(item *Item) Status {
	if r.state(item).uncertain && r.state(item).met > r.before {
		return Created
	}
	return Linked
}

// task is what is read of a task in Odoo.
type task struct {
	ID          int64        `json:"id"`
	Name        odoorpc.Text `json:"name"`
	Description odoorpc.Text `json:"description"`
	Project     odoorpc.Ref  `json:"project_id"`
	Parent      odoorpc.Ref  `json:"parent_id"`
	Active      bool         `json:"active"`
}

// readTasks reads fields of those of the tasks that exist and that the user may
// see, archived or not.
func (r *run) readTasks(ctx context.Context, ids []int64, fields ...string) (map[int64]*task, error) {
	var found []task
	query := odoorpc.Query{Context: odoorpc.Context{"active_test": false}}
	if err := r.odoo.SearchRead(ctx, modelTask, odoorpc.Domain{odoorpc.Cond("id", "in", ids)}, fields, query, &found); err != nil {
		return nil, err
	}
	tasks := make(map[int64]*task, len(found))
	for i := range found {
		tasks[found[i].ID] = &found[i]
	}
	return tasks, nil
}

func (r *run) compare(item *Item, t *task) []Difference {
	if t == nil {
		return []Difference{{Field: "project", Map: r.result.Project.Name, Odoo: "a project that user " + userName(r.result.Session) + " may not see"}}
	}
	var differences []Difference
	differ := func(field, mapSays, odooSays string) {
		differences = append(differences, Difference{Field: field, Map: mapSays, Odoo: odooSays})
	}
	if string(t.Name) != item.Name {
		differ("name", item.Name, string(t.Name))
	}
	if text := item.Description(); !sameText(text, string(t.Description)) {
		differ("description", featuremap.PlainText(text), htmlToText(string(t.Description)))
	}
	if t.Project.ID != r.result.Project.ID {
		differ("project", named(r.result.Project.Name, "id", r.result.Project.ID), named(t.Project.Name, "id", t.Project.ID))
	}
	parent := &Item{}
	if item.Parent != nil {
		parent = item.Parent
	}
	if t.Parent.ID != parent.TaskID {
		differ("parent", named(parent.Name, "task", parent.TaskID), named(t.Parent.Name, "task", t.Parent.ID))
	}
	if !t.Active {
		differ("archived", "no", "yes")
	}
	return differences
}

func named(name, what string, id int64) string {
	if id == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (%s %d)", name, what, id)
}

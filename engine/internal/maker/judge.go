package maker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/odoorpc"
)

// Task is what is read of a task in Odoo.
type Task struct {
	ID          int64        `json:"id"`
	Name        odoorpc.Text `json:"name"`
	Description odoorpc.Text `json:"description"`
	Project     odoorpc.Ref  `json:"project_id"`
	Parent      odoorpc.Ref  `json:"parent_id"`
	Active      bool         `json:"active"`
	Created     odoorpc.Text `json:"create_date"` // UTC, as 2026-11-25 23:40:28
}

// The fields of a Task, but for the description, which may be large.
var taskFields = []string{"name", "project_id", "parent_id", "active", "create_date"}

// How far a clock may be ahead of that of Odoo's database, which dates tasks,
// before a task of this run is taken for one that existed before: the clock
// of Odoo, or where that is not told, of this machine. A look reads all tasks
// created in that time.
const (
	skew        = 3 * time.Second
	unknownSkew = 15 * time.Minute
)

// earlier tells the tasks that existed before this run looked from those that
// it creates: the ones that it saw, and those created before it began.
type earlier struct {
	seen  map[int64]bool
	since string // tasks created from then on are all in seen
}

func (e earlier) has(t *Task) bool { return e.seen[t.ID] || string(t.Created) < e.since }

// Difference is one point in which a task is not what the map says.
type Difference struct {
	Field string // "name", "description", "project", "parent" or "archived"
	Map   string
	Odoo  string
}

// Verdict is what was seen of the task that an item's external id leads to.
type Verdict struct {
	Item        *featuremap.Item
	ID          int64
	Existed     bool // the task was there before this run, or may have been: it is unseen
	Unseen      bool // the user may not see the task
	Differences []Difference
	// Wrong says that this run created the task, but not for this item: its
	// parent is missing, it is what another item of its batch asks for, or it
	// was deleted at once.
	Wrong bool
	Task  *Task // only of one that was looked for, and that can be seen
}

// Judge looks at the tasks that an answer brought, in the order of its items.
// Descriptions are read only where they count: of tasks that existed before, and
// of those that share name and parent with another of the batch. Where the tasks
// could not be read back, the error is that of the answer.
func (k *Maker) Judge(ctx context.Context, a *Answer) ([]Verdict, error) {
	if a.Err != nil {
		return nil, a.Err
	}
	names, texts := make(map[namesake]int), make(map[identity]bool) // of the batch; texts of namesakes alone
	for _, item := range a.Items {
		names[k.namesake(item)]++
	}
	for _, item := range a.Items {
		if who := k.namesake(item); names[who] > 1 {
			texts[identity{who, shown(featuremap.PlainText(item.Description()))}] = true
		}
	}
	var unclear []int64
	for _, id := range a.IDs {
		if t := a.tasks[id]; t != nil && (k.earlier.has(t) || names[t.namesake()] > 1) {
			unclear = append(unclear, id)
		}
	}
	full, err := k.Tasks(context.WithoutCancel(ctx), unclear, "description")
	if err != nil {
		return nil, err
	}
	maps.Copy(a.tasks, full)
	verdicts := make([]Verdict, len(a.Items))
	for i, item := range a.Items {
		id := a.IDs[i]
		t := a.tasks[id]
		v := Verdict{Item: item, ID: id, Existed: t != nil && k.earlier.has(t)}
		switch {
		case t == nil:
			v.Wrong = k.deleted(context.WithoutCancel(ctx), id)
			v.Unseen, v.Existed = !v.Wrong, !v.Wrong
		case !v.Existed:
			if is, wanted := t.namesake(), k.namesake(item); is != wanted {
				v.Wrong = is.parent != wanted.parent || names[is] > 0
			} else if full[id] != nil && !sameText(item.Description(), string(t.Description)) {
				v.Wrong = texts[identity{is, shown(htmlToText(string(t.Description)))}]
			}
		}
		v.Differences = k.compare(item, t, full[id] != nil && (v.Existed || v.Wrong))
		verdicts[i] = v
	}
	return verdicts, nil
}

// deleted reports whether a task that a search does not find is gone. One that
// the user may not see Odoo refuses to read.
func (k *Maker) deleted(ctx context.Context, id int64) bool {
	var found []Task
	err := k.odoo.Call(ctx, modelTask, "read", odoorpc.Args{
		IDs: []int64{id}, Params: []odoorpc.Param{{Name: "fields", Value: []string{"name"}}}, Repeatable: true,
	}, &found)
	refusal, refused := errors.AsType[*odoorpc.ServerError](err)
	return err == nil && len(found) == 0 || refused && refusal.Kind == odoorpc.RefusalMissing
}

// identity is what tells the tasks of one batch apart: the text those of one
// name and parent.
type identity struct {
	namesake
	text string
}

type namesake struct {
	name   string
	parent int64
}

func (k *Maker) namesake(item *featuremap.Item) namesake { return namesake{item.Name, k.parent(item)} }

func (t *Task) namesake() namesake { return namesake{string(t.Name), t.Parent.ID} }

// compare says in what a task is not what the map says of an item; nil is a
// task that the user cannot see. The parent counts where it is known.
func (k *Maker) compare(item *featuremap.Item, t *Task, described bool) []Difference {
	if t == nil {
		return []Difference{{Field: "project", Map: k.place.ProjectName, Odoo: "a project that user " + k.place.User + " may not see, or the task was deleted"}}
	}
	var differences []Difference
	differ := func(field, mapSays, odooSays string) {
		differences = append(differences, Difference{Field: field, Map: mapSays, Odoo: odooSays})
	}
	if string(t.Name) != item.Name {
		differ("name", item.Name, string(t.Name))
	}
	if text := item.Description(); described && !sameText(text, string(t.Description)) {
		differ("description", featuremap.PlainText(text), htmlToText(string(t.Description)))
	}
	if t.Project.ID != k.place.Project {
		differ("project", named(k.place.ProjectName, "id", k.place.Project), named(t.Project.Name, "id", t.Project.ID))
	}
	if parent := k.parent(item); t.Parent.ID != parent && (parent != 0 || item.Parent == nil) {
		name := ""
		if item.Parent != nil {
			name = item.Parent.Name
		}
		differ("parent", named(name, "task", parent), named(t.Parent.Name, "task", t.Parent.ID))
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

// Tasks are those of the tasks that exist and that the user may see, archived
// or not. They come without their descriptions unless that field is asked for:
// then fewer at a time, as an answer has a limit.
func (k *Maker) Tasks(ctx context.Context, ids []int64, more ...string) (map[int64]*Task, error) {
	fields, most := slices.Concat(more, taskFields), idsACall
	if len(more) > 0 {
		most = 1000
	}
	tasks := make(map[int64]*Task, len(ids))
	for part := range slices.Chunk(ids, most) {
		found, err := k.search(ctx, odoorpc.Domain{odoorpc.Cond("id", "in", part)}, fields)
		if err != nil {
			return nil, err
		}
		for i := range found {
			tasks[found[i].ID] = &found[i]
		}
	}
	return tasks, nil
}

// search finds tasks, archived or not.
func (k *Maker) search(ctx context.Context, domain odoorpc.Domain, fields []string) ([]Task, error) {
	var found []Task
	query := odoorpc.Query{Order: "id", Context: odoorpc.Context{"active_test": false}}
	err := k.odoo.SearchRead(ctx, modelTask, domain, fields, query, &found)
	return found, err
}

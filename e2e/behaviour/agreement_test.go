package behaviour

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// task is a task as Odoo has it.
type task struct {
	ID          int64     `json:"id"`
	Name        text      `json:"name"`
	Description text      `json:"description"`
	Project     reference `json:"project_id"`
	Parent      reference `json:"parent_id"`
	Stage       reference `json:"stage_id"`
	Tags        []int64   `json:"tag_ids"`
	Messages    []int64   `json:"message_ids"`
	Followers   []int64   `json:"message_follower_ids"`
	Assignee    reference `json:"user_id"`  // until Odoo 14
	Assignees   []int64   `json:"user_ids"` // after it
}

// tasks are the tasks of the project by id, archived ones too.
func (w *world) tasks() map[int64]*task {
	w.t.Helper()
	assigned := "user_id"
	if w.o.major >= 15 {
		assigned = "user_ids"
	}
	var found []*task
	w.o.odoo.call("project.task", "search_read", &found, everything, []any{[]any{"project_id", "=", w.project}},
		[]string{"name", "description", "project_id", "parent_id", "stage_id", "tag_ids", "message_ids", "message_follower_ids", assigned})
	tasks := make(map[int64]*task, len(found))
	for _, t := range found {
		tasks[t.ID] = t
	}
	return tasks
}

// tagNames are the names of the tags of tasks by id.
func (w *world) tagNames(tasks map[int64]*task) map[int64]string {
	w.t.Helper()
	used := make(map[int64]bool)
	for _, t := range tasks {
		for _, id := range t.Tags {
			used[id] = true
		}
	}
	var found []struct {
		ID   int64
		Name string
	}
	w.o.odoo.call("project.tags", "read", &found, nil, append([]int64{}, slices.Collect(maps.Keys(used))...), []string{"name"})
	names := make(map[int64]string, len(found))
	for _, tag := range found {
		names[tag.ID] = tag.Name
	}
	return names
}

// agrees ends the test unless the map is what it was before but for the ids of
// its pending items, and Odoo holds a quiet, unassigned task for each of them
// that says what the item says, and no other task.
func (w *world) agrees(before []byte) {
	w.t.Helper()
	w.agreesExcept(before, nil)
}

// agreesExcept is agrees for a user who may not use the given tags.
func (w *world) agreesExcept(before []byte, without []string) {
	w.t.Helper()
	after := w.read()
	was, is := readMap(w.t, before), readMap(w.t, after)
	w.onlyZerosChanged(before, pendingIn(was))
	w.onlyTheMap()
	if len(was) != len(is) {
		w.t.Fatalf("the map has %d items, it had %d", len(is), len(was))
	}

	tasks := w.tasks()
	tags := w.tagNames(tasks)
	taken := make(map[int64]string)
	for n, i := range is {
		if was[n].place != i.place || was[n].deprecated && i.id != was[n].id || was[n].id != 0 && i.id != was[n].id {
			w.t.Fatalf("%s was %+v and is %+v", was[n].place, was[n], i)
		}
		if !was[n].pending() {
			continue
		}
		got := tasks[i.id]
		if got == nil {
			w.t.Fatalf("%s: there is no task %d in the project", i.place, i.id)
		}
		if other, twice := taken[i.id]; twice {
			w.t.Fatalf("%s and %s have the same task %d", other, i.place, i.id)
		}
		taken[i.id] = i.place
		w.saysTheSame(i, got, tags, without)
	}
	if len(tasks) != len(taken)+w.seeded {
		w.t.Fatalf("the project has %d tasks, want %d", len(tasks), len(taken)+w.seeded)
	}
}

func (w *world) saysTheSame(i *item, got *task, tags map[int64]string, without []string) {
	w.t.Helper()
	check := func(what string, got, want any) {
		w.t.Helper()
		if got != want {
			w.t.Fatalf("task %d, %s: its %s is %.300s, want %.300s", i.id, i.place, what, fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want))
		}
	}
	check("name", string(got.Name), i.name)
	var parent int64
	if i.parent != nil {
		parent = i.parent.id
	}
	check("parent", got.Parent.ID, parent)
	check("stage", got.Stage.Name, "Backlog")
	check("description", shownText(string(got.Description)), keptText(i.description))
	var names []string
	for _, tag := range got.Tags {
		names = append(names, tags[tag])
	}
	slices.Sort(names)
	want := slices.DeleteFunc(slices.Clone(i.tags), func(name string) bool { return slices.Contains(without, name) })
	if !slices.Equal(names, want) {
		w.t.Fatalf("task %d, %s: its tags are %q, want %q", i.id, i.place, names, want)
	}
	if got.Assignee.ID != 0 || len(got.Assignees) > 0 {
		w.t.Fatalf("task %d is assigned to %v %v", i.id, got.Assignee, got.Assignees)
	}
	check("number of messages", len(got.Messages), 0)
	// Since Odoo 15 the project application subscribes who makes a task, whatever is asked for.
	followers := 0
	if w.o.major >= 15 {
		followers = 1
	}
	if len(got.Followers) > followers {
		w.t.Fatalf("task %d has %d followers, want at most %d", i.id, len(got.Followers), followers)
	}
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

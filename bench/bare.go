//go:build linux

package main

import (
	"errors"
	"fmt"
	"html"
	"os"
	"strings"
	"sync"
	"time"

	"odoosync/bench/genmap/layout"
)

// bare is work for a client that does nothing else: rows to load, or tasks to
// create one by one.
type bare struct {
	Server  odoo
	Login   bool // takes part in the time
	Context map[string]any
	Jobs    int      // batches of stories that are under way at a time
	Fields  []string // the columns of the rows; features go without the last
	Batches [][][]any
	Tasks   []map[string]any
}

// quiet is a context in which tasks are made as odoosync makes them.
func (t target) quiet() map[string]any {
	return map[string]any{"tracking_disable": true, "default_user_id": false, "default_user_ids": false}
}

// loads are rows as odoosync sends them, in batches of so many, and so many
// batches at a time.
func (t target) loads(items []layout.Item, jobs int, sizes ...int) bare {
	return bare{
		Context: map[string]any{"mode": "update", "noupdate": true, "tracking_disable": true},
		Jobs:    jobs,
		Fields:  []string{"id", "name", "description", "project_id/.id", "stage_id/.id", t.assignees, "tag_ids/id", "parent_id/id"},
		Batches: batches(t.rows(items), sizes...),
	}
}

// runBare does the work and prints the nanoseconds from the first call to the
// last answer.
func runBare(path string) error {
	var w bare
	if err := readJSON(path, &w); err != nil {
		return err
	}
	w.Server.secret = os.Getenv(secretVariable)
	started := time.Now()
	if w.Login {
		if err := w.Server.authenticate(); err != nil {
			return err
		}
	}
	if err := errors.Join(w.loadAll(), w.createAll()); err != nil {
		return err
	}
	fmt.Println(time.Since(started).Nanoseconds())
	return nil
}

// loadAll loads the features batch by batch, and then the stories, as many
// batches at a time as there are jobs.
func (w *bare) loadAll() error {
	stories := 0
	for stories < len(w.Batches) && len(w.Batches[stories][0]) < len(w.Fields) {
		if err := w.load(w.Batches[stories]); err != nil {
			return err
		}
		stories++
	}
	queue := make(chan [][]any, len(w.Batches))
	for _, rows := range w.Batches[stories:] {
		queue <- rows
	}
	close(queue)
	failed := make([]error, w.Jobs)
	var jobs sync.WaitGroup
	for job := range w.Jobs {
		jobs.Go(func() {
			for rows := range queue {
				failed[job] = errors.Join(failed[job], w.load(rows))
			}
		})
	}
	jobs.Wait()
	return errors.Join(failed...)
}

func (w *bare) load(rows [][]any) error {
	var answer struct {
		IDs      []int64 `json:"ids"`
		Messages []any   `json:"messages"`
	}
	err := w.Server.call("project.task", "load", w.Context, &answer, parameter{"fields", w.Fields[:len(rows[0])]}, parameter{"data", rows})
	if err == nil && len(answer.IDs) != len(rows) {
		err = fmt.Errorf("load: %v", answer.Messages)
	}
	return err
}

// createAll creates tasks one by one. In "parent", a task names the one above
// it by its place.
func (w *bare) createAll() error {
	var ids []int64
	for _, values := range w.Tasks {
		if parent, ok := values["parent"].(float64); ok {
			delete(values, "parent")
			values["parent_id"] = ids[int(parent)]
		}
		var id []int64
		if err := w.Server.call("project.task", "create", w.Context, &id, parameter{"vals_list", []any{values}}); err != nil {
			return err
		}
		ids = append(ids, id...)
	}
	return nil
}

// target is where tasks go.
type target struct {
	project, stage int64
	tags           map[string]tag // by name
	assignees      string         // the field
}

type tag struct {
	id         int64
	externalID string
}

// externalID is that of an item, by its place among all.
func (t target) externalID(place int) string {
	return fmt.Sprintf("__odoosyncbench__.p%d_%032d", t.project, place)
}

// rows are pending items as the rows that odoosync sends: features first,
// then stories.
func (t target) rows(items []layout.Item) [][]any {
	var rows [][]any
	for _, stories := range []bool{false, true} {
		for i, item := range items {
			if (item.Feature >= 0) != stories {
				continue
			}
			var tags []string
			for _, name := range item.Tags {
				tags = append(tags, t.tags[name].externalID)
			}
			row := []any{t.externalID(i), item.Name, description(item), t.project, t.stage, "", strings.Join(tags, ",")}
			if stories {
				row = append(row, t.externalID(item.Feature))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// values are pending items as the fields of a create.
func (t target) values(items []layout.Item) []map[string]any {
	var values []map[string]any
	for _, item := range items {
		var tags []int64
		for _, name := range item.Tags {
			tags = append(tags, t.tags[name].id)
		}
		v := map[string]any{
			"name": item.Name, "description": description(item), "project_id": t.project, "stage_id": t.stage,
			"tag_ids": []any{[]any{6, 0, tags}},
		}
		if item.Feature >= 0 {
			v["parent"] = item.Feature
		}
		values = append(values, v)
	}
	return values
}

// description is an item's text as HTML.
func description(item layout.Item) string {
	return `<p style="white-space: pre-wrap">` + strings.ReplaceAll(html.EscapeString(item.Description), "\n", "<br>") + "</p>"
}

// batches cuts rows as odoosync did: into calls of so many rows each, the last
// size for all that is left. A call never holds both features and stories.
func batches(rows [][]any, sizes ...int) [][][]any {
	var cut [][][]any
	for i := 0; len(rows) > 0; i++ {
		n := min(sizes[min(i, len(sizes)-1)], len(rows))
		for len(rows[n-1]) != len(rows[0]) {
			n--
		}
		cut = append(cut, rows[:n])
		rows = rows[n:]
	}
	return cut
}

//go:build linux

package main

import (
	"fmt"
	"html"
	"maps"
	"os"
	"strings"
	"time"

	"odoosync/bench/genmap/layout"
)

// loads is the work of a bare loop: the rows of a map in the batches in which
// odoosync sent them.
type loads struct {
	Server  odoo
	Stage   int64
	Batches [][][]any
}

// quiet is the context in which odoosync makes tasks.
var quiet = map[string]any{
	"mode": "update", "noupdate": true, "tracking_disable": true, "default_user_id": false, "default_user_ids": false,
}

// loadFields are the columns of the rows, as in a large run of odoosync.
// Features go without the last.
var loadFields = []string{"id", "name", "description", "project_id/.id", "tag_ids/id", "parent_id/id"}

// loadAll is the limit: calls of load one after the other, with nothing
// between them, by somebody who is logged in. It prints the nanoseconds from
// the first call to the last answer.
func loadAll(path string) error {
	var l loads
	if err := readJSON(path, &l); err != nil {
		return err
	}
	l.Server.secret = os.Getenv(secretVariable)
	inStage := maps.Clone(quiet)
	inStage["default_stage_id"] = l.Stage
	started := time.Now()
	for _, rows := range l.Batches {
		var answer struct {
			IDs      []int64 `json:"ids"`
			Messages []any   `json:"messages"`
		}
		err := l.Server.call("project.task", "load", inStage, &answer, parameter{"fields", loadFields[:len(rows[0])]}, parameter{"data", rows})
		if err != nil {
			return err
		}
		if len(answer.IDs) != len(rows) {
			return fmt.Errorf("load: %v", answer.Messages)
		}
	}
	fmt.Println(time.Since(started).Nanoseconds())
	return nil
}

// target is where tasks go.
type target struct {
	project, stage int64
	tags           map[string]tag // by name
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
			row := []any{t.externalID(i), item.Name, description(item), t.project, strings.Join(tags, ",")}
			if stories {
				row = append(row, t.externalID(item.Feature))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// values are pending items as the fields of a create, for the Python peer.
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

// batches cuts rows as odoosync did: into calls of so many rows each. A call
// never holds both features and stories. Sizes of calls that odoosync had to
// repeat, because others were at work on the server, are cut down to what is
// left.
func batches(rows [][]any, sizes []int) [][][]any {
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

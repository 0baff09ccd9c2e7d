package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// storiesOfTask is a map whose stories take more than one call. Its feature has
// the task id given.
func storiesOfTask(taskID int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[features.A]\ntask_id = %d\nuser_stories = [\n", taskID)
	for i := range 150 {
		fmt.Fprintf(&b, "  { name = \"s%d\", task_id = 0, tags = \"Shop, Story\" },\n", i)
	}
	b.WriteString("]\n")
	return b.String()
}

// TestReferencesByExternalID looks at the columns in which the rows of stories
// name their stage, tags and parents: external ids are less work for Odoo, and every
// task is right whichever of both it is.
func TestReferencesByExternalID(t *testing.T) {
	const few = "[features.A]\ntask_id = 0\nuser_stories = [{ name = \"s\", task_id = 0, tags = \"Shop, Story\" }]\n"
	refuse := func(field string) odoosim.Action {
		return odoosim.Answer(map[string]any{"ids": false, "messages": []any{map[string]any{
			"type": "error", "record": 0, "rows": map[string]int{"from": 0, "to": 0}, "field": field, "message": "No matching record found",
		}}})
	}
	stories := func(c odoosim.Call) bool {
		return c.Model == "project.task" && c.Method == "load" && strings.Contains(fmt.Sprint(c.Args), "_story_")
	}
	for name, row := range map[string]struct {
		text    string
		prepare func(w *world)
		columns string // of the calls for stories, one after the other
	}{
		"few items": {few, nil, "stage_id/id tag_ids/id parent_id/id"},
		"many":      {storiesOfTask(0), nil, "stage_id/id tag_ids/id parent_id/id, stage_id/id tag_ids/id parent_id/id"},
		"few items and old tags": {few, func(w *world) {
			w.odoo.AddTag("Shop")
			w.odoo.AddStage("Backlog", 1, w.project)
		}, "stage_id/.id tag_ids/.id parent_id/id"},
		"a tag without": {storiesOfTask(0), func(w *world) {
			w.odoo.AddTag("Shop")
		}, "stage_id/id tag_ids/.id parent_id/id, stage_id/id tag_ids/.id parent_id/id"},
		"tags of an earlier run": {storiesOfTask(0), func(w *world) {
			w.sync(w.write("[features.Z]\ntask_id = 0\ntags = \"Shop, Story\"\n"))
			w.odoo.DeleteTask(w.odoo.Tasks()[0].ID)
		}, "stage_id/id tag_ids/id parent_id/id, stage_id/id tag_ids/id parent_id/id"},
		"a parent of another hand": {storiesOfTask(9), func(w *world) {
			w.odoo.AddTask(odoosim.Task{ID: 9, Name: "A", ProjectID: w.project})
		}, "stage_id/id tag_ids/id parent_id/.id, stage_id/id tag_ids/id parent_id/.id"},
		"a parent that has one": {storiesOfTask(9), func(w *world) {
			w.odoo.AddTask(odoosim.Task{ID: 9, Name: "A", ProjectID: w.project, ExternalID: "export.task_9"})
		}, "stage_id/id tag_ids/id parent_id/id, stage_id/id tag_ids/id parent_id/id"},
		"one with a comma": {storiesOfTask(9), func(w *world) {
			w.odoo.AddTask(odoosim.Task{ID: 9, Name: "A", ProjectID: w.project, ExternalID: "export.task,9"})
		}, "stage_id/id tag_ids/id parent_id/.id, stage_id/id tag_ids/id parent_id/.id"},
		"none are told": {storiesOfTask(0), func(w *world) {
			w.odoo.AddTag("Shop")
			w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.tags", "get_external_id"), Action: odoosim.ErrorName("odoo.exceptions.AccessError", "no")})
		}, "stage_id/id tag_ids/.id parent_id/id, stage_id/id tag_ids/.id parent_id/id"},
		"a gateway refuses": {storiesOfTask(0), func(w *world) {
			w.odoo.AddTag("Shop")
			w.odoo.Inject(odoosim.Fault{Match: odoosim.On("project.tags", "get_external_id"), Action: odoosim.Status(403, ""), Times: -1})
		}, "stage_id/id tag_ids/.id parent_id/id, stage_id/id tag_ids/.id parent_id/id"},
		"a parent's is taken away": {storiesOfTask(0), func(w *world) {
			w.odoo.Inject(odoosim.Fault{Match: stories, Action: refuse("parent_id")})
		}, "stage_id/id tag_ids/id parent_id/id, stage_id/.id tag_ids/.id parent_id/.id, stage_id/.id tag_ids/.id parent_id/.id"},
		"the only one is taken away": {few, func(w *world) {
			w.odoo.AddTag("Shop")
			w.odoo.AddStage("Backlog", 1, w.project)
			w.odoo.Inject(odoosim.Fault{Match: stories, Action: refuse("parent_id")})
		}, "stage_id/.id tag_ids/.id parent_id/id, stage_id/.id tag_ids/.id parent_id/.id"},
		"a tag's is taken away": {storiesOfTask(0), func(w *world) {
			w.odoo.Inject(odoosim.Fault{Match: stories, Action: refuse("tag_ids")})
		}, "stage_id/id tag_ids/id parent_id/id, stage_id/.id tag_ids/.id parent_id/.id, stage_id/.id tag_ids/.id parent_id/.id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			w := newWorld(t)
			if row.prepare != nil {
				row.prepare(w)
			}
			path := w.write(row.text)
			w.sync(path)
			var calls []string
			for _, call := range w.odoo.Calls() {
				if stories(call) {
					fields := call.Args[0].([]any)
					calls = append(calls, fmt.Sprint(fields[4], " ", fields[6], " ", fields[7]))
				}
			}
			is.Equal(strings.Join(calls, ", "), row.columns)
			w.oneToOne(path)
			tags := make(map[int64]string)
			for _, tag := range w.odoo.Tags() {
				tags[tag.ID] = tag.Name
			}
			for _, task := range w.odoo.Tasks() {
				if task.ParentID != 0 {
					is.Equal(len(task.TagIDs), 2)
					is.Equal(tags[task.TagIDs[0]]+tags[task.TagIDs[1]], "ShopStory")
				}
			}
		})
	}
}

package maker

import (
	"fmt"
	"strings"

	"odoosync/engine/internal/featuremap"
)

// Batch is what goes into one call: items of one kind, and about how many
// bytes their rows have.
type Batch struct {
	Items []*featuremap.Item
	Body  int
}

// rows are the columns of a load of tasks, and a row for each item; features
// have no parent.
func (k *Maker) rows(items []*featuremap.Item) (columns []string, rows [][]any, references []reference) {
	stage := k.names.reference("stage_id", modelStage, items, func(*featuremap.Item) []int64 { return []int64{k.place.Stage.ID} })
	tags := k.names.reference("tag_ids", modelTag, items, k.tagsOf)
	parents := k.names.reference("parent_id", modelTask, items, func(item *featuremap.Item) []int64 { return []int64{k.parent(item)} })
	columns = []string{"id", "name", "description", "project_id/.id", stage.column(), k.assignees(), tags.column()}
	if items[0].Parent != nil {
		columns = append(columns, parents.column())
	}
	for _, item := range items {
		row := []any{k.ExternalID(item), item.Name, textToHTML(item.Description()), k.place.Project, stage.cell(k.place.Stage.ID), "", k.tagCell(item, tags)}
		if item.Parent != nil {
			row = append(row, parents.cell(k.parent(item)))
		}
		rows = append(rows, row)
	}
	return columns, rows, []reference{stage, tags, parents}
}

func (k *Maker) tagCell(item *featuremap.Item, tags reference) string {
	var cell []string
	for _, id := range k.tagsOf(item) {
		cell = append(cell, fmt.Sprint(tags.cell(id)))
	}
	return strings.Join(cell, ",")
}

// RowSize is about how many bytes an item adds to the body of a call.
func (k *Maker) RowSize(item *featuremap.Item) int {
	const fixed = 180 // external id, ids and punctuation
	size := fixed + jsonSize(item.Name) + jsonSize(textToHTML(item.Description()))
	size += len(k.names.known[modelStage][k.place.Stage.ID])
	for _, id := range k.tagsOf(item) {
		size += len(k.names.known[modelTag][id])
	}
	return size + len(k.names.known[modelTask][k.parent(item)])
}

// jsonSize is the length of a string as a JSON encoder writes it.
func jsonSize(s string) int {
	n := len(s) + 2
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\t' || c == '\r':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}

// values are the fields of an item's task for create.
func (k *Maker) values(item *featuremap.Item) map[string]any {
	var nobody any = []any{}
	if k.assignees() == "user_id" {
		nobody = false
	}
	v := map[string]any{"name": item.Name, "project_id": k.place.Project, "stage_id": k.place.Stage.ID, k.assignees(): nobody}
	if text := textToHTML(item.Description()); text != "" {
		v["description"] = text
	}
	if ids := k.tagsOf(item); len(ids) > 0 {
		v["tag_ids"] = []any{[]any{6, 0, ids}}
	}
	if item.Parent != nil {
		v["parent_id"] = k.parent(item)
	}
	return v
}

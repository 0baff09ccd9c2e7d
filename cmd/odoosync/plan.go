package main

import (
	"fmt"
	"strings"

	"odoosync/engine"
)

// planMarks are the signs of what a run would do with an item, outcomeMarks
// those of what it did, checkMarks those of what the map alone tells. Items
// without a sign are not listed.
var (
	planMarks = map[engine.Status]string{
		engine.Create: "+", engine.Link: "=", engine.Differs: "!", engine.Deprecated: "-",
	}
	outcomeMarks = map[engine.Status]string{engine.Created: "+", engine.Linked: "="}
	checkMarks   = map[engine.Status]string{engine.Pending: "+"}
)

// tree lists the items that have a sign, stories under their features, and no
// more than limit of them. Features without a sign are listed if a story is;
// the stories of a deprecated one are not.
func tree(items []engine.ItemResult, marks map[engine.Status]string, limit int, s style) string {
	var listed []*engine.ItemResult
	feature := &engine.ItemResult{}
	headed := false // the feature is listed
	marked, more := 0, 0
	for i := range items {
		it := &items[i]
		if it.Kind == engine.Feature {
			feature, headed = it, false
		}
		ofDeprecated := it.Kind == engine.Story && feature.Status == engine.Deprecated
		switch {
		case marks[it.Status] == "" || ofDeprecated:
			continue
		case marked == limit:
			more++
			continue
		case it.Kind == engine.Story && !headed:
			listed = append(listed, feature)
		}
		listed, headed = append(listed, it), true
		marked++
	}
	var b strings.Builder
	for i, it := range listed {
		branch := ""
		if it.Kind == engine.Story {
			branch = "  ├── "
			if i+1 == len(listed) || listed[i+1].Kind == engine.Feature {
				branch = "  └── "
			}
		}
		writeEntry(&b, *it, branch, marks[it.Status], s)
	}
	if more > 0 {
		fmt.Fprintf(&b, "... and %d more; --verbose lists them all\n", more)
	}
	return b.String()
}

// writeEntry is the line of one item, and in what its task differs.
func writeEntry(b *strings.Builder, it engine.ItemResult, branch, mark string, s style) {
	name, note := oneLine(it.Name()), ""
	switch mark {
	case "+":
		mark, name = s.green(mark), s.bold(name)
	case "=":
		mark = s.cyan(mark)
	case "!":
		mark = s.yellow(mark)
	case "-":
		mark, note = s.faint(mark), " (deprecated)"
	default:
		mark = " "
	}
	switch {
	case it.Status == engine.Differs:
		note = fmt.Sprintf(" (task %d differs)", it.ID)
	case it.ID != 0:
		note = fmt.Sprintf(" (task %d)", it.ID)
	}
	if it.URL != "" && it.Status != engine.Synced {
		note += " " + oneLine(it.URL)
	}
	fmt.Fprintf(b, "%s%s %s%s", s.faint(branch), mark, name, s.faint(note))
	if len(it.Tags) > 0 {
		b.WriteString(" " + s.cyan("["+oneLine(strings.Join(it.Tags, ", "))+"]"))
	}
	b.WriteString("\n" + differences(strings.Repeat(" ", len([]rune(branch))+len("! ")), it.Differences))
}

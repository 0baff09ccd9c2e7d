package main

import (
	"fmt"
	"strings"

	"odoosync/engine"
)

// planMarks are the signs of what a run would do with an item, outcomeMarks
// those of what it did. Items without a sign are not listed.
var (
	planMarks = map[engine.Status]string{
		engine.Create: "+", engine.Link: "=", engine.Differs: "!", engine.Deprecated: "-",
	}
	outcomeMarks = map[engine.Status]string{engine.Created: "+", engine.Linked: "="}
)

// writeItems lists the items that have a sign, stories under their features,
// and no more than limit of them. Features without a sign are listed if a
// story is; the stories of a deprecated one are not.
func writeItems(b *strings.Builder, items []engine.ItemResult, marks map[engine.Status]string, limit int, s style) {
	listed, more := 0, 0
	for len(items) > 0 {
		feature, stories := &items[0], items[1:]
		n := 0
		for n < len(stories) && stories[n].Kind == engine.Story {
			n++
		}
		stories, items = stories[:n], items[1+n:]
		var shown []*engine.ItemResult
		for i := range stories {
			if marks[stories[i].Status] != "" && feature.Status != engine.Deprecated {
				shown = append(shown, &stories[i])
			}
		}
		own := 0
		if marks[feature.Status] != "" {
			own = 1
		}
		room := max(0, limit-listed-own)
		if own+len(shown) == 0 || limit-listed < 1 {
			more += own + len(shown)
			continue
		}
		if listed == 0 {
			b.WriteString("\n")
		}
		more += max(0, len(shown)-room)
		shown = shown[:min(room, len(shown))]
		listed += own + len(shown)
		writeItem(b, feature, "", marks, s)
		for i, story := range shown {
			branch := "├── "
			if i == len(shown)-1 {
				branch = "└── "
			}
			writeItem(b, story, "  "+branch, marks, s)
		}
	}
	if more > 0 {
		fmt.Fprintf(b, "... and %d more; --verbose lists them all\n", more)
	}
}

// writeItem is the line of one item, and in what its task differs.
func writeItem(b *strings.Builder, it *engine.ItemResult, branch string, marks map[engine.Status]string, s style) {
	mark, name, note := marks[it.Status], oneLine(it.Name()), ""
	switch mark {
	case "+":
		mark, name = s.green(mark), s.bold(name)
	case "=":
		mark = s.cyan(mark)
	case "!":
		mark = s.yellow(mark)
	case "-":
		mark, note = s.faint(mark), "(deprecated)"
	default:
		mark = " "
	}
	if it.ID != 0 {
		note = fmt.Sprintf("(task %d)", it.ID)
	}
	if it.Status == engine.Differs {
		note = fmt.Sprintf("(task %d differs)", it.ID)
	}
	if note != "" {
		note = " " + s.faint(note)
	}
	if it.URL != "" && it.Status != engine.Synced {
		note += " " + s.faint(oneLine(it.URL))
	}
	fmt.Fprintf(b, "%s%s %s%s\n", s.faint(branch), mark, name, note)
	b.WriteString(differences(strings.Repeat(" ", len([]rune(branch))+len("! ")), it.Differences))
}

// totals counts what a run would do.
func totals(r *engine.Result) string {
	parts := []string{"nothing to create"}
	if r.Count(engine.Create) > 0 {
		parts[0] = kinds(r, engine.Create) + " to create"
	}
	for _, part := range []struct {
		status engine.Status
		format string
	}{
		{engine.Link, "%d to link"},
		{engine.Differs, "%d " + plural(r.Count(engine.Differs), "differs", "differ")},
		{engine.Synced, "%d with a task"},
		{engine.Deprecated, "%d left out"},
	} {
		if n := r.Count(part.status); n > 0 {
			parts = append(parts, fmt.Sprintf(part.format, n))
		}
	}
	return strings.Join(parts, ", ")
}

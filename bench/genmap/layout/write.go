package layout

import (
	"bufio"
	"fmt"
	"strings"
)

// feature is a feature with its stories, ready to be written.
type feature struct {
	item
	stories []*item
	old     bool // marked _deprecated
}

type item struct {
	name, description string
	tags              []string
	task              int64 // 0: pending
	components        []string
}

// writer writes maps. Its errors come with the last Flush.
type writer struct {
	*bufio.Writer
	text  *text
	tasks int64 // given away so far
}

func (w *writer) printf(format string, args ...any) { _, _ = fmt.Fprintf(w.Writer, format, args...) }

func (w *writer) head() {
	w.printf("# Feature-User Story Mapping\n# Edit task groupings by hand, keep the structure\n#\n# task_id = 0 waits for its task\n\n" +
		"[metadata]\ngenerated_at = \"2025-12-18T13:18:27\"\nreviewed = false\n\n[statistics]\ntime_factor = 0.4\ntask_id = 0 # of no feature\n\n")
}

func (w *writer) tail() {
	w.printf("# [features.\"Telex Orders\"]  # DEPRECATED\n# task_id = 0\n\n[defaults]\n# Auto-grouping settings\nmin_group = 2\ntask_id = 0\n")
}

// feature makes up the feature of a number, with up to so many pending items.
func (w *writer) feature(number, pending int) *feature {
	t := w.text
	f := &feature{item: item{
		name:        fmt.Sprintf("%s %d", t.words(3), number+1),
		description: t.words(14) + ".\n\nWho: " + t.words(2) + "\nWhat: " + t.words(10) + "\nWhy: " + t.words(4),
		tags:        t.pick("Feature", "Finance"),
	}}
	w.give(&f.item, &pending)
	f.old = f.task != 0 && t.below(50) == 0
	for number := range 3 + t.below(13) {
		s := &item{
			name:        fmt.Sprintf("%s %d", t.words(4), number+1),
			description: "As a " + t.words(2) + ", I want " + t.words(20) + ":\n- " + t.words(6) + "\n- " + t.words(6) + "\n    - " + t.words(5) + "\nWhere: " + t.words(3),
			tags:        t.pick("Story", "Finance", "UX"),
		}
		for range t.below(6) {
			s.components = append(s.components, "field.res_partner.x_"+strings.ReplaceAll(t.words(2), " ", "_"))
		}
		w.give(s, &pending)
		f.stories = append(f.stories, s)
	}
	return f
}

// give gives an item a task, if it is not to be pending.
func (w *writer) give(i *item, pending *int) {
	if *pending > 0 {
		*pending--
		return
	}
	w.tasks++
	i.task = firstTask + w.tasks
}

// firstTask keeps the tasks of a map apart from those that a server makes:
// odoosync takes care that no two items have the same.
const firstTask = 1_000_000_000

func (w *writer) featureHead(f *feature, note string) {
	w.printf("# --- Feature: %s ---\n[features.%s]\ndescription = %s\nsequence = %d\nenrich-status = \"done\"\ntask_id = %d%s\ntags = %s\n",
		f.name, quoted(f.name), quoted(f.description), w.text.below(100), f.task, note, quoted(strings.Join(f.tags, ", ")))
	if f.old {
		w.printf("_deprecated = true\n")
	}
	w.printf("\nuser_stories = [\n")
}

func (w *writer) generated(f *feature) {
	w.featureHead(f, "")
	for i, s := range f.stories {
		w.printf("    { name = %s, description = %s, sequence = %d, enrich-status = \"refresh-all\", task_id = %d, tags = %s, components = [\n",
			quoted(s.name), quoted(s.description), i+1, s.task, quoted(strings.Join(s.tags, ", ")))
		for _, ref := range s.components {
			w.printf("        { ref = %s, source_location = \"models/res_partner.py\", complexity = \"simple\", loc = %d, time_estimate = \"0:30\", completion = \"100%%\", task_id = 0 },\n",
				quoted(ref), w.text.below(500))
		}
		w.printf("    ] },\n")
	}
	w.printf("]\n\n")
}

func (w *writer) example(f *feature) {
	const note = "                       # 0 = needs sync, >0 = already synced"
	w.featureHead(f, note)
	for i, s := range f.stories {
		w.printf("    { \n        name = %s, \n        description = %s, \n        sequence = %d, \n        enrich-status = \"done\",   # Ignored by sync\n        task_id = %d,%s\n        tags = %s,\n        components = [            # Ignored by sync\n",
			quoted(s.name), quoted(s.description), i+1, s.task, note, quoted(strings.Join(s.tags, ", ")))
		for _, ref := range s.components {
			w.printf("            { ref = %s, task_id = 0 },\n", quoted(ref))
		}
		w.printf("        ]\n    },\n")
	}
	w.printf("]\n\n")
}

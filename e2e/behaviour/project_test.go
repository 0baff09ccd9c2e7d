package behaviour

import (
	"slices"
	"strings"
	"testing"
)

// shop is a map with everything that a run may have to make.
const shop = `[features."Checkout"]
description = "Pay & leave."
task_id = 0
tags = "Feature, Shop"
user_stories = [
    { name = "By card", description = "As a customer,\n  I pay.", task_id = 0, tags = "Story" },
    { name = "By invoice", task_id = 0, tags = ["Story", "To, discuss"] },
]
`

// taggedShop is shop with tags that no other test knows.
func taggedShop() (source string, tags []string) {
	suffix := unique("")
	tags = []string{"Feature" + suffix, "Shop" + suffix, "Story" + suffix, "To, discuss" + suffix}
	return strings.NewReplacer("Feature,", tags[0]+",", `Shop"`, tags[1]+`"`, `Story"`, tags[2]+`"`, "To, discuss", tags[3]).Replace(shop), tags
}

func TestWhatIsMissingIsMadeAndWhatExistsIsUsed(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		source, tags := taggedShop()
		there := w.o.odoo.create("project.tags", object{"name": tags[1]})
		before := w.write(source)
		got := w.mustRun()
		w.agrees(before)
		if !got.report.Stage.Created {
			t.Fatal("the stage Backlog is not reported as created")
		}
		for _, name := range tags {
			if n := w.o.odoo.count("project.tags", []any{"name", "=", name}); n != 1 {
				t.Fatalf("there are %d tags %q", n, name)
			}
		}
		for _, made := range w.tasks() {
			if made.Name == "Checkout" && !slices.Contains(made.Tags, there) {
				t.Fatalf("tag %d existed, but the task has %v", there, made.Tags)
			}
		}
		backlog := w.stages()
		if len(backlog) != 1 || backlog[0].Name != "Backlog" || backlog[0].Sequence != 1 {
			t.Fatalf("the project has the stages %+v", backlog)
		}

		// A second map finds all of that there.
		more := w.write(strings.ReplaceAll(source, `"Checkout"`, `"Another feature"`))
		w.seeded = 3
		got = w.mustRun()
		w.agrees(more)
		if got.report.Stage.Created || len(w.stages()) != 1 {
			t.Fatal("another Backlog was made")
		}
	})
}

func TestBacklogOfAnotherProjectIsNotTaken(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		other := w.o.newProject()
		theirs := w.o.odoo.create("project.task.type", object{"name": "Backlog", "project_ids": []any{[]any{6, 0, []int64{other}}}})
		before := w.write(shop)
		w.mustRun()
		w.agrees(before)
		for _, made := range w.tasks() {
			if made.Stage.ID == theirs {
				t.Fatalf("task %d is in stage %d of another project", made.ID, theirs)
			}
		}
	})
}

func TestTheProjectCanBeGivenByName(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		var found []struct{ Name string }
		w.o.odoo.call("project.project", "read", &found, nil, []int64{w.project}, []string{"name"})
		before := w.write(shop)
		w.mustRun("--project", found[0].Name)
		w.agrees(before)
	})
}

func TestStagesCommandMakesTheMissingOnes(t *testing.T) {
	want := []string{"Backlog", "Up Next", "In Progress", "User Acceptance", "Done", "Archive"}
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		for name, sequence := range map[string]int{"Backlog": 1, "Done": 40} {
			w.o.odoo.create("project.task.type", object{"name": name, "sequence": sequence, "project_ids": []any{[]any{6, 0, []int64{w.project}}}})
		}
		counted := len(want) - 2
		for range 2 {
			got := w.demand(exitDone, w.startCommand("stages").wait())
			created := 0
			for n, stage := range got.report.Stages {
				if stage.Name != want[n] {
					t.Fatalf("the stages are reported as %+v", got.report.Stages)
				}
				if stage.Created {
					created++
				}
			}
			if created != counted {
				t.Fatalf("%d stages are reported as created, want %d", created, counted)
			}
			sequences := make(map[string]int)
			for _, s := range w.stages() {
				sequences[s.Name] = s.Sequence
			}
			if len(w.stages()) != len(want) || sequences["Up Next"] != 2 || sequences["In Progress"] != 3 || sequences["User Acceptance"] != 4 ||
				sequences["Done"] != 40 || sequences["Archive"] != 6 {
				t.Fatalf("the project has the stages %+v", w.stages())
			}
			counted = 0 // the second time there is nothing to do
		}
	})
}

// stage is a stage as Odoo has it.
type stage struct {
	ID       int64
	Name     string
	Sequence int
}

// stages are the stages of the project.
func (w *world) stages() []stage {
	w.t.Helper()
	var found []stage
	w.o.odoo.call("project.task.type", "search_read", &found, everything, []any{[]any{"project_ids", "=", w.project}}, []string{"name", "sequence"})
	return found
}

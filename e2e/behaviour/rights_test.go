package behaviour

import "testing"

func (w *world) addBacklog() {
	w.t.Helper()
	w.o.odoo.create("project.task.type", object{"name": "Backlog", "sequence": 1, "project_ids": []any{[]any{6, 0, []int64{w.project}}}})
}

func TestPlainUserWithoutTheRightToMakeTags(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.user = w.o.newUser(projectUser)
		w.addBacklog()
		source, tags := taggedShop()
		w.o.odoo.create("project.tags", object{"name": tags[2]})
		before := w.write(source)
		got := w.mustRun()
		var without []string
		if o.major < 17 { // later ones let every employee make tags
			without = []string{tags[0], tags[1], tags[3]}
		}
		w.agreesExcept(before, without)
		left := 0
		for _, tag := range got.report.Tags {
			if tag.LeftOff != "" {
				left++
			}
		}
		if left != len(without) {
			t.Fatalf("%d tags are reported as left off, want %d", left, len(without))
		}
	})
}

func TestPlainUserWithoutTheRightToMakeTheStage(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.user = w.o.newUser(projectUser)
		words := []string{`has no stage "Backlog"`, "needs the right Project / Administrator"}
		w.stopsBeforeTheFirstTask("setup", words...)
		if got := w.mustFail(exitRefused, "setup", words, "--dry-run").report.Stage; got.Creatable != "denied" {
			t.Fatalf("the dry run says of the stage: %q", got.Creatable)
		}
		w.user = o.admin
		if got := w.mustRun("--dry-run").report.Stage; got.Creatable != "allowed" {
			t.Fatalf("the dry run says of the stage to an administrator: %q", got.Creatable)
		}
	})
}

func TestEmployeeWithoutTheRightToMakeTasks(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.user = w.o.newUser(employee)
		w.addBacklog()
		w.stopsBeforeTheFirstTask("item", `feature "Checkout"`, "Project / User")
	})
}

// stopsBeforeTheFirstTask runs on shop, which has to be refused with an error
// of the kind that says the words, and leave map and project alone.
func (w *world) stopsBeforeTheFirstTask(kind string, words ...string) {
	w.t.Helper()
	before := w.write(shop)
	w.mustFail(exitRefused, kind, words)
	if string(w.read()) != string(before) {
		w.t.Fatal("the map was changed")
	}
	w.onlyTheMap()
	if n := w.o.odoo.count("project.task", []any{"project_id", "=", w.project}); n != w.seeded {
		w.t.Fatalf("the project has %d tasks", n)
	}
}

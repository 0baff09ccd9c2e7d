package behaviour

import (
	"strings"
	"testing"
)

func TestDiscardedCheckoutGetsTheSameTasks(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(shop)
		w.mustRun()
		done := string(w.read())
		w.write(shop)
		again := w.mustRun()
		if len(again.report.Linked) != 3 || len(again.report.Created) > 0 || string(w.read()) != done {
			t.Fatalf("%d tasks linked and %d created", len(again.report.Linked), len(again.report.Created))
		}
		w.agrees(before)

		// Now one text is another: its task is not taken without asking.
		edited := w.write(strings.Replace(shop, "As a customer", "As a shop owner", 1))
		failed := w.mustFail(exitRefused, "mismatch", []string{`story "By card"`, "As a customer", "As a shop owner", "--link", "--plain-create"})
		if len(failed.report.Error.Items) != 1 || failed.report.Error.Items[0].Story != "By card" || len(failed.report.Linked) != 2 {
			t.Fatalf("%d tasks linked, and the error is %+v", len(failed.report.Linked), failed.report.Error)
		}
		w.onlyZerosChanged(edited, 2)
		w.mustRun("--link")
		if string(w.read()) != strings.Replace(done, "As a customer", "As a shop owner", 1) || len(w.tasks()) != 3 {
			t.Fatal("the existing task was not taken")
		}
	})
}

// TestTwinsKeepTheirTasks puts a story in front of others of its name after a
// discarded checkout.
func TestTwinsKeepTheirTasks(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		const (
			head  = "[features.Twins]\ntask_id = 0\nuser_stories = [\n"
			first = "{ name = \"Twin\", description = \"a < b\\n  of it\", task_id = 0 },\n"
			other = "{ name = \"Twin\", description = \"b\", task_id = 0 },\n"
			fresh = "{ name = \"Twin\", description = \"c\", task_id = 0 },\n"
		)
		w := newWorld(t, o)
		w.write(head + first + other + "]\n")
		w.mustRun()
		before := w.write(head + fresh + other + first + "]\n")
		got := w.mustRun().report
		if len(got.Linked) != 3 || len(got.Created) != 1 {
			t.Fatalf("%d tasks linked and %d created", len(got.Linked), len(got.Created))
		}
		w.agrees(before)
	})
}

func TestPlainCreateMakesAnotherTask(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(shop)
		w.mustRun("--plain-create")
		w.agrees(before)
		w.write(shop)
		w.mustRun("--plain-create")
		w.seeded = 3
		w.agrees(before)
	})
}

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

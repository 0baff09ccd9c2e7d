package behaviour

import (
	"maps"
	"testing"
)

// rows counts what a run could add to.
func (w *world) rows() map[string]int {
	w.t.Helper()
	models := []string{"project.project", "project.task", "project.task.type", "project.tags", "ir.model.data", "res.users"}
	if w.o.real() {
		models = append(models, "mail.message", "mail.followers", "mail.mail", "mail.notification", "mail.activity",
			"mail.tracking.value", "ir.attachment", "res.partner", "ir.property", "rating.rating")
	}
	rows := make(map[string]int)
	for _, model := range models {
		if model == "ir.property" && w.o.major >= 18 {
			continue // gone
		}
		rows[model] = w.o.odoo.count(model)
	}
	return rows
}

// TestDryRunLeavesTheDatabaseAlone counts rows. On a server that others use
// too the counts may move by themselves, but hardly each of three times.
func TestDryRunLeavesTheDatabaseAlone(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		source, _ := taggedShop()
		before := w.write(source)
		for try := 1; ; try++ {
			rows := w.rows()
			got := w.mustRun("--dry-run")
			if len(got.report.Pending) != 3 || len(got.report.Created) > 0 {
				t.Fatalf("the report says %+v", got.report)
			}
			if string(w.read()) != string(before) {
				t.Fatal("the map was changed")
			}
			w.onlyTheMap()
			after := w.rows()
			if maps.Equal(after, rows) {
				return
			}
			if try == 3 {
				t.Fatalf("rows before %v\nand after  %v", rows, after)
			}
		}
	})
}

func TestDryRunOfStagesLeavesTheDatabaseAlone(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.demand(exitDone, w.startCommand("stages", "--dry-run").wait())
		if made := w.stages(); len(made) > 0 {
			t.Fatalf("the stages %v were made", made)
		}
	})
}

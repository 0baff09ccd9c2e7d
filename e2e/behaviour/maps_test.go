package behaviour

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestMaps runs the program on every map of testdata/golden. The tasks that a
// map says it has are made first, and get their true ids in a copy of the map.
func TestMaps(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/golden/*/before.toml")
	if err != nil || len(paths) < 17 {
		t.Fatalf("found %d maps (%v), want at least 17", len(paths), err)
	}
	onEveryTarget(t, func(t *testing.T, o *target) {
		for _, path := range paths {
			t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
				source, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				w := newWorld(t, o)
				before := w.write(w.withTasks(string(source)))
				got := w.mustRun()
				w.agrees(before)
				if made := len(got.report.Created); made != pendingIn(readMap(t, before)) {
					t.Fatalf("%d tasks are reported as created", made)
				}

				done := w.read()
				again := w.mustRun()
				if len(again.report.Created)+len(again.report.Linked) > 0 || string(w.read()) != string(done) {
					t.Fatal("the second run did something")
				}
				w.agrees(before)
			})
		}
	})
}

// withTasks makes a task for each id that a map has and writes the ids of
// these tasks into it.
func (w *world) withTasks(source string) string {
	w.t.Helper()
	for _, i := range readMap(w.t, []byte(source)) {
		if i.id == 0 {
			continue
		}
		values := object{"name": i.name, "project_id": w.project}
		if i.parent != nil && i.parent.id != 0 {
			values["parent_id"] = i.parent.id
		}
		old := regexp.MustCompile(fmt.Sprintf(`(task_id\s*=\s*)%d\b`, i.id))
		i.id = w.o.odoo.create("project.task", values)
		source = old.ReplaceAllString(source, fmt.Sprintf("${1}%d", i.id))
		w.seeded++
	}
	return source
}

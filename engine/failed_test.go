package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// TestAFailedCallEndsTheRunOrChangesNothing fails each call of a run once,
// where nothing is repeated: the run ends with that error, or, as with a
// question for a right, goes on and comes to the same.
func TestAFailedCallEndsTheRunOrChangesNothing(t *testing.T) {
	rename := func(w *world, ids ...int64) {
		for _, id := range ids {
			w.odoo.UpdateTask(id, func(task *odoosim.Task) { task.Name = "Renamed" })
		}
	}
	for name, scene := range map[string]func(w *world) string{ // the map
		"all is new": func(*world) string { return shop },
		"dry run": func(w *world) string {
			w.odoo.AddTag("Shop")
			w.options.DryRun = true
			return shop
		},
		"dry run, tasks renamed": func(w *world) string {
			w.sync(w.write(storiesNamed("a", "b")))
			rename(w, 2, 3)
			w.options.DryRun = true
			return storiesNamed("a", "b", "c")
		},
		"ids lost among namesakes": func(w *world) string {
			w.sync(w.write(storiesNamed("s", "s", "s")))
			rename(w, 3)
			return strings.Replace(strings.Replace(w.read(w.dir+"/map.toml"), "task_id = 3", "task_id = 0", 1), "task_id = 4", "task_id = 0", 1)
		},
		"a parent of another name": func(w *world) string {
			w.sync(w.write(storiesNamed("a")))
			rename(w, 1)
			return strings.Replace(storiesNamed("b"), "task_id = 0", "task_id = 1", 1)
		},
		"a parent, linked": func(w *world) string {
			w.sync(w.write(storiesNamed("a")))
			w.options.Link = true
			return storiesNamed("a", "b")
		},
		"an archived parent, linked": func(w *world) string {
			w.sync(w.write(storiesNamed("a")))
			w.odoo.UpdateTask(1, func(task *odoosim.Task) { task.Archived = true })
			rename(w, 2)
			w.options.Link = true
			return storiesNamed("a")
		},
		"ids of a later backup": func(*world) string {
			return "[features.New]\ntask_id = 0\n[features.Old]\ntask_id = 1\n[features.Far]\ntask_id = 900\n"
		},
	} {
		for _, dialect := range []odoosim.Dialect{odoosim.V14, odoosim.V19} {
			for login, password := range map[string]string{"admin": "admin", "bob": "pw"} {
				t.Run(fmt.Sprint(name, " ", dialect, " ", login), func(t *testing.T) {
					t.Parallel()
					run := func(at int) (outcome string, calls int, err error) {
						w := newWorldOfBob(t, odoosim.WithDialect(dialect))
						path := w.write(scene(w))
						w.retries, w.options.Jobs = -1, 1
						w.odoo.ForgetCalls()
						if at > 0 {
							w.odoo.Inject(odoosim.Fault{Skip: at - 1, Action: odoosim.Status(503, "")})
						}
						result, err := w.engineFor(login, password).Sync(t.Context(), path)
						tags := 0
						for _, tag := range result.Tags {
							if tag.ID != 0 {
								tags++
							}
						}
						return fmt.Sprint(statuses(result), len(result.Warnings), tags, err), len(w.odoo.Calls()), err
					}
					calm, calls, _ := run(0)
					for at := 1; at <= calls; at++ {
						outcome, _, err := run(at)
						if _, ok := errors.AsType[*odoorpc.TransportError](err); !ok {
							is.New(t).Equal(outcome, calm)
						}
					}
				})
			}
		}
	}
}

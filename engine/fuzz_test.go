package engine_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// FuzzReadBack has Odoo answer anything when it is asked for the tasks that a
// call has just created: only zeros change in the map, to the ids that the call
// gave and no others, and a run without an error is one without a doubt.
func FuzzReadBack(f *testing.F) {
	const true1, true2 = `{"id":1,"name":"A","project_id":[1,"Shop"],"parent_id":false,"active":true,"create_date":"2999-01-01 00:00:00"}`,
		`{"id":2,"name":"B","project_id":[1,"Shop"],"parent_id":false,"active":true,"create_date":"2999-01-01 00:00:00"}`
	for _, answer := range []string{
		"[" + true1 + "," + true2 + "]", "[" + true2 + "," + true1 + "]", "[" + true1 + "," + true1 + "]", "[" + true1 + "]", "[]", "{}", "false", "null", `""`,
		`[{"id":1},{"id":2}]`, `[{"id":-1,"name":5}]`, `[[1,2]]`, "[" + strings.Replace(true1, "2999", "1999", 1) + "," + true2 + "]",
		"[" + strings.Replace(true1, `"A"`, `"B"`, 1) + "," + strings.Replace(true2, `"B"`, `"A"`, 1) + "]",
		"[" + strings.Replace(true1, "false", `[2,"B"]`, 1) + "," + true2 + "]",
		"[" + strings.Replace(true1, "true", "false", 1) + "," + strings.Replace(true2, `[1,"Shop"]`, `[2,"Other"]`, 1) + "]",
		"[" + strings.Replace(true1, `"id":1`, `"id":9007199254740993`, 1) + "]",
	} {
		f.Add([]byte(answer), false)
		f.Add([]byte(answer), true)
	}
	const text = "# plan\n[features.A]\ntask_id = 0\n[features.B]\ntask_id = 0\n"
	f.Fuzz(func(t *testing.T, answer []byte, plain bool) {
		if !json.Valid(answer) {
			return
		}
		is := is.New(t)
		w := newWorld(t)
		w.retries = -1
		w.options.PlainCreate = plain
		w.odoo.Inject(odoosim.Fault{Match: afterTasks(1), Times: -1, Action: odoosim.Answer(json.RawMessage(answer))})
		path := w.write(text)
		result, err := w.engine().Sync(t.Context(), path)
		is.Equal(zeroed(w.read(path)), zeroed(text))
		plan, mistakes := engine.Check(path, false)
		is.NoErr(mistakes)
		for item := range plan.Map.All {
			if item.TaskID != 0 {
				task, there := w.odoo.Task(item.TaskID)
				is.True(there)
				is.Equal(task.Name, item.Name)
			}
		}
		is.Equal(len(w.odoo.Tasks()), 2)
		if err == nil {
			is.Equal(plan.Pending(), 0)
			is.Equal(result.Count(engine.Created)+result.Count(engine.Linked), 2)
		}
		var unsaved *engine.NotSavedError
		is.True(!errors.As(err, &unsaved))
		w.onlyTheMap()
	})
}

package engine_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

const editedMap = `# plan
[features.A]
task_id = 0
user_stories = [
  { name = "a1", task_id = 0, description = "one" },
  { name = "twin", task_id = 0, description = "first" },
  { name = "twin", task_id = 0, description = "second" },
]
[features.B]
task_id = 0
description = "b"
`

// TestEditDuringRun saves an edit while the first call is on its way. Nothing
// of the edit may be lost, and every id is in the map or in the error.
func TestEditDuringRun(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	featureB := editedMap[strings.Index(editedMap, "[features.B]"):]
	for name, row := range map[string]struct {
		edit    func(string) string
		pending int // items without an id in the end
		lost    []string
	}{
		"a comment": {edit: replace("# plan", "# the plan of this year")},
		"reordered features": {edit: func(text string) string {
			return featureB + strings.TrimSuffix(text, featureB)
		}},
		"another story renamed":         {edit: replace(`"a1"`, `"a one"`)},
		"a story added":                 {edit: replace("  { name = \"twin\"", "  { name = \"more\", task_id = 0 },\n  { name = \"twin\"")},
		"a twin added in front":         {edit: replace("  { name = \"a1\"", "  { name = \"twin\", task_id = 0, description = \"zeroth\" },\n  { name = \"a1\"")},
		"a pending story deleted":       {edit: replace("  { name = \"a1\", task_id = 0, description = \"one\" },\n", "")},
		"line ends":                     {edit: func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }},
		"a text changed":                {edit: replace(`"one"`, `"one and a half"`)},
		"a feature of the call deleted": {edit: func(text string) string { return strings.TrimSuffix(text, featureB) }, lost: []string{"B"}, pending: 3},
		"a feature of the call renamed": {edit: replace("[features.B]", "[features.C]"), lost: []string{"B"}, pending: 4},
	} {
		for _, inPlace := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				w := newWorld(t)
				path := w.write(editedMap)
				edited := row.edit(editedMap)
				is.True(edited != editedMap)
				saved := false
				w.during(odoosim.On("project.task", "load"), func() {
					if saved {
						return
					}
					saved = true
					if inPlace {
						_ = os.WriteFile(path, []byte(edited), 0o644)
					} else {
						_ = os.WriteFile(path+"~", []byte(edited), 0o644)
						_ = os.Rename(path+"~", path)
					}
				})
				result, err := w.engine().Sync(context.Background(), path)
				is.True(saved)
				is.Equal(zeroed(w.read(path)), zeroed(edited)) // only ids were written into the edit
				if row.lost == nil {
					is.NoErr(err)
					w.oneToOne(path)
					return
				}
				var notSaved *engine.NotSavedError
				is.True(errors.As(err, &notSaved))
				var lost []string
				for _, item := range notSaved.Items {
					lost = append(lost, item.Name())
					is.True(item.ID > 0)
				}
				is.Equal(lost, row.lost)
				is.True(strings.Contains(err.Error(), "task_id = "))
				is.Equal(result.Count(engine.Pending), row.pending)
			})
		}
	}
}

// zeroed is a map without its ids.
func zeroed(text string) string {
	parts := strings.Split(text, "task_id = ")
	for i := range parts {
		if i > 0 {
			parts[i] = strings.TrimLeft(parts[i], "0123456789")
		}
	}
	return strings.Join(parts, "task_id = ")
}

func TestMapBrokenDuringRunKeepsTheIDsInTheError(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	const broken = "[features.A\n"
	w.during(odoosim.On("project.task", "load"), func() { _ = os.WriteFile(path, []byte(broken), 0o644) })
	_, err := w.engine().Sync(context.Background(), path)
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.Equal(len(notSaved.Items), 2)
	is.Equal(w.read(path), broken)
	w.onlyTheMap()
}

func TestMapWithMistakesDuringRunTakesTheIDsFirst(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	edited := strings.Replace(editedMap, `name = "a1", `, "", 1)
	w.during(odoosim.On("project.task", "load"), func() { _ = os.WriteFile(path, []byte(edited), 0o644) })
	_, err := w.engine().Sync(context.Background(), path)
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 3) // the features have theirs
	is.Equal(len(w.odoo.Tasks()), 2)
}

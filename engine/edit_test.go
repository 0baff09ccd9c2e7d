package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
		for way, save := range editorsSaves() {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				w := newWorld(t)
				path := w.write(editedMap)
				edited := row.edit(editedMap)
				is.True(edited != editedMap)
				var once sync.Once
				var saved error
				clock := &fakeClock{}
				w.during(odoosim.On("project.task", "load"), func() {
					once.Do(func() { clock.waited, saved = save(path, edited) })
				})
				e := w.engine()
				e.SetClock(clock)
				result, err := e.Sync(context.Background(), path)
				is.NoErr(errors.Join(saved, clock.err))
				is.True(clock.waited == nil)                   // the editor is done
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
				is.Equal(result.Count(engine.Pending), row.pending)
			})
		}
	}
}

// TestStoryAddedAtTheLastSaveIsMade lets the first save take so long that the
// next is left to the end of the run.
func TestStoryAddedAtTheLastSaveIsMade(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	edits := 0
	clock := &fakeClock{}
	w.options.Observer = func(ev engine.Event) {
		switch saved, ok := ev.(engine.Saved); {
		case !ok:
		case saved.Done < saved.Total:
			clock.now = clock.now.Add(100 * time.Millisecond)
		case edits == 0:
			edits++
			is.NoErr(os.WriteFile(path, []byte(w.read(path)+"user_stories = [ { name = \"b1\", task_id = 0 } ]\n"), 0o644))
		}
	}
	e := w.engine()
	e.SetClock(clock)
	_, err := e.Sync(context.Background(), path)
	is.NoErr(err)
	is.Equal(edits, 1)
	w.oneToOne(path)
}

// syncEdited runs the map, which somebody overwrites while the first call for
// tasks is on its way.
func (w *world) syncEdited(path, text string) (*engine.Result, error) {
	var once sync.Once
	w.during(odoosim.On("project.task", "load"), func() {
		once.Do(func() { _ = os.WriteFile(path, []byte(text), 0o644) })
	})
	e := w.engine()
	e.SetClock(&fakeClock{})
	return e.Sync(context.Background(), path)
}

// fakeClock goes on only when it is told to.
type fakeClock struct {
	now    time.Time
	waited func() error // is done during the next wait
	err    error        // what that came to
}

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Wait(d time.Duration) {
	c.now = c.now.Add(d)
	if c.waited != nil {
		c.err = c.waited()
		c.waited = nil
	}
}

// editorsSaves are the ways in which editors save. The slow ones leave half a
// text, or none, and return what they do a while later.
func editorsSaves() map[string]func(path, text string) (later func() error, err error) {
	return map[string]func(path, text string) (func() error, error){
		"in place": func(path, text string) (func() error, error) {
			return nil, os.WriteFile(path, []byte(text), 0o644)
		},
		"renamed": func(path, text string) (func() error, error) {
			return nil, errors.Join(os.WriteFile(path+"~", []byte(text), 0o644), os.Rename(path+"~", path))
		},
		"in pieces": func(path, text string) (func() error, error) {
			file, err := os.Create(path)
			if err != nil {
				return nil, err
			}
			half := strings.LastIndex(text, "[features.") // what stands before it is a map too
			_, err = file.WriteString(text[:half])
			return func() error {
				_, err := file.WriteString(text[half:])
				return errors.Join(err, file.Close())
			}, err
		},
		"moved away": func(path, text string) (func() error, error) {
			return func() error { return os.WriteFile(path, []byte(text), 0o644) }, os.Remove(path)
		},
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
	_, err := w.syncEdited(path, broken)
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.Equal(len(notSaved.Items), 2)
	is.Equal(w.read(path), broken)
	w.onlyTheMap()
}

// TestMapBrokenBeforeTheFirstTask: there are no ids to lose.
func TestMapBrokenBeforeTheFirstTask(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(shop)
	w.during(odoosim.On("project.task.type", "search_read"), func() { is.NoErr(os.WriteFile(path, []byte("[features.\n"), 0o644)) })
	_, err := w.engine().Sync(t.Context(), path)
	var file *engine.FileError
	is.True(errors.As(err, &file))
	is.Equal(len(w.odoo.Tasks()), 0)
	is.Equal(w.read(path), "[features.\n")
}

func TestMapWithMistakesDuringRunTakesTheIDsFirst(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	edited := strings.Replace(editedMap, `name = "a1", `, "", 1)
	_, err := w.syncEdited(path, edited)
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 3) // the features have theirs
	is.Equal(len(w.odoo.Tasks()), 2)
}

// TestAMistakeThatIsCorrectedDuringRun makes one while the first call is on its
// way, and corrects it as soon as the ids are saved.
func TestAMistakeThatIsCorrectedDuringRun(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write(editedMap)
	const right, wrong = `{ name = "a1", `, `{ nam = "a1", `
	var once sync.Once
	w.options.Observer = func(ev engine.Event) {
		if _, ok := ev.(engine.Saved); ok {
			once.Do(func() { is.NoErr(os.WriteFile(path, []byte(strings.Replace(w.read(path), wrong, right, 1)), 0o644)) })
		}
	}
	_, err := w.syncEdited(path, strings.Replace(editedMap, right, wrong, 1))
	is.NoErr(err)
	w.oneToOne(path)
}

// TestPlainCreateSavesEveryBatch however long a save takes: no later run finds
// the tasks.
func TestPlainCreateSavesEveryBatch(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.PlainCreate = true
	clock := &fakeClock{}
	saves := 0
	w.options.Observer = func(ev engine.Event) {
		if _, ok := ev.(engine.Saved); ok {
			saves++
			clock.now = clock.now.Add(time.Minute)
		}
	}
	e := w.engine()
	e.SetClock(clock)
	_, err := e.Sync(t.Context(), w.write(manyStories(500)))
	is.NoErr(err)
	batches := 0
	for _, call := range w.odoo.Calls() {
		if call.Model == "project.task" && call.Method == "create" {
			batches++
		}
	}
	is.True(batches > 2)
	is.Equal(saves, batches)
}

// TestItemsOfAnEditAreSeenTo edits the map while the first call is on its way:
// what is made sure of before a run holds for items that come later as well.
func TestItemsOfAnEditAreSeenTo(t *testing.T) {
	t.Run("tags", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		path := w.write(editedMap)
		added := editedMap + "[features.C]\ntask_id = 0\ntags = [\"Late\"]\n"
		result, err := w.syncEdited(path, added)
		is.NoErr(err)
		is.Equal(len(w.odoo.Tags()), 1)
		late := w.odoo.Tags()[0]
		is.Equal(len(result.Tags), 1)
		is.Equal(result.Tags[0].ID, late.ID)
		is.True(result.Tags[0].Created)
		for _, task := range w.odoo.Tasks() {
			is.Equal(task.Name == "C", slices.Equal(task.TagIDs, []int64{late.ID}))
		}
		w.oneToOne(path)
	})
	t.Run("parents", func(t *testing.T) {
		is := is.New(t)
		w := newWorld(t)
		path := w.write(editedMap)
		archived := w.odoo.AddTask(odoosim.Task{Name: "Old", ProjectID: w.project, Archived: true})
		added := fmt.Sprintf("%s[features.Old]\ntask_id = %d\nuser_stories = [{ name = \"late\", task_id = 0 }]\n", editedMap, archived)
		_, err := w.syncEdited(path, added)
		var setup *engine.SetupError
		is.True(errors.As(err, &setup))
		is.True(strings.Contains(setup.Message, `feature "Old": its task`))
		is.Equal(strings.Count(w.read(path), "task_id = 0"), 4) // the features of the first call have theirs
		is.Equal(len(w.odoo.Tasks()), 3)
	})
}

package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
)

// TestMistakes has one map a row, and what is said about it: each line starts
// with the place. All mistakes of a map come back together, before anybody
// connects.
func TestMistakes(t *testing.T) {
	for name, row := range map[string]struct{ text, want string }{
		"no task_id":              {"[features.A]\n", "1:11: features.A: the feature has no task_id"},
		"negative task_id":        {"[features.A]\ntask_id = -4\n", "2:11: features.A.task_id: expected 0 or the id of a task, found -4"},
		"task_id is a string":     {"[features.A]\ntask_id = \"0\"\n", "2:11: features.A.task_id: expected an integer, found a string"},
		"task_id is a float":      {"[features.A]\ntask_id = 0.0\n", "2:11: features.A.task_id: expected an integer, found a float"},
		"story without task_id":   {"[features.A]\ntask_id = 0\nuser_stories = [ { name = \"s\" } ]\n", "3:18: features.A.user_stories[0]: the story has no task_id"},
		"story without a name":    {"[features.A]\ntask_id = 0\nuser_stories = [ { task_id = 0 } ]\n", "3:18: features.A.user_stories[0]: the user story has no name"},
		"story name no string":    {"[features.A]\ntask_id = 0\nuser_stories = [ { name = 1, task_id = 0 } ]\n", "3:27: features.A.user_stories[0].name: expected a string, found an integer"},
		"empty story name":        {"[features.A]\ntask_id = 0\nuser_stories = [ { name = \" \", task_id = 0 } ]\n", "3:27: features.A.user_stories[0].name: the name is empty"},
		"empty feature name":      {"[features.\"\"]\ntask_id = 0\n", "1:11: features.\"\": the name is empty"},
		"control in story name":   {"[features.A]\ntask_id = 0\nuser_stories = [ { name = \"a\\nb\", task_id = 0 } ]\n", "3:27: features.A.user_stories[0].name: the name \"a\\nb\" contains a control character"},
		"control in feature name": {"[features.\"a\\tb\"]\ntask_id = 0\n", "1:11: features.\"a\\tb\": the name \"a\\tb\" contains a control character"},
		"features no table":       {"features = 3\n", "1:12: features: expected a table of features, found an integer"},
		"features an array":       {"[[features]]\ntask_id = 0\n", "1:3: features: expected a table of features, found an array"},
		"feature no table":        {"[features]\nA = 0\n", "2:5: features.A: a feature must be a table, not an integer"},
		"user_stories no array":   {"[features.A]\ntask_id = 0\nuser_stories = \"x\"\n", "3:16: features.A.user_stories: expected an array of user stories, found a string"},
		"story no table":          {"[features.A]\ntask_id = 0\nuser_stories = [ 7 ]\n", "3:18: features.A.user_stories[0]: a user story must be a table, not an integer"},
		"tags a number":           {"[features.A]\ntask_id = 0\ntags = 1\n", "3:8: features.A.tags: expected a string or an array of strings, found an integer"},
		"a tag a number":          {"[features.A]\ntask_id = 0\ntags = [\"a\", 1]\n", "3:14: features.A.tags[1]: expected a string, found an integer"},
		"control in a tag":        {"[features.A]\ntask_id = 0\ntags = [\"a\", \"b\\tc\"]\n", "3:8: features.A.tags: the tag \"b\\tc\" contains a control character"},
		"two tags no strings": {"[features.A]\ntask_id = 0\ntags = [true, \"a\", 1]\n",
			"3:9: features.A.tags[0]: expected a string, found a boolean\n3:20: features.A.tags[2]: expected a string, found an integer"},
		"description a number": {"[features.A]\ntask_id = 0\ndescription = 1\n", "3:15: features.A.description: expected a string, found an integer"},
		"_deprecated a string": {"[features.A]\ntask_id = 0\n_deprecated = \"yes\"\n", "3:15: features.A._deprecated: expected true or false, found a string"},
		"one id twice": {"[features.A]\ntask_id = 5\nuser_stories = [ { name = \"s\", task_id = 5 } ]\n",
			"3:42: features.A.user_stories[0].task_id: task 5 already belongs to feature \"A\" on line 2"},
		"a dot in a name": {"[features.Release.2]\ntask_id = 0\n", "1:11: features.Release: the feature has no task_id"},
		"broken TOML":     {"[features.A]\ntask_id = \n", "2:11: "},
		"duplicate key":   {"[features.A]\ntask_id = 0\ntask_id = 0\n", "3:1: "},
		"several at once, sorted": {"[features.A]\ntask_id = -1\ntags = 1\n[features.B]\ndescription = 2\n",
			"2:11: features.A.task_id: expected 0 or the id of a task, found -1\n3:8: features.A.tags: expected a string or an array of strings, found an integer\n" +
				"4:11: features.B: the feature has no task_id\n5:15: features.B.description: expected a string, found an integer"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			path := w.write(row.text)
			result, err := w.engine().Sync(context.Background(), path)
			var mistakes *engine.MapError
			is.True(errors.As(err, &mistakes))
			got := strings.ReplaceAll(err.Error(), path+":", "")
			if strings.HasSuffix(row.want, ": ") {
				is.True(strings.HasPrefix(got, row.want)) // the parser's words follow
			} else {
				is.Equal(got, row.want)
			}
			is.Equal(len(w.odoo.Calls()), 0) // nobody was asked anything
			is.Equal(w.read(path), row.text)
			is.Equal(len(result.Items), 0)
			_, err = engine.Check(path, false)
			is.True(errors.As(err, &mistakes)) // check says the same
		})
	}
}

// TestMistakesSayWhatToDo has a value of task_id, or a header without one, and
// the advice.
func TestMistakesSayWhatToDo(t *testing.T) {
	const zero = "write task_id = 0 for an item that needs a task"
	for text, want := range map[string]string{
		"[features.A]\ntask_id = \"7\"\n":     "write task_id = 7, without quotes",
		"[features.A]\ntask_id = \"0\"\n":     "write task_id = 0, without quotes",
		"[features.A]\ntask_id = \"-7\"\n":    zero,
		"[features.A]\ntask_id = \"soon\"\n":  zero,
		"[features.A]\ntask_id = 7.0\n":       zero,
		"[features.A]\n":                      zero,
		"[features.A.owner]\nname = \"B\"\n":  zero,
		"[features.Release.2]\ntask_id = 0\n": `a name with a dot needs quotes: [features."Release.2"]`,
		"[features.A]\ntask_id = 0\n[[features.A.user_stories]]\nname = \"s\"\nx.task_id = 0\n": zero,
	} {
		is := is.New(t)
		w := newWorld(t)
		_, err := engine.Check(w.write(text), false)
		var mistakes *engine.MapError
		is.True(errors.As(err, &mistakes))
		is.Equal(mistakes.Mistakes[0].Hint, want)
	}
}

// TestAMisspeltKeyIsToldAndDoesNotStopTheRun, unless it is to be a mistake.
func TestAMisspeltKeyIsToldAndDoesNotStopTheRun(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path := w.write("[features.A]\ntask_id = 0\ntag = \"Water\"\n")
	w.options.Strict = true
	_, err := w.engine().Sync(t.Context(), path)
	var mistakes *engine.MapError
	is.True(errors.As(err, &mistakes))
	is.Equal(mistakes.Mistakes[0].Hint, "did you mean tags?")
	is.Equal(len(w.odoo.Calls()), 0)

	w.options.Strict = false
	result := w.sync(path)
	is.Equal(result.Count(engine.Created), 1)
	is.Equal(len(result.Warnings), 1)
	is.Equal(result.Warnings[0].Message, path+":3:1: features.A.tag: odoosync does not read this key")
	is.Equal(result.Warnings[0].Hint, "did you mean tags?")
	is.Equal(result.Warnings[0].Place.Pos.Line, 3)
	is.True(slices.ContainsFunc(w.events, func(ev engine.Event) bool { return ev == engine.Event(result.Warnings[0]) }))
}

package featuremap

import (
	"testing"

	"github.com/matryer/is"
)

const planned = `[features.A]
task_id = 5
user_stories = [ { name = "a1", task_id = 0 }, { name = "a2", task_id = 0 } ]
[features.B]
task_id = 6
user_stories = [ { name = "b1", task_id = 0 }, { name = "b2", task_id = 7 } ]
[features.C]
task_id = 0
user_stories = [ { name = "c1", task_id = 0 } ]
[features.D]
task_id = 8
user_stories = [ { name = "d1", task_id = 9 } ]
[features.E]
task_id = 10
_deprecated = true
user_stories = [ { name = "e1", task_id = 0 } ]
`

func names(items []*Item) []string {
	var list []string
	for _, item := range items {
		list = append(list, item.Name)
	}
	return list
}

func TestAPlanTellsWhatIsToDo(t *testing.T) {
	is := is.New(t)
	m, err := Parse("map.toml", []byte(planned), false)
	is.NoErr(err)
	p := NewPlan(m)
	is.Equal(names(p.Features), []string{"C"})
	is.Equal(names(p.Stories), []string{"a1", "a2", "b1", "c1"})
	is.Equal(names(p.Parents()), []string{"A", "B"}) // each once
	is.Equal(p.Pending(), 5)
	is.Equal(p.Synced, 5)
	is.Equal(p.Deprecated, 2)
}

func TestItemsComeInOrderUntilNoMoreAreAskedFor(t *testing.T) {
	is := is.New(t)
	m, err := Parse("map.toml", []byte(planned), false)
	is.NoErr(err)
	for last, want := range map[string][]string{
		"A":  {"A"},
		"a1": {"A", "a1"},
		"B":  {"A", "a1", "a2", "B"},
		"":   {"A", "a1", "a2", "B", "b1", "b2", "C", "c1", "D", "d1", "E", "e1"},
	} {
		var seen []*Item
		for item := range m.All {
			if seen = append(seen, item); item.Name == last {
				break
			}
		}
		is.Equal(names(seen), want)
	}
}

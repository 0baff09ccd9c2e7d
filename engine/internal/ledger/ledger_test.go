package ledger

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine/internal/featuremap"
)

func parse(t *testing.T, text string) *featuremap.Map {
	t.Helper()
	m, err := featuremap.Parse("map.toml", []byte(text), false)
	if m == nil {
		t.Fatal(err)
	}
	return m
}

// story is a line of a map; its text is what stands after the slash.
func story(name string, id int64) string {
	name, text, _ := strings.Cut(name, "/")
	return fmt.Sprintf("  { name = %q, description = %q, task_id = %d },\n", name, text, id)
}

func feature(name string, id int64, stories ...string) string {
	return fmt.Sprintf("[features.%s]\ntask_id = %d\nuser_stories = [\n%s]\n", name, id, strings.Join(stories, ""))
}

// written is the map with the ids that the ledger adds to it.
func written(t *testing.T, l *Ledger) string {
	t.Helper()
	is := is.New(t)
	patch, err := l.Write()
	is.NoErr(err)
	var text strings.Builder
	_, err = patch.WriteTo(&text)
	is.NoErr(err)
	return text.String()
}

// TestMove gives every pending item of a map a task, 100 and up in the order of
// the file, has somebody edit the map, and looks where the ids go.
func TestMove(t *testing.T) {
	for name, row := range map[string]struct {
		before, after string
		want          string // the map with the ids
		lost          []int64
	}{
		"nothing": {
			before: feature("F", 0, story("a", 0)),
			after:  feature("F", 0, story("a", 0)),
			want:   feature("F", 100, story("a", 101)),
		},
		"ids that are there already": {
			before: feature("F", 0, story("a", 0)),
			after:  feature("F", 100, story("a", 0)),
			want:   feature("F", 100, story("a", 101)),
		},
		"another order": {
			before: feature("F", 0, story("a", 0)) + feature("G", 0, story("a", 0)),
			after:  feature("G", 0, story("a", 0)) + feature("F", 0, story("a", 0)),
			want:   feature("G", 102, story("a", 103)) + feature("F", 100, story("a", 101)),
		},
		"a feature renamed, its id unsaved": {
			before: feature("F", 0, story("a", 0)),
			after:  feature("G", 0, story("a", 0)),
			want:   feature("G", 0, story("a", 0)),
			lost:   []int64{100, 101},
		},
		"a feature renamed, its id saved": {
			before: feature("F", 0, story("a", 0), story("b", 0)),
			after:  feature("G", 100, story("b", 0), story("a", 0)),
			want:   feature("G", 100, story("b", 102), story("a", 101)),
		},
		"a feature renamed that had its task before": {
			before: feature("F", 7, story("a", 0)),
			after:  feature("G", 7, story("a", 0)),
			want:   feature("G", 7, story("a", 100)),
		},
		"a feature whose task somebody took away": {
			before: feature("F", 7, story("a", 0)),
			after:  feature("F", 0, story("a", 0)),
			want:   feature("F", 0, story("a", 100)),
		},
		"two features exchange their names": {
			before: feature("F", 7, story("a", 0)) + feature("G", 8, story("a", 0)),
			after:  feature("G", 7, story("a", 0)) + feature("F", 8, story("a", 0)),
			want:   feature("G", 7, story("a", 100)) + feature("F", 8, story("a", 101)),
		},
		"a story renamed": {
			before: feature("F", 7, story("a", 0)),
			after:  feature("F", 7, story("b", 0)),
			want:   feature("F", 7, story("b", 0)),
			lost:   []int64{100},
		},
		"a story deleted": {
			before: feature("F", 7, story("a", 0), story("b", 0)),
			after:  feature("F", 7, story("b", 0)),
			want:   feature("F", 7, story("b", 101)),
			lost:   []int64{100},
		},
		"a feature deleted": {
			before: feature("F", 0, story("a", 0)) + feature("G", 0),
			after:  feature("G", 0),
			want:   feature("G", 102),
			lost:   []int64{100, 101},
		},
		"a story moved to another feature": {
			before: feature("F", 7, story("a", 0)) + feature("G", 8),
			after:  feature("F", 7) + feature("G", 8, story("a", 0)),
			want:   feature("F", 7) + feature("G", 8, story("a", 0)),
			lost:   []int64{100},
		},
		"a story moved with its id": {
			before: feature("F", 7, story("a", 0)) + feature("G", 8),
			after:  feature("F", 7) + feature("G", 8, story("a", 100)),
			want:   feature("F", 7) + feature("G", 8, story("a", 100)),
		},
		"another id typed in": {
			before: feature("F", 7, story("a", 0)),
			after:  feature("F", 7, story("a", 55)),
			want:   feature("F", 7, story("a", 55)),
			lost:   []int64{100},
		},
		"namesakes in another order": {
			before: feature("F", 7, story("a/one", 0), story("a/two", 0)),
			after:  feature("F", 7, story("a/two", 0), story("a/one", 0)),
			want:   feature("F", 7, story("a/two", 101), story("a/one", 100)),
		},
		"namesakes in another order, with other line ends": {
			before: feature("F", 7, story("a/one\n1", 0), story("a/two\n2", 0)),
			after:  feature("F", 7, story("a/two\r\n2", 0), story("a/one\r\n1", 0)),
			want:   feature("F", 7, story("a/two\r\n2", 101), story("a/one\r\n1", 100)),
		},
		"the first namesake deleted": {
			before: feature("F", 7, story("a/one", 0), story("a/two", 0)),
			after:  feature("F", 7, story("a/two", 0)),
			want:   feature("F", 7, story("a/two", 101)),
			lost:   []int64{100},
		},
		"a namesake in front, and another text": {
			before: feature("F", 7, story("a/one", 0), story("a/two", 0)),
			after:  feature("F", 7, story("a/new", 0), story("a/three", 0), story("a/one", 0)),
			want:   feature("F", 7, story("a/new", 101), story("a/three", 0), story("a/one", 100)),
		},
		"one namesake with its id": {
			before: feature("F", 7, story("a/one", 0), story("a/one", 0)),
			after:  feature("F", 7, story("a/one", 0), story("a/one", 100)),
			want:   feature("F", 7, story("a/one", 101), story("a/one", 100)),
		},
		"an item added": {
			before: feature("F", 0),
			after:  feature("F", 0, story("a", 0)),
			want:   feature("F", 100, story("a", 0)),
		},
		"no place for an id": {
			before: feature("F", 7, story("a", 0)),
			after:  "[features.F]\ntask_id = 7\nuser_stories = [ { name = \"a\" } ]\n",
			want:   "[features.F]\ntask_id = 7\nuser_stories = [ { name = \"a\" } ]\n",
			lost:   []int64{100},
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l := New(parse(t, row.before))
			id := int64(100)
			for item := range l.plan.Map.All {
				if item.TaskID == 0 {
					l.Take(item, id, false)
					id++
				}
			}
			check := func() {
				is.Equal(written(t, l), row.want)
				var lost []int64
				for _, e := range l.Lost() {
					lost = append(lost, e.ID)
				}
				is.Equal(lost, row.lost)
				for _, e := range l.entries {
					if e.Item != nil {
						is.Equal(l.TaskOf(e.Item), e.ID)
						is.Equal(l.Owner(e.ID), e.Item)
						is.Equal(l.Entry(e.Item), e)
					}
				}
			}
			l.Move(parse(t, row.after))
			check()
			l.Drop() // the map is away, and comes back
			is.Equal(len(l.Lost()), len(l.entries))
			l.Move(parse(t, row.after))
			check()
			l.Saved()
			is.Equal(len(l.Unsaved()), 0)
		})
	}
}

func TestCount(t *testing.T) {
	is := is.New(t)
	l := New(parse(t, feature("F", 0, story("a", 0), story("b", 9))+"[features.Old]\n_deprecated = true\ntask_id = 0\n"))
	count := func(saved, total int) {
		t.Helper()
		gotSaved, gotTotal := l.Count()
		is.Equal(gotSaved, saved)
		is.Equal(gotTotal, total)
	}
	count(0, 2)
	f := l.plan.Map.Features[0]
	l.Take(f, 100, true)
	count(0, 2)
	is.Equal(len(l.Pending([]*featuremap.Item{f, f.Stories[0], f.Stories[1]})), 1)
	l.Saved()
	count(1, 2)
	l.Move(parse(t, feature("F", 100, story("a", 0), story("c", 0))))
	count(1, 3)
	l.Move(parse(t, feature("F", 0)))
	count(0, 1) // somebody took it out again
	is.Equal(written(t, l), feature("F", 100))
	l.Drop()
	count(0, 1) // there is no map any more
}

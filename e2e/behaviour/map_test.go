package behaviour

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// item is a feature or a user story as a map has it.
type item struct {
	place       string // the same in the map before and after a run
	name        string
	id          int64
	description string
	tags        []string
	deprecated  bool
	parent      *item // nil for a feature
}

func (i *item) pending() bool { return i.id == 0 && !i.deprecated }

// readMap reads a map, with nothing of the program's own: features by name,
// each followed by its stories.
func readMap(t *testing.T, source []byte) []*item {
	t.Helper()
	type entry struct {
		Name        string `toml:"name"`
		TaskID      int64  `toml:"task_id"`
		Description string `toml:"description"`
		Tags        any    `toml:"tags"`
		Deprecated  bool   `toml:"_deprecated"`
	}
	var document struct {
		Features map[string]struct {
			entry
			Stories []entry `toml:"user_stories"`
		} `toml:"features"`
	}
	if err := toml.Unmarshal(bytes.TrimPrefix(source, []byte("\uFEFF")), &document); err != nil {
		t.Fatalf("the map is not TOML: %v", err)
	}
	var items []*item
	add := func(place string, e entry, parent *item) *item {
		i := &item{place: place, name: e.Name, id: e.TaskID, description: e.Description, tags: tagNames(e.Tags), deprecated: e.Deprecated, parent: parent}
		if parent != nil && parent.deprecated {
			i.deprecated = true
		}
		items = append(items, i)
		return i
	}
	var names []string
	for name := range document.Features {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := document.Features[name]
		f.entry.Name = name
		feature := add(fmt.Sprintf("feature %q", name), f.entry, nil)
		for n, story := range f.Stories {
			add(fmt.Sprintf("story %d of feature %q", n+1, name), story, feature)
		}
	}
	return items
}

func tagNames(v any) []string {
	var list []string
	switch v := v.(type) {
	case string:
		list = strings.Split(v, ",")
	case []any:
		for _, name := range v {
			list = append(list, name.(string))
		}
	}
	var names []string
	for _, name := range list {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func pendingIn(items []*item) int {
	n := 0
	for _, i := range items {
		if i.pending() {
			n++
		}
	}
	return n
}

// zero and id are the only tokens in which a map may differ after a run.
var (
	zero = regexp.MustCompile(`^(?:0[xob]0(?:_?0)*|[+-]?0)`)
	id   = regexp.MustCompile(`^[1-9][0-9]*`)
)

// onlyZerosChanged ends the test unless after is before with the given number
// of zeros replaced by ids, byte for byte.
func onlyZerosChanged(t *testing.T, before, after []byte, want int) {
	t.Helper()
	changed, b, a := 0, 0, 0
	for b < len(before) && a < len(after) {
		if before[b] == after[a] {
			b, a = b+1, a+1
			continue
		}
		old, new := zero.Find(before[b:]), id.Find(after[a:])
		if old == nil || new == nil {
			t.Fatalf("byte %d of the map changed: %.40q became %.40q", b, before[b:], after[a:])
		}
		b += len(old)
		a += len(new)
		changed++
	}
	if b < len(before) || a < len(after) {
		t.Fatalf("the map ends differently: %.40q became %.40q", before[b:], after[a:])
	}
	if changed != want {
		t.Fatalf("%d numbers of the map changed, want %d", changed, want)
	}
}

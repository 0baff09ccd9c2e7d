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
		f.Name = name
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
	zero    = regexp.MustCompile(`^(?:0[xob]0(?:_?0)*|[+-]?0)`)
	id      = regexp.MustCompile(`^[1-9][0-9]*`)
	inToken = regexp.MustCompile(`[0-9A-Za-z_.+-]`)
)

// replacedZeros counts the zeros of before that are ids in after. Any other
// difference is an error.
func replacedZeros(before, after []byte) (int, error) {
	replaced, b, a := 0, 0, 0
	for b < len(before) && a < len(after) {
		if before[b] == after[a] {
			b, a = b+1, a+1
			continue
		}
		old, made := zero.Find(before[b:]), id.Find(after[a:])
		if old == nil || made == nil || b > 0 && inToken.Match(before[b-1:b]) {
			return 0, fmt.Errorf("byte %d of the map changed: %.40q became %.40q", b, before[b:], after[a:])
		}
		b += len(old)
		a += len(made)
		replaced++
	}
	if b < len(before) || a < len(after) {
		return 0, fmt.Errorf("the map ends differently: %.40q became %.40q", before[b:], after[a:])
	}
	return replaced, nil
}

// onlyZerosChanged ends the test unless the map is before with so many of its
// zeros replaced by ids, byte for byte.
func (w *world) onlyZerosChanged(before []byte, want int) {
	w.t.Helper()
	replaced, err := replacedZeros(before, w.read())
	if err != nil {
		w.t.Fatal(err)
	}
	if replaced != want {
		w.t.Fatalf("%d zeros of the map were replaced, want %d", replaced, want)
	}
}

func TestReplacedZerosSeesEveryOtherByte(t *testing.T) {
	const before = "a = 0\r\nb = 0x0 # 0\nc=-0"
	for after, want := range map[string]int{
		before:                             0,
		"a = 7\r\nb = 0x0 # 0\nc=-0":       1,
		"a = 70\r\nb = 812 # 0\nc=9":       3,
		"a = 7\nb = 0x0 # 0\nc=-0":         -1, // the line end
		"a = 7\r\nb = 0x0 # 0\nc=-0\n":     -1, // one more
		"a = 7\r\nb = 0x0 # 0\nc=-":        -1, // one less
		"a = 7 \r\nb = 0x0 # 0\nc=-0":      -1, // a blank
		"a = -7\r\nb = 0x0 # 0\nc=-0":      -1, // no id
		"a = 07\r\nb = 0x0 # 0\nc=-0":      -1,
		"a = 7\r\nb = 0x5 # 0\nc=-0":       -1, // half of a zero
		"a = 7\r\nb = 0x0 # zero\nc=-0":    -1,
		"\uFEFFa = 7\r\nb = 0x0 # 0\nc=-0": -1,
	} {
		got, err := replacedZeros([]byte(before), []byte(after))
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d zeros replaced (%v), want %d", after, got, err, want)
		}
	}
}

// Package layout writes feature maps of any size for measurements.
//
// # Use
//
//	made, err := layout.Write(w, layout.Spec{Layout: layout.Generated, Size: 10 << 20, Pending: 2000, Seed: 1})
//
// # Guarantees
//
//   - The same Spec writes the same bytes (TestSameSpecWritesTheSameBytes).
//   - Exactly Spec.Pending items have task_id = 0, and the map is free of
//     mistakes (TestMapHasThePendingItems).
//   - Writing holds no more than one feature in memory, whatever the size, but
//     for the items if they are asked for.
//
// # Limitations
//
// Pending items come as whole features with their stories, evenly spread, so
// that a run needs nothing that is not in the map; only the last of them can
// hold stories that have a task already.
//
// # Errors
//
// Write returns the writer's error, or says that the Layout is unknown.
//
// # Concurrency
//
// Calls share nothing.
package layout

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Layout is the way in which a map is written down.
type Layout string

const (
	// Generated is how a generator writes maps: each user story an inline
	// table on one line, with a list of components below it.
	Generated Layout = "generated"
	// Example is how people write maps: inline tables over many lines, with
	// comments and trailing commas, as TOML 1.1 has them.
	Example Layout = "example"
)

// Spec says which map to write. Its zero value is an empty map in no layout.
type Spec struct {
	Layout  Layout
	Size    int64  // bytes, about; 0: what the pending items need
	Pending int    // items with task_id = 0; all others have a task
	Seed    uint64 // of names, texts and numbers
}

// Item is a feature or user story of a map that was written.
type Item struct {
	Name        string
	Description string
	Tags        []string
	Feature     int // place of a story's feature among the pending items; -1 for a feature
}

// Map says what was written.
type Map struct {
	Bytes    int64
	Features int // all, pending or not
	Stories  int
	Pending  []Item // in file order; nil unless asked for with WriteItems
}

// Write writes a map.
func Write(w io.Writer, spec Spec) (Map, error) { return write(w, spec, false) }

// WriteItems is Write that also returns what is pending.
func WriteItems(w io.Writer, spec Spec) (Map, error) { return write(w, spec, true) }

func write(w io.Writer, spec Spec, items bool) (Map, error) {
	var story func(*writer, *feature)
	switch spec.Layout {
	case Generated:
		story = (*writer).generated
	case Example:
		story = (*writer).example
	default:
		return Map{}, fmt.Errorf("layout %q is unknown: expected %q or %q", spec.Layout, Generated, Example)
	}
	counted := &counter{w: w}
	out := &writer{Writer: bufio.NewWriterSize(counted, 1<<16), text: newText(spec.Seed)}
	out.head()
	var made Map
	pending := 0
	for counted.err == nil {
		written := counted.n + int64(out.Buffered())
		if pending == spec.Pending && written >= spec.Size {
			break
		}
		f := out.feature(made.Features, needed(spec, written, pending))
		first := pending
		for i, s := range append([]*item{&f.item}, f.stories...) {
			if s.task != 0 {
				continue
			}
			pending++
			if items {
				above := first
				if i == 0 {
					above = -1
				}
				made.Pending = append(made.Pending, Item{Name: s.name, Description: s.description, Tags: s.tags, Feature: above})
			}
		}
		story(out, f)
		made.Features++
		made.Stories += len(f.stories)
	}
	out.tail()
	err := out.Flush()
	made.Bytes = counted.n
	return made, err
}

// needed is how many items of the next feature are pending at most: none when
// there are enough for the place in the file.
func needed(spec Spec, written int64, pending int) int {
	if written < spec.Size && float64(pending) > float64(spec.Pending)*float64(written)/float64(spec.Size) {
		return 0
	}
	return spec.Pending - pending
}

// counter counts what reaches a writer and keeps its error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}

func newText(seed uint64) *text {
	return &text{rand: rand.New(rand.NewPCG(seed, 2))}
}

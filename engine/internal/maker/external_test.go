package maker

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine/internal/featuremap"
)

// stories is a feature with pending stories of these names.
func stories(t *testing.T, names ...string) []*featuremap.Item {
	t.Helper()
	var b strings.Builder
	b.WriteString("[features.F]\ntask_id = 7\nuser_stories = [\n")
	for _, name := range names {
		b.WriteString("  { name = \"" + name + "\", task_id = 0 },\n")
	}
	b.WriteString("]\n")
	m, err := featuremap.Parse("map.toml", []byte(b.String()), false)
	is.New(t).NoErr(err)
	return m.Features[0].Stories
}

// TestRecipeOfExternalIDs: Odoo knows the tasks under them for ever.
func TestRecipeOfExternalIDs(t *testing.T) {
	is := is.New(t)
	items := stories(t, "Card")
	// The digits are the first 32 of: printf '1\0\0F\0Card\0001' | sha256sum
	is.Equal(externalID(7, "", items[0], 1), "__odoosync__.p7_story_17f3092be1115fc43ae4b90a8eb6360e")
	is.Equal(externalID(8, "team", items[0], 2), "__odoosync__.p8_story_9ad10c649498f9c38539608399df7580")
	is.Equal(externalID(7, "", items[0].Parent, 1), "__odoosync__.p7_feature_b0442fabf42cf04934268e7b38d4123e")
}

func TestOrdinalsOfNamesakes(t *testing.T) {
	is := is.New(t)
	items := stories(t, "a", "b", "a", "a")
	first, other, second, third := items[0], items[1], items[2], items[3]
	o := newOrdinals()
	of := func(want ...int) {
		t.Helper()
		for i, item := range items {
			is.Equal(o.of(item), want[i])
		}
	}
	of(1, 1, 2, 3)
	is.True(o.next(other)) // has the name to itself
	of(1, 2, 2, 3)
	is.True(o.next(second)) // 1 and 3 are used, and 2 led elsewhere
	of(1, 2, 4, 3)
	is.True(o.next(first)) // 1 led elsewhere; nobody uses 2 any more
	of(2, 2, 4, 3)
	is.True(o.next(second)) // not back to 2: first has that
	of(2, 2, 1, 3)
	o.avoid(third)
	of(2, 2, 1, 3) // nobody has its ordinal
	o.now[first] = 3
	o.avoid(third)
	of(3, 2, 1, 2)
}

// TestOrdinalsEnd: an item tries so many and no more.
func TestOrdinalsEnd(t *testing.T) {
	is := is.New(t)
	item := stories(t, "a")[0]
	o := newOrdinals()
	seen := map[int]bool{o.of(item): true}
	for range maxOrdinals { // and the one of its place in the map
		is.True(o.next(item))
		is.True(!seen[o.of(item)])
		seen[o.of(item)] = true
	}
	is.True(!o.next(item))
}

// TestOrdinalsOfItemsWithTasksAreFree: their tasks may be under others.
func TestOrdinalsOfItemsWithTasksAreFree(t *testing.T) {
	is := is.New(t)
	items := stories(t, "a", "a")
	items[0].TaskID = 8
	o := newOrdinals()
	is.True(o.next(items[1])) // its own led to the task of the first
	is.Equal(o.of(items[1]), 1)
}

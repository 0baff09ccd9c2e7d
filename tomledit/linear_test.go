package tomledit

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// manyKeys are documents of n keys in one table, for each way to put them there.
func manyKeys(n int) map[string]string {
	var lines, members, dotted, tables, elements strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "key%d = 0\n", i)
		fmt.Fprintf(&members, "key%d = 0, ", i)
		fmt.Fprintf(&dotted, "a.\"key\\u0020%d\".b = 0\n", i)
		fmt.Fprintf(&tables, "[a.key%d]\nx = 0\n", i)
		fmt.Fprintf(&elements, "[[a]]\nkey%d = 0\n", i)
	}
	return map[string]string{
		"lines": lines.String(), "inline": "a = { " + members.String() + "}", "dotted": dotted.String(),
		"tables": tables.String(), "elements": elements.String(),
	}
}

// What would make the time grow with the square of the size is searching a large table key by key.
func TestLargeTablesAreSearchedByHash(t *testing.T) {
	const n = 40000
	for name, src := range manyKeys(n) {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d, err := Parse("", []byte(src))
			is.NoErr(err)
			is.True(d.count <= 2*n+2)

			largest := d.Get()
			if a := largest.Get("a"); a.Exists() {
				largest = a
			}
			is.Equal(largest.Len(), n)
			if name == "elements" {
				return
			}
			is.True(largest.Get("key 39999").Exists() != largest.Get("key39999").Exists())
			is.Equal(len(d.large), 1)
			is.Equal(len(d.large[largest.id]), n)
		})
	}
}

// Memory that grows with the square of the size would show as a factor of 16.
func TestMemoryGrowsLinearly(t *testing.T) {
	for name, small := range manyKeys(5000) {
		large := manyKeys(20000)[name]
		t.Run(name, func(t *testing.T) {
			is.New(t).True(float64(allocated(t, large)) < 6*float64(allocated(t, small)))
		})
	}
}

// allocated returns the bytes that parsing a source and looking for a key take.
func allocated(t *testing.T, src string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, err := Parse("", []byte(src))
	is.New(t).NoErr(err)
	doc.Get("a", "key1")
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWhatIsLeftOutInBracketsLeavesNothing(t *testing.T) {
	element := "{ a.b = 0, a.\"c\\t\" = { x.y = 0 }, z = [0, [1]] }, "
	for _, value := range []string{
		"[" + strings.Repeat(element, 1000) + "]", "[" + strings.Repeat("0, ", 1000) + "]", manyKeys(1000)["inline"][len("a = "):],
	} {
		is := is.New(t)
		d, err := Parse("", []byte("a = "+value), Keep())
		is.NoErr(err)
		is.Equal(d.count, uint32(2)) // the root and a
		is.Equal(len(d.large), 0)
	}
}

// A key of many parts makes a table for each, and the path to it is as deep. Nothing may go down it by recursion.
func TestErrorsBelowDeepKeysFitOnTheStack(t *testing.T) {
	is := is.New(t)
	defer debug.SetMaxStack(debug.SetMaxStack(8 << 20))
	const depth = 200000
	path := "a" + strings.Repeat(".a", depth)
	for _, src := range []string{"[" + path + "]\nx = 24:00\n", path + ".x = 24:00\n", "[[" + path + "]]\nx = 0\nx = 0\n"} {
		_, err := Parse("", []byte(src))
		var e *Error
		is.True(errors.As(err, &e))
		is.True(len(e.Key) >= len(path))
	}
	doc, err := Parse("", []byte("["+path+"]\n"))
	is.NoErr(err)
	v := doc.Get()
	for v.Len() > 0 {
		for v = range v.Values() {
			continue
		}
	}
	is.Equal(v.Path(), path)
}

// The elements that an error's path leads past must not each cost as much as the path.
func TestErrorsAmongManyElementsCostNoMoreThanTheSource(t *testing.T) {
	const depth, elements = 4500, 20000
	for open, end := range map[string]string{"[": "]", "{ a = [": "]}"} {
		t.Run(open, func(t *testing.T) {
			is := is.New(t)
			src := "a = " + strings.Repeat(open, depth) + strings.Repeat("[0], ", elements) + "24:00" + strings.Repeat(end, depth)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse("", []byte(src))
			runtime.ReadMemStats(&after)
			is.True(strings.HasSuffix(err.Error(), "[20000]: expected a time as in 07:30 or 07:30:59.5"))
			is.True(after.TotalAlloc-before.TotalAlloc < 64<<20)
		})
	}
}

func TestSourcesOf4GiBAreRefused(t *testing.T) {
	is := is.New(t)
	is.NoErr(refuseLarge("map.toml", 1<<32-2))
	for _, size := range []uint64{1<<32 - 1, 1 << 32, 1<<32 + 1, 1 << 40} {
		err := refuseLarge("map.toml", size)
		is.True(err != nil)
		is.Equal(err.Error(), "map.toml:1:1: the document is larger than 4 GiB")
	}
}

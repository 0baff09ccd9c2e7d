package featuremap

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/matryer/is"

	"odoosync/bench/genmap/layout"
)

// BenchmarkMap measures what a run does with a map between two calls: reading
// it, planning, and rendering the new text.
func BenchmarkMap(b *testing.B) {
	for _, items := range []int{100, 10_000} {
		var text bytes.Buffer
		_, err := layout.Write(&text, layout.Spec{Layout: layout.Generated, Size: int64(items) * 1000, Pending: items, Seed: 1})
		is.New(b).NoErr(err)
		src := text.Bytes()
		m, err := Parse("map.toml", src, false)
		is.New(b).NoErr(err)
		plan := NewPlan(m)
		pending := append(slices.Clip(plan.Features), plan.Stories...)
		measure := func(name string, do func(b *testing.B)) {
			b.Run(fmt.Sprintf("%s/%d", name, items), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					do(b)
				}
			})
		}
		measure("parse", func(b *testing.B) {
			if _, err := Parse("map.toml", src, false); err != nil {
				b.Fatal(err)
			}
		})
		measure("plan", func(*testing.B) { NewPlan(m) })
		measure("patch", func(b *testing.B) {
			patch := m.Document.NewPatch()
			for i, item := range pending {
				if err := patch.SetInteger(item.Slot, int64(40_000+i)); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := patch.WriteTo(io.Discard); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// TestAllocationsGrowLinearlyWithTheMap counts, as time cannot be trusted: a
// hundred times the items take at most a hundred times the allocations, and
// some more for what grows.
func TestAllocationsGrowLinearlyWithTheMap(t *testing.T) {
	is := is.New(t)
	allocations := func(items int) float64 {
		var text bytes.Buffer
		_, err := layout.Write(&text, layout.Spec{Layout: layout.Generated, Pending: items, Seed: 1})
		is.NoErr(err)
		return testing.AllocsPerRun(3, func() {
			m, err := Parse("map.toml", text.Bytes(), false)
			is.NoErr(err)
			NewPlan(m)
		})
	}
	is.True(allocations(5000) <= 1.2*100*allocations(50))
	is.True(allocations(5000) <= 5000*8) // for each item its own few
}

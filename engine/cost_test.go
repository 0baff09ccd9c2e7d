package engine_test

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"odoosync/bench/genmap/layout"
	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

func generated(t testing.TB, spec layout.Spec) string {
	var b bytes.Buffer
	spec.Layout, spec.Seed = layout.Generated, 1
	_, err := layout.Write(&b, spec)
	is.New(t).NoErr(err)
	return b.String()
}

// TestRequestsGrowSlowlyWithTheItems counts everything that goes over the wire,
// in a new project: stage and tags are made too.
func TestRequestsGrowSlowlyWithTheItems(t *testing.T) {
	for items, most := range map[int]int64{1: 12, 200: 16, 2000: 52, 10_000: 62} {
		t.Run(fmt.Sprint(items), func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			var requests, loads atomic.Int64
			w.during(func(c odoosim.Call) bool {
				requests.Add(1)
				if c.Model == "project.task" && c.Method == "load" {
					loads.Add(1)
				}
				return false
			}, nil)
			result := w.sync(w.write(generated(t, layout.Spec{Pending: items})))
			is.Equal(result.Count(engine.Created), items)
			is.True(requests.Load() <= most)

			saves := int64(0)
			for _, ev := range w.events {
				if _, ok := ev.(engine.Saved); ok {
					saves++
				}
			}
			is.True(saves <= loads.Load())
		})
	}
}

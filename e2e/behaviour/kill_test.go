package behaviour

import (
	"slices"
	"testing"
	"time"
)

// TestKill kills the program at random moments of runs of 200 items, and
// starts it again until it comes to its end: then each item has its one task,
// and nothing but the map is in the folder, whatever a killed save left there.
// The moments lie anywhere in the time that a whole run takes here, so also
// while the program starts, logs in, waits for an answer, or saves. That time
// grows with each kill of a map, lest a busy machine keeps it from its end.
func TestKill(t *testing.T) {
	kills := 300
	switch {
	case !kinds()[0].real && testing.Short():
		kills = 30
	case kinds()[0].real:
		kills = 40
	}
	kills /= len(kinds())
	chance := chancePerTarget(t)
	source := features(20, 9)
	onEveryTarget(t, func(t *testing.T, o *target) {
		random := chance(o)
		takes := timeOf(t, o, source)

		killed, rounds := 0, 0
		for ; killed < kills; rounds++ {
			w := newWorld(t, o)
			before := w.write(source)
			for within := takes; ; within += takes / 10 {
				p := w.start()
				timer := time.AfterFunc(time.Duration(random.Int64N(int64(within))), p.kill)
				got := p.wait()
				timer.Stop()
				if got.code == exitKilled {
					killed++
					continue
				}
				w.demand(exitDone, got)
				break
			}
			w.agrees(before)
		}
		t.Logf("%d kills over %d maps; a whole run takes %v", killed, rounds, takes.Round(time.Millisecond))
	})
}

// timeOf is how long a whole run takes: the shorter of two, so that a pause of
// the machine does not put the moments behind the end of the runs.
func timeOf(t *testing.T, o *target, source string) time.Duration {
	t.Helper()
	var times []time.Duration
	for range 2 {
		w := newWorld(t, o)
		w.write(source)
		started := time.Now()
		w.mustRun()
		times = append(times, time.Since(started))
	}
	return slices.Min(times)
}

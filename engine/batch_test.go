package engine

import (
	"testing"
	"time"

	"github.com/matryer/is"
)

func TestBatchesGrowTowardsTheTimeAimedAt(t *testing.T) {
	is := is.New(t)
	size := newBatchSize()
	const perRow = 4 * time.Millisecond
	var calls []int
	for range 5 {
		calls = append(calls, size.rows)
		size.Worked(size.rows, time.Duration(size.rows)*perRow)
	}
	is.Equal(calls, []int{100, 200, 400, 500, 500}) // 500 rows take the two seconds
}

func TestASlowServerGetsFewerRowsOnlyWhereACallWouldTakeTooLong(t *testing.T) {
	is := is.New(t)
	rows := func(perRow time.Duration) int {
		size := newBatchSize()
		for range 10 {
			size.Worked(size.rows, time.Duration(size.rows)*perRow)
		}
		return size.rows
	}
	is.Equal(rows(time.Millisecond), largest)
	is.Equal(rows(10*time.Millisecond), fewRows) // five seconds a call: fewer rows would be more calls
	is.Equal(rows(50*time.Millisecond), 200)     // ten seconds, and no more
}

func TestBatchesShrinkAndGrowAgain(t *testing.T) {
	is := is.New(t)
	size := newBatchSize()
	const tolerated = 40 // rows that a slow server gets done in time
	refused := 0
	for range 100 {
		if size.rows > tolerated {
			refused++
			size.TooSlow(size.rows)
			continue
		}
		size.Worked(size.rows, time.Millisecond)
	}
	is.True(size.rows > tolerated/3)
	is.True(refused < 25) // probing costs few calls

	for range 300 { // the server is fast again
		size.Worked(size.rows, time.Millisecond)
	}
	is.Equal(size.rows, largest)
}

func TestBodiesStayBelowWhatTheProxyRefused(t *testing.T) {
	is := is.New(t)
	size := newBatchSize()
	const taken = 100_000 // bytes
	refused := 0
	for range 100 {
		if size.bytes > taken {
			refused++
			size.TooLarge(size.bytes)
			continue
		}
		size.Worked(1, time.Millisecond)
	}
	is.True(refused < 25)
	is.True(size.bytes <= maxBody)
}

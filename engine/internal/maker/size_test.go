package maker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/engine/internal/featuremap"
)

func TestBatchesGrowTowardsTheTimeAimedAt(t *testing.T) {
	is := is.New(t)
	size := NewSize()
	const perRow = 4 * time.Millisecond
	var calls []int
	for range 5 {
		calls = append(calls, size.Rows)
		size.Worked(size.Rows, time.Duration(size.Rows)*perRow)
	}
	is.Equal(calls, []int{100, 200, 400, 500, 500}) // 500 rows take the two seconds
}

// TestABatchThatEndsWithAFeatureCounts: its size is seldom met exactly.
func TestABatchThatEndsWithAFeatureCounts(t *testing.T) {
	is := is.New(t)
	size := NewSize()
	for range 10 {
		size.Worked(size.Rows-9, time.Millisecond)
	}
	is.Equal(size.Rows, largest)
	size.Worked(1, time.Second) // the end of the list says nothing of larger calls
	is.Equal(size.Rows, largest)
}

func TestASlowServerGetsFewerRowsOnlyWhereACallWouldTakeTooLong(t *testing.T) {
	is := is.New(t)
	rows := func(perRow time.Duration) int {
		size := NewSize()
		for range 10 {
			size.Worked(size.Rows, time.Duration(size.Rows)*perRow)
		}
		return size.Rows
	}
	is.Equal(rows(time.Millisecond), largest)
	is.Equal(rows(10*time.Millisecond), fewRows) // five seconds a call: fewer rows would be more calls
	is.Equal(rows(50*time.Millisecond), 200)     // ten seconds, and no more
}

func TestBatchesShrinkAndGrowAgain(t *testing.T) {
	is := is.New(t)
	size := NewSize()
	const tolerated = 40 // rows that a slow server gets done in time
	refused := 0
	for range 100 {
		if size.Rows > tolerated {
			refused++
			size.TooSlow(size.Rows)
			continue
		}
		size.Worked(size.Rows, time.Millisecond)
	}
	is.True(size.Rows > tolerated/3)
	is.True(refused < 25) // probing costs few calls

	for range 300 { // the server is fast again
		size.Worked(size.Rows, time.Millisecond)
	}
	is.Equal(size.Rows, largest)
}

func TestBodiesStayBelowWhatTheProxyRefused(t *testing.T) {
	is := is.New(t)
	size := NewSize()
	for size.Bytes > 100_000 {
		size.TooLarge(size.Bytes)
	}
	is.Equal(size.Bytes, maxBody/16)
	size.TooLarge(maxBody) // was in flight with the first
	size.Worked(1, time.Millisecond)
	is.Equal(size.Bytes, maxBody/16)
	for range 100 {
		size.TooLarge(size.Bytes)
	}
	is.Equal(size.Bytes, 1) // a single item still goes out
}

// asWritten is a ledger of the tasks that the map has.
type asWritten struct{}

func (asWritten) TaskOf(item *featuremap.Item) int64 { return item.TaskID }
func (asWritten) Owner(int64) *featuremap.Item       { return nil }

// TestARowIsNoLargerThanThought: by what is thought, calls stay below the limits
// of proxies.
func TestARowIsNoLargerThanThought(t *testing.T) {
	is := is.New(t)
	k := New(nil, Options{}, Place{Project: 1 << 31, Major: 19, Stage: Record{ID: 1 << 31}}, asWritten{})
	for _, name := range []string{"s", strings.Repeat("long ", 1000), strings.Repeat("ü", 1000), strings.Repeat(`\\\"`, 1000)} {
		item := stories(t, name)[0]
		_, rows, _ := k.rows([]*featuremap.Item{item})
		body, err := json.Marshal(rows[0])
		is.NoErr(err)
		is.True(k.RowSize(item) >= len(body))
		is.True(k.RowSize(item) < len(body)+150)
	}
}

// TestARowIsNoLargerThanThoughtWithItsMarkup: a description is sent as HTML.
func TestARowIsNoLargerThanThoughtWithItsMarkup(t *testing.T) {
	is := is.New(t)
	k := New(nil, Options{}, Place{Project: 1 << 31, Major: 19, Stage: Record{ID: 1 << 31}}, asWritten{})
	text := fmt.Sprintf("[features.F]\ntask_id = 0\ndescription = %q\n", strings.Repeat("if a < b && b > c\n", 1000))
	m, err := featuremap.Parse("map.toml", []byte(text), false)
	is.NoErr(err)
	_, rows, _ := k.rows(m.Features)
	var body bytes.Buffer
	wire := json.NewEncoder(&body)
	wire.SetEscapeHTML(false) // as the client does
	is.NoErr(wire.Encode(rows[0]))
	is.True(k.RowSize(m.Features[0]) >= body.Len())
	is.True(k.RowSize(m.Features[0]) < body.Len()+150)
}

// TestShortCallsRaiseTheLimit, which a slow call lowered.
func TestShortCallsRaiseTheLimit(t *testing.T) {
	is := is.New(t)
	size := NewSize()
	size.TooSlow(400)
	for range 100 {
		size.Worked(10, time.Millisecond)
	}
	for range 10 {
		size.Worked(size.Rows, time.Millisecond)
	}
	is.True(size.Rows > 1000)
}

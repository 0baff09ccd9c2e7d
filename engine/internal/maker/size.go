package maker

import "time"

// Bounds of a batch. A default nginx takes bodies of 1 MiB; the rest of the
// call needs some of it. Odoo ends calls that take longer than 60 s of CPU or
// 120 s in all; two seconds stay clear of that also on a slow host, and
// leave no more than that undone when a run is killed. Where a server is so
// slow that two seconds are few rows, calls may take longer, as each has a
// price of its own.
const (
	FirstBatch  = 100     // rows
	fewRows     = 500     // rows
	largest     = 2000    // rows
	maxBody     = 900_000 // bytes
	aimedAt     = 2 * time.Second
	longest     = 10 * time.Second // for up to fewRows
	growthLimit = 2                // a batch is at most so many times the one before
)

// A Size decides how many rows go into the next call. It grows towards the
// time aimed at. What the server finds too slow is not tried again soon: the
// limit stays below it, and rises by about a fiftieth with each call that works.
// What is too large is not tried again.
type Size struct {
	Rows, Bytes int
	rowLimit    float64
}

// NewSize returns the size of a first call.
func NewSize() *Size {
	return &Size{Rows: FirstBatch, rowLimit: largest, Bytes: maxBody}
}

// Worked takes notice of a call that was answered.
func (b *Size) Worked(rows int, took time.Duration) {
	b.rowLimit = min(b.rowLimit+b.rowLimit/50+0.25, largest)
	if 2*rows < b.Rows {
		return // cut short by the body or the end of the list: says little of more rows
	}
	within := func(limit time.Duration) int {
		return int(float64(rows) * float64(limit) / float64(max(took, 1)))
	}
	fits := max(within(aimedAt), min(within(longest), fewRows))
	b.Rows = max(1, min(fits, b.Rows*growthLimit, int(b.rowLimit)))
}

// TooSlow takes notice of a call of so many rows that ran out of time.
func (b *Size) TooSlow(rows int) {
	b.Rows = max(1, rows/4)
	b.rowLimit = max(1, float64(rows)*3/4)
}

// TooLarge takes notice of a call of so many bytes whose body was refused.
func (b *Size) TooLarge(bytes int) { b.Bytes = max(1, min(b.Bytes, bytes/2)) }

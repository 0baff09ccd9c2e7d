package engine

import "time"

// Bounds of a batch. A default nginx takes bodies of 1 MiB; the rest of the
// call needs some of it. Odoo ends calls that take longer than 60 s of CPU or
// 120 s in all; two seconds stay clear of that also on a slow host, and
// leave no more than that undone when a run is killed.
const (
	firstBatch  = 100     // rows
	largest     = 2000    // rows
	maxBody     = 900_000 // bytes
	aimedAt     = 2 * time.Second
	growthLimit = 2 // a batch is at most so many times the one before
)

// batchSize decides how many rows go into the next call. It grows towards the
// time aimed at, shrinks when the server finds a call too slow or too large,
// and grows again.
type batchSize struct {
	rows int
	body int // bytes
}

func newBatchSize() *batchSize { return &batchSize{rows: firstBatch, body: maxBody} }

// Worked takes notice of a call that was answered.
func (b *batchSize) Worked(rows int, took time.Duration) {
	b.body = min(b.body*growthLimit, maxBody)
	if rows < b.rows {
		return // cut short by the body or the end of the list: says nothing of more rows
	}
	fits := largest
	if took > 0 {
		fits = int(float64(rows) * float64(aimedAt) / float64(took))
	}
	b.rows = max(1, min(fits, b.rows*growthLimit, largest))
}

// TooSlow takes notice of a call of so many rows that ran out of time.
func (b *batchSize) TooSlow(rows int) { b.rows = max(1, min(b.rows, rows)/4) }

// TooLarge takes notice of a call whose body was refused.
func (b *batchSize) TooLarge(rows, body int) {
	b.rows = max(1, rows/2)
	b.body = max(1, body/2)
}

// jsonSize is the length of a string as a JSON encoder writes it.
func jsonSize(s string) int {
	n := len(s) + 2
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\t' || c == '\r':
			n++
		case c < ' ' || c == '<' || c == '>' || c == '&':
			n += 5
		}
	}
	return n
}

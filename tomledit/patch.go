package tomledit

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"slices"
	"sort"
	"strconv"
	"sync"
)

// Patch is a set of edits to the source of a [Document], made by [Document.NewPatch]. The Document itself never
// changes. A Patch belongs to one goroutine at a time.
type Patch struct {
	doc   *Document
	edits []edit
	loose bool // edits are not sorted, or some token has several
}

// edit is a new number for the token at start to end of the source.
type edit struct {
	start, end uint32
	number     int64
	shift      int64 // by how much what follows the token moves, this and all earlier edits together
}

// SetInteger sets the number of an integer that is in the document. Setting one again replaces the edit. The
// number is written in decimal, however the old one was written. If the value is not an integer of this
// document the error is an [*Error] and the Patch is as before.
func (p *Patch) SetInteger(v Value, n int64) error {
	switch {
	case !v.Exists():
		return &Error{
			File: p.doc.name, Pos: p.doc.Position(0), Message: "there is no value to set",
			Hint: "a patch changes values that are in the document",
		}
	case v.doc != p.doc:
		return valueError(v, "the value is of another document")
	case v.Kind() != Integer:
		return valueError(v, "want an integer, found "+article(v.Kind()))
	}
	token := v.node()
	if last := len(p.edits) - 1; last >= 0 && p.edits[last].start >= token.start {
		p.loose = true
	}
	e := edit{start: token.start, end: token.end, number: n}
	if !p.loose {
		e.shift = p.shift(len(p.edits)) + e.growth()
	}
	if len(p.edits) == cap(p.edits) { // there may be very many: copy them seldom
		p.edits = slices.Grow(p.edits, 16+len(p.edits))
	}
	p.edits = append(p.edits, e)
	return nil
}

func valueError(v Value, message string) *Error {
	start, end := v.Span()
	e := newError(v.doc.name, v.doc.src, start, end, message, "")
	e.Key = v.Path()
	return e
}

// Len returns the number of tokens that the Patch changes.
func (p *Patch) Len() int {
	p.tidy()
	return len(p.edits)
}

// Size returns the number of bytes that WriteTo writes.
func (p *Patch) Size() int64 {
	p.tidy()
	return int64(len(p.doc.src)) + p.shift(len(p.edits))
}

// outputBuffer is the size in bytes of the pieces that reach a writer.
const outputBuffer = 256 << 10

var outputs = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, outputBuffer) }}

// WriteTo writes the patched document: slices of the source and the new numbers, in pieces of up to 256 kB or
// more; to a [bytes.Buffer] one by one. It returns the number of bytes written and the writer's error. It can be
// called again.
func (p *Patch) WriteTo(w io.Writer) (int64, error) {
	if b, inMemory := w.(*bytes.Buffer); inMemory { // no need of another buffer
		before := b.Len()
		err := p.render(b)
		return int64(b.Len() - before), err
	}
	counted := &countingWriter{w: w}
	buffered, _ := outputs.Get().(*bufio.Writer)
	buffered.Reset(counted)
	err := p.render(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	buffered.Reset(nil)
	outputs.Put(buffered)
	return counted.n, err
}

// Bytes returns the patched document in a new slice.
func (p *Patch) Bytes() []byte {
	b := bytes.NewBuffer(make([]byte, 0, p.Size()))
	_ = p.render(b) // a bytes.Buffer has no errors
	return b.Bytes()
}

// Position returns where the token of a value of this document stands in the patched document. Edits never move
// a token to another line. It is made for use after all edits are set: sorting them costs time each time the
// order changed.
func (p *Patch) Position(v Value) Position {
	if v.doc == nil {
		return Position{}
	}
	p.tidy()
	start := v.node().start
	pos := v.Position()
	before := sort.Search(len(p.edits), func(i int) bool { return p.edits[i].start >= start })
	pos.Offset += int(p.shift(before))
	pos.Column += int(p.shift(before) - p.shift(p.firstOnLine(before, pos.Line)))
	return pos
}

// firstOnLine returns the first of the edits before the given one that is on the line.
func (p *Patch) firstOnLine(before, line int) int {
	lineOf := func(i int) int { return p.doc.Position(int(p.edits[i].start)).Line }
	if before == 0 || lineOf(before-1) < line {
		return before
	}
	return sort.Search(before, func(i int) bool { return lineOf(i) >= line })
}

// render writes the slices between the edits and the new numbers.
func (p *Patch) render(w io.Writer) error {
	p.tidy()
	var token [20]byte
	at := uint32(0)
	for i := range p.edits {
		e := &p.edits[i]
		if _, err := w.Write(p.doc.src[at:e.start]); err != nil {
			return err
		}
		if _, err := w.Write(strconv.AppendInt(token[:0], e.number, 10)); err != nil {
			return err
		}
		at = e.end
	}
	_, err := w.Write(p.doc.src[at:])
	return err
}

// tidy sorts the edits and leaves the last one of each token.
func (p *Patch) tidy() {
	if !p.loose {
		return
	}
	slices.SortStableFunc(p.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	kept := p.edits[:0]
	for i, e := range p.edits {
		if i+1 == len(p.edits) || p.edits[i+1].start != e.start {
			kept = append(kept, e)
		}
	}
	p.edits = kept
	for i := range p.edits {
		p.edits[i].shift = p.shift(i) + p.edits[i].growth()
	}
	p.loose = false
}

// shift returns by how much the first n edits together move what follows them.
func (p *Patch) shift(n int) int64 {
	if n == 0 {
		return 0
	}
	return p.edits[n-1].shift
}

// growth returns by how many bytes the new token is longer than the old one.
func (e *edit) growth() int64 {
	return decimalLength(e.number) - int64(e.end-e.start)
}

// decimalLength returns the number of bytes of a number in decimal, with its sign.
func decimalLength(n int64) int64 {
	length := int64(1)
	if n < 0 {
		length++
	}
	for n /= 10; n != 0; n /= 10 {
		length++
	}
	return length
}

// countingWriter counts what reaches a writer.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

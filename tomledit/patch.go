package tomledit

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"
)

// Patch is a set of edits to the source of a [Document], returned by [Document.NewPatch]. The Document itself never
// changes. The zero Patch is of an empty document. A Patch belongs to one goroutine at a time.
type Patch struct {
	doc   *Document
	edits []edit // of several for one token the last one counts
}

// edit is a new number for the token at start to end of the source.
type edit struct {
	start, end uint32
	number     int64
}

// SetInteger sets the number of an integer that is in the document. Setting one again replaces the edit. The
// number is written in decimal, however the old one was written. If the value is not an integer of this
// document the error is an [*Error] and the Patch is as before.
func (p *Patch) SetInteger(v Value, n int64) error {
	switch {
	case !v.Exists():
		return errorAtStart(p.document().name, "there is no value to set", "a patch changes values that are in the document")
	case v.doc != p.doc:
		return valueError(v, "the value is of another document")
	case v.Kind() != Integer:
		article := "a "
		if v.Kind() == Array {
			article = "an "
		}
		return valueError(v, "expected an integer, found "+article+v.Kind().String())
	}
	token := v.node()
	p.edits = append(p.edits, edit{start: token.start, end: token.end, number: n})
	return nil
}

func valueError(v Value, message string) *Error {
	start, end := v.Span()
	return v.doc.ErrorAt(start, end, v.Path(), message, "")
}

// outputBuffer is the size in bytes of the pieces that reach a writer.
const outputBuffer = 64 << 10

// WriteTo writes the patched document: slices of the source and the new numbers, in pieces of at least 64 KiB but for
// the last. It returns the number of bytes written and the writer's error. It can be called again.
func (p *Patch) WriteTo(w io.Writer) (int64, error) {
	slices.SortStableFunc(p.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	buffered := bufio.NewWriterSize(w, outputBuffer)
	accepted := int64(0)
	write := func(b []byte) {
		n, _ := buffered.Write(b) // its first error comes again with Flush
		accepted += int64(n)
	}
	src, at := p.document().src, uint32(0)
	for i, e := range p.edits {
		if i+1 < len(p.edits) && p.edits[i+1].start == e.start {
			continue // set again
		}
		write(src[at:e.start])
		write(strconv.AppendInt(buffered.AvailableBuffer(), e.number, 10))
		at = e.end
	}
	write(src[at:])
	err := buffered.Flush()
	return accepted - int64(buffered.Buffered()), err
}

// document returns the document of the Patch, which is an empty one if there is none.
func (p *Patch) document() *Document {
	return cmp.Or(p.doc, &Document{})
}

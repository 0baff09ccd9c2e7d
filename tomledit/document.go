package tomledit

import (
	"bytes"
	"math"
	"sync"
	"sync/atomic"
)

// Document is a checked TOML document: its source bytes and the places of its values.
// It is immutable and safe for concurrent readers. The zero Document is without a name and without values.
type Document struct {
	name   string
	src    []byte
	chunks []*[chunkSize]node           // the values in the order in which they first appear in the source
	count  uint32                       // of nodes
	common [256]string                  // by hash, the first key that had it: to compare with it costs less than to go to the source
	large  map[uint32]map[string]uint32 // the members of the large tables, by the table's node

	linesOnce sync.Once
	blocks    []block              // counted when they are first needed
	longLine  atomic.Pointer[line] // the last one that was asked for
}

var (
	utf8Mark    = []byte("\xef\xbb\xbf")
	utf16Little = []byte("\xff\xfe")
	utf16Big    = []byte("\xfe\xff")
)

// Parse checks that src is a TOML 1.1 document and records where its values are. The name is used in
// errors only. A byte order mark is allowed and kept. An empty src is an empty document.
//
// The Document keeps src and does not copy it: src must not be written to as long as the Document or a
// Patch of it is in use. The error, if any, is an [*Error], and then the Document is nil.
func Parse(name string, src []byte, opts ...Option) (*Document, error) {
	var paths keptPaths
	for _, opt := range opts {
		if opt != nil {
			opt(&paths)
		}
	}
	if err := refuseLarge(name, uint64(len(src))); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(src, utf16Little) || bytes.HasPrefix(src, utf16Big) { // the parser would report it in a puzzling way
		return nil, errorAtStart(name, "the document is UTF-16, TOML is UTF-8", "save the file with encoding UTF-8")
	}
	d := &Document{name: name, src: src, large: map[uint32]map[string]uint32{}}
	if err := walk(d, paths); err != nil {
		return nil, err
	}
	return d, nil
}

// refuseLarge refuses a source whose offsets do not fit in 32 bits: the parser would wrap around silently.
func refuseLarge(name string, size uint64) error {
	if size < math.MaxUint32 {
		return nil
	}
	return errorAtStart(name, "the document is larger than 4 GiB", "split it into several files")
}

// Get returns the value at the path of keys, or the zero Value. Without keys it is the table that holds the whole
// document. See [Value.Get].
func (d *Document) Get(path ...string) Value {
	if d.count == 0 {
		return Value{}
	}
	return Value{doc: d, id: rootID}.Get(path...)
}

// NewPatch returns an empty set of edits to the document.
func (d *Document) NewPatch() *Patch { return &Patch{doc: d} }

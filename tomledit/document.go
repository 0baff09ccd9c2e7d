package tomledit

import (
	"bytes"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Document is a checked TOML document: its source bytes and the places of its values.
// It is immutable and safe for concurrent readers.
type Document struct {
	name  string
	src   []byte
	tree  tree
	words []string

	// Made when first asked for.
	linesOnce, keysOnce, orderOnce, parentsOnce sync.Once

	lines   lineIndex
	keys    keyIndex
	order   childOrder
	parents []uint32 // by node: the table or array that it is in

	longLine atomic.Pointer[line] // the last one that was asked for
}

// Any is a path segment for [Keep] that matches any key and any array element. It is not valid UTF-8, so
// no key of a TOML document equals it.
const Any = "\xff"

// Option changes what [Parse] records.
type Option func(*options)

type options struct {
	keep  [][]string
	every bool
}

// Keep limits the values that a Document records to those whose path matches one of the paths, and the
// values on the way to them; a value that stands on the way is recorded with its kind also when it is
// neither a table nor an array. Values below a matched path are left out unless they match too. A path
// holds one segment for each key and one, which must be [Any], for each array element. Several Keep options
// add up. The default, without Keep, records everything. What is not recorded is checked all the same.
//
// The paths are copied.
func Keep(paths ...[]string) Option {
	return func(o *options) {
		o.every = false
		for _, path := range paths {
			o.keep = append(o.keep, slices.Clone(path))
		}
	}
}

var (
	utf8Mark    = []byte("\xef\xbb\xbf")
	utf16Little = []byte("\xff\xfe")
	utf16Big    = []byte("\xfe\xff")
)

// Parse checks that src is a TOML 1.1 document and records where its values stand. The name is used in
// errors only. A byte order mark is allowed and kept. An empty src is an empty document.
//
// The Document keeps src and does not copy it: src must not be written to as long as the Document or a
// Patch of it is in use. The error, if any, is an [*Error], and then the Document is nil.
func Parse(name string, src []byte, opts ...Option) (*Document, error) {
	o := options{every: true}
	for _, opt := range opts {
		opt(&o)
	}
	if err := refuseLarge(name, uint64(len(src))); err != nil {
		return nil, err
	}
	if err := refuseForeign(name, src); err != nil {
		return nil, err
	}
	m := keepEverything()
	if !o.every {
		m = compileKeep(o.keep)
	}
	d := &Document{name: name, src: src, words: m.words}
	if err := walk(d, m); err != nil {
		return nil, err
	}
	return d, nil
}

// refuseLarge refuses a source whose offsets do not fit in 32 bits: the parser would wrap around silently.
func refuseLarge(name string, size uint64) error {
	if size < math.MaxUint32 {
		return nil
	}
	return &Error{
		File:    name,
		Pos:     Position{Line: 1, Column: 1},
		Message: "the document is larger than 4 GiB",
		Hint:    "split it into several files",
	}
}

// refuseForeign refuses UTF-16, of which the parser would say things that puzzle.
func refuseForeign(name string, src []byte) error {
	if bytes.HasPrefix(src, utf16Little) || bytes.HasPrefix(src, utf16Big) {
		return &Error{
			File:      name,
			Pos:       Position{Line: 1, Column: 1},
			EndOffset: 2,
			Message:   "the document is UTF-16, TOML is UTF-8",
			Hint:      "save the file with encoding UTF-8",
		}
	}
	return nil
}

// Name returns the name that was given to [Parse].
func (d *Document) Name() string { return d.name }

// Source returns the bytes that were given to [Parse], not a copy. They must not be written to.
func (d *Document) Source() []byte { return d.src }

// Root returns the table that holds the whole document.
func (d *Document) Root() Value { return Value{doc: d, id: rootID} }

// Get returns the value at the path of keys, or the zero Value. It is short for d.Root().Get(path...).
func (d *Document) Get(path ...string) Value { return d.Root().Get(path...) }

// NewPatch returns an empty set of edits to the document.
func (d *Document) NewPatch() *Patch { return &Patch{doc: d} }

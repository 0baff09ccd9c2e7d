package tomledit

import (
	"iter"
	"math"
)

// rootID is the node of the table that holds the document. It is no node's child, so where a child is meant it
// stands for none.
const rootID = 0

// node is one recorded value. Offsets count bytes from the start of the source.
type node struct {
	key   uint32 // where the key token starts; of an element: its index
	start uint32 // value token
	end   uint32
	next  uint32 // the next member or element of the parent; of the last one: the first
	last  uint32 // the last member or element; of a known integer: the number plus one
	form  form
	word  word   // the key, if it is a known word
	sum   keySum // of the key
	few   uint8  // number of members or elements; many if there are that many or more
}

// form is the kind of a value and how it is written.
type form uint8

const (
	kindBits form = 0x0f
	inline   form = 0x40 // in brackets
	element  form = 0x80 // in an array: has no key
)

func (n *node) kind() Kind { return Kind(n.form & kindBits) }

func (n *node) is(f form) bool { return n.form&f != 0 }

// many is where a node stops counting.
const many = math.MaxUint8

// keySum is a small hash of a key. Equal keys have equal sums.
type keySum uint8

func sumOf[text string | []byte](key text) keySum {
	n := len(key)
	if n == 0 {
		return 0
	}
	return keySum(n*7 + int(key[0])*5 + int(key[n-1]))
}

// bit spreads sums over the bits of a word.
func (s keySum) bit() uint64 { return 1 << (s % 64) }

// word is the number of a key that Keep names, from 1. 0 is any other key; it may be a known word too, where Keep
// does not expect it or where there are too many to number.
type word uint8

// Nodes are kept in chunks: growing copies nothing and leaves no garbage, however many there are.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// tree holds the recorded values in the order in which they first appear in the source.
type tree struct {
	chunks []*[chunkSize]node
	count  uint32
}

func (t *tree) at(id uint32) *node { return &t.chunks[id>>chunkBits][id%chunkSize] }

// place is a recorded table or array, and where the matcher stands at it.
type place struct {
	node  uint32
	state uint32
}

// add records a value as the last child of a place and returns its id and its node, to be filled in: all but what ties
// nodes together.
func (t *tree) add(in place) (uint32, *node) {
	id, n := t.push()
	parent := t.at(in.node)
	n.next = id
	if parent.last != rootID {
		last := t.at(parent.last)
		n.next, last.next = last.next, id
	}
	parent.last = id
	if parent.few < many {
		parent.few++
	}
	return id, n
}

func (t *tree) push() (uint32, *node) {
	id := t.count
	if id%chunkSize == 0 {
		t.chunks = append(t.chunks, new([chunkSize]node))
	}
	t.count++
	return id, t.at(id)
}

// children iterates over the ids of the children of a node, in the order of their coming.
func (t *tree) children(n *node) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if n.few == 0 {
			return
		}
		for id := t.at(n.last).next; yield(id) && id != n.last; {
			id = t.at(id).next
		}
	}
}

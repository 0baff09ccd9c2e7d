package tomledit

import "iter"

// rootID is the node of the table that holds the document. It is the child of no node, so where a child is expected it
// means that there is none.
const rootID = 0

// node is one recorded value. Offsets count bytes from the start of the source.
type node struct {
	key    uint32 // where the key token starts; of an element: its index
	start  uint32 // value token
	end    uint32
	parent uint32
	next   uint32 // the next member or element of the parent; of the last one: the first
	last   uint32 // the last member or element; of an integer from 0 on: the number plus one, if it fits
	count  uint32 // number of members or elements
	code   uint16 // of the key, see tree.words
	form   form
}

// form is the kind of a value and how it is written.
type form uint8

const (
	kindBits form = 0x0f
	element  form = 0x80 // in an array: has no key
)

func (n *node) kind() Kind { return Kind(n.form & kindBits) }

func (n *node) isElement() bool { return n.form&element != 0 }

// sumOf is a small hash of a key that saves most comparisons of keys.
func sumOf[text string | []byte](key text) uint8 {
	n := len(key)
	if n == 0 {
		return 0
	}
	return uint8(n*7 + int(key[0])*5 + int(key[n-1]))
}

// codeOf is the number of a key among the words, which is equal for equal keys only, or a hash above all such numbers.
func codeOf[text string | []byte](words []string, key text) uint16 {
	for i := range words {
		if words[i] == string(key) {
			return uint16(i)
		}
	}
	return maxWords + uint16(sumOf(key))
}

// Nodes are kept in chunks: growing copies nothing and leaves no garbage, however many there are.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// tree holds the recorded values in the order in which they first appear in the source.
type tree struct {
	chunks []*[chunkSize]node
	count  uint32
	words  []string // keys that many nodes have: those of Keep
}

func (t *tree) at(id uint32) *node { return &t.chunks[id>>chunkBits][id%chunkSize] }

// add records a value as the last child of a node and returns its id and its node, to be filled in.
func (t *tree) add(to uint32) (uint32, *node) {
	id, n := t.push()
	parent := t.at(to)
	n.parent, n.next = to, id
	if parent.count > 0 {
		last := t.at(parent.last)
		n.next, last.next = last.next, id
	}
	parent.last = id
	parent.count++
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

// children iterates over the ids of the children of a node, in the order in which they were added.
func (t *tree) children(n *node) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if n.count == 0 {
			return
		}
		for id := t.at(n.last).next; yield(id) && id != n.last; {
			id = t.at(id).next
		}
	}
}

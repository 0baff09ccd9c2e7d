package tomledit

import "iter"

// rootID is the node of the table that holds the document. It is the child of no node, so where a child is expected it
// means that there is none.
const rootID = 0

// node is a value of the document. What Keep leaves out has nodes as well, as long as something could be defined again or
// added there: in braces and brackets until they are closed.
type node struct {
	key    uint32 // where the key token starts that defined it; of an element: its index
	start  uint32 // value token; of a table or array without one the key token that came first
	end    uint32
	parent uint32
	next   uint32 // the next member or element of the parent; of the last one: the first
	last   uint32 // the last member or element; of an integer from 0 on: the number plus one, if it fits
	count  uint32 // number of members or elements
	keep   kept
	kind   Kind
	origin origin
	hash   uint8 // of the key
	common bool  // the key is the one that stands for its hash in Document.common
}

// origin is how a value came to be. It decides what can be added.
type origin uint8

const (
	written    origin = iota // as a value, with a token of its own
	dotted                   // a table, by a dotted key
	implied                  // a table, by a longer header
	headed                   // a table, by its own header
	tableArray               // an array, by headers in double brackets
	element                  // in an array of either kind: has no key
)

// Nodes are kept in chunks: growing copies nothing and leaves no garbage, however many there are.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// smallTable is the number of members up to which a table is searched one by one and not by a map.
const smallTable = 16

func (d *Document) at(id uint32) *node { return &d.chunks[id>>chunkBits][id%chunkSize] }

// push makes a node that its parent does not know of.
func (d *Document) push(parent uint32) (uint32, *node) {
	id := d.count
	if int(id>>chunkBits) == len(d.chunks) {
		d.chunks = append(d.chunks, new([chunkSize]node))
	}
	d.count++
	n := d.at(id)
	*n = node{parent: parent}
	return id, n
}

// add makes a node that is the last child of its parent.
func (d *Document) add(parent uint32) (uint32, *node) {
	id, n := d.push(parent)
	p := d.at(parent)
	n.next = id
	if p.count > 0 {
		last := d.at(p.last)
		n.next, last.next = last.next, id
	}
	p.last = id
	p.count++
	return id, n
}

// addMember makes the node of a table's member that find did not find.
func (d *Document) addMember(table uint32, key []byte, at uint32) (uint32, *node) {
	id, n := d.add(table)
	n.key, n.hash = at, hashOf(key)
	if d.common[n.hash] == "" {
		d.common[n.hash] = string(key)
	}
	n.common = len(key) > 0 && d.common[n.hash] == string(key)
	switch t := d.at(table); {
	case t.count == smallTable+1:
		members := make(map[string]uint32, 2*smallTable)
		for child := range d.children(t) {
			members[keyText(d.src, d.at(child).key)] = child
		}
		d.large[table] = members
	case t.count > smallTable:
		d.large[table][string(key)] = id
	}
	return id, n
}

// find returns the node of a table's member with the key, or rootID.
func (d *Document) find(table uint32, key []byte) uint32 {
	t := d.at(table)
	switch {
	case t.kind != Table:
		return rootID
	case t.count > smallTable:
		return d.large[table][string(key)]
	}
	hash := hashOf(key)
	common := d.common[hash] == string(key)
	for child := range d.children(t) {
		if n := d.at(child); n.hash == hash && (n.common && common || keyIs(d.src, n.key, key)) {
			return child
		}
	}
	return rootID
}

// hashOf is a small hash of a key that saves most comparisons of keys.
func hashOf(key []byte) uint8 {
	n := len(key)
	if n == 0 {
		return 0
	}
	return uint8(n*7 + int(key[0])*5 + int(key[n-1]))
}

// children iterates over the ids of the children of a node, in the order in which they were added.
func (d *Document) children(n *node) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if n.count == 0 {
			return
		}
		for id := d.at(n.last).next; yield(id) && id != n.last; {
			id = d.at(id).next
		}
	}
}

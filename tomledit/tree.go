package tomledit

import (
	"hash/maphash"
	"sort"
)

// rootID is the node of the table that holds the document.
const rootID = 0

// node is one recorded value. Offsets count bytes from the start of the source.
type node struct {
	key    uint32 // where the key token starts; of an element: where the value starts
	start  uint32 // value token
	end    uint32
	parent uint32
	kids   uint32 // index of the first child in tree.order
	n      uint32 // number of children
	kind   Kind
	flags  nodeFlags
}

type nodeFlags uint8

const (
	inline  nodeFlags = 1 << iota // written in brackets
	element                       // stands in an array: has no key
)

// Nodes are kept in chunks: growing copies nothing and leaves no garbage, however many there are. The
// first chunks are small, so that a small document stays small.
const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
)

// tree holds the recorded values in the order in which they first appear in the source.
type tree struct {
	chunks [][]node
	count  uint32
	order  []uint32 // children of all nodes: grouped by parent, in file order
	big    keyIndex
}

func (t *tree) at(id uint32) *node { return &t.chunks[id>>chunkBits][id&(chunkSize-1)] }

// add records a node as the last child of its parent and returns its id.
func (t *tree) add(n node) uint32 {
	id := t.count
	if int(id>>chunkBits) == len(t.chunks) {
		var room []node
		if id > 0 {
			room = make([]node, 0, chunkSize)
		}
		t.chunks = append(t.chunks, room)
	}
	last := &t.chunks[id>>chunkBits]
	*last = append(*last, n)
	if id != rootID {
		t.at(n.parent).n++
	}
	t.count++
	return id
}

// children returns the ids of the children of a node, ascending.
func (t *tree) children(n *node) []uint32 { return t.order[n.kids : n.kids+n.n] }

// finish groups the children of each node and indexes the keys of large tables.
func (t *tree) finish(src []byte) {
	t.order = make([]uint32, t.count-1)
	var next uint32
	for _, chunk := range t.chunks {
		for i := range chunk {
			chunk[i].kids = next
			next += chunk[i].n
			chunk[i].n = 0
		}
	}
	id := uint32(0)
	members := 0 // of the large tables
	for _, chunk := range t.chunks {
		for i := range chunk {
			if id != rootID {
				p := t.at(chunk[i].parent)
				t.order[p.kids+p.n] = id
				p.n++
				if p.kind == Table && p.n == smallTable+1 {
					members += smallTable + 1
				} else if p.kind == Table && p.n > smallTable {
					members++
				}
			}
			id++
		}
	}
	if members > 0 {
		t.indexLargeTables(src, members)
	}
}

// member returns the id of the child with the key, and whether there is one.
func (t *tree) member(src []byte, id uint32, key string) (uint32, bool) {
	n := t.at(id)
	if n.kind != Table {
		return 0, false
	}
	if n.n > smallTable {
		return t.big.find(t, src, id, key)
	}
	for _, child := range t.children(n) {
		if keyIs(src, t.at(child).key, key) {
			return child, true
		}
	}
	return 0, false
}

// ordinal returns the place of an element in its array, from 0.
func (t *tree) ordinal(id uint32) int {
	siblings := t.children(t.at(t.at(id).parent))
	return sort.Search(len(siblings), func(i int) bool { return siblings[i] >= id })
}

// keyIndex finds the members of tables that have more than smallTable of them: open addressing, linear
// probing, at most half full. A slot holds a node id; 0, the root, is nobody's member and means empty.
type keyIndex struct {
	seed  maphash.Seed
	slots []uint32
}

// indexLargeTables builds the index; members is how many keys it is going to hold.
func (t *tree) indexLargeTables(src []byte, members int) {
	size := 2 * smallTable
	for size < 2*members {
		size *= 2
	}
	t.big = keyIndex{seed: maphash.MakeSeed(), slots: make([]uint32, size)}
	for _, chunk := range t.chunks {
		for i := range chunk {
			if chunk[i].kind != Table || chunk[i].n <= smallTable {
				continue
			}
			for _, child := range t.children(&chunk[i]) {
				c := t.at(child)
				slot := t.big.slot(c.parent, keyText(src, c.key))
				for t.big.slots[slot] != 0 {
					slot = (slot + 1) & (size - 1)
				}
				t.big.slots[slot] = child
			}
		}
	}
}

func (x *keyIndex) slot(parent uint32, key string) int {
	return int(mix(maphash.String(x.seed, key), parent)) & (len(x.slots) - 1)
}

func (x *keyIndex) find(t *tree, src []byte, parent uint32, key string) (uint32, bool) {
	for slot := x.slot(parent, key); ; slot = (slot + 1) & (len(x.slots) - 1) {
		id := x.slots[slot]
		if id == 0 {
			return 0, false
		}
		if n := t.at(id); n.parent == parent && keyIs(src, n.key, key) {
			return id, true
		}
	}
}

// mix blends the number of a table into the hash of a key.
func mix(hash uint64, parent uint32) uint32 {
	hash ^= uint64(parent) * 0x9e3779b97f4a7c15
	return uint32(hash ^ hash>>32)
}

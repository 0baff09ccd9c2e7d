package tomledit

import "hash/maphash"

// smallTable is the number of keys up to which a table is searched one by one and not by a hash.
const smallTable = 16

// member returns the id of the child with the key, or rootID.
func (d *Document) member(id uint32, key string) uint32 {
	n := d.tree.at(id)
	if n.kind() != Table {
		return rootID
	}
	if n.few > smallTable {
		d.keysOnce.Do(d.indexKeys)
		return d.keys.find(d, id, key)
	}
	known, sum := wordOf(d.words, key), sumOf(key)
	for child := range d.tree.children(n) {
		switch c := d.tree.at(child); {
		case c.word != 0:
			if c.word == known {
				return child
			}
		case c.sum == sum && keyIs(d.src, c.key, key):
			return child
		}
	}
	return rootID
}

// keyIndex finds the members of the tables that have more than smallTable of them: open addressing, linear
// probing, at most half full. A slot holds a node id or rootID.
type keyIndex struct {
	seed  maphash.Seed
	slots []uint32
}

func (d *Document) indexKeys() {
	members := 0
	for id := uint32(rootID + 1); id < d.tree.count; id++ {
		if d.inLargeTable(id) {
			members++
		}
	}
	size := 2 * smallTable
	for size < 2*members {
		size *= 2
	}
	x := &d.keys
	x.seed, x.slots = maphash.MakeSeed(), make([]uint32, size)
	for id := uint32(rootID + 1); id < d.tree.count; id++ {
		if d.inLargeTable(id) {
			slot := x.slot(d.parentOf(id), keyText(d.src, d.tree.at(id).key))
			for x.slots[slot] != rootID {
				slot = (slot + 1) & (size - 1)
			}
			x.slots[slot] = id
		}
	}
}

func (d *Document) inLargeTable(id uint32) bool {
	parent := d.tree.at(d.parentOf(id))
	return parent.kind() == Table && parent.few > smallTable
}

func (x *keyIndex) slot(parent uint32, key string) int {
	return int(mix(maphash.String(x.seed, key), parent)) & (len(x.slots) - 1)
}

func (x *keyIndex) find(d *Document, parent uint32, key string) uint32 {
	sum := sumOf(key)
	for slot := x.slot(parent, key); ; slot = (slot + 1) & (len(x.slots) - 1) {
		id := x.slots[slot]
		if id == rootID {
			return rootID
		}
		if n := d.tree.at(id); n.sum == sum && d.parentOf(id) == parent && keyIs(d.src, n.key, key) {
			return id
		}
	}
}

// mix blends the number of a table into the hash of a key.
func mix(hash uint64, parent uint32) uint32 {
	hash ^= uint64(parent) * 0x9e3779b97f4a7c15
	return uint32(hash ^ hash>>32)
}

// childOrder finds a child by its number: the children of all nodes, grouped by parent.
type childOrder struct {
	first []uint32 // by node, and one more: where its children start in ids
	ids   []uint32
}

// childrenOf returns the ids of the children of a node.
func (d *Document) childrenOf(id uint32) []uint32 {
	d.orderOnce.Do(d.orderChildren)
	return d.order.ids[d.order.first[id]:d.order.first[id+1]]
}

func (d *Document) orderChildren() {
	o := &d.order
	o.first, o.ids = make([]uint32, d.tree.count+1), make([]uint32, 0, d.tree.count)
	for id := range d.tree.count {
		for child := range d.tree.children(d.tree.at(id)) {
			o.ids = append(o.ids, child)
		}
		o.first[id+1] = uint32(len(o.ids))
	}
}

// parentOf returns the id of the table or array that a value is in. Few documents are asked for it, so nodes do not
// hold it.
func (d *Document) parentOf(id uint32) uint32 {
	d.parentsOnce.Do(func() {
		d.parents = make([]uint32, d.tree.count)
		for id := range d.tree.count {
			for child := range d.tree.children(d.tree.at(id)) {
				d.parents[child] = id
			}
		}
	})
	return d.parents[id]
}

package tomledit

import (
	"hash/maphash"
)

// checker knows what a document has defined so far and refuses what TOML forbids to define again. It holds the
// tables and keys of the headers and of the lines below them; inline tables come and go, for nothing can be
// added to them once they are closed.
//
// Names are found by a hash table, so the time for a document is linear in its keys.
type checker struct {
	src     []byte
	entries []entry
	escaped map[uint32][]byte // decoded names of the entries that have fromEscapes
	seed    maphash.Seed
	slots   []uint32 // open addressing, linear probing, at most half full; 0 is an empty slot
	taken   int
}

// rootEntry is the table that holds the document. It has no name, so no slot ever holds it.
const rootEntry = 0

// entry is one thing that has been defined.
type entry struct {
	parent  uint32
	key     uint32 // offset of the key token that defined it
	size    uint32 // bytes of the name; of an element its index
	at      place  // recorded value, if its state is not nothing
	element uint32 // of an array of tables: the entry of its last element
	kind    entryKind
	escaped bool // the name differs from what stands in the source
}

type entryKind uint8

const (
	scalarEntry      entryKind = iota
	arrayEntry                 // written in brackets
	inlineTableEntry           // written in braces
	dottedTable                // made by a dotted key
	impliedTable               // made by a longer header
	headerTable                // made by its own header
	tableArray                 // made by headers in double brackets
	tableElement               // one element of it
)

// name is a key in the source.
type name struct {
	at   uint32 // offset of its token
	size uint32 // bytes of its token
	text []byte // decoded
}

// escaped reports whether the decoded name differs from what stands in the source. An escape is always
// longer than what it stands for.
func (n name) escaped(src []byte) bool { return src[n.at] == '"' && int(n.size) != len(n.text)+2 }

// conflict is a definition that TOML forbids, with the entry that stands in its way.
type conflict struct {
	name    name
	entry   uint32
	message string // with %d for the line of that entry
	hint    string
}

func newChecker(src []byte) *checker {
	// A guess at the number of entries, to save growing: keys outside of inline tables are rare in large maps.
	size := 32
	for size < len(src)/1024 {
		size *= 2
	}
	c := &checker{
		src:     src,
		entries: make([]entry, 1, size),
		seed:    maphash.MakeSeed(),
		slots:   make([]uint32, 2*size),
	}
	c.entries[rootEntry].kind = headerTable
	return c
}

// super steps from a table to a table further on in a header. It makes the table if there is none and reports
// whether it did. Arrays of tables are entered at their last element.
func (c *checker) super(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id, slot := c.find(parent, n.text)
	if id == 0 {
		return c.add(slot, parent, n, impliedTable), true, nil
	}
	switch e := &c.entries[id]; e.kind {
	case scalarEntry, arrayEntry, inlineTableEntry:
		return 0, false, c.notATable(n, id)
	case tableArray:
		return e.element, false, nil
	default:
		return id, false, nil
	}
}

// table defines the table that a header names and reports whether it is new.
func (c *checker) table(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id, slot := c.find(parent, n.text)
	if id == 0 {
		return c.add(slot, parent, n, headerTable), true, nil
	}
	switch e := &c.entries[id]; e.kind {
	case impliedTable:
		e.kind = headerTable
		c.rename(id, n)
		return id, false, nil
	case headerTable:
		return 0, false, &conflict{n, id, "already defined on line %d", "put its keys under one header"}
	case dottedTable:
		return 0, false, &conflict{n, id, "already made by a dotted key on line %d", "a header cannot open it again; write the keys where it was made"}
	case tableArray:
		return 0, false, &conflict{n, id, "already an array of tables on line %d", "write the header in double brackets to add an element"}
	default:
		return 0, false, c.notATable(n, id)
	}
}

// tableElement adds an element to the array of tables that a header names. It returns both and reports
// whether the array is new.
func (c *checker) tableElement(parent uint32, n name) (array, element uint32, made bool, err *conflict) {
	array, slot := c.find(parent, n.text)
	if array == 0 {
		array = c.add(slot, parent, n, tableArray)
		made = true
	}
	index := uint32(0)
	switch e := &c.entries[array]; {
	case made:
	case e.kind == tableArray:
		index = c.entries[e.element].size + 1
	case e.kind == arrayEntry:
		return 0, 0, false, &conflict{n, array, "already an array in brackets on line %d", "nothing can be added to it; write all elements in one of the two ways"}
	case e.kind == scalarEntry || e.kind == inlineTableEntry:
		return 0, 0, false, c.notATable(n, array)
	default:
		return 0, 0, false, &conflict{n, array, "already a table on line %d, not an array of tables", "write both headers in double brackets"}
	}
	element = uint32(len(c.entries))
	c.entries = append(c.entries, entry{parent: array, key: n.at, size: index, kind: tableElement})
	c.entries[array].element = element
	return array, element, made, nil
}

// dotted steps from a table to a table further on in a dotted key. It makes the table if there is none and
// reports whether it did.
func (c *checker) dotted(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id, slot := c.find(parent, n.text)
	if id == 0 {
		return c.add(slot, parent, n, dottedTable), true, nil
	}
	switch c.entries[id].kind {
	case dottedTable:
		return id, false, nil
	case scalarEntry, arrayEntry, inlineTableEntry:
		return 0, false, c.notATable(n, id)
	default:
		return 0, false, &conflict{n, id, "already made by a header on line %d", "a dotted key cannot add to it; write the key under that header"}
	}
}

// value defines a key that has a value of its own. The kind is one of the first three.
func (c *checker) value(parent uint32, n name, kind entryKind) (uint32, *conflict) {
	id, slot := c.find(parent, n.text)
	if id != 0 {
		return 0, &conflict{n, id, "already defined on line %d", ""}
	}
	return c.add(slot, parent, n, kind), nil
}

func (c *checker) notATable(n name, id uint32) *conflict {
	switch c.entries[id].kind {
	case arrayEntry:
		return &conflict{n, id, "already an array in brackets on line %d, not a table", "nothing can be added to it"}
	case inlineTableEntry:
		return &conflict{n, id, "already a table in braces on line %d", "nothing can be added to it; write all keys inside the braces"}
	default:
		return &conflict{n, id, "already a value on line %d, not a table", ""}
	}
}

// open returns a table without a name, for the keys of an inline table. The table and all that was defined
// since go with close.
func (c *checker) open(at uint32) uint32 {
	id := uint32(len(c.entries))
	c.entries = append(c.entries, entry{key: at, kind: tableElement})
	return id
}

// close forgets the entry and all later ones. Names leave the hash table in the reverse order of their
// coming, so no chain of probes is broken.
func (c *checker) close(from uint32) {
	for id := uint32(len(c.entries)) - 1; id >= from; id-- {
		if e := &c.entries[id]; e.kind != tableElement {
			slot := c.slot(e.parent, c.nameOf(id))
			for c.slots[slot] != id {
				slot = (slot + 1) & (len(c.slots) - 1)
			}
			c.slots[slot] = 0
			c.taken--
			if e.escaped {
				delete(c.escaped, id)
			}
		}
	}
	c.entries = c.entries[:from]
}

// find returns the entry with the name, or 0 and the slot where it belongs. The slot is good until the next
// entry is added.
func (c *checker) find(parent uint32, text []byte) (id uint32, slot int) {
	for slot = c.slot(parent, text); ; slot = (slot + 1) & (len(c.slots) - 1) {
		id = c.slots[slot]
		if id == 0 {
			return 0, slot
		}
		if e := &c.entries[id]; e.parent == parent && int(e.size) == len(text) && string(c.nameOf(id)) == string(text) {
			return id, slot
		}
	}
}

func (c *checker) slot(parent uint32, text []byte) int {
	return int(mix(maphash.Bytes(c.seed, text), parent)) & (len(c.slots) - 1)
}

func (c *checker) add(slot int, parent uint32, n name, kind entryKind) uint32 {
	id := uint32(len(c.entries))
	c.entries = append(c.entries, entry{
		parent: parent, key: n.at, size: uint32(len(n.text)), kind: kind, escaped: n.escaped(c.src),
	})
	if n.escaped(c.src) {
		c.keepDecoded(id, n)
	}
	c.slots[slot] = id
	if c.taken++; 2*c.taken > len(c.slots) {
		c.grow()
	}
	return id
}

// rename lets an entry stand where its own header is. The name is the same, its spelling may differ.
func (c *checker) rename(id uint32, n name) {
	e := &c.entries[id]
	e.key, e.escaped = n.at, n.escaped(c.src)
	if e.escaped {
		c.keepDecoded(id, n)
	}
}

func (c *checker) keepDecoded(id uint32, n name) {
	if c.escaped == nil {
		c.escaped = map[uint32][]byte{}
	}
	c.escaped[id] = n.text
}

// nameOf returns the name of an entry, decoded.
func (c *checker) nameOf(id uint32) []byte {
	e := &c.entries[id]
	if e.escaped {
		return c.escaped[id]
	}
	at := e.key
	if isQuote(c.src[at]) {
		at++
	}
	return c.src[at : at+e.size]
}

// grow doubles the hash table. Entries come in by age, as close needs it.
func (c *checker) grow() {
	c.slots = make([]uint32, 2*len(c.slots))
	for id := range c.entries {
		if id == rootEntry || c.entries[id].kind == tableElement {
			continue
		}
		slot := c.slot(c.entries[id].parent, c.nameOf(uint32(id)))
		for c.slots[slot] != 0 {
			slot = (slot + 1) & (len(c.slots) - 1)
		}
		c.slots[slot] = uint32(id)
	}
}

// path returns the path of an entry in TOML's spelling.
func (c *checker) path(id uint32) []byte {
	if id == rootEntry {
		return nil
	}
	e := &c.entries[id]
	path := c.path(e.parent)
	if e.kind == tableElement {
		return appendIndex(path, int(e.size))
	}
	return appendKey(path, string(c.nameOf(id)))
}

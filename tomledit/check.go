package tomledit

import (
	"hash/maphash"
	"slices"
)

// checker knows what a document has defined so far and refuses what TOML forbids to define again. It holds the
// tables and keys of the headers and of the lines below them; inline tables come and go, for nothing can be
// added to them once they are closed.
//
// The members of a small table are compared one by one, most often after a look at one word of bits; those of
// a large one are found by a hash. So the time for a document is linear in its keys.
type checker struct {
	src     []byte
	entries []entry
	tables  []members
	escaped map[uint32][]byte // decoded names of the entries that are escaped
	seed    maphash.Seed
	slots   []uint32 // members of large tables: open addressing, linear probing, at most half full; 0 is empty
	taken   int
}

// rootEntry is the table that holds the document. It is no table's member, so where a member is meant it stands
// for none.
const rootEntry = 0

// entry is one thing that has been defined.
type entry struct {
	parent  uint32
	key     uint32 // offset of the key token that defined it
	size    uint32 // bytes of the name; of an element its index
	next    uint32 // the member of the same table that came before
	table   uint32 // of a table or an array of tables: index of its members
	kind    entryKind
	escaped bool // the name differs from what stands in the source
	sum     keySum
}

// members is what is in a table.
type members struct {
	at      place  // recorded value, if its state is not nothing
	seen    uint64 // a bit for each key, by its sum
	last    uint32 // the member that came last
	count   uint32
	element uint32 // of an array of tables instead: the entry of its last element
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
	sum  keySum // of the text
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

// reset makes the checker ready for a source.
func (c *checker) reset(src []byte) {
	// Guesses that save growing. In large maps few keys stand outside of inline tables.
	entries, tables, slots := len(src)/512, len(src)/2048, 4*smallTable
	for slots < len(src)/2048 {
		slots *= 2
	}
	*c = checker{
		src:     src,
		entries: append(slices.Grow(c.entries[:0], 1+entries), entry{kind: headerTable}),
		tables:  append(slices.Grow(c.tables[:0], 1+tables), members{}),
		seed:    maphash.MakeSeed(),
		slots:   c.slots,
	}
	if len(c.slots) < slots || len(c.slots) > 16*slots {
		c.slots = make([]uint32, slots)
	} else {
		clear(c.slots)
	}
}

// members returns what is in the table of an entry. It is good until the next entry is added.
func (c *checker) members(id uint32) *members { return &c.tables[c.entries[id].table] }

// super steps from a table to a table further on in a header. It makes the table if there is none and reports
// whether it did. Arrays of tables are entered at their last element.
func (c *checker) super(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id = c.find(parent, n)
	if id == 0 {
		return c.add(parent, n, impliedTable), true, nil
	}
	switch e := &c.entries[id]; e.kind {
	case scalarEntry, arrayEntry, inlineTableEntry:
		return 0, false, c.notATable(n, id)
	case tableArray:
		return c.members(id).element, false, nil
	default:
		return id, false, nil
	}
}

// table defines the table that a header names and reports whether it is new.
func (c *checker) table(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id = c.find(parent, n)
	if id == 0 {
		return c.add(parent, n, headerTable), true, nil
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
	array = c.find(parent, n)
	if array == 0 {
		array = c.add(parent, n, tableArray)
		made = true
	}
	index := uint32(0)
	switch e := &c.entries[array]; {
	case made:
	case e.kind == tableArray:
		index = c.entries[c.members(array).element].size + 1
	case e.kind == arrayEntry:
		return 0, 0, false, &conflict{n, array, "already an array in brackets on line %d", "nothing can be added to it; write all elements in one of the two ways"}
	case e.kind == scalarEntry || e.kind == inlineTableEntry:
		return 0, 0, false, c.notATable(n, array)
	default:
		return 0, 0, false, &conflict{n, array, "already a table on line %d, not an array of tables", "write both headers in double brackets"}
	}
	element = c.push(entry{parent: array, key: n.at, size: index, kind: tableElement})
	c.members(array).element = element
	return array, element, made, nil
}

// dotted steps from a table to a table further on in a dotted key. It makes the table if there is none and
// reports whether it did.
func (c *checker) dotted(parent uint32, n name) (id uint32, made bool, err *conflict) {
	id = c.find(parent, n)
	if id == 0 {
		return c.add(parent, n, dottedTable), true, nil
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
func (c *checker) value(parent uint32, n name, kind entryKind) *conflict {
	if id := c.find(parent, n); id != 0 {
		return &conflict{n, id, "already defined on line %d", ""}
	}
	c.add(parent, n, kind)
	return nil
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
	return c.push(entry{key: at, kind: tableElement})
}

// close forgets the entry that open returned and all later ones. No name that stays was hashed after them, so
// no chain of probes is broken.
func (c *checker) close(scope uint32) {
	for id := uint32(len(c.entries)) - 1; id > scope; id-- {
		e := &c.entries[id]
		if c.members(e.parent).count > smallTable {
			slot := c.slot(e.parent, c.nameOf(id))
			for c.slots[slot] != id {
				slot = (slot + 1) & (len(c.slots) - 1)
			}
			c.slots[slot] = 0
			c.taken--
		}
		if e.escaped {
			delete(c.escaped, id)
		}
	}
	c.tables = c.tables[:c.entries[scope].table]
	c.entries = c.entries[:scope]
}

// find returns the member of a table that has the name, or 0.
func (c *checker) find(parent uint32, n name) uint32 {
	t := c.members(parent)
	switch {
	case t.seen&n.sum.bit() == 0:
		return 0
	case t.count > smallTable:
		return c.lookUp(parent, n)
	}
	for id := t.last; id != 0; id = c.entries[id].next {
		if c.is(id, n) {
			return id
		}
	}
	return 0
}

func (c *checker) is(id uint32, n name) bool {
	e := &c.entries[id]
	return e.sum == n.sum && string(c.nameOf(id)) == string(n.text)
}

// add defines a name that find did not find.
func (c *checker) add(parent uint32, n name, kind entryKind) uint32 {
	t := c.members(parent)
	e := entry{
		parent: parent, key: n.at, size: uint32(len(n.text)), next: t.last,
		kind: kind, escaped: n.escaped(c.src), sum: n.sum,
	}
	id := uint32(len(c.entries))
	t.seen |= n.sum.bit()
	t.last = id
	t.count++
	count := t.count
	c.push(e)
	if e.escaped {
		c.keepDecoded(id, n)
	}
	switch {
	case count == smallTable+1:
		for member := id; member != 0; member = c.entries[member].next {
			c.hash(member)
		}
	case count > smallTable:
		c.hash(id)
	}
	return id
}

// push appends an entry, with room for members if it can have some.
func (c *checker) push(e entry) uint32 {
	if e.kind >= dottedTable {
		e.table = uint32(len(c.tables))
		c.tables = append(c.tables, members{})
	}
	c.entries = append(c.entries, e)
	return uint32(len(c.entries)) - 1
}

// lookUp returns the member of a large table that has the name, or 0.
func (c *checker) lookUp(parent uint32, n name) uint32 {
	for slot := c.slot(parent, n.text); ; slot = (slot + 1) & (len(c.slots) - 1) {
		id := c.slots[slot]
		if id == 0 || c.entries[id].parent == parent && c.is(id, n) {
			return id
		}
	}
}

// hash makes lookUp find a member.
func (c *checker) hash(id uint32) {
	if c.taken++; 2*c.taken > len(c.slots) {
		c.grow()
	}
	c.place(id)
}

// grow doubles the slots. Members go in by age, as close needs it.
func (c *checker) grow() {
	hashed := slices.DeleteFunc(c.slots, func(id uint32) bool { return id == 0 })
	slices.Sort(hashed)
	c.slots = make([]uint32, 2*len(c.slots))
	for _, id := range hashed {
		c.place(id)
	}
}

// place puts a member into the first free slot.
func (c *checker) place(id uint32) {
	slot := c.slot(c.entries[id].parent, c.nameOf(id))
	for c.slots[slot] != 0 {
		slot = (slot + 1) & (len(c.slots) - 1)
	}
	c.slots[slot] = id
}

func (c *checker) slot(parent uint32, text []byte) int {
	return int(mix(maphash.Bytes(c.seed, text), parent)) & (len(c.slots) - 1)
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

// path returns the path of an entry in TOML's spelling.
func (c *checker) path(id uint32) []byte {
	var ids []uint32
	for ; id != rootEntry; id = c.entries[id].parent {
		ids = append(ids, id)
	}
	var path []byte
	for i := len(ids) - 1; i >= 0; i-- {
		if e := &c.entries[ids[i]]; e.kind == tableElement {
			path = appendIndex(path, int(e.size))
		} else {
			path = appendKey(path, string(c.nameOf(ids[i])))
		}
	}
	return path
}

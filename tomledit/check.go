package tomledit

import "slices"

// checker knows what a document has defined so far and refuses what TOML forbids to define again. It holds the tables
// and keys of the headers and of the lines below them; those of an inline table come and go, for nothing can be added to
// it once it is closed.
type checker struct {
	src     []byte
	entries []entry
	ids     map[member]uint32 // members of large tables
}

// smallTable is the number of members up to which a table is searched one by one and not by a hash.
const smallTable = 16

// rootEntry is the table that holds the document. It is a member of no table, so where a member is expected it means
// that there is none.
const rootEntry = 0

// member is a key of a table.
type member struct {
	table uint32
	key   string
}

// entry is one thing that has been defined.
type entry struct {
	parent   uint32
	at       uint32 // offset of the key token that defined it
	index    uint32 // of an element of an array of tables
	next     uint32 // the member of the same table that came before
	last     uint32 // of a table or array of tables: the member or element that came last
	count    uint32 // of a table or array of tables: how many there are
	seen     uint64 // of a table: a bit for each key, by its sum
	recorded place  // of a table or array of tables
	kind     entryKind
}

type entryKind uint8

const (
	scalarEntry      entryKind = iota
	arrayEntry                 // in brackets
	inlineTableEntry           // in braces
	dottedTable                // defined by a dotted key
	impliedTable               // defined by a longer header
	headerTable                // defined by its own header
	tableArray                 // defined by headers in double brackets
	tableElement               // one element of it
)

// name is a key in the source.
type name struct {
	at   uint32 // offset of its token
	size uint32 // bytes of its token
	text []byte // decoded
}

// conflict is a definition that TOML forbids.
type conflict struct {
	name    name
	first   uint32 // offset of the definition that it conflicts with
	message string // with %d for the line of that definition
	hint    string
}

func newChecker(src []byte, root place) *checker {
	entries := make([]entry, 1, 1+len(src)/256) // a guess that saves growing
	entries[rootEntry] = entry{kind: headerTable, recorded: root}
	return &checker{src: src, entries: entries, ids: map[member]uint32{}}
}

// define defines a member of a table and reports whether it is new. The kinds impliedTable and dottedTable are for the
// keys on the way to the last one. A header that leads through an array of tables goes on in its last element.
func (c *checker) define(table uint32, n name, as entryKind) (id uint32, made bool, err *conflict) {
	id = c.find(table, n)
	if id == rootEntry {
		return c.add(table, n, as), true, nil
	}
	e := &c.entries[id]
	switch {
	case as == impliedTable && e.kind == tableArray:
		return e.last, false, nil
	case as == impliedTable && e.kind >= dottedTable,
		as == dottedTable && e.kind == dottedTable,
		as == tableArray && e.kind == tableArray:
		return id, false, nil
	case as == headerTable && e.kind == impliedTable:
		e.kind, e.at = headerTable, n.at
		return id, false, nil
	}
	message, hint := clash(as, e.kind)
	return 0, false, &conflict{n, e.at, message, hint}
}

// clash says why a key cannot be defined as one thing after it was defined as another.
func clash(as, was entryKind) (message, hint string) {
	switch {
	case as <= inlineTableEntry:
		return "already defined on line %d", ""
	case as == headerTable && was == headerTable:
		return "already defined on line %d", "put its keys under one header"
	case was == scalarEntry:
		return "already a value on line %d, not a table", ""
	case was == inlineTableEntry:
		return "already a table in braces on line %d", "nothing can be added to it; write all keys inside the braces"
	case was == arrayEntry && as == tableArray:
		return "already an array in brackets on line %d", "nothing can be added to it; write all elements in one of the two ways"
	case was == arrayEntry:
		return "already an array in brackets on line %d, not a table", "nothing can be added to it"
	case as == tableArray:
		return "already a table on line %d, not an array of tables", "write both headers in double brackets"
	case as == dottedTable:
		return "already defined by a header on line %d", "a dotted key cannot add to it; write the key under that header"
	case was == tableArray:
		return "already an array of tables on line %d", "write the header in double brackets to add an element"
	default:
		return "already defined by a dotted key on line %d", "a header cannot add to it; write the keys where it is defined"
	}
}

// bitOf spreads keys over the bits of a word.
func bitOf(key []byte) uint64 { return 1 << (sumOf(key) % 64) }

// find returns the member of a table that has the name, or rootEntry.
func (c *checker) find(table uint32, n name) uint32 {
	t := &c.entries[table]
	switch {
	case t.seen&bitOf(n.text) == 0:
		return rootEntry
	case t.count > smallTable:
		return c.ids[member{table, string(n.text)}]
	}
	id := t.last
	for id != rootEntry && !keyIs(c.src, c.entries[id].at, n.text) {
		id = c.entries[id].next
	}
	return id
}

// add adds a member that find did not find.
func (c *checker) add(table uint32, n name, kind entryKind) uint32 {
	id := c.push(entry{parent: table, at: n.at, next: c.entries[table].last, kind: kind})
	t := &c.entries[table]
	t.last = id
	t.seen |= bitOf(n.text)
	t.count++
	switch {
	case t.count == smallTable+1:
		for m := id; m != rootEntry; m = c.entries[m].next {
			c.ids[c.memberOf(m)] = m
		}
	case t.count > smallTable:
		c.ids[c.memberOf(id)] = id
	}
	return id
}

func (c *checker) memberOf(id uint32) member {
	e := &c.entries[id]
	return member{e.parent, keyText(c.src, e.at)}
}

// addElement adds an element to an array of tables.
func (c *checker) addElement(array uint32, n name) uint32 {
	id := c.push(entry{parent: array, at: n.at, index: c.entries[array].count, kind: tableElement})
	a := &c.entries[array]
	a.last = id
	a.count++
	return id
}

func (c *checker) push(e entry) uint32 {
	c.entries = append(c.entries, e)
	return uint32(len(c.entries)) - 1
}

// open returns a table for the members of an inline table. It goes with close, and all that was defined since.
func (c *checker) open(recorded place) uint32 {
	return c.push(entry{kind: headerTable, recorded: recorded})
}

// close forgets the table that open returned and all later entries.
func (c *checker) close(scope uint32) {
	for id := scope + 1; int(id) < len(c.entries); id++ {
		if c.entries[c.entries[id].parent].count > smallTable {
			delete(c.ids, c.memberOf(id))
		}
	}
	c.entries = c.entries[:scope]
}

// path returns the path of an entry in TOML's spelling.
func (c *checker) path(id uint32) []byte {
	var ids []uint32
	for ; id != rootEntry; id = c.entries[id].parent {
		ids = append(ids, id)
	}
	var path []byte
	for _, id := range slices.Backward(ids) {
		if e := &c.entries[id]; e.kind == tableElement {
			path = appendIndex(path, int(e.index))
		} else {
			path = appendKey(path, keyText(c.src, e.at))
		}
	}
	return path
}

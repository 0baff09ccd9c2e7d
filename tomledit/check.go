package tomledit

// checker knows what a document has defined so far and refuses what TOML forbids to define again. One checker holds
// the tables and keys of the headers and of the lines below them. An inline table has its own, for nothing can be added
// to it once it is closed.
type checker struct {
	src     []byte
	entries []entry
	ids     map[member]uint32
}

// rootEntry is the table that a checker starts with. It is a member of no table, so where a member is expected it means
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
	last     uint32 // of an array of tables: the entry of its last element
	index    uint32 // of an element: its index
	kind     entryKind
	recorded place // of a table or array of tables
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
	first   uint32 // offset of the definition that stands in its way
	message string // with %d for the line of that definition
	hint    string
}

func newChecker(src []byte, root place) *checker {
	return &checker{src: src, entries: []entry{{kind: headerTable, recorded: root}}, ids: map[member]uint32{}}
}

// define defines a member of a table and reports whether it is new. The kinds impliedTable and dottedTable are for the
// keys on the way to the last one. A header that leads through an array of tables goes on in its last element.
func (c *checker) define(table uint32, n name, as entryKind) (id uint32, made bool, err *conflict) {
	id = c.ids[member{table, string(n.text)}]
	if id == rootEntry {
		id = c.push(entry{parent: table, at: n.at, kind: as})
		c.ids[member{table, string(n.text)}] = id
		return id, true, nil
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

// addElement adds an element to an array of tables.
func (c *checker) addElement(array uint32, n name) uint32 {
	index := uint32(0)
	if last := c.entries[array].last; last != rootEntry {
		index = c.entries[last].index + 1
	}
	id := c.push(entry{parent: array, at: n.at, index: index, kind: tableElement})
	c.entries[array].last = id
	return id
}

func (c *checker) push(e entry) uint32 {
	c.entries = append(c.entries, e)
	return uint32(len(c.entries)) - 1
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
			path = appendIndex(path, int(e.index))
		} else {
			path = appendKey(path, keyText(c.src, e.at))
		}
	}
	return path
}

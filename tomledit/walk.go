package tomledit

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// This file alone touches go-toml's unstable parser. What it takes from it, and what it must not, is pinned by
// TestParserContract.

// smallTable is the number of members up to which keys are compared one by one and not by a hash.
const smallTable = 16

// walker goes over a document once: the parser checks the grammar, the checker what TOML forbids beyond it,
// and the values that the matcher asks for are recorded.
type walker struct {
	doc    *Document
	src    []byte
	base   uint32 // bytes before what the parser sees: the byte order mark
	parser unstable.Parser
	keep   *matcher
	check  *checker
	keys   []*unstable.Node // of the inline tables being read, the outermost first

	section uint32         // entry of the table that the last header opened
	expr    *unstable.Node // being read, for errors
}

// place is where a recorded value goes: the node of its table or array and the state of the matcher there.
type place struct {
	node  uint32
	state uint32
}

func newWalker(d *Document, m *matcher) *walker {
	w := &walker{doc: d, src: d.src, keep: m, check: newChecker(d.src)}
	if bytes.HasPrefix(d.src, utf8Mark) {
		w.base = uint32(len(utf8Mark))
	}
	w.check.entries[rootEntry].state = begin
	w.doc.tree.add(node{key: w.base, start: w.base, end: w.base, kind: Table})
	return w
}

func (w *walker) walk() error {
	data := w.src[w.base:]
	w.parser.Reset(data)
	for w.parser.NextExpression() {
		w.expr = w.parser.Expression()
		var err error
		switch w.expr.Kind {
		case unstable.KeyValue:
			err = w.keyValue(w.section, w.expr)
		case unstable.Table:
			err = w.header(w.expr)
		default:
			err = w.elementHeader(w.expr)
		}
		if err != nil {
			return err
		}
	}
	if err := w.parser.Error(); err != nil {
		return w.syntaxError(err)
	}
	return nil
}

// header reads [a.b.c].
func (w *walker) header(expr *unstable.Node) error {
	last, parent, err := w.supers(expr)
	if err != nil {
		return err
	}
	n := w.name(last)
	id, made, clash := w.check.table(parent, n)
	if clash != nil {
		return w.conflict(clash, parent)
	}
	if made {
		w.recordTable(parent, id, n, last)
	}
	w.section = id
	return nil
}

// elementHeader reads [[a.b.c]].
func (w *walker) elementHeader(expr *unstable.Node) error {
	last, parent, err := w.supers(expr)
	if err != nil {
		return err
	}
	n := w.name(last)
	array, element, made, clash := w.check.tableElement(parent, n)
	if clash != nil {
		return w.conflict(clash, parent)
	}
	if made {
		w.recordArray(parent, array, n, last)
	}
	w.recordElement(array, element, last)
	w.section = element
	return nil
}

// supers enters the tables before the last key of a header. It returns the last key and the entry of the
// table that it belongs to.
func (w *walker) supers(expr *unstable.Node) (last *unstable.Node, parent uint32, err error) {
	parent = rootEntry
	key := expr.Child()
	for next := key.Next(); next != nil; key, next = next, next.Next() {
		n := w.name(key)
		id, made, clash := w.check.super(parent, n)
		if clash != nil {
			return nil, 0, w.conflict(clash, parent)
		}
		if made {
			w.recordTable(parent, id, n, key)
		}
		parent = id
	}
	return key, parent, nil
}

// keyValue reads a.b.c = value in the table of an entry.
func (w *walker) keyValue(parent uint32, kv *unstable.Node) error {
	value := kv.Child()
	key := value.Next()
	for next := key.Next(); next != nil; key, next = next, next.Next() {
		n := w.name(key)
		id, made, clash := w.check.dotted(parent, n)
		if clash != nil {
			return w.conflict(clash, parent)
		}
		if made {
			w.recordTable(parent, id, n, key)
		}
		parent = id
	}
	n := w.name(key)
	if _, clash := w.check.value(parent, n, entryKindOf(value)); clash != nil {
		return w.conflict(clash, parent)
	}
	table := &w.check.entries[parent]
	return w.member(place{table.node, table.state}, kv, key, value)
}

func entryKindOf(value *unstable.Node) entryKind {
	switch value.Kind {
	case unstable.Array:
		return arrayEntry
	case unstable.InlineTable:
		return inlineTableEntry
	}
	return scalarEntry
}

// member reads the value of a key that is known to be new.
func (w *walker) member(in place, kv, key, value *unstable.Node) error {
	if in.state != nothing {
		if state := w.keep.member(in.state, key.Data); state != nothing {
			start := value.Raw.Offset + w.base
			if value.Kind == unstable.Array {
				start = w.valueStart(key)
			}
			end := kv.Raw.Offset + kv.Raw.Length + w.base
			id := w.doc.tree.add(node{
				key: key.Raw.Offset + w.base, start: start, end: end,
				parent: in.node, kind: kindOf(value.Kind), flags: inlineFlag(value.Kind),
			})
			_, err := w.contents(place{id, state}, value, start)
			return err
		}
	}
	_, err := w.contents(place{}, value, 0)
	return err
}

// contents reads what is in a value. If the value is recorded it returns the offset behind its last member or
// element as far as that is known; at is where the value starts.
func (w *walker) contents(in place, value *unstable.Node, at uint32) (end uint32, err error) {
	switch value.Kind {
	case unstable.String, unstable.Bool:
		return 0, nil
	case unstable.InlineTable:
		return w.inlineTable(in, value)
	case unstable.Array:
		if in.state != nothing {
			if state := w.keep.element(in.state); state != nothing {
				return w.elements(place{in.node, state}, value, at+1)
			}
		}
		for e := value.Child(); e != nil; e = e.Next() {
			if _, err := w.contents(place{}, e, 0); err != nil {
				return 0, err
			}
		}
		return 0, nil
	default:
		return 0, w.scalar(value)
	}
}

// inlineTable reads { }. It returns the offset behind the last member, or behind the brace if there is none.
func (w *walker) inlineTable(in place, table *unstable.Node) (end uint32, err error) {
	first := len(w.keys)
	end = table.Raw.Offset + 1
	var seen uint64 // one bit for each key so far, by a small hash
	for kv := table.Child(); kv != nil; kv = kv.Next() {
		value := kv.Child()
		key := value.Next()
		if key.Next() != nil || len(w.keys)-first == smallTable {
			return w.largeInlineTable(in, table, kv)
		}
		bit := keyBit(key.Data)
		if seen&bit != 0 {
			for _, k := range w.keys[first:] {
				if string(k.Data) == string(key.Data) {
					return 0, w.duplicate(key, k)
				}
			}
		}
		seen |= bit
		w.keys = append(w.keys, key)
		if err := w.member(in, kv, key, value); err != nil {
			return 0, err
		}
		end = kv.Raw.Offset + kv.Raw.Length
	}
	w.keys = w.keys[:first]
	return end + w.base, nil
}

// keyBit spreads the keys of a table over 64 bits. Equal keys have equal bits.
func keyBit(key []byte) uint64 {
	h := uint(len(key))
	if h > 0 {
		h = h*5 + uint(key[0])*3 + uint(key[h-1])
	}
	return 1 << (h & 63)
}

// largeInlineTable goes on with an inline table that has many members or dotted keys, from the member at which
// that came out. The members before it have been read.
func (w *walker) largeInlineTable(in place, table, from *unstable.Node) (end uint32, err error) {
	scope := w.check.open(table.Raw.Offset + w.base)
	w.check.entries[scope].node, w.check.entries[scope].state = in.node, in.state
	kv := table.Child()
	for ; kv != from; kv = kv.Next() {
		w.keys = w.keys[:len(w.keys)-1]
		value := kv.Child()
		if _, clash := w.check.value(scope, w.name(value.Next()), entryKindOf(value)); clash != nil {
			return 0, w.conflict(clash, scope)
		}
	}
	for ; kv != nil; kv = kv.Next() {
		if err := w.keyValue(scope, kv); err != nil {
			return 0, err
		}
		end = kv.Raw.Offset + kv.Raw.Length
	}
	w.check.close(scope)
	return end + w.base, nil
}

// elements records the elements of an array in brackets; at is the offset behind the opening one. It returns
// the offset behind the last element.
func (w *walker) elements(in place, array *unstable.Node, at uint32) (end uint32, err error) {
	for e := array.Child(); e != nil; e = e.Next() {
		start, end := e.Raw.Offset+w.base, e.Raw.Offset+e.Raw.Length+w.base
		if e.Kind == unstable.Array {
			start = skipBlank(w.src, at)
		}
		id := w.doc.tree.add(node{
			key: start, start: start, end: end,
			parent: in.node, kind: kindOf(e.Kind), flags: element | inlineFlag(e.Kind),
		})
		inside, err := w.contents(place{id, in.state}, e, start)
		if err != nil {
			return 0, err
		}
		switch {
		case e.Kind == unstable.InlineTable:
			end = skipBlank(w.src, inside) + 1
		case e.Kind == unstable.Array && inside != 0:
			end = skipBlank(w.src, inside) + 1
		case e.Kind == unstable.Array:
			end = skipArray(w.src, start)
		}
		w.doc.tree.at(id).end = end
		at = end
	}
	return at, nil
}

// recordTable records the table that a header or a dotted key makes, if the matcher asks for it.
func (w *walker) recordTable(parent, id uint32, n name, key *unstable.Node) {
	w.recordMade(parent, id, n, key, Table)
}

// recordArray records an array of tables.
func (w *walker) recordArray(parent, id uint32, n name, key *unstable.Node) {
	w.recordMade(parent, id, n, key, Array)
}

func (w *walker) recordMade(parent, id uint32, n name, key *unstable.Node, kind Kind) {
	in := &w.check.entries[parent]
	if in.state == nothing {
		return
	}
	made := &w.check.entries[id]
	if made.state = w.keep.member(in.state, n.text); made.state != nothing {
		made.node = w.doc.tree.add(node{
			key: n.at, start: n.at, end: n.at + key.Raw.Length, parent: in.node, kind: kind,
		})
	}
}

// recordElement records an element of an array of tables.
func (w *walker) recordElement(array, id uint32, key *unstable.Node) {
	in := &w.check.entries[array]
	if in.state == nothing {
		return
	}
	made := &w.check.entries[id]
	if made.state = w.keep.element(in.state); made.state != nothing {
		at := key.Raw.Offset + w.base
		made.node = w.doc.tree.add(node{
			key: at, start: at, end: at + key.Raw.Length, parent: in.node, kind: Table, flags: element,
		})
	}
}

// name returns a key as the checker wants it.
func (w *walker) name(key *unstable.Node) name {
	return name{at: key.Raw.Offset + w.base, size: key.Raw.Length, text: key.Data}
}

// valueStart returns where the value of a key starts: behind blanks, the equals sign and blanks.
func (w *walker) valueStart(key *unstable.Node) uint32 {
	at := key.Raw.Offset + key.Raw.Length + w.base
	for w.src[at] != '=' {
		at++
	}
	for at++; w.src[at] == ' ' || w.src[at] == '\t'; at++ {
	}
	return at
}

// scalar checks what the parser leaves open in numbers, dates and times.
func (w *walker) scalar(value *unstable.Node) error {
	var fault string
	switch token := value.Data; value.Kind {
	case unstable.Integer:
		if !integerFits(token) {
			fault = "the integer does not fit in 64 bits"
		}
	case unstable.Float:
		if !floatFits(token) {
			fault = "the number does not fit in a 64-bit float"
		}
	case unstable.LocalDate:
		fault = dateFault(token)
	case unstable.LocalTime:
		fault = timeFault(token)
	case unstable.LocalDateTime:
		fault = localDateTimeFault(token)
	case unstable.DateTime:
		fault = dateTimeFault(token)
	}
	if fault == "" {
		return nil
	}
	start := value.Raw.Offset + w.base
	return w.fault(start, start+value.Raw.Length, fault, "")
}

func kindOf(kind unstable.Kind) Kind {
	switch kind {
	case unstable.InlineTable:
		return Table
	case unstable.Array:
		return Array
	case unstable.String:
		return String
	case unstable.Integer:
		return Integer
	case unstable.Float:
		return Float
	case unstable.Bool:
		return Bool
	case unstable.DateTime:
		return DateTime
	case unstable.LocalDateTime:
		return LocalDateTime
	case unstable.LocalDate:
		return LocalDate
	case unstable.LocalTime:
		return LocalTime
	}
	return Invalid
}

func inlineFlag(kind unstable.Kind) nodeFlags {
	if kind == unstable.InlineTable || kind == unstable.Array {
		return inline
	}
	return 0
}

// The functions below run once, for the error that ends the walk.

// conflict makes the error for a definition that TOML forbids in the table of an entry.
func (w *walker) conflict(c *conflict, table uint32) error {
	first := w.check.entries[c.entry].key
	return w.redefined(c.name.at, c.name.size, c.verb, c.hint, first)
}

// duplicate makes the error for the second of two equal keys of an inline table.
func (w *walker) duplicate(key, first *unstable.Node) error {
	return w.redefined(key.Raw.Offset+w.base, key.Raw.Length, "already defined", "", first.Raw.Offset+w.base)
}

func (w *walker) redefined(at, size uint32, verb, hint string, first uint32) error {
	line := positionIn(w.src, int(first)).Line
	return w.fault(at, at+size, verb+" on line "+strconv.Itoa(line), hint)
}

// fault makes the error for a token of the expression being read.
func (w *walker) fault(start, end uint32, message, hint string) error {
	e := newError(w.doc.name, w.src, int(start), int(end), message, hint)
	e.Key = w.pathTo(start)
	return e
}

// pathTo returns the path of the key or value that starts at the offset, in the expression being read.
func (w *walker) pathTo(at uint32) string {
	if w.expr.Kind != unstable.KeyValue {
		return string(w.keyPath(nil, w.expr.Child(), at-w.base))
	}
	path, _ := w.memberPath(w.check.path(w.section), w.expr, at-w.base)
	return string(path)
}

// keyPath adds the parts of a dotted key to a path, up to the one at the offset.
func (w *walker) keyPath(path []byte, key *unstable.Node, at uint32) []byte {
	for ; key != nil; key = key.Next() {
		path = appendKey(path, string(key.Data))
		if key.Raw.Offset == at {
			break
		}
	}
	return path
}

// memberPath adds the path to an offset within a key and its value; false if the offset is not in there.
func (w *walker) memberPath(path []byte, kv *unstable.Node, at uint32) ([]byte, bool) {
	if at < kv.Raw.Offset || at >= kv.Raw.Offset+kv.Raw.Length {
		return path, false
	}
	value := kv.Child()
	path = w.keyPath(path, value.Next(), at)
	path, _ = w.valuePath(path, value, at)
	return path, true
}

// valuePath adds the path to an offset within a value.
func (w *walker) valuePath(path []byte, value *unstable.Node, at uint32) ([]byte, bool) {
	i := 0
	for inside := value.Child(); inside != nil; inside = inside.Next() {
		if inside.Kind == unstable.KeyValue {
			if longer, ok := w.memberPath(path, inside, at); ok {
				return longer, true
			}
		} else if longer, ok := w.valuePath(appendIndex(path[:len(path):len(path)], i), inside, at); ok {
			return longer, true
		}
		i++
	}
	return path, value.Raw.Offset <= at && at < value.Raw.Offset+value.Raw.Length
}

// syntaxError makes the error for what the parser refused.
func (w *walker) syntaxError(err error) error {
	var refused *unstable.ParserError
	if !errors.As(err, &refused) {
		return newError(w.doc.name, w.src, len(w.src), len(w.src), err.Error(), "")
	}
	r := w.parser.Range(refused.Highlight)
	start, end := int(r.Offset+w.base), int(r.Offset+r.Length+w.base)
	message, hint := explain(refused.Message, w.src[start:])
	return newError(w.doc.name, w.src, start, end, message, hint)
}

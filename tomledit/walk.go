package tomledit

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/pelletier/go-toml/v2/unstable"
)

// This file alone touches go-toml's unstable parser. What it takes from it, and what it must not, is pinned by
// TestParserContract.

// walker goes over a document once: the parser checks the grammar, the checker what TOML forbids beyond it,
// and the values that the matcher asks for are recorded.
type walker struct {
	doc    *Document
	src    []byte
	base   uint32 // bytes before what the parser sees: the byte order mark
	parser unstable.Parser
	keep   *matcher
	check  checker

	section uint32         // entry of the table that the last header opened
	expr    *unstable.Node // being read, for errors
}

// walkers keeps the memory of walks that are over, most of it the parser's tree, for those to come.
var walkers = sync.Pool{New: func() any { return new(walker) }}

// mostKept is the size in bytes of the sources up to which the memory of a walk is kept. More is better given back at once.
const mostKept = 16 << 20

// walk goes over the source of a document.
func walk(d *Document, m *matcher) error {
	w, _ := walkers.Get().(*walker)
	w.reset(d, m)
	err := w.walk()
	if len(d.src) <= mostKept {
		w.release()
		walkers.Put(w)
	}
	return err
}

func (w *walker) reset(d *Document, m *matcher) {
	w.doc, w.src, w.base, w.keep = d, d.src, 0, m
	w.section, w.expr = rootEntry, nil
	w.check.reset(d.src)
	if bytes.HasPrefix(d.src, utf8Mark) {
		w.base = uint32(len(utf8Mark))
	}
	w.check.tables[rootEntry].at.state = begin
	_, root := w.doc.tree.push()
	root.key, root.start, root.end, root.form = w.base, w.base, w.base, form(Table)
}

// release lets go of the document. The parser's tree still refers to its source until it is written over.
func (w *walker) release() {
	w.doc, w.src, w.keep, w.expr = nil, nil, nil, nil
	w.check.src, w.check.escaped = nil, nil
	w.parser.Reset(nil)
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
		return w.conflict(clash)
	}
	if made {
		w.recordTable(parent, id, n)
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
		return w.conflict(clash)
	}
	if made {
		w.recordArray(parent, array, n)
	}
	w.recordElement(array, element, n)
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
			return nil, 0, w.conflict(clash)
		}
		if made {
			w.recordTable(parent, id, n)
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
			return w.conflict(clash)
		}
		if made {
			w.recordTable(parent, id, n)
		}
		parent = id
	}
	n := w.name(key)
	if clash := w.check.value(parent, n, entryKindOf(value)); clash != nil {
		return w.conflict(clash)
	}
	return w.member(w.check.members(parent).at, n.sum, kv, key, value)
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
func (w *walker) member(in place, sum keySum, kv, key, value *unstable.Node) error {
	if in.state == nothing {
		return w.unrecorded(value)
	}
	state, known := w.keep.member(in.state, key.Data)
	if state == nothing {
		return w.unrecorded(value)
	}
	start := value.Raw.Offset + w.base
	if value.Kind == unstable.Array {
		start = w.valueStart(key)
	}
	id, n := w.doc.tree.add(in)
	n.key, n.start, n.end = key.Raw.Offset+w.base, start, kv.Raw.Offset+kv.Raw.Length+w.base
	n.form, n.word, n.sum = forms[value.Kind], known, sum
	if value.Kind == unstable.Integer {
		n.last = knownNumber(value.Data)
		return w.scalar(value)
	}
	_, err := w.contents(place{node: id, state: state}, value, start)
	return err
}

// unrecorded checks a value that is not recorded.
func (w *walker) unrecorded(value *unstable.Node) error {
	switch value.Kind {
	case unstable.String, unstable.Bool:
		return nil
	case unstable.InlineTable:
		_, err := w.inlineTable(place{}, value)
		return err
	case unstable.Array:
		for e := value.Child(); e != nil; e = e.Next() {
			if err := w.unrecorded(e); err != nil {
				return err
			}
		}
		return nil
	default:
		return w.scalar(value)
	}
}

// contents reads what is in a recorded value that starts at the offset. It returns the offset behind the last
// member or element, or 0 if that is not known.
func (w *walker) contents(in place, value *unstable.Node, at uint32) (end uint32, err error) {
	switch value.Kind {
	case unstable.InlineTable:
		return w.inlineTable(in, value)
	case unstable.Array:
		if in.state = w.keep.element(in.state); in.state != nothing {
			return w.elements(in, value, at+1)
		}
	}
	return 0, w.unrecorded(value)
}

// inlineTable reads { }. It returns the offset behind the last member, or behind the brace if there is none.
func (w *walker) inlineTable(in place, table *unstable.Node) (end uint32, err error) {
	end = table.Raw.Offset + 1
	members := 0
	var seen uint64 // one bit for each key so far, by its sum
	for kv := table.Child(); kv != nil; kv = kv.Next() {
		value := kv.Child()
		key := value.Next()
		if key.Next() != nil || members == smallTable {
			return w.largeInlineTable(in, table, kv)
		}
		members++
		sum := sumOf(key.Data)
		if seen&sum.bit() != 0 {
			if first := earlier(table, kv, key); first != nil {
				return 0, w.duplicate(key, first)
			}
		}
		seen |= sum.bit()
		if err := w.member(in, sum, kv, key, value); err != nil {
			return 0, err
		}
		end = kv.Raw.Offset + kv.Raw.Length
	}
	return end + w.base, nil
}

// earlier returns the key of a member before kv that equals the key, if there is one.
func earlier(table, kv, key *unstable.Node) *unstable.Node {
	for other := table.Child(); other != kv; other = other.Next() {
		if k := other.Child().Next(); string(k.Data) == string(key.Data) {
			return k
		}
	}
	return nil
}

// largeInlineTable goes on with an inline table that has many members or dotted keys, from the member at which
// that came out. The members before it have been read.
func (w *walker) largeInlineTable(in place, table, from *unstable.Node) (end uint32, err error) {
	scope := w.check.open(table.Raw.Offset + w.base)
	w.check.members(scope).at = in
	kv := table.Child()
	for ; kv != from; kv = kv.Next() {
		value := kv.Child()
		if clash := w.check.value(scope, w.name(value.Next()), entryKindOf(value)); clash != nil {
			return 0, w.conflict(clash)
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
	index := uint32(0)
	for e := array.Child(); e != nil; e = e.Next() {
		start, end := e.Raw.Offset+w.base, e.Raw.Offset+e.Raw.Length+w.base
		if e.Kind == unstable.Array {
			start = skipBlank(w.src, at)
		}
		id, n := w.doc.tree.add(in)
		n.key, n.start, n.end = index, start, end
		n.form = forms[e.Kind] | element
		index++
		inside, err := w.contents(place{node: id, state: in.state}, e, start)
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
		n.end = end
		at = end
	}
	return at, nil
}

// recordTable records the table that a header or a dotted key makes, if the matcher asks for it.
func (w *walker) recordTable(parent, id uint32, n name) {
	w.recordMade(parent, id, n, Table)
}

// recordArray records an array of tables.
func (w *walker) recordArray(parent, id uint32, n name) {
	w.recordMade(parent, id, n, Array)
}

func (w *walker) recordMade(parent, id uint32, n name, kind Kind) {
	in, made := w.check.members(parent).at, &w.check.members(id).at
	if in.state == nothing {
		return
	}
	var known word
	if made.state, known = w.keep.member(in.state, n.text); made.state != nothing {
		id, table := w.doc.tree.add(in)
		table.key, table.start, table.end = n.at, n.at, n.at+n.size
		table.form, table.word, table.sum = form(kind), known, n.sum
		made.node = id
	}
}

// recordElement records an element of an array of tables.
func (w *walker) recordElement(array, id uint32, n name) {
	in, made := w.check.members(array).at, &w.check.members(id).at
	if in.state == nothing {
		return
	}
	if made.state = w.keep.element(in.state); made.state != nothing {
		node, table := w.doc.tree.add(in)
		table.key, table.start, table.end = w.check.entries[id].size, n.at, n.at+n.size
		table.form = form(Table) | element
		made.node = node
	}
}

// name returns a key as the checker wants it.
func (w *walker) name(key *unstable.Node) name {
	return name{at: key.Raw.Offset + w.base, size: key.Raw.Length, text: key.Data, sum: sumOf(key.Data)}
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

// forms says what a value of the parser's kind is recorded as.
var forms = [...]form{
	unstable.InlineTable:   form(Table) | inline,
	unstable.Array:         form(Array) | inline,
	unstable.String:        form(String),
	unstable.Integer:       form(Integer),
	unstable.Float:         form(Float),
	unstable.Bool:          form(Bool),
	unstable.DateTime:      form(DateTime),
	unstable.LocalDateTime: form(LocalDateTime),
	unstable.LocalDate:     form(LocalDate),
	unstable.LocalTime:     form(LocalTime),
}

// The functions below run once, for the error that ends the walk.

// conflict makes the error for a definition that TOML forbids.
func (w *walker) conflict(c *conflict) error {
	first := w.check.entries[c.entry].key
	return w.redefined(c.name.at, c.name.size, c.message, c.hint, first)
}

// duplicate makes the error for the second of two equal keys of an inline table.
func (w *walker) duplicate(key, first *unstable.Node) error {
	return w.redefined(key.Raw.Offset+w.base, key.Raw.Length, "already defined on line %d", "", first.Raw.Offset+w.base)
}

func (w *walker) redefined(at, size uint32, message, hint string, first uint32) error {
	return w.fault(at, at+size, fmt.Sprintf(message, positionIn(w.src, int(first)).Line), hint)
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

// valuePath adds the path to an offset within a value. Without success the path is as before, but for the room
// behind it, which the next try needs as well.
func (w *walker) valuePath(path []byte, value *unstable.Node, at uint32) ([]byte, bool) {
	i := 0
	for inside := value.Child(); inside != nil; inside = inside.Next() {
		var longer []byte
		var ok bool
		if inside.Kind == unstable.KeyValue {
			longer, ok = w.memberPath(path, inside, at)
		} else {
			longer, ok = w.valuePath(appendIndex(path, i), inside, at)
		}
		if ok {
			return longer, true
		}
		path = longer[:len(path)]
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
	start, end := wholeCharacters(w.src, int(r.Offset+w.base), int(r.Offset+r.Length+w.base))
	message, hint := explain(refused.Message, w.src, start)
	return newError(w.doc.name, w.src, start, end, message, hint)
}

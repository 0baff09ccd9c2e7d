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
// and the values that the keeper asks for are recorded.
type walker struct {
	doc    *Document
	src    []byte
	base   uint32 // bytes before what the parser sees: the byte order mark
	parser unstable.Parser
	keep   keeper
	check  *checker

	section uint32         // entry of the table that the last header opened
	expr    *unstable.Node // being read, for errors
}

func newWalker(d *Document, keep keeper) *walker {
	w := &walker{doc: d, src: d.src, keep: keep}
	if bytes.HasPrefix(d.src, utf8Mark) {
		w.base = uint32(len(utf8Mark))
	}
	top := w.keep.start()
	d.tree.words = w.keep.words
	_, root := d.tree.push()
	root.key, root.start, root.end, root.form = w.base, w.base, w.base, form(Table)
	w.check = newChecker(d.src, top)
	return w
}

func (w *walker) walk() error {
	w.parser.Reset(w.src[w.base:])
	for w.parser.NextExpression() {
		w.expr = w.parser.Expression()
		var err error
		if w.expr.Kind == unstable.KeyValue {
			err = w.keyValue(w.section, w.expr)
		} else {
			err = w.header(w.expr)
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

// header reads [a.b.c] or [[a.b.c]].
func (w *walker) header(expr *unstable.Node) error {
	table, key, err := w.enter(rootEntry, expr.Child(), impliedTable)
	if err != nil {
		return err
	}
	if expr.Kind == unstable.Table {
		w.section, err = w.define(table, key, headerTable)
		return err
	}
	array, err := w.define(table, key, tableArray)
	if err != nil {
		return err
	}
	w.section = w.check.addElement(array, w.name(key))
	e := &w.check.entries[w.section]
	e.recorded = w.record(w.check.entries[array].recorded, w.name(key), elementCode, form(Table)|element)
	if e.recorded.paths != 0 {
		w.doc.tree.at(e.recorded.node).key = e.index
	}
	return nil
}

// enter enters the tables before the last key of a header or of a dotted key, and defines those that are not there. It
// returns the last key and the entry of the table that it belongs to.
func (w *walker) enter(table uint32, key *unstable.Node, as entryKind) (uint32, *unstable.Node, error) {
	for next := key.Next(); next != nil; key, next = next, next.Next() {
		var err error
		if table, err = w.define(table, key, as); err != nil {
			return 0, nil, err
		}
	}
	return table, key, nil
}

// define defines the table or array of tables that a key names and records it if it is new.
func (w *walker) define(table uint32, key *unstable.Node, as entryKind) (uint32, error) {
	n := w.name(key)
	id, made, clash := w.check.define(table, n, as)
	if clash != nil {
		return 0, w.conflict(clash)
	}
	if made {
		kind := form(Table)
		if as == tableArray {
			kind = form(Array)
		}
		w.check.entries[id].recorded = w.record(w.check.entries[table].recorded, n, codeOf(w.keep.words, n.text), kind)
	}
	return id, nil
}

// record records a table or array that has no token of its own, if the keeper asks for it.
func (w *walker) record(in place, n name, code uint16, f form) place {
	made := w.keep.step(in, code)
	if made.paths != 0 {
		var table *node
		made.node, table = w.doc.tree.add(in.node)
		table.key, table.start, table.end = n.at, n.at, n.at+n.size
		table.form, table.code = f, code
	}
	return made
}

// keyValue reads a.b.c = value in the table of an entry.
func (w *walker) keyValue(table uint32, kv *unstable.Node) error {
	value := kv.Child()
	table, key, err := w.enter(table, value.Next(), dottedTable)
	if err != nil {
		return err
	}
	if _, _, clash := w.check.define(table, w.name(key), entryKindOf(value)); clash != nil {
		return w.conflict(clash)
	}
	return w.member(w.check.entries[table].recorded, kv, key, value)
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
	if in.paths == 0 {
		return w.unrecorded(value)
	}
	code := codeOf(w.keep.words, key.Data)
	to := w.keep.step(in, code)
	if to.paths == 0 {
		return w.unrecorded(value)
	}
	start := value.Raw.Offset + w.base
	if value.Kind == unstable.Array {
		start = w.valueStart(key)
	}
	var n *node
	to.node, n = w.doc.tree.add(in.node)
	n.key, n.start, n.end = key.Raw.Offset+w.base, start, kv.Raw.Offset+kv.Raw.Length+w.base
	n.form, n.code = forms[value.Kind], code
	if value.Kind == unstable.Integer {
		n.last = knownNumber(value.Data)
	}
	_, err := w.contents(to, value, start)
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

// contents reads what is in a recorded value that starts at the offset. It returns the offset after the last
// member or element, or 0 if that is not known.
func (w *walker) contents(in place, value *unstable.Node, at uint32) (end uint32, err error) {
	switch value.Kind {
	case unstable.InlineTable:
		return w.inlineTable(in, value)
	case unstable.Array:
		if to := w.keep.step(in, elementCode); to.paths != 0 {
			to.node = in.node
			return w.elements(to, value, at+1)
		}
	}
	return 0, w.unrecorded(value)
}

// inlineTable reads { }. It returns the offset after the last member, or after the brace if there is none.
func (w *walker) inlineTable(in place, table *unstable.Node) (end uint32, err error) {
	end = table.Raw.Offset + 1
	plain, scope := isPlain(table), uint32(rootEntry)
	if !plain {
		scope = w.check.open(in)
		defer w.check.close(scope)
	}
	for kv := table.Child(); kv != nil; kv = kv.Next() {
		if plain {
			err = w.member(in, kv, kv.Child().Next(), kv.Child())
		} else {
			err = w.keyValue(scope, kv)
		}
		if err != nil {
			return 0, err
		}
		end = kv.Raw.Offset + kv.Raw.Length
	}
	return end + w.base, nil
}

// isPlain reports whether an inline table is seen at a look to need no checker: it has no dotted keys, and no two keys
// that could be equal.
func isPlain(table *unstable.Node) bool {
	seen := uint64(0)
	for kv := table.Child(); kv != nil; kv = kv.Next() {
		key := kv.Child().Next()
		bit := bitOf(key.Data)
		if seen&bit != 0 || key.Next() != nil {
			return false
		}
		seen |= bit
	}
	return true
}

// elements records the elements of an array in brackets; at is the offset after the opening one. It returns
// the offset after the last element.
func (w *walker) elements(in place, array *unstable.Node, at uint32) (end uint32, err error) {
	index := uint32(0)
	for e := array.Child(); e != nil; e = e.Next() {
		to := in
		start, end := e.Raw.Offset+w.base, e.Raw.Offset+e.Raw.Length+w.base
		if e.Kind == unstable.Array {
			start = skipBlank(w.src, at)
		}
		var n *node
		to.node, n = w.doc.tree.add(in.node)
		n.key, n.start, n.form = index, start, forms[e.Kind]|element
		index++
		inside, err := w.contents(to, e, start)
		switch {
		case err != nil:
			return 0, err
		case inside != 0:
			end = skipBlank(w.src, inside) + 1
		case e.Kind == unstable.Array:
			end = skipArray(w.src, start)
		}
		n.end = end
		at = end
	}
	return at, nil
}

// name returns a key as the checker takes it.
func (w *walker) name(key *unstable.Node) name {
	return name{at: key.Raw.Offset + w.base, size: key.Raw.Length, text: key.Data}
}

// valueStart returns where the value of a key starts: after blanks, the equals sign and blanks.
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
	case unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		fault = dateTimeFault(Kind(forms[value.Kind]), token)
	}
	if fault == "" {
		return nil
	}
	start := value.Raw.Offset + w.base
	return w.fault(start, start+value.Raw.Length, fault, "")
}

// forms says what a value of the parser's kind is recorded as.
var forms = [...]form{
	unstable.InlineTable:   form(Table),
	unstable.Array:         form(Array),
	unstable.String:        form(String),
	unstable.Integer:       form(Integer),
	unstable.Float:         form(Float),
	unstable.Bool:          form(Bool),
	unstable.DateTime:      form(DateTime),
	unstable.LocalDateTime: form(LocalDateTime),
	unstable.LocalDate:     form(LocalDate),
	unstable.LocalTime:     form(LocalTime),
}

var parsers = sync.Pool{New: func() any { return new(unstable.Parser) }}

// parseString returns the text of a string token.
func parseString(token []byte) string {
	p := parsers.Get().(*unstable.Parser)
	defer parsers.Put(p)
	p.Reset(append([]byte("k="), token...))
	p.NextExpression()
	return string(p.Expression().Value().Data)
}

// The functions below run once, for the error that ends the walk.

// conflict makes the error for a definition that TOML forbids.
func (w *walker) conflict(c *conflict) error {
	message := fmt.Sprintf(c.message, w.doc.Position(int(c.first)).Line)
	return w.fault(c.name.at, c.name.at+c.name.size, message, c.hint)
}

// fault makes the error for a token of the expression being read.
func (w *walker) fault(start, end uint32, message, hint string) error {
	return w.doc.ErrorAt(int(start), int(end), w.pathTo(start), message, hint)
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
// after it, which the next try needs as well.
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
		return w.doc.ErrorAt(len(w.src), len(w.src), "", err.Error(), "")
	}
	place := w.parser.Range(refused.Highlight)
	r := refusal{doc: w.doc, message: refused.Message, start: int(place.Offset + w.base), end: int(place.Offset + place.Length + w.base)}
	r.atEnd = r.end == len(w.src) && w.wantsMore()
	return r.explain()
}

// wantsMore reports whether the parser refused the source because it ends. It marks the last byte then as well as where
// that byte is wrong; with one more blank the place tells which it is.
func (w *walker) wantsMore() bool {
	var p unstable.Parser
	p.Reset(append(bytes.Clone(w.src[w.base:]), ' '))
	for p.NextExpression() {
		continue
	}
	var refused *unstable.ParserError
	return !errors.As(p.Error(), &refused) || int(p.Range(refused.Highlight).Offset+w.base) == len(w.src)
}

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

// walker goes over a document once: the parser checks the grammar, the walker what TOML forbids beyond it.
type walker struct {
	*Document
	base    uint32 // bytes before what the parser sees: the byte order mark
	parser  unstable.Parser
	keep    keptPaths
	section uint32 // the table that the last header opened
}

// walk fills the document from its source.
func walk(d *Document, paths keptPaths) error {
	keep, all := paths.root()
	w := &walker{Document: d, keep: keep}
	if bytes.HasPrefix(d.src, utf8Mark) {
		w.base = uint32(len(utf8Mark))
	}
	_, root := d.push(rootID)
	*root = node{start: w.base, end: w.base, keep: all, kind: Table, origin: headed}
	w.parser.Reset(w.src[w.base:])
	for w.parser.NextExpression() {
		var err error
		if expr := w.parser.Expression(); expr.Kind == unstable.KeyValue {
			err = w.keyValue(w.section, expr, false)
		} else {
			err = w.header(expr)
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
	table, key, err := w.enter(rootID, expr.Child(), implied)
	if err != nil {
		return err
	}
	if expr.Kind == unstable.Table {
		w.section, err = w.define(table, key, headed)
		return err
	}
	array, err := w.define(table, key, tableArray)
	if err != nil {
		return err
	}
	id, e := w.add(array)
	e.key, e.keep, e.kind, e.origin = w.at(array).count-1, w.keep.step(w.at(array).keep, []byte(Any)), Table, element
	e.start, e.end = w.token(key.Raw)
	w.section = id
	return nil
}

// token returns the bytes of a token in the source.
func (w *walker) token(raw unstable.Range) (start, end uint32) {
	start = raw.Offset + w.base
	return start, start + raw.Length
}

// enter enters the tables before the last key of a header or of a dotted key, and defines those that are not there. It
// returns the last key and the table that it belongs to.
func (w *walker) enter(table uint32, key *unstable.Node, as origin) (uint32, *unstable.Node, error) {
	for next := key.Next(); next != nil; key, next = next, next.Next() {
		var err error
		if table, err = w.define(table, key, as); err != nil {
			return 0, nil, err
		}
	}
	return table, key, nil
}

// define returns the table or array that a key names in a header or before a dot, and makes it if it is new. The origins
// implied and dotted are for the keys on the way to the last one. A header that leads through an array of tables goes on
// in its last element.
func (w *walker) define(table uint32, key *unstable.Node, as origin) (uint32, error) {
	id := w.find(table, key.Data)
	n := w.at(id)
	switch {
	case id == rootID:
		id, n = w.member(table, key, as, w.keep.step(w.at(table).keep, key.Data))
		if as == tableArray {
			n.kind = Array
		}
	case as == implied && n.origin == tableArray:
		return n.last, nil
	case as == headed && n.origin == implied:
		n.origin, n.key = headed, key.Raw.Offset+w.base
	case as == implied && n.origin == written, as != implied && n.origin != as, as == headed:
		return 0, w.conflict(table, key, as, n)
	}
	return id, nil
}

// member makes the node of a new member of a table.
func (w *walker) member(table uint32, key *unstable.Node, as origin, keep kept) (uint32, *node) {
	start, end := w.token(key.Raw)
	id, n := w.addMember(table, key.Data, start)
	n.start, n.end, n.keep, n.kind, n.origin = start, end, keep, Table, as
	return id, n
}

// keyValue reads a.b.c = value in a table. In a plain one nothing has to be found again: what is left out leaves no node.
func (w *walker) keyValue(table uint32, kv *unstable.Node, plain bool) error {
	value := kv.Child()
	key := value.Next()
	if !plain {
		var err error
		if table, key, err = w.enter(table, key, dotted); err != nil {
			return err
		}
		if id := w.find(table, key.Data); id != rootID {
			return w.conflict(table, key, written, w.at(id))
		}
	}
	keep := w.keep.step(w.at(table).keep, key.Data)
	id, n := w.count, (*node)(nil)
	passing := plain && keep.paths == 0
	switch {
	case passing && value.Child() == nil && scalarFault(value) == "":
		return nil
	case passing:
		_, n = w.push(table)
		n.key, _ = w.token(key.Raw)
	default:
		_, n = w.member(table, key, written, keep)
	}
	n.start, n.end = w.token(value.Raw)
	if value.Kind == unstable.Array {
		n.start = w.valueStart(key)
	}
	err := w.value(id, n, value)
	if passing {
		w.count = id
	}
	return err
}

// value reads the value of a node that has a start.
func (w *walker) value(id uint32, n *node, value *unstable.Node) error {
	n.kind = kinds[value.Kind]
	switch value.Kind {
	case unstable.InlineTable:
		at, plain := n.start+1, isPlain(value)
		for kv := value.Child(); kv != nil; kv = kv.Next() {
			if err := w.keyValue(id, kv, plain); err != nil {
				return err
			}
			_, at = w.token(kv.Raw)
		}
		n.end = skipBlank(w.src, at) + 1
	case unstable.Array:
		at, index := n.start+1, uint32(0)
		for e := value.Child(); e != nil; e = e.Next() {
			var err error
			if at, err = w.element(id, index, e, at); err != nil {
				return err
			}
			index++
		}
		n.end = skipBlank(w.src, at) + 1
	default:
		if fault := scalarFault(value); fault != "" {
			return w.ErrorAt(int(n.start), int(n.end), string(w.path(id)), fault, "")
		}
		if n.kind == Integer && n.keep.paths != 0 {
			n.last = knownNumber(value.Data)
		}
		return nil
	}
	if n.keep.paths == 0 { // nothing can be added to it any more
		if n.count > smallTable {
			delete(w.large, id)
		}
		w.count = id + 1
	}
	return nil
}

// isPlain reports whether an inline table is seen at a look to define nothing twice: it has no dotted keys, and no two keys
// of one hash.
func isPlain(table *unstable.Node) bool {
	seen := uint64(0)
	for kv := table.Child(); kv != nil; kv = kv.Next() {
		key := kv.Child().Next()
		bit := uint64(1) << (hashOf(key.Data) % 64)
		if seen&bit != 0 || key.Next() != nil {
			return false
		}
		seen |= bit
	}
	return true
}

// element reads an element of an array in brackets; at is an offset between the element before and this one. It returns the
// offset after the element.
func (w *walker) element(array, index uint32, value *unstable.Node, at uint32) (end uint32, err error) {
	keep := w.keep.step(w.at(array).keep, []byte(Any))
	id, n := w.count, (*node)(nil)
	if keep.paths == 0 {
		_, n = w.push(array)
	} else {
		_, n = w.add(array)
	}
	n.key, n.keep, n.origin = index, keep, element
	n.start, n.end = w.token(value.Raw)
	if value.Kind == unstable.Array {
		n.start = skipBlank(w.src, at)
	}
	err = w.value(id, n, value)
	if keep.paths == 0 {
		w.count = id
	}
	return n.end, err
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

// scalarFault says what is wrong with a value beyond what the parser checks of numbers, dates and times, or "".
func scalarFault(value *unstable.Node) string {
	switch token := value.Data; value.Kind {
	case unstable.Integer:
		if !integerFits(token) {
			return "the integer does not fit in 64 bits"
		}
	case unstable.Float:
		if !floatFits(token) {
			return "the number does not fit in a 64-bit float"
		}
	case unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		return dateTimeFault(kinds[value.Kind], token)
	}
	return ""
}

// kinds are the kinds of the parser's values.
var kinds = [...]Kind{
	unstable.InlineTable:   Table,
	unstable.Array:         Array,
	unstable.String:        String,
	unstable.Integer:       Integer,
	unstable.Float:         Float,
	unstable.Bool:          Bool,
	unstable.DateTime:      DateTime,
	unstable.LocalDateTime: LocalDateTime,
	unstable.LocalDate:     LocalDate,
	unstable.LocalTime:     LocalTime,
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

// conflict makes the error for a key that is to define one thing after it defined another.
func (w *walker) conflict(table uint32, key *unstable.Node, as origin, was *node) error {
	message, hint := clash(as, was)
	start, end := w.token(key.Raw)
	path := appendKey(w.path(table), string(key.Data))
	return w.ErrorAt(int(start), int(end), string(path), fmt.Sprintf(message, w.Position(int(was.key)).Line), hint)
}

// clash says, with %d for the line of the first definition, why a key cannot be defined as one thing after another.
func clash(as origin, was *node) (message, hint string) {
	switch {
	case as == written:
		return "already defined on line %d", ""
	case as == headed && was.origin == headed:
		return "already defined on line %d", "put its keys under one header"
	case was.origin == written && was.kind == Table:
		return "already a table in braces on line %d", "nothing can be added to it; write all keys inside the braces"
	case was.origin == written && was.kind == Array && as == tableArray:
		return "already an array in brackets on line %d", "nothing can be added to it; write all elements in one of the two ways"
	case was.origin == written && was.kind == Array:
		return "already an array in brackets on line %d, not a table", "nothing can be added to it"
	case was.origin == written:
		return "already a value on line %d, not a table", ""
	case as == tableArray:
		return "already a table on line %d, not an array of tables", "write both headers in double brackets"
	case as == dotted:
		return "already defined by a header on line %d", "a dotted key cannot add to it; write the key under that header"
	case was.origin == tableArray:
		return "already an array of tables on line %d", "write the header in double brackets to add an element"
	default:
		return "already defined by a dotted key on line %d", "a header cannot add to it; write the keys where it is defined"
	}
}

// syntaxError makes the error for what the parser refused.
func (w *walker) syntaxError(err error) error {
	refused, ok := errors.AsType[*unstable.ParserError](err)
	if !ok {
		return w.ErrorAt(len(w.src), len(w.src), "", err.Error(), "")
	}
	place := w.parser.Range(refused.Highlight)
	r := refusal{doc: w.Document, message: refused.Message, start: int(place.Offset + w.base), end: int(place.Offset + place.Length + w.base)}
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

package tomledit

import (
	"fmt"
	"iter"
	"slices"
)

// Kind is the type of a value.
type Kind uint8

// The kinds of TOML values. Invalid is the kind of a value that is not there.
const (
	Invalid Kind = iota
	Table
	Array
	String
	Integer
	Float
	Bool
	DateTime
	LocalDateTime
	LocalDate
	LocalTime
)

var kindNames = [...]string{
	Invalid:       "nothing",
	Table:         "table",
	Array:         "array",
	String:        "string",
	Integer:       "integer",
	Float:         "float",
	Bool:          "boolean",
	DateTime:      "date-time",
	LocalDateTime: "local date-time",
	LocalDate:     "local date",
	LocalTime:     "local time",
}

// String returns the kind as a noun for messages: "table", "integer", "date-time".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown kind"
}

// Value is a value of a [Document]. It is small, and two Values are equal (==) if they are the same place
// of the same Document. The zero Value is absent: it has kind [Invalid] and nothing in it.
type Value struct {
	doc *Document
	id  uint32
}

// absent is what is recorded of an absent value: nothing.
var absent node

func (v Value) node() *node {
	if v.doc == nil {
		return &absent
	}
	return v.doc.at(v.id)
}

// Exists reports whether the value is there.
func (v Value) Exists() bool { return v.doc != nil }

// Kind returns the type of the value; of an absent value [Invalid].
func (v Value) Kind() Kind { return v.node().kind }

// Get follows the keys from table to table and returns the value they lead to. It is the zero Value if a key is
// not there, if something on the way is no table, or if [Keep] left it out. Without keys it is v itself.
// The time for each key does not depend on the size of the table.
func (v Value) Get(path ...string) Value {
	if v.doc == nil {
		return Value{}
	}
	id := v.id
	for _, key := range path {
		if id = v.doc.find(id, []byte(key)); id == rootID || v.doc.at(id).keep.paths == 0 {
			return Value{}
		}
	}
	return Value{doc: v.doc, id: id}
}

// Len returns the number of recorded members of a table or elements of an array, which it counts; 0 for other values.
func (v Value) Len() int {
	n := 0
	for range v.Values() {
		n++
	}
	return n
}

// Values iterates over the recorded members of a table or the elements of an array, in the order in which they first
// appear in the source.
func (v Value) Values() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.doc == nil {
			return
		}
		for id := range v.doc.children(v.node()) {
			if v.doc.at(id).keep.paths != 0 && !yield(Value{doc: v.doc, id: id}) {
				return
			}
		}
	}
}

// Key returns the last key of the value, decoded: "a.b" for a value written as x."a.b". It is empty for
// elements, for the root and for an absent value (and for the empty key, which TOML allows).
func (v Value) Key() string {
	if v.doc == nil || v.id == rootID || v.node().origin == element {
		return ""
	}
	return keyText(v.doc.src, v.node().key)
}

// KeySpan returns the bytes of the token in which the key of the value first appears; for a table defined by a header,
// the key in the header. It is empty for elements, for the root and for an absent value.
func (v Value) KeySpan() (start, end int) {
	n := v.node()
	switch {
	case v.doc == nil || v.id == rootID || n.origin == element:
		return 0, 0
	case n.origin != written:
		return v.Span()
	}
	return int(n.key), int(keyEnd(v.doc.src, n.key))
}

// Position returns where the value's token starts. For a table defined by headers or dotted keys, and for an
// array of such tables, it is where the key first appears. The Position of an absent value is zero.
func (v Value) Position() Position {
	if v.doc == nil {
		return Position{}
	}
	return v.doc.Position(int(v.node().start))
}

// Span returns the bytes of the value in the source: of a scalar exactly its token, of an inline table or
// array everything from bracket to bracket, of a table defined by headers or dotted keys the key that defined it
// first. The span of the root and of an absent value is empty.
func (v Value) Span() (start, end int) {
	n := v.node()
	return int(n.start), int(n.end)
}

// Text returns the decoded text of a string. CRLF within a multi-line string stays CRLF. It reports false
// if the value is not a string. The text is decoded at each call and shares no memory with the source.
func (v Value) Text() (string, bool) {
	if v.Kind() != String {
		return "", false
	}
	n := v.node()
	return decodeString(v.doc.src[n.start:n.end]), true
}

// Int returns the number of an integer, however it is written. It reports false if the value is not an
// integer.
func (v Value) Int() (int64, bool) {
	if v.Kind() != Integer {
		return 0, false
	}
	n := v.node()
	if n.last != 0 {
		return int64(n.last) - 1, true
	}
	return parseInteger(v.doc.src[n.start:n.end])
}

// Bool returns the truth of a boolean. It reports false as its second result if the value is not a boolean.
func (v Value) Bool() (value, ok bool) {
	if v.Kind() != Bool {
		return false, false
	}
	return v.doc.src[v.node().start] == 't', true
}

// Path returns the keys and indexes that lead to the value, as TOML writes keys, with indexes from 0:
// features."Login page".user_stories[1].task_id. It is empty for the root and for an absent value.
func (v Value) Path() string {
	if v.doc == nil {
		return ""
	}
	return string(v.doc.path(v.id))
}

// path returns the path of a node in TOML's spelling.
func (d *Document) path(id uint32) []byte {
	var ids []uint32
	for ; id != rootID; id = d.at(id).parent {
		ids = append(ids, id)
	}
	var path []byte
	for _, id := range slices.Backward(ids) {
		if n := d.at(id); n.origin == element {
			path = fmt.Appendf(path, "[%d]", n.key)
		} else {
			path = appendKey(path, keyText(d.src, n.key))
		}
	}
	return path
}

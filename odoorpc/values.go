package odoorpc

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Domain is Odoo's search condition in its wire form: conditions made by Cond, and the prefix operators "&", "|" and
// "!". Conditions without an operator are joined by "and". Nil and empty match every record that the user may see.
type Domain []any

// Cond is one condition of a Domain, such as Cond("name", "=", "Backlog").
func Cond(field, operator string, value any) any { return []any{field, operator, value} }

// A Context is Odoo's context: keys such as "lang", "active_test" or "tracking_disable" that change how methods work. Nil
// sends none: names are read and searched in the language of their source then, and with "lang", such as "fr_FR", in that
// one, if it is installed.
type Context map[string]any

// A Query narrows and orders a search.
type Query struct {
	Order   string  // SQL-like, such as "sequence, id desc"; empty: the model's own order
	Limit   int     // the highest number of records; zero or less: no limit
	Context Context // sent along
}

// A Ref is the value of a many2one field as Odoo sends it: the linked record's id and display name, or the JSON value
// false where nothing is linked, which decodes as the zero Ref. It is for reading only: Odoo takes ids.
type Ref struct {
	ID   int64
	Name string
}

// UnmarshalJSON accepts false, null, an id, and a list of id and name.
func (r *Ref) UnmarshalJSON(data []byte) error {
	*r = Ref{}
	if isUnset(data) {
		return nil
	}
	pair, list := []any{&r.ID, (*Text)(&r.Name)}, data
	if !bytes.HasPrefix(data, []byte("[")) {
		list = fmt.Appendf(nil, `[%s, ""]`, data)
	}
	if err := json.Unmarshal(list, &pair); err != nil {
		return err
	}
	if len(pair) != 2 || r.ID <= 0 {
		return fmt.Errorf("expected false, or a positive id and a name, found %s", data)
	}
	return nil
}

// A Text is the value of a text field as Odoo sends it: a string, or the JSON value false where the field is not set, which
// decodes as "".
type Text string

// UnmarshalJSON accepts false, null and a string.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	if isUnset(data) {
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// isUnset reports whether data is how Odoo sends a field that has no value.
func isUnset(data []byte) bool {
	return bytes.Equal(data, []byte("false")) || bytes.Equal(data, []byte("null"))
}

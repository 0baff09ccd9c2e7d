package odoosim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// node is a parsed search domain: an operator "&", "|" or "!" over nodes, or a
// condition on a field.
type node struct {
	op    string
	nodes []*node
	field *field // of a condition
	value any
}

// parseDomain reads a domain in prefix notation; conditions that no operator
// joins are joined by "&".
func (t *tx) parseDomain(tab *table, domain any) (*node, error) {
	items, ok := domain.([]any)
	if !ok && truthy(domain) {
		return nil, valueError("Domain() invalid item in domain: %s", repr(domain))
	}
	all := &node{op: "&"}
	for len(items) > 0 {
		next, rest, err := t.parseNode(tab, items)
		if err != nil {
			return nil, err
		}
		all.nodes, items = append(all.nodes, next), rest
	}
	return all, nil
}

func (t *tx) parseNode(tab *table, items []any) (*node, []any, error) {
	if len(items) == 0 {
		return nil, nil, valueError("Domain is not well-formed: an operator lacks its operand")
	}
	op, ok := items[0].(string)
	if !ok {
		n, err := t.parseCondition(tab, items[0])
		return n, items[1:], err
	}
	arity, known := map[string]int{"&": 2, "|": 2, "!": 1}[op]
	if !known {
		return nil, nil, valueError("Invalid leaf %s", repr(op))
	}
	n, rest := &node{op: op}, items[1:]
	for range arity {
		operand, left, err := t.parseNode(tab, rest)
		if err != nil {
			return nil, nil, err
		}
		n.nodes, rest = append(n.nodes, operand), left
	}
	return n, rest, nil
}

var operators = []string{"=", "!=", "in", "not in", "<", "<=", ">", ">="}

func (t *tx) parseCondition(tab *table, item any) (*node, error) {
	leaf, ok := item.([]any)
	if !ok || len(leaf) != 3 {
		return nil, valueError("Invalid leaf %s", repr(item))
	}
	name, _ := leaf[0].(string)
	op, _ := leaf[1].(string)
	text := fmt.Sprintf("%s, %s, %s", repr(leaf[0]), repr(leaf[1]), repr(leaf[2]))
	f := tab.field(name)
	if f == nil {
		where := "condition"
		if t.dialect < V19 {
			where = "leaf"
		}
		return nil, valueError("Invalid field %s.%s in %s (%s)", tab.name, name, where, text)
	}
	if !slices.Contains(operators, op) {
		return nil, valueError("Invalid operator %s in domain term (%s)", repr(leaf[1]), text)
	}
	return &node{op: op, field: f, value: leaf[2]}, nil
}

// mentions tells whether a condition of the domain is on the field.
func (n *node) mentions(name string) bool {
	if n.field != nil {
		return n.field.name == name
	}
	return slices.ContainsFunc(n.nodes, func(sub *node) bool { return sub.mentions(name) })
}

// candidates narrows the records that can match by an index; the result may be
// a view of one.
func (t *tx) candidates(tab *table, n *node) idSet {
	best := tab.ids
	for _, sub := range n.nodes {
		narrow, ok := t.narrow(tab, sub)
		if ok && len(narrow) < len(best) {
			best = narrow
		}
	}
	return best
}

func (t *tx) narrow(tab *table, n *node) (idSet, bool) {
	if n.field == nil || n.op != "=" && n.op != "in" || n.field.name != "id" && !n.field.indexed ||
		n.field.translated && t.lang != "" {
		return nil, false
	}
	wanted, isList := n.value.([]any)
	if !isList {
		wanted = []any{n.value}
	}
	var found idSet
	for _, v := range wanted {
		key := v
		if id, ok := asInt(v); ok {
			key = id
		} else if !truthy(v) {
			return nil, false
		}
		if n.field.name != "id" {
			found = append(found, tab.lookup(n.field.name, key)...)
		} else if id, ok := key.(int64); ok && tab.rows[id] != nil {
			found = append(found, id)
		}
	}
	return newIDSet(found...), true
}

// matches tells whether a record meets the domain.
func (t *tx) matches(r *row, n *node) bool {
	matches := func(sub *node) bool { return t.matches(r, sub) }
	switch {
	case n.field != nil:
		return t.meets(r, n)
	case n.op == "|":
		return slices.ContainsFunc(n.nodes, matches)
	case n.op == "!":
		return !matches(n.nodes[0])
	default:
		return !slices.ContainsFunc(n.nodes, func(sub *node) bool { return !t.matches(r, sub) })
	}
}

func (t *tx) meets(r *row, n *node) bool {
	value := t.value(r, n.field)
	switch n.op {
	case "=", "in":
		return t.equalsAny(r, n.field, n.value)
	case "!=", "not in":
		return !t.equalsAny(r, n.field, n.value)
	}
	order, comparable := 0, false
	switch value := value.(type) {
	case int64:
		var limit int64
		limit, comparable = asInt(n.value)
		order = cmp.Compare(value, limit)
	case string:
		var limit string
		limit, comparable = n.value.(string)
		order = strings.Compare(value, limit)
	}
	switch {
	case !comparable:
		return false
	case order == 0:
		return strings.HasSuffix(n.op, "=")
	default:
		return strings.HasPrefix(n.op, ">") == (order > 0)
	}
}

// equalsAny tells whether a field equals a value, or one of a list.
func (t *tx) equalsAny(r *row, f *field, want any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(item any) bool { return t.equal(r, f, item) })
	}
	return t.equal(r, f, want)
}

// equal compares a field with a value of a domain; false and null stand for
// "not set".
func (t *tx) equal(r *row, f *field, want any) bool {
	value := t.value(r, f)
	switch {
	case f.relation != "":
		id, ok := asInt(want)
		if !ok {
			return len(linked(r, f)) == 0 && !truthy(want)
		}
		return linked(r, f).has(id)
	case f.kind == kindBoolean:
		return value.(bool) == truthy(want)
	case f.kind == kindInteger:
		n, _ := asInt(want)
		return value.(int64) == n
	case !truthy(want) && want != "":
		return value == nil || value == ""
	default:
		return value == want
	}
}

// linked returns the ids that a relation holds.
func linked(r *row, f *field) idSet {
	if f.kind == kindMany2many {
		return r.vals[f.pos].(idSet)
	}
	if id := r.vals[f.pos].(int64); id != 0 {
		return idSet{id}
	}
	return nil
}

package odoosim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// node is a parsed search domain: an operator "&", "|" or "!" over nodes, or a
// condition on a field.
type node struct {
	op    string
	nodes []*node

	field  *field
	rest   string // what follows the field in a dotted path
	value  any
	under  idSet // what a child_of reaches
	always *bool // set in the constant leaves [1, "=", 1] and [0, "=", 1]
}

// parseDomain reads a domain in prefix notation; conditions that no operator
// joins are joined by "&".
func (t *tx) parseDomain(tab *table, domain any) (*node, error) {
	if !truthy(domain) {
		return &node{op: "&"}, nil
	}
	items, ok := domain.([]any)
	if !ok {
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
	if op, ok := items[0].(string); ok {
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
	n, err := t.parseCondition(tab, items[0])
	return n, items[1:], err
}

var operators = []string{
	"=", "!=", "<>", "in", "not in", "<", "<=", ">", ">=", "like", "not like", "ilike", "not ilike",
	"=like", "=ilike", "=?", "child_of",
}

func (t *tx) parseCondition(tab *table, item any) (*node, error) {
	leaf, ok := item.([]any)
	if !ok || len(leaf) != 3 {
		return nil, valueError("Invalid leaf %s", repr(item))
	}
	op, ok := leaf[1].(string)
	if !ok {
		return nil, valueError("Invalid leaf %s", repr(item))
	}
	op = strings.ToLower(op)
	if left, ok := asInt(leaf[0]); ok {
		right, _ := asInt(leaf[2])
		holds := left == right
		return &node{op: op, always: &holds}, nil
	}
	path, _ := leaf[0].(string)
	name, rest, _ := strings.Cut(path, ".")
	f := tab.field(name)
	if f == nil || rest != "" && f.relation == "" {
		return nil, t.unknownInDomain(tab, path, leaf)
	}
	if !slices.Contains(operators, op) {
		return nil, valueError("Invalid operator %s in domain term (%s)", repr(leaf[1]), leafText(leaf))
	}
	n := &node{op: op, field: f, rest: rest, value: leaf[2]}
	if rest != "" {
		other := t.table(f.relation)
		sub, err := t.parseDomain(other, []any{[]any{rest, leaf[1], leaf[2]}})
		if err != nil {
			return nil, err
		}
		n.nodes = []*node{sub}
		return n, nil
	}
	if op == "child_of" {
		n.under = t.below(tab, f, n.value)
	}
	return n, nil
}

func (t *tx) unknownInDomain(tab *table, path string, leaf []any) error {
	where := "condition"
	if t.dialect == V14 {
		where = "leaf"
	}
	return valueError("Invalid field %s.%s in %s (%s)", tab.name, path, where, leafText(leaf))
}

func leafText(leaf []any) string {
	return fmt.Sprintf("%s, %s, %s", repr(leaf[0]), repr(leaf[1]), repr(leaf[2]))
}

// below returns the records that child_of reaches from the given ids.
func (t *tx) below(tab *table, f *field, value any) idSet {
	ids, _ := asIDs(value)
	tree := tab
	if f.name != "id" {
		tree = t.table(f.relation)
	}
	reached := newIDSet(ids...)
	if tree == nil || tree.field("parent_id") == nil {
		return reached
	}
	for queue := slices.Clone(reached); len(queue) > 0; queue = queue[1:] {
		for _, child := range tree.lookup("parent_id", queue[0]) {
			if !reached.has(child) {
				reached = reached.insert(child)
				queue = append(queue, child)
			}
		}
	}
	return reached
}

// mentions tells whether a condition of the domain is on the field.
func (n *node) mentions(name string) bool {
	if n.field != nil && n.field.name == name {
		return true
	}
	return n.field == nil && slices.ContainsFunc(n.nodes, func(sub *node) bool { return sub.mentions(name) })
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
	if n.op == "&" {
		return t.candidates(tab, n), true
	}
	if n.field == nil || n.rest != "" || n.op != "=" && n.op != "in" {
		return nil, false
	}
	wanted := []any{n.value}
	if list, ok := n.value.([]any); ok {
		wanted = list
	}
	if n.field.name != "id" && !n.field.indexed {
		return nil, false
	}
	var found idSet
	for _, v := range wanted {
		var key any
		switch {
		case n.field.kind == kindInteger || n.field.kind == kindMany2one:
			id, ok := asInt(v)
			if !ok && truthy(v) {
				return nil, false
			}
			key = id
		case !truthy(v):
			return nil, false
		default:
			key = v
		}
		if n.field.name != "id" {
			found = append(found, tab.lookup(n.field.name, key)...)
		} else if tab.rows[key.(int64)] != nil {
			found = append(found, key.(int64))
		}
	}
	return newIDSet(found...), true
}

// matches tells whether a record meets the domain.
func (t *tx) matches(tab *table, r *row, n *node) bool {
	switch {
	case n.always != nil:
		return *n.always
	case n.field != nil:
		return t.meets(tab, r, n)
	case n.op == "|":
		return t.matches(tab, r, n.nodes[0]) || t.matches(tab, r, n.nodes[1])
	case n.op == "!":
		return !t.matches(tab, r, n.nodes[0])
	}
	for _, sub := range n.nodes {
		if !t.matches(tab, r, sub) {
			return false
		}
	}
	return true
}

func (t *tx) meets(tab *table, r *row, n *node) bool {
	f := n.field
	value := r.vals[f.pos]
	if f.name == "display_name" {
		value = r.vals[tab.field("name").pos]
	}
	if n.rest != "" {
		other := t.table(f.relation)
		return slices.ContainsFunc(t.linked(r, f), func(id int64) bool {
			return other.rows[id] != nil && t.matches(other, other.rows[id], n.nodes[0])
		})
	}
	if n.op == "child_of" {
		if f.name == "id" {
			return n.under.has(r.id)
		}
		return slices.ContainsFunc(t.linked(r, f), n.under.has)
	}
	if n.op == "=?" {
		return !truthy(n.value) || t.compare(r, f, value, "=", n.value)
	}
	return t.compare(r, f, value, n.op, n.value)
}

// linked returns the ids that a relation holds.
func (t *tx) linked(r *row, f *field) idSet {
	switch f.kind {
	case kindMany2one:
		if id := r.vals[f.pos].(int64); id != 0 {
			return idSet{id}
		}
		return nil
	case kindOne2many:
		return t.table(f.relation).lookup(f.inverse, r.id)
	default:
		return r.vals[f.pos].(idSet)
	}
}

func (t *tx) compare(r *row, f *field, value any, op string, want any) bool {
	switch op {
	case "!=", "<>":
		return !t.compare(r, f, value, "=", want)
	case "not in":
		return !t.compare(r, f, value, "in", want)
	case "not like":
		return !t.compare(r, f, value, "like", want)
	case "not ilike":
		return !t.compare(r, f, value, "ilike", want)
	case "=", "in":
		if list, ok := want.([]any); ok {
			if len(list) == 0 && op == "=" {
				return t.equal(r, f, value, nil)
			}
			return slices.ContainsFunc(list, func(item any) bool { return t.equal(r, f, value, item) })
		}
		return t.equal(r, f, value, want)
	case "like", "ilike", "=like", "=ilike":
		pattern, _ := want.(string)
		if f.relation != "" {
			other := t.table(f.relation)
			return slices.ContainsFunc(t.linked(r, f), func(id int64) bool {
				return like(other.text(id, "name"), op, pattern)
			})
		}
		s, ok := value.(string)
		return ok && like(s, op, pattern)
	}
	return ordered(value, op, want)
}

// equal compares a stored value with one of a domain; false and null stand for
// "not set", and a text compared with a relation is the name at its other end.
func (t *tx) equal(r *row, f *field, value, want any) bool {
	switch {
	case f.relation != "":
		ids := t.linked(r, f)
		if name, ok := want.(string); ok && name != "" {
			other := t.table(f.relation)
			return slices.ContainsFunc(ids, func(id int64) bool { return other.text(id, "name") == name })
		}
		id, ok := asInt(want)
		if !ok {
			return len(ids) == 0 && !truthy(want)
		}
		return ids.has(id)
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

func ordered(value any, op string, want any) bool {
	var order int
	switch value := value.(type) {
	case int64:
		n, ok := want.(json.Number)
		if !ok {
			return false
		}
		limit, err := n.Float64()
		if err != nil {
			return false
		}
		order = compareFloat(float64(value), limit)
	case string:
		s, ok := want.(string)
		if !ok {
			return false
		}
		order = strings.Compare(value, s)
	default:
		return false
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// like matches a text against an SQL pattern: "like" and "ilike" look for it
// anywhere, "=like" and "=ilike" want the whole.
func like(s, op, pattern string) bool {
	if strings.HasSuffix(op, "ilike") {
		s, pattern = foldCase(s), foldCase(pattern)
	}
	if !strings.HasPrefix(op, "=") {
		pattern = "%" + pattern + "%"
	}
	return likePattern([]rune(s), []rune(pattern))
}

func foldCase(s string) string { return strings.Map(unicode.ToLower, s) }

// likePattern matches with "%" for any text, "_" for one character and a
// backslash to quote; it goes back to the last "%" only, so it stays quadratic.
func likePattern(s, pattern []rune) bool {
	i, p, star, mark := 0, 0, -1, 0
	for i < len(s) {
		quoted := p+1 < len(pattern) && pattern[p] == '\\'
		switch {
		case quoted && pattern[p+1] == s[i]:
			i, p = i+1, p+2
		case p < len(pattern) && pattern[p] == '%':
			star, mark, p = p, i, p+1
		case p < len(pattern) && !quoted && (pattern[p] == '_' || pattern[p] == s[i]):
			i, p = i+1, p+1
		case star >= 0:
			mark++
			i, p = mark, star+1
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}

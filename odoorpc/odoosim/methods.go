package odoosim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// method is what clients may call on a model.
type method struct {
	params   []string // names of the arguments, in order
	required int      // how many of them must be given
	onIDs    bool     // the first positional argument is a list of ids
	open     bool     // takes any named argument and fails on it later
	run      func(*tx, *table, request) (any, error)
}

// request is a call with its arguments sorted out.
type request struct {
	ids   []int64
	args  map[string]any // by name, without the context
	json2 bool
}

func (r request) text(name string) string {
	s, _ := r.args[name].(string)
	return s
}

func (r request) integer(name string) int64 {
	n, _ := asInt(r.args[name])
	return n
}

func (r request) query() query {
	domain, ok := r.args["domain"]
	if !ok {
		domain = r.args["args"] // its name in Odoo 14
	}
	return query{domain: domain, offset: r.integer("offset"), limit: r.integer("limit"), order: r.text("order")}
}

// methodsOf returns the methods of a model by name.
func methodsOf(d Dialect, model string) map[string]method {
	all := map[string]method{
		"search":              {params: []string{"domain", "offset", "limit", "order"}, required: 1, run: runSearch},
		"search_count":        {params: []string{"domain", "limit"}, required: 1, run: runSearchCount},
		"search_read":         {params: []string{"domain", "fields", "offset", "limit", "order"}, open: true, run: runSearchRead},
		"read":                {params: []string{"fields", "load"}, onIDs: true, run: runRead},
		"create":              {params: []string{"vals_list"}, required: 1, run: runCreate},
		"write":               {params: []string{"vals"}, required: 1, onIDs: true, run: runWrite},
		"load":                {params: []string{"fields", "data"}, required: 2, run: runLoad},
		"get_external_id":     {onIDs: true, run: runGetExternalID},
		"check_access_rights": {params: []string{"operation", "raise_exception"}, required: 1, run: runCheckAccessRights},
	}
	if d == V14 {
		all["search"] = method{params: []string{"args", "offset", "limit", "order"}, required: 1, run: runSearch}
		all["search_count"] = method{params: []string{"args"}, required: 1, run: runSearchCount}
	}
	switch model {
	case modelTask:
		all["unlink"] = method{onIDs: true, run: runUnlink}
	case modelData:
		all["check_object_reference"] = method{params: []string{"module", "xml_id"}, required: 2, run: runCheckObjectReference}
	case modelUser:
		all["context_get"] = method{run: runContextGet}
		all["has_group"] = method{params: []string{"group_ext_id"}, required: 1, onIDs: d == V19, run: runHasGroup}
	}
	return all
}

func runSearch(t *tx, tab *table, r request) (any, error) {
	ids, err := t.search(tab, r.query())
	if ids == nil {
		ids = []int64{}
	}
	return ids, err
}

func runSearchCount(t *tx, tab *table, r request) (any, error) {
	q := r.query()
	q.order = "id"
	ids, err := t.search(tab, q)
	return len(ids), err
}

func runSearchRead(t *tx, tab *table, r request) (any, error) {
	ids, err := t.search(tab, r.query())
	if err != nil {
		return nil, err
	}
	fields, err := fieldNames(r.args["fields"])
	if err != nil {
		return nil, err
	}
	return t.read(tab, ids, fields)
}

func runRead(t *tx, tab *table, r request) (any, error) {
	fields, err := fieldNames(r.args["fields"])
	if err != nil {
		return nil, err
	}
	return t.read(tab, r.ids, fields)
}

func fieldNames(v any) ([]string, error) {
	if !truthy(v) {
		return nil, nil
	}
	names, ok := asStrings(v)
	if !ok {
		return nil, pythonError("TypeError", "expected a list of field names, got %s", repr(v))
	}
	return names, nil
}

func runCreate(t *tx, tab *table, r request) (any, error) {
	list, single := []values{}, false
	switch sent := r.args["vals_list"].(type) {
	case map[string]any:
		list, single = append(list, sent), true
	case []any:
		for _, item := range sent {
			vals, ok := item.(map[string]any)
			if !ok {
				return nil, pythonError("AttributeError", "'%s' object has no attribute 'items'", typeName(item))
			}
			list = append(list, vals)
		}
	default:
		return nil, pythonError("TypeError", "'%s' object is not iterable", typeName(sent))
	}
	for _, vals := range list {
		if err := t.refused(vals); err != nil {
			return nil, err
		}
	}
	ids, err := t.create(tab, list)
	if err != nil {
		return nil, err
	}
	if single && !r.json2 {
		return ids[0], nil
	}
	return ids, nil
}

func runWrite(t *tx, tab *table, r request) (any, error) {
	vals, ok := r.args["vals"].(map[string]any)
	if !ok {
		return nil, pythonError("AttributeError", "'%s' object has no attribute 'items'", typeName(r.args["vals"]))
	}
	return true, t.write(tab, r.ids, vals)
}

func runUnlink(t *tx, _ *table, r request) (any, error) {
	return true, t.unlink(r.ids)
}

func runLoad(t *tx, tab *table, r request) (any, error) {
	columns, ok := asStrings(r.args["fields"])
	data, isList := r.args["data"].([]any)
	if !ok || !isList {
		return nil, pythonError("TypeError", "load() wants a list of columns and a list of rows")
	}
	return t.load(tab, columns, data)
}

func runGetExternalID(t *tx, tab *table, r request) (any, error) {
	data := t.table(modelData)
	names := make(map[int64]string, len(r.ids)) // JSON writes the keys as strings
	for _, id := range r.ids {
		names[id] = ""
		for _, ref := range data.lookup("res_id", id) {
			if data.text(ref, "model") == tab.name {
				names[id] = data.text(ref, "complete_name")
				break
			}
		}
	}
	return names, nil
}

// runCheckObjectReference answers with the model and id of the record behind an
// external id, and with false for an id that the user may not see.
func runCheckObjectReference(t *tx, _ *table, r request) (any, error) {
	xid := r.text("module") + "." + r.text("xml_id")
	ref := t.externalID(xid)
	if ref == nil {
		return nil, valueError("External ID not found in the system: %s", xid)
	}
	data := t.table(modelData)
	model, id := data.text(ref.id, "model"), data.number(ref.id, "res_id")
	visible, err := t.search(t.table(model), query{domain: []any{[]any{"id", "=", number(id)}}})
	if err != nil || len(visible) == 0 {
		return []any{model, false}, err
	}
	return []any{model, id}, nil
}

func runCheckAccessRights(t *tx, tab *table, r request) (any, error) {
	op := operation(r.text("operation"))
	if raise, given := r.args["raise_exception"]; !given || truthy(raise) {
		return true, t.checkACL(tab.model, op)
	}
	return t.allowed(tab.model, op), nil
}

func runContextGet(t *tx, tab *table, _ request) (any, error) {
	answer := map[string]any{"lang": tab.text(t.uid(), "lang"), "tz": false}
	if t.dialect == V19 {
		answer["uid"] = t.uid()
	}
	return answer, nil
}

// runHasGroup asks of the user who calls, as 19 lets nobody but them ask.
func runHasGroup(t *tx, _ *table, r request) (any, error) {
	needed := map[string]Role{
		"base.group_user": Internal, "project.group_project_user": ProjectUser, "project.group_project_manager": Manager,
	}
	role, known := needed[r.text("group_ext_id")]
	return known && t.account.Role >= role, nil
}

// execute carries out one call on a model.
func (t *tx) execute(model, name string, c arguments) (any, error) {
	tab := t.table(model)
	if tab == nil {
		if c.json2 {
			return nil, httpError("NotFound", http.StatusNotFound, "the model '"+model+"' does not exist")
		}
		return nil, userError("Object %s doesn't exist", model)
	}
	if strings.HasPrefix(name, "_") || name == "init" {
		if t.dialect < V19 {
			return nil, accessError("Private methods (such as %s) cannot be called remotely.", name)
		}
		return nil, accessError("Private methods (such as '%s.%s') cannot be called remotely.", model, name)
	}
	m, ok := methodsOf(t.dialect, model)[name]
	if !ok {
		switch {
		case c.json2:
			return nil, httpError("NotFound", http.StatusNotFound, "The method '"+model+"."+name+"' does not exist")
		case t.dialect == V14:
			return nil, pythonError("AttributeError", "type object '%s' has no attribute '%s'", model, name)
		case t.dialect == V17:
			return nil, pythonError("AttributeError", "The method '%s' does not exist on the model '%s'", name, model)
		default:
			return nil, pythonError("AttributeError", "The method '%s.%s' does not exist", model, name)
		}
	}
	r, err := c.bind(model, name, m)
	if err != nil {
		return nil, err
	}
	t.context = c.context
	if err := t.setLanguage(); err != nil {
		return nil, err
	}
	return m.run(t, tab, r)
}

// arguments are those of a call, as they came over the wire.
type arguments struct {
	positional []any
	named      map[string]any
	ids        any // JSON-2 only
	context    map[string]any
	json2      bool
}

// mismatch is the error for arguments that do not fit the method.
func (a arguments) mismatch(format string, args ...any) error {
	if a.json2 {
		return httpError("UnprocessableEntity", http.StatusUnprocessableEntity, fmt.Sprintf(format, args...))
	}
	return pythonError("TypeError", format, args...)
}

// bind gives each argument its name.
func (a arguments) bind(model, name string, m method) (request, error) {
	r := request{args: map[string]any{}, json2: a.json2}
	positional := a.positional
	ids := a.ids
	if m.onIDs && !a.json2 {
		if len(positional) > 0 {
			ids, positional = positional[0], positional[1:]
		} else if len(m.params) > 0 || m.required > 0 {
			return r, pythonError("IndexError", "list index out of range")
		}
	}
	if ids != nil {
		if !m.onIDs {
			return r, a.mismatch("cannot call %s.%s with ids", model, name)
		}
		list, ok := asIDs(ids)
		if !ok {
			return r, valueError("Invalid ids: %s", repr(ids))
		}
		r.ids = list
	}
	if len(positional) > len(m.params) {
		return r, a.mismatch("%s() takes from 1 to %d positional arguments but %d were given",
			name, len(m.params)+1, len(positional)+1)
	}
	for i, v := range positional {
		r.args[m.params[i]] = v
	}
	for i, param := range m.params {
		v, given := a.named[param]
		_, placed := r.args[param]
		if given && placed {
			return r, a.mismatch("%s() got multiple values for argument '%s'", name, param)
		}
		if given {
			r.args[param] = v
		} else if !placed && i < m.required {
			if a.json2 {
				return r, a.mismatch("missing a required argument: '%s'", param)
			}
			return r, a.mismatch("%s() missing 1 required positional argument: '%s'", name, param)
		}
	}
	for _, param := range slices.Sorted(maps.Keys(a.named)) {
		if !slices.Contains(m.params, param) {
			if a.json2 && !m.open {
				return r, a.mismatch("got an unexpected keyword argument '%s'", param)
			}
			return r, pythonError("TypeError", "%s() got an unexpected keyword argument '%s'", name, param)
		}
	}
	return r, nil
}

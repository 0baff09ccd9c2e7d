package odoorpc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
)

// SearchRead finds the records of a model that match the domain and reads fields of them into out, a pointer to a slice of
// structs (with json tags) or of maps. Nil fields reads all of them. Numbers in maps are of type json.Number, so that ids
// stay exact. Text fields without a value come as false: use the types Text and Ref in structs.
//
// It changes nothing and is repeated where the transport fails. Errors: see the package comment.
func (c *Client) SearchRead(ctx context.Context, model string, domain Domain, fields []string, query Query, out any) error {
	m := &message{op: op{model: model, method: "search_read"}, context: query.Context}
	m.keyword = append(query.params(), Param{"domain", orEmpty(domain)})
	if fields != nil {
		m.keyword = append(m.keyword, Param{"fields", fields})
	}
	return c.fetch(ctx, m, out)
}

// Search returns the ids of the records of a model that match the domain. Ids that are not positive or come twice are an
// *AnswerError. It changes nothing and is repeated where the transport fails.
func (c *Client) Search(ctx context.Context, model string, domain Domain, query Query) ([]int64, error) {
	m := &message{op: op{model: model, method: "search"}, context: query.Context}
	m.positional = []Param{{"domain", orEmpty(domain)}}
	m.keyword = query.params()
	result, err := c.call(ctx, m)
	if err != nil {
		return nil, err
	}
	return c.readIDs(m.op, result)
}

// Read reads fields of the records with these ids into out, as SearchRead does. Records that do not exist are left out by
// Odoo. No ids: no call, and out is left as it is. It changes nothing and is repeated where the transport fails.
func (c *Client) Read(ctx context.Context, model string, ids []int64, fields []string, context Context, out any) error {
	if len(ids) == 0 {
		return nil
	}
	m := &message{op: op{model: model, method: "read"}, ids: ids, context: context}
	if fields != nil {
		m.keyword = []Param{{"fields", fields}}
	}
	return c.fetch(ctx, m, out)
}

// A Param is an argument of a method.
type Param struct {
	Name  string
	Value any
}

// Args are the arguments of Call.
type Args struct {
	// IDs are the records that the method is called on. Nil for methods of the model itself.
	IDs []int64
	// Params go by position over JSON-RPC and by name over JSON-2: list them in the order of the method's signature, from
	// the first, without gaps, under the names that it has there.
	Params []Param
	// Context is sent along.
	Context Context
	// Repeatable says that sending the call twice does no more than sending it once, so that it may be repeated where the
	// transport fails. Default: it is not, and a lost answer is an *UnknownOutcomeError.
	Repeatable bool
}

// Call calls a method of a model and decodes what it returns into out; nil out ignores it. A method that returns nothing
// leaves out as it is.
func (c *Client) Call(ctx context.Context, model, method string, args Args, out any) error {
	m := &message{op: op{model: model, method: method}, ids: args.IDs, positional: args.Params, context: args.Context}
	if !args.Repeatable {
		m.safety = once
	}
	result, err := c.call(ctx, m)
	if err != nil || out == nil || result == nil {
		return err
	}
	return c.decode(m.op, result, out)
}

func (q Query) params() []Param {
	var params []Param
	if q.Order != "" {
		params = append(params, Param{"order", q.Order})
	}
	if q.Limit != 0 {
		params = append(params, Param{"limit", q.Limit})
	}
	if q.Offset != 0 {
		params = append(params, Param{"offset", q.Offset})
	}
	return params
}

// orEmpty makes a nil domain an empty list, which is what Odoo wants.
func orEmpty(domain Domain) []any {
	if domain == nil {
		return []any{}
	}
	return domain
}

// fetch calls a method that returns records and decodes them.
func (c *Client) fetch(ctx context.Context, m *message, out any) error {
	result, err := c.call(ctx, m)
	if err != nil {
		return err
	}
	if len(result) == 0 || result[0] != '[' {
		return c.unexpected(m.op, "want a list of records")
	}
	return c.decode(m.op, result, out)
}

// decode decodes into out, or leaves it as it is.
func (c *Client) decode(op op, result json.RawMessage, out any) error {
	target := reflect.ValueOf(out)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return &RequestError{Model: op.model, Method: op.method, Reason: fmt.Sprintf("out is a %T, not a pointer", out)}
	}
	fresh := reflect.New(target.Type().Elem())
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	if err := d.Decode(fresh.Interface()); err != nil {
		return c.unexpected(op, c.redactor.line(err.Error()))
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// readIDs decodes a list of ids: positive integers, each once.
func (c *Client) readIDs(op op, result json.RawMessage) ([]int64, error) {
	var ids []int64
	if len(result) == 0 || result[0] != '[' {
		return nil, c.unexpected(op, "want a list of ids")
	}
	if err := json.Unmarshal(result, &ids); err != nil {
		return nil, c.unexpected(op, "want a list of ids: "+c.redactor.line(err.Error()))
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if id <= 0 {
			return nil, c.unexpected(op, fmt.Sprintf("found %d in place of an id", id))
		}
		if seen[id] {
			return nil, c.unexpected(op, fmt.Sprintf("the id %d comes twice", id))
		}
		seen[id] = true
	}
	return ids, nil
}

// readIDsOf decodes the ids of as many records as were sent.
func (c *Client) readIDsOf(op op, result json.RawMessage) ([]int64, error) {
	ids, err := c.readIDs(op, result)
	if err == nil && len(ids) != op.rows {
		return nil, c.unexpected(op, fmt.Sprintf("want %d ids, found %d", op.rows, len(ids)))
	}
	return ids, err
}

package odoorpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// SearchRead finds the records of a model that match the domain and reads fields of them into out, a pointer to a slice of
// structs (with json tags) or of maps. Nil fields reads all of them. Numbers in maps are of type json.Number, so that ids
// stay exact. Text fields without a value come as false: use the types Text and Ref in structs. What out points to is replaced,
// and left as it is where there is an error. To read in parts, order by id and ask for more than the last: Cond("id", ">", last).
//
// A record whose id is missing, not positive or there twice, and more records than query.Limit, are an *AnswerError.
//
// It changes nothing and is repeated where the transport fails. Errors: see the package comment.
func (c *Client) SearchRead(ctx context.Context, model string, domain Domain, fields []string, query Query, out any) error {
	if v := reflect.ValueOf(out); v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Slice {
		return &RequestError{Model: model, Method: "search_read", Reason: fmt.Sprintf("out must point to a slice: it is a %T", out)}
	}
	m := &message{op: op{model: model, method: "search_read"}, context: query.Context}
	m.keyword = []Param{{"domain", append(Domain{}, domain...)}} // Odoo expects a list, also an empty one
	if fields != nil {
		m.keyword = append(m.keyword, Param{"fields", fields})
	}
	if query.Order != "" {
		m.keyword = append(m.keyword, Param{"order", query.Order})
	}
	if query.Limit != 0 {
		m.keyword = append(m.keyword, Param{"limit", query.Limit})
	}
	result, err := c.call(ctx, m)
	if err != nil {
		return err
	}
	return c.decodeRecords(m.op, result, query.Limit, out)
}

// A Param is an argument of a method.
type Param struct {
	Name  string
	Value any
}

// Args are the arguments of Call.
type Args struct {
	IDs     []int64 // the records that the method is called on; nil for methods of the model itself
	Context Context // sent along

	// Params go by position over JSON-RPC and by name over JSON-2: list them in the order of the method's signature, from
	// the first, without gaps, under the names that it has there.
	Params []Param
	// Repeatable says that sending the call twice does no more than sending it once, so that it may be repeated where the
	// transport fails. Default: it is not, and a lost answer is an *UnknownOutcomeError.
	Repeatable bool
}

// Call calls a method of a model and decodes what it returns into what out points to; nil out ignores it. A method that
// returns nothing leaves it as it is.
//
// A result that does not fit there is an *AnswerError: the call was done. Other errors: see the package comment.
func (c *Client) Call(ctx context.Context, model, method string, args Args, out any) error {
	refused := func(reason string) error { return &RequestError{Model: model, Method: method, Reason: reason} }
	if v := reflect.ValueOf(out); out != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		return refused(fmt.Sprintf("out must point to something: it is a %T", out))
	}
	for i, p := range args.Params {
		if p.Name == "ids" || p.Name == "context" || slices.ContainsFunc(args.Params[:i], func(q Param) bool { return q.Name == p.Name }) {
			return refused(fmt.Sprintf("the argument %q is given twice: ids and context have fields of their own", p.Name))
		}
	}
	m := &message{op: op{model: model, method: method}, ids: args.IDs, positional: args.Params, context: args.Context}
	m.once = !args.Repeatable
	result, err := c.call(ctx, m)
	if err != nil || out == nil || result == nil || string(result) == "null" {
		return err
	}
	return c.decode(m.op, result, out)
}

// decode decodes into what out points to, or leaves it as it is. Numbers stay exact also where out does not say their type.
func (c *Client) decode(op op, result json.RawMessage, out any) error {
	target := reflect.ValueOf(out)
	fresh := reflect.New(target.Type().Elem())
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	if err := d.Decode(fresh.Interface()); err != nil {
		return c.unexpected(op, c.redactor.line(err.Error()))
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// decodeRecords decodes a list of records, each with an id of its own.
func (c *Client) decodeRecords(op op, result json.RawMessage, limit int, out any) error {
	ids := idSet{}
	err := eachOf(result, limit, func(element json.RawMessage) error {
		var key struct{ ID json.RawMessage }
		if json.Unmarshal(element, &key) != nil {
			return fmt.Errorf("found %s instead of a record", element)
		}
		_, err := ids.add(key.ID)
		return err
	})
	if err != nil {
		return c.unexpected(op, c.redactor.line(err.Error()))
	}
	return c.decode(op, result, out)
}

// readIDs decodes the ids of as many records as were sent: positive integers, each once.
func (c *Client) readIDs(op op, result json.RawMessage) ([]int64, error) {
	var ids []int64
	seen := idSet{}
	err := eachOf(result, op.rows, func(element json.RawMessage) error {
		id, err := seen.add(element)
		ids = append(ids, id)
		return err
	})
	switch {
	case err != nil:
		return nil, c.unexpected(op, c.redactor.line(err.Error()))
	case len(ids) != op.rows:
		return nil, c.unexpected(op, fmt.Sprintf("expected %d ids, found %d", op.rows, len(ids)))
	}
	return ids, nil
}

// An idSet holds the ids seen in an answer.
type idSet map[int64]bool

// add reads an id, and refuses what cannot be one or was there before.
func (s idSet) add(data json.RawMessage) (int64, error) {
	var id int64
	switch err := json.Unmarshal(data, &id); {
	case len(data) == 0:
		return 0, errors.New("found a record without an id")
	case err != nil || id <= 0:
		return 0, fmt.Errorf("found %s instead of an id", data)
	case s[id]:
		return 0, fmt.Errorf("the id %d comes twice", id)
	}
	s[id] = true
	return id, nil
}

// eachOf calls do for each element of a JSON list, one by one, so that a list of millions of wrong elements ends at the
// first. More than limit elements are an error, unless limit is zero.
func eachOf(list json.RawMessage, limit int, do func(json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(list))
	if start, _ := d.Token(); start != json.Delim('[') {
		return errors.New("expected a list")
	}
	for n := 1; d.More(); n++ {
		if limit > 0 && n > limit {
			return fmt.Errorf("expected at most %d, found more", limit)
		}
		var element json.RawMessage
		if err := d.Decode(&element); err != nil {
			return err
		}
		if err := do(element); err != nil {
			return err
		}
	}
	return nil
}

package odoorpc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Create creates records, all or none, and returns their ids in the order of values. No values: no call, and no ids.
//
// It must not be repeated, so it is sent again only where the server has certainly done nothing: no connection came about,
// the server answered 429, or Odoo rolled back because of other transactions. Where the answer is lost or makes no sense it
// returns an *UnknownOutcomeError. Prefer LoadOnce, which has no such case.
//
// Cancelling ctx ends waits and further tries, but an attempt that may have reached the server is finished (for at most
// Config.Timeout) and its result returned. A deadline of ctx ends the attempt as well.
func (c *Client) Create(ctx context.Context, model string, values []map[string]any, options CreateOptions) ([]int64, error) {
	if len(values) == 0 {
		return nil, nil
	}
	m := &message{op: op{model: model, method: "create", rows: len(values)}, once: true, finish: true, context: options.Context}
	m.positional = []Param{{"vals_list", values}}
	result, err := c.call(ctx, m)
	if err != nil {
		return nil, err
	}
	ids, err := c.readIDs(m.op, result)
	if err != nil {
		return nil, &UnknownOutcomeError{Model: model, Method: m.method, Rows: m.rows, Err: err}
	}
	return ids, nil
}

// CreateOptions are the options of Create. The zero value has none.
type CreateOptions struct {
	Context Context // sent along
}

// LoadOptions are the options of LoadOnce. The zero value has none.
type LoadOptions struct {
	Context Context // sent along; LoadOnce sets its keys "mode" and "noupdate"

	// ReturnSlow returns at once what may have been too much for the server: a *TransportError whose TooSlow or Dropped is
	// true. It is for callers who then send fewer rows, because the same rows would meet the same end at the server's limits.
	// A call that was dropped by chance may be sent again as it is. Default: such a call is repeated like others.
	ReturnSlow bool
}

// A LoadResult is what LoadOnce returns. Beside an error only Tries counts.
type LoadResult struct {
	IDs      []int64       // the records' ids in the order of the rows
	Warnings []LoadMessage // the server's remarks on rows, several for one row at times; it created the records all the same
	Tries    int           // how often the call went out; more than once: the server, or what is between, had trouble with it
}

// A LoadMessage is a remark of the server on a row that was sent to LoadOnce.
type LoadMessage struct {
	Record  int     // index of the row, from 0; -1 where the message concerns the whole call
	Field   string  // the field concerned; "" where absent
	Kind    Refusal // by the class of the exception that the message names; "" where it names none
	Message string  // for people, in the server's words, which from Odoo 16 on are in the user's language
}

// LoadOnce imports rows of values under the given fields, all or none, by the method load of the model. Each row creates one
// record, however often it is sent: in the column "id" it carries an external id, as module.name. A new one creates the record
// and stays with it; a known one gives the id of its record and changes nothing. If that record was deleted in between, the
// row creates another. Other values are texts, numbers or booleans; an empty text means "not set". A field's "/.id" column
// takes database ids, a "/id" column external ids. No rows: no call, and no ids. Rows without an external id, with one that
// names no module, and two with the same, are a *RequestError.
//
// It is safe to repeat, even at the same time, and is sent again where the transport fails. Rows that Odoo refuses are a
// *LoadError. Where it rolled back because of another transaction, LoadOnce returns a *ConflictError without repeating: the
// caller may know better what to send next. A *TransportError with TooLarge, or with TooSlow or Dropped under ReturnSlow, asks
// for fewer rows.
//
// Cancelling ctx does what it does with Create.
func (c *Client) LoadOnce(ctx context.Context, model string, fields []string, rows [][]any, options LoadOptions) (LoadResult, error) {
	if len(rows) == 0 {
		return LoadResult{}, nil
	}
	if err := checkRows(fields, rows); err != nil {
		return LoadResult{}, &RequestError{Model: model, Method: "load", Reason: err.Error()}
	}
	m := &message{op: op{model: model, method: "load", rows: len(rows)}, finish: true, returnSlow: options.ReturnSlow}
	m.positional, m.context = []Param{{"fields", fields}, {"data", rows}}, Context{}
	maps.Copy(m.context, options.Context)
	m.context["mode"], m.context["noupdate"] = "update", true
	var loaded LoadResult
	result, err := c.call(ctx, m)
	if err == nil {
		loaded, err = c.readLoad(m.op, result)
	}
	loaded.Tries = m.tries
	return loaded, err
}

// checkRows reports what would let a repeated row create a second record.
func checkRows(fields []string, rows [][]any) error {
	column := slices.Index(fields, "id")
	if column < 0 {
		return fmt.Errorf(`there is no column "id" for external ids`)
	}
	seen := make(map[string]bool, len(rows))
	for i, row := range rows {
		if len(row) != len(fields) {
			return fmt.Errorf("row %d has %d values for %d fields", i, len(row), len(fields))
		}
		id, _ := row[column].(string)
		if seen[id] || !strings.Contains(id, ".") {
			return fmt.Errorf("row %d has no external id of its own, as module.name", i)
		}
		seen[id] = true
	}
	return nil
}

func (c *Client) readLoad(op op, result json.RawMessage) (LoadResult, error) {
	m := members(result)
	if m == nil {
		return LoadResult{}, c.unexpected(op, "expected ids and messages")
	}
	refusals, warnings, err := c.readMessages(op, m["messages"])
	if err != nil {
		return LoadResult{}, err
	}
	busy := slices.IndexFunc(refusals, func(m LoadMessage) bool { return m.Kind == RefusalBusy })
	switch created := !isUnset(m["ids"]); {
	case created && len(refusals) > 0:
		return LoadResult{}, c.unexpected(op, "found ids and errors in one answer")
	case created:
		ids, err := c.readIDs(op, m["ids"])
		return LoadResult{IDs: ids, Warnings: warnings}, err
	case len(refusals) == 0:
		return LoadResult{}, c.unexpected(op, "found neither ids nor errors")
	case busy >= 0:
		return LoadResult{}, &ConflictError{Model: op.model, Method: op.method, Message: refusals[busy].Message}
	}
	return LoadResult{}, &LoadError{Place: c.place(op), Messages: refusals}
}

// maxMessages is how many messages an answer may have. Odoo stops after about ten errors, but warns of any number of rows.
const maxMessages = 10_000

func (c *Client) readMessages(op op, data json.RawMessage) (refusals, warnings []LoadMessage, err error) {
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return nil, nil, nil
	}
	err = eachOf(data, maxMessages, func(element json.RawMessage) error {
		m := members(element)
		switch {
		case m == nil:
			return fmt.Errorf("found %s instead of a message", element)
		case text(m["type"]) == "error":
			refusals = append(refusals, c.readMessage(op, m))
		default:
			warnings = append(warnings, c.readMessage(op, m))
		}
		return nil
	})
	if err != nil {
		return nil, nil, c.unexpected(op, "messages: "+c.redactor.line(err.Error()))
	}
	return refusals, warnings, nil
}

func (c *Client) readMessage(op op, m map[string]json.RawMessage) LoadMessage {
	raw := text(m["message"])
	class, words := exceptionOf(raw)
	message := LoadMessage{Record: index(m["record"], op.rows), Field: c.redactor.line(text(m["field"])), Message: c.redactor.text(words, maxMessage)}
	switch {
	case isConflict(raw, op.rows):
		message.Kind = RefusalBusy
	case class != "":
		message.Kind, _ = kindOf(class)
	}
	return message
}

// index returns the index of a row that data holds; -1 where it holds none.
func index(data json.RawMessage, rows int) int {
	i := -1
	if json.Unmarshal(data, &i) != nil || i < 0 || i >= rows { // null leaves it as it is
		return -1
	}
	return i
}

package odoorpc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Create makes records, all or none, and returns their ids in the order of values. No values: no call, and no ids.
//
// It must not be repeated, so it is sent again only where the server has certainly done nothing: no connection came about,
// the server answered 429, or Odoo rolled back because of other transactions. Where the answer is lost or makes no sense it
// returns an *UnknownOutcomeError. Prefer Load, which has no such case.
//
// Cancelling ctx ends waits and further tries, but an attempt that may have reached the server is finished (for at most
// Config.Timeout) and its result returned. A deadline of ctx ends the attempt as well.
func (c *Client) Create(ctx context.Context, model string, values []map[string]any, context Context) ([]int64, error) {
	if len(values) == 0 {
		return nil, nil
	}
	m := &message{
		op:         op{model: model, method: "create", rows: len(values)},
		safety:     once,
		finish:     true,
		positional: []Param{{"vals_list", values}},
		context:    context,
	}
	result, err := c.call(ctx, m)
	if err != nil {
		return nil, err
	}
	ids, err := c.readIDsOf(m.op, result)
	if err != nil {
		return nil, &UnknownOutcomeError{Model: model, Method: m.method, Rows: m.rows, Err: err}
	}
	return ids, nil
}

// A LoadResult is what Load returns.
type LoadResult struct {
	// IDs are the records' ids in the order of the rows. Nil where the server refused; then Messages say why and nothing
	// was created.
	IDs []int64
	// Messages are the server's remarks on rows. Beside IDs they are warnings.
	Messages []LoadMessage
}

// A LoadMessage is a remark of the server on rows that were sent to Load.
type LoadMessage struct {
	Type     string // "error" or "warning"
	Record   int    // index of the row, from 0; -1 where the message concerns the whole call
	From, To int    // first and last index of the rows that the record spans; -1 where absent
	Field    string // the field concerned; "" where absent
	Message  string // for people
}

// Load imports rows of values under the given fields, all or none, by the method load of the model: in the column "id"
// each row carries an external id, by which a repeated row is recognised. Row values are texts, numbers or booleans; an
// empty text means "not set". A field's "/.id" column takes database ids. No rows: no call, and no ids.
//
// With an external id in every row and "mode": "update" and "noupdate": true in the context it is safe to repeat: a known
// external id gives the id of the record that it made and changes nothing. Then Load is sent again where the transport
// fails. Without them it would write again or create twice, so a lost answer is an *UnknownOutcomeError.
//
// What the server says about rows comes in the result, not as an error. Where it rolled back because of another
// transaction, Load returns a *ConflictError without repeating: the caller may know better what to send next.
// A *TransportError with TooLarge, or with TooSlow under ReturnSlow, asks for fewer rows.
//
// Cancelling ctx ends waits and further tries, but an attempt that may have reached the server is finished (for at most
// Config.Timeout) and its result returned. A deadline of ctx ends the attempt as well.
func (c *Client) Load(ctx context.Context, model string, fields []string, rows [][]any, context Context) (LoadResult, error) {
	if len(rows) == 0 {
		return LoadResult{}, nil
	}
	m := &message{
		op:         op{model: model, method: "load", rows: len(rows)},
		safety:     once,
		finish:     true,
		positional: []Param{{"fields", fields}, {"data", rows}},
		context:    context,
	}
	for i, row := range rows {
		if len(row) != len(fields) {
			return LoadResult{}, &RequestError{Model: model, Method: m.method, Reason: fmt.Sprintf("row %d has %d values for %d fields", i, len(row), len(fields))}
		}
	}
	if isRepeatable(fields, rows, context) {
		m.safety = repeatable
	}
	result, err := c.call(ctx, m)
	if err != nil {
		return LoadResult{}, err
	}
	loaded, err := c.readLoad(m.op, result)
	if _, ok := err.(*AnswerError); ok && m.safety == once { //nolint:errorlint // readLoad returns it as it is
		err = &UnknownOutcomeError{Model: model, Method: m.method, Rows: m.rows, Err: err}
	}
	return loaded, err
}

// isRepeatable reports whether sending the rows twice does no more than sending them once.
func isRepeatable(fields []string, rows [][]any, context Context) bool {
	column := slices.Index(fields, "id")
	if column < 0 || context["mode"] != "update" || context["noupdate"] != true {
		return false
	}
	for _, row := range rows {
		if id, _ := row[column].(string); id == "" {
			return false
		}
	}
	return true
}

func (c *Client) readLoad(op op, result json.RawMessage) (LoadResult, error) {
	m := members(result)
	if m == nil {
		return LoadResult{}, c.unexpected(op, "want ids and messages")
	}
	messages, err := c.readMessages(op, m["messages"])
	if err != nil {
		return LoadResult{}, err
	}
	refused := slices.ContainsFunc(messages, func(m LoadMessage) bool { return m.Type == "error" })
	if !isUnset(m["ids"]) {
		ids, err := c.readIDsOf(op, m["ids"])
		if err != nil {
			return LoadResult{}, err
		}
		if refused {
			return LoadResult{}, c.unexpected(op, "found ids and errors in one answer")
		}
		return LoadResult{IDs: ids, Messages: messages}, nil
	}
	if len(messages) == 0 {
		return LoadResult{}, c.unexpected(op, "found neither ids nor messages")
	}
	for _, message := range messages {
		if isConflict(message.Message) {
			return LoadResult{}, &ConflictError{Model: op.model, Method: op.method, Message: message.Message}
		}
	}
	return LoadResult{Messages: messages}, nil
}

// conflicts are how PostgreSQL words that another transaction was in the way, and what stands of the constraint on external
// ids in the messages of two loads that create the same one.
var conflicts = []string{"could not serialize access", "deadlock detected", "ir_model_data_module_name_uniq_index"}

func isConflict(message string) bool {
	if slices.ContainsFunc(conflicts, func(words string) bool { return strings.Contains(message, words) }) {
		return true
	}
	return strings.Contains(message, "duplicate key value") && strings.Contains(message, "ir_model_data")
}

// maxMessages is how many messages an answer may have. Odoo stops after about ten errors, but warns of any number of rows.
const maxMessages = 10_000

func (c *Client) readMessages(op op, data json.RawMessage) ([]LoadMessage, error) {
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return nil, nil
	}
	var messages []LoadMessage
	err := eachOf(data, maxMessages, func(element json.RawMessage) error {
		m := members(element)
		if m == nil {
			return fmt.Errorf("found %s in place of a message", element)
		}
		rows := members(m["rows"])
		messages = append(messages, LoadMessage{
			Type:    cleanLine(text(m["type"])),
			Record:  index(m["record"], op.rows),
			From:    index(rows["from"], op.rows),
			To:      index(rows["to"], op.rows),
			Field:   c.redactor.line(text(m["field"])),
			Message: strings.TrimSpace(c.redactor.text(text(m["message"]), maxMessage)),
		})
		return nil
	})
	if err != nil {
		return nil, c.unexpected(op, "messages: "+c.redactor.line(err.Error()))
	}
	return messages, nil
}

// index returns the index of a row that data holds; -1 where it holds none.
func index(data json.RawMessage, rows int) int {
	var i int
	if data == nil || isUnset(data) || json.Unmarshal(data, &i) != nil || i < 0 || i >= rows {
		return -1
	}
	return i
}

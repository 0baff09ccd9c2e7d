// Package importer creates records under external ids, by Odoo's own import:
// a new external id creates the record, a known one answers with the record
// that it has. So a call may be sent again, whatever became of the one before.
package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"odoosync/odoorpc"
)

// Module stands before the point of every external id that odoosync creates.
// No module of Odoo has such a name, so no installation, upgrade or removal of
// a module touches the ids.
const Module = "__odoosync__"

// ExternalID is the external id of a record that the fields tell from others
// of its kind. Its last part is the first half of the SHA-256 of "1", which is
// the version of this recipe, and the fields, joined by NUL bytes, in 32
// hexadecimal digits.
func ExternalID(kind string, fields ...string) string {
	sum := sha256.Sum256([]byte("1\x00" + strings.Join(fields, "\x00")))
	return fmt.Sprintf("%s.%s_%x", Module, kind, sum[:sha256.Size/2])
}

// Odoo is what the importer asks of a server; *odoorpc.Client provides it.
type Odoo interface {
	LoadOnce(ctx context.Context, model string, fields []string, rows [][]any, options odoorpc.LoadOptions) (odoorpc.LoadResult, error)
}

// Refusal is an import that created nothing because of what was in its rows,
// or because this user may not import at all.
type Refusal struct {
	Messages []odoorpc.LoadMessage // errors that Odoo gave for rows; may be none
	Closed   bool                  // no row was refused but the import itself
	Err      error                 // the error of the call, where it was one
	reason   string
}

func (r *Refusal) Error() string { return r.reason }

func (r *Refusal) Unwrap() error { return r.Err }

// Row is the row that the messages name first, -1 where they name none. It is
// a guess: Odoo 19 puts the error of all rows together first, on row 0, before
// it tries them one by one; what a database trigger raises stands on row 0 in
// all versions.
func (r *Refusal) Row() int {
	messages := r.Messages
	if len(messages) > 1 && messages[0].Record == 0 && messages[0].Field == "" {
		messages = messages[1:]
	}
	if len(messages) == 0 {
		return -1
	}
	return slices.MinFunc(messages, func(a, b odoorpc.LoadMessage) int { return a.Record - b.Record }).Record
}

// Names reports whether a message is about the field.
func (r *Refusal) Names(field string) bool {
	return slices.ContainsFunc(r.Messages, func(m odoorpc.LoadMessage) bool { return m.Field == field })
}

// ClosedHint says what to do where the user may not import.
const ClosedHint = "have an administrator let this user import records; or run with --plain-create, after which an interrupted run may leave tasks that the next one does not find and creates again"

// maxConflicts is how often a call is sent again that lost to another
// transaction: with the waits between, more than a minute.
const maxConflicts = 20

// longestConflict is after how long it is not sent again even if it was sent
// less often: each try may last as long as the database waits for a lock.
const longestConflict = 2 * time.Minute

// Load imports rows whose column "id" has their external ids, all or none, and
// returns the ids of the records in the order of the rows. It is sent again
// while another transaction is in its way; contended says that it was, or that
// the server had other trouble with the call. The errors are *Refusal and those
// of package odoorpc.
//
// PostgreSQL reports a conflict in the language of its server, and Odoo passes
// the words on as if a row were wrong. Where the client cannot tell it from a
// refusal, a single row refused in that way is sent a second time; of several,
// the caller sends fewer.
func Load(ctx context.Context, odoo Odoo, model string, fields []string, rows [][]any, options odoorpc.LoadOptions) (ids []int64, contended bool, err error) {
	again := len(rows) == 1
	started := time.Now()
	for conflicts := 0; ; conflicts++ {
		loaded, err := odoo.LoadOnce(ctx, model, fields, rows, options)
		if _, ok := errors.AsType[*odoorpc.ConflictError](err); !ok || conflicts == maxConflicts || time.Since(started) > longestConflict {
			err = RefusalOf(err)
			if again && isUnsure(err) {
				again = false
				continue
			}
			return loaded.IDs, conflicts > 0 || loaded.Tries > 1, err
		}
		// With jitter, so that two runs do not keep meeting.
		longest := min(100*time.Millisecond<<min(conflicts, 10), 5*time.Second)
		select {
		case <-ctx.Done():
			return nil, true, ctx.Err()
		case <-time.After(longest/2 + rand.N(longest/2)):
		}
	}
}

// isUnsure reports whether a refusal may be a conflict: Odoo names neither a
// field nor an exception then.
func isUnsure(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) && len(refusal.Messages) > 0 && !slices.ContainsFunc(refusal.Messages, func(m odoorpc.LoadMessage) bool {
		return m.Field != "" || m.Kind != ""
	})
}

// refusalOfRows is what messages about rows, or one about all of them, say.
func refusalOfRows(messages []odoorpc.LoadMessage) *Refusal {
	if i := slices.IndexFunc(messages, func(m odoorpc.LoadMessage) bool { return m.Record < 0 }); i >= 0 {
		return &Refusal{Closed: true, reason: messages[i].Message}
	}
	refusal := &Refusal{Messages: messages}
	row := refusal.Row()
	if i := slices.IndexFunc(messages, func(m odoorpc.LoadMessage) bool { return m.Record == row }); i >= 0 {
		refusal.reason = messages[i].Message
	}
	return refusal
}

// RefusalOf makes a Refusal of an error that says that the call was read and
// not carried out: by Odoo, also at the end of its transaction, or by a filter
// before Odoo. Others stay as they are.
func RefusalOf(err error) error {
	var load *odoorpc.LoadError
	var server *odoorpc.ServerError
	var answer *odoorpc.AnswerError
	switch {
	case errors.As(err, &load):
		return refusalOfRows(load.Messages)
	case errors.As(err, &server) && server.Kind != odoorpc.RefusalBusy:
		closed := server.Kind == odoorpc.RefusalAccess || server.Kind == odoorpc.RefusalUnsupported
		return &Refusal{Closed: closed, Err: err, reason: server.Message}
	case errors.As(err, &answer) && slices.Contains(filterStatuses, answer.Status):
		return &Refusal{Err: err, reason: fmt.Sprintf("something in front of Odoo answered %d %s", answer.Status, http.StatusText(answer.Status))}
	}
	return err
}

// filterStatuses are those that filters before Odoo give for what they find in
// a call.
var filterStatuses = []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotAcceptable, http.StatusUnprocessableEntity, http.StatusUnavailableForLegalReasons}

// Isolate finds the first of items that is refused. They were refused
// together; send is called with parts of them, in their order, until one is
// refused alone, and what stands before that one was sent with success. It
// returns the place of that one, or -1 where all that was sent went through.
func Isolate[T any](items []T, refusal *Refusal, send func([]T) error) (int, *Refusal, error) {
	if len(items) == 1 {
		return 0, refusal, nil
	}
	from, to, guess := 0, len(items), refusal.Row()
	for from < to {
		n := (to - from + 1) / 2
		if guess >= 0 && guess < to-from {
			n = max(guess, 1) // first what stands before the named row, then the row itself
		}
		err := send(items[from : from+n])
		var again *Refusal
		switch {
		case err == nil && guess > 0:
			from, guess = from+n, 0
		case err == nil:
			from, guess = from+n, -1
		case !errors.As(err, &again) || again.Closed:
			return -1, nil, err
		case n == 1:
			return from, again, nil
		default:
			to, guess = from+n, -1 // a server that names the wrong row once does so again
		}
	}
	return -1, nil, nil
}

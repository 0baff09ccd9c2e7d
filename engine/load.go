package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"odoosync/odoorpc"
)

// errNoLoad says that the server has no load for the model, or none for this
// user.
var errNoLoad = errors.New("the server does not let this user import records")

// loadRefusal is an answer of load that made nothing because of what stood in
// the rows.
type loadRefusal struct {
	messages []odoorpc.LoadMessage // errors only; at least one, each with its record
}

func (r *loadRefusal) Error() string { return r.first().Message }

// lacksRight reports whether a row was refused because the user may not create
// records of the model. Odoo says so in English, as odoosync sends no language;
// 14 names the error too, 19 only describes it.
func lacksRight(m odoorpc.LoadMessage) bool {
	if m.Kind == odoorpc.RefusalAccess {
		return true
	}
	for _, words := range []string{"not allowed to create", "have 'create' access"} {
		if strings.Contains(m.Message, words) {
			return true
		}
	}
	return false
}

// first is the refusal of the first row that was refused.
func (r *loadRefusal) first() odoorpc.LoadMessage {
	first := r.messages[0]
	for _, m := range r.messages[1:] {
		if m.Record < first.Record {
			first = m
		}
	}
	return first
}

// load imports rows whose first field is their external id: new ones are made,
// known ones answer with the record they have, untouched. So the call is safe
// to repeat. All rows are made or none. Other errors than those of package
// odoorpc: *loadRefusal, errNoLoad.
func (e *Engine) load(ctx context.Context, model string, fields []string, rows [][]any, options odoorpc.LoadOptions) ([]int64, error) {
	loaded, err := e.odoo.LoadOnce(ctx, model, fields, rows, options)
	if err != nil {
		if isClosed(err) {
			return nil, fmt.Errorf("%w: %w", errNoLoad, err)
		}
		return nil, err
	}
	if loaded.IDs != nil {
		return loaded.IDs, nil
	}
	refusal := &loadRefusal{}
	for _, m := range loaded.Messages {
		switch {
		case m.Type != "error":
		case m.Record < 0 || m.Record >= len(rows):
			return nil, fmt.Errorf("%w: %s", errNoLoad, m.Message)
		default:
			refusal.messages = append(refusal.messages, m)
		}
	}
	if len(refusal.messages) == 0 {
		return nil, fmt.Errorf("%w: it gave no ids and no reason", errNoLoad)
	}
	return nil, refusal
}

// isClosed reports whether the server refused load itself: it has no such
// method, or closes it to the user.
func isClosed(err error) bool {
	var server *odoorpc.ServerError
	return errors.As(err, &server) && (server.Kind == odoorpc.RefusalAccess || server.Kind == odoorpc.RefusalUnsupported)
}

// taskContext adds what makes tasks quiet and unassigned. Odoo assigns the
// calling user unless a default says otherwise: user_id until version 14,
// user_ids after it.
func (e *Engine) taskContext(c odoorpc.Context) odoorpc.Context {
	c["default_user_id"] = false
	c["default_user_ids"] = false
	if !e.options.Notify {
		c["tracking_disable"] = true
	}
	return c
}

// loadOnce is load, repeated while another transaction is in its way.
func (e *Engine) loadOnce(ctx context.Context, model string, fields []string, rows [][]any) ([]int64, error) {
	return withoutConflict(ctx, func() ([]int64, error) { return e.load(ctx, model, fields, rows, odoorpc.LoadOptions{}) })
}

// withoutConflict makes a call again while it loses to another transaction.
func withoutConflict(ctx context.Context, call func() ([]int64, error)) ([]int64, error) {
	for try := 0; ; try++ {
		ids, err := call()
		if !isConflict(err) || try == maxConflicts {
			return ids, err
		}
		if err := pause(ctx, conflictWait(try)); err != nil {
			return nil, err
		}
	}
}

// maxConflicts is how often a call is sent again that lost to another
// transaction: with the waits between, more than a minute.
const maxConflicts = 20

func isConflict(err error) bool {
	var conflict *odoorpc.ConflictError
	return errors.As(err, &conflict)
}

// conflictWait grows from a tenth of a second to five, with jitter so that two
// runs do not keep meeting.
func conflictWait(try int) time.Duration {
	longest := min(100*time.Millisecond<<min(try, 10), 5*time.Second)
	return longest/2 + rand.N(longest/2)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

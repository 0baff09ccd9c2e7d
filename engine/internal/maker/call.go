package maker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Call is one call that creates the tasks of a batch, ready to be sent.
type Call struct {
	Batch
	columns    []string // of a load
	rows       [][]any
	references []reference
	options    odoorpc.LoadOptions
	values     []map[string]any // of a plain create
}

// Answer is what came of a Call: an id for each item, or an error.
type Answer struct {
	*Call
	IDs       []int64
	Err       error
	Took      time.Duration
	Contended bool // another transaction was in the way, or the server was overloaded

	tasks map[int64]*Task
}

// Shrinkable reports whether a call of fewer rows may get through where this
// one did not.
func (a *Answer) Shrinkable(err *odoorpc.TransportError) bool {
	return a.options.ReturnSlow && (err.TooSlow() || err.Dropped())
}

// Prepare writes the rows of a batch. A call that is too slow is repeated by the
// client, or else comes back, to be sent in smaller batches.
func (k *Maker) Prepare(b Batch, repeat bool) *Call {
	c := &Call{Batch: b}
	if k.options.Plain {
		for _, item := range b.Items {
			c.values = append(c.values, k.values(item))
		}
		return c
	}
	c.options = odoorpc.LoadOptions{Context: k.context(), ReturnSlow: !repeat}
	c.columns, c.rows, c.references = k.rows(b.Items)
	return c
}

// Send creates the tasks and reads them back, to the end also when ctx is
// cancelled once the call is on its way. The errors are *importer.Refusal and
// those of package odoorpc.
func (k *Maker) Send(ctx context.Context, c *Call) *Answer {
	if k.options.Plain {
		return k.create(ctx, c)
	}
	a := &Answer{Call: c}
	started := k.options.Now()
	a.IDs, a.Contended, a.Err = importer.Load(ctx, k.odoo, modelTask, c.columns, c.rows, c.options)
	a.Took = k.options.Now().Sub(started)
	if a.Err == nil {
		a.tasks, a.Err = k.readBack(context.WithoutCancel(ctx), a.IDs)
	}
	return a
}

// readBack reads tasks that were just created, or that an external id led to.
// A replica that lags shows them after a while.
func (k *Maker) readBack(ctx context.Context, ids []int64) (map[int64]*Task, error) {
	const longest = 10 * time.Second // for all waits together, about
	tasks := make(map[int64]*Task, len(ids))
	missing := ids
	for wait := 25 * time.Millisecond; ; wait *= 2 {
		found, err := k.Tasks(ctx, missing)
		if err != nil {
			return nil, err
		}
		maps.Copy(tasks, found)
		missing = slices.DeleteFunc(slices.Clone(missing), func(id int64) bool { return found[id] != nil })
		if len(missing) == 0 || !k.place.Lags || wait > longest/2 {
			return tasks, nil
		}
		time.Sleep(wait)
	}
}

// Settle takes note of an answer: of external ids, and whether Odoo refused
// rows because of one that a row refers to. Then the batch can be sent again.
func (k *Maker) Settle(a *Answer) (again bool) {
	if refused(a.Err, a.references...) {
		k.names.off = true
		return true
	}
	for i, id := range a.IDs {
		if a.Items[i].Kind == featuremap.Feature {
			k.names.known[modelTask][id] = k.ExternalID(a.Items[i])
		}
	}
	return false
}

// errOldTasks says that a create gave ids which it cannot have made.
var errOldTasks = errors.New("it returned tasks that existed before")

// create creates tasks without external ids. A lost answer is an
// *odoorpc.UnknownOutcomeError; what Odoo refused, an *importer.Refusal, it
// has not done. The ids are there also where they could not be read back.
func (k *Maker) create(ctx context.Context, c *Call) *Answer {
	a := &Answer{Call: c}
	a.IDs, a.Err = k.odoo.Create(ctx, modelTask, c.values, odoorpc.CreateOptions{Context: k.context()})
	if a.Err != nil {
		if _, ok := errors.AsType[*odoorpc.UnknownOutcomeError](a.Err); !ok {
			a.Err = importer.RefusalOf(a.Err)
		}
		return a
	}
	a.tasks, a.Err = k.readBack(context.WithoutCancel(ctx), a.IDs)
	for _, id := range a.IDs {
		if k.earlier.seen[id] {
			return &Answer{Call: c, Err: &odoorpc.UnknownOutcomeError{Model: modelTask, Method: "create", Rows: len(c.Items), Err: errOldTasks}}
		}
	}
	return a
}

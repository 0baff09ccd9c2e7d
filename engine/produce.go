package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"odoosync/engine/internal/importer"
	"odoosync/engine/internal/maker"
	"odoosync/odoorpc"
)

// production creates tasks batch by batch, several batches at a time. The
// goroutines that it starts only send and read; all that is decided, taken and
// saved is so by the one that runs it.
type production struct {
	*sync
	size     *maker.Size
	jobs     int
	busy     map[*Item]bool // features that have something on its way
	inFlight int            // calls
	answers  chan *maker.Answer
	refused  []*maker.Answer
}

// run creates the missing tasks. After an error or a refusal no new call
// starts; those in flight are finished and their ids taken.
func (p *production) run(ctx context.Context) error {
	var stop error
	for {
		if stop == nil && len(p.refused) == 0 {
			stop = p.start(ctx)
		}
		if p.inFlight == 0 && stop == nil && len(p.refused) > 0 {
			stop = p.isolate(ctx)
			continue
		}
		if p.inFlight == 0 {
			return stop
		}
		if err := p.settle(ctx, <-p.answers); stop == nil {
			stop = err
		}
		if stop == nil && (p.options.PlainCreate || !p.now().Before(p.saver.due)) {
			stop = p.saver.save(p.inFlight > 0)
		}
	}
}

// start sends as many batches as may be on their way at once. After an edit of
// the map the ids of those that are on their way are taken first.
func (p *production) start(ctx context.Context) error {
	if p.inFlight > 0 && p.inFlight < p.jobs && p.file.Touched() {
		return nil
	}
	for p.inFlight < p.jobs {
		if ctx.Err() != nil {
			return ErrInterrupted
		}
		if p.inFlight == 0 {
			if err := p.catchUp(ctx); err != nil {
				return err
			}
		}
		batch := p.next()
		if len(batch.Items) == 0 {
			return nil
		}
		if p.options.Link {
			if err := p.checkLinked(ctx, batch.Items); err != nil {
				return err
			}
			if batch.Items = p.book.Pending(batch.Items); len(batch.Items) == 0 {
				continue
			}
		}
		for _, item := range batch.Items {
			p.busy[item.Feature()] = true
		}
		p.inFlight++
		call := p.maker.Prepare(batch, p.size.Rows == 1)
		go func() { p.answers <- p.maker.Send(ctx, call) }()
	}
	return nil
}

// catchUp goes over to the map as somebody else wrote it, if they did, and
// does for its items what was done for the others.
func (p *production) catchUp(ctx context.Context) error {
	if p.file.Touched() {
		if err := p.saver.save(false); err != nil {
			return err
		}
	}
	if p.saver.mapError != nil {
		return p.saver.mapError
	}
	if p.saver.prepared {
		return nil
	}
	p.saver.prepared = true
	return p.prepare(ctx)
}

// next is the next batch: pending features, and when all have their tasks,
// pending stories. The stories of a feature go in order: while some are on
// their way, the others wait.
func (p *production) next() maker.Batch {
	items := p.book.Pending(p.book.Plan().Features)
	if len(items) == 0 {
		items = p.book.Pending(p.book.Plan().Stories)
	}
	items = slices.DeleteFunc(items, func(item *Item) bool { return p.busy[item.Feature()] })
	share := (len(items) + p.jobs - 1) / p.jobs
	return p.cut(items, min(p.size.Rows, max(maker.FirstBatch, share)))
}

// cut takes from the front of items what fits into a call. A feature whose
// stories do not all fit any more is left for the next one: while a part of
// them is on its way, the others could not go.
func (p *production) cut(items []*Item, rows int) maker.Batch {
	var b maker.Batch
	for i, item := range items {
		bytes := p.maker.RowSize(item)
		if i > 0 && (i >= rows || b.Body+bytes > p.size.Bytes) {
			break
		}
		if i > 0 && item.Feature() != items[i-1].Feature() && i+sameFeature(items[i:]) > rows {
			break
		}
		b.Items = append(b.Items, item)
		b.Body += bytes
	}
	return b
}

// sameFeature is how many items from the first on are of the same feature.
func sameFeature(items []*Item) int {
	n := 1
	for n < len(items) && items[n].Feature() == items[0].Feature() {
		n++
	}
	return n
}

// settle takes the ids that an answer brought, or finds out what to do
// without.
func (p *production) settle(ctx context.Context, a *maker.Answer) error {
	p.inFlight--
	for _, item := range a.Items {
		delete(p.busy, item.Feature())
	}
	if a.Contended && p.jobs > 1 {
		p.jobs = 1
		p.report(OneAtATime{})
	}
	if p.maker.Settle(a) {
		return nil // the items are pending still, and go out again
	}
	var (
		refusal   *importer.Refusal
		transport *odoorpc.TransportError
		unknown   *odoorpc.UnknownOutcomeError
	)
	switch {
	case len(a.IDs) > 0 && (a.Err == nil || p.options.PlainCreate):
		p.size.Worked(len(a.Items), a.Took)
		return p.take(ctx, a)
	case errors.As(a.Err, &unknown):
		return p.unknownOutcome(a)
	case errors.As(a.Err, &refusal):
		p.refused = append(p.refused, a)
		return nil
	case !errors.As(a.Err, &transport):
		return a.Err
	case transport.TooLarge() && len(a.Items) > 1:
		p.size.TooLarge(a.Body)
		return nil
	case transport.TooLarge():
		return &ItemError{File: p.result.Map, Item: resultOf(a.Items[0], 0, Pending), Message: "the server takes no call of this size", Err: a.Err,
			Explain: "shorten the description, or let the proxy in front of Odoo accept larger bodies"}
	case a.Shrinkable(transport):
		p.size.TooSlow(len(a.Items))
		return nil
	}
	return a.Err
}

// isolate finds the item that Odoo refused, in the first in the map of the
// batches that were refused, creates what stands before it in the batch, and
// returns the refusal.
func (p *production) isolate(ctx context.Context) error {
	a := slices.MinFunc(p.refused, func(a, b *maker.Answer) int {
		return a.Items[0].Slot.Position().Offset - b.Items[0].Slot.Position().Offset
	})
	p.refused = nil
	refusal, _ := errors.AsType[*importer.Refusal](a.Err)
	if refusal.Closed {
		return p.closed(ctx, refusal)
	}
	at, alone, err := importer.Isolate(a.Items, refusal, func(items []*Item) error {
		part := p.resend(ctx, items)
		if _, unknown := errors.AsType[*odoorpc.UnknownOutcomeError](part.Err); unknown {
			return p.unknownOutcome(part)
		}
		if part.Err != nil && len(part.IDs) == 0 {
			return part.Err
		}
		return p.take(ctx, part)
	})
	switch {
	case errors.As(err, &refusal):
		return p.closed(ctx, refusal)
	case err != nil || at < 0:
		return err
	}
	stop := &ItemError{File: p.result.Map, Item: resultOf(a.Items[at], 0, Pending), Message: alone.Error(), Err: alone.Err}
	if p.dest.MayCreateTasks(ctx) == Denied {
		stop.Explain = taskRight
	}
	return stop
}

// resend sends a part of a batch that was refused.
func (p *production) resend(ctx context.Context, items []*Item) *maker.Answer {
	for {
		a := p.maker.Send(ctx, p.maker.Prepare(maker.Batch{Items: items}, true))
		if !p.maker.Settle(a) {
			return a
		}
	}
}

// closed is the error of a call that was refused as a whole.
func (p *production) closed(ctx context.Context, refusal *importer.Refusal) error {
	if p.dest.MayCreateTasks(ctx) == Denied {
		return &SetupError{Message: fmt.Sprintf("user %s has no right to create tasks: %s", p.dest.User(), refusal.Error()), Explain: taskRight, Err: refusal.Err}
	}
	if p.options.PlainCreate {
		return refusal.Err
	}
	return p.importClosed(refusal.Error())
}

func (p *production) unknownOutcome(a *maker.Answer) error {
	e := &UnknownOutcomeError{File: p.result.Map, Err: a.Err}
	for _, item := range a.Items {
		e.Items = append(e.Items, resultOf(item, 0, Pending))
	}
	return e
}

// jobs is how many calls may be in flight at once.
func (r *sync) jobs() int {
	switch {
	case r.options.PlainCreate, r.dest.Session.Cloud:
		return 1
	case r.options.Jobs < 1:
		return 2
	}
	return min(r.options.Jobs, r.book.Plan().Pending())
}

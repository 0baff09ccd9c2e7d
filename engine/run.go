package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"odoosync/engine/internal/destination"
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/ledger"
	"odoosync/engine/internal/maker"
	"odoosync/engine/internal/mapfile"
	"odoosync/odoorpc"
)

// Sync creates a task for every pending feature of the map at path and a
// subtask for every pending user story, and writes the new ids over the zeros.
// It stops at the first error; what was created until then is in the map, or,
// where that is not possible, in the error. In a dry run it says what it would
// do, and ends with the error that the run would end with, as far as that can
// be known.
//
// The result is never nil and tells how far the run came. Cancelling ctx lets
// the calls in flight end, saves their ids and returns ErrInterrupted. Other
// errors: *FileError, *MapError, *SetupError, *ItemError, *MismatchError,
// *UnknownOutcomeError, *NotSavedError, and those of package odoorpc.
func (e *Engine) Sync(ctx context.Context, path string) (*Result, error) {
	started := time.Now()
	r := &sync{Engine: e, result: &Result{Map: path, DryRun: e.options.DryRun}}
	err := r.all(ctx, path)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) && !losesIDs(err) {
		err = ErrInterrupted
	}
	r.conclude()
	r.result.Duration = time.Since(started)
	return r.result, err
}

// sync is one call of Sync: the packages that it leads a map through.
type sync struct {
	*Engine
	result  *Result
	file    *mapfile.File
	book    *ledger.Ledger
	saver   *saver
	dest    *destination.Destination
	stages  *destination.Records
	maker   *maker.Maker
	outlook map[*Item]maker.Verdict // what a dry run found
}

// all is the way of a map, from the file to Odoo and back.
func (r *sync) all(ctx context.Context, path string) (err error) {
	if r.file, err = mapfile.Open(path); err != nil {
		return err
	}
	defer r.file.Close()
	if err := r.read(path); err != nil {
		return err
	}
	if r.book.Plan().Pending() == 0 && !r.options.DryRun {
		return nil
	}
	if err := r.connect(ctx); err != nil {
		return err
	}
	if r.options.DryRun {
		return r.rehearse(ctx)
	}
	return r.settleAll(ctx)
}

// read reads the map, and plans.
func (r *sync) read(path string) error {
	src, err := r.file.Read()
	if err != nil {
		return &FileError{Path: path, Op: "read", Err: err}
	}
	m, err := featuremap.Parse(path, src, r.options.Strict)
	if err != nil {
		return err
	}
	for _, w := range m.Warnings {
		r.tell(Warning{Message: w.Error(), Hint: w.Hint, Place: w})
	}
	if !r.options.DryRun {
		for _, err := range r.file.Sweep() {
			r.warn(fmt.Sprintf("%s: cannot clean up after a killed run: %v", path, err), "it does no harm; its owner can remove it")
		}
	}
	r.book = ledger.New(m)
	r.saver = &saver{Engine: r.Engine, path: path, file: r.file, book: r.book}
	r.report(Planned{Pending: r.book.Plan().Pending()})
	return nil
}

// connect finds out where tasks go.
func (r *sync) connect(ctx context.Context) (err error) {
	r.dest, err = r.Engine.connect(ctx)
	r.result.Session, r.result.Project = r.dest.Session, r.dest.Project
	if err != nil {
		return err
	}
	r.maker = maker.New(r.odoo,
		maker.Options{Namespace: r.options.Namespace, Notify: r.options.Notify, Plain: r.options.PlainCreate, Now: r.now, Began: r.dest.Session.Time},
		maker.Place{
			Project: r.dest.Project.ID, ProjectName: r.dest.Project.Name, User: r.dest.User(),
			Major: r.dest.Session.Major, Lags: r.dest.Session.Protocol == odoorpc.JSON2,
		}, r.book)
	if r.stages, err = r.dest.FindStages(ctx, []string{destination.Backlog}); err != nil {
		return err
	}
	r.result.Stage = r.stages.Named[0]
	return nil
}

// rehearse is the dry run: it looks as a run does, asks what a run would find
// out by trying, and creates nothing.
func (r *sync) rehearse(ctx context.Context) error {
	tags, err := r.dest.FindTags(ctx, r.book.Plan().Tags())
	if err != nil {
		return err
	}
	r.dest.Ask(ctx, r.stages)
	r.dest.Ask(ctx, tags)
	r.result.Stage, r.result.Tags = r.stages.Named[0], tags.Named
	r.report(Prepared{})
	found, err := r.look(ctx)
	if err != nil {
		return err
	}
	r.outlook = byItem(found)
	if r.options.Link {
		if err := r.checkParents(ctx, r.linkedParents()); err != nil {
			return err
		}
	}
	if err := r.mismatch(found); err != nil || len(found) == r.book.Plan().Pending() {
		return err
	}
	return r.mayCreate(ctx)
}

// mayCreate asks for the rights that a run cannot do without when there are
// tasks to create.
func (r *sync) mayCreate(ctx context.Context) error {
	if r.dest.MayCreateTasks(ctx) == Denied {
		return &SetupError{Message: "user " + r.dest.User() + " has no right to create tasks", Explain: taskRight}
	}
	if !r.options.PlainCreate && r.dest.MayImport(ctx) == Denied {
		return r.importClosed("")
	}
	if r.result.Stage.ID == 0 && r.result.Stage.Creatable == Denied {
		return r.dest.StageDenied(r.result.Stage.Name)
	}
	return nil
}

// settleAll looks, creates what is missing, and saves the ids whatever ends
// it. An edit that comes as late as the last save counts too.
func (r *sync) settleAll(ctx context.Context) error {
	jobs := r.jobs()
	p := &production{sync: r, size: maker.NewSize(), jobs: jobs, busy: make(map[*Item]bool), answers: make(chan *maker.Answer, jobs)}
	for {
		err := p.run(ctx)
		if r.saver.failed {
			if notSaved, ok := errors.AsType[*NotSavedError](err); ok {
				notSaved.Items = r.saver.missing() // with those of the calls that were in flight then
			}
			return err
		}
		if len(r.book.Unsaved()) == 0 && !r.file.Touched() {
			return err
		}
		if saveErr := r.saver.save(false); saveErr != nil {
			return errors.Join(saveErr, err)
		}
		if err != nil {
			return err
		}
	}
}

func (r *sync) warn(message, hint string) {
	r.tell(Warning{Message: message, Hint: hint})
}

func (r *sync) tell(w Warning) {
	r.result.Warnings = append(r.result.Warnings, w)
	r.report(w)
}

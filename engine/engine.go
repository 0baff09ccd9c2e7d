package engine

import (
	"context"
	"time"

	"odoosync/engine/internal/destination"
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/maker"
	"odoosync/engine/internal/mapfile"
)

// Odoo is what the engine asks of a server; *odoorpc.Client provides it. With
// Options.Jobs above 1 several calls run at once.
type Odoo interface {
	destination.Odoo
	maker.Odoo
}

// Options says how an Engine works. The zero value of each field is its
// default, but for Project, which must be set.
type Options struct {
	// Project is the id of the project, or its exact name. A number is tried
	// as an id first.
	Project string
	// Namespace keeps apart the external ids of several maps that feed one
	// project. Default: none.
	Namespace string
	// DryRun checks everything that can be checked and creates nothing.
	DryRun bool
	// Notify lets Odoo post its messages and mail the project's followers for
	// each task. Default: tasks are created silently.
	Notify bool
	// Link takes a task that an earlier run created for an item even
	// if it no longer matches the map.
	Link bool
	// PlainCreate creates tasks without external ids: no later run finds them
	// again, and nothing that may have been done is repeated.
	PlainCreate bool
	// Jobs is how many calls may create tasks at a time. Default: 2. On
	// Odoo's own cloud and with plain create it is always 1.
	Jobs int
	// Strict treats the warnings of a map, such as a key that is probably
	// misspelt, as mistakes. Default: they are reported as events.
	Strict bool
	// Observer is told what happens, in order and on the calling goroutine.
	// Default: nobody is.
	Observer func(Event)
}

// Engine brings feature maps to one project of one Odoo. It keeps nothing
// between calls.
type Engine struct {
	odoo    Odoo
	options Options
	now     func() time.Time    // tests stand in for it
	wait    func(time.Duration) // likewise
}

// New returns an Engine that works through odoo. It does no I/O.
func New(odoo Odoo, options Options) *Engine {
	return &Engine{odoo: odoo, options: options, now: time.Now, wait: time.Sleep}
}

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError. With strict, the warnings of a map are mistakes.
func Check(path string, strict bool) (*Plan, error) {
	src, err := mapfile.Peek(path)
	if err != nil {
		return nil, err
	}
	m, err := featuremap.Parse(path, src, strict)
	if err != nil {
		return nil, err
	}
	return featuremap.NewPlan(m), nil
}

// EnsureStages creates those of the six stages that the project lacks, with
// sequences 1 to 6: Backlog, Up Next, In Progress, User Acceptance, Done,
// Archive. In a dry run it only says which are missing. The errors are
// *SetupError and those of package odoorpc.
func (e *Engine) EnsureStages(ctx context.Context) (*Result, error) {
	dest, err := e.connect(ctx)
	result := &Result{DryRun: e.options.DryRun, Session: dest.Session, Project: dest.Project}
	if err != nil {
		return result, err
	}
	stages, err := dest.FindStages(ctx, destination.StageNames)
	if err != nil {
		return result, err
	}
	if e.options.DryRun {
		dest.Ask(ctx, stages)
	} else {
		err = dest.CreateStages(ctx, stages)
	}
	result.Stages = stages.Named
	return result, err
}

// connect logs in and finds the project.
func (e *Engine) connect(ctx context.Context) (*destination.Destination, error) {
	dest, err := destination.Connect(ctx, e.odoo, e.options.Project, e.options.PlainCreate)
	if err == nil {
		e.report(Connected{Session: dest.Session, Project: dest.Project})
	}
	return dest, err
}

// Pull is a placeholder for going from Odoo back to the map, which odoosync
// does not do: it returns ErrNotImplemented and touches nothing.
func (e *Engine) Pull(context.Context, string) error {
	return ErrNotImplemented
}

func (e *Engine) report(ev Event) {
	if e.options.Observer != nil {
		e.options.Observer(ev)
	}
}

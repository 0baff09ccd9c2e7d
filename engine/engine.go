package engine

import (
	"context"
	"time"

	"odoosync/engine/internal/destination"
	"odoosync/engine/internal/maker"
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

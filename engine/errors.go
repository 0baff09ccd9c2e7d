package engine

import (
	"errors"
	"fmt"
	"slices"

	"odoosync/engine/internal/destination"
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
	"odoosync/odoorpc"
)

// Sentinels, to be found with errors.Is.
var (
	// ErrNotImplemented is what Pull returns.
	ErrNotImplemented = errors.New("not implemented: odoosync only goes from the map to Odoo")
	// ErrInterrupted ends a run whose context was cancelled. What was created
	// before is in the map.
	ErrInterrupted = errors.New("interrupted")
	// ErrLocked ends a run whose map another program holds a lock on.
	ErrLocked = mapfile.ErrLocked
)

// MapError is a map that cannot be used as it is written: every mistake that
// was found in one pass, sorted by place.
type MapError = featuremap.Error

// FileError is a map that cannot be opened, read, locked or saved, with no ids
// of this run to lose.
type FileError = mapfile.Error

// SetupError is something in Odoo that keeps the run from going on: no such
// project, an archived one, a missing right, a parent task that is gone or in
// another project.
type SetupError = destination.Error

// ItemError is one item that Odoo refused. What was created until then is
// saved: what stands before it in its call, and what else was on its way.
type ItemError struct {
	File    string
	Item    ItemResult
	Message string // Odoo's words
	Explain string
	Err     error // Odoo's own error, may be nil
}

func (e *ItemError) Error() string {
	return fmt.Sprintf("%s: Odoo refused it: %s", e.Item.at(e.File), e.Message)
}

func (e *ItemError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *ItemError) Hint() string { return e.Explain }

// MismatchError is tasks that carry the external ids of items but are not what
// the items describe. They are not taken; nothing in Odoo was changed.
type MismatchError struct {
	File  string
	Items []Mismatch
}

// Mismatch is one item of a MismatchError with the task that does not match it.
type Mismatch struct {
	ItemResult      // Status Pending; ID is that of the task, 0 when the user may not know it
	Created    bool // this run created the task, and Odoo turned it into something else
	Unseen     bool // the user may not see the task
}

func (e *MismatchError) Error() string {
	what, is, matches := tasks(len(e.Items)), "are", "match their items"
	if len(e.Items) == 1 {
		is, matches = "is", "matches its item"
	}
	if first := e.Items[0]; first.Created || first.Unseen {
		return fmt.Sprintf("%s: %s in Odoo %s not what the map says", e.File, what, is)
	}
	return fmt.Sprintf("%s: %s created by an earlier run no longer %s", e.File, what, matches)
}

// Hint says what to do.
func (e *MismatchError) Hint() string {
	if slices.ContainsFunc(e.Items, func(m Mismatch) bool { return m.Created }) {
		return "a module or an automation in this Odoo mixes up new tasks; correct them in Odoo and write the right task_id by hand"
	}
	return "take the existing task with --link, create another one with --plain-create, or write the right task_id by hand"
}

// UnknownOutcomeError is a batch sent with plain create whose answer was lost:
// the tasks may exist or not, and sending it again could create them twice.
type UnknownOutcomeError struct {
	File  string
	Items []ItemResult
	Err   error
}

func (e *UnknownOutcomeError) Error() string {
	reason := e.Err
	if call, ok := errors.AsType[*odoorpc.UnknownOutcomeError](reason); ok {
		reason = call.Err
	}
	return fmt.Sprintf("%s: no usable reply to the creation of %s, which may or may not exist in Odoo: %v", e.File, tasks(len(e.Items)), reason)
}

func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *UnknownOutcomeError) Hint() string {
	return "check in Odoo whether these tasks exist; if they do, write their ids into the map; if not, run again"
}

// NotSavedError is tasks of this run that exist in Odoo but whose ids are not
// in the map: all of them, also those that were saved into a map that is gone.
type NotSavedError struct {
	File  string
	Items []ItemResult
	Plain bool // the tasks have no external id: another run would create them again
	Gone  bool // the map as it stands now has no place for some of them
	Err   error
}

func (e *NotSavedError) Error() string {
	return fmt.Sprintf("%s: tasks were created but their ids could not be saved: %v", e.File, mapfile.Cause(e.Err))
}

func (e *NotSavedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *NotSavedError) Hint() string {
	switch {
	case e.Plain:
		return "write the ids above into the map before another run, which would create the tasks again"
	case e.Gone:
		return "put these items back into the map and write the ids above; another run finds the tasks only for items of the same feature and the same name, and would create others again"
	}
	return "write the ids above into the map, or fix the cause and run again: the same tasks are found and linked"
}

func tasks(n int) string {
	if n == 1 {
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", n)
}

// losesIDs reports whether an error tells of tasks whose ids are not in the
// map.
func losesIDs(err error) bool {
	var notSaved *NotSavedError
	var unknown *UnknownOutcomeError
	return errors.As(err, &notSaved) || errors.As(err, &unknown)
}

package engine

import (
	"errors"
	"fmt"
	"strings"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
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

// FileError is a map that cannot be opened, read, locked or written before
// anything was created, or that was changed by somebody in a way that leaves
// no place for the ids.
type FileError = mapfile.Error

// SetupError is something in Odoo that keeps the run from starting: no such
// project, an archived one, a missing right, a parent task that is gone.
type SetupError struct {
	Message string
	Explain string
	Err     error // Odoo's own error, may be nil
}

func (e *SetupError) Error() string { return e.Message }

// Unwrap returns Odoo's own error.
func (e *SetupError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *SetupError) Hint() string { return e.Explain }

// ItemError is one item that Odoo refused. The items before it are created
// and saved.
type ItemError struct {
	File    string
	Item    ItemResult
	Message string // Odoo's words
	Explain string
	Err     error // Odoo's own error, may be nil
}

func (e *ItemError) Error() string {
	return fmt.Sprintf("%s:%d: %s %q: Odoo refused it: %s", e.File, e.Item.Line, e.Item.Kind, e.Item.Name(), e.Message)
}

// Unwrap returns Odoo's own error.
func (e *ItemError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *ItemError) Hint() string { return e.Explain }

// Difference is one point in which an existing task is not what the map says.
type Difference struct {
	Field string // "name", "description", "project", "parent", "archived"
	Map   string
	Odoo  string
}

// MismatchError is an existing task that carries the external id of an item
// but is not what the item describes. Everything else of its batch is saved.
type MismatchError struct {
	File  string
	Items []Mismatch
}

// Mismatch is one item of a MismatchError with the task it met.
type Mismatch struct {
	Item        ItemResult // Status Pending; ID is that of the task it met
	Differences []Difference
}

func (e *MismatchError) Error() string {
	var b strings.Builder
	for i, m := range e.Items {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: %s %q: task %d was made for it by an earlier run, but differs:", e.File, m.Item.Line, m.Item.Kind, m.Item.Name(), m.Item.ID)
		for _, d := range m.Differences {
			fmt.Fprintf(&b, "\n  %s\n    map:  %s\n    Odoo: %s", d.Field, d.Map, d.Odoo)
		}
	}
	return b.String()
}

// Hint says what to do.
func (e *MismatchError) Hint() string {
	return "take the existing task with --link, make another one with --plain-create, or write the right task_id by hand"
}

// UnknownOutcomeError is a batch sent with plain create whose answer was lost:
// the tasks may exist or not, and asking again could make them twice.
type UnknownOutcomeError struct {
	File  string
	Items []ItemResult
	Err   error
}

func (e *UnknownOutcomeError) Error() string {
	first := e.Items[0]
	return fmt.Sprintf("%s:%d: %s %q and the %d items after it: no answer to the create, they may exist in Odoo or not: %v",
		e.File, first.Line, first.Kind, first.Name(), len(e.Items)-1, e.Err)
}

// Unwrap returns the cause.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *UnknownOutcomeError) Hint() string {
	return "look in Odoo whether these tasks exist; if they do, write their ids into the map, if not, run again"
}

// NotSavedError is a batch whose tasks exist in Odoo but whose ids could not
// be written into the map.
type NotSavedError struct {
	File  string
	Items []ItemResult
	Plain bool // the tasks have no external id: another run would make them again
	Err   error
}

func (e *NotSavedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: tasks were created but their ids could not be saved: %v", e.File, e.Err)
	for _, it := range e.Items {
		fmt.Fprintf(&b, "\n%s:%d: task_id = %d", e.File, it.Line, it.ID)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *NotSavedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *NotSavedError) Hint() string {
	if e.Plain {
		return "write the ids above into the map before another run, which would make the tasks again"
	}
	return "write the ids above into the map, or mend the cause and run again: the same tasks are found and linked"
}

// losesIDs reports whether an error tells of tasks whose ids are not in the
// map.
func losesIDs(err error) bool {
	var notSaved *NotSavedError
	var unknown *UnknownOutcomeError
	return errors.As(err, &notSaved) || errors.As(err, &unknown)
}

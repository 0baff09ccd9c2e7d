package mapfile

import (
	"errors"
	"fmt"
	"io/fs"
)

// ErrLocked says that another program holds a lock on the map.
var ErrLocked = errors.New("locked by another program")

// ErrChanged says that somebody else wrote the map since it was last looked
// at.
var ErrChanged = errors.New("the file was changed by another program")

var (
	errTooLarge = errors.New("it is larger than a map can be (4 GiB)")
	errNoName   = errors.New("its file was removed or replaced, and has no name any more")

	// errRefused says that a new file may not take the map's place, or not
	// with its owner, mode and access list.
	errRefused = errors.New("a new file cannot take its place")

	// errInUse says that another program has the file open.
	errInUse = errors.New("open in another program")
)

// refused is an error that keeps a new file from the map's place; nil for none.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errRefused, err)
}

// Error is a map that cannot be opened, read, locked or written.
type Error struct {
	Path    string
	Op      string // what was tried: "open", "read", "lock", "write"
	Err     error
	Explain string // what it means and what to do, may be empty
}

func (e *Error) Error() string { return fmt.Sprintf("%s: cannot %s: %v", e.Path, e.Op, Cause(e.Err)) }

func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *Error) Hint() string { return e.Explain }

func openError(path string, err error) error {
	e := &Error{Path: path, Op: "open", Err: err}
	switch {
	case errors.Is(err, ErrLocked):
		e.Op, e.Explain = "lock", "another odoosync or an editor is working on this map; wait until it has finished"
	case errors.Is(err, errNoName):
		e.Explain = "a mount of a single file keeps showing the old one: mount its folder, or mount it again"
	case errors.Is(err, fs.ErrNotExist):
		e.Explain = "check the path; odoosync does not create maps"
	case errors.Is(err, fs.ErrPermission):
		e.Explain = "odoosync writes the new ids into the map; allow reading and writing it"
	}
	return e
}

// Cause takes path and system call off an error that is told with its path.
func Cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok && err.Error() == path.Error() {
		return path.Err
	}
	return err
}

package mapfile

import (
	"errors"
	"io/fs"
	"os"
	"slices"
)

var errKilled = errors.New("killed")

// faulty is the operating system until the operation at which it fails, or at
// which the process dies: then nothing it was asked for happens any more.
type faulty struct {
	osSystem
	steps    []string // the operations so far, those that change something or fail at will
	failAt   int      // counted from 1; 0: never
	fail     []string // operations that fail each time
	err      error
	kill     bool
	dead     bool
	failed   string   // what failed
	without  []string // operations that the system does not offer
	unsynced bool     // for speed: sync does nothing
	watch    func(operation string)
	opened   int // files that are open
}

func (f *faulty) next(operation string) error {
	f.steps = append(f.steps, operation)
	if f.watch != nil {
		f.watch(operation)
	}
	switch {
	case f.dead:
		return errKilled
	case slices.Contains(f.without, operation):
		return errors.ErrUnsupported
	case !slices.Contains(f.fail, operation) && len(f.steps) != f.failAt:
		return nil
	case f.kill:
		f.dead = true
		return errKilled
	}
	f.failed = operation
	return f.err
}

func (f *faulty) Open(name string, flag int, mode fs.FileMode) (handle, error) {
	operation := "open"
	if flag&os.O_CREATE != 0 {
		operation = "create"
	}
	if err := f.next(operation); err != nil {
		return nil, err
	}
	h, err := f.osSystem.Open(name, flag, mode)
	if err != nil {
		return nil, err
	}
	f.opened++
	return &faultyHandle{File: h.(*os.File), system: f}, nil
}

func (f *faulty) Lock(h handle) error {
	if err := f.next("lock"); err != nil {
		return err
	}
	return f.osSystem.Lock(h.(*faultyHandle).File)
}

func (f *faulty) Claim(h handle) (func(), error) {
	if err := f.next("claim"); err != nil {
		return nil, err
	}
	return f.osSystem.Claim(h.(*faultyHandle).File)
}

func (f *faulty) Append(h handle, p []byte) (int64, int, error) {
	if err := f.next("append"); err != nil {
		if f.dead {
			return 0, 0, err
		}
		at, n, _ := f.osSystem.Append(h.(*faultyHandle).File, p[:len(p)/2]) // what got through before
		return at, n, err
	}
	return f.osSystem.Append(h.(*faultyHandle).File, p)
}

func (f *faulty) KeepAttributes(old, made handle) error {
	if err := f.next("attributes"); err != nil {
		return err
	}
	return f.osSystem.KeepAttributes(old.(*faultyHandle).File, made.(*faultyHandle).File)
}

func (f *faulty) Rename(from, to string) error {
	if err := f.next("rename"); err != nil {
		return err
	}
	return f.osSystem.Rename(from, to)
}

func (f *faulty) Swap(one, other string) error {
	if err := f.next("swap"); err != nil {
		return err
	}
	return f.osSystem.Swap(one, other)
}

// Remove does not fail at a turn of its own: what cannot be removed stays, and
// has tests of its own.
func (f *faulty) Remove(name string) error {
	if f.dead {
		return errKilled
	}
	if _, err := os.Lstat(name); err == nil && slices.Contains(f.fail, "remove") {
		return &fs.PathError{Op: "remove", Path: name, Err: f.err}
	}
	return f.osSystem.Remove(name)
}

func (f *faulty) SyncDir(dir string) error {
	if err := f.next("sync folder"); err != nil || f.unsynced {
		return err
	}
	return f.osSystem.SyncDir(dir)
}

func (f *faulty) Stat(name string) (fs.FileInfo, error) {
	if err := f.next("stat"); err != nil {
		return nil, err
	}
	return f.osSystem.Stat(name)
}

type faultyHandle struct {
	*os.File
	system *faulty
}

func (h *faultyHandle) Close() error {
	err := h.File.Close()
	if err == nil {
		h.system.opened--
	}
	return err
}

// ReadAt fails only each time, and has no turn of its own.
func (h *faultyHandle) ReadAt(p []byte, at int64) (int, error) {
	if h.system.watch != nil {
		h.system.watch("read")
	}
	if slices.Contains(h.system.fail, "read") {
		return 0, h.system.err
	}
	return h.File.ReadAt(p, at)
}

func (h *faultyHandle) Write(p []byte) (int, error) {
	if err := h.system.next("write"); err != nil {
		n, _ := h.File.Write(p[:len(p)/2]) // what got through before
		return n, err
	}
	return h.File.Write(p)
}

func (h *faultyHandle) WriteAt(p []byte, at int64) (int, error) {
	if err := h.system.next("write in place"); err != nil {
		if h.system.dead {
			return 0, err
		}
		n, _ := h.File.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return h.File.WriteAt(p, at)
}

func (h *faultyHandle) Sync() error {
	if err := h.system.next("sync"); err != nil || h.system.unsynced {
		return err
	}
	return h.File.Sync()
}

func (h *faultyHandle) Chmod(mode fs.FileMode) error {
	if err := h.system.next("chmod"); err != nil {
		return err
	}
	return h.File.Chmod(mode)
}

func (h *faultyHandle) Chown(uid, gid int) error {
	if err := h.system.next("chown"); err != nil {
		return err
	}
	return h.File.Chown(uid, gid)
}

func (h *faultyHandle) Truncate(size int64) error {
	if err := h.system.next("truncate"); err != nil {
		return err
	}
	return h.File.Truncate(size)
}

package mapfile

import (
	"io"
	"io/fs"
)

// system is what can fail when a map is opened or saved. Tests stand in for it
// to fail or stop at any step.
type system interface {
	Open(name string, flag int, mode fs.FileMode) (handle, error)
	Lock(h handle) error // exclusive, without waiting; ErrLocked if taken
	// Claim keeps others from opening a file until it is released. It fails
	// with errInUse where somebody has it open, and otherwise where the system
	// or the file system offers no such thing.
	Claim(h handle) (release func(), err error)
	// Append adds to the end of a file, wherever that is by then, and says
	// where that was and how much was written, also after an error.
	Append(h handle, p []byte) (at int64, n int, err error)
	// KeepAttributes gives a new file the access list and user attributes of
	// the old.
	KeepAttributes(old, made handle) error
	Stat(name string) (fs.FileInfo, error)
	Rename(from, to string) error
	Swap(one, other string) error // errors.ErrUnsupported where that cannot be done
	Remove(name string) error
	SyncDir(dir string) error
}

// handle is an open file; *os.File is one.
type handle interface {
	io.ReadWriteCloser
	io.Seeker
	io.ReaderAt
	io.WriterAt
	Fd() uintptr
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
	Truncate(size int64) error
	Sync() error
}

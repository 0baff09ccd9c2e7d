package mapfile

import (
	"io"
	"io/fs"
)

// system is what opening and saving a map needs of the operating system. Tests
// stand in for it to fail or stop at any step.
type system interface {
	Resolve(name string) (string, error) // follows symlinks
	Open(name string, flag int, mode fs.FileMode) (handle, error)
	Lock(h handle) error // exclusive, without waiting; ErrLocked if taken
	// KeepAttributes gives a new file what mode and owner do not say of the
	// old: who else may use it, and the notes of users.
	KeepAttributes(old, made handle) error
	Stat(name string) (fs.FileInfo, error)
	Names(dir string) ([]string, error)
	CanWrite(dir string) error
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
}

// handle is an open file; *os.File is one.
type handle interface {
	io.ReadWriteCloser
	io.ReaderAt
	io.WriterAt
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
	Truncate(size int64) error
	Sync() error
}

package mapfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// osSystem is the operating system itself.
type osSystem struct{}

func (osSystem) Resolve(name string) (string, error) { return filepath.EvalSymlinks(name) }

func (osSystem) Open(name string, flag int, mode fs.FileMode) (handle, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osSystem) Lock(h handle) error {
	f, ok := h.(*os.File)
	if !ok {
		return fs.ErrInvalid
	}
	return lockFile(f)
}

func (osSystem) KeepAttributes(old, made handle) error {
	from, fromFile := old.(*os.File)
	to, toFile := made.(*os.File)
	if !fromFile || !toFile {
		return fs.ErrInvalid
	}
	return keepAttributes(from, to)
}

func (osSystem) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

func (osSystem) Names(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return d.Readdirnames(-1)
}

func (osSystem) CanWrite(dir string) error { return canWriteDir(dir) }

func (osSystem) Rename(from, to string) error { return os.Rename(from, to) }

func (osSystem) Remove(name string) error { return os.Remove(name) }

func (osSystem) SyncDir(dir string) error { return syncDir(dir) }

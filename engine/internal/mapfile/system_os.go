package mapfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// osSystem is the operating system itself. Methods in which systems differ are
// in their own files.
type osSystem struct{}

// spelled returns a path with its last name as the folder has it: where case
// does not matter, a rename to another spelling would change it.
func spelled(path string) string {
	dir, base := filepath.Split(path)
	names, err := namesIn(filepath.Clean(dir))
	if err != nil || slices.Contains(names, base) {
		return path
	}
	same := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, base) })
	if same < 0 {
		return path // it has just been taken away
	}
	return filepath.Join(dir, names[same])
}

func namesIn(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return d.Readdirnames(-1)
}

func (osSystem) Open(name string, flag int, mode fs.FileMode) (handle, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osSystem) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (osSystem) Rename(from, to string) error          { return os.Rename(from, to) }
func (osSystem) Remove(name string) error              { return os.Remove(name) }

func (osSystem) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

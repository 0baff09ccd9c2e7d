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

func (s osSystem) Resolve(name string) (string, error) {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", err
	}
	dir, base := filepath.Split(target)
	names, _ := s.Names(filepath.Clean(dir)) // none of a folder that can be searched but not listed
	if !slices.Contains(names, base) {
		// Where case does not matter, a rename to another spelling would change it.
		if same := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, base) }); same >= 0 {
			base = names[same]
		}
	}
	return filepath.Join(dir, base), nil
}

func (osSystem) Open(name string, flag int, mode fs.FileMode) (handle, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
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

func (osSystem) Rename(from, to string) error { return os.Rename(from, to) }

func (osSystem) Remove(name string) error { return os.Remove(name) }

package mapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// largest is how many bytes a map has at most.
const largest = 4 << 30

// attempts is how often something is tried again that lost to a save by
// another program.
const attempts = 10

// Open locks the map at path and makes sure that it can be saved. The errors
// are of type *Error.
func Open(path string) (*File, error) { return openIn(osSystem{}, path) }

func openIn(sys system, path string) (*File, error) {
	f := &File{sys: sys}
	_, err := statMap(sys, path)
	if err == nil {
		f.target, err = filepath.EvalSymlinks(path)
	}
	if err == nil {
		f.target = spelled(f.target)
		err = f.lock()
	}
	if err != nil {
		return nil, openError(path, err)
	}
	if err := f.tryOut(); err != nil {
		f.Close()
		return nil, &Error{Path: path, Op: "save in its folder", Err: err,
			Explain: "a save writes a file next to the map and renames it; allow that, and leave room on the disk"}
	}
	return f, nil
}

// Peek reads the map at path without locking it. The errors are of type *Error.
func Peek(path string) ([]byte, error) {
	var src []byte
	_, err := statMap(osSystem{}, path)
	if err == nil {
		src, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, openError(path, err)
	}
	return src, nil
}

// statMap refuses what cannot be a map.
func statMap(sys system, path string) (fs.FileInfo, error) {
	info, err := sys.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		err = errors.New("it is a folder")
	case info.Mode()&fs.ModeDevice != 0:
		err = errors.New("it is a device")
	case !info.Mode().IsRegular():
		err = errors.New("it is not a regular file")
	case info.Size() > largest:
		err = fmt.Errorf("%w: %.1f GiB", errTooLarge, float64(info.Size())/(1<<30))
	}
	return info, err
}

// lock opens and locks the file that the path names now, and gives up the one
// that it named before.
func (f *File) lock() error {
	reason := ErrChanged
	for range attempts {
		info, err := statMap(f.sys, f.target)
		switch {
		case err != nil:
			return err
		case !named(info):
			reason = errNoName
			continue // unless it was replaced between the finding and the asking
		case info.Mode().Perm()&0o222 == 0:
			return fs.ErrPermission // also for root: it is read-only on purpose
		}
		file, err := f.sys.Open(f.target, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		err = f.sys.Lock(file)
		var opened fs.FileInfo
		if err == nil {
			opened, err = file.Stat()
		}
		if now, gone := f.sys.Stat(f.target); err == nil && gone == nil && os.SameFile(opened, now) {
			if f.file != nil {
				_ = f.file.Close()
			}
			f.file, f.info = file, opened
			return nil
		}
		_ = file.Close()
		if err != nil {
			return err
		}
	}
	return reason
}

// tryOut does beside the map what a save does, so that a refusal is known
// before it matters: then saves go in place, or the map is refused.
func (f *File) tryOut() error {
	if appendOnly(f.folder()) {
		f.inPlace = true // what is made there can never be removed
		return nil
	}
	if err := canWrite(f.folder()); err != nil {
		return err
	}
	current, err := f.Read()
	if err != nil {
		return err
	}
	from, to := f.temporaryName(0), f.temporaryName(1)
	err = f.tryReplacing(from, to, current)
	// What cannot be removed stays alone: saves in place leave nothing more.
	err = errors.Join(err, refused(errors.Join(f.remove(from), f.remove(to))))
	if errors.Is(err, errRefused) {
		f.inPlace = true
		return nil
	}
	return err
}

// tryReplacing puts a file in the place of another that is open and locked, as
// the map is.
func (f *File) tryReplacing(from, to string, content []byte) error {
	if err := errors.Join(f.remove(from), f.remove(to)); err != nil {
		return refused(err) // left by a run that was killed
	}
	other, err := f.write(to, bytes.NewReader(nil))
	if err != nil {
		return err
	}
	defer func() { _ = other.Close() }()
	made, err := f.write(from, bytes.NewReader(content))
	if err != nil {
		return err
	}
	defer func() { _ = made.Close() }()
	return refused(f.sys.Rename(from, to))
}

func (f *File) folder() string { return filepath.Dir(f.target) }

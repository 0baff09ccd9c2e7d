// Package mapfile keeps one map file for a run: locked, read, watched for edits
// by others, and saved so that the old bytes or the new ones are there.
// It knows neither TOML nor Odoo.
package mapfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Content is a rendering of the map: of a Patch.
type Content interface {
	Size() int64
	io.WriterTo
}

// File is the map on disk, locked for this run.
//
// The lock is on the map itself. A save puts a new file in its place, which is
// locked before it takes the name; so at any moment the file that the path
// names is locked. Whoever gets a lock on a file checks that the path still
// names it.
type File struct {
	sys     system
	path    string // as given
	target  string // where it leads through symlinks
	file    handle // holds the lock
	info    fs.FileInfo
	inPlace bool // the target cannot be replaced, only written
}

// Open locks the map at path and makes sure that it can be saved. The errors
// are of type *Error.
func Open(path string) (*File, error) { return openIn(osSystem{}, path) }

func openIn(sys system, path string) (*File, error) {
	f := &File{sys: sys, path: path}
	target, err := sys.Resolve(path)
	if err != nil {
		return nil, openError(path, err)
	}
	f.target = target
	if err := f.open(); err != nil {
		return nil, openError(path, err)
	}
	if err := sys.CanWrite(filepath.Dir(target)); isReadOnlySystem(err) {
		f.inPlace = true // a writable file mounted into a read-only system
	} else if err != nil {
		f.Close()
		return nil, &Error{Path: path, Op: "save in its folder", Err: causeOf(err),
			Explain: "a save makes a file beside the map and renames it; allow writing to the folder"}
	}
	return f, nil
}

// open opens and locks the file that the path names now.
func (f *File) open() error {
	const attempts = 10 // each lost to a save by somebody else
	for range attempts {
		info, err := f.sys.Stat(f.target)
		if err != nil {
			return err
		}
		switch {
		case info.IsDir():
			return errors.New("it is a folder")
		case !info.Mode().IsRegular():
			return errors.New("it is not a regular file")
		case info.Mode().Perm()&0o222 == 0:
			return fs.ErrPermission // also for root: it is read-only on purpose
		}
		file, err := f.sys.Open(f.target, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := f.sys.Lock(file); err != nil {
			_ = file.Close()
			return err
		}
		opened, err := file.Stat()
		if err != nil {
			_ = file.Close()
			return err
		}
		named, err := f.sys.Stat(f.target)
		if err == nil && os.SameFile(opened, named) {
			f.file, f.info = file, named
			return nil
		}
		_ = file.Close()
	}
	return ErrLocked
}

// Close gives up the lock.
func (f *File) Close() {
	if f.file != nil {
		_ = f.file.Close()
		f.file = nil
	}
}

// Read returns the bytes of the map as they are now.
func (f *File) Read() ([]byte, error) {
	if err := f.follow(); err != nil {
		return nil, err
	}
	src := make([]byte, f.info.Size())
	n, err := io.ReadFull(io.NewSectionReader(f.file, 0, 1<<62), src)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	rest, err := io.ReadAll(io.NewSectionReader(f.file, int64(n), 1<<62))
	if err != nil {
		return nil, err
	}
	return append(src[:n], rest...), nil
}

// Touched reports whether the map looks as if somebody wrote it since it was
// last read, compared or saved. It asks for size, time and identity only.
func (f *File) Touched() bool {
	now, err := f.sys.Stat(f.target)
	return err != nil || !unchanged(f.info, now)
}

// Holds reports whether the map has just these bytes.
func (f *File) Holds(want Content) (bool, error) {
	if err := f.follow(); err != nil {
		return false, err
	}
	if f.info.Size() != want.Size() {
		return false, nil
	}
	compared := &comparer{have: bufio.NewReaderSize(io.NewSectionReader(f.file, 0, 1<<62), 1<<18)}
	_, err := want.WriteTo(compared)
	if errors.Is(err, errDiffers) {
		return false, nil
	}
	return err == nil, err
}

// Replace gives the map new bytes, whole or not at all: after an error the old
// ones stand. It returns ErrChanged, and writes nothing, when the map was
// written since it was last read or compared.
func (f *File) Replace(c Content) error {
	if f.inPlace {
		return f.overwrite(c)
	}
	temporary := f.temporaryName()
	file, err := f.write(temporary, c)
	if errors.Is(err, errKeep) {
		return f.overwrite(c)
	}
	if err != nil {
		return err
	}
	if f.Touched() {
		_ = file.Close()
		return errors.Join(ErrChanged, f.sys.Remove(temporary))
	}
	if err := f.sys.Rename(temporary, f.target); err != nil {
		_ = file.Close()
		removed := f.sys.Remove(temporary)
		if isMountPoint(err) && removed == nil {
			f.inPlace = true
			return f.overwrite(c)
		}
		return errors.Join(err, removed)
	}
	_ = f.file.Close()
	f.file = file
	f.info, err = f.sys.Stat(f.target)
	if err != nil {
		return err
	}
	return f.sys.SyncDir(filepath.Dir(f.target))
}

// Sweep removes the temporary files of runs that were killed in a save. None
// can be in use: the lock on the map is ours.
func (f *File) Sweep() error {
	dir := filepath.Dir(f.target)
	names, err := f.sys.Names(dir)
	if err != nil {
		return nil // a folder that can be searched but not listed
	}
	for _, name := range names {
		if f.isTemporary(name) {
			if err := f.sys.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// A temporary file is named .<map>.<number>.odoosync-tmp, the number in
// hexadecimal digits: ".map.toml.1f0c..." belongs to "map.toml" and not to
// another file "map" beside it.
const (
	temporaryDigits = 16
	temporarySuffix = ".odoosync-tmp"
	longestName     = 255 // bytes, on about every file system
)

func (f *File) temporaryName() string {
	name := fmt.Sprintf("%s%0*x%s", f.temporaryPrefix(), temporaryDigits, rand.Uint64(), temporarySuffix)
	return filepath.Join(filepath.Dir(f.target), name)
}

// temporaryPrefix has a digest in place of a name that leaves no room for more.
func (f *File) temporaryPrefix() string {
	base := filepath.Base(f.target)
	if len(base) > longestName-len("..")-temporaryDigits-len(temporarySuffix) {
		sum := sha256.Sum256([]byte(base))
		base = hex.EncodeToString(sum[:sha256.Size/2])
	}
	return "." + base + "."
}

func (f *File) isTemporary(name string) bool {
	prefix := f.temporaryPrefix()
	if len(name) != len(prefix)+temporaryDigits+len(temporarySuffix) || !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, temporarySuffix) {
		return false
	}
	return strings.Trim(name[len(prefix):][:temporaryDigits], "0123456789abcdef") == ""
}

// errKeep says that a new file could not be given to the owner of the old, or
// be opened to the same people.
var errKeep = errors.New("cannot keep who the file belongs to and who may use it")

// write makes the temporary file: complete, on disk and locked. After an error
// it is gone.
func (f *File) write(name string, c Content) (_ handle, err error) {
	file, err := f.sys.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			err = errors.Join(err, f.sys.Remove(name))
		}
	}()
	if err := f.keepOwner(file); err != nil {
		return nil, err
	}
	if err := f.sys.KeepAttributes(f.file, file); err != nil {
		return nil, fmt.Errorf("%w: %w", errKeep, err)
	}
	if err := file.Chmod(f.info.Mode().Perm()); err != nil {
		return nil, err
	}
	if _, err := c.WriteTo(file); err != nil { // in large pieces
		return nil, err
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	if err := f.sys.Lock(file); err != nil {
		return nil, err
	}
	return file, nil
}

func (f *File) keepOwner(file handle) error {
	made, err := file.Stat()
	if err != nil {
		return err
	}
	uid, gid, known := owner(f.info)
	newUID, newGID, _ := owner(made)
	if !known || uid == newUID && gid == newGID {
		return nil
	}
	if err := file.Chown(uid, gid); err != nil {
		return fmt.Errorf("%w: %w", errKeep, err)
	}
	return nil
}

// overwrite writes into the map itself, for a file that cannot be replaced: a
// single file mounted into a container, or one that belongs to somebody else.
// What makes it longer is written first, so that a full disk is found before
// any old byte is gone; after an error the old bytes are put back.
func (f *File) overwrite(c Content) error {
	old, err := f.Read()
	if err != nil {
		return err
	}
	var rendered bytes.Buffer
	rendered.Grow(int(c.Size()))
	if _, err := c.WriteTo(&rendered); err != nil {
		return err
	}
	if f.Touched() {
		return ErrChanged
	}
	if err := f.overwriteWith(rendered.Bytes(), old); err != nil {
		if restored := f.overwriteWith(old, nil); restored != nil {
			return fmt.Errorf("%w; the old text could not be put back: %w", err, restored)
		}
		return err
	}
	f.info, err = f.sys.Stat(f.target)
	return err
}

func (f *File) overwriteWith(text, old []byte) error {
	if len(old) < len(text) && old != nil {
		if _, err := f.file.WriteAt(text[len(old):], int64(len(old))); err != nil {
			return err
		}
	}
	if _, err := f.file.WriteAt(text, 0); err != nil {
		return err
	}
	if err := f.file.Truncate(int64(len(text))); err != nil {
		return err
	}
	return f.file.Sync()
}

// follow makes sure that the open file is the one that the path names:
// editors put a new file in the place of the old.
func (f *File) follow() error {
	named, err := f.sys.Stat(f.target)
	if err != nil {
		return err
	}
	if os.SameFile(f.info, named) {
		f.info = named
		return nil
	}
	old := f.file
	if err := f.open(); err != nil {
		return err
	}
	_ = old.Close()
	return nil
}

func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// comparer is a writer that checks what it gets against what it can read.
type comparer struct {
	have *bufio.Reader
}

var errDiffers = errors.New("differs")

func (c *comparer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		want := min(len(rest), c.have.Size())
		have, err := c.have.Peek(want)
		if !bytes.Equal(have, rest[:want]) {
			return 0, errDiffers
		}
		if err != nil {
			return 0, err
		}
		_, _ = c.have.Discard(want)
		rest = rest[want:]
	}
	return len(p), nil
}

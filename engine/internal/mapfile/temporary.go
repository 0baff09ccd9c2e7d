package mapfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A temporary file is named .<map>.<number>.odoosync-tmp, the number in
// hexadecimal digits: ".map.toml.1f0c..." belongs to "map.toml" and not to
// another file "map" beside it.
const (
	temporaryDigits = 16
	temporarySuffix = ".odoosync-tmp"
	longestName     = 255 // bytes, on about every file system
)

// Sweep removes the temporary files of runs that were killed in a save. None
// can be in use: the lock on the map is ours. It returns why some are still
// there, each error with the name of the file.
func (f *File) Sweep() (left []error) {
	names, err := namesIn(f.folder())
	if err != nil {
		return nil // a folder that can be searched but not listed
	}
	for _, name := range names {
		if !f.isTemporary(name) {
			continue
		}
		if err := f.remove(filepath.Join(f.folder(), name)); err != nil {
			left = append(left, err)
		}
	}
	return left
}

// remove removes a file, unless it is gone already.
func (f *File) remove(name string) error {
	if err := f.sys.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f *File) temporaryName(number uint64) string {
	name := fmt.Sprintf("%s%0*x%s", f.temporaryPrefix(), temporaryDigits, number, temporarySuffix)
	return filepath.Join(f.folder(), name)
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
	digits, ours := strings.CutPrefix(name, f.temporaryPrefix())
	digits, temporary := strings.CutSuffix(digits, temporarySuffix)
	return ours && temporary && len(digits) == temporaryDigits && strings.Trim(digits, "0123456789abcdef") == ""
}

// write makes a temporary file: complete, on disk and locked, with the owner,
// mode and access list of the map. After an error it is gone.
func (f *File) write(name string, text io.WriterTo) (handle, error) {
	file, err := f.sys.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if cannotMake(err) {
		err = refused(err)
	}
	if err != nil {
		return nil, err
	}
	err = refused(f.resemble(file))
	if err == nil {
		_, err = text.WriteTo(file)
	}
	if err == nil {
		err = sync(file)
	}
	if err == nil {
		err = refused(f.sys.Lock(file))
	}
	if err != nil {
		_ = file.Close()
		return nil, errors.Join(err, f.sys.Remove(name))
	}
	return file, nil
}

// resemble gives a new file what the map has, and leaves alone what is so
// already: some file systems have one owner and one mode for all.
func (f *File) resemble(made handle) error {
	info, err := made.Stat()
	if err != nil {
		return err
	}
	uid, gid, known := owner(f.info)
	newUID, newGID, _ := owner(info)
	if known && (uid != newUID || gid != newGID) {
		if err := made.Chown(uid, gid); err != nil {
			return err
		}
	}
	if err := f.sys.KeepAttributes(f.file, made); err != nil {
		return err
	}
	// Access lists change the mode, so it is asked again.
	if info, err = made.Stat(); err != nil || info.Mode().Perm() == f.info.Mode().Perm() {
		return err
	}
	return made.Chmod(f.info.Mode().Perm())
}

// sync brings a file to the disk, on a file system that knows how to.
func sync(h handle) error {
	if err := h.Sync(); err != nil && !cannotSync(err) {
		return err
	}
	return nil
}

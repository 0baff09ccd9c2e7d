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
	names, err := f.sys.Names(f.folder())
	if err != nil {
		return nil // a folder that can be searched but not listed
	}
	for _, name := range names {
		if f.isTemporary(name) {
			if err := f.sys.Remove(filepath.Join(f.folder(), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				left = append(left, err)
			}
		}
	}
	return left
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
func (f *File) write(name string, text io.WriterTo) (_ handle, err error) {
	file, err := f.sys.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if cannotMake(err) {
			err = fmt.Errorf("%w: %w", errRefused, err)
		}
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			err = errors.Join(err, f.sys.Remove(name))
		}
	}()
	if err := f.resemble(file); err != nil {
		return nil, fmt.Errorf("%w: %w", errRefused, err)
	}
	if _, err := text.WriteTo(file); err != nil {
		return nil, err
	}
	if err := sync(file); err != nil {
		return nil, err
	}
	if err := f.sys.Lock(file); err != nil {
		return nil, fmt.Errorf("%w: %w", errRefused, err)
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

package mapfile

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"
)

func TestLocksOfOtherProgramsAreHonoured(t *testing.T) {
	locks := map[string]func(f *os.File) error{
		"flock": func(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_SH) },
		"fcntl": func(f *os.File) error {
			return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_RDLCK, Whence: io.SeekStart, Len: 1})
		},
	}
	for name, lock := range locks {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := writeMap(t)
			other, err := os.Open(path)
			is.NoErr(err)
			defer func() { _ = other.Close() }()
			is.NoErr(lock(other))
			_, err = openIn(osSystem{}, path)
			is.True(errors.Is(err, ErrLocked))
		})
	}
}

func TestUnusableMapsAreRefusedBeforeTheRun(t *testing.T) {
	for name, spoil := range map[string]func(is *is.I, path string){
		"read-only file":   func(is *is.I, path string) { is.NoErr(os.Chmod(path, 0o444)) },
		"unreadable file":  func(is *is.I, path string) { is.NoErr(os.Chmod(path, 0)) },
		"read-only folder": func(is *is.I, path string) { is.NoErr(os.Chmod(filepath.Dir(path), 0o555)) },
		"no file":          func(is *is.I, path string) { is.NoErr(os.Remove(path)) },
		"folder":           func(is *is.I, path string) { is.NoErr(os.Remove(path)); is.NoErr(os.Mkdir(path, 0o755)) },
		"pipe":             func(is *is.I, path string) { is.NoErr(os.Remove(path)); is.NoErr(unix.Mkfifo(path, 0o644)) },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := writeMap(t)
			spoil(is, path)
			defer func() { _ = os.Chmod(filepath.Dir(path), 0o755) }()
			_, err := openIn(osSystem{}, path)
			var refused *Error
			is.True(errors.As(err, &refused))
		})
	}
}

// TestSaveKeepsTheAccessList holds a save to the list of a map that is open to
// a user and shut to its group, in a folder that gives new files another list.
func TestSaveKeepsTheAccessList(t *testing.T) {
	const inherited = "system.posix_acl_default"
	everyone := ^uint32(0)
	list := func(named uint16, user uint32) []byte {
		b := binary.LittleEndian.AppendUint32(nil, 2) // version
		for _, e := range []struct {
			tag, may uint16
			who      uint32
		}{{1, 6, everyone}, {2, named, user}, {4, 0, everyone}, {16, 6, everyone}, {32, 0, everyone}} { // owner, user, group, mask, others
			b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, e.tag), e.may), e.who)
		}
		return b
	}
	for name, row := range map[string]struct{ access []byte }{"its own": {list(6, 4711)}, "none": {nil}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := writeMap(t)
			if err := unix.Setxattr(filepath.Dir(path), inherited, list(4, 4712), 0); err != nil {
				t.Skipf("no access lists here: %v", err)
			}
			if row.access != nil {
				is.NoErr(unix.Setxattr(path, accessList, row.access, 0))
			}
			if err := unix.Setxattr(path, "user.note", []byte("mine"), 0); err != nil {
				t.Logf("no attributes of users here: %v", err)
			}
			look := func() (fs.FileMode, map[string]string) {
				f, err := os.Open(path)
				is.NoErr(err)
				defer func() { _ = f.Close() }()
				info, err := f.Stat()
				is.NoErr(err)
				all, err := attributes(f)
				is.NoErr(err)
				return info.Mode(), all
			}
			mode, before := look()
			is.NoErr(saveOnce(osSystem{}, path))
			is.Equal(bytesOf(t, path), newText)
			got, after := look()
			is.Equal(got, mode)
			is.Equal(after, before)
		})
	}
}

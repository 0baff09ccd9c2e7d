package engine

import (
	"errors"
	"io"
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
			_, err = openMapFile(osSystem{}, path)
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
			_, err := openMapFile(osSystem{}, path)
			var refused *FileError
			is.True(errors.As(err, &refused))
		})
	}
}

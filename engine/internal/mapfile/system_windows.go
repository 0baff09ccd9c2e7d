package mapfile

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks one byte far behind the end of the file: a lock on Windows
// keeps others from reading what it covers, and the map stays readable.
func lockFile(f *os.File) error {
	beyond := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, beyond)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}

// canWriteDir leaves the answer to the save itself: Windows tells only when a
// file is made.
func canWriteDir(dir string) error {
	_, err := os.Stat(dir)
	return err
}

// syncDir has no counterpart: a rename is journalled.
func syncDir(string) error { return nil }

// owner is kept by Windows itself: a new file inherits the folder's rights.
func owner(fs.FileInfo) (uid, gid int, known bool) { return 0, 0, false }

// isMountPoint also holds for a target that is open here for the lock, which
// Windows refuses to replace.
func isMountPoint(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

func isReadOnlySystem(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

package mapfile

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows"
)

// A lock on Windows keeps others from reading and writing what it covers. The
// one that lasts for the run covers a byte far beyond the end of the file, and
// the map stays readable. The one of a save covers all before it.
const beyond = 0x7fffffff // times 4 GiB

func (osSystem) Lock(f handle) error {
	err := lockRange(f, beyond, 1, 0)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}

func lockRange(f handle, startHigh, low, high uint32) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, low, high, &windows.Overlapped{OffsetHigh: startHigh})
}

func (osSystem) Claim(f handle) (release func(), err error) {
	if err := lockRange(f, 0, 0, beyond); err != nil {
		return nil, errInUse
	}
	return func() { _ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 0, beyond, &windows.Overlapped{}) }, nil
}

// Append needs no help of the system: Claim keeps others from writing.
func (osSystem) Append(f handle, p []byte) (at int64, n int, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	n, err = f.WriteAt(p, info.Size())
	return info.Size(), n, err
}

// canWrite leaves the answer to the trial: Windows tells only when a file is
// made.
func canWrite(string) error { return nil }

func cannotMake(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

func cannotSync(err error) bool {
	return errors.Is(err, windows.ERROR_INVALID_FUNCTION) || errors.Is(err, windows.ERROR_NOT_SUPPORTED)
}

// owner is kept by Windows itself: a new file inherits the folder's rights.
func owner(fs.FileInfo) (uid, gid int, known bool) { return 0, 0, false }

// named is true: a file that is open here keeps its name.
func named(fs.FileInfo) bool { return true }

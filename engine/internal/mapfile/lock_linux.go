package mapfile

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// lockRecords takes a write lock on the whole file, bound to this open file
// and not to the process, so that closing another handle does not drop it.
func lockRecords(f *os.File) error {
	return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart})
}

//go:build unix

package mapfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Lock takes both kinds of advisory locks that programs use, so that
// either is honoured: flock(2), and where the system binds it to an open file,
// fcntl(2). A file system without locks grants them all.
func (osSystem) Lock(f handle) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		err = lockRecords(f)
	}
	switch {
	case isTaken(err):
		return ErrLocked
	case errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOLCK), errors.Is(err, unix.EINVAL):
		return nil
	}
	return err
}

// isTaken reports whether a lock was refused because of another.
func isTaken(err error) bool { return errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EACCES) }

// Append leaves it to the system to find the end of the file, and learns from
// the position after it where that was.
func (osSystem) Append(f handle, p []byte) (at int64, n int, err error) {
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_SETFL, flags|unix.O_APPEND)
	}
	if err != nil {
		return 0, 0, err
	}
	n, err = f.Write(p)
	end, seekErr := f.Seek(0, io.SeekCurrent)
	_, resetErr := unix.FcntlInt(f.Fd(), unix.F_SETFL, flags)
	return end - int64(n), n, errors.Join(err, seekErr, resetErr)
}

// canWrite takes a folder whose mode lets nobody write at its word, even for
// root.
func canWrite(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o222 == 0 && unix.Access(dir, unix.W_OK) != unix.EROFS {
		err = &fs.PathError{Op: "write", Path: dir, Err: unix.EACCES}
	}
	return err
}

// cannotMake reports whether an error says that a folder takes no file beside
// the map, though the map itself may be written: it is mounted into a
// read-only system, or its name leaves no room for a longer one.
func cannotMake(err error) bool {
	return errors.Is(err, unix.EROFS) || errors.Is(err, unix.ENAMETOOLONG)
}

// cannotSync reports whether an error says that a file system knows no sync.
func cannotSync(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS)
}

// owner returns who a file belongs to.
func owner(info fs.FileInfo) (uid, gid int, known bool) {
	stat := info.Sys().(*syscall.Stat_t)
	return int(stat.Uid), int(stat.Gid), true
}

// named reports whether a file has a name in some folder.
func named(info fs.FileInfo) bool {
	return info.Sys().(*syscall.Stat_t).Nlink > 0
}

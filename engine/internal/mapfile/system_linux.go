package mapfile

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/sys/unix"
)

// lockRecords takes a write lock on the whole file, bound to this open file
// and not to the process, so that closing another handle does not drop it.
//
// On SMB the two kinds of locks are one, so that the second is refused to who
// has the first. A lock there also keeps other programs, and other handles,
// from reading what it covers; so it covers a byte far beyond the end only.
func lockRecords(f handle) error {
	const beyond = 1 << 62
	lock := func(kind int16, start, length int64) error {
		return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: start, Len: length})
	}
	err := lock(unix.F_WRLCK, 0, 0)
	if !isTaken(err) {
		return err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_UN); err != nil {
		return err
	}
	if err := lock(unix.F_WRLCK, 0, 0); err != nil {
		return err // taken by somebody else
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
		return nil // somebody else had it, and gave it up
	}
	if err := lock(unix.F_UNLCK, 0, 0); err != nil {
		return err
	}
	return lock(unix.F_WRLCK, beyond, 1)
}

// forget drops what the system remembers of the bytes of a file: NFS goes on
// with it, whatever the server says, while we have the file open.
func forget(f handle) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }

// Claim takes a lease: the system grants it if no other handle of the file is
// open, and lets whoever opens the file wait until it is given up. The signal
// that tells of somebody waiting is one that programs ignore.
func (osSystem) Claim(f handle) (release func(), err error) {
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETSIG, int(unix.SIGURG))
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK)
	}
	if errors.Is(err, unix.EAGAIN) {
		return nil, errInUse
	}
	if err != nil {
		return nil, err
	}
	return func() { _, _ = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK) }, nil
}

// Swap lets two files of one folder exchange their names.
func (osSystem) Swap(one, other string) error {
	err := unix.Renameat2(unix.AT_FDCWD, one, unix.AT_FDCWD, other, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) {
		return errors.ErrUnsupported // by this file system
	}
	return err
}

// appendOnly reports whether files made in a folder can be neither renamed nor
// removed.
func appendOnly(dir string) bool {
	var stat unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, dir, 0, 0, &stat)
	return err == nil && stat.Attributes&unix.STATX_ATTR_APPEND != 0
}

// accessList holds whom beside owner and group a file is open to. While it is
// there, the group's bits of the mode say something else: the most that anyone
// in the list may do. So a copy with the same mode and no list would be open
// to a group that the list shuts out.
const accessList = "system.posix_acl_access"

// KeepAttributes gives a new file the access list of the old, or none if the
// folder gave it one that the old has not, and the attributes that users set.
// Those of the system, such as labels, the system gives to new files itself.
func (osSystem) KeepAttributes(old, made handle) error {
	want, err := attributes(old)
	if err != nil {
		return err
	}
	have, err := attributes(made)
	if err != nil {
		return err
	}
	for name := range have {
		if _, kept := want[name]; !kept {
			if err := unix.Fremovexattr(int(made.Fd()), name); err != nil {
				return err
			}
		}
	}
	for name, value := range want {
		if err := unix.Fsetxattr(int(made.Fd()), name, []byte(value), 0); err != nil {
			return err
		}
	}
	return nil
}

// attributes reads those that KeepAttributes is about; a file system without
// attributes has none.
func attributes(f handle) (map[string]string, error) {
	list, err := readAttribute(func(buffer []byte) (int, error) { return unix.Flistxattr(int(f.Fd()), buffer) })
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values := make(map[string]string)
	for name := range strings.SplitSeq(list, "\x00") {
		if name != accessList && !strings.HasPrefix(name, "user.") {
			continue
		}
		values[name], err = readAttribute(func(buffer []byte) (int, error) { return unix.Fgetxattr(int(f.Fd()), name, buffer) })
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

// readAttribute reads what a call of the system gives, whose length it tells
// when it gets no room.
func readAttribute(read func([]byte) (int, error)) (string, error) {
	size, err := read(nil)
	if err != nil || size == 0 {
		return "", err
	}
	buffer := make([]byte, size)
	size, err = read(buffer)
	return string(buffer[:max(size, 0)]), err
}

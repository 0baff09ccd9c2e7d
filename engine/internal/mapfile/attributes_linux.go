package mapfile

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"
)

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

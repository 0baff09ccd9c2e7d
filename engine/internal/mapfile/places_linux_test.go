package mapfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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
		"fcntl, of a byte within": func(f *os.File) error {
			return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_RDLCK, Whence: io.SeekStart, Start: 5, Len: 1})
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
	const allow = "odoosync writes the new ids into the map; allow reading and writing it"
	for name, row := range map[string]struct {
		spoil     func(path string) error
		want, why string
	}{
		"read-only file":  {func(path string) error { return os.Chmod(path, 0o444) }, "open: permission denied", allow},
		"unreadable file": {func(path string) error { return os.Chmod(path, 0) }, "open: permission denied", allow},
		"read-only folder": {func(path string) error { return os.Chmod(filepath.Dir(path), 0o555) }, "save in its folder: permission denied",
			"a save writes a file next to the map and renames it; allow that, and leave room on the disk"},
		"no file": {os.Remove, "open: no such file or directory", "check the path; odoosync does not create maps"},
		"folder":  {func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o755)) }, "open: it is a folder", ""},
		"pipe":    {func(path string) error { return errors.Join(os.Remove(path), unix.Mkfifo(path, 0o644)) }, "open: it is not a regular file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := writeMap(t)
			is.NoErr(row.spoil(path))
			defer func() { _ = os.Chmod(filepath.Dir(path), 0o755) }()
			_, err := openIn(osSystem{}, path)
			var refused *Error
			is.True(errors.As(err, &refused))
			is.Equal(err.Error(), path+": cannot "+row.want)
			is.Equal(refused.Hint(), row.why)
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
			look := func() (fs.FileMode, []string) {
				info, err := os.Stat(path)
				is.NoErr(err)
				var values []string
				for _, name := range []string{accessList, "user.note"} {
					buffer := make([]byte, 1000)
					n, _ := unix.Getxattr(path, name, buffer)
					values = append(values, string(buffer[:max(n, 0)]))
				}
				return info.Mode(), values
			}
			mode, before := look()
			is.Equal(before[0], string(row.access))
			is.NoErr(saveOnce(osSystem{}, path))
			is.Equal(bytesOf(t, path), newText)
			got, after := look()
			is.Equal(got, mode)
			is.Equal(after, before)
		})
	}
}

// unprivileged does something as a user who owns nothing, on a thread that ends
// with it.
func unprivileged(t *testing.T, do func() error) error {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		for _, call := range []uintptr{unix.SYS_SETGROUPS, unix.SYS_SETRESGID, unix.SYS_SETRESUID} {
			id := uintptr(somebody)
			if call == unix.SYS_SETGROUPS {
				id = 0
			}
			if _, _, errno := unix.RawSyscall(call, id, id, id); errno != 0 {
				result <- errno
				return
			}
		}
		result <- do()
	}()
	return <-result
}

const somebody = 4711

// shared is a folder with a map, both open to somebody as told.
func shared(t *testing.T, folder, file fs.FileMode, owner int) string {
	t.Helper()
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(os.Chmod(filepath.Dir(filepath.Dir(path)), 0o755))
	is.NoErr(os.Chmod(filepath.Dir(path), folder))
	is.NoErr(os.Chmod(path, file))
	if os.Geteuid() == 0 {
		is.NoErr(os.Chown(path, owner, owner))
	}
	return path
}

// TestPlacesOfOthers saves as a user to whom not everything is allowed.
func TestPlacesOfOthers(t *testing.T) {
	const leftover = ".map.toml.0000000000000000.odoosync-tmp"
	for name, row := range map[string]struct {
		folder, file fs.FileMode
		owner        int
		leftover     bool
	}{
		"all his own":                       {0o777, 0o644, somebody, false},
		"a map of somebody else":            {0o777, 0o666, 4712, false},
		"a map of somebody else, sticky":    {0o777 | fs.ModeSticky, 0o666, 4712, false},
		"a folder that cannot be listed":    {0o733, 0o644, somebody, false},
		"a leftover that cannot be removed": {0o777 | fs.ModeSticky, 0o644, somebody, true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := shared(t, row.folder, row.file, row.owner)
			expected := []string{"map.toml"}
			if row.leftover {
				expected = append([]string{leftover}, expected...)
				is.NoErr(os.WriteFile(filepath.Join(filepath.Dir(path), leftover), nil, 0o600))
			}
			before, err := os.Stat(path)
			is.NoErr(err)
			var warnings []error
			is.NoErr(unprivileged(t, func() error {
				f, err := openIn(osSystem{}, path)
				if err == nil {
					warnings = f.Sweep()
					f.Close()
					err = saveOnce(osSystem{}, path)
				}
				return err
			}))
			is.Equal(bytesOf(t, path), newText)
			left := names(t, path)
			slices.Sort(left)
			is.Equal(left, expected)
			after, err := os.Stat(path)
			is.NoErr(err)
			is.Equal(after.Mode(), before.Mode())
			uid, gid, _ := owner(after)
			is.Equal([]int{uid, gid}, []int{row.owner, row.owner})
			is.Equal(len(warnings), len(expected)-1)
			if row.leftover {
				is.True(strings.Contains(warnings[0].Error(), leftover))
			}
		})
	}
}

func TestFolderThatOnlyGrows(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	dir, err := os.Open(filepath.Dir(path))
	is.NoErr(err)
	defer func() { _ = dir.Close() }()
	const appendOnlyFlag = 0x20 // FS_APPEND_FL
	if err := unix.IoctlSetPointerInt(int(dir.Fd()), unix.FS_IOC_SETFLAGS, appendOnlyFlag); err != nil {
		t.Skipf("no such folders here: %v", err)
	}
	defer func() { is.NoErr(unix.IoctlSetPointerInt(int(dir.Fd()), unix.FS_IOC_SETFLAGS, 0)) }()
	is.NoErr(saveOnce(osSystem{}, path))
	is.Equal(bytesOf(t, path), newText)
	is.Equal(names(t, path), []string{"map.toml"})
}

// mountedSingly mounts a map alone, as a container does, and returns where.
func mountedSingly(t *testing.T, path string) string {
	t.Helper()
	is := is.New(t)
	inside := filepath.Join(t.TempDir(), "inside.toml")
	is.NoErr(os.WriteFile(inside, nil, 0o644))
	if err := unix.Mount(path, inside, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	t.Cleanup(func() { is.NoErr(unix.Unmount(inside, unix.MNT_DETACH)) })
	return inside
}

func TestFileMountedSingly(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	inside := mountedSingly(t, path)
	is.NoErr(saveOnce(osSystem{}, inside))
	is.Equal(bytesOf(t, path), newText)
	is.Equal(names(t, inside), []string{"inside.toml"})
}

// TestFileWithoutAName replaces the file outside, where the mount goes on to
// show the old one.
func TestFileWithoutAName(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		is := is.New(t)
		path := writeMap(t)
		inside := mountedSingly(t, path)
		is.NoErr(edits()["by rename"](path))
		_, err := Open(inside)
		is.True(errors.Is(err, errNoName))
		var refused *Error
		is.True(errors.As(err, &refused) && strings.Contains(refused.Hint(), "mount its folder"))
	})
	t.Run("during", func(t *testing.T) {
		is := is.New(t)
		path := writeMap(t)
		f, err := Open(mountedSingly(t, path))
		is.NoErr(err)
		defer f.Close()
		doc := readDocument(t, f)
		is.NoErr(edits()["by rename"](path))
		is.True(f.Touched())
		is.True(errors.Is(f.Replace(patched(t, doc)), errNoName))
		_, err = f.Read()
		is.True(errors.Is(err, errNoName))
		is.Equal(bytesOf(t, path), oldText+editMark)
	})
}

// TestDisks saves on file systems that a disk brings along, as a user whom a
// mount lets write everything, but change no mode. Where case does not matter,
// the map keeps its name.
func TestDisks(t *testing.T) {
	for name, row := range map[string]struct {
		make, mount []string // device and folder are added
		prepare     []string // the folder is added
	}{
		"vfat":               {[]string{"mkfs.vfat"}, []string{"mount", "-t", "vfat", "-o", "umask=000"}, nil},
		"exfat":              {[]string{"mkfs.exfat"}, []string{"mount", "-t", "exfat", "-o", "umask=000"}, nil},
		"exfat through FUSE": {[]string{"mkfs.exfat"}, []string{"mount.exfat-fuse", "-o", "allow_other,umask=000"}, nil},
		"ext4 without case":  {[]string{"mkfs.ext4", "-q", "-O", "casefold"}, []string{"mount", "-t", "ext4"}, []string{"chattr", "+F"}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			top := t.TempDir()
			is.NoErr(os.Chmod(filepath.Dir(top), 0o755)) // for the user to come in
			image, dir := filepath.Join(top, "image"), filepath.Join(top, "mounted")
			is.NoErr(os.WriteFile(image, nil, 0o600))
			is.NoErr(os.Truncate(image, 32<<20))
			is.NoErr(os.Mkdir(dir, 0o755))
			device := run(t, "losetup", "--find", "--show", image)
			t.Cleanup(func() { run(t, "losetup", "--detach", device) })
			run(t, append(row.make, device)...)
			run(t, append(row.mount, device, dir)...)
			t.Cleanup(func() { is.NoErr(unix.Unmount(dir, 0)) })
			if row.prepare != nil {
				is.NoErr(os.Remove(filepath.Join(dir, "lost+found")))
				run(t, append(row.prepare, dir)...)
				is.NoErr(os.Chmod(dir, 0o777))
			}
			path := filepath.Join(dir, "map.toml")
			is.NoErr(os.WriteFile(path, []byte(oldText), 0o666))
			is.NoErr(os.Chmod(path, 0o777))
			is.NoErr(unprivileged(t, func() error { return saveOnce(osSystem{}, filepath.Join(dir, "MAP.TOML")) }))
			is.Equal(bytesOf(t, path), newText)
			is.Equal(names(t, path), []string{"map.toml"})
		})
	}
}

// run runs a command of the system and returns what it says, or skips the test
// if that cannot be done here.
func run(t *testing.T, command ...string) string {
	t.Helper()
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err != nil {
		t.Skipf("%s: %v: %s", command[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestPeekRefusesWhatIsNoFile(t *testing.T) {
	reader, writer, err := os.Pipe()
	is.New(t).NoErr(err)
	defer func() { _, _ = reader.Close(), writer.Close() }()
	fifo := filepath.Join(t.TempDir(), "fifo")
	is.New(t).NoErr(unix.Mkfifo(fifo, 0o644))
	for _, path := range []string{fifo, fmt.Sprintf("/proc/self/fd/%d", reader.Fd()), "/dev/zero", t.TempDir()} {
		_, err := Peek(path)
		is.New(t).True(errors.As(err, new(*Error)))
		_, err = Open(path)
		is.New(t).True(errors.As(err, new(*Error)))
	}
	_, err = Peek(fmt.Sprintf("/proc/self/fd/%d", reader.Fd()))
	is.New(t).True(strings.Contains(err.Error(), "not a regular file"))
}

func TestFilesOfManyGigabytesAreNotRead(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(os.Truncate(path, 6<<30))
	_, err := Peek(path)
	is.True(errors.Is(err, errTooLarge))
	is.True(strings.HasSuffix(err.Error(), ": 6.0 GiB"))
	_, err = Open(path)
	is.True(errors.Is(err, errTooLarge))
}

// TestNobodyOpensTheMapInTheMidst tries to open it between the steps of a save
// in place.
func TestNobodyOpensTheMapInTheMidst(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename"}}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	tries := 0
	sys.watch = func(operation string) {
		if operation == "append" || operation == "write in place" {
			tries++
			_, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK, 0)
			is.True(errors.Is(err, unix.EWOULDBLOCK))
		}
	}
	is.NoErr(f.Replace(patched(t, doc)))
	is.Equal(tries, 2)
	is.Equal(bytesOf(t, path), newText)
}

// TestFoldersAreSyncedByTheSystem: what the system says of one that it cannot
// sync comes back.
func TestFoldersAreSyncedByTheSystem(t *testing.T) {
	is := is.New(t)
	is.NoErr(osSystem{}.SyncDir(t.TempDir()))
	is.True(errors.Is(osSystem{}.SyncDir("/proc/self"), unix.EINVAL))
}

// TestLockOutlivesTheReadingOfTheMap: fcntl locks of the other kind end when
// their process closes any handle of the file.
func TestLockOutlivesTheReadingOfTheMap(t *testing.T) {
	is := is.New(t)
	path, f := openMap(t, osSystem{})
	_, err := f.Read()
	is.NoErr(err)
	other, err := os.OpenFile(path, os.O_RDWR, 0)
	is.NoErr(err)
	defer func() { _ = other.Close() }()
	is.True(isTaken(unix.FcntlFlock(other.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart})))
}

// TestFolderOfOthers takes no new file: the map is refused, and not written in
// place, which a kill could leave half done.
func TestFolderOfOthers(t *testing.T) {
	is := is.New(t)
	path := shared(t, 0o755, 0o644, somebody)
	err := unprivileged(t, func() error { return saveOnce(osSystem{}, path) })
	is.True(errors.Is(err, unix.EACCES))
	is.Equal(bytesOf(t, path), oldText)
}

// TestTemporaryFilesAreTheOwnersAlone until they have the mode of the map: who
// opens one before reads what is written later.
func TestTemporaryFilesAreTheOwnersAlone(t *testing.T) {
	is := is.New(t)
	sys := &faulty{}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	looked := 0
	sys.watch = func(operation string) {
		if operation != "attributes" {
			return
		}
		for _, name := range names(t, path) {
			if f.isTemporary(name) {
				info, err := os.Stat(filepath.Join(filepath.Dir(path), name))
				is.NoErr(err)
				is.Equal(info.Mode().Perm()&0o077, fs.FileMode(0))
				looked++
			}
		}
	}
	is.NoErr(f.Replace(patched(t, doc)))
	is.Equal(looked, 1)
}

// TestTemporaryFilesAreNew puts a link in the place of one: what it leads to
// stays as it is.
func TestTemporaryFilesAreNew(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	victim := filepath.Join(t.TempDir(), "victim")
	is.NoErr(os.WriteFile(victim, []byte("precious"), 0o600))
	sys := &faulty{}
	sys.watch = func(operation string) {
		if operation == "create" {
			sys.watch = nil
			is.NoErr(os.Symlink(victim, filepath.Join(filepath.Dir(path), ".map.toml.0000000000000001.odoosync-tmp")))
		}
	}
	_, err := openIn(sys, path)
	is.True(errors.Is(err, fs.ErrExist))
	is.Equal(bytesOf(t, victim), "precious")
}

// folders are those that were synced.
type folders struct {
	faulty
	synced []string
}

func (f *folders) SyncDir(dir string) error {
	f.synced = append(f.synced, dir)
	return f.faulty.SyncDir(dir)
}

func TestTheFolderOfTheMapIsSynced(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	sys := &folders{}
	is.NoErr(saveOnce(sys, path))
	is.Equal(sys.synced, []string{filepath.Dir(path)})
}

func TestAFileThatIsOpenIsNotClaimed(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	ours, err := os.OpenFile(path, os.O_RDWR, 0)
	is.NoErr(err)
	defer func() { _ = ours.Close() }()
	editor, err := os.Open(path)
	is.NoErr(err)
	_, err = osSystem{}.Claim(ours)
	is.Equal(err, errInUse)
	is.NoErr(editor.Close())
	release, err := osSystem{}.Claim(ours)
	is.NoErr(err)
	release()
}

package mapfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

const (
	oldText = "[features.A]\ntask_id = 0 # keep\n"
	newText = "[features.A]\ntask_id = 4211 # keep\n"
)

var errKilled = errors.New("killed")

// faulty is the operating system until the operation at which it fails, or at
// which the process dies: then nothing it was asked for happens any more.
type faulty struct {
	osSystem
	operations int
	failAt     int // counted from 1; 0: never
	err        error
	kill       bool
	dead       bool
	failed     string   // what failed
	only       string   // fail only this operation, each time
	without    []string // operations that the system does not offer
	unsynced   bool     // for speed: sync does nothing
	watch      func(operation int)
}

func (f *faulty) next(operation string) error {
	f.operations++
	if f.watch != nil {
		f.watch(f.operations)
	}
	switch {
	case f.dead:
		return errKilled
	case slices.Contains(f.without, operation):
		return errors.ErrUnsupported
	case f.only == operation && f.err != nil:
		f.failed = operation
		return f.err
	case f.operations != f.failAt:
		return nil
	case f.kill:
		f.dead = true
		return errKilled
	}
	f.failed = operation
	return f.err
}

func (f *faulty) Open(name string, flag int, mode fs.FileMode) (handle, error) {
	if err := f.next("open"); err != nil {
		return nil, err
	}
	h, err := f.osSystem.Open(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return &faultyHandle{File: h.(*os.File), system: f}, nil
}

func (f *faulty) Lock(h handle) error {
	if err := f.next("lock"); err != nil {
		return err
	}
	return f.osSystem.Lock(h.(*faultyHandle).File)
}

func (f *faulty) KeepAttributes(old, made handle) error {
	if err := f.next("attributes"); err != nil {
		return err
	}
	return f.osSystem.KeepAttributes(old.(*faultyHandle).File, made.(*faultyHandle).File)
}

func (f *faulty) Rename(from, to string) error {
	if err := f.next("rename"); err != nil {
		return err
	}
	return f.osSystem.Rename(from, to)
}

func (f *faulty) Remove(name string) error {
	if f.dead {
		return errKilled
	}
	return f.osSystem.Remove(name)
}

func (f *faulty) SyncDir(dir string) error {
	if err := f.next("sync folder"); err != nil {
		return err
	}
	if f.unsynced {
		return nil
	}
	return f.osSystem.SyncDir(dir)
}

func (f *faulty) Stat(name string) (fs.FileInfo, error) {
	if err := f.next("stat"); err != nil {
		return nil, err
	}
	return f.osSystem.Stat(name)
}

func (f *faulty) Claim(h handle) (func(), error) {
	if err := f.next("claim"); err != nil {
		return nil, err
	}
	return f.osSystem.Claim(h.(*faultyHandle).File)
}

func (f *faulty) Append(h handle, p []byte) (int64, int, error) {
	if err := f.next("append"); err != nil {
		if f.dead {
			return 0, 0, err
		}
		at, n, _ := f.osSystem.Append(h.(*faultyHandle).File, p[:len(p)/2]) // what got through before
		return at, n, err
	}
	return f.osSystem.Append(h.(*faultyHandle).File, p)
}

func (f *faulty) Swap(one, other string) error {
	if err := f.next("swap"); err != nil {
		return err
	}
	return f.osSystem.Swap(one, other)
}

type faultyHandle struct {
	*os.File
	system *faulty
}

func (h *faultyHandle) Write(p []byte) (int, error) {
	if err := h.system.next("write"); err != nil {
		n, _ := h.File.Write(p[:len(p)/2]) // what got through before
		return n, err
	}
	return h.File.Write(p)
}

func (h *faultyHandle) WriteAt(p []byte, at int64) (int, error) {
	if err := h.system.next("write in place"); err != nil {
		if h.system.dead {
			return 0, err
		}
		n, _ := h.File.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return h.File.WriteAt(p, at)
}

func (h *faultyHandle) Sync() error {
	if err := h.system.next("sync"); err != nil {
		return err
	}
	if h.system.unsynced {
		return nil
	}
	return h.File.Sync()
}

func (h *faultyHandle) Chmod(mode fs.FileMode) error {
	if err := h.system.next("chmod"); err != nil {
		return err
	}
	return h.File.Chmod(mode)
}

func (h *faultyHandle) Truncate(size int64) error {
	if err := h.system.next("truncate"); err != nil {
		return err
	}
	return h.File.Truncate(size)
}

func writeMap(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map.toml")
	is.New(t).NoErr(os.WriteFile(path, []byte(oldText), 0o640))
	return path
}

// saveOnce opens the map, sets its id and saves.
func saveOnce(sys system, path string) error {
	f, err := openIn(sys, path)
	if err != nil {
		return err
	}
	defer f.Close()
	src, err := f.Read()
	if err != nil {
		return err
	}
	doc, err := tomledit.Parse(path, src)
	if err != nil {
		return err
	}
	patch := doc.NewPatch()
	if err := patch.SetInteger(doc.Get("features", "A", "task_id"), 4211); err != nil {
		return err
	}
	return f.Replace(patch)
}

func bytesOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	is.New(t).NoErr(err)
	return string(text)
}

func names(t *testing.T, path string) []string {
	t.Helper()
	list, err := osSystem{}.Names(filepath.Dir(path))
	is.New(t).NoErr(err)
	return list
}

// TestSaveFaults fails each operation of a save in each of the ways that
// systems fail, and kills the process at each.
func TestSaveFaults(t *testing.T) {
	for _, fault := range []error{syscall.ENOSPC, syscall.EACCES, syscall.EROFS, syscall.EIO, syscall.EBUSY, errKilled} {
		t.Run(fault.Error(), func(t *testing.T) {
			for at := 1; ; at++ {
				is := is.New(t)
				path := writeMap(t)
				sys := &faulty{failAt: at, err: fault, kill: errors.Is(fault, errKilled)}
				err := saveOnce(sys, path)
				if sys.failed == "" && !sys.dead {
					is.True(at > 10) // every operation had its turn
					is.NoErr(err)
					is.Equal(bytesOf(t, path), newText)
					return
				}
				text := bytesOf(t, path)
				is.True(text == oldText || text == newText) // whole, old or new
				if err == nil {
					is.Equal(text, newText)
				}
				if sys.dead {
					next, err := openIn(osSystem{}, path)
					is.NoErr(err) // the lock died with the process
					is.Equal(len(next.Sweep()), 0)
					next.Close()
				}
				is.Equal(names(t, path), []string{"map.toml"}) // nothing else in the folder
			}
		})
	}
}

func TestSaveInPlaceWhereRenameCannotWork(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(saveOnce(&faulty{only: "rename", err: syscall.EBUSY}, path))
	is.Equal(bytesOf(t, path), newText)
	is.Equal(names(t, path), []string{"map.toml"})
}

func TestFailedSaveInPlacePutsTheOldTextBack(t *testing.T) {
	for at := 1; ; at++ {
		is := is.New(t)
		path := writeMap(t)
		sys := &mountPoint{faulty: faulty{failAt: at, err: syscall.EIO}}
		err := saveOnce(sys, path)
		if sys.failed == "" {
			is.NoErr(err)
			is.Equal(bytesOf(t, path), newText)
			return
		}
		text := bytesOf(t, path)
		is.True(text == oldText || text == newText)
		is.Equal(names(t, path), []string{"map.toml"})
	}
}

// mountPoint is a system whose map cannot be replaced.
type mountPoint struct{ faulty }

func (m *mountPoint) Rename(string, string) error { return syscall.EBUSY }

func TestSaveKeepsModeAndSymlink(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(os.Chmod(path, 0o606))
	link := filepath.Join(t.TempDir(), "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symlinks here")
	}
	is.NoErr(saveOnce(osSystem{}, link))
	info, err := os.Lstat(link)
	is.NoErr(err)
	is.True(info.Mode()&fs.ModeSymlink != 0) // still a link
	info, err = os.Stat(path)
	is.NoErr(err)
	is.Equal(info.Mode().Perm(), fs.FileMode(0o606))
	is.Equal(bytesOf(t, path), newText)
}

func TestSaveKeepsOwner(t *testing.T) {
	if os.Geteuid() != 0 || runtime.GOOS == "windows" {
		t.Skip("only root can give files away")
	}
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(os.Chown(path, 4711, 4712))
	is.NoErr(saveOnce(osSystem{}, path))
	info, err := os.Stat(path)
	is.NoErr(err)
	uid, gid, _ := owner(info)
	is.Equal([]int{uid, gid}, []int{4711, 4712})
}

func TestLockExcludesASecondRunAlsoAfterASave(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	first, err := openIn(osSystem{}, path)
	is.NoErr(err)
	defer first.Close()
	_, err = openIn(osSystem{}, path)
	is.True(errors.Is(err, ErrLocked))

	src, err := first.Read()
	is.NoErr(err)
	doc, err := tomledit.Parse(path, src)
	is.NoErr(err)
	is.NoErr(first.Replace(doc.NewPatch()))
	_, err = openIn(osSystem{}, path)
	is.True(errors.Is(err, ErrLocked)) // the new file is locked as well

	first.Close()
	second, err := openIn(osSystem{}, path)
	is.NoErr(err)
	second.Close()
}

func TestReplaceRefusesAMapThatWasEdited(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	f, err := openIn(osSystem{}, path)
	is.NoErr(err)
	defer f.Close()
	src, err := f.Read()
	is.NoErr(err)
	doc, err := tomledit.Parse(path, src)
	is.NoErr(err)
	is.True(!f.Touched())

	edited := path + ".new" // as an editor saves: a new file in the place of the old
	is.NoErr(os.WriteFile(edited, []byte("# edited\n"), 0o644))
	is.NoErr(os.Rename(edited, path))
	is.True(f.Touched())
	is.True(errors.Is(f.Replace(doc.NewPatch()), ErrChanged))
	is.Equal(bytesOf(t, path), "# edited\n")
	_, err = openIn(osSystem{}, path)
	is.True(errors.Is(err, ErrLocked)) // the lock went over to the new file
}

func TestSweepRemovesOnlyLeftoversOfThisMap(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	dir := filepath.Dir(path)
	const leftover = ".map.toml.00ff00ff00ff00ff.odoosync-tmp"
	others := []string{
		".other.toml.00ff00ff00ff00ff.odoosync-tmp", "map.toml.orig", ".map.toml.swp", ".map.toml.mine.odoosync-tmp",
		".map.toml.bak.00ff00ff00ff00ff.odoosync-tmp", // of a map named map.toml.bak, which may be in use
	}
	for _, name := range append(others, leftover) {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), nil, 0o644))
	}
	f, err := openIn(osSystem{}, path)
	is.NoErr(err)
	defer f.Close()
	is.Equal(len(f.Sweep()), 0)
	left := names(t, path)
	is.True(!slices.Contains(left, leftover))
	is.Equal(len(left), len(others)+1)
}

// TestMapWithTheLongestName kills the first save, so that there is something
// to sweep.
func TestMapWithTheLongestName(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), strings.Repeat("n", longestName))
	if err := os.WriteFile(path, []byte(oldText), 0o644); err != nil {
		t.Skipf("no such names here: %v", err)
	}
	is.True(errors.Is(saveOnce(&killedAtRename{}, path), errKilled))
	is.Equal(len(names(t, path)), 2)
	f, err := openIn(osSystem{}, path)
	is.NoErr(err)
	is.Equal(len(f.Sweep()), 0)
	f.Close()
	is.NoErr(saveOnce(osSystem{}, path))
	is.Equal(bytesOf(t, path), newText)
	is.Equal(len(names(t, path)), 1)
}

// killedAtRename is a system on which the process dies before it renames.
type killedAtRename struct{ faulty }

func (k *killedAtRename) Rename(string, string) error {
	k.dead = true
	return errKilled
}

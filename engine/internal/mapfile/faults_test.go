package mapfile

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"
)

// refusals are the ways in which systems refuse an operation, rightly or not.
var refusals = []error{
	syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.EBUSY, syscall.EXDEV, syscall.ETXTBSY,
	syscall.EINVAL, syscall.ENOTSUP, syscall.ENOSYS, syscall.EEXIST, syscall.EIO, syscall.ENOSPC, syscall.EDQUOT,
}

// TestSaveFaults fails each operation of opening and saving, by either way, in
// each of the ways that systems fail, and kills the process at each.
func TestSaveFaults(t *testing.T) {
	for way, always := range map[string][]string{"by swap": nil, "by rename": {"swap"}, "in place": {"rename"}} {
		for _, fault := range append(refusals, errKilled) {
			t.Run(way+": "+fault.Error(), func(t *testing.T) {
				for at := 1; !faultAt(t, way, always, fault, at); at++ {
				}
			})
		}
	}
}

// faultAt is one try; it reports whether all operations have had their turn.
func faultAt(t *testing.T, way string, without []string, fault error, at int) (done bool) {
	is := is.New(t)
	path := writeMap(t)
	sys := &faulty{failAt: at, err: fault, kill: errors.Is(fault, errKilled), without: without, unsynced: true}
	err := saveOnce(sys, path)
	is.Equal(sys.opened, 0)
	got := bytesOf(t, path)
	if len(sys.steps) < at { // every operation had its turn
		is.NoErr(err)
		is.Equal(got, newText)
		return true
	}
	half := sys.dead && way == "in place" // nobody is left to put it right
	if !half {
		is.True(got == oldText || got == newText) // whole, old or new
	}
	if err == nil {
		is.Equal(got, newText)
	}
	if sys.dead {
		next, err := openIn(osSystem{}, path)
		is.NoErr(err) // the lock died with the process
		is.Equal(len(next.Sweep()), 0)
		next.Close()
	}
	is.Equal(names(t, path), []string{"map.toml"}) // nothing else in the folder
	return false
}

// TestSaveGoesInPlaceWhereANewFileIsRefused refuses it at each operation, from
// the start, and after a trial that went well.
func TestSaveGoesInPlaceWhereANewFileIsRefused(t *testing.T) {
	for operation, errs := range map[string][]error{
		"create": {syscall.EROFS, syscall.ENAMETOOLONG},
		"chown":  refusals, "attributes": refusals, "chmod": refusals, "rename": refusals, "swap": refusals,
	} {
		for _, err := range errs {
			t.Run(operation+": "+err.Error(), func(t *testing.T) {
				if operation == "swap" && errors.Is(err, errors.ErrUnsupported) {
					t.Skip("a rename is tried then")
				}
				is := is.New(t)
				path := writeMap(t)
				if operation == "chown" {
					if os.Geteuid() != 0 {
						t.Skip("only root can give files away")
					}
					is.NoErr(os.Chown(path, 4711, 4712))
				}
				before, statErr := os.Stat(path)
				is.NoErr(statErr)
				sys := &faulty{fail: []string{operation}, err: err, unsynced: true}
				is.NoErr(saveOnce(sys, path))
				is.Equal(sys.failed, operation)
				is.Equal(bytesOf(t, path), newText)
				after, statErr := os.Stat(path)
				is.NoErr(statErr)
				is.True(os.SameFile(before, after))
				is.Equal(names(t, path), []string{"map.toml"})
			})
		}
	}
}

// TestRefusalAfterTheTrial has a rename go well only until the save.
func TestRefusalAfterTheTrial(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"swap"}, err: syscall.ETXTBSY}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.fail = []string{"rename"}
	save(t, f, doc)
	is.Equal(bytesOf(t, path), newText)
	is.Equal(names(t, path), []string{"map.toml"})
}

func TestFileSystemWithoutSync(t *testing.T) {
	for _, err := range []error{syscall.EINVAL, syscall.ENOTSUP, syscall.ENOSYS} {
		for way, without := range map[string][]string{"by swap": nil, "in place": {"rename"}} {
			t.Run(way+": "+err.Error(), func(t *testing.T) {
				is := is.New(t)
				path := writeMap(t)
				sys := &faulty{fail: []string{"sync", "sync folder"}, err: err, without: without}
				is.NoErr(saveOnce(sys, path))
				is.Equal(bytesOf(t, path), newText)
			})
		}
	}
}

// TestFailedSyncInPlace leaves the new text where it is: to write the old one
// over it would be no better on the disk.
func TestFailedSyncInPlace(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename"}, err: syscall.EIO}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.fail = []string{"sync"}
	is.True(errors.Is(f.Replace(patched(t, doc)), syscall.EIO))
	is.Equal(bytesOf(t, path), newText)
	is.True(!f.Touched()) // nobody else wrote it
}

// TestFailedWriteInPlace: it fails again when the old text is to be put back.
func TestFailedWriteInPlace(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename"}, err: syscall.EIO}
	_, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.fail = []string{"write in place"}
	err := f.Replace(patched(t, doc))
	is.True(errors.Is(err, syscall.EIO))
	is.True(strings.Contains(err.Error(), "the old text could not be put back"))
}

// TestMapThatCannotBeRead fails all reading from one operation on: the error is
// told, and nobody is blamed for an edit.
func TestMapThatCannotBeRead(t *testing.T) {
	is := is.New(t)
	_, err := openIn(&faulty{fail: []string{"read"}, err: syscall.EIO}, writeMap(t))
	var refused *Error
	is.True(errors.As(err, &refused))
	for way, row := range map[string]struct {
		without []string
		from    []string
	}{
		"by swap":   {nil, []string{"create", "lock", "open", "swap"}},
		"by rename": {[]string{"swap"}, []string{"create", "lock", "open", "rename"}},
		"in place":  {[]string{"rename"}, []string{"open", "claim"}},
	} {
		for _, from := range row.from {
			t.Run(way+", from "+from, func(t *testing.T) {
				is := is.New(t)
				sys := &faulty{without: row.without, err: syscall.EIO}
				path, f := openMap(t, sys)
				doc := readDocument(t, f)
				sys.watch = func(operation string) {
					if operation == from {
						sys.fail = []string{"read"}
					}
				}
				err := f.Replace(patched(t, doc))
				is.True(errors.Is(err, syscall.EIO) && !errors.Is(err, ErrChanged))
				is.True(f.Touched())
				_, err = f.Read()
				is.True(errors.Is(err, syscall.EIO))
				is.True(bytesOf(t, path) == oldText || from == "rename" && bytesOf(t, path) == newText)
				is.Equal(names(t, path), []string{"map.toml"})
			})
		}
	}
}

// TestNewFileThatCannotBeRead: what the disk has of it is not known.
func TestNewFileThatCannotBeRead(t *testing.T) {
	is := is.New(t)
	sys := &faulty{err: syscall.EIO}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.watch = func(operation string) {
		switch operation {
		case "lock":
			sys.fail = []string{"read"}
		case "open":
			sys.fail = nil
		}
	}
	is.True(errors.Is(f.Replace(patched(t, doc)), syscall.EIO))
	is.Equal(bytesOf(t, path), oldText)
	is.Equal(names(t, path), []string{"map.toml"})
}

// TestEditThatCannotBeRead: somebody has edited the old file when it loses the
// name, and reading it fails sooner or later. No part of it becomes the map.
func TestEditThatCannotBeRead(t *testing.T) {
	is := is.New(t)
	for reads, done := 1, false; !done; reads++ {
		sys := &faulty{without: []string{"swap"}, err: syscall.EIO}
		path, f := openMap(t, sys)
		doc := readDocument(t, f)
		left := 0
		sys.watch = func(operation string) {
			switch operation {
			case "rename":
				left = reads
				is.NoErr(edits()["in place"](path))
			case "read":
				if left--; left == 0 {
					sys.fail = []string{"read"}
				}
			}
		}
		err := f.Replace(patched(t, doc))
		sys.watch = nil
		if done = sys.fail == nil; done {
			is.True(errors.Is(err, ErrChanged))
			is.Equal(bytesOf(t, path), oldText+editMark)
		} else {
			is.True(errors.Is(err, syscall.EIO))
			is.Equal(bytesOf(t, path), newText)
		}
	}
}

// TestEditThatCannotBeBroughtBack is one in the old file, which has lost its
// name, on a disk that is full by now: the save has not gone well.
func TestEditThatCannotBeBroughtBack(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"swap"}, err: syscall.ENOSPC}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.watch = func(operation string) {
		if operation == "rename" {
			is.NoErr(edits()["in place"](path))
			sys.fail = []string{"create"}
		}
	}
	is.True(errors.Is(f.Replace(patched(t, doc)), syscall.ENOSPC))
}

func TestFolderThatCannotBeSyncedIsSavedTo(t *testing.T) {
	for _, err := range refusals {
		is := is.New(t)
		path := writeMap(t)
		is.NoErr(saveOnce(&faulty{fail: []string{"sync folder"}, err: err}, path))
		is.Equal(bytesOf(t, path), newText)
	}
}

// TestStepsOfASave: a file is complete, on disk and locked before it gets the
// name, and the folder is synced after. In place, what makes the map longer
// comes first.
func TestStepsOfASave(t *testing.T) {
	for way, row := range map[string]struct{ without, steps []string }{
		"by swap":   {nil, []string{"create", "write", "sync", "lock", "swap", "sync folder"}},
		"by rename": {[]string{"swap"}, []string{"create", "write", "sync", "lock", "rename", "sync folder"}},
		"in place":  {[]string{"rename"}, []string{"append", "write in place", "sync"}},
	} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			sys := &faulty{without: row.without}
			f, err := openIn(sys, writeMap(t))
			is.NoErr(err)
			defer f.Close()
			doc := readDocument(t, f)
			sys.steps = nil
			sys.without = slices.DeleteFunc(slices.Clone(sys.without), func(step string) bool { return step == "rename" })
			is.NoErr(f.Replace(patched(t, doc)))
			steps := slices.DeleteFunc(sys.steps, func(step string) bool {
				return !slices.Contains([]string{"create", "write", "append", "write in place", "truncate", "sync", "lock", "swap", "rename", "sync folder"}, step) ||
					step == "swap" && way == "by rename"
			})
			is.Equal(steps, row.steps)
		})
	}
}

// TestTrialSave: what a save will need is refused before it is needed, and the
// trial leaves nothing.
func TestTrialSave(t *testing.T) {
	for _, operation := range []string{"create", "write", "sync"} {
		for _, fault := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
			is := is.New(t)
			path := writeMap(t)
			_, err := openIn(&faulty{fail: []string{operation}, err: &fs.PathError{Op: "write", Path: "a temporary file", Err: fault}}, path)
			var refused *Error
			is.True(errors.As(err, &refused))
			is.True(errors.Is(err, fault))
			is.Equal(err.Error(), path+": cannot save in its folder: "+fault.Error())
			is.Equal(names(t, path), []string{"map.toml"})
		}
	}
}

// TestLeftoverThatCannotBeRemoved: it is named, nothing is added to it, and the
// map is saved.
func TestLeftoverThatCannotBeRemoved(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	sys := &faulty{fail: []string{"remove"}, err: syscall.EPERM}
	for range 3 {
		is.NoErr(os.WriteFile(path, []byte(oldText), 0o640))
		is.NoErr(saveOnce(sys, path))
		is.Equal(bytesOf(t, path), newText)
	}
	left := names(t, path)
	is.True(len(left) <= 3) // the map, and what one trial made
	f, err := openIn(sys, path)
	is.NoErr(err)
	defer f.Close()
	warnings := f.Sweep()
	is.Equal(len(warnings), len(left)-1)
	var named *fs.PathError
	is.True(errors.As(warnings[0], &named))
	is.True(errors.Is(warnings[0], syscall.EPERM))
}

// TestLockIsOnTheFileThatThePathNames replaces the map between the opening and
// the locking, a few times in a row.
func TestLockIsOnTheFileThatThePathNames(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	sys := &faulty{}
	races := 3
	sys.watch = func(operation string) {
		if operation == "lock" && races > 0 {
			races--
			is.NoErr(edits()["by rename"](path))
		}
	}
	f, err := openIn(sys, path)
	is.NoErr(err)
	defer f.Close()
	sys.watch = nil
	is.Equal(races, 0)
	_, err = openIn(osSystem{}, path)
	is.True(errors.Is(err, ErrLocked))
	src, err := f.Read()
	is.NoErr(err)
	is.Equal(string(src), oldText+editMark)
	f.Close()
	is.Equal(sys.opened, 0)
}

// TestARunThatSavesBeforeTheLock saves between the opening and the locking: the
// file that was opened is nobody's any more, the new one is locked.
func TestARunThatSavesBeforeTheLock(t *testing.T) {
	is := is.New(t)
	path, other := openMap(t, osSystem{})
	doc := readDocument(t, other)
	_, locked := openIn(osSystem{}, path)
	sys := &faulty{}
	sys.watch = func(operation string) {
		if operation == "lock" {
			sys.watch = nil
			is.NoErr(other.Replace(patched(t, doc)))
		}
	}
	_, err := openIn(sys, path)
	is.True(errors.Is(err, ErrLocked))
	is.Equal(err.Error(), locked.Error()) // and not that it could not be saved
}

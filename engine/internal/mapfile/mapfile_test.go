package mapfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

const (
	oldText = "[features.A]\ntask_id = 0 # keep\n"
	newText = "[features.A]\ntask_id = 4211 # keep\n"
)

func writeMap(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map.toml")
	is.New(t).NoErr(os.WriteFile(path, []byte(oldText), 0o640))
	return path
}

// openMap writes a map and opens it until the test ends. Then no file of it is
// open any more.
func openMap(t *testing.T, sys system) (path string, f *File) {
	t.Helper()
	path = writeMap(t)
	f, err := openIn(sys, path)
	is.New(t).NoErr(err)
	t.Cleanup(func() {
		f.Close()
		if sys, ok := sys.(*faulty); ok {
			is.New(t).Equal(sys.opened, 0)
		}
	})
	return path, f
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
	text, err := patch(doc)
	if err != nil {
		return err
	}
	return f.Replace(text)
}

func patch(doc *tomledit.Document) (*tomledit.Patch, error) {
	patch := doc.NewPatch()
	return patch, patch.SetInteger(doc.Get("features", "A", "task_id"), 4211)
}

func patched(t *testing.T, doc *tomledit.Document) *tomledit.Patch {
	t.Helper()
	text, err := patch(doc)
	is.New(t).NoErr(err)
	return text
}

func bytesOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	is.New(t).NoErr(err)
	return string(text)
}

func names(t *testing.T, path string) []string {
	t.Helper()
	list, err := namesIn(filepath.Dir(path))
	is.New(t).NoErr(err)
	return list
}

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

// TestModeAndOwnerThatAreRightAreLeftAlone: some file systems let nobody change
// them.
func TestModeAndOwnerThatAreRightAreLeftAlone(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	is.NoErr(os.Chmod(path, 0o600))
	sys := &faulty{fail: []string{"chmod", "chown"}, err: errKilled}
	is.NoErr(saveOnce(sys, path))
	is.Equal(sys.failed, "")
}

func TestSaveKeepsOwner(t *testing.T) {
	if os.Geteuid() != 0 || runtime.GOOS == "windows" {
		t.Skip("only root can give files away")
	}
	for _, of := range [][]int{{4711, 4712}, {0, 4712}, {4711, 0}} {
		is := is.New(t)
		path := writeMap(t)
		is.NoErr(os.Chown(path, of[0], of[1]))
		is.NoErr(saveOnce(osSystem{}, path))
		info, err := os.Stat(path)
		is.NoErr(err)
		uid, gid, _ := owner(info)
		is.Equal([]int{uid, gid}, of)
	}
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
	is.NoErr(first.Replace(bytes.NewReader(src)))
	_, err = openIn(osSystem{}, path)
	is.True(errors.Is(err, ErrLocked)) // the new file is locked as well

	first.Close()
	second, err := openIn(osSystem{}, path)
	is.NoErr(err)
	second.Close()
}

func TestReplaceRefusesAMapThatWasEdited(t *testing.T) {
	for way, without := range map[string][]string{"by swap": nil, "by rename": {"swap"}, "in place": {"rename"}} {
		for name, edit := range edits() {
			t.Run(way+", edit "+name, func(t *testing.T) {
				is := is.New(t)
				path, f := openMap(t, &faulty{without: without})
				doc := readDocument(t, f)
				is.NoErr(edit(path))
				is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
				is.Equal(bytesOf(t, path), oldText+editMark)
				is.Equal(names(t, path), []string{"map.toml"})
				is.True(f.Touched())
				_, err := openIn(osSystem{}, path)
				is.True(errors.Is(err, ErrLocked)) // the lock went over to the new file
			})
		}
	}
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
	is.True(errors.Is(saveOnce(&killedAtSwap{}, path), errKilled))
	is.Equal(len(names(t, path)), 2)
	f, err := openIn(osSystem{}, path)
	is.NoErr(err)
	is.Equal(len(f.Sweep()), 0)
	f.Close()
	is.NoErr(saveOnce(osSystem{}, path))
	is.Equal(bytesOf(t, path), newText)
	is.Equal(len(names(t, path)), 1)
}

// killedAtSwap is a system on which the process dies before the new file takes
// the name.
type killedAtSwap struct{ faulty }

func (k *killedAtSwap) Swap(string, string) error {
	k.dead = true
	return errKilled
}

// TestMapThatIsAway is one between the two steps of an editor that moves the
// old file away first.
func TestMapThatIsAway(t *testing.T) {
	for way, without := range map[string][]string{"by swap": nil, "in place": {"rename"}} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			path, f := openMap(t, &faulty{without: without})
			doc := readDocument(t, f)
			is.NoErr(os.Rename(path, path+"~"))
			is.True(f.Touched())
			is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
			is.Equal(names(t, path), []string{"map.toml~"})
			is.NoErr(os.WriteFile(path, []byte(oldText+editMark), 0o644))
			save(t, f, readDocument(t, f))
			is.Equal(bytesOf(t, path), newText+editMark)
			old, err := openIn(osSystem{}, path+"~")
			is.NoErr(err) // nobody's any more
			old.Close()
		})
	}
}

// setAside makes a map one that nobody wrote for an hour.
func setAside(t *testing.T, path string) { written(t, path, -time.Hour) }

// written gives a map the time of a write.
func written(t *testing.T, path string, since time.Duration) {
	t.Helper()
	then := time.Now().Add(since)
	is.New(t).NoErr(os.Chtimes(path, then, then))
}

// TestTouchedReadsNoBytesTwice: of a map that lies still, size and time are
// asked.
func TestTouchedReadsNoBytesTwice(t *testing.T) {
	is := is.New(t)
	sys := &faulty{err: fs.ErrInvalid}
	path, f := openMap(t, sys)
	written(t, path, time.Minute) // however slow the machine is
	readDocument(t, f)
	is.True(!f.Touched())
	sys.fail = []string{"read"}
	is.True(f.Touched()) // just written: the time of another write could be the same
	sys.fail = nil

	setAside(t, path)
	is.True(!f.Touched())
	sys.fail = []string{"read"}
	is.True(!f.Touched())
	sys.fail = nil
	for name, edit := range edits() {
		is.NoErr(os.WriteFile(path, []byte(oldText), 0o640))
		setAside(t, path)
		readDocument(t, f)
		is.True(!f.Touched())
		is.NoErr(edit(path))
		if !f.Touched() {
			t.Error("not seen:", name)
		}
	}
}

// TestOldFileThatComesBack gives the map's name back to the file that it was
// before the last save, with its old time.
func TestOldFileThatComesBack(t *testing.T) {
	is := is.New(t)
	path, f := openMap(t, &faulty{})
	is.NoErr(os.Link(path, path+".bak"))
	setAside(t, path)
	doc := readDocument(t, f)
	is.True(!f.Touched())
	is.NoErr(f.Replace(patched(t, doc)))
	is.NoErr(os.Rename(path+".bak", path))
	is.True(f.Touched())
	save(t, f, readDocument(t, f))
	is.Equal(bytesOf(t, path), newText)
}

// TestEditThatHidesItsTime gives a map that lies still other bytes of the same
// number, and its old time.
func TestEditThatHidesItsTime(t *testing.T) {
	for way, without := range map[string][]string{"by swap": nil, "in place": {"rename"}} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			path, f := openMap(t, &faulty{without: without})
			setAside(t, path)
			doc := readDocument(t, f)
			is.True(!f.Touched())
			edited := strings.Replace(oldText, "keep", "kept", 1)
			was, err := os.Stat(path)
			is.NoErr(err)
			is.NoErr(os.WriteFile(path, []byte(edited), 0o640))
			is.NoErr(os.Chtimes(path, was.ModTime(), was.ModTime()))
			is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
			is.True(f.Touched())
			save(t, f, readDocument(t, f))
			is.Equal(bytesOf(t, path), strings.Replace(newText, "keep", "kept", 1))
		})
	}
}

func TestShorterText(t *testing.T) {
	for way, without := range map[string][]string{"by swap": nil, "in place": {"rename"}} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			path, f := openMap(t, &faulty{without: without})
			_, err := f.Read()
			is.NoErr(err)
			is.NoErr(f.Replace(strings.NewReader(oldText[:8])))
			is.Equal(bytesOf(t, path), oldText[:8])
			is.True(!f.Touched())
		})
	}
}

func TestPeekReadsALockedMap(t *testing.T) {
	is := is.New(t)
	path, _ := openMap(t, osSystem{})
	src, err := Peek(path)
	is.NoErr(err)
	is.Equal(string(src), oldText)
}

// TestNameAsTheFolderHasIt: where case does not matter, a save keeps the
// spelling.
func TestNameAsTheFolderHasIt(t *testing.T) {
	is := is.New(t)
	path := writeMap(t)
	is.Equal(spelled(filepath.Join(filepath.Dir(path), "MAP.toml")), path)
	t.Chdir(filepath.Dir(path))
	is.Equal(spelled("MAP.toml"), "map.toml")
	is.Equal(spelled("other.toml"), "other.toml")
}

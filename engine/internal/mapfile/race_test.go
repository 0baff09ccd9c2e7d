package mapfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

// TestNoEditIsLost lets an editor save at the same moment as odoosync, aimed
// at each operation of a save in turn. The editor has the old text in its
// window; what it adds must be there in the end, and the id too. Where the
// system can neither swap files nor keep others out, one kind of edit can be
// lost in each way: that which meets the write itself. Where it cannot tell who
// has a file open, a save waits a moment for the editor; one that needs longer,
// as on a busy machine, proves nothing.
func TestNoEditIsLost(t *testing.T) {
	inPlace := faulty{fail: []string{"rename"}, err: syscall.EBUSY}
	inPlaceAmongOthers := inPlace
	inPlaceAmongOthers.without = []string{"claim"}
	for way, row := range map[string]struct {
		place faulty
		tries int
		but   string
	}{
		"by swap":                 {faulty{}, 100, ""},
		"by swap, among others":   {faulty{without: []string{"claim"}}, 25, ""},
		"by rename, among others": {faulty{without: []string{"claim", "swap"}}, 25, "by rename"},
		"in place":                {inPlace, 100, ""},
		"in place, among others":  {inPlaceAmongOthers, 25, "in place"},
	} {
		for name, edit := range edits() {
			if name == row.but {
				continue
			}
			t.Run(way+", edit "+name, func(t *testing.T) {
				t.Parallel()
				lost := 0
				for try := range row.tries {
					place := row.place
					place.unsynced = true
					kept, took := survives(t, &place, try, edit)
					if !kept && (took < moment || !slices.Contains(place.without, "claim")) {
						lost++
					}
				}
				is.New(t).Equal(lost, 0) // edits lost
			})
		}
	}
}

const editMark = "# edited\n"

// edits are ways in which programs save a text.
func edits() map[string]func(path string) error {
	write := func(path, text string, flag int) error {
		file, err := os.OpenFile(path, flag|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString(text)
		return errors.Join(err, file.Close())
	}
	return map[string]func(path string) error{
		"appended": func(path string) error { return write(path, editMark, os.O_APPEND) },
		"in place": func(path string) error { return write(path, oldText+editMark, os.O_TRUNC) },
		"by rename": func(path string) error {
			return errors.Join(write(path+"~", oldText+editMark, os.O_CREATE), os.Rename(path+"~", path))
		},
	}
}

// survives saves the map while an edit starts at one of the operations. It
// reports whether the edit was kept, and how long it took.
func survives(t *testing.T, sys *faulty, try int, edit func(path string) error) (kept bool, took time.Duration) {
	is := is.New(t)
	path, f := openMap(t, sys)
	doc := readDocument(t, f)

	aim := len(sys.steps) + 1 + try%25
	jitter := time.Duration(rand.Int64N(30_000))
	start, edited := make(chan struct{}), make(chan error, 1)
	go func() {
		<-start
		for begun := time.Now(); time.Since(begun) < jitter; {
			runtime.Gosched()
		}
		begun := time.Now()
		err := edit(path)
		took = time.Since(begun)
		edited <- err
	}()
	started := false
	sys.watch = func(string) {
		if !started && len(sys.steps) >= aim {
			started = true
			close(start)
			runtime.Gosched()
		}
	}
	save(t, f, doc)
	if !started {
		close(start)
	}
	sys.watch = nil
	is.NoErr(<-edited)
	if f.Touched() {
		save(t, f, readDocument(t, f))
	}
	return bytesOf(t, path) == newText+editMark, took
}

// save does as the engine does: after an edit it reads the map again and puts
// the id there.
func save(t *testing.T, f *File, doc *tomledit.Document) {
	t.Helper()
	for {
		err := f.Replace(patched(t, doc))
		if !errors.Is(err, ErrChanged) {
			is.New(t).NoErr(err)
			return
		}
		doc = readDocument(t, f)
	}
}

// readDocument reads the map until it is a whole one: an editor may have
// emptied it a moment ago.
func readDocument(t *testing.T, f *File) *tomledit.Document {
	t.Helper()
	var src []byte
	for range 10_000 {
		var err error
		src, err = f.Read()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		doc, err := tomledit.Parse(filepath.Base(f.target), src)
		if err == nil && doc.Get("features", "A", "task_id").Exists() && !f.Touched() {
			return doc
		}
	}
	t.Fatalf("no map, or one that always changes: %q, %v", src, f.compareAnew())
	return nil
}

// TestEditAfterTheLastComparison lands an edit just before the step that
// writes.
func TestEditAfterTheLastComparison(t *testing.T) {
	for way, row := range map[string]struct {
		without []string
		step    string
		kept    []string
	}{
		"by swap":   {nil, "swap", []string{"appended", "in place", "by rename"}},
		"by rename": {[]string{"swap"}, "rename", []string{"appended", "in place"}},
		"in place":  {[]string{"rename", "claim"}, "append", []string{"appended", "in place", "by rename"}},
	} {
		for _, edit := range row.kept {
			t.Run(way+", edit "+edit, func(t *testing.T) {
				is := is.New(t)
				sys := &faulty{without: row.without}
				path, f := openMap(t, sys)
				doc := readDocument(t, f)
				sys.watch = func(operation string) {
					if operation == row.step {
						sys.watch = nil
						is.NoErr(edits()[edit](path))
					}
				}
				is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
				is.True(sys.watch == nil)
				is.Equal(bytesOf(t, path), oldText+editMark)
				is.Equal(names(t, path), []string{"map.toml"})
				save(t, f, readDocument(t, f))
				is.Equal(bytesOf(t, path), newText+editMark)
			})
		}
	}
}

// TestEditOfWhatStays lands an edit in the part of the map that a save in place
// leaves alone, while it writes the rest.
func TestEditOfWhatStays(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename", "claim"}}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	sys.watch = func(operation string) {
		if operation == "write in place" {
			sys.watch = nil
			editor, err := os.OpenFile(path, os.O_WRONLY, 0)
			is.NoErr(err)
			_, err = editor.WriteString("[features.B]")
			is.NoErr(errors.Join(err, editor.Close()))
		}
	}
	is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
	is.Equal(bytesOf(t, path), strings.Replace(newText, "A", "B", 1))
}

// TestEditorThatOpenedTheOldFile opens it before it loses the name, and writes
// after.
func TestEditorThatOpenedTheOldFile(t *testing.T) {
	for way, row := range map[string]struct {
		without []string
		step    string
	}{
		"by swap":   {nil, "swap"},
		"by rename": {[]string{"swap"}, "rename"},
	} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			sys := &faulty{without: row.without}
			path, f := openMap(t, sys)
			doc := readDocument(t, f)
			var editor *os.File
			claims := 0
			sys.watch = func(operation string) {
				switch operation {
				case row.step:
					opened, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
					is.NoErr(err)
					editor = opened
				case "claim":
					const half = len(editMark) / 2
					claims++
					if claims == 2 { // after it was found open
						_, err := editor.WriteString(editMark[:half])
						is.NoErr(err)
					}
					if claims == attempts+2 || claims == 3 && way == "by swap" {
						_, err := editor.WriteString(editMark[half:])
						is.NoErr(errors.Join(err, editor.Close()))
					}
				}
			}
			err := f.Replace(patched(t, doc))
			sys.watch = nil
			if claims < 2 {
				is.NoErr(editor.Close())
				t.Skip("this system does not say who has a file open")
			}
			is.True(errors.Is(err, ErrChanged))
			is.Equal(bytesOf(t, path), oldText+editMark)
			is.Equal(names(t, path), []string{"map.toml"})
		})
	}
}

// TestEditorThatEmptiedTheMap has done so before the step that makes the map
// longer, and writes its text after.
func TestEditorThatEmptiedTheMap(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename", "claim"}}
	path, f := openMap(t, sys)
	doc := readDocument(t, f)
	saved, written := make(chan struct{}), make(chan error, 1)
	sys.watch = func(operation string) {
		if operation != "append" {
			return
		}
		editor, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
		is.NoErr(err)
		go func() {
			for grown := false; !grown; {
				select {
				case <-saved:
					grown = true
				default:
					info, err := editor.Stat()
					grown = err != nil || info.Size() > 0
				}
			}
			_, err := editor.WriteString(oldText + editMark)
			written <- errors.Join(err, editor.Close())
		}()
	}
	err := f.Replace(patched(t, doc))
	close(saved)
	is.True(errors.Is(err, ErrChanged))
	is.NoErr(<-written)
	is.Equal(bytesOf(t, path), oldText+editMark)
}

// TestEditAfterWhatIsCut adds to the end of a map that a save in place makes
// shorter: that is kept.
func TestEditAfterWhatIsCut(t *testing.T) {
	is := is.New(t)
	sys := &faulty{without: []string{"rename", "claim"}}
	path, f := openMap(t, sys)
	readDocument(t, f)
	sys.watch = func(operation string) {
		if operation == "write in place" {
			sys.watch = nil
			is.NoErr(edits()["appended"](path))
		}
	}
	is.True(errors.Is(f.Replace(strings.NewReader(oldText[:8])), ErrChanged))
	is.Equal(bytesOf(t, path), oldText[:8]+editMark)
}

// TestMapThatIsReplacedAgainAndAgain while the lock moves to it.
func TestMapThatIsReplacedAgainAndAgain(t *testing.T) {
	is := is.New(t)
	sys := &faulty{}
	path, f := openMap(t, sys)
	races := 5
	sys.watch = func(operation string) {
		if operation == "open" && races > 0 {
			races--
			is.NoErr(edits()["by rename"](path))
		}
	}
	src, err := f.Read()
	is.NoErr(err)
	is.Equal(races, 0)
	is.Equal(string(src), oldText+editMark)
}

package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// onSmallDisk writes a map to a small disk, which is filled while a call that
// matches is on its way.
func (w *world) onSmallDisk(text string, match func(odoosim.Call) bool) (path, filler string) {
	w.t.Helper()
	is := is.New(w.t)
	if err := syscall.Mount("small", w.dir, "tmpfs", 0, "size=256k"); err != nil {
		w.t.Skipf("no disk of this size here: %v", err)
	}
	w.t.Cleanup(func() { is.NoErr(syscall.Unmount(w.dir, 0)) })
	filler = filepath.Join(w.dir, "filler")
	var once sync.Once
	w.during(match, func() {
		once.Do(func() { is.True(errors.Is(os.WriteFile(filler, make([]byte, 1<<20), 0o644), syscall.ENOSPC)) })
	})
	return w.write(text), filler
}

// TestIDsThatTheDiskHasNoRoomForAreListed fills the disk of the map while a
// call creates tasks.
func TestIDsThatTheDiskHasNoRoomForAreListed(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	path, filler := w.onSmallDisk(shop, func(c odoosim.Call) bool { return c.Rows > 0 && c.Contains("Invoice") })
	result, err := w.engine().Sync(t.Context(), path)
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.True(errors.Is(err, syscall.ENOSPC))
	is.Equal(len(notSaved.Items), 2) // the stories
	is.Equal([]int64{notSaved.Items[0].ID, notSaved.Items[1].ID}, []int64{3, 4})
	is.Equal(result.Count(engine.Created), 4)
	is.Equal(strings.Count(w.read(path), "task_id = 0"), 2)
	is.NoErr(os.Remove(filler))
	w.sync(path)
	w.oneToOne(path)
	is.Equal(len(w.odoo.Tasks()), 4)
	w.onlyTheMap()
}

// TestIDsOfAllCallsInFlightAreListed fills the disk while three calls create
// tasks: the error is about all three, not only about the one that is saved
// first.
func TestIDsOfAllCallsInFlightAreListed(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	w.options.Jobs = 3
	path, _ := w.onSmallDisk(manyFeatures(500, 0), func(c odoosim.Call) bool { return c.Rows >= 100 && c.Overlap == 2 })
	w.together(3)
	_, err := w.engine().Sync(t.Context(), path)
	var notSaved *engine.NotSavedError
	is.True(errors.As(err, &notSaved))
	is.True(len(w.odoo.Tasks()) > 200)
	is.Equal(len(notSaved.Items), len(w.odoo.Tasks()))
}

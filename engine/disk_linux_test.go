package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

// TestIDsThatTheDiskHasNoRoomForAreListed fills the disk of the map while a
// call creates tasks.
func TestIDsThatTheDiskHasNoRoomForAreListed(t *testing.T) {
	is := is.New(t)
	w := newWorld(t)
	if err := syscall.Mount("small", w.dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no disk of this size here: %v", err)
	}
	t.Cleanup(func() { is.NoErr(syscall.Unmount(w.dir, 0)) })
	path := w.write(shop)
	filler := filepath.Join(w.dir, "filler")
	w.during(func(c odoosim.Call) bool { return c.Rows > 0 && c.Contains("Invoice") }, func() {
		is.True(errors.Is(os.WriteFile(filler, make([]byte, 1<<20), 0o644), syscall.ENOSPC))
	})
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

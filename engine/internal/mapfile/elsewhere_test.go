package mapfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestEditsElsewhere edits the map where a network file system gets it from.
// e2e/shares says where: ODOOSYNC_ELSEWHERE=here=there.
func TestEditsElsewhere(t *testing.T) {
	here, there, given := strings.Cut(os.Getenv("ODOOSYNC_ELSEWHERE"), "=")
	if !given {
		t.Skip("no network file system: e2e/shares brings some up")
	}
	for name, edit := range edits() {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir, err := os.MkdirTemp(here, "edited")
			is.NoErr(err)
			path := filepath.Join(dir, "map.toml")
			is.NoErr(os.WriteFile(path, []byte(oldText), 0o666))
			setAside(t, path)
			f, err := Open(path)
			is.NoErr(err)
			defer f.Close()
			doc := readDocument(t, f)
			is.True(!f.Touched())
			is.NoErr(edit(filepath.Join(there, strings.TrimPrefix(path, here))))
			is.True(f.Touched())
			is.True(errors.Is(f.Replace(patched(t, doc)), ErrChanged))
			save(t, f, readDocument(t, f))
			is.True(!f.Touched())
			is.Equal(bytesOf(t, path), newText+editMark)
			is.Equal(bytesOf(t, filepath.Join(there, strings.TrimPrefix(path, here))), newText+editMark)
		})
	}
}

package engine_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc/odoosim"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden runs every map of testdata/golden and compares the file that
// comes back byte for byte, in both dialects.
func TestGolden(t *testing.T) {
	folders, err := filepath.Glob("../testdata/golden/*/before.toml")
	is.New(t).NoErr(err)
	is.New(t).True(len(folders) >= 17) // the golden folders are there
	for _, dialect := range []odoosim.Dialect{odoosim.V14, odoosim.V19} {
		for _, before := range folders {
			folder := filepath.Dir(before)
			t.Run(dialect.String()+"/"+filepath.Base(folder), func(t *testing.T) {
				is := is.New(t)
				source, err := os.ReadFile(before)
				is.NoErr(err)
				w := newWorld(t, odoosim.WithDialect(dialect))
				path := w.write(string(source))
				w.seed(path)
				result := w.sync(path)
				got := []byte(w.read(path))
				after := filepath.Join(folder, "after.toml")
				if *update {
					is.NoErr(os.WriteFile(after, got, 0o644))
				}
				want, err := os.ReadFile(after)
				is.NoErr(err)
				if !bytes.Equal(got, want) {
					t.Fatalf("the map differs from %s; the first difference is at byte %d", after, firstDifference(got, want))
				}
				is.Equal(result.Count(engine.Pending), 0)
				w.onlyTheMap()
			})
		}
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

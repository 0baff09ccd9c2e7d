package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

var record = flag.Bool("record", false, "renew testdata/wire from the real servers that ODOOSYNC_E2E names")

// TestWire makes every call that odoosync makes, on odoosim or on the real
// servers that ODOOSYNC_E2E names, and compares the answers with the
// recordings.
func TestWire(t *testing.T) {
	chosen := chosenVersions()
	if *record && len(chosen) == 0 {
		t.Fatal("-record needs a real server: set ODOOSYNC_E2E, or use e2e/run")
	}
	build := realWorld
	if len(chosen) == 0 {
		build, chosen = simulatedWorld, []string{"14", "17", "19"}
	}
	for _, version := range chosen {
		t.Run(version, func(t *testing.T) {
			major, err := strconv.Atoi(version)
			if err != nil {
				t.Fatal(err)
			}
			if files, _ := filepath.Glob(recording(version + "/*")); len(files) == 0 && !*record {
				t.Skipf("no recordings of Odoo %s: make them with -record", version)
			}
			var taken []string
			for _, p := range protocols(major) {
				t.Run(string(p), func(t *testing.T) {
					s := &scenes{t: t, w: build(t, major), protocol: p}
					s.play()
					taken = append(taken, s.taken...)
				})
			}
			if !t.Failed() {
				noStrays(t, version, taken)
			}
		})
	}
}

// noStrays refuses recordings that no scene makes any more.
func noStrays(t *testing.T, version string, taken []string) {
	t.Helper()
	files, err := filepath.Glob(recording(version + "/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := version + "/" + strings.TrimSuffix(filepath.Base(file), ".json")
		if strings.HasPrefix(filepath.Base(file), outagePrefix) || slices.Contains(taken, name) {
			continue
		}
		if !*record {
			t.Errorf("%s: no scene makes this recording", file)
		} else if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
}

// keep records an exchange, or compares it with its recording.
func (s *scenes) keep(name string, x exchange) {
	s.t.Helper()
	s.taken = append(s.taken, name)
	if *record {
		x.write(s.t, name)
		return
	}
	want, got := readExchange(s.t, name).comparable(s.t), x.comparable(s.t)
	if want != got {
		s.t.Errorf("%s: not what Odoo %d answered\n%s", name, s.w.version, udiff.Unified("recorded", "answered", want, got))
	}
}

// Package behaviour holds the odoosync program to what its users see: the built
// binary, a map, and what an Odoo holds afterwards.
//
// # Use
//
//	go test ./e2e/behaviour            # on Odoo in memory, both dialects
//	eval "$(e2e/odoo-up 19)"           # a real server
//	go test -count=1 ./e2e/behaviour   # now on that server
//	e2e/run 19                         # the same two lines, and the server is stopped
//	e2e/run --url http://127.0.0.1:8069 --db trial   # any other server
//
// The suite is one and the same for all targets. The environment that odoo-up
// prints selects a real server: ODOOSYNC_E2E names its version, ODOO_URL,
// ODOO_DB, ODOO_USERNAME and ODOO_PASSWORD its administrator, and
// ODOOSYNC_E2E_API_KEY the administrator's key for JSON-2, which is made where it
// is missing. Without ODOOSYNC_E2E
// the targets are package odoosim in the dialects of Odoo 14 and 19. Odoo 19 is
// tested over JSON-RPC and JSON-2.
//
// # Guarantees
//
//   - Nothing of the program is trusted to check the program: maps are read
//     with the stable decoder of go-toml, Odoo is asked by a client of a few
//     lines, HTML becomes text by a converter of its own.
//   - Every test works in a project of its own and, where rights matter, as
//     users of its own, so that a real server can be used again and again.
//   - Random tests print their seed; -seed repeats them.
//
// # Limitations
//
// Projects, tasks and users stay in a real database after the suite. The tests
// that stop a database or kill a worker need a server that odoo-up started, and
// the right to do so. On Windows no process can be interrupted from outside.
//
// # Concurrency
//
// Tests on Odoo in memory run side by side, those on a real server one after
// the other: the server has two workers.
package behaviour

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"odoosync/e2e/program"
)

var seedFlag = flag.Uint64("seed", 0, "seed of the random tests; 0 takes a new one and prints it")

// folder holds the built program.
var folder string

// binary builds the program when the first test needs it, and returns its path.
var binary = sync.OnceValues(func() (string, error) { return program.Build("../..", folder) })

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withFolder(m.Run))
}

// withFolder makes the folder, calls run and removes the folder again.
func withFolder(run func() int) int {
	var err error
	if folder, err = os.MkdirTemp("", "odoosync-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	return run()
}

// randomness returns a source of chance whose seed the log tells.
func randomness(t *testing.T) *rand.Rand {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d: repeat with -seed %[1]d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// chancePerTarget returns a source of chance for each target, because the
// targets run side by side.
func chancePerTarget(t *testing.T) func(o *target) *rand.Rand {
	t.Helper()
	random := randomness(t)
	sources := make(map[string]*rand.Rand)
	for _, k := range kinds() {
		sources[k.name()] = rand.New(rand.NewPCG(random.Uint64(), 0))
	}
	return func(o *target) *rand.Rand { return sources[kind{o.major, o.protocol, o.real()}.name()] }
}

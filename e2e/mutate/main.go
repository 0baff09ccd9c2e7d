// Mutate breaks a package in one small way after the other and runs its tests
// each time. A mutant that no test notices, a survivor, shows what is not tested.
//
// # Use
//
//	go run ./e2e/mutate ./tomledit
//	go run ./e2e/mutate -sample 100 ./engine/... ./odoorpc
//	go run ./e2e/mutate -run 'Patch|Index' ./tomledit
//	go run ./e2e/mutate -tests ./engine,./cmd/odoosync ./engine/internal/...
//
// It prints survivors as they are found and at the end a score for each package:
// the share of its mutants that tests noticed. A test that does not end within
// its limit has noticed too. Mutants that the compiler refuses do not count.
//
// # Guarantees
//
//   - No file of the repository is changed: the compiler gets the changed text as
//     an overlay. Programs that the tests build have it too.
//   - The tests are run once without a mutant, and must pass.
//
// # Limitations
//
// Some survivors are equivalent: the change has no effect. Only a reader can
// tell. A test that fails by chance counts as one that noticed.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	run     string        // only these tests, as of go test
	skip    string        // but not these
	tests   string        // the packages whose tests run, divided by commas; empty: the package itself
	limit   time.Duration // the longest time for the tests of one mutant; 0: by what they need without one
	sample  int           // so many mutants of each package, drawn by lot; 0: all
	seed    uint64        // of the lot
	workers int           // how many mutants at a time
}

func main() {
	var o options
	flag.StringVar(&o.run, "run", "", "run only the tests that match, as go test does")
	flag.StringVar(&o.skip, "skip", "", "skip the tests that match, as go test does")
	flag.StringVar(&o.tests, "tests", "", "the packages whose tests run, divided by `commas` (default the mutated package)")
	flag.DurationVar(&o.limit, "limit", 0, "the longest time for the tests of one mutant (default three times what they need, and 10s)")
	flag.IntVar(&o.sample, "sample", 0, "draw so many mutants of each package by lot (default all)")
	flag.Uint64Var(&o.seed, "seed", 1, "the seed of the lot")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "how many mutants at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := mutate(ctx, o, flag.Args(), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func mutate(ctx context.Context, o options, patterns []string, out io.Writer) error {
	if len(patterns) == 0 {
		return fmt.Errorf("name the packages to mutate, such as ./tomledit")
	}
	packages, err := load(ctx, patterns)
	if err != nil {
		return err
	}
	var scores []string
	for _, p := range packages {
		s, err := score(ctx, o, p, out)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		scores = append(scores, s)
	}
	_, err = fmt.Fprintf(out, "\n%s\n", strings.Join(scores, "\n"))
	return err
}

// score lets the tests look at the mutants of a package, and says how many they
// noticed.
func score(ctx context.Context, o options, p *source, out io.Writer) (string, error) {
	mutants, err := p.mutants()
	if err != nil {
		return "", err
	}
	if o.sample > 0 && o.sample < len(mutants) {
		random := rand.New(rand.NewPCG(o.seed, 0))
		random.Shuffle(len(mutants), func(i, j int) { mutants[i], mutants[j] = mutants[j], mutants[i] })
		mutants = mutants[:o.sample]
		slices.SortFunc(mutants, mutant.compare)
	}
	suite := &suite{options: o, packages: strings.Split(cmp.Or(o.tests, p.path), ",")}
	if err := suite.rehearse(ctx, p); err != nil {
		return "", err
	}
	noticed, unreached, err := suite.survey(ctx, mutants, out)
	if err != nil {
		return "", err
	}
	share := 100.0
	if len(mutants) > 0 {
		share = 100 * float64(noticed) / float64(len(mutants))
	}
	return fmt.Sprintf("%5.1f%%  %s: %d of %d mutants noticed, %d not reached by any test",
		share, p.path, noticed, len(mutants), unreached), nil
}

//go:build linux

// Bench measures odoosync beside what people use today and beside what cannot
// be beaten, and prints a Markdown table for each comparison.
//
//	go run ./bench              # a few minutes
//	go run ./bench -full        # all sizes; most of an hour
//	go run ./bench -only editor # or servers, workers, small, program, large
//
// It is run in the project's folder, on Linux. Contenders take turns, so that
// a busy machine slows down all of them, and the median of their times counts.
// What is missing on a machine, such as real servers or peers, is left out and
// named. README.md says what is measured, and how.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == workerCommand {
		fail(work(os.Args[2], os.Args[3:]))
		return
	}
	var b bench
	only := flag.String("only", "servers,workers,small,editor,program,large", "what to measure")
	odoos := flag.String("odoo", "19,14", "versions of the real servers")
	flag.BoolVar(&b.full, "full", false, "all sizes")
	flag.IntVar(&b.rounds, "rounds", 5, "times that each contender runs")
	flag.Parse()
	b.odoos = strings.Split(*odoos, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fail(b.run(ctx, strings.Split(*only, ",")))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// bench is one run of the measurements.
type bench struct {
	full   bool
	rounds int
	odoos  []string

	dir      string // of everything that the run writes
	odoosync string // the program that is measured
	self     string // this program, for workers
	peers    string // folder of the root that the peers live in; empty: there are none
}

func (b *bench) run(ctx context.Context, parts []string) error {
	if err := b.prepare(ctx, slices.Contains(parts, "editor")); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	fmt.Printf("%s, %s, %d CPUs, medians of %d rounds\n", time.Now().UTC().Format("2006-01-02"), runtime.Version(), runtime.NumCPU(), b.rounds)
	measures := map[string]func(context.Context) error{
		"servers": b.servers, "workers": b.workers, "small": b.small, "editor": b.editor, "program": b.program, "large": b.large,
	}
	for _, part := range parts {
		if measures[part] == nil {
			return fmt.Errorf("there is nothing named %q to measure", part)
		}
		if err := measures[part](ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare builds odoosync and installs the peers, if they are to take part.
func (b *bench) prepare(ctx context.Context, peers bool) error {
	var err error
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	parent := ""
	if peers {
		if b.peers, err = script(ctx, "bench/peers/up"); err != nil {
			note("without peers: %v", err)
		} else {
			parent = filepath.Join(b.peers, "tmp") // where the peers can read maps too
		}
	}
	if b.dir, err = os.MkdirTemp(parent, "odoosync-bench-"); err != nil {
		return err
	}
	b.odoosync = filepath.Join(b.dir, "odoosync")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.odoosync, "./cmd/odoosync")
	build.Stderr = os.Stderr
	return build.Run()
}

// script runs a script of the project and returns what it prints.
func script(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// note tells people how far the run is.
func note(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

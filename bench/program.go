//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"odoosync/bench/genmap/layout"
)

// program measures whole runs of odoosync that wait for no server: from the
// start of the process to its end.
func (b *bench) program(ctx context.Context) error {
	t := newTable("Whole processes", "what", "time", "CPU", "peak memory", "its time to read + write + fsync + rename of the same bytes")
	small, _, err := b.writeMap("small.toml", layout.Spec{Layout: layout.Generated, Size: 100_000, Pending: 40})
	if err != nil {
		return err
	}
	version := whole{name: "`odoosync version`", args: []string{b.odoosync, "version"}}
	check := whole{name: "`odoosync check`, 100 kB", args: []string{b.odoosync, "check", small}}
	if err := b.alternate(ctx, t, "", []*whole{&version, &check}); err != nil {
		return err
	}
	sizes := []int64{10}
	if b.full {
		sizes = append(sizes, 100)
	}
	for _, mb := range sizes {
		path, made, err := b.writeMap("whole.toml", layout.Spec{Layout: layout.Generated, Size: mb * 1e6, Pending: int(mb) * 1000})
		if err != nil {
			return err
		}
		one, _, err := b.writeMap("one.toml", layout.Spec{Layout: layout.Generated, Size: mb * 1e6, Pending: 1})
		if err != nil {
			return err
		}
		sim, err := b.startSim(ctx, "sim")
		if err != nil {
			return err
		}
		size := megabytes(made.Bytes)
		floor := whole{name: "read + write + fsync + rename, " + size, args: []string{b.self, workerCommand, "rewrite-once", path}}
		check := whole{name: fmt.Sprintf("`odoosync check`, %s, %d pending", size, mb*1000), args: []string{b.odoosync, "check", path}}
		save := whole{name: fmt.Sprintf("`odoosync run`, %s, 1 pending: one save", size), args: []string{b.odoosync, "run"}, sim: sim, fresh: one}
		err = b.alternate(ctx, t, floor.name, []*whole{&floor, &check, &save})
		if err := sim.stop(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
	}
	t.print()
	return nil
}

// whole is a program that is run from start to end.
type whole struct {
	name  string
	args  []string
	sim   *sim   // where it finds Odoo; nil: it needs none
	fresh string // a map of which it gets a copy each time; empty: none
	took  []usage
}

// alternate lets programs take turns, after one turn that warms up the file
// cache, and adds a row for each to the table.
func (b *bench) alternate(ctx context.Context, t *table, floor string, programs []*whole) error {
	var floors []time.Duration
	for round := range b.rounds + 1 {
		for _, p := range programs {
			u, err := b.turn(ctx, p)
			if err != nil {
				return err
			}
			if round > 0 {
				p.took = append(p.took, u)
			}
		}
	}
	for _, p := range programs {
		var walls []time.Duration
		for _, u := range p.took {
			walls = append(walls, u.wall)
		}
		if p.name == floor {
			floors = walls
		}
		t.add(p.name, seconds(median(walls)), seconds(medianOf(p.took, func(u usage) time.Duration { return u.cpu })),
			megabytes(medianOf(p.took, func(u usage) int64 { return u.peak })), ratio(walls, floors))
	}
	return nil
}

func (b *bench) turn(ctx context.Context, p *whole) (usage, error) {
	if p.fresh == "" {
		return measure(ctx, nil, p.args[0], p.args[1:]...)
	}
	u, _, err := b.runOn(ctx, p.sim.server, p.fresh, 1)
	return u, err
}

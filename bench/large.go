//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"odoosync/bench/genmap/layout"
	"odoosync/odoorpc/odoosim"
)

// large measures long runs on large maps, against an Odoo in memory that
// answers faster than a real one.
func (b *bench) large(ctx context.Context) error {
	type size struct {
		bytes   int64
		pending int
	}
	sizes := []size{{10e6, 10_000}}
	if b.full {
		sizes = append(sizes, size{100e6, 100_000})
	}
	t := newTable("Long runs against odoosim, one job", "map", "items", "requests", "time", "waiting for odoosim", "the rest: reading, encoding, saving", "client CPU", "peak memory", "memory to the file's size")
	for _, s := range sizes {
		path, made, err := b.writeMap("large.toml", layout.Spec{Layout: layout.Generated, Size: s.bytes, Pending: s.pending})
		if err != nil {
			return err
		}
		var runs []usage
		var traces []calls
		for round := range b.rounds {
			note("large: %d items, round %d", s.pending, round+1)
			run, trace, err := b.runOnSim(ctx, path)
			if err != nil {
				return err
			}
			runs, traces = append(runs, run), append(traces, trace)
		}
		wall := medianOf(runs, func(u usage) time.Duration { return u.wall })
		waited := medianOf(traces, func(c calls) time.Duration { return c.waited })
		peak := medianOf(runs, func(u usage) int64 { return u.peak })
		t.add(megabytes(made.Bytes), fmt.Sprint(s.pending), fmt.Sprint(medianOf(traces, func(c calls) int64 { return int64(c.requests) })), seconds(wall),
			fmt.Sprintf("%s (%s)", seconds(waited), percent(waited, wall)), fmt.Sprintf("%s (%s)", seconds(wall-waited), percent(wall-waited, wall)),
			seconds(medianOf(runs, func(u usage) time.Duration { return u.cpu })), megabytes(peak), times(float64(peak)/float64(made.Bytes)))
	}
	t.print()
	return nil
}

func (b *bench) runOnSim(ctx context.Context, path string) (usage, calls, error) {
	s, err := b.startSim(ctx, "sim")
	if err != nil {
		return usage{}, calls{}, err
	}
	u, trace, err := b.runOn(ctx, s.server, path, 1)
	return u, trace, errors.Join(err, s.stop())
}

// sim is an Odoo in memory in a process of its own.
type sim struct {
	server
	process *loop
}

// startSim starts one as the worker of that name does.
func (b *bench) startSim(ctx context.Context, worker string) (*sim, error) {
	process, err := startLoop(ctx, b.self, workerCommand, worker)
	if err != nil {
		return nil, err
	}
	s := &sim{server{name: "odoosim", odoo: odoo{Login: simLogin, secret: simLogin}}, process}
	process.lines.Scan() // a missing line is an empty one, and refused next
	if _, err := fmt.Sscan(process.lines.Text(), &s.odoo.URL, &s.odoo.Database); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.env = []string{"ODOO_URL=" + s.odoo.URL, "ODOO_DB=" + s.odoo.Database, "ODOO_USERNAME=" + simLogin, "ODOO_PASSWORD=" + simLogin}
	return s, s.odoo.authenticate()
}

func (s *sim) stop() error {
	_, err := s.process.stop()
	return err
}

// simLogin is the name and the password of the user of every odoosim.
const simLogin = "admin"

// serveSim serves an Odoo in memory until standard input ends.
func serveSim(options ...odoosim.Option) error {
	s := odoosim.New(options...)
	if err := s.Start(); err != nil {
		return err
	}
	fmt.Println(s.URL(), s.Database())
	_, err := io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

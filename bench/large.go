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
	t := newTable("Long runs against odoosim", "map", "items", "requests", "time", "waiting for odoosim", "the rest: reading, encoding, saving", "client CPU", "peak memory", "memory to the file's size")
	for _, s := range sizes {
		path, bytes, err := b.writeMap("large.toml", layout.Spec{Layout: layout.Generated, Size: s.bytes, Pending: s.pending})
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
		t.add(megabytes(bytes), fmt.Sprint(s.pending), fmt.Sprint(medianOf(traces, func(c calls) int64 { return int64(c.requests) })), seconds(wall),
			fmt.Sprintf("%s (%s)", seconds(waited), percent(waited, wall)), fmt.Sprintf("%s (%s)", seconds(wall-waited), percent(wall-waited, wall)),
			seconds(medianOf(runs, func(u usage) time.Duration { return u.cpu })), megabytes(peak), times(float64(peak)/float64(bytes)))
	}
	t.print()
	return nil
}

func (b *bench) runOnSim(ctx context.Context, path string) (usage, calls, error) {
	s, err := b.startSim(ctx)
	if err != nil {
		return usage{}, calls{}, err
	}
	env, err := s.project()
	if err != nil {
		return usage{}, calls{}, errors.Join(err, s.stop())
	}
	u, trace, err := b.runIn(ctx, env, path)
	return u, trace, errors.Join(err, s.stop())
}

// sim is an Odoo in memory in a process of its own.
type sim struct {
	process *loop
	odoo    odoo
}

func (b *bench) startSim(ctx context.Context) (*sim, error) {
	process, err := startLoop(ctx, b.self, workerCommand, "sim")
	if err != nil {
		return nil, err
	}
	s := &sim{process: process, odoo: odoo{Login: simLogin, secret: simLogin}}
	process.lines.Scan() // a missing line is an empty one, and refused next
	if _, err := fmt.Sscan(process.lines.Text(), &s.odoo.URL, &s.odoo.Database); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, s.odoo.authenticate()
}

// project makes a project and returns the settings with which odoosync
// reaches it.
func (s *sim) project() ([]string, error) {
	var ids []int64
	err := s.odoo.call("project.project", "create", nil, &ids, parameter{"vals_list", []any{map[string]any{"name": "Bench"}}})
	if err != nil {
		return nil, err
	}
	return []string{
		"ODOO_URL=" + s.odoo.URL, "ODOO_DB=" + s.odoo.Database, "ODOO_USERNAME=" + simLogin, "ODOO_PASSWORD=" + simLogin,
		fmt.Sprint("ODOO_PROJECT=", ids[0]),
	}, nil
}

func (s *sim) stop() error {
	_, err := s.process.stop()
	return err
}

// simLogin is the name and the password of the user of every odoosim.
const simLogin = "admin"

// serveSim serves an Odoo in memory until standard input ends.
func serveSim() error {
	s := odoosim.New()
	if err := s.Start(); err != nil {
		return err
	}
	fmt.Println(s.URL(), s.Database())
	_, err := io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

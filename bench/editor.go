//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"odoosync/bench/genmap/layout"
)

// slowest is the speed, in bytes a second, below which a contender is not
// asked for a larger map.
const slowest = 300_000

// editors are the contenders: the first is what all others are compared with.
func (b *bench) editors() []contender {
	all := []contender{
		{name: "tomledit", args: []string{b.self, workerCommand, "edit"}},
		{name: "walk of `unstable` (floor)", args: []string{b.self, workerCommand, "walk"}},
		{name: "read + write + fsync + rename (floor)", args: []string{b.self, workerCommand, "rewrite"}},
	}
	if b.peers != "" {
		all = append(all,
			contender{name: "toml_edit", args: []string{"chroot", b.peers, "edit-toml-edit"}, inPeers: true},
			contender{name: "tomlkit", args: []string{"chroot", b.peers, "edit_tomlkit.py"}, inPeers: true, only: layout.Generated},
		)
	}
	return all
}

// contender is a program that edits a map when it is given a line.
type contender struct {
	name    string
	args    []string
	inPeers bool          // it sees the root of the peers as the root
	only    layout.Layout // what it can read; empty: everything
	tooSlow bool

	loop *loop
	took []time.Duration
	did  string
}

func (b *bench) editor(ctx context.Context) error {
	sizes := []int64{100_000, 1e6, 10e6}
	if b.full {
		sizes = append(sizes, 100e6)
	}
	t := newTable("The editor: parse, validate, set every pending id, render; warm memory", "map", "contender", "time", "MB/s", "its time to tomledit's", "peak memory")
	for _, l := range []layout.Layout{layout.Generated, layout.Example} {
		editors := b.editors()
		for _, size := range sizes {
			note("editor: %d bytes, layout %s", size, l)
			path, made, err := b.writeMap("editor.toml", layout.Spec{Layout: l, Size: size, Pending: int(size) / 1000})
			if err != nil {
				return err
			}
			if err := b.edit(ctx, t, editors, path, made.Bytes, l); err != nil {
				return err
			}
		}
	}
	t.print()
	return nil
}

// edit lets the contenders take turns at one map, after a first turn that
// warms them up.
func (b *bench) edit(ctx context.Context, t *table, editors []contender, path string, size int64, l layout.Layout) error {
	var running []*contender
	for i := range editors {
		c := &editors[i]
		if c.tooSlow || c.only != "" && c.only != l {
			continue // it reads no such map, or has shown how slow it is
		}
		seen := path
		if c.inPeers {
			seen = strings.TrimPrefix(path, b.peers)
		}
		args := append(slices.Clip(c.args[1:]), seen)
		var err error
		if c.loop, err = startLoop(ctx, c.args[0], args...); err != nil {
			return err
		}
		c.took = nil
		running = append(running, c)
	}
	for round := range b.rounds + 1 {
		for _, c := range running {
			took, did, err := c.loop.turn()
			if err != nil {
				return err
			}
			c.did = did
			if round > 0 {
				c.took = append(c.took, took)
			}
		}
	}
	for _, c := range running {
		peak, err := c.loop.stop()
		if err != nil {
			return err
		}
		if c.did != running[0].did && c.did != "" {
			return fmt.Errorf("%s did %q, tomledit %q", c.name, c.did, running[0].did)
		}
		took := median(c.took)
		speed := float64(size) / took.Seconds()
		c.tooSlow = speed < slowest
		t.add(fmt.Sprintf("%g MB, %s", float64(size/1e5)/10, l), c.name, seconds(took), fmt.Sprintf("%.1f", speed/1e6), ratio(c.took, running[0].took), megabytes(peak))
	}
	return nil
}

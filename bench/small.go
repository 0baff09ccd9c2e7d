//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"

	"odoosync/bench/genmap/layout"
)

// small measures runs of a few items, where each call counts: the first in a
// project without stages, and a later one there, beside clients that look for
// nothing and read nothing back. All of them log in. Each odoosim is new: a
// first run creates the tags too.
func (b *bench) small(ctx context.Context) error {
	const simulated = "odoosim, JSON-RPC"
	t := newTable("Small runs", "server", "items", "contender", "calls", "time", "to a later run")
	for _, s := range append(b.real(ctx), server{name: simulated}) {
		for _, n := range []int{1, 10, 50} {
			var r race
			for round := range b.rounds {
				note("%s, %d items, round %d", s.name, n, round+1)
				if s.name != simulated {
					if err := b.smallRound(ctx, s, &r, n); err != nil {
						return err
					}
					continue
				}
				sim, err := b.startSim(ctx, "sim")
				if err == nil {
					err = errors.Join(b.smallRound(ctx, sim.server, &r, n), sim.stop())
				}
				if err != nil {
					return err
				}
			}
			for _, one := range r {
				t.add(s.name, fmt.Sprint(n), one.name, fmt.Sprint(median(one.calls)), seconds(one.wall()), ratio(one.each(), r.named(later).each()))
			}
		}
	}
	t.print()
	return nil
}

const later = "odoosync run, later"

func (b *bench) smallRound(ctx context.Context, s server, r *race, n int) error {
	if err := s.odoo.authenticate(); err != nil {
		return err
	}
	project, err := s.odoo.addProject()
	if err != nil {
		return err
	}
	var items []layout.Item
	for _, name := range []string{"odoosync run, first", later} {
		var path string
		if path, items, err = b.pending(n); err != nil {
			return err
		}
		u, trace, err := b.runIn(ctx, s, project, path, 2)
		if err != nil {
			return err
		}
		r.add(name, n, 1, trace.requests, u)
	}
	login := 1
	if s.odoo.JSON2 {
		login = 0
	}
	err = b.bareOn(ctx, s, r, "one create each", n, login+n, func(to target) bare {
		return bare{Login: true, Tasks: to.values(items)}
	})
	if err != nil {
		return err
	}
	kinds := min(n, 2)
	return b.bareOn(ctx, s, r, "CSV import: one load a kind", n, login+kinds, func(to target) bare {
		work := to.loads(items, 1, n)
		work.Login, work.Context = true, map[string]any{"import_file": true, "tracking_disable": true} // as the dialog does
		return work
	})
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"odoosync/bench/genmap/layout"
)

// server is an Odoo server that is up.
type server struct {
	name string
	odoo odoo
	env  []string // with which odoosync reaches it
}

// servers measures runs on real servers.
func (b *bench) servers(ctx context.Context) error {
	sizes := []int{2000}
	if b.full {
		sizes = append(sizes, 10_000)
	}
	const usual = 2 // jobs
	t := newRaceTable("A run against real servers", usual)
	for _, s := range b.real(ctx) {
		for _, n := range sizes {
			if err := b.serve(ctx, t, s, n, 1, usual, 4); err != nil {
				return err
			}
		}
	}
	t.print()
	return nil
}

// workers measures how a run gets faster with the jobs, where the server has
// workers for all of them.
func (b *bench) workers(ctx context.Context) error {
	sizes := []int{5000}
	if b.full {
		sizes = append(sizes, 20_000)
	}
	t := newRaceTable("A run against a simulated server of 8 workers", 1)
	for _, kind := range [][2]string{{"workers", "50 ms a call"}, {"row-workers", "50 ms a call, 2 ms a row"}} {
		s, err := b.startSim(ctx, kind[0])
		if err != nil {
			return err
		}
		s.name = kind[1]
		for _, n := range sizes {
			err = errors.Join(err, b.serve(ctx, t, s.server, n, 1, 2, 4, 8))
		}
		if err := errors.Join(err, s.stop()); err != nil {
			return err
		}
	}
	t.print()
	return nil
}

// real brings the real servers up: an entry for each version and protocol.
func (b *bench) real(ctx context.Context) []server {
	var up []server
	for _, version := range b.odoos {
		exports, err := script(ctx, "e2e/odoo-up", version)
		if err != nil {
			note("without Odoo %s: %v", version, err)
			continue
		}
		vars := make(map[string]string)
		for line := range strings.Lines(exports) {
			name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
			vars[name] = value
		}
		env := []string{"ODOO_URL=" + vars["ODOO_URL"], "ODOO_DB=" + vars["ODOO_DB"], "ODOO_USERNAME=" + vars["ODOO_USERNAME"]}
		rpc := odoo{URL: vars["ODOO_URL"], Database: vars["ODOO_DB"], Login: vars["ODOO_USERNAME"], secret: vars["ODOO_PASSWORD"]}
		up = append(up, server{"Odoo " + version + ", JSON-RPC", rpc, append(env[:3:3], "ODOO_PASSWORD="+rpc.secret)})
		if key := vars["ODOOSYNC_E2E_API_KEY"]; version == "19" && key != "" {
			json2 := rpc
			json2.JSON2, json2.secret = true, key
			up = append(up, server{"Odoo " + version + ", JSON-2", json2, append(env[:3:3], "ODOO_API_KEY="+key)})
		}
	}
	return up
}

// serve lets odoosync and bare loops take turns at creating the same tasks,
// each time in a new project, with so many jobs.
func (b *bench) serve(ctx context.Context, t *raceTable, s server, n int, jobs ...int) error {
	if err := s.odoo.authenticate(); err != nil {
		return err
	}
	warm, _, err := b.pending(50)
	if err != nil {
		return err
	}
	if _, _, err := b.runOn(ctx, s, warm, 1); err != nil { // creates the tags too
		return err
	}
	var r race
	for round := range b.rounds {
		note("%s, %d items, round %d", s.name, n, round+1)
		var items []layout.Item
		for _, jobs := range jobs {
			var path string
			if path, items, err = b.pending(n); err != nil {
				return err
			}
			u, trace, err := b.runOn(ctx, s, path, jobs)
			if err != nil {
				return err
			}
			r.add(fmt.Sprintf(ours, jobs), n, jobs, trace.requests, u)
			err = b.bareOn(ctx, s, &r, fmt.Sprintf(floor, jobs), n, len(trace.loads), func(to target) bare {
				return to.loads(items, jobs, trace.loads...)
			})
			if err != nil {
				return err
			}
		}
		if n > 2000 || s.odoo.JSON2 {
			continue // the time of one create each does not depend on how many there are
		}
		single := items[:min(n, b.oneByOne())]
		err := b.bareOn(ctx, s, &r, "one create each", len(single), len(single), func(to target) bare {
			return bare{Tasks: to.values(single)}
		})
		if err != nil {
			return err
		}
		err = b.bareOn(ctx, s, &r, "one create each, quietly", len(single), len(single), func(to target) bare {
			return bare{Tasks: to.values(single), Context: to.quiet()}
		})
		if err != nil {
			return err
		}
	}
	t.addRace(s.name, &r)
	return nil
}

// oneByOne is how many tasks are created one by one at most.
func (b *bench) oneByOne() int {
	if b.full {
		return 2000
	}
	return 200
}

// pending writes a map of pending items. Their names are new each time: odoosync
// would have to look at the tasks of the same name.
func (b *bench) pending(n int) (path string, items []layout.Item, err error) {
	spec := layout.Spec{Layout: layout.Generated, Pending: n, Seed: uint64(time.Now().UnixNano())}
	if path, _, err = b.writeMap("pending.toml", spec); err != nil {
		return "", nil, err
	}
	made, err := layout.WriteItems(io.Discard, spec)
	return path, made.Pending, err
}

// assignees is the field of a task for its users.
func (s *server) assignees() string {
	if strings.HasPrefix(s.name, "Odoo 14") {
		return "user_id"
	}
	return "user_ids"
}

// target makes a project with a Backlog stage for one run of one contender.
func (s *server) target() (target, error) {
	project, err := s.odoo.addProject()
	if err != nil {
		return target{}, err
	}
	stage, err := s.odoo.create("project.task.type", map[string]any{"name": "Backlog", "sequence": 1, "project_ids": []any{[]any{6, 0, []int64{project}}}})
	if err != nil {
		return target{}, err
	}
	tags, err := s.odoo.tags()
	return target{project: project, stage: stage, tags: tags, assignees: s.assignees()}, err
}

// runOn runs odoosync on a copy of a map, in a new project that has the stage.
func (b *bench) runOn(ctx context.Context, s server, path string, jobs int) (usage, calls, error) {
	to, err := s.target()
	if err != nil {
		return usage{}, calls{}, err
	}
	return b.runIn(ctx, s, to.project, path, jobs)
}

// runIn runs odoosync on a copy of a map.
func (b *bench) runIn(ctx context.Context, s server, project int64, path string, jobs int) (usage, calls, error) {
	fresh := filepath.Join(b.dir, "run.toml")
	if err := copyFile(path, fresh); err != nil {
		return usage{}, calls{}, err
	}
	env := append(slices.Clip(s.env), fmt.Sprint("ODOO_PROJECT=", project))
	u, err := measure(ctx, env, b.odoosync, "run", "--verbose", fmt.Sprint("--jobs=", jobs), fresh)
	if err != nil {
		return u, calls{}, err
	}
	trace, err := readCalls(u.errors)
	return u, trace, err
}

// bareOn lets a bare client do work in a new project, of so many items in so
// many calls.
func (b *bench) bareOn(ctx context.Context, s server, r *race, name string, items, calls int, work func(target) bare) error {
	to, err := s.target()
	if err != nil {
		return err
	}
	w := work(to)
	w.Server, w.Jobs = s.odoo, max(w.Jobs, 1)
	path := filepath.Join(b.dir, "bare.json")
	if err := writeJSON(path, w); err != nil {
		return err
	}
	u, err := measure(ctx, []string{secretVariable + "=" + s.odoo.secret}, b.self, workerCommand, "bare", path)
	if err != nil {
		return err
	}
	u.wall, err = time.ParseDuration(strings.TrimSpace(u.output) + "ns") // without the start and the reading of rows
	r.add(name, items, w.Jobs, calls, u)
	return err
}

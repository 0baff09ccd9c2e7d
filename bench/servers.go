//go:build linux

package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"odoosync/bench/genmap/layout"
)

// server is a real Odoo server that is up.
type server struct {
	name string
	odoo odoo
	env  []string // with which odoosync reaches it
}

// oneByOne is the size up to which the peer that makes one task at a time takes
// part, which would take hours beyond: the time of each does not depend on how
// many there are.
func (b *bench) oneByOne() int {
	if b.full {
		return 2000
	}
	return 200
}

func (b *bench) servers(ctx context.Context) error {
	sizes := []int{200, 2000}
	if b.full {
		sizes = append(sizes, 10_000)
	}
	t := newTable("A run against real servers", "server", "items", "contender", "requests", "time", "each item", "its time to the bare loop's", "client CPU", "peak memory")
	for _, version := range b.odoos {
		servers, err := b.bringUp(ctx, version)
		if err != nil {
			note("without Odoo %s: %v", version, err)
			continue
		}
		for _, s := range servers {
			for _, n := range sizes {
				if err := b.serve(ctx, t, s, n); err != nil {
					return err
				}
			}
		}
	}
	t.print()
	return nil
}

// bringUp brings a version up. There is an entry for each protocol it has.
func (b *bench) bringUp(ctx context.Context, version string) ([]server, error) {
	exports, err := script(ctx, "e2e/odoo-up", version)
	if err != nil {
		return nil, err
	}
	vars := make(map[string]string)
	for line := range strings.Lines(exports) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		vars[name] = value
	}
	env := []string{"ODOO_URL=" + vars["ODOO_URL"], "ODOO_DB=" + vars["ODOO_DB"], "ODOO_USERNAME=" + vars["ODOO_USERNAME"]}
	rpc := server{
		name: "Odoo " + version + ", JSON-RPC",
		odoo: odoo{URL: vars["ODOO_URL"], Database: vars["ODOO_DB"], Login: vars["ODOO_USERNAME"], secret: vars["ODOO_PASSWORD"]},
		env:  append(env[:3:3], "ODOO_PASSWORD="+vars["ODOO_PASSWORD"]),
	}
	servers := []server{rpc}
	if key := vars["ODOOSYNC_E2E_API_KEY"]; version == "19" && b.full && key != "" {
		json2 := server{name: "Odoo " + version + ", JSON-2", odoo: rpc.odoo, env: append(env[:3:3], "ODOO_API_KEY="+key)}
		json2.odoo.JSON2, json2.odoo.secret = true, key
		servers = append(servers, json2)
	}
	return servers, nil
}

// serve lets the contenders take turns at making the same tasks, each time in
// a new project.
func (b *bench) serve(ctx context.Context, t *table, s server, n int) error {
	spec := layout.Spec{Layout: layout.Generated, Pending: n}
	path, _, err := b.writeMap("served.toml", spec)
	if err != nil {
		return err
	}
	items, err := pendingItems(spec)
	if err != nil {
		return err
	}
	if err := s.odoo.authenticate(); err != nil {
		return err
	}
	warm, _, err := b.writeMap("warm.toml", layout.Spec{Layout: layout.Generated, Pending: 50})
	if err != nil {
		return err
	}
	if _, _, err := b.runOn(ctx, s, warm); err != nil { // makes the tags too
		return err
	}
	var runs, bare, single, loud []usage
	var traces []calls
	for round := range b.rounds {
		note("%s, %d items, round %d", s.name, n, round+1)
		run, trace, err := b.runOn(ctx, s, path)
		if err != nil {
			return err
		}
		runs, traces = append(runs, run), append(traces, trace)
		u, err := b.loadOn(ctx, s, items, trace.loads)
		if err != nil {
			return err
		}
		bare = append(bare, u)
		if b.peers != "" && n <= b.oneByOne() && !s.odoo.JSON2 {
			if u, err = b.createOn(ctx, s, items, map[string]any{}); err != nil {
				return err
			}
			loud = append(loud, u)
			if u, err = b.createOn(ctx, s, items, quiet); err != nil {
				return err
			}
			single = append(single, u)
		}
	}
	requests := medianOf(traces, func(c calls) int64 { return int64(c.requests) })
	loads := medianOf(traces, func(c calls) int64 { return int64(len(c.loads)) })
	t.addServed(s.name, n, "odoosync run", fmt.Sprint(requests), runs, bare)
	t.addServed(s.name, n, "bare loop of load (floor)", fmt.Sprint(loads), bare, bare)
	if len(single) > 0 {
		requests := fmt.Sprintf("%d and a few", n)
		t.addServed(s.name, n, "python3-odoorpc, one create each", requests, loud, bare)
		t.addServed(s.name, n, "the same, made quietly", requests, single, bare)
	}
	return nil
}

func (t *table) addServed(server string, items int, contender, requests string, took, bare []usage) {
	wall := func(u usage) time.Duration { return u.wall }
	var of, to []time.Duration
	for i := range took {
		of, to = append(of, took[i].wall), append(to, bare[i].wall)
	}
	middle := medianOf(took, wall)
	cpu := medianOf(took, func(u usage) time.Duration { return u.cpu })
	t.add(server, fmt.Sprint(items), contender, requests, seconds(middle), seconds(middle/time.Duration(items)), ratio(of, to),
		fmt.Sprintf("%s (%s)", seconds(cpu), percent(cpu, middle)), megabytes(medianOf(took, func(u usage) int64 { return u.peak })))
}

// pendingItems are what a map asks for.
func pendingItems(spec layout.Spec) ([]layout.Item, error) {
	spec.Seed = 1
	made, err := layout.WriteItems(discard{}, spec)
	return made.Pending, err
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// target makes a project for one run of one contender.
func (s *server) target() (target, error) {
	project, stage, err := s.odoo.addProject("odoosync bench " + time.Now().UTC().Format(time.RFC3339Nano))
	if err != nil {
		return target{}, err
	}
	tags, err := s.odoo.tags()
	return target{project: project, stage: stage, tags: tags}, err
}

// runOn runs odoosync on a copy of a map.
func (b *bench) runOn(ctx context.Context, s server, path string) (usage, calls, error) {
	to, err := s.target()
	if err != nil {
		return usage{}, calls{}, err
	}
	return b.runIn(ctx, append(slices.Clip(s.env), fmt.Sprint("ODOO_PROJECT=", to.project)), path)
}

// runIn runs odoosync with some settings on a copy of a map.
func (b *bench) runIn(ctx context.Context, env []string, path string) (usage, calls, error) {
	fresh := filepath.Join(b.dir, "run.toml")
	if err := copyFile(path, fresh); err != nil {
		return usage{}, calls{}, err
	}
	u, err := measure(ctx, env, b.odoosync, "run", "--verbose", fresh)
	if err != nil {
		return u, calls{}, err
	}
	trace, err := readCalls(u.errors)
	return u, trace, err
}

func (b *bench) loadOn(ctx context.Context, s server, items []layout.Item, sizes []int) (usage, error) {
	to, err := s.target()
	if err != nil {
		return usage{}, err
	}
	rows := to.rows(items)
	work := filepath.Join(b.dir, "load.json")
	if err := writeJSON(work, loads{Server: s.odoo, Stage: to.stage, Batches: batches(rows, sizes)}); err != nil {
		return usage{}, err
	}
	u, err := measure(ctx, []string{secretVariable + "=" + s.odoo.secret}, b.self, workerCommand, "load", work)
	if err != nil {
		return u, err
	}
	u.wall, err = time.ParseDuration(strings.TrimSpace(u.output) + "ns") // without the start and the reading of rows
	return u, err
}

// createOn lets the peer make the tasks, in a context.
func (b *bench) createOn(ctx context.Context, s server, items []layout.Item, c map[string]any) (usage, error) {
	to, err := s.target()
	if err != nil {
		return usage{}, err
	}
	work := filepath.Join(b.dir, "create.json")
	if err := writeJSON(work, map[string]any{"context": c, "tasks": to.values(items)}); err != nil {
		return usage{}, err
	}
	at, err := url.Parse(s.odoo.URL)
	if err != nil {
		return usage{}, err
	}
	return measure(ctx, []string{"ODOO_PASSWORD=" + s.odoo.secret}, "chroot", b.peers, "create_odoorpc.py",
		at.Hostname(), at.Port(), s.odoo.Database, s.odoo.Login, strings.TrimPrefix(work, b.peers))
}

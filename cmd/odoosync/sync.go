package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
	"odoosync/odoorpc"
)

// sync is the command run.
func (p *program) sync(c *cli.Context) error {
	path := c.Args().First()
	p.report.Map = path
	s, err := p.readSettings(c)
	if err != nil {
		return err
	}
	result, err := p.drive(c.Context, s, func(e *engine.Engine) (*engine.Result, error) { return e.Sync(c.Context, path) })
	if result != nil && p.talkative() {
		err = cmp.Or(err, p.summarize(result, err))
	}
	return err
}

func (p *program) stages(c *cli.Context) error {
	s, err := p.readSettings(c)
	if err != nil {
		return err
	}
	result, err := p.drive(c.Context, s, func(e *engine.Engine) (*engine.Result, error) { return e.EnsureStages(c.Context) })
	if err != nil || !p.talkative() {
		return err
	}
	created, missing := 0, 0
	for _, stage := range result.Stages {
		switch {
		case stage.Created:
			created++
		case stage.ID == 0:
			missing++
		}
	}
	return p.print("stages", struct {
		*engine.Result
		Created, Missing int
	}{result, created, missing})
}

// drive does something with the engine for an Odoo, and shows how it goes on.
// The result is nil when the settings were refused.
func (p *program) drive(ctx context.Context, s *settings, do func(*engine.Engine) (*engine.Result, error)) (*engine.Result, error) {
	show := &progress{console: p.console, phase: "connecting"}
	s.odoo.Observer, s.odoo.Trace = show.call, p.console.verbose > 1
	client, err := odoorpc.New(s.odoo)
	if err != nil {
		return nil, err
	}
	s.options.Observer = show.event
	defer context.AfterFunc(ctx, func() {
		p.console.note("interrupted: finishing the current call; press Ctrl-C again to stop at once")
	})()
	defer show.end(p.report.Map)
	result, err := do(engine.New(client, s.options))
	p.report.fill(result)
	return result, err
}

// summarize says what a run did, or in a dry run what it would do. It lists
// many created tasks only on request.
func (p *program) summarize(r *engine.Result, err error) error {
	if err != nil && r.Count(engine.Create, engine.Link, engine.Differs, engine.Created, engine.Linked) == 0 {
		return nil // the error says it all
	}
	marks, limit := outcomeMarks, 20 // items that are listed without being asked for
	if r.DryRun {
		marks = planMarks
	}
	if r.DryRun || p.console.verbose > 0 {
		limit = len(r.Items)
	}
	return p.print("run", struct {
		*engine.Result
		List string
	}{r, strings.TrimSuffix(tree(r.Items, marks, limit, p.style), "\n")})
}

// tagFates says what becomes of the tags, those with the same fate together. Of
// a run it tells only which ones it created.
func tagFates(r *engine.Result) []string {
	var fates []string
	names := make(map[string][]string)
	for _, t := range r.Tags {
		f := ": existing"
		switch {
		case t.Created:
			f = " (created)"
		case !r.DryRun:
			continue
		case t.ID == 0:
			f = ": " + fate(t, "tags: tasks would go without")
		}
		if names[f] == nil {
			fates = append(fates, f)
		}
		names[f] = append(names[f], oneLine(t.Name))
	}
	for i, f := range fates {
		fates[i] = strings.Join(names[f], ", ") + f
	}
	return fates
}

// fate says what becomes of a stage or tag in a dry run. otherwise ends the
// sentence of what the login may not create.
func fate(r engine.Stage, otherwise string) string {
	switch {
	case r.ID != 0:
		return fmt.Sprintf("exists (id %d)", r.ID)
	case r.Creatable == engine.Allowed:
		return "missing, would be created"
	case r.Creatable == engine.Denied:
		return "missing, and this login may not create " + otherwise
	}
	return "missing; a run will show whether this login may create what is missing"
}

// kinds counts the items of a status: 12 tasks (2 features, 10 stories).
func kinds(r *engine.Result, status engine.Status) string {
	all, features := r.Count(status), 0
	for i := range r.Items {
		if r.Items[i].Status == status && r.Items[i].Kind == engine.Feature {
			features++
		}
	}
	if all == 0 {
		return "no tasks"
	}
	return fmt.Sprintf("%s (%s, %s)", count(all, "task"), count(features, "feature"), count(all-features, "story"))
}

// took is a duration as people say it.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(time.Second / 10).String()
	}
	return d.Round(time.Second).String()
}

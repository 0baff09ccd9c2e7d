package main

import (
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
		p.printf("%s", summary(result, err, p.console.verbose > 0, p.style))
	}
	return err
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

// summary says what a run did, or in a dry run what it would do. It lists many
// created tasks only on request.
func summary(r *engine.Result, err error, all bool, s style) string {
	var b strings.Builder
	switch nothing := r.Count(engine.Create, engine.Link, engine.Differs, engine.Created, engine.Linked) == 0; {
	case err != nil && nothing: // the error says it all
	case r.DryRun:
		writeRehearsal(&b, r, s)
	default:
		writeOutcome(&b, r, all, s)
	}
	return b.String()
}

// writeOutcome is the summary of a run.
func writeOutcome(b *strings.Builder, r *engine.Result, all bool, s style) {
	created, linked, pending := r.Count(engine.Created), r.Count(engine.Linked), r.Count(engine.Pending)
	if created+linked+pending == 0 {
		fmt.Fprintf(b, "Nothing to do: %s\n", skipped(r))
		return
	}
	headline := fmt.Sprintf("Created %s in %q", kinds(r, engine.Created), r.Project.Name)
	fmt.Fprintf(b, "%s (Odoo %s, %s)\n", s.bold(oneLine(headline)), oneLine(r.Session.Version), took(r.Duration))
	if linked > 0 {
		row(b, "linked", kinds(r, engine.Linked)+" of an earlier run")
	}
	if r.Count(engine.Synced)+r.Count(engine.Deprecated) > 0 {
		row(b, "skipped", skipped(r))
	}
	if pending > 0 {
		row(b, "pending", kinds(r, engine.Pending)+" not reached")
	}
	if r.Stage.Created {
		row(b, "stage", r.Stage.Name+" (created)")
	}
	writeTags(b, r.Tags)
	row(b, "see", r.Project.URL)
	limit := 20 // items that are listed without being asked for
	if all {
		limit = len(r.Items)
	}
	writeItems(b, r.Items, outcomeMarks, limit, s)
}

func writeTags(b *strings.Builder, tags []engine.Tag) {
	var made []string
	for _, t := range tags {
		if t.Created {
			made = append(made, t.Name)
		}
	}
	if len(made) > 0 {
		row(b, "tags", strings.Join(made, ", ")+" (created)")
	}
	for _, t := range tags {
		if t.LeftOff != "" {
			row(b, "tags", fmt.Sprintf("without %s: %s", t.Name, t.LeftOff))
		}
	}
}

// writeRehearsal is the summary of a dry run: what was verified.
func writeRehearsal(b *strings.Builder, r *engine.Result, s style) {
	fmt.Fprintf(b, "%s\n", s.bold("Dry run: nothing was created, "+oneLine(r.Map)+" is unchanged"))
	protocol := map[odoorpc.Protocol]string{odoorpc.JSONRPC: "JSON-RPC", odoorpc.JSON2: "JSON-2"}[r.Session.Protocol]
	row(b, "server", fmt.Sprintf("%s, Odoo %s, %s", r.Session.URL, r.Session.Version, protocol))
	row(b, "database", r.Session.Database)
	login := fmt.Sprintf("user %d", r.Session.UserID)
	if r.Session.Login != "" {
		login = r.Session.Login + " (" + login + ")"
	}
	row(b, "login", login)
	row(b, "project", fmt.Sprintf("%s (id %d)", r.Project.Name, r.Project.ID))
	if r.Stage.Name != "" {
		row(b, "stage", r.Stage.Name+": "+outcome(r.Stage.ID, r.Stage.Creatable, "stages: the run would stop"))
	}
	writeTagOutcomes(b, r.Tags)
	writeItems(b, r.Items, planMarks, len(r.Items), s)
	fmt.Fprintf(b, "\n%s %s\n", s.bold("Plan:"), totals(r))
}

// writeTagOutcomes says what becomes of the tags in a dry run, those with the
// same fate together.
func writeTagOutcomes(b *strings.Builder, tags []engine.Tag) {
	var fates []string
	names := make(map[string][]string)
	for _, t := range tags {
		fate := "existing"
		if t.ID == 0 {
			fate = outcome(0, t.Creatable, "tags: tasks would go without")
		}
		if names[fate] == nil {
			fates = append(fates, fate)
		}
		names[fate] = append(names[fate], t.Name)
	}
	for _, fate := range fates {
		row(b, "tags", strings.Join(names[fate], ", ")+": "+fate)
	}
}

// outcome says what becomes of a stage or tag in a dry run. otherwise ends the sentence of what the login may not create.
func outcome(id int64, may engine.Permission, otherwise string) string {
	switch {
	case id != 0:
		return fmt.Sprintf("exists (id %d)", id)
	case may == engine.Allowed:
		return "missing, would be created"
	case may == engine.Denied:
		return "missing, and this login may not create " + otherwise
	}
	return "missing; a run will show whether this login may create what is missing"
}

// row writes one line of a summary, if there is something to say. Text from
// outside is cleaned here.
func row(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "  %-10s%s\n", name, oneLine(value))
	}
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

// skipped counts the items that were left alone.
func skipped(r *engine.Result) string {
	var parts []string
	if n := r.Count(engine.Synced); n > 0 {
		parts = append(parts, count(n, "item")+" with a task")
	}
	if n := r.Count(engine.Deprecated); n > 0 {
		parts = append(parts, fmt.Sprintf("%d deprecated", n))
	}
	if len(parts) == 0 {
		return "the map has no features"
	}
	return strings.Join(parts, ", ")
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

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
	"odoosync/tomledit"
)

// checked is what check found out about one map.
type checked struct {
	path     string
	plan     *engine.Plan // nil for a map with mistakes
	failure  *failure     // nil for a map without
	warnings []*tomledit.Error
}

// check validates maps and lists what a run would create.
func (p *program) check(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 1 {
		p.report.Map = paths[0]
	}
	write, err := formatOf(c)
	if err != nil {
		return err
	}
	read := engine.Check
	if c.Bool("strict") {
		read = engine.CheckStrictly
	}
	var errs []error
	all := make([]checked, len(paths))
	for i, path := range paths {
		all[i].path = path
		if all[i].plan, err = read(path); err == nil {
			all[i].warnings = all[i].plan.Map.Warnings
			continue
		}
		f := describe(err)
		all[i].failure, all[i].warnings = &f, f.Warnings
		errs = append(errs, err)
	}
	write(p, all)
	if c.Bool("exit-code") && slices.ContainsFunc(all, func(m checked) bool { return m.plan != nil && m.plan.Pending() > 0 }) {
		p.code = exitPending
	}
	switch {
	case len(errs) == 0:
		return nil
	case len(all) == 1:
		return errs[0]
	}
	return &mapsError{failed: len(errs), all: len(all)}
}

// formatOf is how the findings are to be written.
func formatOf(c *cli.Context) (func(*program, []checked), error) {
	name := c.String("format")
	if c.Bool("json") {
		if c.IsSet("format") && name != formatJSON {
			return nil, usagef(c.Command.Name, "--json and --format %s cannot be combined", name)
		}
		name = formatJSON
	}
	for _, f := range formats {
		if f.name == name {
			return f.write, nil
		}
	}
	return nil, usagef(c.Command.Name, "there is no format %q", name).
		advise("%s", didYouMean(name, formatNames(), "the formats are "+strings.Join(formatNames(), ", ")))
}

// mapsError says that some of several maps cannot be used. What is wrong with
// each has been said.
type mapsError struct{ failed, all int }

func (e *mapsError) Error() string {
	return fmt.Sprintf("%d of %d maps cannot be used", e.failed, e.all)
}

// writeText is check's output for people: a tree for each map.
func writeText(p *program, all []checked) {
	var total engine.Plan
	between := ""
	for _, m := range all {
		if m.plan != nil && p.talkative() {
			p.printf("%s", between)
			between = "\n"
			end := ""
			for _, feature := range m.plan.Map.Features { // a large map is not held once more
				if list := tree(itemsOf(append([]*engine.Item{feature}, feature.Stories...)), checkMarks, math.MaxInt, p.style); list != "" {
					p.printf("%s", list)
					end = "\n"
				}
			}
			p.printf("%s", end)
			p.printf("%s: %s\n", oneLine(m.path), outlook(m.plan))
			total.Features, total.Stories = append(total.Features, m.plan.Features...), append(total.Stories, m.plan.Stories...)
			total.Synced, total.Deprecated = total.Synced+m.plan.Synced, total.Deprecated+m.plan.Deprecated
		}
		p.tell(m, len(all) > 1)
	}
	if len(all) > 1 && p.talkative() {
		p.printf("%s%s: %s\n", between, count(len(all), "map"), outlook(&total))
	}
}

// tell says what is wrong with a map on standard error. The failure of the only
// map is left to run.
func (p *program) tell(m checked, failureToo bool) {
	_ = p.out.Flush() // what was found before comes first
	for _, w := range m.warnings {
		p.console.warnOf(w)
	}
	if m.failure != nil && failureToo {
		p.console.fail(*m.failure)
		p.console.print("\n")
	}
}

// outlook says in one line what a run would do.
func outlook(plan *engine.Plan) string {
	rest := fmt.Sprintf("%d synced, %d deprecated", plan.Synced, plan.Deprecated)
	switch {
	case plan.Pending()+plan.Synced+plan.Deprecated == 0:
		return "nothing to create (no features)"
	case plan.Pending() == 0:
		return "nothing to create (" + rest + ")"
	}
	return fmt.Sprintf("%s to create: %s, %s (%s)", count(plan.Pending(), "task"),
		count(len(plan.Features), "feature"), count(len(plan.Stories), "story"), rest)
}

// itemsOf says of items whether they are pending, with their tags, or left
// alone.
func itemsOf(items []*engine.Item) []entry {
	all := make([]entry, 0, len(items))
	for _, item := range items {
		it := entry{ItemResult: engine.ItemResult{Kind: item.Kind, Feature: item.Name, Line: item.Position().Line, ID: item.TaskID}}
		if item.Parent != nil {
			it.Feature, it.Story = item.Parent.Name, item.Name
		}
		switch {
		case item.Deprecated:
			it.Status = engine.Deprecated
		case item.TaskID != 0:
			it.Status = engine.Synced
		default:
			it.Status, it.tags = engine.Pending, item.Tags()
		}
		all = append(all, it)
	}
	return all
}

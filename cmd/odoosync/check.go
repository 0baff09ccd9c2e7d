package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
	"odoosync/tomledit"
)

// checked is what check found out about one map.
type checked struct {
	Path     string
	Plan     *engine.Plan  // nil for a map with mistakes
	Failure  *commandError // nil for a map without
	Warnings []*tomledit.Error
	Findings []finding // for templates
}

// check validates maps and lists what a run would create.
func (p *program) check(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 1 {
		p.report.Map = paths[0]
	}
	format, err := p.formatOf(c)
	if err != nil {
		return err
	}
	failed := 0
	all := make([]checked, len(paths))
	for i, path := range paths {
		m := &all[i]
		m.Path = path
		if m.Plan, err = engine.Check(path, c.Bool("strict")); err != nil {
			failed++
			m.Failure = describe(err)
			m.Warnings = m.Failure.Warnings
			continue
		}
		m.Warnings = m.Plan.Map.Warnings
		if c.Bool("exit-code") && m.Plan.Pending() > 0 {
			p.code = exitPending
		}
	}
	if err := p.writeChecked(format, all); err != nil {
		return err
	}
	if failed == 0 || len(all) == 1 {
		return err
	}
	// What is wrong with each has been said.
	return &commandError{Code: exitMap, Kind: "map", Message: fmt.Sprintf("%d of %d maps cannot be used", failed, len(all))}
}

// formatOf is the format in which the findings are to be written.
func (p *program) formatOf(c *cli.Context) (string, error) {
	name := c.String("format")
	switch {
	case c.Bool("json") && c.IsSet("format") && name != formatJSON:
		return "", usagef(c.Command.Name, "--json and --format %s cannot be combined", name)
	case p.asJSON:
		return formatJSON, nil
	case slices.Contains(formats, name):
		return name, nil
	}
	return "", usagef(c.Command.Name, "there is no format %q", name).
		advise("%s", didYouMean(name, formats, "the formats are "+strings.Join(formats, ", ")))
}

// writeChecked writes what was found in one of the formats. Those for programs
// are on standard output alone; people are told on standard error.
func (p *program) writeChecked(format string, all []checked) (err error) {
	trees := format == formatText && p.talkative()
	switch format {
	case formatText:
	case formatJSON:
		p.report.fillCheck(all)
	default:
		err = p.writeFindings(format, all)
	}
	var plans []*engine.Plan
	between := ""
	for _, m := range all {
		if trees && m.Plan != nil {
			plans = append(plans, m.Plan)
			p.printf("%s", between)
			p.writeTree(m)
			between = "\n"
		}
		p.tell(m, len(all) > 1)
	}
	if trees && len(all) > 1 {
		p.printf("%s%s: %s\n", between, count(len(all), "map"), outlook(plans...))
	}
	return err
}

// writeTree is what people see of a map without mistakes. A large one is not
// held once more.
func (p *program) writeTree(m checked) {
	end := ""
	for _, feature := range m.Plan.Map.Features {
		items := slices.Insert(each(feature.Stories, engine.MapResult), 0, engine.MapResult(feature))
		if list := tree(items, checkMarks, len(items), p.style); list != "" {
			p.printf("%s", list)
			end = "\n"
		}
	}
	p.printf("%s%s: %s\n", end, oneLine(m.Path), outlook(m.Plan))
}

// tell says what is wrong with a map on standard error. The failure of the only
// map is left to run.
func (p *program) tell(m checked, failureToo bool) {
	_ = p.out.Flush() // what was found before comes first
	for _, w := range m.Warnings {
		p.console.warnOf(w)
	}
	if m.Failure != nil && failureToo {
		p.console.fail(m.Failure)
		p.console.print("\n")
	}
}

// outlook says in one line what a run would do, or runs of several maps.
func outlook(plans ...*engine.Plan) string {
	features, stories, synced, deprecated := 0, 0, 0, 0
	for _, plan := range plans {
		features, stories = features+len(plan.Features), stories+len(plan.Stories)
		synced, deprecated = synced+plan.Synced, deprecated+plan.Deprecated
	}
	rest := fmt.Sprintf("%d synced, %d deprecated", synced, deprecated)
	switch pending := features + stories; {
	case pending+synced+deprecated == 0:
		return "nothing to create (no features)"
	case pending == 0:
		return "nothing to create (" + rest + ")"
	default:
		return fmt.Sprintf("%s to create: %s, %s (%s)", count(pending, "task"), count(features, "feature"), count(stories, "story"), rest)
	}
}

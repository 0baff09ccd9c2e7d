package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
)

// stages creates the missing stages.
func (p *program) stages(c *cli.Context) error {
	s, err := p.readSettings(c)
	if err != nil {
		return err
	}
	result, err := p.drive(c.Context, s, func(e *engine.Engine) (*engine.Result, error) { return e.EnsureStages(c.Context) })
	if err == nil && p.talkative() {
		p.printf("%s", stagesSummary(result, p.style))
	}
	return err
}

func stagesSummary(r *engine.Result, s style) string {
	var rows strings.Builder
	created, missing := 0, 0
	for _, stage := range r.Stages {
		state := outcome(stage.ID, stage.Creatable, "stages: an administrator has to")
		switch {
		case stage.Created:
			created++
			state = fmt.Sprintf("created (id %d)", stage.ID)
		case stage.ID == 0:
			missing++
		}
		fmt.Fprintf(&rows, "  %-18s%s\n", oneLine(stage.Name), state)
	}
	headline := fmt.Sprintf("Created %s in %q", count(created, "stage"), r.Project.Name)
	switch {
	case r.DryRun:
		headline = fmt.Sprintf("Dry run: %d of %d stages are missing in %q, none was created", missing, len(r.Stages), r.Project.Name)
	case created == 0:
		headline = fmt.Sprintf("Nothing to do: %q has all %d stages", r.Project.Name, len(r.Stages))
	}
	return s.bold(oneLine(headline)) + "\n" + rows.String()
}

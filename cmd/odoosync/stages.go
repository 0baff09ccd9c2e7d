package main

import (
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

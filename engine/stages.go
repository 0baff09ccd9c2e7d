package engine

import (
	"context"

	"odoosync/engine/internal/destination"
)

// EnsureStages creates those of the six stages that the project lacks, with
// sequences 1 to 6: Backlog, Up Next, In Progress, User Acceptance, Done,
// Archive. In a dry run it only says which are missing. The errors are
// *SetupError and those of package odoorpc.
func (e *Engine) EnsureStages(ctx context.Context) (*StagesResult, error) {
	result := &StagesResult{DryRun: e.options.DryRun}
	t, err := e.connect(ctx)
	if t != nil {
		result.Session, result.Project = t.Session, t.Project
	}
	if err != nil {
		return result, err
	}
	stages, err := t.FindStages(ctx, destination.StageNames)
	if err != nil {
		return result, err
	}
	if e.options.DryRun {
		t.Ask(ctx, stages)
	} else {
		err = t.CreateStages(ctx, stages)
	}
	result.Stages = stages.Named
	return result, err
}

// connect logs in and finds the project. The destination is there with its session
// also when the project is not found.
func (e *Engine) connect(ctx context.Context) (*destination.Destination, error) {
	t, err := destination.Connect(ctx, e.odoo, e.options.Project, e.options.PlainCreate)
	if err == nil {
		e.report(Connected{Session: t.Session, Project: t.Project})
	}
	return t, err
}

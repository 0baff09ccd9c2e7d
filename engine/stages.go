package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"odoosync/odoorpc"
)

// The Odoo models that the engine works with.
const (
	modelProject = "project.project"
	modelTask    = "project.task"
	modelStage   = "project.task.type"
	modelTag     = "project.tags"
	modelUser    = "res.users"
)

const backlog = "Backlog"

// stageNames are the stages of a project in board order; their sequences
// count from 1.
var stageNames = []string{backlog, "Up Next", "In Progress", "User Acceptance", "Done", "Archive"}

// EnsureStages creates those of the six stages that the project lacks, with
// sequences 1 to 6: Backlog, Up Next, In Progress, User Acceptance, Done,
// Archive. In a dry run it only says which are missing. The errors are
// *SetupError and those of package odoorpc.
func (e *Engine) EnsureStages(ctx context.Context) (*StagesResult, error) {
	result := &StagesResult{DryRun: e.options.DryRun}
	var err error
	if result.Session, result.Project, err = e.connect(ctx); err != nil {
		return result, err
	}
	if !e.options.DryRun {
		result.Stages, err = e.ensureStages(ctx, result.Project, stageNames)
		return result, err
	}
	if result.Stages, err = e.findStages(ctx, result.Project, stageNames); err != nil {
		return result, err
	}
	for i := range result.Stages {
		if result.Stages[i].ID == 0 {
			result.Stages[i].Creatable = e.mayCreateStages(ctx, result.Session)
		}
	}
	return result, nil
}

// findStages looks the stages up by exact name among those of the project.
// Where there are several of one name the first on the board counts; of a
// missing one the id is 0.
func (e *Engine) findStages(ctx context.Context, project Project, names []string) ([]Stage, error) {
	var found []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	domain := odoorpc.Domain{odoorpc.Cond("project_ids", "=", project.ID), odoorpc.Cond("name", "in", names)}
	if err := e.odoo.SearchRead(ctx, modelStage, domain, []string{"name"}, odoorpc.Query{Order: "sequence, id"}, &found); err != nil {
		return nil, err
	}
	stages := make([]Stage, len(names))
	for i, name := range names {
		stages[i].Name = name
		for _, stage := range found {
			if stage.Name == name {
				stages[i].ID = stage.ID
				break
			}
		}
	}
	return stages, nil
}

// ensureStages finds the stages and makes those that are missing.
//
// A stage is made under an external id, so that a repeated call, a run at the
// same time or a run after a lost answer makes no second one. When the stage
// of that id was archived or taken out of the project since, the next id is
// used.
func (e *Engine) ensureStages(ctx context.Context, project Project, names []string) ([]Stage, error) {
	const attempts = 5
	created := make(map[string]bool)
	for attempt := 1; ; attempt++ {
		stages, err := e.findStages(ctx, project, names)
		if err != nil {
			return nil, err
		}
		var missing []int
		for i := range stages {
			stages[i].Created = created[stages[i].Name]
			if stages[i].ID == 0 {
				missing = append(missing, i)
			}
		}
		switch {
		case len(missing) == 0:
			return stages, nil
		case attempt > attempts:
			return nil, &SetupError{
				Message: fmt.Sprintf("stage %q: Odoo says that it was made, but it is not among the stages of project %q", stages[missing[0]].Name, project.Name),
				Explain: "add the stage to the project in Odoo",
			}
		}
		for _, i := range missing {
			made, err := e.makeStage(ctx, project, stages[i].Name, attempt)
			if err != nil {
				return nil, err
			}
			created[stages[i].Name] = created[stages[i].Name] || made
		}
	}
}

// makeStage makes one stage and reports whether this call did it for sure.
func (e *Engine) makeStage(ctx context.Context, project Project, name string, attempt int) (bool, error) {
	sequence := 1
	for i, known := range stageNames {
		if known == name {
			sequence = i + 1
		}
	}
	fields := []string{"id", "name", "sequence", "project_ids/.id"}
	row := []any{stageExternalID(project.ID, name, attempt), name, sequence, strconv.FormatInt(project.ID, 10)}
	loaded, err := e.loadOnce(ctx, modelStage, fields, [][]any{row})
	if errors.Is(err, errNoLoad) {
		values := map[string]any{"name": name, "sequence": sequence, "project_ids": []any{[]any{6, 0, []int64{project.ID}}}}
		_, err = e.odoo.Create(ctx, modelStage, []map[string]any{values}, odoorpc.CreateOptions{})
		return err == nil, e.stageRefused(err, project, name)
	}
	if err != nil {
		return false, e.stageRefused(err, project, name)
	}
	return len(loaded) == 1, nil
}

// stageRefused explains a missing right; other errors stay as they are.
func (e *Engine) stageRefused(err error, project Project, name string) error {
	var refused *odoorpc.ServerError
	var refusal *loadRefusal
	var message string
	switch {
	case errors.As(err, &refused):
		message = refused.Message
	case errors.As(err, &refusal):
		message = refusal.Error()
	default:
		return err
	}
	return &SetupError{
		Message: fmt.Sprintf("project %q has no stage %q, and Odoo refused to make it: %s", project.Name, name, message),
		Explain: "making stages needs the right Project / Administrator; ask for it, or have an administrator add the stage to the project",
		Err:     err,
	}
}

// mayCreateStages asks Odoo for the user's right to make stages of a project.
// The access right alone does not tell: since Odoo 15 every project user has
// it, and a record rule keeps all but administrators to stages of their own.
func (e *Engine) mayCreateStages(ctx context.Context, session odoorpc.Session) Permission {
	if may := e.mayCreate(ctx, modelStage); may != Allowed {
		return may
	}
	group := odoorpc.Args{Params: []odoorpc.Param{{Name: "group_ext_id", Value: "project.group_project_manager"}}, Repeatable: true}
	if session.Major >= 18 { // a method of records since then
		group.IDs = []int64{session.UserID}
	}
	return e.permission(ctx, modelUser, "has_group", group)
}

// mayCreate asks Odoo for the user's right to create records of a model. It
// knows access rights but not record rules, so Allowed may still be refused.
func (e *Engine) mayCreate(ctx context.Context, model string) Permission {
	return e.permission(ctx, model, "check_access_rights", odoorpc.Args{
		Params: []odoorpc.Param{{Name: "operation", Value: "create"}, {Name: "raise_exception", Value: false}}, Repeatable: true,
	})
}

// permission is Odoo's answer to a question; Unknown where it gives none.
func (e *Engine) permission(ctx context.Context, model, method string, args odoorpc.Args) Permission {
	var allowed bool
	if err := e.odoo.Call(ctx, model, method, args, &allowed); err != nil {
		return Unknown
	}
	if allowed {
		return Allowed
	}
	return Denied
}

package destination

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Backlog is the stage that new tasks go to.
const Backlog = "Backlog"

// StageNames are the stages of a project in board order; their sequences
// count from 1.
var StageNames = []string{Backlog, "Up Next", "In Progress", "User Acceptance", "Done", "Archive"}

// FindStages looks stages up by exact name among those of the project. Of
// several of one name the first on the board counts.
func (t *Destination) FindStages(ctx context.Context, names []string) (*Records, error) {
	stages := newRecords(modelStage, fmt.Sprintf("p%d_stage", t.Project.ID), names)
	stages.First = true
	return stages, t.bySourceName(ctx, 0, func(lang odoorpc.Context) (bool, error) {
		err := t.readStages(ctx, stages, lang)
		return stages.First || len(stages.missing()) == 0, err
	})
}

// readStages finds the stages that are in the project and not archived, and
// takes note of all that are in it or have one of the names.
func (t *Destination) readStages(ctx context.Context, stages *Records, lang odoorpc.Context) error {
	var names []string
	for _, stage := range stages.missing() {
		names = append(names, stage.Name)
	}
	domain := odoorpc.Domain{"|", odoorpc.Cond("project_ids", "=", t.Project.ID), odoorpc.Cond("name", "in", names)}
	var found []struct {
		ID       int64        `json:"id"`
		Name     odoorpc.Text `json:"name"`
		Projects []int64      `json:"project_ids"`
		Active   *bool        `json:"active"`
	}
	fields := []string{"name", "project_ids"}
	if t.Session.Major >= 14 {
		fields = append(fields, "active")
	}
	query := odoorpc.Query{Order: "sequence, id", Context: odoorpc.Context{"active_test": false}}
	maps.Copy(query.Context, lang)
	if err := t.odoo.SearchRead(ctx, modelStage, domain, fields, query, &found); err != nil {
		return err
	}
	for _, stage := range found {
		stages.seen[stage.ID] = true
		inProject := slices.Contains(stage.Projects, t.Project.ID)
		stages.First = stages.First && !inProject
		if inProject && (stage.Active == nil || *stage.Active) {
			stages.found(stage.ID, stage.Name)
		}
	}
	return nil
}

// CreateStages creates the missing stages, each under an external id. Where
// that leads to a stage which is no longer one of the project, the next id is
// used.
func (t *Destination) CreateStages(ctx context.Context, stages *Records) error {
	const attempts = 5
	for _, stage := range stages.missing() {
		for attempt := 1; stage.ID == 0; attempt++ {
			if attempt > attempts {
				return &Error{
					Message: fmt.Sprintf("stage %q of project %q was created %d times and renamed, archived or removed each time", stage.Name, t.Project.Name, attempts),
					Explain: "add the stage to the project in Odoo",
				}
			}
			sequence := 1 + max(slices.Index(StageNames, stage.Name), 0)
			err := t.create(ctx, stages, []*Record{stage}, attempt,
				field{"sequence", sequence, "sequence", sequence},
				field{"project_ids/.id", strconv.FormatInt(t.Project.ID, 10), "project_ids", []any{[]any{6, 0, []int64{t.Project.ID}}}})
			if err != nil {
				return t.stageRefused(ctx, err, stage.Name)
			}
		}
	}
	return nil
}

const stageRight = "creating stages needs the right Project / Administrator; ask for it, or have an administrator add the stage to the project"

// StageDenied is the error about a missing stage that the user may not create.
func (t *Destination) StageDenied(name string) error {
	return &Error{
		Message: fmt.Sprintf("project %q has no stage %q, and user %s has no right to create it", t.Project.Name, name, t.User()),
		Explain: stageRight,
	}
}

// stageRefused explains a refusal; other errors stay as they are.
func (t *Destination) stageRefused(ctx context.Context, err error, name string) error {
	refusal, ok := errors.AsType[*importer.Refusal](err)
	if !ok {
		return err
	}
	e := &Error{
		Message: fmt.Sprintf("project %q has no stage %q, and Odoo refused to create it: %s", t.Project.Name, name, refusal.Error()),
		Explain: stageRight,
		Err:     refusal.Err,
	}
	if refusal.Closed && t.mayCreate(ctx, modelStage) == Allowed {
		e.Explain = importer.ClosedHint
	}
	return e
}

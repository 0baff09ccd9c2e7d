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

// Stage is one stage (column) of the project.
type Stage struct {
	ID      int64 // 0 in a dry run when it is missing
	Name    string
	Created bool // created by this run
	// ExternalID is known only of a stage that this run created.
	ExternalID string
	// Creatable says whether a missing stage could be created; only set in a
	// dry run.
	Creatable Permission
}

// Stages are the stages of a project, as far as they were asked for.
type Stages struct {
	Named []Stage // in the order asked for
	First bool    // the project had no stage at all
	seen  map[int64]bool
}

// FindStages looks stages up by exact name among those of the project: by
// their source names, else by the names that the user reads. Where there are
// several of one name the first on the board counts.
func (t *Destination) FindStages(ctx context.Context, names []string) (*Stages, error) {
	s := &Stages{First: true, seen: make(map[int64]bool)}
	for _, name := range names {
		s.Named = append(s.Named, Stage{Name: name})
	}
	ours := odoorpc.Cond("project_ids", "=", t.Project.ID)
	if err := t.readStages(ctx, s, odoorpc.Domain{"|", ours, odoorpc.Cond("name", "in", names)}, nil); err != nil {
		return nil, err
	}
	if s.First || !s.lacks() {
		return s, nil
	}
	lang, err := t.foreign(ctx, 0)
	if err != nil || lang == nil {
		return s, err
	}
	return s, t.readStages(ctx, s, odoorpc.Domain{ours}, lang)
}

func (s *Stages) lacks() bool {
	return slices.ContainsFunc(s.Named, func(stage Stage) bool { return stage.ID == 0 })
}

// readStages fills in the ids of the stages that are in the project and not
// archived, and takes note of all.
func (t *Destination) readStages(ctx context.Context, s *Stages, domain odoorpc.Domain, lang odoorpc.Context) error {
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
		s.seen[stage.ID] = true
		if !slices.Contains(stage.Projects, t.Project.ID) {
			continue
		}
		s.First = false
		if stage.Active != nil && !*stage.Active {
			continue
		}
		for i := range s.Named {
			if s.Named[i].ID == 0 && s.Named[i].Name == string(stage.Name) {
				s.Named[i].ID = stage.ID
			}
		}
	}
	return nil
}

// AskStages says of missing stages whether the user could create them.
func (t *Destination) AskStages(ctx context.Context, s *Stages) {
	if !s.lacks() {
		return
	}
	may := t.mayCreateStages(ctx)
	for i := range s.Named {
		if s.Named[i].ID == 0 {
			s.Named[i].Creatable = may
		}
	}
}

// CreateStages creates the missing stages.
//
// A stage is created under an external id, so that a repeated call, a run at
// the same time or a run after a lost answer creates no second one. Where that
// id leads to a stage that was seen, and so was renamed, archived or taken out
// of the project since, the next id is used.
func (t *Destination) CreateStages(ctx context.Context, s *Stages) error {
	const attempts = 5
	for i := range s.Named {
		stage := &s.Named[i]
		for attempt := 1; stage.ID == 0; attempt++ {
			if attempt > attempts {
				return &Error{
					Message: fmt.Sprintf("stage %q of project %q was created %d times and renamed, archived or removed each time", stage.Name, t.Project.Name, attempts),
					Explain: "add the stage to the project in Odoo",
				}
			}
			id, err := t.createStage(ctx, stage.Name, attempt)
			if err != nil {
				return t.stageRefused(ctx, err, stage.Name)
			}
			if !s.seen[id] {
				stage.ID, stage.Created = id, true
				if !t.plain {
					stage.ExternalID = stageExternalID(t.Project.ID, stage.Name, attempt)
				}
			}
		}
	}
	return nil
}

func (t *Destination) createStage(ctx context.Context, name string, attempt int) (int64, error) {
	sequence := 1 + max(slices.Index(StageNames, name), 0)
	var ids []int64
	var err error
	if t.plain {
		values := map[string]any{"name": name, "sequence": sequence, "project_ids": []any{[]any{6, 0, []int64{t.Project.ID}}}}
		ids, err = t.odoo.Create(ctx, modelStage, []map[string]any{values}, odoorpc.CreateOptions{})
	} else {
		row := []any{stageExternalID(t.Project.ID, name, attempt), name, sequence, strconv.FormatInt(t.Project.ID, 10)}
		ids, _, err = importer.Load(ctx, t.odoo, modelStage, []string{"id", "name", "sequence", "project_ids/.id"}, [][]any{row}, odoorpc.LoadOptions{})
	}
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// stageExternalID is the external id of a stage that odoosync creates in a
// project; the attempt counts up when the stage of the one before is no longer
// a stage of the project.
func stageExternalID(project int64, name string, attempt int) string {
	return fmt.Sprintf("%s.p%d_stage_%s", importer.Module, project, importer.Digest("1", name, strconv.Itoa(attempt)))
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
	var refusal *importer.Refusal
	if !errors.As(importer.RefusalOf(err), &refusal) {
		return err
	}
	e := &Error{
		Message: fmt.Sprintf("project %q has no stage %q, and Odoo refused to create it: %s", t.Project.Name, name, refusal.Error()),
		Explain: stageRight,
		Err:     refusal.Err,
	}
	if refusal.Closed && t.mayCreateStages(ctx) == Allowed {
		e.Explain = importer.ClosedHint
	}
	return e
}

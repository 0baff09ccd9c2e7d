package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
	"odoosync/tomledit"
)

// Sync creates a task for every pending feature of the map at path and a
// subtask for every pending user story, and writes the new ids over the zeros.
// It stops at the first error; what was created until then is in the map, or,
// where that is not possible, in the error.
//
// The result is never nil and tells how far the run came. Cancelling ctx lets
// the call in flight end, saves its ids and returns ErrInterrupted. Other
// errors: *FileError, *MapError, *SetupError, *ItemError, *MismatchError,
// *UnknownOutcomeError, *NotSavedError, and those of package odoorpc.
func (e *Engine) Sync(ctx context.Context, path string) (*Result, error) {
	started := time.Now()
	r := &run{Engine: e, ctx: ctx, result: &Result{Map: path, DryRun: e.options.DryRun},
		made: make(map[int64]Status), tagIDs: make(map[string]int64), parents: make(map[int64]bool),
		tagNames: make(map[int64]string), taskNames: make(map[int64]string), states: make(map[*Item]*state)}
	err := r.all(path)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) && !losesIDs(err) {
		err = ErrInterrupted
	}
	r.result.Items = r.items()
	r.result.Duration = time.Since(started)
	return r.result, err
}

// run is one call of Sync.
type run struct {
	*Engine
	ctx    context.Context
	result *Result
	file   *mapfile.File

	// The document as it was last read, what has been patched into it, and
	// what it means. An item gets its task id when the task is there; until it
	// is saved it is in unsaved too.
	doc     *tomledit.Document
	patch   *tomledit.Patch
	plan    *Plan
	owners  map[int64]*Item // whose task an id is, over the whole map
	unsaved []*Item
	made    map[int64]Status // tasks of this run: Created or Linked

	stageID int64
	tagIDs  map[string]int64 // 0: left off
	parents map[int64]bool   // tasks of features that were looked at
	plain   bool             // tasks are made with create, without external ids

	// External ids of tags and features' tasks, as far as they are known, and
	// whether to refer to all by database ids.
	tagNames, taskNames map[int64]string
	byID                bool

	states map[*Item]*state // what is known of items beside the map

	ready      bool // tags and parents of the items in the plan have been seen to
	twinsKnown bool // stories of equal names have the ordinals of tasks that are there
	edited     bool // somebody wrote the map during the run

	patient bool  // the next call may be repeated as it is although it was too slow
	began   bool  // a load was sent
	before  int64 // newest task id before the first load
	newest  int64 // highest task id seen so far

	saves       saveClock
	saveFailed  bool
	done, total int       // pending items that are saved, and all
	mapError    *MapError // what somebody's edit during the run got wrong
}

func (r *run) all(path string) error {
	file, err := mapfile.Open(path)
	if err != nil {
		return err
	}
	r.file = file
	defer file.Close()
	src, err := file.Read()
	if err != nil {
		return &FileError{Path: path, Op: "read", Err: err}
	}
	m, err := parseMap(path, src, r.options.Strict)
	if err != nil {
		return err
	}
	for _, w := range mapWarnings(m) {
		r.tell(w)
	}
	r.use(m)
	r.plain, r.total = r.options.PlainCreate, r.plan.Pending()
	r.report(Planned{Pending: r.plan.Pending(), Synced: r.plan.Synced, Deprecated: r.plan.Deprecated})
	if r.options.DryRun {
		return r.rehearse()
	}
	if err := file.Sweep(); err != nil {
		return &FileError{Path: path, Op: "clean up after a killed run beside", Err: err}
	}
	if r.plan.Pending() == 0 {
		return nil
	}
	if err := r.prepare(); err != nil {
		return err
	}
	return r.createAll()
}

// use makes a freshly read map the one to work on.
func (r *run) use(m *FeatureMap) {
	r.doc = m.Document()
	r.patch, r.plan = r.doc.NewPatch(), featuremap.NewPlan(m)
	r.ready, r.twinsKnown = false, false
	r.owners = make(map[int64]*Item, r.plan.Synced)
	for item := range m.All {
		if item.TaskID != 0 {
			r.owners[item.TaskID] = item
		}
	}
}

// prepare does everything that can be refused before the first task.
func (r *run) prepare() error {
	if err := r.connect(); err != nil {
		return err
	}
	if err := r.checkParents(); err != nil {
		return err
	}
	stages, err := r.ensureStages(r.ctx, r.result.Project, []string{backlog})
	if err != nil {
		return err
	}
	r.result.Stage, r.stageID = stages[0], stages[0].ID
	if err := r.prepareRows(); err != nil {
		return err
	}
	r.report(Prepared{Stage: r.result.Stage, Tags: r.result.Tags})
	return nil
}

// prepareEdit does for items that came with an edit what prepare did for the
// others.
func (r *run) prepareEdit() error {
	if err := r.checkParents(); err != nil {
		return err
	}
	return r.prepareRows()
}

// prepareRows finds or makes the tags of pending items that are not known yet,
// and learns what else their rows need.
func (r *run) prepareRows() error {
	names := slices.DeleteFunc(r.plan.Tags(), func(name string) bool {
		_, known := r.tagIDs[name]
		return known
	})
	tags, err := r.ensureTags(names)
	if err != nil {
		return err
	}
	r.result.Tags = append(r.result.Tags, tags...)
	for _, tag := range tags {
		r.tagIDs[tag.Name] = tag.ID
	}
	r.learnNames()
	r.ready = true
	return nil
}

// rehearse is the dry run: what prepare does, as far as it can be done
// without creating anything.
func (r *run) rehearse() error {
	if err := r.connect(); err != nil {
		return err
	}
	if err := r.checkParents(); err != nil {
		return err
	}
	if r.mayCreate(r.ctx, modelTask) == Denied {
		return &SetupError{Message: fmt.Sprintf("user %s has no right to make tasks", userName(r.result.Session)), Explain: taskRight}
	}
	stages, err := r.findStages(r.ctx, r.result.Project, []string{backlog})
	if err != nil {
		return err
	}
	r.result.Stage = stages[0]
	if r.result.Stage.ID == 0 {
		r.result.Stage.Creatable = r.mayCreateStages(r.ctx, r.result.Session)
	}
	if r.result.Tags, err = r.findTags(r.plan.Tags()); err != nil {
		return err
	}
	permission := Unknown
	for i := range r.result.Tags {
		tag := &r.result.Tags[i]
		if tag.ID != 0 {
			continue
		}
		if permission == Unknown {
			permission = r.mayCreate(r.ctx, modelTag)
		}
		tag.Creatable = permission
	}
	r.report(Prepared{Stage: r.result.Stage, Tags: r.result.Tags})
	return nil
}

func (r *run) connect() (err error) {
	r.result.Session, r.result.Project, err = r.Engine.connect(r.ctx)
	return err
}

// checkParents makes sure that the tasks which pending stories go under are
// still there.
func (r *run) checkParents() error {
	parents := slices.DeleteFunc(r.plan.Parents(), func(parent *Item) bool {
		_, made := r.made[parent.TaskID]
		return made || r.parents[parent.TaskID]
	})
	if len(parents) == 0 {
		return nil
	}
	ids := make([]int64, len(parents))
	for i, parent := range parents {
		ids[i] = parent.TaskID
	}
	tasks, err := r.readTasks(r.ctx, ids, "active", "project_id")
	if err != nil {
		return err
	}
	for _, parent := range parents {
		task := tasks[parent.TaskID]
		line := parent.Position().Line
		switch {
		case task == nil:
			return &SetupError{
				Message: fmt.Sprintf("%s:%d: feature %q: its task %d is not in Odoo, or user %s may not see it", r.plan.Map.Path, line, parent.Name, parent.TaskID, userName(r.result.Session)),
				Explain: "if the task was deleted, set its task_id to 0 and it is made again with its pending stories; else check the database and the rights",
			}
		case !task.Active:
			return &SetupError{
				Message: fmt.Sprintf("%s:%d: feature %q: its task %d is archived, and would hide its new subtasks", r.plan.Map.Path, line, parent.Name, parent.TaskID),
				Explain: "unarchive the task in Odoo, or mark the feature with _deprecated = true",
			}
		case task.Project.ID != r.result.Project.ID:
			r.warn(fmt.Sprintf("%s:%d: feature %q: its task %d is not in project %q", r.plan.Map.Path, line, parent.Name, parent.TaskID, r.result.Project.Name),
				"its new subtasks go to the configured project all the same")
		}
		r.parents[parent.TaskID] = true
	}
	return nil
}

func (r *run) warn(message, hint string) {
	r.tell(Warning{Message: message, Hint: hint})
}

func (r *run) tell(w Warning) {
	r.result.Warnings = append(r.result.Warnings, w)
	r.report(w)
}

// items says what became of everything in the map.
func (r *run) items() []ItemResult {
	if r.plan == nil {
		return nil
	}
	var results []ItemResult
	for item := range r.plan.Map.All {
		status, made := r.made[item.TaskID]
		switch {
		case made:
		case item.Deprecated:
			status = Deprecated
		case item.TaskID != 0:
			status = Synced
		default:
			status = Pending
		}
		results = append(results, resultOf(item, item.TaskID, status))
	}
	return results
}

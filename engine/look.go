package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"odoosync/engine/internal/importer"
	"odoosync/engine/internal/maker"
)

// taskRight says what a user without the right to create tasks needs.
const taskRight = "creating tasks needs the right Project / User; ask an administrator for it"

// prepare looks, takes what items have already, and creates the stage and the
// tags that are missing: everything that can be refused before the next task.
// After an edit of the map it does so for what came with the edit.
func (r *sync) prepare(ctx context.Context) error {
	plan := r.book.Plan()
	names := slices.DeleteFunc(plan.Tags(), func(name string) bool {
		return slices.ContainsFunc(r.result.Tags, func(tag Tag) bool { return tag.Name == name })
	})
	tags, err := r.dest.FindTags(ctx, names)
	if err != nil {
		return err
	}
	found, err := r.look(ctx)
	if err != nil {
		return err
	}
	for _, v := range found {
		if parent := v.Item.Parent; parent != nil && r.book.TaskOf(parent) == 0 {
			continue // whether it is under the right parent shows when that is known
		}
		if r.fits(v) {
			r.book.Take(v.Item, v.ID, true)
		}
	}
	if err := r.mismatch(found); err != nil {
		return err
	}
	if len(r.book.Pending(plan.Features, plan.Stories)) > 0 {
		if err := r.dest.CreateStages(ctx, r.stages); err != nil {
			return err
		}
		if err := r.dest.CreateTags(ctx, tags); err != nil {
			return err
		}
	}
	for _, tag := range tags.Named {
		if tag.LeftOff != "" {
			r.warn(fmt.Sprintf("tag %q is left off: %s", tag.Name, tag.LeftOff), "")
		}
	}
	r.result.Stage, r.result.Tags = r.stages.Named[0], append(r.result.Tags, tags.Named...)
	r.report(Prepared{})
	byName := make(map[string]maker.Record, len(r.result.Tags))
	for _, tag := range r.result.Tags {
		byName[tag.Name] = maker.Record{ID: tag.ID, ExternalID: tag.ExternalID}
	}
	r.maker.Use(maker.Record{ID: r.result.Stage.ID, ExternalID: r.result.Stage.ExternalID}, byName)
	r.maker.LearnNames(ctx, plan.Pending(), idsOf(plan.Parents()))
	return nil
}

// look makes sure that the tasks which pending stories go under are fit for
// it, and finds those that items have already. With plain create nothing is
// found again. A map without any id and a project without any stage had no run
// before, and need no look.
func (r *sync) look(ctx context.Context) ([]maker.Verdict, error) {
	plan := r.book.Plan()
	if plan.Pending() == 0 || r.stages.First && plan.Synced == 0 && !r.options.DryRun {
		return nil, nil
	}
	parents := slices.DeleteFunc(plan.Parents(), func(parent *Item) bool { return r.book.Entry(parent) != nil })
	var items []*Item
	if !r.options.PlainCreate {
		items = r.book.Pending(plan.Features, plan.Stories)
	}
	tasks, found, err := r.maker.Look(ctx, items, idsOf(parents))
	if err != nil {
		return nil, err
	}
	above := make([]maker.Verdict, len(parents))
	for i, item := range parents {
		above[i] = maker.Verdict{Item: item, ID: item.TaskID, Task: tasks[item.TaskID]}
	}
	if err := r.checkParents(ctx, above); err != nil {
		return nil, err
	}
	if !r.options.DryRun {
		return found, nil
	}
	known := byItem(found)
	rest := slices.DeleteFunc(items, func(item *Item) bool { return known[item].Item != nil })
	return r.maker.Ask(ctx, rest, found)
}

func byItem(found []maker.Verdict) map[*Item]maker.Verdict {
	verdicts := make(map[*Item]maker.Verdict, len(found))
	for _, v := range found {
		verdicts[v.Item] = v
	}
	return verdicts
}

// linkedParents are the features that a run would link and then load stories
// under: those without a task, and those whose tasks the user may not see.
func (r *sync) linkedParents() []maker.Verdict {
	var parents []maker.Verdict
	for _, story := range r.book.Plan().Stories {
		feature, linked := r.outlook[story.Parent]
		task, there := r.outlook[story]
		known := len(parents) > 0 && parents[len(parents)-1].Item == story.Parent
		if linked && !known && (!there || task.Unseen) {
			parents = append(parents, feature)
		}
	}
	return parents
}

// checkLinked makes sure that tasks which --link took for features, whatever
// became of them, are fit for the stories of a batch. Where one is not, but its
// stories have their tasks already, these are taken without a load, which may
// not find an archived parent.
func (p *production) checkLinked(ctx context.Context, batch []*Item) error {
	under := make(map[int64][]*Item)
	var ids []int64
	for _, item := range batch {
		if entry := p.book.Entry(item.Parent); entry != nil && entry.Existed {
			if under[entry.ID] == nil {
				ids = append(ids, entry.ID)
			}
			under[entry.ID] = append(under[entry.ID], item)
		}
	}
	tasks, err := p.maker.Tasks(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		stories := under[id]
		refusal := p.checkParents(ctx, []maker.Verdict{{Item: stories[0].Parent, ID: id, Task: tasks[id]}})
		if refusal == nil {
			continue
		}
		if _, ok := errors.AsType[*SetupError](refusal); !ok {
			return refusal
		}
		there, err := p.maker.Ask(ctx, stories, nil)
		if err != nil {
			return err
		}
		if len(there) < len(stories) || slices.ContainsFunc(there, func(v maker.Verdict) bool { return v.Unseen }) {
			return refusal
		}
		for _, v := range there {
			p.book.Take(v.Item, v.ID, true)
		}
	}
	return nil
}

// checkParents refuses tasks for stories to go under that are gone or out of
// sight, archived or in another project, and warns of one that seems to be
// another's.
func (r *sync) checkParents(ctx context.Context, parents []maker.Verdict) error {
	var odd []maker.Verdict
	var ids []int64
	for _, p := range parents {
		refuse := func(is, explain string) error {
			return &SetupError{Message: fmt.Sprintf("%s: its task %d %s", r.at(p.Item), p.ID, is), Explain: explain}
		}
		switch {
		case p.Task == nil:
			return refuse(fmt.Sprintf("is not in Odoo, or user %s may not see it", r.dest.User()),
				"if the task was deleted, set its task_id to 0 and it is created again with its pending stories; otherwise check the database and the rights")
		case p.Task.Project.ID != r.dest.Project.ID:
			where := "no project"
			if p.Task.Project.ID != 0 {
				where = fmt.Sprintf("project %q", p.Task.Project.Name)
			}
			return refuse(fmt.Sprintf("is %q in %s, not in project %q", p.Task.Name, where, r.dest.Project.Name),
				"check the server and the project; if the task was moved, move it back, or set its task_id to 0 for a new one")
		case !p.Task.Active:
			return refuse("is archived, and would hide its new subtasks",
				"unarchive the task in Odoo, or mark the feature with _deprecated = true")
		case string(p.Task.Name) != p.Item.Name:
			odd, ids = append(odd, p), append(ids, p.ID)
		}
	}
	ours, err := r.maker.FeatureTasks(ctx, ids)
	if err != nil {
		return err
	}
	for _, p := range odd {
		if ours[p.ID] == "" {
			r.warn(fmt.Sprintf("%s: its task %d is called %q in Odoo", r.at(p.Item), p.ID, p.Task.Name),
				"if that is another task, write the right task_id, or 0 for a new one; the subtasks of this run go under it")
		}
	}
	return nil
}

func idsOf(items []*Item) []int64 {
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = item.TaskID
	}
	return ids
}

// fits reports whether a task is what the map says of its item, or is to be
// taken for it even so.
func (r *sync) fits(v maker.Verdict) bool {
	return len(v.Differences) == 0 || r.options.Link && v.Existed
}

// mismatch is the error about those of the tasks that do not fit; nil for none.
func (r *sync) mismatch(verdicts []maker.Verdict) error {
	e := &MismatchError{File: r.result.Map}
	for _, v := range verdicts {
		if !r.fits(v) {
			e.Items = append(e.Items, Mismatch{ItemResult: resultOfVerdict(v, Pending), Created: v.Wrong, Unseen: v.Unseen})
		}
	}
	if len(e.Items) == 0 {
		return nil
	}
	return e
}

// importClosed is the error where the user may not import.
func (r *sync) importClosed(reason string) error {
	e := &SetupError{Message: fmt.Sprintf("Odoo does not let user %s import tasks", r.dest.User()), Explain: importer.ClosedHint}
	if reason != "" {
		e.Message += ": " + reason
	}
	return e
}

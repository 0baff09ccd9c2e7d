package engine

import (
	"fmt"
	"slices"
	"time"

	"odoosync/engine/internal/destination"
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/ledger"
	"odoosync/engine/internal/maker"
	"odoosync/odoorpc"
)

// What a map says, as Check reads it.
type (
	// FeatureMap is its features and their user stories in file order.
	FeatureMap = featuremap.Map
	// Item is a feature or a user story of a map.
	Item = featuremap.Item
	// Plan is what a run has to do.
	Plan = featuremap.Plan
	// Kind says what an item of a map is: Feature or Story.
	Kind = featuremap.Kind
)

// The two kinds of items.
const (
	Feature = featuremap.Feature
	Story   = featuremap.Story
)

// Status says what became of an item in a run, or what would in a dry run.
type Status string

// The states an item can be in when a run ends.
const (
	Created    Status = "created"    // its task was created by this run
	Linked     Status = "linked"     // its task existed already, under the item's external id
	Synced     Status = "synced"     // it had a task_id when the run began
	Deprecated Status = "deprecated" // it, or its feature, is marked _deprecated
	Pending    Status = "pending"    // it has no task yet: not reached
)

// The states in a dry run of an item that needs a task.
const (
	Create  Status = "create"  // a run would create its task
	Link    Status = "link"    // a run would take the task that it has already
	Differs Status = "differs" // its task is not what the map says: a run would stop
)

// ItemResult is one feature or user story of the map after a run.
type ItemResult struct {
	Kind        Kind
	Feature     string       // name of the feature, for a story that of its feature
	Story       string       // name of the story, empty for a feature
	Line        int          // line of the task_id in the map as it was last read, from 1; 0 when it is no longer there
	ID          int64        // task id, 0 when there is none
	Status      Status       // what became of it
	Differences []Difference // only where Status is Differs, and in a MismatchError
	URL         string       // where a browser shows the task; "" when there is none
	Tags        []string     // that the map asks for; only MapResult tells them
}

// MapResult is what the map alone tells of an item: it is Deprecated, Synced or
// Pending.
func MapResult(i *Item) ItemResult {
	switch {
	case i.Deprecated:
		return resultOf(i, i.TaskID, Deprecated)
	case i.TaskID != 0:
		return resultOf(i, i.TaskID, Synced)
	}
	r := resultOf(i, 0, Pending)
	r.Tags = i.Tags()
	return r
}

// Name is the item's own name: the story's, or the feature's.
func (r ItemResult) Name() string {
	if r.Kind == Story {
		return r.Story
	}
	return r.Feature
}

// Place is where the item stands, as file:line, or the file alone.
func (r ItemResult) Place(file string) string {
	if r.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, r.Line)
}

// at is the place with the item's own name, as file:line: story "Sign in".
func (r ItemResult) at(file string) string {
	return fmt.Sprintf("%s: %s %q", r.Place(file), r.Kind, r.Name())
}

// Describe names the item, as feature "Orders" or story "Sign in" of feature
// "Accounts".
func (r ItemResult) Describe() string {
	if r.Kind == Story {
		return fmt.Sprintf("story %q of feature %q", r.Story, r.Feature)
	}
	return fmt.Sprintf("feature %q", r.Feature)
}

// What a run finds in Odoo.
type (
	// Project is the Odoo project that tasks go to.
	Project = destination.Project
	// Stage is one stage (column) of the project.
	Stage = destination.Record
	// Tag is one tag that the map asks for.
	Tag = destination.Record
	// Permission is what Odoo says about a right: Unknown, Allowed or Denied.
	Permission = destination.Permission
	// Difference is one point in which a task is not what the map says.
	Difference = maker.Difference
)

// The answers to a question for a right.
const (
	Unknown = destination.Unknown
	Allowed = destination.Allowed
	Denied  = destination.Denied
)

// Result is what a run did, as far as it came. It is complete also when there
// is an error.
type Result struct {
	Map      string // path of the map as given
	DryRun   bool
	Session  odoorpc.Session // zero when the run stopped before it connected
	Project  Project
	Stage    Stage   // the Backlog stage; zero when nothing was pending
	Stages   []Stage // only of EnsureStages: all six, in board order
	Tags     []Tag   // in order of first use
	Items    []ItemResult
	Warnings []Warning
	Duration time.Duration
}

// Count returns how many items have one of the statuses.
func (r *Result) Count(any ...Status) int {
	n := 0
	for i := range r.Items {
		if slices.Contains(any, r.Items[i].Status) {
			n++
		}
	}
	return n
}

// resultOf says what became of an item.
func resultOf(i *Item, id int64, status Status) ItemResult {
	r := ItemResult{Kind: i.Kind, Feature: i.Feature().Name, Line: i.Slot.Position().Line, ID: id, Status: status}
	if i.Kind == Story {
		r.Story = i.Name
	}
	return r
}

// at names an item and where it stands, for messages.
func (r *sync) at(item *Item) string { return resultOf(item, 0, Pending).at(r.result.Map) }

// resultOfEntry says what became of an item that this run has a task for.
func resultOfEntry(e *ledger.Entry) ItemResult {
	status := Created
	if e.Existed {
		status = Linked
	}
	r := resultOf(e.Was, e.ID, status)
	if e.Item == nil {
		r.Line = 0
	}
	return r
}

// resultOfVerdict says what an item has instead of the task that it asks for.
func resultOfVerdict(v maker.Verdict, status Status) ItemResult {
	r := resultOf(v.Item, v.ID, status)
	r.Differences = v.Differences
	return r
}

// conclude says what became of everything in the map, or what would.
func (r *sync) conclude() {
	if r.book == nil {
		return
	}
	plan := r.book.Plan()
	r.result.Items = make([]ItemResult, 0, plan.Synced+plan.Deprecated+plan.Pending())
	for item := range plan.Map.All {
		var result ItemResult
		switch entry := r.book.Entry(item); {
		case entry != nil:
			result = resultOfEntry(entry)
		case !item.Deprecated && item.TaskID == 0:
			result = r.resultOfPending(item)
		default:
			result = MapResult(item)
		}
		if r.result.Project.ID != 0 && result.ID != 0 {
			result.URL = r.dest.TaskURL(result.ID)
		}
		r.result.Items = append(r.result.Items, result)
	}
}

// resultOfPending says what a run would do with an item that needs a task, if a
// dry run has found that out.
func (r *sync) resultOfPending(item *Item) ItemResult {
	v, known := r.outlook[item]
	switch {
	case r.outlook == nil:
		return resultOf(item, 0, Pending)
	case !known:
		return resultOf(item, 0, Create)
	case r.fits(v):
		return resultOf(item, v.ID, Link)
	}
	return resultOfVerdict(v, Differs)
}

package engine

import (
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/odoorpc"
)

// What a map says, as Check reads it.
type (
	// FeatureMap is what a map file says: its features and their user stories
	// in file order.
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

// Status says what became of an item in a run.
type Status string

// The states an item can be in when a run ends.
const (
	Created    Status = "created"    // its task was made by this run
	Linked     Status = "linked"     // its task existed already, under the item's external id
	Synced     Status = "synced"     // it had a task_id when the run began
	Deprecated Status = "deprecated" // it, or its feature, is marked _deprecated
	Pending    Status = "pending"    // it has no task yet: not reached
)

// What a dry run says of an item that needs a task.
const (
	Create  Status = "create"  // its task would be made
	Link    Status = "link"    // its task exists under the item's external id, and would be taken
	Differs Status = "differs" // such a task exists and is not what the map says: the run would stop
)

// ItemResult is one feature or user story of the map after a run.
type ItemResult struct {
	Kind    Kind
	Feature string // name of the feature, for a story that of its feature
	Story   string // name of the story, empty for a feature
	Line    int    // line of the task_id in the map as it was last read, from 1
	ID      int64  // task id, 0 when there is none
	Status  Status

	Differences []Difference // of Differs: in what the task is not what the map says
	URL         string       // where a browser shows the task, empty when there is none
}

// resultOf says what became of an item.
func resultOf(i *Item, id int64, status Status) ItemResult {
	r := ItemResult{Kind: i.Kind, Feature: i.Feature().Name, Line: i.Position().Line, ID: id, Status: status}
	if i.Kind == Story {
		r.Story = i.Name
	}
	return r
}

// Name is the item's own name: the story's, or the feature's.
func (r ItemResult) Name() string {
	if r.Kind == Story {
		return r.Story
	}
	return r.Feature
}

// Project is the Odoo project that tasks go to.
type Project struct {
	ID   int64
	Name string
	URL  string // where a browser shows its tasks
}

// Stage is one stage (column) of the project.
type Stage struct {
	ID      int64 // 0 in a dry run when it is missing
	Name    string
	Created bool // made by this run
	// Creatable says whether a missing stage could be made; only set in a dry run.
	Creatable Permission
}

// Tag is one tag that the map asks for.
type Tag struct {
	ID        int64 // 0 when it is missing
	Name      string
	Created   bool       // made by this run
	LeftOff   string     // why tasks go without it, empty when they do not
	Creatable Permission // whether a missing tag could be made; only set in a dry run
}

// Permission is what Odoo says about a right, as far as it can be asked
// without using it.
type Permission string

// The answers to a question for a right.
const (
	Unknown Permission = ""
	Allowed Permission = "allowed"
	Denied  Permission = "denied"
)

// Result is what a run did, as far as it came. It is complete also when Sync
// returns an error.
type Result struct {
	Map      string // path of the map as given
	DryRun   bool
	Session  odoorpc.Session // zero when the run stopped before it connected
	Project  Project
	Stage    Stage // the Backlog stage; zero when nothing was pending
	Tags     []Tag // in order of first use
	Items    []ItemResult
	Warnings []Warning
	Duration time.Duration
}

// Count returns how many items have the status.
func (r *Result) Count(s Status) int {
	n := 0
	for i := range r.Items {
		if r.Items[i].Status == s {
			n++
		}
	}
	return n
}

// StagesResult is what EnsureStages found and made.
type StagesResult struct {
	DryRun  bool
	Session odoorpc.Session
	Project Project
	Stages  []Stage // the six stages in board order
}

package engine

import (
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

// Event is something an observer may want to show while a run goes on: one of
// Planned, Connected, Warning, Prepared, Saved and OneAtATime.
type Event any

// Planned is reported when the map was read and found free of mistakes.
type Planned struct {
	Pending int // items that need a task
}

// Connected is reported after the login, when the project was found.
type Connected struct {
	Session odoorpc.Session
	Project Project
}

// Prepared is reported when stage and tags are there, before the first task.
type Prepared struct{}

// Saved is reported after each batch whose ids stand in the map file.
type Saved struct {
	Done, Total int // pending items with an id so far, and in all
}

// OneAtATime is reported when calls in parallel are given up for the rest of
// the run, because they got into each other's way or the server was overloaded.
type OneAtATime struct{}

// Warning is something the user should know that does not stop the run.
type Warning struct {
	Message string
	Hint    string          // what to do about it, may be empty
	Place   *tomledit.Error // where in the map, with its own words; nil for a warning about Odoo
}

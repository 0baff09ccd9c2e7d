package odoorpc

import "time"

// An EventKind says what an Event reports.
type EventKind string

const (
	// EventStarted says that an attempt goes out.
	EventStarted EventKind = "started"
	// EventEnded says that an attempt got an answer or failed.
	EventEnded EventKind = "ended"
	// EventWaiting says that the client waits before it goes on, to repeat a call or to keep the pace.
	EventWaiting EventKind = "waiting"
)

// An Event reports one step of a call to the Observer of a Config. Its texts hold no secret and no control characters.
type Event struct {
	Kind EventKind
	// Model and Method name the call. For calls that concern no model, such as the login, Model is the name of the
	// service: "common" or "web".
	Model, Method string
	// Protocol is the protocol of the call.
	Protocol Protocol
	// Rows is the number of records sent by Create and LoadOnce, else zero.
	Rows int
	// Try counts the attempts of a call, from 1. With EventWaiting it is the attempt that the wait precedes.
	Try int
	// Status is the HTTP status of the answer; zero where there was none. Set with EventEnded.
	Status int
	// Duration is the time from the start of the attempt to its end. Set with EventEnded.
	Duration time.Duration
	// Wait is how long the client is going to wait. Set with EventWaiting.
	Wait time.Duration
	// Reason says in a few words why the client waits: "503 Service Unavailable", "connection refused", "keeping the pace".
	Reason string
	// Err is why the attempt failed; nil where it did not. Set with EventEnded.
	Err error
	// Request and Answer are the bodies, with credentials masked, when Config.Trace is set. Request comes with EventStarted,
	// Answer with EventEnded. Long ones are cut.
	Request, Answer string
}

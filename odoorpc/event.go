package odoorpc

import "time"

// An EventKind says what an Event reports.
type EventKind string

const (
	// Started says that an attempt goes out.
	Started EventKind = "started"
	// Ended says that an attempt got an answer or failed.
	Ended EventKind = "ended"
	// Waiting says that the client waits before it goes on, to repeat a call or to keep the pace.
	Waiting EventKind = "waiting"
)

// An Event reports one step of a call to the Observer of a Config. Its texts hold no secret and no control characters.
type Event struct {
	Kind EventKind
	// Model and Method name the call. For calls that concern no model, such as the login, Model is the name of the
	// service: "common" or "web".
	Model, Method string
	// Protocol is the protocol of the call.
	Protocol Protocol
	// Rows is the number of records sent by Create and Load, else zero.
	Rows int
	// Try counts the attempts of a call, from 1. With Waiting it is the attempt that the wait precedes.
	Try int
	// Status is the HTTP status of the answer; zero where there was none. Set with Ended.
	Status int
	// Duration is the time from the start of the attempt to its end. Set with Ended.
	Duration time.Duration
	// Wait is how long the client is going to wait. Set with Waiting.
	Wait time.Duration
	// Reason says in a few words why the client waits: "503 Service Unavailable", "connection refused", "keeping the pace".
	Reason string
	// Err is why the attempt failed; nil where it did not. Set with Ended.
	Err error
	// Request and Answer are the bodies, with credentials masked, when Config.Trace is set. Request comes with Started,
	// Answer with Ended. Long ones are cut.
	Request, Answer string
}

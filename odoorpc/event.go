package odoorpc

import "time"

// An EventKind says what an Event reports.
type EventKind string

// What an Event can report.
const (
	EventStarted EventKind = "started" // an attempt goes out
	EventEnded   EventKind = "ended"   // an attempt got an answer or failed
	EventWaiting EventKind = "waiting" // the client waits before it goes on, to repeat a call or to keep the pace
)

// An Event reports one step of a call to the Observer of a Config. Its texts hold no secret and no control characters.
// Model and Method name the call; for calls that concern no model, such as the login, Model is the name of the service:
// "common" or "web".
type Event struct {
	Kind          EventKind
	Model, Method string
	Protocol      Protocol
	Rows          int           // the number of records sent by Create and LoadOnce, else zero
	Try           int           // counts the attempts of a call, from 1; EventWaiting: the attempt that the wait precedes
	Status        int           // EventEnded: the HTTP status of the answer; zero where there was none
	Duration      time.Duration // EventEnded: from the start of the attempt to its end
	Wait          time.Duration // EventWaiting: how long the client is going to wait
	Reason        string        // EventWaiting: why, as "503 Service Unavailable", "connection refused", "keeping the pace"
	Err           error         // EventEnded: why the attempt failed; nil where it did not

	// Request (EventStarted) and Answer (EventEnded) are the bodies, with credentials masked, when Config.Trace is set.
	// Long ones are cut.
	Request, Answer string
}

package odoorpc

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// Errors to be found with errors.Is; the last two in a *ConfigError, for callers who explain them in words of their own.
var (
	ErrNotConnected = errors.New("odoorpc: not connected: call Connect first") // a call before Connect has succeeded
	ErrPlainHTTP    = errors.New("use https, or allow http explicitly")        // an address that needs AllowHTTP
	ErrMissing      = errors.New("missing")                                    // an empty field that the protocol needs
)

// A Problem is one thing wrong with a Config.
type Problem struct {
	Field string // the name of Config's field
	Err   error  // what is wrong with it, without its name
}

// A ConfigError lists everything that is wrong with a Config. Nothing was sent, except where Connect returns it: then only
// the server's version was asked for.
type ConfigError struct{ Problems []Problem }

func (e *ConfigError) add(wrong bool, field, format string, args ...any) {
	if wrong {
		e.Problems = append(e.Problems, Problem{Field: field, Err: fmt.Errorf(format, args...)})
	}
}

func (e *ConfigError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = fmt.Sprintf("%s: %v", p.Field, p.Err)
	}
	return "odoorpc: configuration: " + strings.Join(texts, "; ")
}

// Unwrap returns the errors of all problems.
func (e *ConfigError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p.Err
	}
	return errs
}

// A Place is where an error arose.
type Place struct {
	Address       string // of the server: its host, and its port where one was given
	Model, Method string // the call; "" where it was the client's own, as at the login
}

// where says what is known, as "odoo.example.com: project.task.load".
func (p Place) where() string {
	if p.Model == "" {
		return p.Address
	}
	return p.Address + ": " + p.Model + "." + p.Method
}

// A RequestError says that a call could not be encoded, for example because a text is not valid UTF-8. Nothing was
// sent.
type RequestError struct {
	Model, Method string
	Reason        string
}

func (e *RequestError) Error() string {
	return fmt.Sprintf("%s.%s: cannot send: %s", e.Model, e.Method, e.Reason)
}

// A LoginError says that the server refused the credentials, at the login or later.
type LoginError struct {
	Address         string // of the server
	Major           int    // of the server's version; zero where unknown
	Protocol        Protocol
	Login, Database string // as configured; may be empty with JSON-2
	APIKey          bool   // an API key was used, not a password
	Message         string // the server's words; "" where it gave none
}

func (e *LoginError) Error() string {
	text := e.Address + ": login refused"
	if e.Protocol != JSON2 {
		text += fmt.Sprintf(" for %q", e.Login)
	}
	if e.Database != "" {
		text += fmt.Sprintf(" on database %q", e.Database)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Hint lists the usual causes.
func (e *LoginError) Hint() string {
	var causes []string
	switch {
	case e.Protocol == JSON2:
		causes = []string{"a password does not work here, only an API key", "a key is good for one database only: check the database"}
	case e.APIKey:
		causes = []string{"check login and database: a key works only with the login and database it was created for"}
	default:
		causes = []string{"check login, password and database", "a user with two-factor authentication needs an API key instead of the password"}
	}
	if e.APIKey && (e.Major == 0 || e.Major >= 18) {
		causes = append(causes, "the key may have expired: since Odoo 18, keys are valid for at most 90 days unless an administrator allows more (see your preferences in Odoo, under security)")
	}
	if e.Major > 0 && e.Major <= 15 { // later ones cool down in the browser only
		causes = append(causes, "after ten failed logins Odoo refuses even the right password for a minute: wait before the next try")
	}
	return strings.Join(append(causes, "on Odoo Online the plan must include the external API (Custom)"), "\n")
}

// A DatabaseError says that the server has no such database, or cannot tell which of several is meant.
type DatabaseError struct {
	Address  string // of the server
	Database string // as configured; may be empty with JSON-2
	Message  string // the server's words
}

func (e *DatabaseError) Error() string {
	if e.Database == "" {
		return fmt.Sprintf("%s cannot tell which database is meant: %s", e.Address, e.Message)
	}
	return fmt.Sprintf("no database %q on %s: %s", e.Database, e.Address, e.Message)
}

// Hint says what to set.
func (e *DatabaseError) Hint() string {
	if e.Database == "" {
		return "several databases are served under this host name: give the database's name"
	}
	return "check the name of the database; it is case-sensitive, and on Odoo Online it is usually the first part of the host name"
}

// A ProtocolError says that the server does not offer the protocol that the configuration leads to.
type ProtocolError struct {
	Address  string // of the server
	Protocol Protocol
	Version  string // the server's version; "" if unknown
	Reason   string
	hint     string
	page     *AnswerError // what the server sent, where it may be no Odoo at all
}

func (e *ProtocolError) Error() string {
	server := e.Address
	if e.Version != "" {
		server += " (Odoo " + e.Version + ")"
	}
	return fmt.Sprintf("%s does not offer %s: %s", server, e.Protocol, e.Reason)
}

// Hint names the protocol and credential to use instead.
func (e *ProtocolError) Hint() string { return e.hint }

// A Refusal is a kind of refusal by Odoo, told apart by the class of its exception and never by its words.
type Refusal string

// The kinds of refusals. With RefusalBusy, calls that are safe to repeat have been repeated already.
const (
	RefusalAccess      Refusal = "access"      // the user may not do this, by access rights, record rules or company
	RefusalValidation  Refusal = "validation"  // the data breaks a constraint: required, unique, foreign key
	RefusalMissing     Refusal = "missing"     // a record does not exist, or no longer
	RefusalUser        Refusal = "user"        // a rule of the module says no
	RefusalUnsupported Refusal = "unsupported" // the server knows no such model or method
	RefusalBusy        Refusal = "busy"        // others were in the way and it rolled back, or it lost its database for a moment
	RefusalOther       Refusal = "other"       // everything else, such as unknown fields and programming errors
)

// A ServerError is an error that Odoo itself answered with. It rolled its transaction back, so that the call has changed
// nothing; except that a call which is safe to repeat may have been done where Odoo lost its database (RefusalBusy). One that
// is not ends in an *UnknownOutcomeError then.
type ServerError struct {
	Place
	Kind    Refusal
	Name    string // the class of the error, such as "odoo.exceptions.AccessError"
	Message string // for people, in the server's words; may have several lines
	Debug   string // the server's traceback; not part of Error, it may quote values
	lost    bool   // the server lost its database: not even Odoo can tell whether the transaction was committed
}

func (e *ServerError) Error() string {
	return fmt.Sprintf("%s: Odoo refused (%s): %s", e.where(), e.Kind, cmp.Or(e.Message, e.Name))
}

// Hint gives advice by kind, or "".
func (e *ServerError) Hint() string {
	return map[Refusal]string{
		RefusalAccess:      "the user lacks a right for this: see the groups that the message names, and the project's visibility",
		RefusalUnsupported: "the module may not be installed in this database, or the server's version may lack it",
		RefusalBusy:        "others were writing the same records, or the database was restarting: try again",
	}[e.Kind]
}

// A TransportError says that no answer of Odoo arrived: the server could not be reached, the connection broke, time ran
// out, or something in between answered with a status of its own.
type TransportError struct {
	Place
	Status int    // the HTTP status; zero where there was no answer
	Reason string // what happened, in a few words
	Sent   bool   // the request may have reached the server
	Tries  int    // how often the call went out
	Err    error  // for errors.Is and errors.As; nil where a status says it all
	hint   string

	passing    bool          // another try may help
	retryAfter time.Duration // as the server asks; zero if it does not
}

func (e *TransportError) Error() string {
	text := fmt.Sprintf("%s: %s", e.where(), e.Reason)
	if e.Tries > 1 {
		text += fmt.Sprintf(" (after %d tries)", e.Tries)
	}
	return text
}

// Unwrap returns Err, so that errors.Is finds context.Canceled, context.DeadlineExceeded, syscall.ECONNREFUSED and the
// like.
func (e *TransportError) Unwrap() error { return e.Err }

// TooLarge reports whether the request was larger than the server, or a proxy before it, takes. Nothing was done.
func (e *TransportError) TooLarge() bool { return e.Status == http.StatusRequestEntityTooLarge }

// TooSlow reports whether the answer took longer than the server, a proxy before it or the Timeout of the client allows.
// The server may still be working on it.
func (e *TransportError) TooSlow() bool {
	return e.outOfTime() || e.Status == http.StatusGatewayTimeout || e.Status == statusOriginTimeout
}

// Dropped reports whether the connection ended before the answer was there, or a proxy says so (502). Odoo does that to a
// worker that exceeds its limits of time or memory: then the same call meets the same end. It may as well be a network that
// was cut for a moment. What was dropped may have been done.
func (e *TransportError) Dropped() bool {
	ended := e.Sent && e.passing && e.Status == 0 && !e.outOfTime()
	return ended || e.Status == http.StatusBadGateway || e.Status == statusUnknownOrigin
}

// outOfTime reports whether the time for an attempt ran out after the request was sent.
func (e *TransportError) outOfTime() bool { return e.Sent && errors.Is(e.Err, os.ErrDeadlineExceeded) }

const troubleHint = "Odoo, or a proxy in front of it, is in trouble: look at its log, and check that its database is running"

// failedThere reports whether the status says that the fault is the server's. 501 is no fault: servers of files answer a POST
// with it.
func failedThere(status int) bool { return status >= 500 && status != http.StatusNotImplemented }

// Hint gives advice where there is any, or "".
func (e *TransportError) Hint() string {
	switch {
	case e.hint != "":
		return e.hint
	case e.TooLarge():
		return "a proxy in front of Odoo limits the size of requests (nginx: client_max_body_size)"
	case e.TooSlow():
		return "the server may still be working on the call"
	case failedThere(e.Status):
		return troubleHint
	}
	return ""
}

// A RedirectError says that the server answered with a redirect. Redirects are never followed, because they would take the
// credentials along. Nothing was done.
type RedirectError struct {
	Place
	Status   int
	Location string // the new address without user info, query and fragment; "" if the server gave none
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s: redirects to %s (%s)", e.where(), cmp.Or(e.Location, "nowhere"), statusText(e.Status))
}

// Hint says which setting to change.
func (e *RedirectError) Hint() string {
	return "redirects are not followed, so that credentials stay where they belong; if the new address is right, set it as the URL"
}

// An AnswerError says that what came back is no answer of Odoo's to this call: a proxy's page, broken JSON, ids in the wrong
// number. Whether the call was done is open, except for reads.
type AnswerError struct {
	Place
	Status      int
	ContentType string
	Title       string // of an HTML page
	Start       string // the first characters
	Reason      string
	cut         bool // the end is missing
}

func (e *AnswerError) Error() string {
	text := fmt.Sprintf("%s: %s (%d", e.where(), e.Reason, e.Status)
	if e.ContentType != "" {
		text += ", " + e.ContentType
	}
	switch {
	case e.Title != "":
		return text + fmt.Sprintf("): page %q", e.Title)
	case e.Start != "":
		return text + fmt.Sprintf("): %q", e.Start)
	}
	return text + ")"
}

// Hint says where to look.
func (e *AnswerError) Hint() string {
	if failedThere(e.Status) {
		return troubleHint
	}
	return "check that the URL leads to Odoo itself, not to a proxy, a login page or a maintenance page"
}

// An UnknownOutcomeError says that a call that must not be repeated was sent and its answer is lost, so that it may or may
// not have been done. The server may still be working on it.
type UnknownOutcomeError struct {
	Model, Method string
	Rows          int   // the number of records that may have been created
	Err           error // what happened
}

func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("%s.%s: unknown whether the server did it: %v", e.Model, e.Method, e.Err)
}

func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// Hint says what to do first.
func (e *UnknownOutcomeError) Hint() string {
	return "wait a few minutes, then look in Odoo for the records before sending them again"
}

// A LoadError says that Odoo refused rows that LoadOnce sent, or any import of them. Nothing was created.
type LoadError struct {
	Place
	Messages []LoadMessage // why: at least one, and several for one row at times
}

func (e *LoadError) Error() string {
	text := e.where() + ": Odoo refused the rows"
	if len(e.Messages) > 0 {
		text += ": " + e.Messages[0].Message
	}
	return text
}

// A ConflictError says that LoadOnce collided with another transaction that wrote the same records, and was rolled back:
// nothing was created. The same call, sent again, creates the records, or returns those that the other one has created.
type ConflictError struct {
	Model, Method string
	Message       string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s.%s: in conflict with another transaction: %s", e.Model, e.Method, e.Message)
}

// Hint says that repeating helps.
func (e *ConflictError) Hint() string {
	return "the database is busy, and this call created nothing: try again later"
}

// A hiddenError hides an error whose own text may hold more than should be shown, such as the password of a proxy,
// yet lets errors.Is and errors.As look at it.
type hiddenError struct {
	text string
	err  func() error
}

func (e *hiddenError) Error() string        { return e.text }
func (e *hiddenError) Is(target error) bool { return errors.Is(e.err(), target) }
func (e *hiddenError) As(target any) bool   { return errors.As(e.err(), target) }

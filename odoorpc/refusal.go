package odoorpc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A fault is an error as Odoo words it, alike in both protocols.
type fault struct{ name, message, debug string }

// readFault reads the members of an error. The message is the first argument of Odoo's own exceptions, because Odoo 12 and
// 13 add "\nNone" to the text; other exceptions have it in their message only.
func readFault(data map[string]json.RawMessage) fault {
	f := fault{name: text(data["name"]), message: text(data["message"]), debug: text(data["debug"])}
	if strings.HasPrefix(f.name, "odoo.exceptions.") {
		var args []json.RawMessage
		if json.Unmarshal(data["arguments"], &args) == nil && len(args) > 0 {
			f.message = cmp.Or(text(args[0]), f.message)
		}
	}
	f.message = strings.TrimSpace(f.message)
	return f
}

// refusals are the exception classes that have a meaning of their own.
var refusals = map[string]Refusal{
	"odoo.exceptions.AccessError":     RefusalAccess,
	"werkzeug.exceptions.Forbidden":   RefusalAccess,
	"odoo.exceptions.ValidationError": RefusalValidation,
	"odoo.exceptions.MissingError":    RefusalMissing,
	"odoo.exceptions.UserError":       RefusalUser,
	"odoo.exceptions.Warning":         RefusalUser,
	"odoo.exceptions.RedirectWarning": RefusalUser,
	"odoo.exceptions.except_orm":      RefusalUser,
	"werkzeug.exceptions.NotFound":    RefusalUnsupported,
	"odoo.exceptions.LockError":       RefusalBusy,
}

// Last parts of the names of database errors. Their module differs: psycopg2.errors, psycopg2.extensions, psycopg2.
var (
	rolledBack  = []string{"SerializationFailure", "DeadlockDetected", "LockNotAvailable", "QueryCanceled", "QueryCanceledError", "TransactionRollbackError", "ConcurrencyError"}
	lostBackend = []string{"InterfaceError", "OperationalError", "AdminShutdown", "CrashShutdown", "CannotConnectNow", "TooManyConnections", "PoolError"}
	violations  = []string{"IntegrityError", "UniqueViolation", "NotNullViolation", "ForeignKeyViolation", "CheckViolation"}
)

// kindOf tells what kind of refusal an exception class is. lost says that the server lost its database, so that not even
// Odoo can tell whether the transaction was committed.
func kindOf(class string) (kind Refusal, lost bool) {
	if kind, ok := refusals[class]; ok {
		return kind, false
	}
	dot := strings.LastIndexByte(class, '.') + 1
	module, last := class[:dot], class[dot:]
	switch {
	case !strings.HasPrefix(module, "psycopg") && last != "PoolError" && last != "ConcurrencyError":
	case slices.Contains(rolledBack, last):
		return RefusalBusy, false
	case slices.Contains(lostBackend, last):
		return RefusalBusy, true
	case slices.Contains(violations, last):
		return RefusalValidation, false
	}
	return RefusalOther, false
}

// refusal turns a fault into the error for the caller. What it is hangs on the server's own words, what is shown on what is
// left of them without secrets.
func (c *Client) refusal(op op, f fault) error {
	message := c.redactor.text(f.message, maxMessage)
	switch {
	case strings.HasSuffix(f.name, ".AccessDenied"), strings.HasSuffix(f.name, ".Unauthorized"):
		return c.loginRefused(op.protocol, message)
	case c.isUnknownDatabase(op, f):
		if f.name == "builtins.KeyError" {
			message = "PostgreSQL has one of this name, but it is not an Odoo database"
		}
		return c.noDatabase(message)
	}
	e := &ServerError{Place: c.place(op), Name: c.redactor.line(f.name), Message: message, Debug: c.redactor.text(f.debug, maxDebug)}
	e.Kind, e.lost = kindOf(f.name)
	if isUnsupported(op, f) {
		e.Kind = RefusalUnsupported
	}
	return e
}

var missingDatabase = regexp.MustCompile(`database ".*" does not exist`)

// isUnknownDatabase reports whether PostgreSQL knows no such database, or Odoo has not been set up in it, so that there are
// no users. The words of PostgreSQL may be in the server's language, the quoted name is not. A database that was there before
// is expected back.
func (c *Client) isUnknownDatabase(op op, f fault) bool {
	switch f.name {
	case "builtins.KeyError":
		return op.own && strings.Contains(f.message, "res.users")
	case "psycopg2.OperationalError":
		return c.session.Load() == nil && (missingDatabase.MatchString(f.message) ||
			(c.config.Database != "" && strings.Contains(f.message, "FATAL") && strings.Contains(f.message, `"`+c.config.Database+`"`) &&
				!strings.Contains(f.message, "too many connections")))
	case "builtins.AssertionError":
		return f.message == "Missing database name"
	}
	return false
}

// maxSentence is the most that is said beside the name of a model that does not exist, in any language.
const maxSentence = 40

// isUnsupported reports whether the server does not know the model or the method.
func isUnsupported(op op, f fault) bool {
	switch f.name {
	case "builtins.AttributeError":
		return strings.Contains(f.message, op.model) && strings.Contains(f.message, op.method)
	case "odoo.exceptions.UserError":
		// "Object project.task doesn't exist", in the user's language.
		return strings.Contains(f.message, op.model) && utf8.RuneCountInString(f.message) < len(op.model)+maxSentence && !strings.Contains(f.message, "\n")
	}
	return false
}

// loginRefused and noDatabase name login and database as configured, except where they hold the secret itself.
func (c *Client) loginRefused(protocol Protocol, message string) error {
	e := &LoginError{
		Address: c.address(), Protocol: protocol, Login: c.redactor.line(c.config.Login), Database: c.redactor.line(c.config.Database),
		APIKey: !c.config.APIKey.IsZero(), Message: message,
	}
	if session := c.session.Load(); session != nil {
		e.Major = session.Major
	}
	return e
}

func (c *Client) noDatabase(message string) error {
	return &DatabaseError{Address: c.address(), Database: c.redactor.line(c.config.Database), Message: message}
}

const noOdooReason = "this is not an answer from Odoo"

// notOdoo is the error of a body in which Odoo does not speak.
func (c *Client) notOdoo(op op, a *answer) error {
	e := c.badAnswer(op, a, noOdooReason)
	e.cut = a.ok() && isCutOff(a.body)
	switch {
	case e.cut:
		e.Reason = "the answer broke off"
	case failedThere(a.status): // Odoo itself sends such pages
		e.Reason = "the server failed"
	}
	return e
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func (c *Client) badAnswer(op op, a *answer, reason string) *AnswerError {
	e := &AnswerError{Place: c.place(op), Status: a.status, ContentType: c.redactor.line(a.header.Get("Content-Type")), Reason: reason}
	body := string(a.body[:min(len(a.body), maxTrace)])
	if title := titleTag.FindStringSubmatch(body); title != nil && isHTML(a) {
		e.Title = c.redactor.line(html.UnescapeString(title[1]))
	}
	e.Start = c.redactor.line(body)
	return e
}

func isHTML(a *answer) bool {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return kind == "text/html" || strings.HasPrefix(http.DetectContentType(a.body), "text/html")
}

// isCutOff reports whether body is the beginning of a JSON text whose end is missing.
func isCutOff(body []byte) bool {
	err := json.NewDecoder(bytes.NewReader(body)).Decode(new(json.RawMessage))
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

package odoosim

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrStarted is returned by [Server.Start] on a server that was started before.
var ErrStarted = errors.New("odoosim: server already started")

// odooError is a Python exception as Odoo shows it to its clients.
type odooError struct {
	name    string // Python class, such as odoo.exceptions.AccessError
	message string
	status  int // HTTP status on /json/2

	// bare is set where the exception has no arguments, only a message.
	bare bool

	// A constraint of the database, which load words differently.
	field  string // that it is on
	onLoad string // its message; "" for the same
}

func newError(name, message string, status int) *odooError {
	return &odooError{name: name, message: message, status: status}
}

// isUserError tells whether Python code can catch the error as a UserError, of
// which the other exceptions of Odoo are kinds. Constraints of the database are
// none before the call ends.
func (e *odooError) isUserError() bool {
	return e.onLoad == "" && strings.HasPrefix(e.name, "odoo.exceptions.")
}

// arguments are those of the Python exception.
func (e *odooError) arguments() []any {
	if e.bare {
		return []any{}
	}
	return []any{e.message}
}

func (e *odooError) Error() string { return e.name + ": " + e.message }

func accessDenied(message string) *odooError {
	return newError("odoo.exceptions.AccessDenied", message, http.StatusForbidden)
}

func accessError(format string, args ...any) *odooError {
	return newError("odoo.exceptions.AccessError", fmt.Sprintf(format, args...), http.StatusForbidden)
}

func validationError(format string, args ...any) *odooError {
	return newError("odoo.exceptions.ValidationError", fmt.Sprintf(format, args...), http.StatusUnprocessableEntity)
}

func userError(format string, args ...any) *odooError {
	return newError("odoo.exceptions.UserError", fmt.Sprintf(format, args...), http.StatusUnprocessableEntity)
}

func (t *tx) missing(model string, id int64) *odooError {
	return missingError(t.say("Record does not exist or has been deleted."), model, id, t.uid())
}

func missingError(text, model string, id, uid int64) *odooError {
	return newError("odoo.exceptions.MissingError",
		fmt.Sprintf("%s\n(Record: %s(%d,), User: %d)", text, model, id, uid), http.StatusNotFound)
}

// pythonError is an exception of Python itself, such as ValueError.
func pythonError(class, format string, args ...any) *odooError {
	return newError("builtins."+class, fmt.Sprintf(format, args...), http.StatusInternalServerError)
}

func valueError(format string, args ...any) *odooError {
	return pythonError("ValueError", format, args...)
}

// constraintError is a ValidationError that comes from the database.
func constraintError(field, onLoad, message string) *odooError {
	e := validationError("%s", message)
	e.field, e.onLoad = field, onLoad
	return e
}

// databaseError is an error of PostgreSQL that reaches the client as it is.
func databaseError(class, format string, args ...any) *odooError {
	return newError("psycopg2."+class, fmt.Sprintf(format, args...), http.StatusInternalServerError)
}

func httpError(class string, status int, message string) *odooError {
	return newError("werkzeug.exceptions."+class, message, status)
}

// serializationFailure is what PostgreSQL says when a transaction meets a row
// that another one wrote after this one took its snapshot.
func serializationFailure() *odooError {
	return databaseError("errors.SerializationFailure", "could not serialize access due to concurrent update\n")
}

// namedError is an error that a test asked for by its name.
func namedError(name, message string) *odooError {
	status := http.StatusInternalServerError
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "AccessDenied", "AccessError":
		status = http.StatusForbidden
	case "MissingError", "NotFound":
		status = http.StatusNotFound
	case "UserError", "ValidationError":
		status = http.StatusUnprocessableEntity
	case "Unauthorized":
		status = http.StatusUnauthorized
	}
	return newError(name, message, status)
}

// asOdooError returns err as what the client is told.
func asOdooError(err error) *odooError {
	if e, ok := errors.AsType[*odooError](err); ok {
		return e
	}
	return pythonError("Exception", "%v", err)
}

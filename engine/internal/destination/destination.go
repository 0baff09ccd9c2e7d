// Package destination finds out where tasks go: the project, its Backlog stage, the
// tags, and what the user may do there. It creates the stages and tags that
// are missing, each at most once, and knows nothing of feature maps.
package destination

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Odoo is what the destination asks of a server; *odoorpc.Client provides it.
type Odoo interface {
	importer.Odoo
	Connect(ctx context.Context) (odoorpc.Session, error)
	SearchRead(ctx context.Context, model string, domain odoorpc.Domain, fields []string, query odoorpc.Query, out any) error
	Call(ctx context.Context, model, method string, args odoorpc.Args, out any) error
	Create(ctx context.Context, model string, values []map[string]any, options odoorpc.CreateOptions) ([]int64, error)
}

// The Odoo models that the destination is made of.
const (
	modelProject = "project.project"
	modelStage   = "project.task.type"
	modelTag     = "project.tags"
	modelTask    = "project.task"
	modelUser    = "res.users"
)

// Error is something in Odoo that keeps a run from starting: no such project,
// an archived one, a missing right.
type Error struct {
	Message string
	Explain string
	Err     error // Odoo's own error, may be nil
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *Error) Hint() string { return e.Explain }

// Project is the Odoo project that tasks go to.
type Project struct {
	ID   int64
	Name string
	URL  string // where a browser shows its tasks
}

// Destination is one project of one Odoo, seen as one user.
type Destination struct {
	Session odoorpc.Session
	Project Project

	odoo  Odoo
	plain bool    // stages and tags are created without external ids
	lang  *string // of the user, for names in another language than English; nil: not asked yet
}

// Connect logs in and finds the project that is wanted, an id or an exact
// name. With plain, missing stages and tags are created by create, for users
// who may not import. The Destination is there also after an error, with what
// was found until then. Errors: *Error, and those of package odoorpc.
func Connect(ctx context.Context, odoo Odoo, wanted string, plain bool) (*Destination, error) {
	session, err := odoo.Connect(ctx)
	t := &Destination{Session: session, odoo: odoo, plain: plain}
	if err == nil {
		err = t.findProject(ctx, strings.TrimSpace(wanted))
	}
	return t, err
}

// User is how messages name the user.
func (t *Destination) User() string {
	if t.Session.Login != "" {
		return t.Session.Login
	}
	return strconv.FormatInt(t.Session.UserID, 10)
}

// TaskURL is where a browser shows a task of the project. Odoo has short
// addresses since version 18.
func (t *Destination) TaskURL(id int64) string {
	if t.Session.Major >= 18 {
		return fmt.Sprintf("%s/odoo/project/%d/tasks/%d", t.Session.URL, t.Project.ID, id)
	}
	return fmt.Sprintf("%s/web#id=%d&model=%s&view_type=form", t.Session.URL, id, modelTask)
}

// projectURL is where a browser shows the tasks of a project.
func projectURL(session odoorpc.Session, id int64) string {
	if session.Major >= 18 {
		return fmt.Sprintf("%s/odoo/project/%d/tasks", session.URL, id)
	}
	return fmt.Sprintf("%s/web#active_id=%d&action=project.act_project_project_2_project_task_all&model=%s&view_type=kanban", session.URL, id, modelTask)
}

// bySourceName calls find for the source names of records, and, until it is
// done, for the names that the user reads. Odoo translates the names of stages
// in all versions, of projects and tags since version 16.
func (t *Destination) bySourceName(ctx context.Context, since int, find func(lang odoorpc.Context) (done bool, err error)) error {
	done, err := find(nil)
	if done || err != nil || t.Session.Major < since {
		return err
	}
	lang, err := t.foreign(ctx)
	if lang == nil || err != nil {
		return err
	}
	_, err = find(lang)
	return err
}

// foreign is the context in which Odoo compares and gives names as the user
// reads them; nil where these are the source names, in English.
func (t *Destination) foreign(ctx context.Context) (odoorpc.Context, error) {
	if t.lang == nil {
		user := struct {
			Lang odoorpc.Text `json:"lang"`
		}{odoorpc.Text(t.Session.Lang)}
		if user.Lang == "" {
			if err := t.odoo.Call(ctx, modelUser, "context_get", odoorpc.Args{Repeatable: true}, &user); err != nil {
				return nil, err
			}
		}
		t.lang = (*string)(&user.Lang)
	}
	if *t.lang == "" || strings.HasPrefix(*t.lang, "en") {
		return nil, nil
	}
	return odoorpc.Context{"lang": *t.lang}, nil
}

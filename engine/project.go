package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"odoosync/odoorpc"
)

// connect logs in and finds the project. The session is also returned when the
// project is not found.
func (e *Engine) connect(ctx context.Context) (odoorpc.Session, Project, error) {
	session, err := e.odoo.Connect(ctx)
	if err != nil {
		return odoorpc.Session{}, Project{}, err
	}
	project, err := e.findProject(ctx, session)
	if err != nil {
		return session, Project{}, err
	}
	e.report(Connected{Session: session, Project: project})
	return session, project, nil
}

// findProject looks the configured project up, by id or by exact name. It has
// to be one, visible to the user and not archived.
func (e *Engine) findProject(ctx context.Context, session odoorpc.Session) (Project, error) {
	wanted := strings.TrimSpace(e.options.Project)
	if id, err := strconv.ParseInt(wanted, 10, 64); err == nil {
		project, found, err := e.searchProject(ctx, session, odoorpc.Cond("id", "=", id), wanted)
		if err != nil || found {
			return project, err
		}
	}
	project, found, err := e.searchProject(ctx, session, odoorpc.Cond("name", "=", wanted), wanted)
	if err != nil || found {
		return project, err
	}
	return Project{}, &SetupError{
		Message: fmt.Sprintf("project %q not found, or not visible to user %s", wanted, userName(session)),
		Explain: "give the project's id, or its name exactly as in Odoo; a project that only its followers see needs the user among them",
	}
}

func (e *Engine) searchProject(ctx context.Context, session odoorpc.Session, condition any, wanted string) (Project, bool, error) {
	var found []struct {
		ID     int64  `json:"id"`
		Name   string `json:"name"`
		Active bool   `json:"active"`
	}
	query := odoorpc.Query{Order: "id", Context: odoorpc.Context{"active_test": false}}
	if err := e.odoo.SearchRead(ctx, modelProject, odoorpc.Domain{condition}, []string{"name", "active"}, query, &found); err != nil {
		return Project{}, false, err
	}
	var active []Project
	for _, p := range found {
		if p.Active {
			active = append(active, Project{ID: p.ID, Name: p.Name, URL: projectURL(session, p.ID)})
		}
	}
	switch {
	case len(found) == 0:
		return Project{}, false, nil
	case len(active) == 1:
		return active[0], true, nil
	case len(active) == 0:
		return Project{}, false, &SetupError{
			Message: fmt.Sprintf("project %q (id %d) is archived", found[0].Name, found[0].ID),
			Explain: "unarchive it in Odoo, or choose another project",
		}
	}
	ids := make([]string, len(active))
	for i, p := range active {
		ids[i] = strconv.FormatInt(p.ID, 10)
	}
	return Project{}, false, &SetupError{
		Message: fmt.Sprintf("%d projects are named %q: ids %s", len(active), wanted, strings.Join(ids, ", ")),
		Explain: "give the id of the one you mean",
	}
}

// projectURL is where a browser shows the tasks of a project. Odoo has short
// addresses since version 18.
func projectURL(session odoorpc.Session, id int64) string {
	if session.Major >= 18 {
		return fmt.Sprintf("%s/odoo/project/%d/tasks", session.URL, id)
	}
	return fmt.Sprintf("%s/web#id=%d&model=project.project&view_type=form", session.URL, id)
}

func userName(session odoorpc.Session) string {
	if session.Login != "" {
		return session.Login
	}
	return strconv.FormatInt(session.UserID, 10)
}

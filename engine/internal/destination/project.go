package destination

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"odoosync/odoorpc"
)

// findProject looks the project up, by id or by exact name: the source name,
// else the one that the user reads. It has to be one, visible to the user and
// not archived.
func (t *Destination) findProject(ctx context.Context, wanted string) (err error) {
	if id, ok := asID(wanted); ok {
		_, err = t.searchProject(ctx, odoorpc.Cond("id", "=", id), wanted, nil)
	}
	if err == nil && t.Project.ID == 0 {
		err = t.bySourceName(ctx, 16, func(lang odoorpc.Context) (bool, error) {
			return t.searchProject(ctx, odoorpc.Cond("name", "=", wanted), wanted, lang)
		})
	}
	if err != nil || t.Project.ID != 0 {
		return err
	}
	return &Error{
		Message: fmt.Sprintf("project %q not found, or not visible to user %s", wanted, t.User()),
		Explain: "give the project's id, or its name exactly as in Odoo; if only invited users can see the project, the user must follow it",
	}
}

// asID reads a number as people write ids: "01" is a name, and so is what no
// id of Odoo, a 32-bit integer, can be.
func asID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 32)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == s
}

// searchProject finds the one project that meets the condition. None is no
// error; several are.
func (t *Destination) searchProject(ctx context.Context, condition any, wanted string, lang odoorpc.Context) (found bool, err error) {
	var projects []struct {
		ID     int64        `json:"id"`
		Name   odoorpc.Text `json:"name"`
		Active bool         `json:"active"`
	}
	query := odoorpc.Query{Order: "id", Context: odoorpc.Context{"active_test": false}}
	maps.Copy(query.Context, lang)
	if err := t.odoo.SearchRead(ctx, modelProject, odoorpc.Domain{condition}, []string{"name", "active"}, query, &projects); err != nil {
		return false, err
	}
	var active []Project
	for _, p := range projects {
		if p.Active {
			active = append(active, Project{ID: p.ID, Name: string(p.Name), URL: projectURL(t.Session, p.ID)})
		}
	}
	switch {
	case len(projects) == 0:
		return false, nil
	case len(active) == 1:
		t.Project = active[0]
		return true, nil
	case len(active) == 0:
		return false, &Error{
			Message: fmt.Sprintf("project %q (id %d) is archived", projects[0].Name, projects[0].ID),
			Explain: "unarchive it in Odoo, or choose another project",
		}
	}
	return false, &Error{
		Message: fmt.Sprintf("%d projects are named %q: ids %s", len(active), wanted, idsOf(active)),
		Explain: "give the id of the one you mean",
	}
}

// idsOf lists the ids of the first projects.
func idsOf(projects []Project) string {
	const most = 20
	var ids []string
	for _, p := range projects[:min(len(projects), most)] {
		ids = append(ids, strconv.FormatInt(p.ID, 10))
	}
	list := strings.Join(ids, ", ")
	if more := len(projects) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

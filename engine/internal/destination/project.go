package destination

import (
	"context"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"

	"odoosync/odoorpc"
)

// findProject looks the project up, by id or by exact name: the source name,
// else the one that the user reads. It has to be one, visible to the user and
// not archived.
func (t *Destination) findProject(ctx context.Context, wanted string) (Project, error) {
	if id, ok := asID(wanted); ok {
		project, err := t.searchProject(ctx, odoorpc.Cond("id", "=", id), wanted, nil)
		if err != nil || project.ID != 0 {
			return project, err
		}
	}
	var project Project
	err := t.bySourceName(ctx, 16, func(lang odoorpc.Context) (_ bool, err error) {
		project, err = t.searchProject(ctx, odoorpc.Cond("name", "=", wanted), wanted, lang)
		return project.ID != 0, err
	})
	if err != nil || project.ID != 0 {
		return project, err
	}
	return Project{}, &Error{
		Message: fmt.Sprintf("project %q not found, or not visible to user %s", wanted, t.User()),
		Explain: "give the project's id, or its name exactly as in Odoo; if only invited users can see the project, the user must follow it",
	}
}

// asID reads a number as people write ids: "01" is a name, and so is what no
// id of Odoo, a 32-bit integer, can be.
func asID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id > 0 && id <= math.MaxInt32 && strconv.FormatInt(id, 10) == s
}

// searchProject returns the one project that meets the condition; the zero
// Project where there is none.
func (t *Destination) searchProject(ctx context.Context, condition any, wanted string, lang odoorpc.Context) (Project, error) {
	var found []struct {
		ID     int64        `json:"id"`
		Name   odoorpc.Text `json:"name"`
		Active bool         `json:"active"`
	}
	query := odoorpc.Query{Order: "id", Context: odoorpc.Context{"active_test": false}}
	maps.Copy(query.Context, lang)
	if err := t.odoo.SearchRead(ctx, modelProject, odoorpc.Domain{condition}, []string{"name", "active"}, query, &found); err != nil {
		return Project{}, err
	}
	var active []Project
	for _, p := range found {
		if p.Active {
			active = append(active, Project{ID: p.ID, Name: string(p.Name), URL: projectURL(t.Session, p.ID)})
		}
	}
	switch {
	case len(found) == 0:
		return Project{}, nil
	case len(active) == 1:
		return active[0], nil
	case len(active) == 0:
		return Project{}, &Error{
			Message: fmt.Sprintf("project %q (id %d) is archived", found[0].Name, found[0].ID),
			Explain: "unarchive it in Odoo, or choose another project",
		}
	}
	return Project{}, &Error{
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

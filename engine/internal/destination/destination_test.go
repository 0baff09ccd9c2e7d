package destination

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc"
)

func TestWhatIsAnID(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "42": 42, "2147483647": 2147483647,
		"": 0, "0": 0, "-1": 0, "+1": 0, "01": 0, "1.0": 0, "1e3": 0, "0x1": 0, "1_000": 0, "\t1": 0, "١": 0, "Shop": 0,
		"2147483648": 0, "9223372036854775807": 0, "9223372036854775808": 0, "99999999999999999999": 0,
	} {
		is := is.New(t)
		id, ok := asID(text)
		is.Equal(ok, want != 0)
		if ok {
			is.Equal(id, want)
		}
	}
}

func TestAddressesOfEachVersion(t *testing.T) {
	for major, want := range map[int][2]string{
		14: {"https://o/web#active_id=3&action=project.act_project_project_2_project_task_all&model=project.task&view_type=kanban", "https://o/web#id=7&model=project.task&view_type=form"},
		17: {"https://o/web#active_id=3&action=project.act_project_project_2_project_task_all&model=project.task&view_type=kanban", "https://o/web#id=7&model=project.task&view_type=form"},
		18: {"https://o/odoo/project/3/tasks", "https://o/odoo/project/3/tasks/7"},
		19: {"https://o/odoo/project/3/tasks", "https://o/odoo/project/3/tasks/7"},
	} {
		is := is.New(t)
		session := odoorpc.Session{URL: "https://o", Major: major}
		is.Equal(projectURL(session, 3), want[0])
		is.Equal((&Destination{Session: session, Project: Project{ID: 3}}).TaskURL(7), want[1])
	}
}

func TestSomeIDsOfManyProjects(t *testing.T) {
	is := is.New(t)
	var projects []Project
	for id := range int64(23) {
		projects = append(projects, Project{ID: id + 1})
	}
	is.Equal(idsOf(projects[:2]), "1, 2")
	is.Equal(idsOf(projects[:20]), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20")
	is.Equal(idsOf(projects), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 3 more")
}

// odoo13 has a stage, which cannot be archived there.
type odoo13 struct{ Odoo }

func (odoo13) SearchRead(_ context.Context, _ string, _ odoorpc.Domain, fields []string, _ odoorpc.Query, out any) error {
	if slices.Contains(fields, "active") {
		return errors.New("Invalid field 'active' on model 'project.task.type'")
	}
	return json.Unmarshal([]byte(`[{"id": 5, "name": "Backlog", "project_ids": [3]}]`), out)
}

func TestStagesBeforeOdoo14CannotBeArchived(t *testing.T) {
	is := is.New(t)
	d := &Destination{Session: odoorpc.Session{Major: 13, Lang: "en_US"}, Project: Project{ID: 3}, odoo: odoo13{}}
	stages, err := d.FindStages(t.Context(), []string{Backlog})
	is.NoErr(err)
	is.Equal(stages.Named[0].ID, int64(5))
}

// french has a tag of another name, and keeps the languages that it is asked in.
type french struct {
	Odoo
	asked []any
}

func (f *french) SearchRead(_ context.Context, model string, _ odoorpc.Domain, _ []string, query odoorpc.Query, out any) error {
	f.asked = append(f.asked, query.Context["lang"])
	if model == modelTag {
		return json.Unmarshal([]byte(`[{"id": 5, "name": "Autre"}]`), out)
	}
	return nil
}

func TestNamesAreTranslatedSinceOdoo16(t *testing.T) {
	for major, want := range map[int][]any{15: {nil}, 16: {nil, "fr_FR"}} {
		is := is.New(t)
		for _, find := range []func(*Destination) error{
			func(d *Destination) error { _, err := d.FindTags(t.Context(), []string{"Story"}); return err },
			func(d *Destination) error { _ = d.findProject(t.Context(), "Shop"); return nil },
		} {
			odoo := &french{}
			is.NoErr(find(&Destination{Session: odoorpc.Session{Major: major, Lang: "fr_FR"}, odoo: odoo}))
			is.Equal(odoo.asked, want)
		}
	}
}

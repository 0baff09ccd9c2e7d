package e2e

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"odoosync/odoorpc/odoosim"
)

// A world is a server with what the scenes need: users of every right, and
// projects of every kind. Real and simulated ones look the same over the wire.
type world struct {
	version int
	real    bool

	admin    account // not the one that records
	manager  account // Project/Administrator
	user     account // Project/User
	employee account // no right in the project application

	project  int64 // what the calls work in
	hidden   int64 // only its followers see it: neither user nor employee
	archived int64

	sim *odoosim.Server // nil for a real server
}

const password = "wire-password"

// simulatedWorld is the same on odoosim.
func simulatedWorld(t *testing.T, version int) *world {
	t.Helper()
	sim := odoosim.New(odoosim.WithDialect(odoosim.Dialect(version)), odoosim.WithDatabase("odoo"+strconv.Itoa(version)))
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	w := &world{version: version, sim: sim}
	enrol := func(login string, role odoosim.Role) account {
		key := strings.Repeat(strconv.Itoa(int(role)), 40)
		a := account{base: sim.URL(), database: sim.Database(), login: login, password: password, key: key}
		a.uid = sim.AddUser(odoosim.User{Login: login, Password: password, APIKey: key, Role: role})
		return a
	}
	w.admin = account{base: sim.URL(), database: sim.Database(), login: odoosim.DemoLogin, password: odoosim.DemoPassword, uid: 2}
	w.manager = enrol("wire-manager", odoosim.Manager)
	w.user = enrol("wire-user", odoosim.ProjectUser)
	w.employee = enrol("wire-employee", odoosim.Internal)
	w.project = sim.AddProject(odoosim.Project{Name: "wire"})
	sim.AddTask(odoosim.Task{Name: "Somebody's", ProjectID: w.project}) // as on a server that is in use
	w.hidden = sim.AddProject(odoosim.Project{Name: "wire hidden", Privacy: odoosim.PrivacyFollowers})
	w.archived = sim.AddProject(odoosim.Project{Name: "wire archived", Archived: true})
	return w
}

// realWorld makes users on a real server, where it has none yet, and projects.
func realWorld(t *testing.T, version int) *world {
	t.Helper()
	admin := realOdoo(t, strconv.Itoa(version))
	w := &world{version: version, real: true, admin: admin}
	enrol := func(login, group string) account {
		a := account{base: admin.base, database: admin.database, login: login, password: password}
		if len(admin.search(t, "res.users", []any{"login", "=", login})) == 0 {
			groups := []int64{w.reference(t, "base.group_user")}
			if group != "" {
				groups = append(groups, w.reference(t, group))
			}
			groupsField := "group_ids"
			if version < 19 {
				groupsField = "groups_id"
			}
			admin.create(t, "res.users",
				map[string]any{"name": login, "login": login, "email": login + "@example.com", "password": password, groupsField: []any{[]any{6, 0, groups}}},
				map[string]any{"no_reset_password": true})
		}
		a.logIn(t)
		if version >= 19 {
			a.makeKey(t)
		}
		return a
	}
	w.manager = enrol("wire-manager", "project.group_project_manager")
	w.user = enrol("wire-user", "project.group_project_user")
	w.employee = enrol("wire-employee", "")
	w.project = admin.create(t, "project.project", map[string]any{"name": "wire"}, nil)
	w.hidden = admin.create(t, "project.project", map[string]any{"name": "wire hidden", "privacy_visibility": "followers"}, nil)
	w.archived = admin.create(t, "project.project", map[string]any{"name": "wire archived"}, nil)
	admin.create(t, "project.task", map[string]any{"name": "Somebody's", "project_id": w.project}, nil) // as on a server that is in use
	admin.call(t, nil, "project.project", "write", []any{[]any{w.archived}, map[string]any{"active": false}}, nil)
	return w
}

// reference is the record of an external id.
func (w *world) reference(t *testing.T, externalID string) int64 {
	t.Helper()
	module, name, _ := strings.Cut(externalID, ".")
	var found []struct {
		ID int64 `json:"res_id"`
	}
	w.admin.call(t, &found, "ir.model.data", "search_read", []any{[]any{[]any{"module", "=", module}, []any{"name", "=", name}}}, map[string]any{"fields": []string{"res_id"}})
	return found[0].ID
}

// archive and remove change a task behind the back of whoever records.
func (w *world) archive(t *testing.T, task int64) {
	t.Helper()
	w.admin.call(t, nil, "project.task", "write", []any{[]any{task}, map[string]any{"active": false}}, nil)
}

func (w *world) remove(t *testing.T, task int64) {
	t.Helper()
	w.admin.call(t, nil, "project.task", "unlink", []any{[]any{task}}, nil)
}

// collide sends two requests so that they overlap in time and returns both
// answers.
func (w *world) collide(t *testing.T, one, other request) [2]answer {
	t.Helper()
	if w.sim != nil {
		both := make(chan struct{})
		var arrived sync.Once
		w.sim.Inject(odoosim.Fault{Times: 2, Match: func(c odoosim.Call) bool {
			if c.Overlap > 0 {
				arrived.Do(func() { close(both) })
			}
			return true
		}, Action: odoosim.Delay(both)})
		defer w.sim.ClearFaults()
	}
	var answers [2]answer
	var errs [2]error
	var group sync.WaitGroup
	for i, r := range []request{one, other} {
		group.Go(func() { answers[i], errs[i] = r.send(browser, w.admin.base) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// isForeign reports whether the real server is another than those of odoo-up: see e2e/run.
func isForeign() bool { return os.Getenv("ODOO_URL") != "" && os.Getenv("ODOOSYNC_E2E_PGPORT") == "" }

// chosenVersions are the real servers that ODOOSYNC_E2E asks for.
func chosenVersions() []string {
	return strings.FieldsFunc(os.Getenv("ODOOSYNC_E2E"), func(r rune) bool { return r == ',' || r == ' ' })
}

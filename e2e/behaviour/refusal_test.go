package behaviour

import (
	"fmt"
	"strings"
	"testing"
)

func TestWrongPassword(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.user.password, w.user.key = "no such password", strings.Repeat("0", 40)
		w.stopsBeforeTheFirstTask("login", "login refused", `"`+o.db+`"`)
	})
}

func TestUnknownDatabase(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.o.db = "nosuchdatabase"
		w.write(shop)
		w.mustFail(exitRefused, "database", []string{"nosuchdatabase"})
	})
}

func TestInvisibleProject(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.addBacklog()
		w.user = w.o.newUser(projectUser)
		w.o.hideProject(w.project)
		w.stopsBeforeTheFirstTask("setup", fmt.Sprintf("project %q not found, or not visible", decimal(w.project)))
	})
}

func TestArchivedProject(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		w.o.odoo.call("project.project", "write", nil, nil, []int64{w.project}, object{"active": false})
		w.stopsBeforeTheFirstTask("setup", "is archived", "unarchive it in Odoo")
	})
}

func TestDeletedParent(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		parent := w.o.odoo.create("project.task", object{"name": "Checkout", "project_id": w.project})
		w.o.odoo.call("project.task", "unlink", nil, nil, []int64{parent})
		before := w.write(fmt.Sprintf("[features.Checkout]\ntask_id = %d\nuser_stories = [ { name = \"By card\", task_id = 0 } ]\n", parent))
		w.mustFail(exitRefused, "setup", []string{fmt.Sprintf("map.toml:2: feature \"Checkout\": its task %d is not in Odoo", parent)})
		if string(w.read()) != string(before) || len(w.tasks()) > 0 {
			t.Fatal("something was made or changed")
		}
	})
}

func TestNobodyAnswers(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		w := newWorld(t, o)
		before := w.write(shop)
		w.o.url = "http://127.0.0.1:1"
		w.mustFail(exitUnreachable, "transport", []string{"connection refused", "check the host and port"})
		if string(w.read()) != string(before) {
			t.Fatal("the map was changed")
		}
	})
}

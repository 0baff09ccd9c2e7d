package odoosim

// Role is what a user may do.
type Role int

// The roles, from least to most.
const (
	Portal      Role = iota // a customer: sees stages and tags, no tasks
	Internal                // an employee without the project application
	ProjectUser             // Project/User
	Manager                 // Project/Administrator
)

// Privacy says which employees see a project.
type Privacy int

// The privacy of projects; the zero value is what Odoo gives new projects.
const (
	PrivacyPortal    Privacy = iota // employees, and invited customers
	PrivacyEmployees                // employees
	PrivacyFollowers                // invited employees only
)

func (p Privacy) selection() string {
	return []string{"portal", "employees", "followers"}[p]
}

type operation string

const (
	opRead   operation = "read"
	opWrite  operation = "write"
	opCreate operation = "create"
	opUnlink operation = "unlink"
)

// verbs are the operations as the messages of Odoo say them.
var verbs = map[operation]string{opRead: "access", opWrite: "modify", opCreate: "create", opUnlink: "delete"}

// allowed tells whether the access list of a model lets the user do op on at
// least some records.
func (t *tx) allowed(m *model, op operation) bool {
	role := t.account.Role
	if t.super {
		return true
	}
	switch m.name {
	case modelData:
		return role == Manager || op == opRead && role != Portal && t.dialect == V14
	case modelUser:
		return op == opRead || role == Manager
	}
	if op == opRead || role == Manager {
		return true
	}
	if role == Portal || m.name == modelProject {
		return false
	}
	if t.dialect != V14 {
		return true
	}
	return m.name == modelTask && role == ProjectUser
}

func (t *tx) checkACL(m *model, op operation) error {
	if t.allowed(m, op) {
		return nil
	}
	group := "Project/Administrator"
	switch m.name {
	case modelTask:
		group = "Project/User"
	case modelData, modelUser:
		group = "Administration/Access Rights"
	}
	return accessError("%s\n\n%s\n\n%s",
		t.say("You are not allowed to "+verbs[op]+" '%s' (%s) records.", t.say(m.label), m.name),
		t.say("This operation is allowed for the following groups:\n\t- %s", group),
		t.say("Contact your administrator to request access if necessary."))
}

// permits tells whether the record rules let the user do op on a record.
func (t *tx) permits(tab *table, op operation, r *row) bool {
	if t.super || t.account.Role == Manager {
		return true
	}
	switch tab.name {
	case modelProject:
		return t.seesProject(r)
	case modelTask:
		if op != opRead && t.account.Role < ProjectUser {
			return false
		}
		return t.seesTask(tab, r)
	case modelStage:
		if op == opRead || t.dialect == V14 || t.account.Role == Internal {
			return true
		}
		return tab.number(r.id, "user_id") == t.uid()
	default:
		return true
	}
}

func (t *tx) seesProject(r *row) bool {
	if r == nil || t.account.Role == Portal {
		return false
	}
	projects := t.table(modelProject)
	return projects.text(r.id, "privacy_visibility") != PrivacyFollowers.selection() ||
		projects.set(r.id, "message_follower_ids").has(t.uid())
}

func (t *tx) seesTask(tab *table, r *row) bool {
	if t.account.Role == Portal {
		return false
	}
	if project := tab.number(r.id, "project_id"); project != 0 && t.seesProject(t.table(modelProject).rows[project]) {
		return true
	}
	if tab.set(r.id, "message_follower_ids").has(t.uid()) && tab.number(r.id, "project_id") != 0 {
		return true
	}
	if t.dialect == V14 {
		return tab.number(r.id, "user_id") == t.uid() || tab.number(r.id, "create_uid") == t.uid() && tab.number(r.id, "project_id") == 0
	}
	return tab.set(r.id, "user_ids").has(t.uid()) // who made a private task and is not assigned to it does not see it
}

func (t *tx) checkRule(tab *table, op operation, r *row) error {
	if t.permits(tab, op, r) {
		return nil
	}
	if t.dialect == V14 {
		return accessError("Due to security restrictions, you are not allowed to %s '%s' (%s) records.\n\n"+
			"Records: %s (id=%d)\nUser: %s (id=%d)\n\nThis restriction is due to the following rules:\n"+
			"- %s: Only invited users\n\n"+
			"Contact your administrator to request access if necessary.",
			verbs[op], tab.label, tab.name, tab.text(r.id, "name"), r.id, t.account.Name, t.uid(), tab.label)
	}
	return accessError("%s\n\n%s\n- %s (%s)\n\n%s",
		t.say("Uh-oh! Looks like you have stumbled upon some top-secret records."),
		t.say("Sorry, %s (id=%d) doesn't have '%s' access to:", t.account.Name, t.uid(), t.say(string(op))),
		t.say(tab.label), tab.name,
		t.say("If you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies."))
}

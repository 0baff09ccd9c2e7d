package odoosim

import "slices"

// assigns tells whether tasks without an assignee get the user of the call.
// Odoo 19 leaves them alone when all of a call stand under one parent.
func (t *tx) assigns(tab *table, list []values) bool {
	if tab.name != modelTask || t.dialect == V14 || len(list) == 0 {
		return true
	}
	parent, _ := asInt(list[0]["parent_id"])
	if parent == 0 {
		return true
	}
	return slices.ContainsFunc(list, func(sent values) bool {
		id, _ := asInt(sent["parent_id"])
		return id != parent
	})
}

// completeTask fills in what project code adds to a new task.
func (t *tx) completeTask(tab *table, all values, vals []any, assign bool) error {
	at := func(name string) *any { return &vals[tab.field(name).pos] }
	projects, stages := t.table(modelProject), t.table(modelStage)
	parent := (*at("parent_id")).(int64)

	if _, given := all["project_id"]; !given && parent != 0 {
		*at("project_id") = tab.number(parent, "project_id")
	}
	project := (*at("project_id")).(int64)
	if project != 0 {
		if err := t.checkRule(projects, opRead, projects.rows[project]); err != nil {
			return err
		}
	}
	_, stageGiven := all["stage_id"]
	switch stage := (*at("stage_id")).(int64); {
	case project == 0 && t.dialect != V14:
		*at("stage_id") = int64(0)
	case project == 0:
	case !stageGiven:
		*at("stage_id") = t.firstStage(project)
	case stage != 0 && t.dialect != V14 && !projects.set(project, "type_ids").has(stage):
		if err := t.checkACL(projects.model, opWrite); t.dialect == V17 && err != nil {
			return err
		}
		t.set(projects, projects.rows[project], "type_ids", slices.Clone(projects.set(project, "type_ids")).insert(stage))
		t.set(stages, stages.rows[stage], "project_ids", slices.Clone(stages.set(stage, "project_ids")).insert(project))
	}
	if _, given := all[t.dialect.assigneeField()]; !given && assign {
		if t.dialect == V14 {
			*at("user_id") = t.uid()
		} else {
			*at("user_ids") = newIDSet(t.uid())
		}
	}
	if t.dialect != V14 {
		*at("display_in_project") = parent == 0
	}
	return nil
}

// firstStage is the stage of a task for which none was sent: the first of the
// project that is not folded, 0 when there is none.
func (t *tx) firstStage(project int64) int64 {
	stages := t.table(modelStage)
	var first int64
	for _, id := range t.table(modelProject).set(project, "type_ids") {
		if stages.truth(id, "fold") || !stages.truth(id, "active") {
			continue
		}
		if first == 0 || stages.number(id, "sequence") < stages.number(first, "sequence") {
			first = id
		}
	}
	return first
}

// announce adds the creation message and the followers of a new task, unless
// the context of the call asks for silence.
func (t *tx) announce(tab *table, r *row) {
	projects := t.table(modelProject)
	quiet := t.contextFlag("tracking_disable", false)
	var followers idSet
	if !quiet {
		if project := tab.number(r.id, "project_id"); project != 0 {
			followers = slices.Clone(projects.set(project, "message_follower_ids"))
		}
		if t.dialect == V14 {
			if user := tab.number(r.id, "user_id"); user != 0 && user != t.uid() {
				followers = followers.insert(user)
			}
			if !t.contextFlag("mail_create_nosubscribe", false) {
				followers = followers.insert(t.uid())
			}
		}
	}
	if t.dialect != V14 {
		followers = followers.insert(t.uid())
	}
	if len(followers) > 0 {
		t.set(tab, r, "message_follower_ids", followers)
	}
	if !quiet && !t.contextFlag("mail_create_nolog", false) {
		t.set(tab, r, "message_ids", idSet{t.db.nextMessage()})
	}
}

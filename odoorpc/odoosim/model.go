package odoosim

// Names of the models.
const (
	modelProject = "project.project"
	modelTask    = "project.task"
	modelStage   = "project.task.type"
	modelTag     = "project.tags"
	modelUser    = "res.users"
	modelData    = "ir.model.data"
	modelLead    = "crm.lead"
	modelPhase   = "crm.stage"
)

// kind is the type of a field.
type kind string

const (
	kindChar      kind = "char"
	kindHTML      kind = "html"
	kindSelection kind = "selection"
	kindInteger   kind = "integer"
	kindBoolean   kind = "boolean"
	kindDatetime  kind = "datetime"
	kindMany2one  kind = "many2one"
	kindMany2many kind = "many2many"
)

// field describes one field of a model.
type field struct {
	name       string
	label      string
	kind       kind
	relation   string // model that a relation points to
	required   bool
	readonly   bool // set by the server; values from clients are ignored
	indexed    bool
	translated bool // has a text of its own in each language
	missing    any  // value when neither sent nor given by the context
	pos        int  // place in row.vals
}

// zero is the value of a field that was set to false.
func (f *field) zero() any {
	switch f.kind {
	case kindInteger, kindMany2one:
		return int64(0)
	case kindBoolean:
		return false
	case kindMany2many:
		return idSet(nil)
	default:
		return nil
	}
}

// model describes one model.
type model struct {
	name   string
	label  string
	order  string // default order of searches
	fields []*field
	byName map[string]*field
}

func (m *model) field(name string) *field { return m.byName[name] }

func newModel(name, label, order string, fields ...*field) *model {
	fields = append([]*field{
		{name: "id", label: "ID", kind: kindInteger, readonly: true},
		{name: "create_uid", label: "Created by", kind: kindMany2one, relation: modelUser, readonly: true},
		{name: "create_date", label: "Created on", kind: kindDatetime, readonly: true},
		{name: "write_uid", label: "Last Updated by", kind: kindMany2one, relation: modelUser, readonly: true},
		{name: "write_date", label: "Last Updated on", kind: kindDatetime, readonly: true},
	}, fields...)
	m := &model{name: name, label: label, order: order, fields: fields, byName: map[string]*field{}}
	for pos, f := range fields {
		f.pos = pos
		m.byName[f.name] = f
	}
	return m
}

// models returns the models as a dialect has them.
func models(d Dialect) []*model { return append(projectModels(d), otherModels()...) }

func projectModels(d Dialect) []*model {
	project := newModel(modelProject, "Project", "sequence, name, id",
		&field{name: "name", label: "Name", kind: kindChar, required: true, translated: d != V14},
		&field{name: "active", label: "Active", kind: kindBoolean, missing: true},
		&field{name: "sequence", label: "Sequence", kind: kindInteger, missing: int64(10)},
		&field{name: "privacy_visibility", label: "Visibility", kind: kindSelection, required: true, missing: "portal"},
		&field{name: "type_ids", label: "Tasks Stages", kind: kindMany2many, relation: modelStage},
		&field{name: "message_follower_ids", label: "Followers", kind: kindMany2many, relation: modelUser, readonly: true},
	)
	task := []*field{
		{name: "name", label: "Title", kind: kindChar, required: true, indexed: true},
		{name: "description", label: "Description", kind: kindHTML},
		{name: "active", label: "Active", kind: kindBoolean, missing: true},
		{name: "priority", label: "Priority", kind: kindSelection, missing: "0"},
		{name: "sequence", label: "Sequence", kind: kindInteger, missing: int64(10)},
		{name: "project_id", label: "Project", kind: kindMany2one, relation: modelProject, indexed: true},
		{name: "stage_id", label: "Stage", kind: kindMany2one, relation: modelStage},
		{name: "parent_id", label: "Parent Task", kind: kindMany2one, relation: modelTask, indexed: true},
		{name: "tag_ids", label: "Tags", kind: kindMany2many, relation: modelTag},
		{name: "message_ids", label: "Messages", kind: kindMany2many, readonly: true},
		{name: "message_follower_ids", label: "Followers", kind: kindMany2many, relation: modelUser, readonly: true},
	}
	stageName, folded, tagOrder := "Name", "Folded", "name"
	if d == V14 {
		stageName, folded, tagOrder = "Stage Name", "Folded in Kanban", "id"
	}
	stage := []*field{
		{name: "name", label: stageName, kind: kindChar, required: true, indexed: true, translated: true},
		{name: "active", label: "Active", kind: kindBoolean, missing: true},
		{name: "sequence", label: "Sequence", kind: kindInteger, missing: int64(1)},
		{name: "fold", label: folded, kind: kindBoolean},
		{name: "project_ids", label: "Projects", kind: kindMany2many, relation: modelProject},
	}
	if d == V14 {
		task = append(task,
			&field{name: "user_id", label: "Assigned to", kind: kindMany2one, relation: modelUser})
	} else {
		task = append(task,
			&field{name: "user_ids", label: "Assignees", kind: kindMany2many, relation: modelUser},
			&field{name: "display_in_project", label: "Display In Project", kind: kindBoolean})
		stage = append(stage,
			&field{name: "user_id", label: "Stage Owner", kind: kindMany2one, relation: modelUser})
	}
	return []*model{
		project,
		newModel(modelTask, "Task", "priority desc, sequence, id desc", task...),
		newModel(modelStage, "Task Stage", "sequence, id", stage...),
		newModel(modelTag, "Project Tags", tagOrder,
			&field{name: "name", label: "Name", kind: kindChar, required: true, indexed: true, translated: d != V14},
			&field{name: "color", label: "Color", kind: kindInteger},
		),
	}
}

func otherModels() []*model {
	return []*model{
		newModel(modelPhase, "CRM Stages", "id",
			&field{name: "name", label: "Stage Name", kind: kindChar, required: true},
		),
		newModel(modelLead, "Lead/Opportunity", "id desc",
			&field{name: "name", label: "Opportunity", kind: kindChar, required: true},
			&field{name: "stage_id", label: "Stage", kind: kindMany2one, relation: modelPhase, missing: int64(1)},
			&field{name: "user_id", label: "Salesperson", kind: kindMany2one, relation: modelUser},
		),
		newModel(modelUser, "User", "name, login",
			&field{name: "name", label: "Name", kind: kindChar, required: true},
			&field{name: "login", label: "Login", kind: kindChar, required: true},
			&field{name: "active", label: "Active", kind: kindBoolean, missing: true},
			&field{name: "lang", label: "Language", kind: kindSelection, missing: "en_US"},
			&field{name: "tz", label: "Timezone", kind: kindSelection},
			&field{name: "share", label: "Share User", kind: kindBoolean, readonly: true},
		),
		newModel(modelData, "Model Data", "module, model, name",
			&field{name: "complete_name", label: "Complete ID", kind: kindChar, readonly: true, indexed: true},
			&field{name: "module", label: "Module", kind: kindChar, required: true, missing: ""},
			&field{name: "name", label: "External Identifier", kind: kindChar, required: true},
			&field{name: "model", label: "Model Name", kind: kindChar, required: true},
			&field{name: "res_id", label: "Record ID", kind: kindInteger, indexed: true},
			&field{name: "noupdate", label: "Non Updatable", kind: kindBoolean},
		),
	}
}

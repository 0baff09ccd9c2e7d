package odoosim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// User is someone who can log in. An empty Password or APIKey opens nothing.
type User struct {
	Login, Password, APIKey string
	Name                    string // the login when empty
	Role                    Role
	Lang                    string // "fr_FR"; English when empty
	TwoFactor               bool   // the password is refused over RPC, the key is not
}

// Project is a project. Followers are ids of users.
type Project struct {
	ID        int64 // set by the server
	Name      string
	Archived  bool
	Privacy   Privacy
	Followers []int64
}

// Stage is a column of the board of some projects.
type Stage struct {
	ID       int64
	Name     string
	Sequence int
	Projects []int64 // ascending
	Archived bool
}

// Tag is a tag of tasks.
type Tag struct {
	ID   int64
	Name string
}

// Lead is a record of the CRM, which automations create for tasks.
type Lead struct {
	ID      int64
	Name    string
	StageID int64 // of the CRM's own stages, 1 to 4
	UserID  int64 // the salesperson; 0: nobody
}

// Task is a task as a database administrator sees it. 0 and "" mean not set.
type Task struct {
	ID          int64
	Name        string
	Description string // HTML as stored
	ProjectID   int64
	ParentID    int64
	StageID     int64
	TagIDs      []int64 // ascending
	Archived    bool
	Sequence    int     // 0 in AddTask: Odoo's default of 10
	ExternalID  string  // "module.name"
	Assigned    []int64 // ids of users, ascending
	CreatedBy   int64   // id of a user; 0 in AddTask: the administrator
	Messages    int     // how many; not taken in
	Followers   int     // how many; not taken in
}

// AddUser adds a user and returns the id. It panics when the login is taken.
func (s *Server) AddUser(u User) int64 {
	return seed(s, func(t *tx) int64 {
		if s.db.byLogin(u.Login) != nil {
			panic(fmt.Sprintf("odoosim: there is a user %q already", u.Login))
		}
		if u.Name == "" {
			u.Name = u.Login
		}
		users := t.table(modelUser)
		id := t.must(t.createOne(users, values{"name": u.Name, "login": u.Login, "lang": cmp.Or(u.Lang, english)}, false))
		t.set(users, users.rows[id], "share", u.Role == Portal)
		s.db.accounts[id] = &account{User: u, id: id}
		return id
	})
}

// AddProject adds a project without stages and returns the id.
func (s *Server) AddProject(p Project) int64 {
	return seed(s, func(t *tx) int64 {
		projects := t.table(modelProject)
		id := t.must(t.createOne(projects, values{
			"name": p.Name, "active": !p.Archived, "privacy_visibility": p.Privacy.selection(),
		}, false))
		t.set(projects, projects.rows[id], "message_follower_ids", newIDSet(p.Followers...))
		return id
	})
}

// AddStage adds a stage to projects and returns the id.
func (s *Server) AddStage(name string, sequence int, projects ...int64) int64 {
	return seed(s, func(t *tx) int64 {
		return t.must(t.createOne(t.table(modelStage), values{
			"name": name, "sequence": number(int64(sequence)), "project_ids": setCommand(projects),
		}, false))
	})
}

// AddTag adds a tag and returns the id. It panics when the name is taken.
func (s *Server) AddTag(name string) int64 {
	return seed(s, func(t *tx) int64 {
		return t.must(t.createOne(t.table(modelTag), values{"name": name}, false))
	})
}

// AddTask adds a task, without message or follower, and returns the id. A task
// with an ID of its own must have one that is free; later ids are larger.
func (s *Server) AddTask(task Task) int64 {
	return seed(s, func(t *tx) int64 {
		tasks := t.table(modelTask)
		t.context = map[string]any{"tracking_disable": true}
		if task.ID != 0 {
			if tasks.rows[task.ID] != nil {
				panic(fmt.Sprintf("odoosim: there is a task %d already", task.ID))
			}
			after := max(tasks.nextID, task.ID+1)
			tasks.nextID = task.ID
			defer func() { tasks.nextID = max(tasks.nextID, after) }()
		}
		if task.Sequence == 0 {
			task.Sequence = 10
		}
		id := t.must(t.createOne(tasks, values{"name": task.Name}, false))
		t.set(tasks, tasks.rows[id], "message_follower_ids", idSet(nil))
		task.ID = id
		t.putTask(task)
		return id
	})
}

// Task returns one task; false when there is none with this id.
func (s *Server) Task(id int64) (Task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db.tables[modelTask].rows[id] == nil {
		return Task{}, false
	}
	return s.db.task(s.dialect, id), true
}

// Tasks returns all tasks, archived ones too, by id.
func (s *Server) Tasks() []Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make([]Task, 0, len(s.db.tables[modelTask].ids))
	for _, id := range s.db.tables[modelTask].ids {
		tasks = append(tasks, s.db.task(s.dialect, id))
	}
	return tasks
}

// UpdateTask changes a task without the clients' knowledge. Its ID, Messages
// and Followers cannot be changed. It panics when there is no such task.
func (s *Server) UpdateTask(id int64, change func(*Task)) {
	seed(s, func(t *tx) int64 {
		t.updateTask(id, change)
		return id
	})
}

func (t *tx) updateTask(id int64, change func(*Task)) {
	if t.table(modelTask).rows[id] == nil {
		panic(fmt.Sprintf("odoosim: there is no task %d", id))
	}
	task := t.db.task(t.dialect, id)
	change(&task)
	task.ID = id
	t.putTask(task)
}

// DeleteTask deletes a task and its external id. It panics when there is no
// such task.
func (s *Server) DeleteTask(id int64) {
	seed(s, func(t *tx) int64 {
		if err := t.unlink([]int64{id}); err != nil {
			panic("odoosim: " + err.Error())
		}
		return id
	})
}

// Stages returns all stages, by id.
func (s *Server) Stages() []Stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	tab := s.db.tables[modelStage]
	stages := make([]Stage, 0, len(tab.ids))
	for _, id := range tab.ids {
		stages = append(stages, Stage{
			ID: id, Name: tab.text(id, "name"), Sequence: int(tab.number(id, "sequence")),
			Projects: slices.Clone(tab.set(id, "project_ids")), Archived: !tab.truth(id, "active"),
		})
	}
	return stages
}

// Tags returns all tags, by id.
func (s *Server) Tags() []Tag {
	s.mu.Lock()
	defer s.mu.Unlock()
	tab := s.db.tables[modelTag]
	tags := make([]Tag, 0, len(tab.ids))
	for _, id := range tab.ids {
		tags = append(tags, Tag{ID: id, Name: tab.text(id, "name")})
	}
	return tags
}

// Leads returns all leads, by id.
func (s *Server) Leads() []Lead {
	s.mu.Lock()
	defer s.mu.Unlock()
	tab := s.db.tables[modelLead]
	leads := make([]Lead, 0, len(tab.ids))
	for _, id := range tab.ids {
		leads = append(leads, Lead{ID: id, Name: tab.text(id, "name"), StageID: tab.number(id, "stage_id"), UserID: tab.number(id, "user_id")})
	}
	return leads
}

// seed runs a change with all rights and commits it.
func seed(s *Server, change func(*tx) int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	const administrator = 2
	by := s.db.accounts[administrator]
	if by == nil {
		by = &account{id: 1} // Odoo itself, while the administrator is being made
	}
	t := newTx(s.dialect, s.db, by, s.clock())
	t.super = true
	id := change(t)
	t.commit()
	if s.replica != nil {
		s.replica.states = nil
		s.replica.note(s.db, s.clock(), s.arrived())
	}
	return id
}

// must panics on the error of a seeding step.
func (t *tx) must(id int64, err error) int64 {
	if err != nil {
		panic("odoosim: " + err.Error())
	}
	return id
}

func setCommand(ids []int64) any {
	list := make([]any, 0, len(ids))
	for _, id := range ids {
		list = append(list, number(id))
	}
	return []any{[]any{number(6), number(0), list}}
}

// putTask stores what a Task says over the record with its id.
func (t *tx) putTask(task Task) {
	tasks := t.table(modelTask)
	r := tasks.rows[task.ID]
	for name, id := range map[string]int64{"project_id": task.ProjectID, "parent_id": task.ParentID, "stage_id": task.StageID} {
		other := t.table(tasks.field(name).relation)
		if id != 0 && other.rows[id] == nil {
			panic(fmt.Sprintf("odoosim: there is no %s %d", other.name, id))
		}
		t.set(tasks, r, name, id)
	}
	for _, id := range task.TagIDs {
		if t.table(modelTag).rows[id] == nil {
			panic(fmt.Sprintf("odoosim: there is no tag %d", id))
		}
	}
	var description any
	if task.Description != "" {
		description = task.Description
	}
	t.set(tasks, r, "name", task.Name)
	t.set(tasks, r, "description", description)
	t.set(tasks, r, "tag_ids", newIDSet(task.TagIDs...))
	t.set(tasks, r, "active", !task.Archived)
	t.set(tasks, r, "sequence", int64(task.Sequence))
	if task.CreatedBy != 0 {
		t.set(tasks, r, "create_uid", task.CreatedBy)
	}
	if t.dialect == V14 {
		var user int64
		if len(task.Assigned) > 0 {
			user = task.Assigned[0]
		}
		t.set(tasks, r, "user_id", user)
	} else {
		t.set(tasks, r, "user_ids", newIDSet(task.Assigned...))
		t.set(tasks, r, "display_in_project", task.ParentID == 0)
	}
	t.putExternalID(task)
}

func (t *tx) putExternalID(task Task) {
	data := t.table(modelData)
	for _, ref := range slices.Clone(data.lookup("res_id", task.ID)) {
		if data.text(ref, "model") != modelTask {
			continue
		}
		if data.text(ref, "complete_name") == task.ExternalID {
			return
		}
		t.remove(data, data.rows[ref])
	}
	if task.ExternalID == "" {
		return
	}
	if !strings.Contains(task.ExternalID, ".") {
		panic(fmt.Sprintf("odoosim: external id %q lacks its module", task.ExternalID))
	}
	defer func(was map[string]any) { t.context = was }(t.context)
	t.context = map[string]any{"noupdate": true}
	if err := t.name(t.table(modelTask), task.ExternalID, task.ID); err != nil {
		panic(fmt.Sprintf("odoosim: external id %q is taken", task.ExternalID))
	}
}

// task reads one task.
func (db *database) task(d Dialect, id int64) Task {
	tab, data := db.tables[modelTask], db.tables[modelData]
	task := Task{
		ID:          id,
		Name:        tab.text(id, "name"),
		Description: tab.text(id, "description"),
		ProjectID:   tab.number(id, "project_id"),
		ParentID:    tab.number(id, "parent_id"),
		StageID:     tab.number(id, "stage_id"),
		TagIDs:      slices.Clone(tab.set(id, "tag_ids")),
		Archived:    !tab.truth(id, "active"),
		Sequence:    int(tab.number(id, "sequence")),
		CreatedBy:   tab.number(id, "create_uid"),
		Messages:    len(tab.set(id, "message_ids")),
		Followers:   len(tab.set(id, "message_follower_ids")),
	}
	for _, ref := range data.lookup("res_id", id) {
		if data.text(ref, "model") == modelTask {
			task.ExternalID = data.text(ref, "complete_name")
			break
		}
	}
	if d == V14 {
		if user := tab.number(id, "user_id"); user != 0 {
			task.Assigned = []int64{user}
		}
	} else {
		task.Assigned = slices.Clone(tab.set(id, "user_ids"))
	}
	return task
}

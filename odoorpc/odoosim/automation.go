package odoosim

import (
	"errors"
	"fmt"
)

// Automation is what runs inside the calls that create records, such as an
// automation rule or the code of a module. It acts in the transaction of the
// call, with the context of the call and in the name of its user, but with the
// rights of the server. It holds for one run of a hook.
type Automation struct {
	t   *tx
	tab *table
}

// OnCreate has run called in every create and load of a model, such as
// "project.task", once its new records are stored. ids are the new records in
// order; run may put them in another order, as modules do that return them so:
// the answer and the external ids of a load follow it.
//
// An error of run fails the records; make it with [UserError], [TriggerError]
// or [AtCommit]. As in Odoo, a load whose rows fail together tries them one by
// one, so that run sees the same rows again, each alone. run must not call the
// server.
func (s *Server) OnCreate(model string, run func(a *Automation, ids []int64) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db.tables[model] == nil {
		panic(fmt.Sprintf("odoosim: there is no model %q", model))
	}
	s.hooks[model] = run
}

// UserError is the error of a rule or a constraint that refuses a record.
func UserError(message string) error { return userError("%s", message) }

// TriggerError is the exception of a trigger in the database, which ends the
// transaction: Odoo cannot find out which row it was.
func TriggerError(message string) error {
	return databaseError("errors.RaiseException", "%s\nCONTEXT:  PL/pgSQL function refuse() line 1 at RAISE\n", message)
}

const triggerError = "psycopg2.errors.RaiseException"

// AtCommit has the error come when all rows are stored and the call is about to
// be committed, as a deferred constraint of the database does. No answer from
// load names it then: the call fails.
func AtCommit(err error) error { return atCommit{err} }

type atCommit struct{ error }

// Name is the name of a new record, as it is stored.
func (a *Automation) Name(id int64) string { return a.tab.text(id, "name") }

// UpdateTask changes a task, as [Server.UpdateTask] does.
func (a *Automation) UpdateTask(id int64, change func(*Task)) { a.t.updateTask(id, change) }

// DeleteTask deletes a task.
func (a *Automation) DeleteTask(id int64) error { return a.t.unlink([]int64{id}) }

// Create creates one more record with this name. What the context of the call
// gives as default_<field> holds for it too.
func (a *Automation) Create(model, name string) (int64, error) {
	ids, err := a.t.create(a.t.table(model), []values{{"name": name}})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// automate runs the hook of a model on new records; not for those that a hook
// creates itself.
func (t *tx) automate(tab *table, ids []int64) error {
	run := t.hooks[tab.name]
	if run == nil || t.super || len(ids) == 0 {
		return nil
	}
	err := t.asSuper(func() error { return run(&Automation{t, tab}, ids) })
	if late, ok := errors.AsType[atCommit](err); ok {
		t.late = late.error
		t.undo = append(t.undo, func() { t.late = nil })
		return nil
	}
	return err
}

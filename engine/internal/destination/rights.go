package destination

import (
	"context"
	"errors"

	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Permission is what Odoo says about a right, as far as it can be asked
// without using it.
type Permission string

// The answers to a question for a right.
const (
	Unknown Permission = ""
	Allowed Permission = "allowed"
	Denied  Permission = "denied"
)

// MayCreateTasks asks for the user's right to create tasks.
func (t *Destination) MayCreateTasks(ctx context.Context) Permission {
	return t.mayCreate(ctx, modelTask)
}

// MayImport asks whether the user may import tasks, by importing none: modules
// that close imports to users answer as they do to any import.
func (t *Destination) MayImport(ctx context.Context) Permission {
	var loaded struct {
		Messages []any `json:"messages"`
	}
	err := t.odoo.Call(ctx, modelTask, "load", odoorpc.Args{
		Params:     []odoorpc.Param{{Name: "fields", Value: []string{"id", "name"}}, {Name: "data", Value: [][]any{}}},
		Repeatable: true,
	}, &loaded)
	_, refused := errors.AsType[*importer.Refusal](importer.RefusalOf(err))
	switch {
	case refused, len(loaded.Messages) > 0:
		return Denied
	case err != nil:
		return Unknown
	}
	return Allowed
}

// mayCreate asks for the user's right to create records of a model. It knows
// access rights but not record rules, so Allowed may still be refused. Where
// users have the access right for records of their own only, it asks for the
// group that a record rule keeps those of projects to.
func (t *Destination) mayCreate(ctx context.Context, model string) Permission {
	may := t.permission(ctx, model, "check_access_rights", odoorpc.Args{
		Params: []odoorpc.Param{{Name: "operation", Value: "create"}, {Name: "raise_exception", Value: false}}, Repeatable: true,
	})
	var group string
	switch {
	case model == modelStage: // every project user has the right, since Odoo 15
		group = "project.group_project_manager"
	case model == modelTask && t.Session.Major >= 17: // every employee
		group = "project.group_project_user"
	}
	if may != Allowed || group == "" {
		return may
	}
	args := odoorpc.Args{Params: []odoorpc.Param{{Name: "group_ext_id", Value: group}}, Repeatable: true}
	if t.Session.Major >= 18 { // a method of records since then
		args.IDs = []int64{t.Session.UserID}
	}
	return t.permission(ctx, modelUser, "has_group", args)
}

// permission is Odoo's answer to a question; Unknown where it gives none.
func (t *Destination) permission(ctx context.Context, model, method string, args odoorpc.Args) Permission {
	var allowed bool
	if err := t.odoo.Call(ctx, model, method, args, &allowed); err != nil {
		return Unknown
	}
	if allowed {
		return Allowed
	}
	return Denied
}

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

// MayCreateTasks asks for the user's right to create tasks. From Odoo 17 on
// every employee has the access right, for tasks of their own; a record rule
// keeps those of projects to the group Project / User.
func (t *Destination) MayCreateTasks(ctx context.Context) Permission {
	may := t.mayCreate(ctx, modelTask)
	if may == Allowed && t.Session.Major >= 17 {
		return t.inGroup(ctx, "project.group_project_user")
	}
	return may
}

// MayImport asks whether the user may import tasks, by importing none: modules
// that close imports to users answer as they do to any import.
func (t *Destination) MayImport(ctx context.Context) Permission {
	var loaded struct {
		IDs      any   `json:"ids"`
		Messages []any `json:"messages"`
	}
	err := t.odoo.Call(ctx, modelTask, "load", odoorpc.Args{
		Params:     []odoorpc.Param{{Name: "fields", Value: []string{"id", "name"}}, {Name: "data", Value: [][]any{}}},
		Repeatable: true,
	}, &loaded)
	var refusal *importer.Refusal
	switch {
	case errors.As(importer.RefusalOf(err), &refusal):
		return Denied
	case err != nil:
		return Unknown
	case len(loaded.Messages) > 0:
		return Denied
	}
	return Allowed
}

// mayCreateStages asks for the user's right to create stages of a project. The
// access right alone does not tell: since Odoo 15 every project user has it,
// and a record rule keeps all but administrators to stages of their own.
func (t *Destination) mayCreateStages(ctx context.Context) Permission {
	if may := t.mayCreate(ctx, modelStage); may != Allowed {
		return may
	}
	return t.inGroup(ctx, "project.group_project_manager")
}

// mayCreate asks for the user's right to create records of a model. It knows
// access rights but not record rules, so Allowed may still be refused.
func (t *Destination) mayCreate(ctx context.Context, model string) Permission {
	return t.permission(ctx, model, "check_access_rights", odoorpc.Args{
		Params: []odoorpc.Param{{Name: "operation", Value: "create"}, {Name: "raise_exception", Value: false}}, Repeatable: true,
	})
}

// inGroup asks whether the user is in a group.
func (t *Destination) inGroup(ctx context.Context, group string) Permission {
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

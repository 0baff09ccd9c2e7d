package engine_test

import (
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// TestAStageThatWasRenamedOrArchivedIsNotTaken: its external id leads to it, and
// a new Backlog is created all the same.
func TestAStageThatWasRenamedOrArchivedIsNotTaken(t *testing.T) {
	for field, value := range map[string]any{"name": "Ideas", "active": false} {
		dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
			is := is.New(t)
			w := newWorld(t, odoosim.WithDialect(dialect))
			old := w.sync(w.write("[features.A]\ntask_id = 0\n")).Stage
			client, err := odoorpc.New(odoorpc.Config{URL: w.odoo.URL(), Database: w.odoo.Database(), Login: "admin", Password: odoorpc.NewSecret("admin")})
			is.NoErr(err)
			defer client.Close()
			_, err = client.Connect(t.Context())
			is.NoErr(err)
			is.NoErr(client.Call(t.Context(), "project.task.type", "write", odoorpc.Args{
				IDs: []int64{old.ID}, Params: []odoorpc.Param{{Name: "vals", Value: map[string]any{field: value}}},
			}, nil))
			stage := w.sync(w.write("[features.B]\ntask_id = 0\n")).Stage
			is.True(stage.Created && stage.ID != old.ID)
			is.Equal(len(w.odoo.Stages()), 2)
		})
	}
}

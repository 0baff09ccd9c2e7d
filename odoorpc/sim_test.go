package odoorpc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

var quiet = odoorpc.LoadOptions{Context: odoorpc.Context{"tracking_disable": true}}

// dialects are the servers and protocols that every test against odoosim runs on.
var dialects = []struct {
	name     string
	dialect  odoosim.Dialect
	protocol odoorpc.Protocol
}{
	{"14", odoosim.V14, odoorpc.JSONRPC},
	{"19 over JSON-RPC", odoosim.V19, odoorpc.JSONRPC},
	{"19 over JSON-2", odoosim.V19, odoorpc.JSON2},
}

// onEach runs a test on each dialect, with a connected client and a project.
func onEach(t *testing.T, test func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64)) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			is := is.New(t)
			odoo := odoosim.New(odoosim.WithDialect(d.dialect))
			is.NoErr(odoo.Start())
			defer func() { is.NoErr(odoo.Close()) }()
			project := odoo.AddProject(odoosim.Project{Name: "Shop"})
			config := odoorpc.Config{
				URL: odoo.URL(), Database: odoo.Database(), Login: odoosim.DemoLogin, Protocol: d.protocol,
				RetryMaxWait: time.Millisecond, Timeout: 30 * time.Second,
			}
			if d.protocol == odoorpc.JSON2 {
				config.APIKey = odoorpc.NewSecret(odoosim.DemoAPIKey)
			} else {
				config.Password = odoorpc.NewSecret(odoosim.DemoPassword)
			}
			client, err := odoorpc.New(config)
			is.NoErr(err)
			session, err := client.Connect(t.Context())
			is.NoErr(err)
			is.Equal(session.Protocol, d.protocol)
			is.Equal(session.Major, int(d.dialect))
			is.True(session.UserID > 0)
			odoo.ForgetCalls()
			test(t, odoo, client, project)
		})
	}
}

func rows(project int64, n int) [][]any {
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{fmt.Sprintf("__odoosync__.p%d_%d", project, i), fmt.Sprintf("Task %d", i), project}
	}
	return rows
}

var columns = []string{"id", "name", "project_id/.id"}

func TestRecordsAreCreatedFoundAndRead(t *testing.T) {
	onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
		is := is.New(t)
		ids, err := client.Create(t.Context(), "project.task", []map[string]any{
			{"name": "A <&> \"q\" 👩‍💻", "project_id": project},
			{"name": "B", "project_id": project},
		}, odoorpc.CreateOptions{Context: odoorpc.Context{"tracking_disable": true}})
		is.NoErr(err)
		is.Equal(len(ids), 2)

		var tasks []struct {
			ID      int64
			Name    odoorpc.Text
			Project odoorpc.Ref `json:"project_id"`
			Parent  odoorpc.Ref `json:"parent_id"`
		}
		is.NoErr(client.SearchRead(t.Context(), "project.task", nil, []string{"name", "project_id", "parent_id"}, odoorpc.Query{Order: "id"}, &tasks))
		is.Equal(len(tasks), 2)
		is.Equal(tasks[0].Name, odoorpc.Text("A <&> \"q\" 👩‍💻"))
		is.Equal(tasks[0].Project, odoorpc.Ref{ID: project, Name: "Shop"})
		is.Equal(tasks[0].Parent, odoorpc.Ref{})

		is.NoErr(client.SearchRead(t.Context(), "project.task", odoorpc.Domain{odoorpc.Cond("project_id", "=", project)}, []string{"name"}, odoorpc.Query{Order: "id desc", Limit: 1}, &tasks))
		is.Equal(len(tasks), 1)
		is.Equal(tasks[0].ID, ids[1])
	})
}

// TestLoadCreatesOnceWhateverHappens loses every answer in turn, and counts the tasks.
func TestLoadCreatesOnceWhateverHappens(t *testing.T) {
	faults := map[string]odoosim.Action{
		"dropped before the work":  odoosim.DropBefore(),
		"dropped after the work":   odoosim.DropAfter(),
		"half an answer":           odoosim.HalfAnswer(),
		"429":                      odoosim.Status(429, "0"),
		"502":                      odoosim.Status(502, ""),
		"503":                      odoosim.Status(503, ""),
		"504":                      odoosim.Status(504, ""),
		"serialization":            odoosim.ErrorName("psycopg2.errors.SerializationFailure", "could not serialize access"),
		"database connection lost": odoosim.ErrorName("psycopg2.InterfaceError", "connection already closed"),
	}
	for name, action := range faults {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
				is := is.New(t)
				odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Times: 2, Action: action})
				loaded, err := client.LoadOnce(t.Context(), "project.task", columns, rows(project, 20), quiet)
				is.NoErr(err)
				is.Equal(len(loaded.IDs), 20)
				is.Equal(len(odoo.Tasks()), 20)
				for i, task := range odoo.Tasks() {
					is.Equal(task.ID, loaded.IDs[i])
				}
				again, err := client.LoadOnce(t.Context(), "project.task", columns, rows(project, 20), quiet)
				is.NoErr(err)
				is.Equal(again.IDs, loaded.IDs)
			})
		})
	}
}

func TestCreateIsNeverDoneTwice(t *testing.T) {
	for name, action := range map[string]odoosim.Action{
		"dropped before the work": odoosim.DropBefore(),
		"dropped after the work":  odoosim.DropAfter(),
		"half an answer":          odoosim.HalfAnswer(),
		"garbage":                 odoosim.Garbage(),
		"503":                     odoosim.Status(503, ""),
		"504":                     odoosim.Status(504, ""),
		"wrong number of ids":     odoosim.Answer([]int64{1, 2, 3}),
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
				is := is.New(t)
				odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Action: action})
				_, err := client.Create(t.Context(), "project.task", []map[string]any{{"name": "A", "project_id": project}}, odoorpc.CreateOptions{})
				var unknown *odoorpc.UnknownOutcomeError
				is.True(errors.As(err, &unknown))
				is.Equal(unknown.Rows, 1)
				is.True(len(odoo.Tasks()) <= 1)
				is.Equal(len(odoo.Calls()), 1)
			})
		})
	}
}

func TestLoadReportsTheRefusedRow(t *testing.T) {
	onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
		is := is.New(t)
		data := rows(project, 3)
		data[1][2] = int64(999999)
		loaded, err := client.LoadOnce(t.Context(), "project.task", columns, data, quiet)
		var refusal *odoorpc.LoadError
		is.True(errors.As(err, &refusal))
		is.True(loaded.IDs == nil)
		is.Equal(refusal.Messages[0].Record, 1)
		is.True(refusal.Messages[0].Message != "")
		is.Equal(len(odoo.Tasks()), 0)
	})
}

func TestAConflictIsTheCallersToRepeat(t *testing.T) {
	onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
		is := is.New(t)
		odoo.Inject(odoosim.Fault{
			Match:  odoosim.On("project.task", "load"),
			Action: odoosim.LoadMessage("could not serialize access due to concurrent update"),
		})
		_, err := client.LoadOnce(t.Context(), "project.task", columns, rows(project, 1), quiet)
		var conflict *odoorpc.ConflictError
		is.True(errors.As(err, &conflict))
		is.Equal(len(odoo.Calls()), 1)
		_, err = client.LoadOnce(t.Context(), "project.task", columns, rows(project, 1), quiet)
		is.NoErr(err)
	})
}

func TestRefusalsOfBothVersionsAndProtocolsHaveTheSameKind(t *testing.T) {
	onEach(t, func(t *testing.T, _ *odoosim.Server, client *odoorpc.Client, project int64) {
		for _, tt := range []struct {
			kind odoorpc.Refusal
			call func() error
		}{
			{odoorpc.RefusalAccess, func() error {
				return client.Call(t.Context(), "project.task", "_create", odoorpc.Args{}, nil)
			}},
			{odoorpc.RefusalUnsupported, func() error {
				return client.Call(t.Context(), "project.task", "nosuch", odoorpc.Args{}, nil)
			}},
			{odoorpc.RefusalUnsupported, func() error {
				return client.Call(t.Context(), "no.such.model", "search", odoorpc.Args{Params: []odoorpc.Param{{Name: "domain", Value: []any{}}}}, nil)
			}},
			{odoorpc.RefusalValidation, func() error {
				_, err := client.Create(t.Context(), "project.task", []map[string]any{{"project_id": project}}, odoorpc.CreateOptions{})
				return err
			}},
			{odoorpc.RefusalOther, func() error {
				_, err := client.Create(t.Context(), "project.task", []map[string]any{{"name": "A", "nosuchfield": 1}}, odoorpc.CreateOptions{})
				return err
			}},
			{odoorpc.RefusalMissing, func() error {
				return client.Call(t.Context(), "project.task", "unlink", odoorpc.Args{IDs: []int64{999999}}, nil)
			}},
		} {
			is := is.New(t)
			var e *odoorpc.ServerError
			err := tt.call()
			is.True(errors.As(err, &e))
			is.Equal(e.Kind, tt.kind)
			is.True(e.Message != "")
		}
	})
}

func TestLoginsThatAreRefused(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			is := is.New(t)
			odoo := odoosim.New(odoosim.WithDialect(d.dialect))
			is.NoErr(odoo.Start())
			defer func() { is.NoErr(odoo.Close()) }()
			good := odoorpc.Config{URL: odoo.URL(), Database: odoo.Database(), Login: odoosim.DemoLogin, Protocol: d.protocol,
				Password: odoorpc.NewSecret(odoosim.DemoPassword), RetryMaxWait: time.Millisecond}
			if d.protocol == odoorpc.JSON2 {
				good.APIKey = odoorpc.NewSecret(odoosim.DemoAPIKey)
			}
			connect := func(change func(*odoorpc.Config)) error {
				config := good
				change(&config)
				client, err := odoorpc.New(config)
				is.NoErr(err)
				_, err = client.Connect(t.Context())
				return err
			}
			var login *odoorpc.LoginError
			is.True(errors.As(connect(func(c *odoorpc.Config) { c.APIKey = odoorpc.NewSecret("wrong") }), &login))
			var database *odoorpc.DatabaseError
			is.True(errors.As(connect(func(c *odoorpc.Config) { c.Database = "nodb" }), &database))
			is.NoErr(connect(func(*odoorpc.Config) {}))
			if d.protocol == odoorpc.JSON2 {
				is.NoErr(connect(func(c *odoorpc.Config) { c.Database, c.Login = "", "" }))
			}
		})
	}
}

func TestAServerWithoutRPCServicesLeadsToJSON2(t *testing.T) {
	is := is.New(t)
	odoo := odoosim.New(odoosim.WithDialect(odoosim.V19))
	is.NoErr(odoo.Start())
	defer func() { is.NoErr(odoo.Close()) }()
	odoo.SetRPC(false)
	config := odoorpc.Config{URL: odoo.URL(), Database: odoo.Database(), Login: odoosim.DemoLogin, Password: odoorpc.NewSecret(odoosim.DemoPassword)}
	client, err := odoorpc.New(config)
	is.NoErr(err)
	_, err = client.Connect(t.Context())
	var protocol *odoorpc.ProtocolError
	is.True(errors.As(err, &protocol))
	is.True(strings.Contains(protocol.Hint(), "use an API key"))

	config.APIKey = odoorpc.NewSecret(odoosim.DemoAPIKey)
	client, err = odoorpc.New(config)
	is.NoErr(err)
	session, err := client.Connect(t.Context())
	is.NoErr(err)
	is.Equal(session.Protocol, odoorpc.JSON2)
}

func TestABatchOfTenThousandRows(t *testing.T) {
	onEach(t, func(t *testing.T, odoo *odoosim.Server, client *odoorpc.Client, project int64) {
		is := is.New(t)
		loaded, err := client.LoadOnce(t.Context(), "project.task", columns, rows(project, 10_000), quiet)
		is.NoErr(err)
		is.Equal(len(loaded.IDs), 10_000)
	})
}

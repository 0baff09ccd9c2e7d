package odoorpc_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// start starts an Odoo in memory with one project and returns a connected client.
func start() (odoo *odoosim.Server, client *odoorpc.Client, project int64) {
	odoo = odoosim.New()
	if err := odoo.Start(); err != nil {
		log.Fatal(err)
	}
	project = odoo.AddProject(odoosim.Project{Name: "Shop"})
	client, err := odoorpc.New(odoorpc.Config{URL: odoo.URL(), APIKey: odoorpc.NewSecret(odoosim.DemoAPIKey)})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	return odoo, client, project
}

// LoadOnce creates a task once, however often it is called.
func ExampleClient_LoadOnce() {
	odoo, client, project := start()
	defer odoo.Close() //nolint:errcheck // the example ends here

	fields := []string{"id", "name", "project_id/.id"}
	rows := [][]any{{"example.login_page", "Login page", project}}
	first, err := client.LoadOnce(context.Background(), "project.task", fields, rows, odoorpc.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	second, err := client.LoadOnce(context.Background(), "project.task", fields, rows, odoorpc.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(first.IDs[0] == second.IDs[0], len(odoo.Tasks()))
	// Output: true 1
}

func ExampleClient_SearchRead() {
	odoo, client, project := start()
	defer odoo.Close() //nolint:errcheck // the example ends here
	odoo.AddTask(odoosim.Task{Name: "Login page", ProjectID: project})

	var tasks []struct {
		Name    odoorpc.Text
		Project odoorpc.Ref `json:"project_id"`
		Parent  odoorpc.Ref `json:"parent_id"`
	}
	open := odoorpc.Domain{odoorpc.Cond("project_id", "=", project)}
	err := client.SearchRead(context.Background(), "project.task", open, []string{"name", "project_id", "parent_id"}, odoorpc.Query{Order: "id"}, &tasks)
	if err != nil {
		log.Fatal(err)
	}
	for _, task := range tasks {
		fmt.Println(task.Name, "in", task.Project.Name, "under", task.Parent.ID)
	}
	// Output: Login page in Shop under 0
}

// The parameters of a method are listed in the order in which it takes them, under the names that it has for them.
func ExampleClient_Call() {
	odoo, client, _ := start()
	defer odoo.Close() //nolint:errcheck // the example ends here

	var may bool
	err := client.Call(context.Background(), "project.task", "check_access_rights", odoorpc.Args{
		Params:     []odoorpc.Param{{Name: "operation", Value: "create"}, {Name: "raise_exception", Value: false}},
		Repeatable: true, // it changes nothing
	}, &may)
	fmt.Println(may, err)
	// Output: true <nil>
}

// A refusal tells its kind, and often what to do.
func ExampleServerError() {
	odoo, client, project := start()
	defer odoo.Close() //nolint:errcheck // the example ends here

	_, err := client.Create(context.Background(), "project.task", []map[string]any{{"project_id": project}}, odoorpc.CreateOptions{})
	if refused, ok := errors.AsType[*odoorpc.ServerError](err); ok {
		fmt.Println(refused.Kind)
	}
	// Output: validation
}

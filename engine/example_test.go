package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

// A run against an Odoo in memory: the zeros of the map become task ids.
func ExampleEngine_Sync() {
	odoo := odoosim.New()
	if err := odoo.Start(); err != nil {
		panic(err)
	}
	defer func() { _ = odoo.Close() }()
	odoo.AddProject(odoosim.Project{Name: "Web shop"})

	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "map.toml")
	const text = `[features.Orders]
task_id = 0  # needs a task
user_stories = [ { name = "Order list", task_id = 0 } ]
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}

	client, err := odoorpc.New(odoorpc.Config{
		URL: odoo.URL(), Database: odoo.Database(), Login: odoosim.DemoLogin, Password: odoorpc.NewSecret(odoosim.DemoPassword),
	})
	if err != nil {
		panic(err)
	}
	result, err := engine.New(client, engine.Options{Project: "Web shop"}).Sync(context.Background(), path)
	if err != nil {
		panic(err)
	}
	patched, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	fmt.Println("created:", result.Count(engine.Created))
	fmt.Print(string(patched))
	// Output:
	// created: 2
	// [features.Orders]
	// task_id = 1  # needs a task
	// user_stories = [ { name = "Order list", task_id = 2 } ]
}

// Check reads a map without a connection and says what a run would create.
func ExampleCheck() {
	plan, err := engine.Check("../testdata/golden/generated-layout/before.toml", false)
	if err != nil {
		panic(err)
	}
	for _, items := range [][]*engine.Item{plan.Features, plan.Stories} {
		for _, item := range items {
			fmt.Printf("line %d: %s %q %v\n", item.Slot.Position().Line, item.Kind, item.Name, item.Tags())
		}
	}
	fmt.Println("with a task:", plan.Synced, "deprecated:", plan.Deprecated)
	// Output:
	// line 46: feature "Customer Portal" [Feature]
	// line 36: story "Warn on the order" [Story Finance]
	// line 50: story "Login page" [Story]
	// line 52: story "Order list" [Story UX]
	// with a task: 2 deprecated: 2
}

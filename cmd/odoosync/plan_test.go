package main

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
)

func planned(kind engine.Kind, name string, status engine.Status, id int64) engine.ItemResult {
	it := engine.ItemResult{Kind: kind, Feature: name, ID: id, Status: status}
	if kind == engine.Story {
		it.Feature, it.Story = "feature", name
	}
	if id != 0 {
		it.URL = fmt.Sprintf("https://odoo.example.com/t/%d", id)
	}
	return it
}

func summaryOf(t *testing.T, r *engine.Result, err error, verbose int) string {
	t.Helper()
	var text strings.Builder
	p := &program{out: bufio.NewWriter(&text), console: &console{verbose: verbose}}
	is.New(t).NoErr(p.summarize(r, err))
	is.New(t).NoErr(p.out.Flush())
	return text.String()
}

func TestADryRunShowsWhatARunWouldDo(t *testing.T) {
	is := is.New(t)
	differs := planned(engine.Story, "By card", engine.Differs, 43)
	differs.Differences = []engine.Difference{{Field: "name", Map: "By card", Odoo: "Cards\u202e"}}
	r := &engine.Result{DryRun: true, Map: "map.toml", Project: engine.Project{ID: 7, Name: "Web shop"}, Items: []engine.ItemResult{
		planned(engine.Feature, "Done", engine.Synced, 40),
		planned(engine.Story, "Done too", engine.Synced, 41),
		planned(engine.Feature, "Payment", engine.Synced, 42),
		differs,
		planned(engine.Story, "By invoice", engine.Create, 0),
		planned(engine.Feature, "Orders", engine.Create, 0),
		planned(engine.Story, "Order list", engine.Link, 44),
		planned(engine.Feature, "Fax", engine.Deprecated, 0),
		planned(engine.Story, "Print", engine.Deprecated, 0),
	}}
	mismatch := &engine.MismatchError{File: "map.toml", Items: []engine.Mismatch{{ItemResult: differs}}}
	_, tree, _ := strings.Cut(summaryOf(t, r, mismatch, 0), "\n\n")
	is.Equal(tree, `  Payment (task 42)
  ├── ! By card (task 43 differs) https://odoo.example.com/t/43
        name
          map:  By card
          Odoo: Cards\u202e
  └── + By invoice
+ Orders
  └── = Order list (task 44) https://odoo.example.com/t/44
- Fax (deprecated)

Plan: 2 tasks (1 feature, 1 story) to create, 1 to link, 1 differs, 3 with a task, 2 left out
`)
}

func TestARunListsWhatItCreated(t *testing.T) {
	is := is.New(t)
	r := &engine.Result{Map: "map.toml", Project: engine.Project{ID: 7, Name: "Web shop"}, Items: []engine.ItemResult{
		planned(engine.Feature, "Payment", engine.Synced, 42),
		planned(engine.Story, "By card", engine.Linked, 43),
		planned(engine.Story, "By invoice", engine.Pending, 0),
		planned(engine.Feature, "Fax", engine.Deprecated, 0),
		planned(engine.Feature, "Orders", engine.Created, 44),
	}}
	for i := range 30 {
		r.Items = append(r.Items, planned(engine.Story, fmt.Sprintf("Story %d", i), engine.Created, int64(100+i)))
	}
	r.Items = append(r.Items, planned(engine.Feature, "Last", engine.Created, 200))
	list := func(verbose int) string {
		_, tree, _ := strings.Cut(summaryOf(t, r, nil, verbose), "\n\n")
		return tree
	}
	few := list(0)
	is.True(strings.HasPrefix(few, `  Payment (task 42)
  └── = By card (task 43) https://odoo.example.com/t/43
+ Orders (task 44) https://odoo.example.com/t/44
  ├── + Story 0 (task 100) https://odoo.example.com/t/100
`))
	is.True(strings.HasSuffix(few, `
  └── + Story 17 (task 117) https://odoo.example.com/t/117
... and 13 more; --verbose lists them all
`))
	is.Equal(strings.Count(few, "+ ")+strings.Count(few, "= "), 20)
	all := list(1)
	is.Equal(strings.Count(all, "+ ")+strings.Count(all, "= "), 33)
	is.True(strings.HasSuffix(all, "\n+ Last (task 200) https://odoo.example.com/t/200\n"))
}

func TestPlansInJSON(t *testing.T) {
	is := is.New(t)
	differs := planned(engine.Feature, "B", engine.Differs, 43)
	differs.Differences = []engine.Difference{{Field: "name", Map: "B", Odoo: "b"}}
	r := newReport("run")
	r.fill(&engine.Result{DryRun: true, Items: []engine.ItemResult{
		planned(engine.Feature, "A", engine.Create, 0), differs, planned(engine.Feature, "C", engine.Link, 44), planned(engine.Feature, "D", engine.Synced, 45),
	}})
	is.Equal(len(r.Pending), 3)
	is.Equal(r.Pending[0].Action, engine.Create)
	is.Equal(r.Pending[1].Action, engine.Differs)
	is.Equal(r.Pending[1].Differences, []reportDifference{{Field: "name", Map: "B", Odoo: "b"}})
	is.Equal(r.Pending[2].URL, "https://odoo.example.com/t/44")
	is.Equal(r.Skipped[0].URL, "https://odoo.example.com/t/45")
}

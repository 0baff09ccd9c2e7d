package main

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v2"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

//go:embed demo/map.toml
var demoMap []byte

// The project and the tasks that the demo's Odoo has when it starts; the
// sample map carries their ids.
const (
	demoProject = "Web shop"
	demoFeature = 101
	demoStory   = 102
)

// What --keep leaves. None is named map.toml: their ids are those of an Odoo
// that is gone.
const (
	keptBefore = "demo-before.toml"
	keptAfter  = "demo-after.toml"
)

// demo shows a whole run on an Odoo in memory, reached over real HTTP.
func (p *program) demo(c *cli.Context) (err error) {
	keep := c.String("keep")
	if err := keepMap(keep, keptBefore, demoMap); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "odoosync-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "map.toml")
	if err := os.WriteFile(path, demoMap, 0o644); err != nil {
		return err
	}
	patched, err := p.demoRun(c, path)
	if err != nil {
		return err
	}
	if err := keepMap(keep, keptAfter, patched); err != nil {
		return err
	}
	if keep != "" {
		p.printf("\nThe map before and after the run:\n  %s\n  %s\n", oneLine(filepath.Join(keep, keptBefore)), oneLine(filepath.Join(keep, keptAfter)))
	}
	p.printf(`
Next:
  odoosync example > map.toml        # a map of your own to start from
  odoosync check map.toml            # what would a run create?
  odoosync help run                  # how to reach your Odoo
  odoosync run map.toml --dry-run    # would it work?
`)
	return nil
}

// demoRun does so with a map in a file, and returns what the file has then.
func (p *program) demoRun(c *cli.Context, path string) (patched []byte, err error) {
	odoo, err := startDemoOdoo()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, odoo.Close()) }()

	p.heading("An Odoo in memory, at " + odoo.URL())
	p.printf("Project %q has these tasks:\n", demoProject)
	p.printTasks(odoo)
	p.heading("The map, " + path)
	_, _ = p.out.Write(demoMap)
	p.heading("$ odoosync run " + filepath.Base(path))
	_ = p.out.Flush() // before anything on the other stream

	s := &settings{
		odoo:    odoorpc.Config{URL: odoo.URL(), Database: odoo.Database(), APIKey: odoorpc.NewSecret(odoosim.DemoAPIKey)},
		options: engine.Options{Project: demoProject},
	}
	result, err := p.drive(c.Context, s, func(e *engine.Engine) (*engine.Result, error) { return e.Sync(c.Context, path) })
	if err != nil {
		return nil, err
	}
	result.Project.URL = "" // gone when the demo ends
	for i := range result.Items {
		result.Items[i].URL = ""
	}
	if err = p.summarize(result, nil); err != nil {
		return nil, err
	}
	p.heading("The tasks in Odoo now")
	p.printTasks(odoo)
	if patched, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	p.heading("What changed in the map")
	p.printDiff(filepath.Base(path), string(patched))
	p.heading("Summary")
	made := result.Count(engine.Created)
	p.printf("%s created in Odoo, %s replaced in the map. Every other byte of the map stayed.\n", count(made, "task"), count(made, "zero"))
	return patched, nil
}

// keepMap writes a map into a folder, "" for none. A file that is already there
// is never overwritten.
func keepMap(dir, name string, text []byte) error {
	if dir == "" {
		return nil
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &engine.FileError{Path: dir, Op: "create", Err: err}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		failed := &engine.FileError{Path: path, Op: "create", Err: err}
		if errors.Is(err, fs.ErrExist) {
			failed.Explain = "the demo overwrites nothing: choose another folder"
		}
		return failed
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// startDemoOdoo starts an Odoo with one project, its Backlog, and the tasks
// that the sample map already has.
func startDemoOdoo() (*odoosim.Server, error) {
	odoo := odoosim.New(odoosim.WithDialect(odoosim.V19))
	project := odoo.AddProject(odoosim.Project{Name: demoProject})
	stage := odoo.AddStage("Backlog", 1, project)
	feature, story := odoo.AddTag("Feature"), odoo.AddTag("Story")
	odoo.AddTask(odoosim.Task{ID: demoFeature, Name: "Customer accounts", ProjectID: project, StageID: stage, TagIDs: []int64{feature}})
	odoo.AddTask(odoosim.Task{ID: demoStory, Name: "Sign in", ProjectID: project, StageID: stage, ParentID: demoFeature, TagIDs: []int64{story}})
	return odoo, odoo.Start()
}

func (p *program) heading(text string) {
	p.printf("\n%s\n\n", p.style.bold("== "+oneLine(text)+" =="))
}

// printTasks lists the tasks as Odoo has them, subtasks under their parents.
// Those of the run, which came after the first ones, are marked.
func (p *program) printTasks(odoo *odoosim.Server) {
	stages, tags := make(map[int64]string), make(map[int64]string)
	for _, stage := range odoo.Stages() {
		stages[stage.ID] = stage.Name
	}
	for _, tag := range odoo.Tags() {
		tags[tag.ID] = tag.Name
	}
	var list func(parent int64, indent string)
	list = func(parent int64, indent string) {
		for _, t := range odoo.Tasks() {
			if t.ParentID != parent {
				continue
			}
			mark := " "
			if t.ID > demoStory {
				mark = p.style.green("+")
			}
			names := each(t.TagIDs, func(id int64) string { return tags[id] })
			stage, tags := p.style.faint(stages[t.StageID]), p.style.cyan("["+strings.Join(names, ", ")+"]")
			p.printf("%s %s#%d %s  %s %s\n", mark, indent, t.ID, t.Name, stage, tags)
			list(t.ID, indent+"    ")
		}
	}
	list(0, "")
}

// printDiff prints the unified diff between the sample map and the map now.
func (p *program) printDiff(name, patched string) {
	for line := range strings.Lines(udiff.Unified("a/"+name, "b/"+name, string(demoMap), patched)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			line = p.style.bold(line)
		case strings.HasPrefix(line, "@@"):
			line = p.style.cyan(line)
		case strings.HasPrefix(line, "-"):
			line = p.style.removed(line)
		case strings.HasPrefix(line, "+"):
			line = p.style.green(line)
		}
		p.printf("%s\n", line)
	}
}

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

// demo shows a whole run on an Odoo in memory, reached over real HTTP.
func (p *program) demo(c *cli.Context) (err error) {
	if err := noArguments(c); err != nil {
		return err
	}
	path, remove, err := writeDemoMap(c.String("keep"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	odoo, err := startDemoOdoo()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, odoo.Close()) }()

	s := p.outStyle(c)
	p.heading(s, "An Odoo in memory, at "+odoo.URL())
	p.printf("Project %q has these tasks:\n", demoProject)
	p.printTasks(odoo, s, nil)
	p.heading(s, "The map, "+path)
	_, _ = p.out.Write(demoMap)
	p.heading(s, "$ odoosync run "+filepath.Base(path))
	_ = p.out.Flush() // before anything on the other stream

	result, err := p.runEngine(c.Context, demoSettings(odoo), path)
	if err != nil {
		return err
	}
	result.Project.URL = "" // gone when the demo ends
	writeSummary(p.out, result, nil, s)
	p.heading(s, "The tasks in Odoo now")
	p.printTasks(odoo, s, result)
	patched, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	p.heading(s, "What changed in the map")
	p.printDiff(filepath.Base(path), string(patched), s)
	if c.IsSet("keep") {
		p.printf("\nThe map is left at %s\n", oneLine(path))
	}
	return nil
}

// writeDemoMap writes the sample map into dir, or into a temporary folder if
// dir is "". A map that is already there is never overwritten. remove takes
// away what is not to be kept.
func writeDemoMap(dir string) (path string, remove func() error, err error) {
	remove = func() error { return nil }
	if dir == "" {
		if dir, err = os.MkdirTemp("", "odoosync-demo-"); err != nil {
			return "", nil, err
		}
		remove = func() error { return os.RemoveAll(dir) }
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, &engine.FileError{Path: dir, Op: "create", Err: err}
	}
	path = filepath.Join(dir, "map.toml")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		failed := &engine.FileError{Path: path, Op: "create", Err: err}
		if errors.Is(err, fs.ErrExist) {
			failed.Explain = "the demo overwrites nothing: choose another folder"
		}
		return "", nil, errors.Join(failed, remove())
	}
	_, err = file.Write(demoMap)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return path, remove, nil
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

func demoSettings(odoo *odoosim.Server) *settings {
	return &settings{
		odoo: odoorpc.Config{
			URL:      odoo.URL(),
			Database: odoo.Database(),
			APIKey:   odoorpc.NewSecret(odoosim.DemoAPIKey),
		},
		options: engine.Options{Project: demoProject},
	}
}

func (p *program) heading(s style, text string) {
	p.printf("\n%s\n\n", s.bold("== "+oneLine(text)+" =="))
}

// printTasks lists the tasks as Odoo has them, subtasks under their parents.
// Those that result counts as created are marked.
func (p *program) printTasks(odoo *odoosim.Server, s style, result *engine.Result) {
	created := make(map[int64]bool)
	if result != nil {
		for _, it := range result.Items {
			created[it.ID] = it.Status == engine.Created
		}
	}
	stages, tags := make(map[int64]string), make(map[int64]string)
	for _, stage := range odoo.Stages() {
		stages[stage.ID] = stage.Name
	}
	for _, tag := range odoo.Tags() {
		tags[tag.ID] = tag.Name
	}
	tasks := odoo.Tasks()
	list := func(t odoosim.Task, indent string) {
		mark := " "
		if created[t.ID] {
			mark = s.green("+")
		}
		var names []string
		for _, id := range t.TagIDs {
			names = append(names, tags[id])
		}
		p.printf("%s %s#%d %s  %s %s\n", mark, indent, t.ID, t.Name, s.faint(stages[t.StageID]), s.cyan("["+strings.Join(names, ", ")+"]"))
	}
	for _, parent := range tasks {
		if parent.ParentID != 0 {
			continue
		}
		list(parent, "")
		for _, child := range tasks {
			if child.ParentID == parent.ID {
				list(child, "    ")
			}
		}
	}
}

// printDiff prints the unified diff between the sample map and the map now.
func (p *program) printDiff(name, patched string, s style) {
	for line := range strings.Lines(udiff.Unified("a/"+name, "b/"+name, string(demoMap), patched)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			line = s.bold(line)
		case strings.HasPrefix(line, "@@"):
			line = s.cyan(line)
		case strings.HasPrefix(line, "-"):
			line = s.removed(line)
		case strings.HasPrefix(line, "+"):
			line = s.green(line)
		}
		p.printf("%s\n", line)
	}
}

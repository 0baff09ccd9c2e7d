package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

// report is what --json prints: one object, also when the command fails. Every
// field is always there, unless it says omitempty; lists are empty and objects
// null where there is nothing to say. Texts are as they stand in the map or in
// Odoo. docs/json.md says what each field means.
type report struct {
	Command         string          `json:"command"`
	Map             string          `json:"map"`
	DryRun          bool            `json:"dry_run"`
	Server          *reportServer   `json:"server"`
	Project         *reportProject  `json:"project"`
	Stage           *reportStage    `json:"stage"`
	Stages          []reportStage   `json:"stages"`
	Tags            []reportTag     `json:"tags"`
	Created         []reportItem    `json:"created"`
	Linked          []reportItem    `json:"linked"`
	Skipped         []reportItem    `json:"skipped"`
	Pending         []reportItem    `json:"pending"`
	Warnings        []reportFinding `json:"warnings"`
	Maps            []*report       `json:"maps"`
	Error           *reportError    `json:"error"`
	DurationSeconds float64         `json:"duration_seconds"`
}

// reportServer is the Odoo that answered.
type reportServer struct {
	URL      string           `json:"url"`
	Version  string           `json:"version"`
	Protocol odoorpc.Protocol `json:"protocol"`
	Database string           `json:"database"`
	Login    string           `json:"login"`
	UserID   int64            `json:"user_id"`
}

// reportProject is the project that tasks go to.
type reportProject struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type reportStage struct {
	ID        int64             `json:"id"`
	Name      string            `json:"name"`
	Created   bool              `json:"created"`
	Creatable engine.Permission `json:"creatable"`
}

type reportTag struct {
	ID        int64             `json:"id"`
	Name      string            `json:"name"`
	Created   bool              `json:"created"`
	LeftOff   string            `json:"left_off"`
	Creatable engine.Permission `json:"creatable"`
}

// reportItem is one feature or user story.
type reportItem struct {
	Kind        engine.Kind        `json:"kind"`
	Feature     string             `json:"feature"`
	Story       string             `json:"story"`
	Line        int                `json:"line"`
	ID          int64              `json:"id"`
	URL         string             `json:"url"`
	Reason      engine.Status      `json:"reason,omitempty"`
	Tags        []string           `json:"tags,omitempty"`
	Action      engine.Status      `json:"action,omitempty"`
	Differences []reportDifference `json:"differences,omitempty"`
}

// reportError is why the command failed.
type reportError struct {
	Code     int             `json:"code"`
	Kind     string          `json:"kind"`
	Message  string          `json:"message"`
	Hint     string          `json:"hint"`
	Mistakes []reportFinding `json:"mistakes"`
	Items    []reportItem    `json:"items"`
}

// reportFinding is a mistake or a warning.
type reportFinding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Key       string `json:"key"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
}

// reportDifference is one point in which a task is not what the map says.
type reportDifference struct {
	Field string `json:"field"`
	Map   string `json:"map"`
	Odoo  string `json:"odoo"`
}

func newReport(command string) *report {
	return &report{
		Command: command,
		Stages:  []reportStage{}, Tags: []reportTag{}, Warnings: []reportFinding{}, Maps: []*report{},
		Created: []reportItem{}, Linked: []reportItem{}, Skipped: []reportItem{}, Pending: []reportItem{},
	}
}

// fill takes over what a run did.
func (r *report) fill(result *engine.Result) {
	if s := result.Session; s.Version != "" {
		r.Server = &reportServer{URL: s.URL, Version: s.Version, Protocol: s.Protocol, Database: s.Database, Login: s.Login, UserID: s.UserID}
	}
	if result.Project.ID != 0 {
		r.Project = (*reportProject)(&result.Project)
	}
	if result.Stage.Name != "" {
		r.Stage = new(stageOf(result.Stage))
	}
	r.Stages = each(result.Stages, stageOf)
	r.Tags = each(result.Tags, tagOf)
	for _, it := range result.Items {
		r.add(it)
	}
	r.Warnings = each(result.Warnings, func(w engine.Warning) reportFinding {
		if w.Place != nil {
			return findingOf(w.Place)
		}
		return reportFinding{Message: w.Message, Hint: w.Hint}
	})
}

// fillCheck takes over what is wrong with maps, or what a run would do. Several
// get a report each. The failure of the only one is left to run.
func (r *report) fillCheck(all []checked) {
	for _, m := range all {
		of := r
		if len(all) > 1 {
			of = newReport(r.Command)
			of.Map, of.DryRun = m.Path, true
			r.Maps = append(r.Maps, of)
			if m.Failure != nil {
				of.Error = errorOf(m.Failure)
			}
		}
		of.Warnings = each(m.Warnings, findingOf)
		if m.Plan == nil {
			continue
		}
		for item := range m.Plan.Map.All {
			of.add(engine.MapResult(item))
		}
		of.Tags = each(m.Plan.Tags(), func(name string) reportTag { return reportTag{Name: name} })
	}
}

// add puts an item into the list of its status.
func (r *report) add(it engine.ItemResult) {
	item, list := itemOf(it), &r.Skipped
	switch it.Status {
	case engine.Created:
		list = &r.Created
	case engine.Linked:
		list = &r.Linked
	case engine.Pending:
		list = &r.Pending
	case engine.Create, engine.Link, engine.Differs:
		list, item.Action = &r.Pending, it.Status
	default:
		item.Reason = it.Status
	}
	*list = append(*list, item)
}

func errorOf(f *commandError) *reportError {
	return &reportError{
		Code: f.Code, Kind: f.Kind, Message: f.Message, Hint: f.Hint,
		Mistakes: each(f.Mistakes, findingOf), Items: each(f.Items, itemOf),
	}
}

// each is what becomes of the elements of a list, never nil.
func each[A, B any](all []A, of func(A) B) []B {
	made := make([]B, len(all))
	for i, a := range all {
		made[i] = of(a)
	}
	return made
}

// asJSON is a value as JSON. Its texts may hold characters that a terminal acts
// on: those that JSON would leave as they are are escaped too.
func asJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // strings and numbers always can be
	var safe strings.Builder
	for _, c := range b.String() {
		if c == '\n' || !disturbs(c) {
			safe.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&safe, `\u%04x`, unit)
		}
	}
	return strings.TrimSuffix(safe.String(), "\n")
}

func findingOf(m *tomledit.Error) reportFinding {
	return reportFinding{
		File: m.File, Line: m.Pos.Line, Column: m.Pos.Column, EndColumn: m.EndColumn(),
		Key: m.Key, Message: m.Message, Hint: m.Hint,
	}
}

func stageOf(s engine.Stage) reportStage {
	return reportStage{ID: s.ID, Name: s.Name, Created: s.Created, Creatable: s.Creatable}
}

func tagOf(t engine.Tag) reportTag {
	return reportTag{ID: t.ID, Name: t.Name, Created: t.Created, LeftOff: t.LeftOff, Creatable: t.Creatable}
}

func itemOf(it engine.ItemResult) reportItem {
	item := reportItem{Kind: it.Kind, Feature: it.Feature, Story: it.Story, Line: it.Line, ID: it.ID, URL: it.URL, Tags: it.Tags}
	for _, d := range it.Differences {
		item.Differences = append(item.Differences, reportDifference(d))
	}
	return item
}

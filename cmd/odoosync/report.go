package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/tomledit"
)

// report is what --json prints: one object, also when the command fails. Every
// field is always there; lists are empty and objects null where there is
// nothing to say. Texts are as they stand in the map or in Odoo.
type report struct {
	// Command is "run", "check" or "stages"; "" when the command line could
	// not be understood.
	Command string `json:"command"`
	// Map is the path as given, "" for stages.
	Map string `json:"map"`
	// DryRun says that nothing could be created; always true for check.
	DryRun bool `json:"dry_run"`
	// Server is null when the command stopped before the login, and for check.
	Server *reportServer `json:"server"`
	// Project is null when it was not found, and for check.
	Project *reportProject `json:"project"`
	// Stage is the Backlog stage; null for stages, check, and when no item
	// needed a task.
	Stage *reportStage `json:"stage"`
	// Stages are the six stages in board order; only stages fills it.
	Stages []reportStage `json:"stages"`
	// Tags are those that pending items ask for, in order of first use.
	Tags []reportTag `json:"tags"`
	// Created are the items whose task this run created.
	Created []reportItem `json:"created"`
	// Linked are the items whose task an earlier run had created.
	Linked []reportItem `json:"linked"`
	// Skipped are the items that were left alone, each with the reason.
	Skipped []reportItem `json:"skipped"`
	// Pending are the items that still need a task: all of them in a dry run
	// and for check, those that were not reached after an error. In a dry run
	// each has its Action.
	Pending []reportItem `json:"pending"`
	// Warnings did not stop the command. Those about Odoo have no place.
	Warnings []reportFinding `json:"warnings"`
	// Maps has a report for each map when check is given several; what the
	// other fields say of a map is then said there.
	Maps []*report `json:"maps"`
	// Error is null when all went well.
	Error *reportError `json:"error"`
	// DurationSeconds is the time that the command took.
	DurationSeconds float64 `json:"duration_seconds"`
}

// reportServer is the Odoo that answered.
type reportServer struct {
	URL      string `json:"url"`
	Version  string `json:"version"`
	Protocol string `json:"protocol"` // "jsonrpc" or "json2"
	Database string `json:"database"` // "" when it was not needed
	Login    string `json:"login"`    // "" when it was not needed
	UserID   int64  `json:"user_id"`
}

// reportProject is the project that tasks go to.
type reportProject struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"` // where a browser shows its tasks
}

// reportStage is one stage.
type reportStage struct {
	ID      int64  `json:"id"` // 0 when it is missing
	Name    string `json:"name"`
	Created bool   `json:"created"`
	// Creatable is "allowed", "denied" or "" (not known); only for a missing
	// stage in a dry run.
	Creatable string `json:"creatable"`
}

// reportTag is one tag.
type reportTag struct {
	ID      int64  `json:"id"` // 0 when it is missing
	Name    string `json:"name"`
	Created bool   `json:"created"`
	LeftOff string `json:"left_off"` // why tasks go without it, "" when they do not
	// Creatable is as for a stage.
	Creatable string `json:"creatable"`
}

// reportItem is one feature or user story.
type reportItem struct {
	Kind    string `json:"kind"`    // "feature" or "story"
	Feature string `json:"feature"` // the feature's name, for a story that of its feature
	Story   string `json:"story"`   // "" for a feature
	Line    int    `json:"line"`    // of its task_id, from 1
	ID      int64  `json:"id"`      // the task's id, 0 when there is none
	URL     string `json:"url"`     // where a browser shows the task, "" when there is none
	// Reason says why a skipped item was left alone: "synced" (it had a
	// task_id) or "deprecated". Only skipped items have it.
	Reason string `json:"reason,omitempty"`
	// Tags are the item's tags. Only pending items of check have them.
	Tags []string `json:"tags,omitempty"`
	// Action is what a run would do: "create", "link" (take the task that an
	// earlier run created) or "differs" (stop, because that task is not what the
	// map says). Only pending items of a dry run have it.
	Action string `json:"action,omitempty"`
	// Differences say in what the task differs; only pending items with the
	// action differs, and items of an error of kind mismatch, have them.
	Differences []reportDifference `json:"differences,omitempty"`
}

// reportError is why the command failed.
type reportError struct {
	// Code is the exit code.
	Code int `json:"code"`
	// Kind is one of: usage, config (2); map, file, locked (3); login,
	// database, setup, item, mismatch, server (4); transport, answer, redirect
	// (5);
	// unknown-outcome (6); not-saved (7); interrupted (130); unexpected (1).
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
	// Mistakes are those of the map; only kind map has them.
	Mistakes []reportFinding `json:"mistakes"`
	// Items are those the error is about: the refused one (item), those whose
	// id is not in the map (not-saved), those that may exist or not
	// (unknown-outcome), those whose task differs (mismatch).
	Items []reportItem `json:"items"`
}

// reportFinding is a mistake or a warning.
type reportFinding struct {
	File      string `json:"file"`       // "" when it is not about a place in a map; the next four are empty then too
	Line      int    `json:"line"`       // from 1
	Column    int    `json:"column"`     // in characters, from 1
	EndColumn int    `json:"end_column"` // of the first character after it, on the same line
	Key       string `json:"key"`        // as features."X".task_id, "" when not known
	Message   string `json:"message"`
	Hint      string `json:"hint"`
}

// reportDifference is one point in which a task is not what the map says.
type reportDifference struct {
	Field string `json:"field"` // "name", "description", "project", "parent", "archived" or "order"
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
	r.Map, r.DryRun = result.Map, result.DryRun
	r.Server, r.Project = serverOf(result.Session), projectOf(result.Project)
	if result.Stage.Name != "" {
		stage := stageOf(result.Stage)
		r.Stage = &stage
	}
	for _, t := range result.Tags {
		r.Tags = append(r.Tags, reportTag{ID: t.ID, Name: t.Name, Created: t.Created, LeftOff: t.LeftOff, Creatable: string(t.Creatable)})
	}
	for _, it := range result.Items {
		item := itemOf(it)
		switch it.Status {
		case engine.Created:
			r.Created = append(r.Created, item)
		case engine.Linked:
			r.Linked = append(r.Linked, item)
		case engine.Pending:
			r.Pending = append(r.Pending, item)
		case engine.Create, engine.Link, engine.Differs:
			item.Action = string(it.Status)
			r.Pending = append(r.Pending, item)
		default:
			item.Reason = string(it.Status)
			r.Skipped = append(r.Skipped, item)
		}
	}
	for _, w := range result.Warnings {
		if w.Place != nil {
			r.Warnings = append(r.Warnings, findingOf(w.Place))
		} else {
			r.Warnings = append(r.Warnings, reportFinding{Message: w.Message, Hint: w.Hint})
		}
	}
}

// fillStages takes over what EnsureStages did.
func (r *report) fillStages(result *engine.StagesResult) {
	r.DryRun = result.DryRun
	r.Server, r.Project = serverOf(result.Session), projectOf(result.Project)
	for _, s := range result.Stages {
		r.Stages = append(r.Stages, stageOf(s))
	}
}

// fillCheck takes over what is wrong with a map, or what a run would do. The
// failure of the only map is left to finish.
func (r *report) fillCheck(m checked) {
	for _, w := range m.warnings {
		r.Warnings = append(r.Warnings, findingOf(w))
	}
	if m.plan == nil {
		return
	}
	for item := range m.plan.Map.All {
		out := reportItem{Kind: string(item.Kind), Feature: item.Name, Line: item.Position().Line, ID: item.TaskID}
		if item.Parent != nil {
			out.Feature, out.Story = item.Parent.Name, item.Name
		}
		switch {
		case item.Deprecated:
			out.Reason = string(engine.Deprecated)
			r.Skipped = append(r.Skipped, out)
		case item.TaskID != 0:
			out.Reason = string(engine.Synced)
			r.Skipped = append(r.Skipped, out)
		default:
			out.Tags = item.Tags()
			r.Pending = append(r.Pending, out)
		}
	}
	for _, name := range m.plan.Tags() {
		r.Tags = append(r.Tags, reportTag{Name: name})
	}
}

// finish adds how it ended.
func (r *report) finish(err error, took time.Duration) {
	r.DurationSeconds = took.Seconds()
	if err == nil {
		return
	}
	r.Error = errorOf(describe(err))
}

func errorOf(f failure) *reportError {
	e := &reportError{Code: f.Code, Kind: f.Kind, Message: f.Message, Hint: f.Hint, Mistakes: []reportFinding{}, Items: []reportItem{}}
	for _, m := range f.Mistakes {
		e.Mistakes = append(e.Mistakes, findingOf(m))
	}
	for _, it := range f.Items {
		e.Items = append(e.Items, itemOf(it))
	}
	for _, m := range f.Mismatch {
		m.Item.Differences = m.Differences
		e.Items = append(e.Items, itemOf(m.Item))
	}
	return e
}

// write prints the report.
func (r *report) write(w io.Writer) { writeJSON(w, r) }

// writeJSON prints a value as JSON. Its texts may hold characters that a
// terminal acts on: those that JSON would leave as they are are escaped too.
func writeJSON(w io.Writer, v any) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // strings and numbers always can be
	text := b.String()
	written := 0
	for i, c := range text {
		if c != '\n' && disturbs(c) {
			_, _ = io.WriteString(w, text[written:i])
			for _, unit := range utf16.Encode([]rune{c}) {
				_, _ = fmt.Fprintf(w, `\u%04x`, unit)
			}
			written = i + utf8.RuneLen(c)
		}
	}
	_, _ = io.WriteString(w, text[written:]) // the writer remembers its error until it is flushed
}

func findingOf(m *tomledit.Error) reportFinding {
	return reportFinding{
		File: m.File, Line: m.Pos.Line, Column: m.Pos.Column, EndColumn: m.EndColumn(),
		Key: m.Key, Message: m.Message, Hint: m.Hint,
	}
}

func serverOf(s odoorpc.Session) *reportServer {
	if s.Version == "" {
		return nil
	}
	return &reportServer{URL: s.URL, Version: s.Version, Protocol: string(s.Protocol), Database: s.Database, Login: s.Login, UserID: s.UserID}
}

func projectOf(p engine.Project) *reportProject {
	if p.ID == 0 {
		return nil
	}
	return &reportProject{ID: p.ID, Name: p.Name, URL: p.URL}
}

func stageOf(s engine.Stage) reportStage {
	return reportStage{ID: s.ID, Name: s.Name, Created: s.Created, Creatable: string(s.Creatable)}
}

func itemOf(it engine.ItemResult) reportItem {
	item := reportItem{Kind: string(it.Kind), Feature: it.Feature, Story: it.Story, Line: it.Line, ID: it.ID, URL: it.URL}
	for _, d := range it.Differences {
		item.Differences = append(item.Differences, reportDifference(d))
	}
	return item
}

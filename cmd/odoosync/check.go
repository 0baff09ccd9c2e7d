package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"odoosync/engine"
)

// The formats of check.
const (
	formatText   = "text"
	formatJSON   = "json"
	formatGitHub = "github"
)

// check validates a map and lists what a run would create.
func (p *program) check(c *cli.Context) error {
	p.report = newReport(c.Command.Name)
	p.report.DryRun = true
	path, err := mapArgument(c)
	if err != nil {
		return err
	}
	p.report.Map = path
	format := c.String("format")
	formats := []string{formatText, formatJSON, formatGitHub}
	switch {
	case !slices.Contains(formats, format):
		e := usagef(c.Command.Name, "there is no format %q", format)
		e.hint = didYouMean(format, formats, "the formats are text, json and github")
		return e
	case c.Bool("json") && c.IsSet("format") && format != formatJSON:
		return usagef(c.Command.Name, "--json and --format %s exclude each other", format)
	}

	plan, err := engine.Check(path)
	if err != nil {
		if format == formatGitHub {
			annotate(p.printf, describe(err))
		}
		return err
	}
	switch {
	case p.asJSON:
		p.report.fillPlan(plan)
	case format == formatGitHub:
		p.printf("%s: %s\n", oneLine(path), outlook(plan))
	case p.talkative():
		writeTree(p.printf, plan, p.outStyle(c))
		p.printf("%s: %s\n", oneLine(path), outlook(plan))
	}
	return nil
}

// outlook says in one line what a run would do.
func outlook(plan *engine.Plan) string {
	rest := fmt.Sprintf("%d synced, %d deprecated", plan.Synced, plan.Deprecated)
	if plan.Pending() == 0 {
		return "nothing to create (" + rest + ")"
	}
	return fmt.Sprintf("%s to create: %s, %s (%s)", count(plan.Pending(), "task"),
		count(len(plan.Features), "feature"), count(len(plan.Stories), "story"), rest)
}

// writeTree lists the pending items under their features, each with its tags.
// A feature that has its task already stands there with its id, for the sake of
// its new stories.
func writeTree(printf func(string, ...any), plan *engine.Plan, s style) {
	for _, feature := range plan.Map.Features {
		var pending []*engine.Item
		for _, story := range feature.Stories {
			if story.TaskID == 0 && !story.Deprecated {
				pending = append(pending, story)
			}
		}
		isNew := feature.TaskID == 0 && !feature.Deprecated
		switch {
		case isNew:
			printf("%s %s%s\n", s.green("+"), s.bold(oneLine(feature.Name)), tagList(feature, s))
		case len(pending) > 0:
			printf("  %s %s\n", oneLine(feature.Name), s.faint(fmt.Sprintf("(task %d)", feature.TaskID)))
		default:
			continue
		}
		for i, story := range pending {
			branch := "├──"
			if i == len(pending)-1 {
				branch = "└──"
			}
			printf("  %s %s %s%s\n", s.faint(branch), s.green("+"), oneLine(story.Name), tagList(story, s))
		}
	}
	if plan.Pending() > 0 {
		printf("\n")
	}
}

func tagList(item *engine.Item, s style) string {
	tags := item.Tags()
	if len(tags) == 0 {
		return ""
	}
	return " " + s.cyan("["+oneLine(strings.Join(tags, ", "))+"]")
}

// annotate writes a failure as GitHub's workflow commands, which show as
// annotations on the lines of a pull request.
func annotate(printf func(string, ...any), f failure) {
	if len(f.Mistakes) == 0 {
		file := ""
		if f.File != "" {
			file = "file=" + property(filepath.ToSlash(f.File)) + ","
		}
		printf("::error %stitle=odoosync::%s\n", file, data(withHint(f.Message, f.Hint)))
		return
	}
	for _, m := range f.Mistakes {
		message := m.Message
		if m.Key != "" {
			message = m.Key + ": " + message
		}
		printf("::error file=%s,line=%d,col=%d,endColumn=%d,title=odoosync::%s\n",
			property(filepath.ToSlash(m.File)), m.Pos.Line, m.Pos.Column, m.EndColumn(), data(withHint(message, m.Hint)))
	}
}

func withHint(message, hint string) string {
	if hint == "" {
		return message
	}
	return message + "\nhint: " + hint
}

// data escapes the message of a workflow command.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property of a workflow command.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

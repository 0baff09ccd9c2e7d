package main

import (
	"fmt"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/urfave/cli/v2"
)

// man prints the manual page, made from the table of commands.
func (p *program) man(c *cli.Context) error {
	p.printf("%s", md2man.Render([]byte(manual(c.App))))
	return nil
}

// manual is the manual page in Markdown.
func manual(app *cli.App) string {
	var b strings.Builder
	day, _, _ := strings.Cut(build().Date, "T")
	fmt.Fprintf(&b, "%% ODOOSYNC 1 %q odoosync %q\n\n# NAME\n\nodoosync - %s\n\n# SYNOPSIS\n\n", day, "User Commands", app.Usage)
	for _, c := range app.VisibleCommands() {
		fmt.Fprintf(&b, "**odoosync %s**%s\n\n", c.Name, markdown(strings.TrimPrefix(usageLine(c), "odoosync "+c.Name)))
	}
	b.WriteString("# DESCRIPTION\n\n" + markdown(`Creates an Odoo task for each feature and a subtask for each user story of a
map (a TOML file) whose task_id is 0, and writes the new ids over the zeros. The
map is the only file it reads and writes, and no other byte of it changes. Flags
may come before or after the map.`) + "\n\n# COMMANDS\n\n")
	for _, c := range app.VisibleCommands() {
		text, examples, _ := strings.Cut(c.Description, "\n\nExamples:")
		fmt.Fprintf(&b, "## %s\n\n%s.\n\n%s\n\n", c.Name, sentence(c.Usage), markdown(text))
		if examples != "" {
			fmt.Fprintf(&b, "Examples:\n%s\n\n", strings.ReplaceAll(examples, "\n", "\n  ")) // four blanks: as they stand
		}
		for _, f := range c.Flags {
			names, usage := describeFlag(f)
			fmt.Fprintf(&b, "**%s**\n: %s\n\n", markdown(strings.TrimSpace(names)), markdown(usage))
		}
	}
	for _, section := range []string{environmentHelp(), exitCodeHelp("")} {
		title, rows, _ := strings.Cut(strings.TrimSpace(section), "\n")
		title, _, _ = strings.Cut(strings.TrimSuffix(title, ":"), " (")
		fmt.Fprintf(&b, "# %s\n\n", strings.ToUpper(title))
		for row := range strings.Lines(rows) {
			name, meaning, _ := strings.Cut(strings.TrimSpace(row), "  ")
			fmt.Fprintf(&b, "**%s**\n: %s\n\n", markdown(name), markdown(strings.TrimSpace(meaning)))
		}
	}
	return b.String()
}

// markdown escapes what Markdown would take for its own.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "").Replace(s)
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

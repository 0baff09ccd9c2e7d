package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

// program is one call of the command line.
type program struct {
	stdin   io.Reader
	out     *bufio.Writer // standard output: results
	style   style         // of standard output
	console *console      // standard error: everything else
	env     func(string) string
	began   time.Time

	report *report // printed only with --json
	asJSON bool
	code   int // the exit code when all goes well
}

// run is the whole program. args begins with the program's own name; env looks
// up environment variables, "" for one that is not set. It returns the exit
// code, and never calls os.Exit. When ctx ends, the call to Odoo in flight is
// finished and its ids are saved first.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	p := &program{
		stdin:   stdin,
		out:     bufio.NewWriter(stdout),
		style:   styleFor(stdout, env),
		console: &console{w: stderr, style: styleFor(stderr, env), moving: isTerminal(stderr) && env("TERM") != "dumb"},
		env:     env,
		began:   time.Now(),
		report:  newReport(""),
	}
	err := p.execute(ctx, args)
	p.report.DurationSeconds = time.Since(p.began).Seconds()
	code := p.code
	var f *commandError
	if err != nil {
		f = describe(err)
		code, p.report.Error = f.Code, errorOf(f)
	}
	if p.asJSON {
		p.printf("%s\n", asJSON(p.report))
	}
	if err != nil {
		_ = p.out.Flush() // results so far come before the error
		if p.report.DryRun && p.talkative() {
			f.Items = nil // the plan shows them
		}
		p.console.fail(f)
	}
	// A reader that closes the pipe, as head does, has seen enough.
	if flushErr := p.out.Flush(); flushErr != nil && !errors.Is(flushErr, syscall.EPIPE) {
		if path, ok := errors.AsType[*fs.PathError](flushErr); ok {
			flushErr = path.Err
		}
		p.console.fail(&commandError{Message: "cannot write the result: " + flushErr.Error()})
		code = max(code, exitUnexpected)
	}
	return code
}

// execute parses the command line and does what it says.
func (p *program) execute(ctx context.Context, args []string) error {
	app := newApp(p)
	if len(args) == 0 {
		args = []string{app.Name}
	}
	line, err := arrange(app, args)
	if err != nil {
		p.asJSON = wantsJSON(args)
		return err
	}
	if !slices.Contains(line, "--") { // how all lines end but those that ask for help
		return p.print("help", helpPage{app, app.Command(line[1])}) // no command is called --help
	}
	return app.RunContext(ctx, line)
}

// wantsJSON finds --json or --format json in a command line that could not be
// understood.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	format := slices.Index(args, "--format") + 1
	return slices.Contains(args, "--json") || slices.Contains(args, "--format="+formatJSON) ||
		format > 0 && format < len(args) && args[format] == formatJSON
}

// prepare follows the flags that every command shares.
func (p *program) prepare(c *cli.Context) error {
	p.asJSON = c.Bool("json") || c.String("format") == formatJSON
	p.console.quiet = c.Bool("quiet")
	p.console.verbose = c.Count("verbose")
	if c.Bool("no-color") {
		p.style, p.console.style = style{}, style{}
	}
	if p.console.quiet && p.console.verbose > 0 {
		return usagef(c.Command.Name, "--quiet and --verbose cannot be combined")
	}
	p.report.Command = c.Command.Name
	p.report.DryRun = c.Bool("dry-run") || c.Command.Name == "check"
	return checkArguments(c)
}

// talkative reports whether results for people are wanted on standard output.
func (p *program) talkative() bool { return !p.asJSON && !p.console.quiet }

// printf writes to standard output. The writer remembers an error until run
// flushes it.
func (p *program) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format, args...)
}

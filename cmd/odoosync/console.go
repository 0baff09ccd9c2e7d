package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/fatih/color"
	"golang.org/x/term"

	"odoosync/engine"
	"odoosync/tomledit"
)

// console is standard error: what people read beside the results. Its rules:
// a message begins with "odoosync: ", in lower case and without a full stop;
// advice follows in lines that begin with "hint: "; mistakes in a map are
// printed as a compiler prints them. Whatever comes from a server or a map is
// made harmless first. Safe for concurrent use.
type console struct {
	mu      sync.Mutex
	w       io.Writer
	style   style
	moving  bool // a terminal on which a line can be drawn again
	quiet   bool // nothing but errors
	verbose int
	status  func(columns int) string // the last line of a terminal, nil for none
}

// style colours text, or leaves it alone.
type style struct{ enabled bool }

func (s style) paint(text string, attributes ...color.Attribute) string {
	if !s.enabled || text == "" {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

func (s style) bold(t string) string    { return s.paint(t, color.Bold) }
func (s style) faint(t string) string   { return s.paint(t, color.Faint) }
func (s style) red(t string) string     { return s.paint(t, color.FgRed, color.Bold) }
func (s style) removed(t string) string { return s.paint(t, color.FgRed) }
func (s style) yellow(t string) string  { return s.paint(t, color.FgYellow, color.Bold) }
func (s style) green(t string) string   { return s.paint(t, color.FgGreen) }
func (s style) cyan(t string) string    { return s.paint(t, color.FgCyan) }

// styleFor decides on colours for one stream: never with NO_COLOR, always with
// CLICOLOR_FORCE, else on terminals that are not dumb.
func styleFor(w io.Writer, env func(string) string) style {
	switch force := env("CLICOLOR_FORCE"); {
	case env("NO_COLOR") != "":
		return style{}
	case force != "" && force != "0":
		return style{enabled: true}
	case env("TERM") == "dumb":
		return style{}
	}
	return style{enabled: isTerminal(w)}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// tell prints what is no error.
func (c *console) tell(text string) {
	if !c.quiet {
		c.print(text)
	}
}

// note prints a line for people who watch.
func (c *console) note(format string, args ...any) {
	c.tell("odoosync: " + printable(fmt.Sprintf(format, args...)) + "\n")
}

// trace prints something for people who look closely. Further lines of it are
// indented, so that no server can imitate a line of the program.
func (c *console) trace(text string) {
	c.print(c.style.faint(indented(text)) + "\n")
}

// warn prints something that does not stop the run.
func (c *console) warn(message, hint string) {
	c.tell("odoosync: " + c.style.yellow("warning:") + " " + indented(message) + "\n" + c.hints(hint))
}

// warnOf prints a warning about a place in a map.
func (c *console) warnOf(place *tomledit.Error) {
	c.tell(c.snippet(c.style.yellow("warning:"), place) + "\n")
}

// snippet shows what is wrong at a place in a map as compilers do: the line
// with its number, a caret, and advice.
func (c *console) snippet(label string, m *tomledit.Error) string {
	number := strconv.Itoa(m.Pos.Line)
	margin := strings.Repeat(" ", len(number))
	bar := c.style.cyan("|")
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", label, c.style.bold(indented(statement(m))))
	fmt.Fprintf(&b, "%s%s %s:%d:%d\n", margin, c.style.cyan("-->"), oneLine(m.File), m.Pos.Line, m.Pos.Column)
	if text := strings.TrimRight(printable(m.Snippet()), "\n"); text != "" {
		line, carets := layOut(text, max(0, c.columns(0)-len(margin)-len(" | ")))
		fmt.Fprintf(&b, "%s %s\n%s %s %s\n%s %s %s\n", margin, bar, c.style.cyan(number), bar, line, margin, bar, c.style.red(carets))
	}
	for hint := range strings.Lines(c.hints(m.Hint)) {
		fmt.Fprintf(&b, "%s %s %s", margin, c.style.cyan("="), hint)
	}
	return b.String()
}

// statement is what is wrong at a place, with its key.
func statement(m *tomledit.Error) string {
	if m.Key == "" {
		return m.Message
	}
	return m.Key + ": " + m.Message
}

func (c *console) fail(f *commandError) {
	var b strings.Builder
	for _, m := range f.Mistakes {
		b.WriteString(c.snippet(c.style.red("error:"), m) + "\n")
	}
	fmt.Fprintf(&b, "%s %s\n", c.style.red("odoosync:"), indented(f.Message))
	for _, it := range f.Items {
		switch f.Kind {
		case "mismatch":
			b.WriteString(c.mismatch(f.File, it))
		case "not-saved", "unknown-outcome":
			b.WriteString(unsettled(f.File, it))
		}
	}
	if c.verbose > 0 && f.Debug != "" {
		b.WriteString(c.style.faint("the server's traceback:\n  "+indented(strings.TrimSpace(f.Debug))) + "\n")
	}
	b.WriteString(c.hints(f.Hint))
	c.print(b.String())
}

// mismatch shows one existing task beside its item.
func (c *console) mismatch(file string, it engine.ItemResult) string {
	where := c.style.bold(oneLine(it.Place(file)) + ":")
	task := fmt.Sprintf("task %d", it.ID)
	if it.ID == 0 {
		task = "a hidden task"
	}
	return fmt.Sprintf("%s %s %s, %s:\n", where, it.Kind, oneLine(strconv.Quote(it.Name())), task) + differences("  ", it.Differences)
}

// differences shows in what a task is not what the map says.
func differences(indent string, all []engine.Difference) string {
	const widest = 200 // characters of a text that are shown
	var b strings.Builder
	for _, d := range all {
		inMap, inOdoo := around(d.Map, d.Odoo, widest)
		fmt.Fprintf(&b, "%[1]s%[2]s\n%[1]s  map:  %[3]s\n%[1]s  Odoo: %[4]s\n", indent, d.Field, oneLine(inMap), oneLine(inOdoo))
	}
	return b.String()
}

// around cuts two long texts to the part in which they begin to differ.
func around(a, b string, widest int) (string, string) {
	ra, rb := []rune(a), []rune(b)
	if len(ra) <= widest && len(rb) <= widest {
		return a, b
	}
	same := 0
	for same < len(ra) && same < len(rb) && ra[same] == rb[same] {
		same++
	}
	from := max(0, same-widest/4)
	window := func(text []rune) string {
		to := min(len(text), from+widest)
		cut := string(text[from:to])
		if from > 0 {
			cut = "..." + cut
		}
		if to < len(text) {
			cut += "..."
		}
		return cut
	}
	return window(ra), window(rb)
}

// unsettled is the line to paste for an item whose id is not in the map, or
// names one whose id is not known.
func unsettled(file string, it engine.ItemResult) string {
	id := ""
	if it.ID != 0 {
		id = fmt.Sprintf("task_id = %d  # ", it.ID)
	}
	return oneLine(it.Place(file)) + ": " + id + oneLine(it.Describe()) + "\n"
}

// hints puts "hint: " before each line of advice.
func (c *console) hints(text string) string {
	var b strings.Builder
	for line := range strings.Lines(printable(text)) {
		b.WriteString(c.style.cyan("hint:") + " " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}

// indented is printable with the lines after the first two columns to the
// right, so that no text can pass for a message of its own. Blank lines go.
func indented(text string) string {
	var kept []string
	for line := range strings.SplitSeq(printable(text), "\n") {
		if line = strings.TrimRight(line, " \t"); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n  ")
}

// clearLine takes the line of the cursor away.
const clearLine = "\r\x1b[2K"

// print writes text above the status, if there is one.
func (c *console) print(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.status != nil {
		text = clearLine + text
	}
	_, _ = io.WriteString(c.w, text) // nowhere left to complain
	c.draw()
}

// setStatus puts up a status line, or takes it away.
func (c *console) setStatus(status func(columns int) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.WriteString(c.w, clearLine)
	c.status = status
	c.draw()
}

// draw shows the status. What does not fit is cut, because a line that wraps
// cannot be taken back. For the same reason the cursor goes back to its
// beginning: the terminal itself writes ^C there. The caller holds the lock.
func (c *console) draw() {
	if c.status == nil {
		return
	}
	columns := c.columns(80) - 1
	_, _ = io.WriteString(c.w, clearLine+firstColumns(c.status(columns), columns)+"\r")
}

// columns is the width of the terminal, or what is given where it does not say.
func (c *console) columns(unknown int) int {
	if f, ok := c.w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return unknown
}

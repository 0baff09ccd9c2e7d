package main

import (
	"fmt"
	"strings"
	"time"

	"odoosync/engine"
	"odoosync/odoorpc"
)

// progress shows people how a run goes on: a bar on a terminal, which is gone
// when the run ends; elsewhere a line at each tenth of the way.
type progress struct {
	console *console
	bar     bool // shown: there is a terminal for it and work to show
	phase   string
	total   int
	done    int
	told    int // done when the last line was printed
	warned  int // warnings about places in the map

	first, last mark // the first and the last time that tasks were saved

	waitFor   string    // why the client waits, "" when it does not
	waitUntil time.Time // till then
}

// mark is how far a run was at a time.
type mark struct {
	done int
	at   time.Time
}

// warningsShown is how many warnings about places in the map a run prints.
const warningsShown = 10

// event follows a run.
func (p *progress) event(ev engine.Event) {
	switch ev := ev.(type) {
	case engine.Planned:
		p.total = ev.Pending
		if c := p.console; c.moving && !c.quiet && p.total > 0 {
			p.bar = true
			c.setStatus(p.line)
			p.tick()
		}
	case engine.Connected:
		p.update(func() { p.phase = "preparing" })
		if !p.bar {
			p.console.note("connected to Odoo %s at %s, project %q", ev.Session.Version, ev.Session.URL, ev.Project.Name)
		}
	case engine.Prepared:
		p.update(func() { p.phase = "creating tasks" })
	case engine.Saved:
		p.advance(ev.Done, ev.Total)
	case engine.OneAtATime:
		if p.console.verbose > 0 {
			p.console.note("calls conflicted with each other: continuing one at a time")
		}
	case engine.Warning:
		if ev.Place == nil {
			p.console.warn(ev.Message, ev.Hint)
		} else if p.warned++; p.warned <= warningsShown {
			p.console.warnOf(ev.Place)
		}
	}
}

// call follows the calls of the client, several of which may go on at a time:
// waits, and with --verbose a line for each. The texts hold no secrets (package
// odoorpc masks them).
func (p *progress) call(ev odoorpc.Event) {
	verbose := p.console.verbose
	switch ev.Kind {
	case odoorpc.EventStarted:
		p.update(func() { p.waitFor = "" })
		if verbose > 1 {
			p.console.trace("> " + ev.Model + "." + ev.Method + " " + ev.Request)
		}
	case odoorpc.EventEnded:
		if verbose > 0 {
			p.console.trace(callLine(ev))
		}
		if verbose > 1 && ev.Answer != "" {
			p.console.trace("< " + ev.Answer)
		}
	case odoorpc.EventWaiting:
		p.waiting(ev.Reason, ev.Wait, ev.Try > 1 || verbose > 0)
	}
}

// callLine is one call in a line: model, method, rows, status, time, try.
func callLine(ev odoorpc.Event) string {
	line := ev.Model + "." + ev.Method
	if ev.Rows > 0 {
		line += ", " + count(ev.Rows, "row")
	}
	status := "no answer"
	if ev.Status != 0 {
		status = fmt.Sprintf("HTTP %d", ev.Status)
	}
	line += fmt.Sprintf(": %s in %s", status, ev.Duration.Round(time.Millisecond))
	if ev.Try > 1 {
		line += fmt.Sprintf(", try %d", ev.Try)
	}
	if ev.Err != nil {
		line += ", " + oneLine(ev.Err.Error())
	}
	return line
}

// waiting shows that the client holds back, and why; d is how long. Where the
// reason is nothing to worry about, such as the pace, only the bar shows it, and
// only if one could wonder.
func (p *progress) waiting(why string, d time.Duration, worrying bool) {
	if worrying {
		why = "waiting for the server: " + why
	}
	switch {
	case p.bar && (worrying || d > time.Second):
		p.update(func() { p.waitFor, p.waitUntil = why, time.Now().Add(d) })
	case worrying:
		p.console.note("%s, continuing in %s", why, inSeconds(d))
	}
}

// end takes the bar away, and says what was left out.
func (p *progress) end(path string) {
	if p.bar {
		p.console.setStatus(nil)
	}
	if more := p.warned - warningsShown; more > 0 {
		p.console.note("%d more warnings like these; odoosync check %s shows them all", more, path)
	}
}

// advance shows how many tasks are saved, of how many: an edit of the map can
// bring more.
func (p *progress) advance(done, total int) {
	p.update(func() {
		p.done, p.total, p.last = done, total, mark{done, time.Now()}
		if p.first.at.IsZero() {
			p.first = p.last
		}
	})
	const steps = 10
	if !p.bar && (done == total || (done-p.told)*steps >= total) {
		p.told = done
		p.console.note("%d of %s saved", done, count(total, "task"))
	}
}

// tick draws the bar twice a second, for the times in it, until it is taken
// away.
func (p *progress) tick() {
	p.update(func() {
		if p.console.status != nil {
			time.AfterFunc(500*time.Millisecond, p.tick)
		}
	})
}

// update changes what is shown and draws it again.
func (p *progress) update(change func()) {
	p.console.mu.Lock()
	defer p.console.mu.Unlock()
	change()
	p.console.draw()
}

// line is what a terminal shows: the bar with what goes on, or while nothing
// moves the reason for it. Where a bar would be too short to say anything, what
// goes on is enough.
func (p *progress) line(columns int) string {
	const short = 10
	now := time.Now()
	if p.waitFor != "" {
		return fmt.Sprintf("%d/%d  %s, continuing in %s", p.done, p.total, oneLine(p.waitFor), inSeconds(p.waitUntil.Sub(now)))
	}
	text := p.progressLine(now)
	room := columns - len("100% ||  ") - len(text)
	if room < short {
		return text
	}
	done, total := min(p.done, p.total), max(p.total, 1)
	filled := room * done / total
	return fmt.Sprintf("%3d%% |%s%s|  %s", 100*done/total, strings.Repeat("█", filled), strings.Repeat(" ", room-filled), text)
}

// progressLine says what goes on, how far it is, and how fast. The rate is that
// between the first save and the last, because the first one is preceded by
// calls of other kinds; the time left is told while it can be true.
func (p *progress) progressLine(now time.Time) string {
	line := fmt.Sprintf("%s %d/%d", p.phase, p.done, p.total)
	if p.last.done <= p.first.done {
		return line
	}
	perTask := p.last.at.Sub(p.first.at) / time.Duration(p.last.done-p.first.done)
	rate, unit := time.Second, "s"
	if perTask > time.Second {
		rate, unit = time.Minute, "min"
	}
	line += fmt.Sprintf(", %.0f tasks/%s", rate.Seconds()/max(1, perTask).Seconds(), unit)
	if left := time.Duration(p.total-p.done)*perTask - now.Sub(p.last.at); left > 0 {
		line += ", " + inSeconds(left) + " left"
	}
	return line
}

// inSeconds is a time rounded up to whole seconds, at least one.
func inSeconds(d time.Duration) string {
	return max(time.Second, (d + time.Second - 1).Truncate(time.Second)).String()
}

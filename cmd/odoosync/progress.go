package main

import (
	"fmt"
	"strings"
	"time"

	"odoosync/engine"
)

// progress shows people how a run goes on: a bar on a terminal, which is gone
// when the run ends; elsewhere a line at each tenth of the way.
type progress struct {
	console *console
	phase   string
	total   int
	done    int
	told    int // done when the last line was printed

	first, last mark // the first and the last time that tasks were saved

	waitFor   string    // why the client waits, "" when it does not
	waitUntil time.Time // till then

	stop chan struct{} // ends the redrawing of the bar
}

// mark is how far a run was at a time.
type mark struct {
	done int
	at   time.Time
}

// event follows a run.
func (p *progress) event(ev engine.Event) {
	switch ev := ev.(type) {
	case engine.Planned:
		p.total = ev.Pending
		p.showBar()
	case engine.Connected:
		p.setPhase("preparing")
		if !p.barShown() {
			p.console.note("connected to Odoo %s at %s, project %q", ev.Session.Version, ev.Session.URL, ev.Project.Name)
		}
	case engine.Prepared:
		p.setPhase("creating tasks")
	case engine.Saved:
		p.advance(ev.Done, ev.Total)
	case engine.OneAtATime:
		if p.console.verbose > 0 {
			p.console.note("calls conflicted with each other: continuing one at a time")
		}
	}
}

// waiting shows that the client holds back, and why; d is how long. Where the
// reason is nothing to worry about, such as the pace, only the bar shows it, and
// only if one could wonder.
func (p *progress) waiting(why string, d time.Duration, worrying bool) {
	const short = time.Second
	if worrying {
		why = "waiting for the server: " + why
	}
	switch {
	case p.barShown() && (worrying || d > short):
		p.update(func() { p.waitFor, p.waitUntil = why, time.Now().Add(d) })
	case worrying:
		p.console.note("%s, continuing in %s", why, inSeconds(d))
	}
}

// goesOn ends a wait.
func (p *progress) goesOn() { p.update(func() { p.waitFor = "" }) }

// end takes the bar away.
func (p *progress) end() {
	if !p.barShown() {
		return
	}
	close(p.stop)
	p.console.setStatus(nil)
}

func (p *progress) setPhase(phase string) { p.update(func() { p.phase = phase }) }

// advance shows how many tasks are saved, of how many: an edit of the map can
// bring more.
func (p *progress) advance(done, total int) {
	p.update(func() {
		p.total = total
		p.done, p.last = done, mark{done, time.Now()}
		if p.first.at.IsZero() {
			p.first = p.last
		}
	})
	if p.barShown() {
		return
	}
	const steps = 10
	if done == p.total || (done-p.told)*steps >= p.total {
		p.told = done
		p.console.note("%d of %s saved", done, count(p.total, "task"))
	}
}

func (p *progress) barShown() bool { return p.stop != nil }

// showBar puts the bar up, if there is a terminal for it and work to show.
func (p *progress) showBar() {
	c := p.console
	if !c.moving || c.quiet || p.total == 0 {
		return
	}
	c.setStatus(p.line)
	p.stop = make(chan struct{})
	go p.tick(p.stop)
}

// tick keeps the bar's clock going between two batches.
func (p *progress) tick(stop <-chan struct{}) {
	const every = 500 * time.Millisecond
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			p.update(func() {})
		}
	}
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
		return p.waitLine(now)
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
	line += ", " + rate(perTask)
	if left := time.Duration(p.total-p.done)*perTask - now.Sub(p.last.at); left > 0 {
		line += ", " + inSeconds(left) + " left"
	}
	return line
}

// rate is how many tasks are created in a second, or in a minute if that is slow.
func rate(perTask time.Duration) string {
	perTask = max(perTask, 1)
	if perTask <= time.Second {
		return fmt.Sprintf("%.0f tasks/s", time.Second.Seconds()/perTask.Seconds())
	}
	return fmt.Sprintf("%.0f tasks/min", time.Minute.Seconds()/perTask.Seconds())
}

// waitLine says why nothing moves.
func (p *progress) waitLine(now time.Time) string {
	return fmt.Sprintf("%d/%d  %s, continuing in %s", p.done, p.total, oneLine(p.waitFor), inSeconds(p.waitUntil.Sub(now)))
}

// inSeconds is a time rounded up to whole seconds, at least one.
func inSeconds(d time.Duration) string {
	return max(time.Second, (d + time.Second - 1).Truncate(time.Second)).String()
}

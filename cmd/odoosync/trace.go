package main

import (
	"fmt"
	"strings"
	"time"

	"odoosync/odoorpc"
)

// callEvents shows what the client does: waits in the progress display, and
// with --verbose a line for each call. The texts hold no secrets (package
// odoorpc masks them).
func (p *program) callEvents(show *progress) func(odoorpc.Event) {
	return func(ev odoorpc.Event) {
		p.events.Lock()
		defer p.events.Unlock()
		verbose := p.console.verbose
		switch ev.Kind {
		case odoorpc.EventStarted:
			show.goesOn()
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
			show.waiting(ev.Reason, ev.Wait, ev.Try > 1 || verbose > 0)
		}
	}
}

// callLine is one call in a line: model, method, rows, status, time, try.
func callLine(ev odoorpc.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.%s", ev.Model, ev.Method)
	if ev.Rows > 0 {
		fmt.Fprintf(&b, ", %s", count(ev.Rows, "row"))
	}
	status := "no answer"
	if ev.Status != 0 {
		status = fmt.Sprintf("HTTP %d", ev.Status)
	}
	fmt.Fprintf(&b, ": %s in %s", status, ev.Duration.Round(time.Millisecond))
	if ev.Try > 1 {
		fmt.Fprintf(&b, ", try %d", ev.Try)
	}
	if ev.Err != nil {
		fmt.Fprintf(&b, ", %s", oneLine(ev.Err.Error()))
	}
	return b.String()
}

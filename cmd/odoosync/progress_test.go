package main

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// The terminal writes ^C where the cursor is; at the end of a full line that
// would begin another one, which could not be taken back.
func TestTheBarLeavesTheCursorAtItsBeginning(t *testing.T) {
	tests := []struct{ waitFor, want string }{
		{"", " 33% |" + strings.Repeat("█", 17) + strings.Repeat(" ", 35) + "|  creating tasks 3/9"},
		{"waiting for the server: 503 Service Unavailable", "3/9  waiting for the server: 503 Service Unavailable, continuing in 4s"},
	}
	for _, test := range tests {
		is := is.New(t)
		var screen strings.Builder
		c := &console{w: &screen}
		p := &progress{console: c, phase: "creating tasks", done: 3, total: 9, waitFor: test.waitFor, waitUntil: time.Now().Add(4 * time.Second)}
		c.setStatus(p.line)
		is.True(strings.HasSuffix(screen.String(), "\x1b[2K"+test.want+"\r"))
		c.print("a message\n") // above it
		is.True(strings.HasSuffix(screen.String(), "\r\x1b[2Ka message\n\r\x1b[2K"+test.want+"\r"))
		c.setStatus(nil)
		is.True(strings.HasSuffix(screen.String(), "\r\x1b[2K"))
	}
}

// A bar that says nothing is left out.
func TestANarrowTerminalHasNoBar(t *testing.T) {
	is := is.New(t)
	p := &progress{phase: "creating tasks", done: 3, total: 9}
	is.Equal(p.line(36), "creating tasks 3/9")
	is.Equal(p.line(37), " 33% |███       |  creating tasks 3/9")
	p = &progress{phase: "creating tasks", done: 10, total: 9}
	is.Equal(p.line(38), "100% |██████████|  creating tasks 10/9")
}

func TestProgressLineTellsRateAndTimeLeft(t *testing.T) {
	start := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	after := start.Add
	tests := []struct {
		name        string
		first, last mark
		now         time.Duration
		want        string
	}{
		{"nothing saved", mark{}, mark{}, time.Second, "creating tasks 0/400"},
		{"saved once", mark{100, start}, mark{100, start}, time.Second, "creating tasks 100/400"},
		{"fast", mark{100, start}, mark{200, after(2 * time.Second)}, 2 * time.Second, "creating tasks 200/400, 50 tasks/s, 4s left"},
		{"between saves", mark{100, start}, mark{200, after(2 * time.Second)}, 3 * time.Second, "creating tasks 200/400, 50 tasks/s, 3s left"},
		{"later than foretold", mark{100, start}, mark{200, after(2 * time.Second)}, time.Minute, "creating tasks 200/400, 50 tasks/s"},
		{"slow", mark{1, start}, mark{11, after(20 * time.Second)}, 20 * time.Second, "creating tasks 11/400, 30 tasks/min, 12m58s left"},
		{"all", mark{1, start}, mark{400, after(time.Second)}, time.Second, "creating tasks 400/400, 399 tasks/s"},
		{"in no time", mark{1, start}, mark{200, start}, 0, "creating tasks 200/400, 1000000000 tasks/s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			is := is.New(t)
			p := &progress{phase: "creating tasks", total: 400, done: test.last.done, first: test.first, last: test.last}
			is.Equal(p.progressLine(after(test.now)), test.want)
		})
	}
}

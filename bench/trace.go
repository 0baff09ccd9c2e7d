//go:build linux

package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// calls is what odoosync --verbose tells of its calls.
type calls struct {
	requests int
	waited   time.Duration // for answers
	loads    []int         // rows of each load of tasks
}

// callLine is a line such as "project.task.load, 100 rows: HTTP 200 in 512ms".
var callLine = regexp.MustCompile(`^([\w.]+)(?:, (\d+) rows?)?: (?:HTTP \d+|no answer) in ([\dhmsµn.]+)`)

func readCalls(trace string) (calls, error) {
	var c calls
	for line := range strings.Lines(trace) {
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		took, err := time.ParseDuration(m[3])
		if err != nil {
			return c, err
		}
		c.requests++
		c.waited += took
		if m[1] == "project.task.load" {
			rows, err := strconv.Atoi(m[2])
			if err != nil {
				return c, err
			}
			c.loads = append(c.loads, rows)
		}
	}
	return c, nil
}

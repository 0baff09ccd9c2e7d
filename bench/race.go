//go:build linux

package main

import (
	"fmt"
	"time"
)

// Names of contenders, to be formatted with the number of jobs.
const (
	ours  = "odoosync run --jobs %d"
	floor = "bare loop of load, %d at a time (floor)"
)

// race is what contenders took, in the order in which they first came.
type race []*runner

type runner struct {
	name        string
	items, jobs int
	calls       []int64
	took        []usage
}

func (r *race) add(name string, items, jobs, calls int, u usage) {
	one := r.named(name)
	if one == nil {
		one = &runner{name: name, items: items, jobs: jobs}
		*r = append(*r, one)
	}
	one.calls, one.took = append(one.calls, int64(calls)), append(one.took, u)
}

// named is nil if nobody has the name.
func (r *race) named(name string) *runner {
	for _, one := range *r {
		if one.name == name {
			return one
		}
	}
	return nil
}

// each is the time of an item in each round.
func (r *runner) each() []time.Duration {
	var each []time.Duration
	for _, u := range r.took {
		each = append(each, u.wall/time.Duration(r.items))
	}
	return each
}

func (r *runner) wall() time.Duration {
	return medianOf(r.took, func(u usage) time.Duration { return u.wall })
}

// raceTable compares runs of odoosync with bare loops and with its own run of
// so many jobs.
type raceTable struct {
	*table
	base int
}

func newRaceTable(title string, base int) *raceTable {
	return &raceTable{newTable(title, "server", "items", "contender", "calls", "time", "each item", "client CPU",
		"to the floor of as many jobs", "to the floor of one job", fmt.Sprintf("to --jobs %d", base)), base}
}

func (t *raceTable) addRace(server string, r *race) {
	for _, one := range *r {
		cpu := medianOf(one.took, func(u usage) time.Duration { return u.cpu })
		t.add(server, fmt.Sprint(one.items), one.name, fmt.Sprint(median(one.calls)), seconds(one.wall()), seconds(median(one.each())),
			fmt.Sprintf("%s (%s)", seconds(cpu), percent(cpu, one.wall())),
			ratio(one.each(), r.named(fmt.Sprintf(floor, one.jobs)).each()),
			ratio(one.each(), r.named(fmt.Sprintf(floor, 1)).each()),
			ratio(one.each(), r.named(fmt.Sprintf(ours, t.base)).each()))
	}
}

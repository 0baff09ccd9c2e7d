package engine

import "time"

// clock is the time by which a run saves the map. Tests stand in for it.
type clock interface {
	Now() time.Time
	Wait(d time.Duration)
}

// wallClock is the time that everybody goes by.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) Wait(d time.Duration) { time.Sleep(d) }

package engine

import "time"

// SetClock gives an engine another clock than that of the wall.
func (e *Engine) SetClock(c interface {
	Now() time.Time
	Wait(time.Duration)
}) {
	e.now, e.wait = c.Now, c.Wait
}

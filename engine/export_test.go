package engine

// SetClock gives an engine another clock than that of the wall.
func (e *Engine) SetClock(c clock) { e.clock = c }

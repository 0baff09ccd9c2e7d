package odoorpc

import (
	"context"
	"sync"
	"time"
)

// A pace keeps attempts apart. Odoo's own cloud allows about one call a second, and no two at once.
//
// The distance is kept between the moments at which requests go out, as the server sees them: making a connection takes time
// that the next attempt, on a kept one, does not need.
type pace struct {
	interval time.Duration // zero: as fast as the server answers
	turn     chan struct{} // nil: any number at once

	mu   sync.Mutex
	next time.Time // when the next attempt may begin
}

func newPace(s *settings) *pace {
	p := &pace{}
	if s.Rate > 0 {
		const longest = 365 * 24 * time.Hour
		p.interval = time.Duration(min(float64(time.Second)/s.Rate, float64(longest)))
	}
	if s.cloud {
		p.turn = make(chan struct{}, 1)
	}
	return p
}

// enter waits for its turn, and tells waiting how long where it knows. The caller must call leave when the attempt is
// over. It fails only with the error of ctx.
func (p *pace) enter(ctx context.Context, waiting func(time.Duration)) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	leave = func() {}
	if p.turn != nil {
		select {
		case p.turn <- struct{}{}:
			leave = func() { <-p.turn }
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	start := p.reserve()
	delay := time.Until(start)
	if delay <= 0 {
		return leave, nil
	}
	waiting(delay)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return leave, nil
	case <-ctx.Done():
		p.giveBack(start)
		leave()
		return nil, ctx.Err()
	}
}

// reserve returns when an attempt may begin.
func (p *pace) reserve() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	start := time.Now()
	if p.next.After(start) {
		start = p.next
	}
	p.next = start.Add(p.interval)
	return start
}

// giveBack cancels a reservation, if it was the last.
func (p *pace) giveBack(start time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next.Equal(start.Add(p.interval)) {
		p.next = start
	}
}

// sending tells that a request goes out now.
func (p *pace) sending() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := time.Now().Add(p.interval); next.After(p.next) {
		p.next = next
	}
}

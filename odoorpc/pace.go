package odoorpc

import (
	"context"
	"sync/atomic"
	"time"
)

// A pace keeps attempts apart. Odoo's own cloud allows about one call a second, and no two at once.
//
// The distance is kept between the moments at which requests go out, as the server sees them: making a connection takes time
// that the next attempt, on a kept one, does not need.
type pace struct {
	interval time.Duration             // zero: as fast as the server answers
	alone    bool                      // no two attempts at once
	turn     chan struct{}             // held by the attempt that waits until it may begin; where it must be alone, until it is over
	next     atomic.Pointer[time.Time] // when the next attempt may begin
}

func newPace(s *settings) *pace {
	p := &pace{alone: s.cloud, turn: make(chan struct{}, 1)}
	if s.Rate > 0 {
		const longest = 365 * 24 * time.Hour
		p.interval = time.Duration(min(float64(time.Second)/s.Rate, float64(longest)))
	}
	p.next.Store(new(time.Time))
	return p
}

// enter waits for its turn, and tells waiting how long where it knows. The caller must call leave when the attempt is
// over. It fails only with the error of ctx.
func (p *pace) enter(ctx context.Context, waiting func(time.Duration)) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave = func() { <-p.turn }
	if delay := time.Until(*p.next.Load()); delay > 0 {
		waiting(delay)
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	p.sending()
	if p.alone {
		return leave, nil
	}
	leave()
	return func() {}, nil
}

// sending tells that a request goes out now.
func (p *pace) sending() {
	next := time.Now().Add(p.interval)
	p.next.Store(&next)
}

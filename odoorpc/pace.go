package odoorpc

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// A pace keeps attempts apart. Odoo's own cloud allows about one call a second, and no two at once.
type pace struct {
	limiter *rate.Limiter // nil: as fast as the server answers
	turn    chan struct{} // nil: any number at once
}

func newPace(s *settings) *pace {
	p := &pace{}
	if s.Rate > 0 {
		p.limiter = rate.NewLimiter(rate.Limit(s.Rate), 1)
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
	if p.limiter == nil {
		return leave, nil
	}
	slot := p.limiter.Reserve()
	delay := slot.Delay()
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
		slot.Cancel()
		leave()
		return nil, ctx.Err()
	}
}

package odoosim

import (
	"net/http"
	"time"
)

// workers are the processes of a server that carry out calls.
type workers struct {
	free chan struct{} // a token for each that is idle
	busy time.Duration
}

// WithWorkers lets n calls be in progress at a time, each for at least this
// long; further ones wait for a worker, as on a server. The wait is real time.
// The default is no limit and no wait.
func WithWorkers(n int, busy time.Duration) Option {
	return func(s *Server) {
		s.workers = &workers{make(chan struct{}, n), busy}
		for range n {
			s.workers.free <- struct{}{}
		}
	}
}

// hire waits for a worker; done lets it go.
func (s *Server) hire() (done func()) {
	w := s.workers
	if w == nil {
		return func() {}
	}
	select {
	case <-w.free:
		return func() { w.free <- struct{}{} }
	case <-s.closed:
		panic(http.ErrAbortHandler)
	}
}

// work takes the time that a call takes.
func (s *Server) work() {
	if s.workers == nil || s.workers.busy == 0 {
		return
	}
	select {
	case <-time.After(s.workers.busy):
	case <-s.closed:
		panic(http.ErrAbortHandler)
	}
}

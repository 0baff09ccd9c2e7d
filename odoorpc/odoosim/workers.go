package odoosim

import (
	"net/http"
	"time"
)

// workers are the processes of a server that carry out calls.
type workers struct {
	free      chan struct{} // a token for each that is idle
	call, row time.Duration
}

// WithWorkers lets n calls be in progress at a time; further ones wait for a
// worker, as on a server. A call takes at least the time of a call, and for
// each row of a load or create that of a row. The wait is real time. The
// default is no limit and no wait.
func WithWorkers(n int, call, row time.Duration) Option {
	return func(s *Server) {
		s.workers = &workers{make(chan struct{}, n), call, row}
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

// work takes the time that a call of so many rows takes.
func (s *Server) work(rows int) {
	if s.workers == nil {
		return
	}
	select {
	case <-time.After(s.workers.call + time.Duration(rows)*s.workers.row):
	case <-s.closed:
		panic(http.ErrAbortHandler)
	}
}

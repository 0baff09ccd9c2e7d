package odoosim

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// What the administrator of a new server logs in with. The key is the same on
// every server and opens nothing else.
const (
	DemoLogin    = "admin"
	DemoPassword = "admin"
	DemoAPIKey   = "0d00517c0ffee0d00517c0ffee0d00517c0ffee0"
)

// Server is an Odoo in memory. Make one with [New]; it is an [http.Handler],
// and [Server.Start] serves it on a port of its own.
type Server struct {
	nature
	recorder
	listening

	mu      sync.Mutex // guards what follows: one call at a time
	db      *database
	hooks   map[string]func(*Automation, []int64) error // by model
	replica *replica                                    // nil: there is none
	rpcOff  bool
}

// nature is what a server is made as.
type nature struct {
	dialect   Dialect
	name      string // of the database
	keepAlive bool
	clock     func() time.Time
	workers   *workers // nil: no limit
}

// recorder keeps the calls, and the faults that wait for some.
type recorder struct {
	recordMu sync.Mutex // guards what follows
	calls    []Call
	seq      int
	inFlight int
	faults   []*activeFault
}

// listening is what a server needs while it is served.
type listening struct {
	lifeMu   sync.Mutex // guards what follows
	listener net.Listener
	http     *http.Server
	closed   chan struct{}
	serving  sync.WaitGroup
}

// Option changes how a server is made.
type Option func(*Server)

// WithDialect sets the version of Odoo to be. The default is V19. It panics on
// any other than V14, V17 and V19.
func WithDialect(d Dialect) Option {
	if d != V14 && d != V17 && d != V19 {
		panic("odoosim: unknown dialect")
	}
	return func(s *Server) { s.dialect = d }
}

// WithDatabase sets the name of the only database. The default is "demo".
func WithDatabase(name string) Option {
	return func(s *Server) { s.name = name }
}

// WithKeepAlive leaves connections open between calls, as a proxy in front of
// Odoo does. The default is to close each after its answer, as Odoo does.
func WithKeepAlive() Option {
	return func(s *Server) { s.keepAlive = true }
}

// WithClock sets where the time comes from: for create_date and for the wait
// after failed logins. The default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Server) { s.clock = now }
}

// New returns a server with one database, an administrator who is user 2, and
// nothing else. It does no I/O.
func New(opts ...Option) *Server {
	s := &Server{
		nature:    nature{dialect: V19, name: "demo", clock: time.Now},
		listening: listening{closed: make(chan struct{})},
		hooks:     map[string]func(*Automation, []int64) error{},
	}
	for _, opt := range opts {
		opt(s)
	}
	s.db = newDatabase(s.dialect)
	s.db.tables[modelUser].nextID = 2 // user 1 is Odoo itself
	for _, name := range []string{"New", "Qualified", "Proposition", "Won"} {
		seed(s, func(t *tx) int64 { return t.must(t.createOne(t.table(modelPhase), values{"name": name}, false)) })
	}
	s.AddUser(User{Login: DemoLogin, Password: DemoPassword, APIKey: DemoAPIKey, Name: "Mitchell Admin", Role: Manager})
	return s
}

// Start listens on a free port of the loopback interface and serves until
// [Server.Close]. It returns [ErrStarted] when called a second time.
func (s *Server) Start() error {
	s.lifeMu.Lock()
	defer s.lifeMu.Unlock()
	if s.listener != nil {
		return ErrStarted
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to wait for on the loopback interface
	if err != nil {
		return err
	}
	s.listener = listener
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	s.serving.Go(func() { _ = s.http.Serve(listener) }) // always ErrServerClosed
	return nil
}

// Close stops serving, lets go of calls that a fault holds, and cuts the
// connections of the rest. What is stored can still be looked at. Closing
// twice, or a server that was never started, is no error.
func (s *Server) Close() error {
	s.lifeMu.Lock()
	defer s.lifeMu.Unlock()
	select {
	case <-s.closed:
		return nil
	default:
		close(s.closed)
	}
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	s.serving.Wait()
	return err
}

// URL is the address of a started server, such as "http://127.0.0.1:40123";
// empty before [Server.Start].
func (s *Server) URL() string {
	s.lifeMu.Lock()
	defer s.lifeMu.Unlock()
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// Database is the name of the only database.
func (s *Server) Database() string { return s.name }

// Dialect is the version that the server answers as.
func (s *Server) Dialect() Dialect { return s.dialect }

// SetRPC turns the application services of /jsonrpc off or on again. While off,
// common.version still answers and everything else is "not found", as versions
// of Odoo that retire the endpoint do. JSON-2 is not affected.
func (s *Server) SetRPC(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rpcOff = !on
}

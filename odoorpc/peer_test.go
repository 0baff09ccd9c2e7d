package odoorpc

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
)

// defaultRetries is how often a call is sent again by default, see Config.Retries.
const defaultRetries = 6

// A peer is an HTTP server on the other end of in-memory connections, so that time can be virtual (testing/synctest). It
// answers the n-th request with the n-th reply; the last reply serves all that follow.
type peer struct {
	mu       sync.Mutex
	replies  []reply
	refusals int // how many dials to refuse
	dialTime time.Duration
	requests []received
	dials    int
	accept   chan net.Conn
	done     chan struct{}
}

type received struct {
	verb, path string
	header     http.Header
	body       string
}

type reply func(w http.ResponseWriter, r *http.Request, body []byte)

// newPeer starts a peer and returns it with a client for it, connected as user 2.
func newPeer(t *testing.T, protocol Protocol, config Config, replies ...reply) (*peer, *Client) {
	t.Helper()
	p := &peer{replies: replies, accept: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: p}
	go func() { _ = server.Serve(p) }()
	transport := &http.Transport{DialContext: p.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	setDefault(&config.URL, "http://localhost")
	setDefault(&config.Database, "demo")
	setDefault(&config.Login, "ada")
	setDefault(&config.Protocol, protocol)
	if config.Transport == nil {
		config.Transport = transport
	}
	if protocol == JSON2 || protocol == Auto {
		if config.APIKey.IsZero() {
			config.APIKey = NewSecret("0123456789abcdef0123456789abcdef01234567")
		}
	} else if config.Password.IsZero() {
		config.Password = NewSecret("correct horse")
	}
	c, err := New(config)
	is.New(t).NoErr(err)
	if protocol != Auto {
		c.session.Store(&Session{Protocol: protocol, UserID: 2})
	}
	return p, c
}

func (p *peer) dial(context.Context, string, string) (net.Conn, error) {
	p.mu.Lock()
	p.dials++
	refuse := p.refusals > 0
	p.refusals--
	p.mu.Unlock()
	time.Sleep(p.dialTime)
	if refuse {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	ours, theirs := net.Pipe()
	select {
	case p.accept <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Accept, Close and Addr make the peer the listener of its own server.
func (p *peer) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accept:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *peer) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}

func (p *peer) Addr() net.Addr { return &net.TCPAddr{} }

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.requests = append(p.requests, received{verb: r.Method, path: r.URL.Path, header: r.Header, body: string(body)})
	next := p.replies[min(len(p.requests), len(p.replies))-1]
	p.mu.Unlock()
	next(w, r, body)
}

func (p *peer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.requests)
}

func requestID(body []byte) json.RawMessage {
	id := members(body)["id"]
	if id == nil {
		return json.RawMessage("null")
	}
	return id
}

// result answers JSON-RPC with a result, given as JSON.
func result(text string) reply {
	return func(w http.ResponseWriter, _ *http.Request, body []byte) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":`+string(requestID(body))+`,"result":`+text+`}`)
	}
}

// refusalOf answers JSON-RPC with an Odoo error, in the shape of Odoo 14.
func refusalOf(name, message string) reply {
	return func(w http.ResponseWriter, _ *http.Request, body []byte) {
		data, _ := json.Marshal(map[string]any{
			"name": name, "message": message, "arguments": []string{message}, "debug": "Traceback: " + message, "context": map[string]any{},
		})
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":`+string(requestID(body))+`,"error":{"code":200,"message":"Odoo Server Error","data":`+string(data)+`}}`)
	}
}

// status answers with a status, a body, and headers given as pairs.
func status(code int, body string, headers ...string) reply {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// page answers with a proxy's HTML page.
func page(code int, title string) reply {
	return status(code, "<html>\r\n<head><title>"+title+"</title></head><body><hr>nginx</body></html>", "Content-Type", "text/html")
}

// jsonBody answers with a status and a JSON body, as JSON-2 does.
func jsonBody(code int, body string) reply {
	return status(code, body, "Content-Type", "application/json; charset=utf-8")
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request, _ []byte) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// half closes the connection in the middle of an answer.
func half(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":`+string(requestID(body))+`,"result":[`)
	drop(w, r, body)
}

// hang answers nothing until the client goes away.
func hang(_ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() }

// A roundTripper is a transport of the caller's own.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// discardLog silences a server whose connections are meant to fail.
func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func setDefault[T comparable](field *T, value T) { *field = cmp.Or(*field, value) }

// search is a call that is safe to repeat.
func search(ctx context.Context, c *Client) ([]int64, error) {
	var ids []int64
	err := c.Call(ctx, "project.task", "search", Args{Params: []Param{{"domain", []any{}}}, Repeatable: true}, &ids)
	return ids, err
}

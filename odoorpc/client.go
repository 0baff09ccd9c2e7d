package odoorpc

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// A Client calls the methods of one Odoo database as one user. Make it with New, and Close it when it is no longer needed; it
// must not be copied. The calls of a zero Client return ErrNotConnected, its Connect a *ConfigError.
type Client struct {
	config   *settings
	redactor *redactor
	pace     *pace
	shared   http.RoundTripper // keeps connections
	fresh    http.RoundTripper // makes a connection for each request
	lastID   atomic.Int64      // of requests over JSON-RPC
	time     atomic.Int64      // of the server at its last answer, in seconds since 1970; 0: not told
	session  atomic.Pointer[Session]
}

// New makes a client. It does no I/O. Its error is a *ConfigError that lists everything wrong with the config.
func New(config Config) (*Client, error) {
	s, err := config.check()
	if err != nil {
		return nil, err
	}
	c := &Client{config: s, redactor: newRedactor(s.Login, s.Password, s.APIKey), pace: newPace(s)}
	c.shared, c.fresh = s.Transport, s.Transport
	if s.Transport == nil {
		c.shared, c.fresh = newTransport(true), newTransport(false)
	}
	return c, nil
}

// newTransport makes a transport that verifies certificates, takes proxies from the environment for other than loopback,
// keeps connections if told to and speaks HTTP/2 where offered. The wait for the headers of an answer has no limit of its
// own: Odoo sends them when the work is done, and Config.Timeout bounds that.
func newTransport(keep bool) *http.Transport {
	return &http.Transport{
		DisableKeepAlives:      !keep,
		Proxy:                  proxyOf,
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16, // as many as are likely to be in use at once
		IdleConnTimeout:        30 * time.Second,
		OnProxyConnectResponse: acceptTunnel,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// proxyOf keeps loopback from proxies, also under the names that net/http does not know: plain http, which is allowed there,
// would carry the secrets to another machine.
func proxyOf(r *http.Request) (*url.URL, error) {
	if isLoopback(r.URL.Hostname()) {
		return nil, nil // no proxy
	}
	return http.ProxyFromEnvironment(r)
}

// acceptTunnel refuses what a proxy answers in place of a tunnel; net/http would show the words of the status only.
func acceptTunnel(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return tunnelError(answer.StatusCode)
}

// A tunnelError is the status with which a proxy refuses to lead to the server.
type tunnelError int

func (e tunnelError) Error() string { return statusText(int(e)) }

// proxyFor returns the proxy that leads to the server, as far as the transport tells; "" for none.
func (c *Client) proxyFor(r *http.Request) string {
	if t, ok := c.shared.(*http.Transport); ok && t.Proxy != nil {
		if proxy, err := t.Proxy(r); err == nil && proxy != nil {
			return c.redactor.line(proxy.Host)
		}
	}
	return ""
}

// transport returns what carries a request. A kept connection may be one that the server is closing at this moment; a call
// that must not be repeated does not take that risk.
func (c *Client) transport(once bool) http.RoundTripper {
	if once {
		return c.fresh
	}
	return c.shared
}

// Format names the server and nothing secret, for every verb and flag.
func (c *Client) Format(f fmt.State, _ rune) {
	server := ""
	if c.config != nil {
		server = c.config.base.String()
	}
	_, _ = f.Write([]byte("odoorpc.Client(" + server + ")"))
}

// call puts a message into the words of the session's protocol, sends it and returns the result.
func (c *Client) call(ctx context.Context, m *message) (json.RawMessage, error) {
	session := c.session.Load()
	if session == nil {
		return nil, ErrNotConnected
	}
	if session.Protocol == JSON2 {
		return c.do(ctx, c.json2(m))
	}
	return c.do(ctx, c.jsonRPC(m, session.UserID))
}

// Close closes idle connections. Connections of a Config.Transport are its owner's to close. The client stays usable.
func (c *Client) Close() {
	if c.config != nil && c.config.Transport == nil {
		c.shared.(*http.Transport).CloseIdleConnections()
	}
}

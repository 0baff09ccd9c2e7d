package odoorpc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
)

// throughProxy returns a client for a server that is reached through a proxy only.
func throughProxy(t *testing.T, address string, config Config) *Client {
	t.Helper()
	setDefault(&config.URL, "https://odoo.example.com")
	config.Database, config.Login, config.Password = "demo", "ada", NewSecret("correct horse")
	c, err := New(config)
	is.New(t).NoErr(err)
	t.Cleanup(c.Close)
	for _, tr := range []http.RoundTripper{c.shared, c.fresh} {
		tr.(*http.Transport).Proxy = http.ProxyURL(&url.URL{Scheme: "http", User: url.UserPassword("ada", "hunter2"), Host: address})
	}
	return c
}

// startProxy starts a proxy that answers each connection's first request in its own way.
func startProxy(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	is.New(t).NoErr(err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					answer(conn)
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func says(text string) func(net.Conn) { return func(c net.Conn) { _, _ = io.WriteString(c, text) } }

// TestATroubleWithAProxyIsNamed has what a proxy does in place of opening a tunnel.
func TestATroubleWithAProxyIsNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(net.Conn)
		reason string
		again  bool // another try may help
	}{
		"407":     {says("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), "407 Proxy Authentication Required", false},
		"403":     {says("HTTP/1.1 403 Blocked by policy\r\nContent-Length: 0\r\n\r\n"), "403 Forbidden", false},
		"302":     {says("HTTP/1.1 302 Found\r\nLocation: http://portal.example.com/\r\n\r\n"), "302 Found", false},
		"502":     {says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "502 Bad Gateway", true},
		"429":     {says("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"), "429 Too Many Requests", true},
		"500":     {says("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"), "500 Internal Server Error", true},
		"garbage": {says("SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP on this port", false},
		"closed":  {func(net.Conn) {}, "the answer broke off", true},
		"closed after the tunnel": {func(c net.Conn) {
			says("HTTP/1.1 200 OK\r\n\r\n")(c)
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}, "connection closed without an answer", true},
		"hangs": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "no connection within 50ms", true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			config := Config{Retries: 1, RetryMaxWait: time.Millisecond}
			if name == "hangs" {
				config.Timeout = 50 * time.Millisecond
			}
			address := startProxy(t, tt.answer)
			_, err := throughProxy(t, address, config).Connect(t.Context())
			var e *TransportError
			is.True(errors.As(err, &e))
			is.True(strings.HasPrefix(err.Error(), "odoo.example.com: proxy "+address+": "+tt.reason))
			is.True(strings.Contains(e.Hint(), "NO_PROXY"))
			is.Equal(e.Tries > 1, tt.again)
			is.True(!e.Sent && !e.Dropped())
			mustNotContain(t, fmt.Sprintf("%v %+v", err, e), "hunter2")
		})
	}
}

func TestAProxyThatIsNotThereIsNamed(t *testing.T) {
	is := is.New(t)
	_, err := throughProxy(t, "127.0.0.1:1", Config{Retries: -1}).Connect(t.Context())
	is.True(errors.Is(err, syscall.ECONNREFUSED))
	is.Equal(err.Error(), "odoo.example.com: proxy 127.0.0.1:1: connection refused")

	_, c := newPeer(t, JSONRPC, Config{Retries: -1, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "socks connect", Net: "tcp", Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}
	})}, drop)
	_, err = search(t.Context(), c)
	is.Equal(err.Error(), "localhost: project.task.search: proxy: connection refused")
}

func TestAProxyThatWantsALoginOverPlainHTTPIsNamed(t *testing.T) {
	is := is.New(t)
	address := startProxy(t, says("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
	_, err := throughProxy(t, address, Config{URL: "http://odoo.example.com", AllowHTTP: true}).Connect(t.Context())
	var e *TransportError
	is.True(errors.As(err, &e))
	is.Equal(e.Status, http.StatusProxyAuthRequired)
	is.True(strings.Contains(e.Hint(), "HTTP_PROXY"))
}

func TestAProxyIsNotToBlameForTheServer(t *testing.T) {
	server := startTLS(t)
	for _, tt := range []struct {
		name, want string
		beyond     func(net.Conn) // what the tunnel leads to
	}{
		{"certificate", "certificate not accepted", func(c net.Conn) {
			to, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				return
			}
			defer func() { _ = to.Close() }()
			go func() { _, _ = io.Copy(to, c) }()
			_, _ = io.Copy(c, to)
		}},
		{"no TLS", "does not speak TLS on this port", func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1)) // it speaks when it is spoken to
			says("HTTP/1.1 400 Bad Request\r\n\r\n")(c)
			_, _ = io.Copy(io.Discard, c)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address := startProxy(t, func(c net.Conn) {
				says("HTTP/1.1 200 OK\r\n\r\n")(c)
				tt.beyond(c)
			})
			_, err := throughProxy(t, address, Config{}).Connect(t.Context())
			is := is.New(t)
			is.True(err != nil)
			is.True(strings.HasPrefix(err.Error(), "odoo.example.com: "+tt.want))
		})
	}
}

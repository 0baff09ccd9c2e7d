package odoorpc

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Statuses of content networks that have no name in net/http.
const (
	statusUnknownOrigin = 520
	statusOriginTimeout = 524
)

// errAttemptTimeout is the cause of a context whose time for one attempt is up.
var errAttemptTimeout = errors.New("time for one attempt is up")

// attempt sends the request once and reads the answer to its end.
func (x *exchange) attempt(req *http.Request) (*answer, error) {
	c, r := x.client, x.request
	var dialling, connected atomic.Bool
	// The request may have reached the server from the moment it has a connection, or always with a transport that does not
	// tell what it does.
	sent := func() bool { return connected.Load() || !dialling.Load() }
	ctx, cancel := x.attemptContext(sent)
	defer cancel()

	req = req.Clone(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { dialling.Store(true) },
		GotConn: func(httptrace.GotConnInfo) {
			connected.Store(true)
			c.pace.sending()
		},
	}))
	resp, err := c.transport(r.once).RoundTrip(req)
	if err != nil {
		return nil, x.broken(ctx, req, err, sent())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.config.maxAnswer+1))
	if err != nil {
		return nil, x.broken(ctx, req, err, true)
	}
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body}
	if told, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.time.Store(told.Unix())
	}
	if int64(len(body)) > c.config.maxAnswer {
		return a, c.badAnswer(r.op, a, fmt.Sprintf("the answer is longer than %d bytes", c.config.maxAnswer))
	}
	return a, nil
}

// attemptContext bounds one attempt by the client's Timeout and the caller's deadline. The caller's cancellation ends it
// too, unless the request is to finish once it may have reached the server.
func (x *exchange) attemptContext(sent func() bool) (context.Context, context.CancelFunc) {
	deadline, cause := time.Now().Add(x.request.timeout), errAttemptTimeout
	if callers, ok := x.ctx.Deadline(); ok && callers.Before(deadline) {
		deadline, cause = callers, context.DeadlineExceeded
	}
	base := x.ctx
	if x.request.finish {
		base = context.WithoutCancel(x.ctx)
	}
	ctx, cancel := context.WithDeadlineCause(base, deadline, cause)
	stop := context.AfterFunc(x.ctx, func() {
		if !sent() {
			cancel()
		}
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// broken is the error of an attempt without an answer.
func (x *exchange) broken(ctx context.Context, req *http.Request, err error, sent bool) *TransportError {
	r := x.request
	if err, ok := errors.AsType[*url.Error](err); ok { // its text has the address
		return x.broken(ctx, req, err.Err, sent)
	}
	proxy := ""
	if !sent {
		proxy = x.client.proxyFor(req)
	}
	e := &TransportError{Place: x.client.place(r.op), Sent: sent, passing: true}
	switch {
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), errAttemptTimeout):
		e.Reason, e.Err = fmt.Sprintf("no answer within %v", r.timeout), os.ErrDeadlineExceeded
		x.timeouts++
		if !sent {
			e.Reason = fmt.Sprintf("no connection within %v", r.timeout)
			e.hint = "check the host and port of the URL, and what is between this machine and the server"
			if proxy != "" {
				e.Reason, e.hint = "proxy "+proxy+": "+e.Reason, proxyHint
			}
		}
	case ctx.Err() != nil:
		cause := cmp.Or(x.ctx.Err(), ctx.Err()) // the attempt can see the deadline a moment before the caller's context does
		return x.interrupted(cause, sent)
	default:
		e.Reason, e.hint, e.passing = x.client.describe(err, proxy)
		e.Err = &hiddenError{text: e.Reason, err: func() error { return err }}
	}
	return e
}

const proxyHint = "check the proxy that HTTPS_PROXY or HTTP_PROXY names, or exempt this host from it with NO_PROXY"

// describe says in a few words what broke, what to do about it, and whether it may pass on its own. Where no connection came
// about, proxy names the one on the way, and all is its fault but what the server itself is to show: a certificate and TLS.
func (c *Client) describe(err error, proxy string) (reason, hint string, passing bool) {
	var (
		tunnel      tunnelError
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		dial        *net.OpError
	)
	ofServer := errors.As(err, &certificate) || errors.As(err, &record)
	toProxy := errors.As(err, &dial) && (dial.Op == "proxyconnect" || strings.HasPrefix(dial.Op, "socks "))
	switch {
	case toProxy, proxy != "" && !ofServer:
		if toProxy {
			err = dial.Err
		}
		reason, _, passing = c.describe(err, "")
		return strings.TrimSuffix("proxy "+proxy, " ") + ": " + reason, proxyHint, passing
	case errors.As(err, &tunnel):
		return tunnel.Error(), "", tunnel >= http.StatusInternalServerError || tunnel == http.StatusTooManyRequests
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("host %s not found", c.redactor.line(dns.Name)), "check the URL, and this machine's DNS", false
	case errors.As(err, &certificate):
		return "certificate not accepted: " + c.redactor.line(err.Error()),
			"certificates are always verified; for a private authority point SSL_CERT_FILE or SSL_CERT_DIR to its certificate", false
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "does not speak TLS on this port", "check the scheme and port of the URL", false
	case strings.Contains(err.Error(), "malformed HTTP"):
		return "does not speak HTTP on this port", "check the scheme and port of the URL", false
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", "check the host and port of the URL, and whether Odoo is running", true
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer broke off", "", true
	case errors.Is(err, io.EOF):
		return "connection closed without an answer", "Odoo ends workers that exceed its limits of time and memory", true
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset", "", true
	}
	return c.redactor.line(err.Error()), "", true
}

// intermediary is the error of an answer whose status alone tells that the call did not get through, whether it comes
// from Odoo or from something before it; nil for other answers.
func (c *Client) intermediary(op op, a *answer) error {
	if a.status >= 300 && a.status < 400 {
		return &RedirectError{Place: c.place(op), Status: a.status, Location: c.newAddress(a.header.Get("Location"))}
	}
	e := &TransportError{
		Place: c.place(op), Status: a.status, Reason: statusText(a.status), Sent: true, passing: true,
		retryAfter: retryAfter(a.header.Get("Retry-After")),
	}
	switch {
	case a.status == http.StatusTooManyRequests,
		a.status == http.StatusRequestTimeout, // some proxies send it while Odoo is at work
		a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout,
		a.status >= statusUnknownOrigin && a.status <= statusOriginTimeout:
	case a.status == http.StatusRequestEntityTooLarge:
		e.passing = false
	case a.status == http.StatusProxyAuthRequired: // over plain http, where a proxy needs no tunnel
		e.passing, e.hint = false, proxyHint
	case a.status == http.StatusInternalServerError && isHTML(a) && c.session.Load() != nil:
		// Odoo 14 sends this page, and nothing else, while it does not reach its database. Before a login it may as well
		// come from a server that is not Odoo.
	default:
		return nil
	}
	return e
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// longestRetryAfter stands for every longer wait too.
const longestRetryAfter = 365 * 24 * time.Hour

// retryAfter returns the wait that a Retry-After header asks for, in seconds or as a date; zero for none, for one in the
// past, and for what is neither.
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) { // then it is the highest
		return time.Duration(min(seconds, uint64(longestRetryAfter/time.Second))) * time.Second
	}
	date, _ := http.ParseTime(header) // what is none is long past
	return min(max(time.Until(date), 0), longestRetryAfter)
}

// newAddress returns where a redirect leads to, without what may be secret.
func (c *Client) newAddress(location string) string {
	u, err := c.config.base.Parse(location)
	if location == "" || err != nil {
		return ""
	}
	return c.redactor.line((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String())
}

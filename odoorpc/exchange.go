package odoorpc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// firstWait is the upper bound of the first wait between two tries. The bound doubles from wait to wait.
const firstWait = time.Second

// Limits of tries that go beyond Config.Retries.
const (
	ownTries     = 3 // of the client's own calls while the server cannot be reached
	timeoutTries = 2 // that end because the time for an attempt ran out
)

// A verdict is what the error of an attempt means for the next one.
type verdict struct {
	passing bool   // another try may help
	undone  bool   // the server has certainly done nothing
	reason  string // to try again, for the event
}

func verdictOn(err error) verdict {
	switch e := err.(type) { //nolint:errorlint // an attempt fails with these types as they are
	case *TransportError:
		refused := []int{http.StatusTooManyRequests, http.StatusRequestEntityTooLarge, http.StatusProxyAuthRequired}
		return verdict{e.passing, !e.Sent || slices.Contains(refused, e.Status), e.Reason}
	case *AnswerError:
		return verdict{e.cut, e.Status >= 400 && e.Status < 500, e.Reason}
	case *ServerError:
		if e.lost {
			return verdict{true, false, "Odoo lost its database"}
		}
		return verdict{e.Kind == RefusalBusy, true, "the database is busy"}
	}
	return verdict{undone: true}
}

// An exchange is a request on its way, with all its attempts. It is the transport below the retrying client and the policy
// within: an attempt is over only when the answer was read and understood, because Odoo reports failures that another try
// may help inside answers of status 200.
type exchange struct {
	client   *Client
	request  *request
	ctx      context.Context //nolint:containedctx // the caller's: an exchange lives as long as one call
	timeouts int             // attempts that ended because their time ran out
	err      error           // of the last attempt
	result   json.RawMessage
}

// do sends a request, repeats it where that is safe and may help, and returns its result.
func (c *Client) do(ctx context.Context, r *request) (json.RawMessage, error) {
	x := &exchange{client: c, request: r, ctx: ctx}
	retrying := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: x},
		RetryWaitMin: firstWait,
		RetryWaitMax: c.config.RetryMaxWait,
		RetryMax:     c.config.Retries,
		CheckRetry:   x.checkRetry,
		Backoff:      x.backOff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	req, err := x.httpRequest()
	if err != nil {
		return nil, &RequestError{Model: r.model, Method: r.method, Reason: c.redactor.line(err.Error())}
	}
	resp, err := retrying.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	return x.outcome(err)
}

func (x *exchange) httpRequest() (*retryablehttp.Request, error) {
	c, r := x.client, x.request
	verb, body := http.MethodGet, any(nil)
	header := http.Header{"Accept": {"application/json"}, "User-Agent": {c.config.UserAgent}}
	if r.body != nil {
		wire, err := encode(r.body(c.config.credentials()))
		if err != nil {
			return nil, err
		}
		verb, body = http.MethodPost, wire
		header.Set("Content-Type", "application/json")
		if r.protocol == JSON2 { // JSON-RPC has them in the body
			header.Set("Authorization", "Bearer "+c.config.APIKey.reveal())
			if c.config.Database != "" {
				header.Set("X-Odoo-Database", c.config.Database)
			}
		}
	}
	req, err := retryablehttp.NewRequestWithContext(x.ctx, verb, c.config.base.String()+r.path, body)
	if err == nil {
		req.Header = header
	}
	return req, err
}

// RoundTrip makes one attempt. The response that it returns has a status only: the answer is read already, and without a
// Location there is no redirect to follow.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	leave, err := x.client.pace.enter(x.ctx, func(wait time.Duration) {
		x.report(Event{Kind: EventWaiting, Wait: wait, Reason: "keeping the pace"})
	})
	if err != nil {
		x.err = x.interrupted(err, false)
		return nil, err
	}
	defer leave()

	x.request.tries++
	var body []byte
	if x.request.body != nil && x.client.config.Trace {
		body, _ = encode(x.request.body(maskedCredentials))
	}
	x.report(Event{Kind: EventStarted, Request: x.client.trace(body)})
	start := time.Now()
	a, err := x.attempt(req)
	if err == nil {
		err = x.client.intermediary(x.request.op, a)
	}
	if err == nil {
		x.result, err = x.request.read(a)
	}
	x.err = err
	ended := Event{Kind: EventEnded, Duration: time.Since(start), Err: err}
	if a != nil {
		ended.Status, ended.Answer = a.status, x.client.trace(a.body)
	}
	x.report(ended)

	if a == nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// checkRetry decides whether another attempt is made. It is a retryablehttp.CheckRetry.
func (x *exchange) checkRetry(context.Context, *http.Response, error) (bool, error) {
	is := verdictOn(x.err)
	e, noAnswer := errors.AsType[*TransportError](x.err)
	switch {
	case !is.passing, x.ctx.Err() != nil,
		x.request.once && !is.undone,
		x.request.returnSlow && noAnswer && (e.TooSlow() || e.Dropped()),
		x.timeouts >= timeoutTries,
		x.request.own && noAnswer && !e.Sent && x.request.tries >= ownTries,
		x.request.tries > x.client.config.Retries:
		return false, nil //nolint:nilerr // outcome tells why it ended
	case noAnswer && e.retryAfter > x.client.config.RetryMaxWait:
		e.Reason = tooLong(e.Reason, e.retryAfter, x.client.config.RetryMaxWait)
		e.hint = "try again later"
		return false, nil
	}
	return true, nil
}

// backOff returns the wait before the next attempt: what the server asks for, or else a random part of a bound that
// doubles, so that clients which failed together do not come back together. It is a retryablehttp.Backoff.
func (x *exchange) backOff(first, longest time.Duration, attempt int, _ *http.Response) time.Duration {
	var wait time.Duration
	if e, ok := errors.AsType[*TransportError](x.err); ok {
		wait = e.retryAfter
	}
	if wait == 0 {
		wait = 1 + rand.N(retryablehttp.DefaultBackoff(first, longest, attempt, nil))
	}
	x.report(Event{Kind: EventWaiting, Wait: wait, Reason: verdictOn(x.err).reason})
	return wait
}

// outcome is what the caller gets. err is how the retrying client ended.
func (x *exchange) outcome(err error) (json.RawMessage, error) {
	r, final, is := x.request, cmp.Or(x.err, err), verdictOn(x.err)
	switch {
	case final == nil:
		return x.result, nil
	case is.passing && x.ctx.Err() != nil && !errors.Is(final, x.ctx.Err()):
		e := x.interrupted(x.ctx.Err(), !is.undone)
		e.Reason = fmt.Sprintf("%s after: %s", e.Reason, is.reason)
		final = e
	}
	if e, ok := errors.AsType[*TransportError](final); ok {
		e.Tries = x.request.tries
	}
	if r.once && !is.undone {
		return nil, &UnknownOutcomeError{Model: r.model, Method: r.method, Rows: r.rows, Err: final}
	}
	return nil, final
}

// interrupted is the error of a call that its context ended, with the error of that context.
func (x *exchange) interrupted(cause error, sent bool) *TransportError {
	reason := "cancelled"
	if errors.Is(cause, context.DeadlineExceeded) {
		reason = "the deadline passed"
	}
	return &TransportError{Place: x.client.place(x.request.op), Reason: reason, Sent: sent, Tries: x.request.tries, Err: cause}
}

// tooLong is the reason of a call that ended because the server asked for a longer wait than the client is willing to make.
func tooLong(status string, wait, limit time.Duration) string {
	asked := wait.Round(time.Second).String()
	if wait >= longestRetryAfter {
		asked = "a year or more"
	}
	return fmt.Sprintf("%s: the server asks to wait %s, longer than the limit of %v", status, asked, limit)
}

// report completes an event of the current attempt and tells the observer.
func (x *exchange) report(e Event) {
	r := x.request
	e.Model, e.Method, e.Protocol, e.Rows, e.Try = r.model, r.method, r.protocol, r.rows, r.tries
	if e.Kind == EventWaiting {
		e.Try++
	}
	x.client.config.Observer(e)
}

// trace returns what is shown of a body.
func (c *Client) trace(body []byte) string {
	if !c.config.Trace {
		return ""
	}
	return c.redactor.text(string(body), maxTrace)
}

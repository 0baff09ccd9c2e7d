package odoorpc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
)

// kindsOfCalls are one call for each way in which a call can be safe to repeat.
var kindsOfCalls = []struct {
	name       string
	repeatable bool
	success    string
	call       func(context.Context, *Client) error
}{
	{"search", true, "[1]", func(ctx context.Context, c *Client) error {
		_, err := search(ctx, c)
		return err
	}},
	{"repeatable call", true, "true", func(ctx context.Context, c *Client) error {
		return c.Call(ctx, "project.task", "check_access_rights", Args{Repeatable: true}, nil)
	}},
	{"load once", true, `{"ids":[1],"messages":[]}`, func(ctx context.Context, c *Client) error {
		_, err := c.LoadOnce(ctx, "project.task", []string{"id", "name"}, [][]any{{"__odoosync__.a", "A"}}, LoadOptions{})
		return err
	}},
	{"create", false, "[1]", func(ctx context.Context, c *Client) error {
		_, err := c.Create(ctx, "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		return err
	}},
	{"other call", false, "true", func(ctx context.Context, c *Client) error {
		return c.Call(ctx, "project.task", "action_archive", Args{IDs: []int64{1}}, nil)
	}},
}

// TestWhichCallsAreSentAgain has one row for each failure: after it, a call that is safe to repeat and one that is not are
// sent again or not, and end in success, in an error, or in an unknown outcome.
func TestWhichCallsAreSentAgain(t *testing.T) {
	failures := []struct {
		name     string
		failure  reply
		refusals int
		safe     bool // repeatable calls are sent again
		unsafe   bool // others are sent again
		unknown  bool // others end in an unknown outcome
	}{
		{name: "connection refused", refusals: 1, safe: true, unsafe: true},
		{name: "429", failure: page(429, "Too many"), safe: true, unsafe: true},
		{name: "408", failure: page(408, "Request timeout"), safe: true, unknown: true},
		{name: "serialization failure", failure: refusalOf("psycopg2.errors.SerializationFailure", "could not serialize access"), safe: true, unsafe: true},
		{name: "deadlock", failure: refusalOf("psycopg2.errors.DeadlockDetected", "deadlock detected"), safe: true, unsafe: true},
		{name: "lock not available", failure: refusalOf("psycopg2.errors.LockNotAvailable", "lock"), safe: true, unsafe: true},
		{name: "statement timeout", failure: refusalOf("psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout"), safe: true, unsafe: true},
		{name: "rollback of old psycopg2", failure: refusalOf("psycopg2.extensions.TransactionRollbackError", "rollback"), safe: true, unsafe: true},
		{name: "database connection lost", failure: refusalOf("psycopg2.InterfaceError", "connection already closed"), safe: true, unknown: true},
		{name: "database shut down", failure: refusalOf("psycopg2.errors.AdminShutdown", "terminating connection"), safe: true, unknown: true},
		{name: "database not reachable", failure: refusalOf("psycopg2.OperationalError", "could not connect to server"), safe: true, unknown: true},
		{name: "connection dropped", failure: drop, safe: true, unknown: true},
		{name: "half an answer", failure: half, safe: true, unknown: true},
		{name: "JSON without its end", failure: jsonBody(200, `{"jsonrpc":"2.0","id":1,"resu`), safe: true, unknown: true},
		{name: "502", failure: page(502, "Bad Gateway"), safe: true, unknown: true},
		{name: "503", failure: page(503, "Unavailable"), safe: true, unknown: true},
		{name: "504", failure: page(504, "Gateway Time-out"), safe: true, unknown: true},
		{name: "524", failure: page(524, "A timeout occurred"), safe: true, unknown: true},
		{name: "no answer in time", failure: hang, safe: true, unknown: true},

		{name: "413", failure: page(413, "Too Large")},
		{name: "413 within 200", failure: refusalOf("werkzeug.exceptions.RequestEntityTooLarge", "413 Request Entity Too Large")},
		{name: "redirect", failure: status(301, "", "Location", "https://odoo.example.com/jsonrpc")},
		{name: "400", failure: page(400, "Bad Request")},
		{name: "403 of a proxy", failure: page(403, "Forbidden")},
		{name: "access error", failure: refusalOf("odoo.exceptions.AccessError", "no")},
		{name: "validation error", failure: refusalOf("odoo.exceptions.ValidationError", "no")},
		{name: "programming error", failure: refusalOf("builtins.ValueError", "Invalid field")},
		{name: "access denied", failure: refusalOf("odoo.exceptions.AccessDenied", "Access Denied")},
		{name: "500 of a page", failure: page(500, "Internal Server Error"), safe: true, unknown: true},
		{name: "a page in place of an answer", failure: page(200, "Welcome"), unknown: true},
		{name: "answer to another call", failure: jsonBody(200, `{"jsonrpc":"2.0","id":12345,"result":[1]}`), unknown: true},
	}
	for _, f := range failures {
		for _, k := range kindsOfCalls {
			t.Run(f.name+"/"+k.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					replies := []reply{f.failure, result(k.success)}
					if f.failure == nil {
						replies = replies[1:]
					}
					p, c := newPeer(t, JSONRPC, Config{}, replies...)
					p.refusals = f.refusals

					err := k.call(t.Context(), c)

					again := f.safe && k.repeatable || f.unsafe && !k.repeatable
					if again {
						is.NoErr(err)
					} else {
						is.True(err != nil)
					}
					want := 1
					if again && f.failure != nil {
						want = 2
					}
					is.Equal(p.count(), want) // requests that arrived
					var unknown *UnknownOutcomeError
					is.Equal(errors.As(err, &unknown), f.unknown && !k.repeatable) // outcome unknown
					if unknown != nil {
						is.True(unknown.Err != nil)
						is.True(unknown.Hint() != "")
					}
				})
			})
		}
	}
}

func TestADatabaseThatIsGoneForAMomentIsWaitedForOverJSON2(t *testing.T) {
	gone := status(404, "<!doctype html><title>404 Not Found</title><p>No database is selected and the requested URL was not found in the server-wide controllers.", "Content-Type", "text/html")
	for _, k := range kindsOfCalls {
		t.Run(k.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSON2, Config{}, gone, gone, jsonBody(200, k.success))
				is.NoErr(k.call(t.Context(), c))
				is.Equal(p.count(), 3)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSON2, Config{}, gone)
		_, err := search(t.Context(), c)
		var refused *ServerError
		is.True(errors.As(err, &refused))
		is.Equal(refused.Kind, RefusalBusy)
	})
}

// TestADatabaseThatTakesNoMoreConnections is not one that is missing, in whatever language PostgreSQL says so.
func TestADatabaseThatTakesNoMoreConnections(t *testing.T) {
	for _, words := range []string{`too many connections for database "shop"`, `データベース"shop"への接続が多すぎます`, `database "shop" is not currently accepting connections`} {
		full := refusalOf("psycopg2.OperationalError", `connection to server at "db", port 5432 failed: FATAL:  `+words)
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			p, c := newPeer(t, JSONRPC, Config{Database: "shop"}, full, full, result(`[]`))
			is.NoErr(c.SearchRead(t.Context(), "project.task", nil, []string{"name"}, Query{}, new([]map[string]any)))
			is.Equal(p.count(), 3)
		})
	}
}

func TestTriesAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name    string
		retries int
		want    int
	}{
		{"by default", 0, 1 + defaultRetries},
		{"as configured", 2, 3},
		{"none", -1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{Retries: tt.retries}, page(503, "Unavailable"))
				_, err := search(t.Context(), c)
				var e *TransportError
				is.True(errors.As(err, &e))
				is.Equal(e.Status, 503)
				is.Equal(e.Tries, tt.want)
				is.Equal(p.count(), tt.want)
			})
		})
	}
}

func TestAConnectionThatDoesNotComeAboutInTimeIsNotASlowCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{Timeout: time.Minute}, result("[1]"))
		p.dialTime = time.Hour
		_, err := c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		var e *TransportError
		is.True(errors.As(err, &e))
		is.Equal(e.Reason, "no connection within 1m0s")
		is.True(!e.Sent && !e.TooSlow())
		is.True(strings.Contains(e.Hint(), "host and port"))
		is.Equal(e.Tries, timeoutTries)
		var unknown *UnknownOutcomeError
		is.True(!errors.As(err, &unknown))
		time.Sleep(2 * time.Hour) // virtual: lets the dials end
	})
}

func TestAnAttemptThatTimedOutIsRepeatedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{Timeout: 10 * time.Second, RetryMaxWait: time.Second}, hang)
		start := time.Now()
		_, err := search(t.Context(), c)
		var e *TransportError
		is.True(errors.As(err, &e))
		is.True(e.TooSlow())
		is.True(e.Sent)
		is.True(errors.Is(err, os.ErrDeadlineExceeded))
		is.True(!errors.Is(err, context.DeadlineExceeded)) // that would be the caller's deadline
		is.Equal(p.count(), 2)
		took := time.Since(start)
		is.True(took >= 20*time.Second && took <= 21*time.Second)
	})
}

func TestReturnSlowHandsToTheCallerWhatMayHaveBeenTooMuch(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		reply                reply
		slow, dropped, large bool
		tries                int // with ReturnSlow
	}{
		{"504", page(504, "Gateway Time-out"), true, false, false, 1},
		{"524", page(524, "Timeout"), true, false, false, 1},
		{"no answer in time", hang, true, false, false, 1},
		{"connection closed", drop, false, true, false, 1},
		{"half an answer", half, false, true, false, 1},
		{"502", page(502, "Bad Gateway"), false, true, false, 1},
		{"520", page(520, "Unknown"), false, true, false, 1},
		{"413", page(413, "Too large"), false, false, true, 1},
		{"503 is repeated all the same", page(503, "Unavailable"), false, false, false, 1 + defaultRetries},
		{"521 is repeated all the same", page(521, "Down"), false, false, false, 1 + defaultRetries},
	} {
		for _, returnSlow := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, returnSlow), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					p, c := newPeer(t, JSONRPC, Config{}, tt.reply)
					_, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{ReturnSlow: returnSlow})
					var e *TransportError
					is.True(errors.As(err, &e))
					is.Equal(e.TooSlow(), tt.slow)
					is.Equal(e.Dropped(), tt.dropped)
					is.Equal(e.TooLarge(), tt.large)
					is.True(p.count() == tt.tries || !returnSlow)
					is.True(p.count() > 1 || returnSlow || tt.large)
				})
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{}, result("[]"))
		p.refusals = 1000 // the call was not sent: it is no matter of its size
		_, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{ReturnSlow: true})
		var e *TransportError
		is.True(errors.As(err, &e))
		is.True(!e.Dropped() && !e.TooSlow())
		is.Equal(p.dials, 1+defaultRetries)
	})
}

func TestWaitsFollowTheServer(t *testing.T) {
	for _, tt := range []struct {
		name, header string
		code         int
		want         time.Duration
	}{
		{"seconds", "17", 429, 17 * time.Second},
		{"seconds with 503", "5", 503, 5 * time.Second},
		{"the longest allowed", "60", 429, time.Minute},
		{"date", "Sat, 01 Jan 2000 00:00:30 GMT", 429, 30 * time.Second}, // virtual time begins in the year 2000
		{"date of RFC 850", "Saturday, 01-Jan-00 00:00:30 GMT", 503, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				var waits []Event
				_, c := newPeer(t, JSONRPC, Config{Observer: func(e Event) {
					if e.Kind == EventWaiting {
						waits = append(waits, e)
					}
				}}, status(tt.code, "", "Retry-After", tt.header), result("[]"))
				start := time.Now()
				_, err := search(t.Context(), c)
				is.NoErr(err)
				is.Equal(time.Since(start), tt.want)
				is.Equal(len(waits), 1)
				is.Equal(waits[0].Wait, tt.want)
				is.True(strings.HasPrefix(waits[0].Reason, "429 Too Many") || strings.HasPrefix(waits[0].Reason, "503 Service"))
				is.Equal(waits[0].Try, 2)
			})
		})
	}
}

func TestAWaitThatIsTooLongIsAnError(t *testing.T) {
	for _, header := range []string{"61", "7200", "99999999999999999999", "18446744073709551615", "Sun, 02 Jan 2000 00:00:00 GMT"} {
		t.Run(header, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, status(429, "", "Retry-After", header))
				start := time.Now()
				_, err := c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
				var e *TransportError
				is.True(errors.As(err, &e))
				is.True(strings.Contains(err.Error(), "asks to wait"))
				is.True(!strings.Contains(err.Error(), "8760h"))
				is.True(e.Hint() != "")
				is.Equal(p.count(), 1)
				is.Equal(time.Since(start), time.Duration(0))
			})
		})
	}
}

func TestRetryAfterThatMakesNoSenseIsIgnored(t *testing.T) {
	for _, header := range []string{"", "0", "-5", "soon", "1.5", "Fri, 31 Dec 1999 00:00:00 GMT"} {
		synctest.Test(t, func(t *testing.T) { is.New(t).Equal(retryAfter(header), time.Duration(0)) })
	}
}

func TestWaitsGrowAndAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		longest, shortest := make([]time.Duration, 12), make([]time.Duration, 12)
		for range 200 {
			var waits []time.Duration
			_, c := newPeer(t, JSONRPC, Config{Retries: len(longest), RetryMaxWait: 20 * time.Second, Observer: func(e Event) {
				if e.Kind == EventWaiting {
					waits = append(waits, e.Wait)
				}
			}}, page(503, "Unavailable"))
			_, err := search(t.Context(), c)
			is.True(err != nil)
			is.Equal(len(waits), len(longest))
			for i, w := range waits {
				is.True(w > 0)
				longest[i] = max(longest[i], w)
				shortest[i] = min(cmp.Or(shortest[i], w), w)
			}
		}
		for i, w := range longest {
			bound := min(time.Second<<i, 20*time.Second)
			is.True(w <= bound)            // never longer
			is.True(w > bound/2)           // uses its bound: the chance that 200 tries do not is 2^-200
			is.True(shortest[i] < bound/2) // and not always the same part of it
		}
	})
}

func TestCancellation(t *testing.T) {
	slow := func(answer reply) reply {
		return func(w http.ResponseWriter, r *http.Request, body []byte) {
			select {
			case <-time.After(30 * time.Second):
				answer(w, r, body)
			case <-r.Context().Done():
			}
		}
	}
	for _, k := range kindsOfCalls {
		finishes := strings.Contains(k.name, "load") || k.name == "create"
		t.Run(k.name+"/in flight", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, Config{}, slow(result(k.success)))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				err := k.call(ctx, c)
				if finishes {
					is.NoErr(err) // the answer came, and counts
					is.Equal(time.Since(start), 30*time.Second)
				} else {
					is.True(errors.Is(err, context.Canceled))
					is.Equal(time.Since(start), time.Second)
				}
			})
		})
		t.Run(k.name+"/by deadline", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, slow(result(k.success)))
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				err := k.call(ctx, c)
				is.True(errors.Is(err, context.DeadlineExceeded))
				var e *TransportError
				is.True(errors.As(err, &e))
				is.True(!e.Dropped() && !e.TooSlow()) // it is no matter of its size
				is.Equal(time.Since(start), time.Second)
				is.Equal(p.count(), 1)
				var unknown *UnknownOutcomeError
				is.Equal(errors.As(err, &unknown), !k.repeatable)
			})
		})
		t.Run(k.name+"/while waiting", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, status(429, "", "Retry-After", "30"))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				err := k.call(ctx, c)
				is.True(errors.Is(err, context.Canceled))
				is.True(strings.Contains(err.Error(), "429"))
				is.Equal(time.Since(start), time.Second)
				is.Equal(p.count(), 1)
				var unknown *UnknownOutcomeError
				is.True(!errors.As(err, &unknown)) // 429: nothing was done
			})
		})
		t.Run(k.name+"/before", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, result(k.success))
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				err := k.call(ctx, c)
				is.True(errors.Is(err, context.Canceled))
				is.Equal(p.count(), 0)
				var unknown *UnknownOutcomeError
				is.True(!errors.As(err, &unknown))
			})
		})
	}
}

func TestCancellationEndsADial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		transport := &http.Transport{DialContext: func(_ context.Context, _, _ string) (net.Conn, error) {
			time.Sleep(15 * time.Second) // the transport lets a dial go on in the background
			return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
		}}
		_, c := newPeer(t, JSONRPC, Config{Transport: transport}, result("[1]"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := c.Create(ctx, "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		is.True(errors.Is(err, context.Canceled))
		var unknown *UnknownOutcomeError
		is.True(!errors.As(err, &unknown)) // it never had a connection
		is.Equal(time.Since(start), time.Second)
		time.Sleep(time.Minute) // virtual: lets that dial end
	})
}

func TestAFailingTransportThatDoesNotTellMakesTheOutcomeUnknown(t *testing.T) {
	is := is.New(t)
	_, c := newPeer(t, JSONRPC, Config{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, syscall.ECONNREFUSED
	})}, result("[1]"))
	_, err := c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
	var unknown *UnknownOutcomeError
	is.True(errors.As(err, &unknown))
	is.True(errors.Is(err, syscall.ECONNREFUSED))
}

func TestPaceOnOdoosOwnCloud(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		want   time.Duration // for ten calls of one tenth of a second each, all started at once
	}{
		{"one a second", Config{URL: "http://example.odoo.com", AllowHTTP: true}, 9*time.Second + 100*time.Millisecond},
		{"never two at once", Config{URL: "http://example.odoo.com", AllowHTTP: true, Rate: 1000}, time.Second},
		{"as configured elsewhere", Config{Rate: 2}, 4*time.Second + 600*time.Millisecond},
		{"unlimited elsewhere", Config{}, 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, tt.config, func(w http.ResponseWriter, r *http.Request, body []byte) {
					time.Sleep(100 * time.Millisecond)
					result("[]")(w, r, body)
				})
				start := time.Now()
				failed := make(chan error)
				for range 10 {
					go func() {
						_, err := search(t.Context(), c)
						failed <- err
					}()
				}
				for range 10 {
					is.NoErr(<-failed)
				}
				is.Equal(time.Since(start).Round(10*time.Millisecond), tt.want)
			})
		})
	}
}

func TestThePaceIsThatOfTheRequestsAsTheServerSeesThem(t *testing.T) {
	for _, config := range []Config{{URL: "http://example.odoo.com", AllowHTTP: true}, {Rate: 1}} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			var last time.Time
			p, c := newPeer(t, JSONRPC, config, func(w http.ResponseWriter, r *http.Request, body []byte) {
				is.True(time.Since(last) >= time.Second)
				last = time.Now()
				result("[]")(w, r, body)
			})
			p.dialTime = 300 * time.Millisecond // for the first request only
			for range 3 {
				_, err := search(t.Context(), c)
				is.NoErr(err)
			}
			is.Equal(p.dials, 1)
		})
	}
}

func TestAPacedCallCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{Rate: 0.01}, result("[1]"))
		start := time.Now()
		_, err := c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		is.NoErr(err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.Create(ctx, "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		is.True(errors.Is(err, context.DeadlineExceeded))
		var unknown *UnknownOutcomeError
		is.True(!errors.As(err, &unknown))
		var e *TransportError
		is.True(errors.As(err, &e) && !e.Sent)
		is.Equal(p.count(), 1)
		_, err = c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}}, CreateOptions{})
		is.NoErr(err)
		is.Equal(time.Since(start), 100*time.Second) // the slot of the cancelled call was given back
	})
}

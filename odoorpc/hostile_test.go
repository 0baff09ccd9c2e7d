package odoorpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/matryer/is"
)

// TestWarningsAloneAreNoAnswerToALoad: they say neither that records were created nor that they were not.
func TestWarningsAloneAreNoAnswerToALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result(`{"ids":false,"messages":[{"type":"warning","record":0,"message":"odd"}]}`))
		loaded, err := c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
		var answer *AnswerError
		is.True(errors.As(err, &answer))
		is.Equal(answer.Reason, "found neither ids nor errors")
		is.Equal(len(loaded.IDs), 0)
	})
}

func TestIDsOfAHostileServerAreRefused(t *testing.T) {
	for _, ids := range []string{
		`[]`, `[1]`, `[1,2,3]`, `[1,1]`, `[0,1]`, `[-1,2]`, `[1,true]`, `[1,null]`, `[1,"2"]`, `[1,2.5]`, `[1,1e99]`, `[1,9223372036854775808]`,
		`[[1],[2]]`, `{"0":1,"1":2}`, `true`, `7`, `"12"`, `null`, `false`,
	} {
		for _, protocol := range []Protocol{JSONRPC, JSON2} {
			t.Run(string(protocol)+ids, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					say := result
					if protocol == JSON2 {
						say = func(s string) reply { return jsonBody(200, s) }
					}
					_, c := newPeer(t, protocol, Config{}, say(ids))
					created, err := c.Create(t.Context(), "project.task", []map[string]any{{"name": "A"}, {"name": "B"}}, CreateOptions{})
					var answer *AnswerError
					var unknown *UnknownOutcomeError
					is.True(errors.As(err, &answer))
					is.True(errors.As(err, &unknown)) // they may have been made
					is.Equal(unknown.Rows, 2)
					is.Equal(len(created), 0)

					_, c = newPeer(t, protocol, Config{}, say(`{"ids":`+ids+`,"messages":[]}`))
					loaded, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}, {"m.b"}}, LoadOptions{})
					is.True(errors.As(err, &answer))
					is.Equal(len(loaded.IDs), 0)
				})
			})
		}
	}
}

func TestRecordsOfAHostileServerAreRefused(t *testing.T) {
	for records, reason := range map[string]string{
		`[{"id":0}]`:                       "found 0 instead of an id",
		`[{"id":-1}]`:                      "found -1 instead of an id",
		`[{"id":1.5}]`:                     "found 1.5 instead of an id",
		`[{"id":"7"}]`:                     `found "7" instead of an id`,
		`[{"id":9223372036854775808}]`:     "found 9223372036854775808 instead of an id",
		`[{"id":null}]`:                    "found null instead of an id",
		`[{"name":"A"}]`:                   "found a record without an id",
		`[null]`:                           "found a record without an id",
		`[7]`:                              "found 7 instead of a record",
		`[{"id":1},{"id":1}]`:              "the id 1 comes twice",
		`[{"id":1},{"id":2},{"id":3}]`:     "expected at most 2, found more",
		`[{"id":1,"name":["A"]}]`:          "cannot unmarshal",
		`{"id":1}`:                         "expected a list",
		`null`:                             "expected a list",
		`[{"id":1,"name":"\u001b[31m",0}]`: "",
	} {
		t.Run(records, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSON2, Config{}, jsonBody(200, records))
				out := []struct {
					ID   int64
					Name Text
				}{{ID: 5}}
				err := c.SearchRead(t.Context(), "project.task", nil, nil, Query{Limit: 2}, &out)
				var e *AnswerError
				is.True(errors.As(err, &e))
				is.True(strings.Contains(e.Reason, reason))
				is.Equal(len(out), 1) // left as it was
			})
		})
	}
}

// TestAListOfMillionsOfWrongElementsTakesLittleMemory decodes answers whose elements would take a hundred times the memory of
// their text.
func TestAListOfMillionsOfWrongElementsTakesLittleMemory(t *testing.T) {
	const size = 4 << 20
	c, err := New(Config{URL: "localhost", Database: "demo", Login: "ada", Password: NewSecret("p")})
	is.New(t).NoErr(err)
	many := func(element string) []byte {
		return []byte("[" + strings.Repeat(element+",", size/(len(element)+1)) + element + "]")
	}
	var keys strings.Builder
	for n := range size / 10 {
		fmt.Fprintf(&keys, `"%d":0,`, n)
	}
	var records []struct{ A, B, C, D, E, F string }
	o := op{model: "m", method: "f", rows: 2}
	for name, read := range map[string]func() error{
		"records":  func() error { return c.decodeRecords(o, many("{}"), 0, &records) },
		"ids":      func() error { _, err := c.readIDs(o, many("1")); return err },
		"messages": func() error { _, _, err := c.readMessages(o, many("{}")); return err },
		"members": func() error {
			if members([]byte("{"+keys.String()+`"x":0}`)) == nil {
				return io.ErrUnexpectedEOF
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := read()
			runtime.ReadMemStats(&after)
			is.True(err != nil)
			is.True(after.TotalAlloc-before.TotalAlloc < 10*size) // the text itself, its buffer, and what Odoo may say
		})
	}
}

func TestLoadAnswersThatContradictThemselvesAreRefused(t *testing.T) {
	for _, answer := range []string{
		`{"ids":[1],"messages":[{"type":"error","message":"no"}]}`,
		`{"ids":[1],"messages":{}}`, `{"ids":[1],"messages":[1]}`, `{"ids":[1],"messages":"no"}`,
		`{"ids":false}`, `{}`, `[]`, `[1]`, `true`, `"x"`, `null`,
	} {
		t.Run(answer, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, Config{}, result(answer))
				_, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
				var e *AnswerError
				is.True(errors.As(err, &e))
			})
		})
	}
}

// TestHostileAnswersEndInAnError has answers that are endless, huge, deep or of the wrong kind.
func TestHostileAnswersEndInAnError(t *testing.T) {
	endless := func(chunk string, pause time.Duration) reply {
		return func(w http.ResponseWriter, r *http.Request, _ []byte) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
				if pause > 0 {
					_ = http.NewResponseController(w).Flush()
					time.Sleep(pause)
				}
			}
		}
	}
	for name, answer := range map[string]reply{
		"endless":                endless(strings.Repeat("[", 4096), 0),
		"dripping":               endless(" ", time.Second),
		"deep":                   jsonBody(200, strings.Repeat("[", 900_000)+strings.Repeat("]", 900_000)),
		"deep result":            result(strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000)),
		"deep objects":           result(strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)),
		"empty":                  jsonBody(200, ""),
		"null":                   jsonBody(200, "null"),
		"list":                   jsonBody(200, "[]"),
		"number":                 jsonBody(200, "1e400"),
		"no version":             jsonBody(200, `{"id":1,"result":[]}`),
		"other version":          jsonBody(200, `{"jsonrpc":"1.0","id":1,"result":[]}`),
		"id of another type":     jsonBody(200, `{"jsonrpc":"2.0","id":"1","result":[]}`),
		"id null":                jsonBody(200, `{"jsonrpc":"2.0","id":null,"result":[]}`),
		"two values":             jsonBody(200, `{"jsonrpc":"2.0","id":1,"result":[]}{}`),
		"error true":             jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":true}`),
		"error list":             jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":[]}`),
		"error empty":            jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":{}}`),
		"error of wrong types":   jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":{"message":1,"data":{"name":[],"message":{},"arguments":"x","debug":0}}}`),
		"error and result":       jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":{"data":{"name":"x"}},"result":[]}`),
		"error and other result": jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":{"data":{"name":"odoo.exceptions.UserError"}},"result":false}`),
		"result with 500":        jsonBody(500, `{"jsonrpc":"2.0","id":1,"result":[]}`),
		"no content":             status(204, ""),
		"not modified":           status(304, ""),
		"switching protocols":    status(426, ""),
		"binary":                 status(200, "\x00\x01\xff\xfe", "Content-Type", "application/octet-stream"),
		"huge header":            status(200, "[]", "X-A", strings.Repeat("a", 20<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, Config{Timeout: time.Minute, Retries: 1}, answer)
				c.config.maxAnswer = 2 << 20
				start := time.Now()
				_, err := search(t.Context(), c)
				is.True(err != nil)
				is.True(len(err.Error()) < 2000)
				is.True(strings.IndexFunc(err.Error(), unicode.IsControl) < 0)
				is.True(time.Since(start) <= 2*time.Minute+time.Second)
				time.Sleep(time.Minute) // virtual: lets the server notice that nobody reads
			})
		})
	}
}

func TestAnAnswerLongerThanAllowedIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		answer := `{"jsonrpc":"2.0","id":1,"result":[1]}`
		_, c := newPeer(t, JSONRPC, Config{}, jsonBody(200, answer))
		c.config.maxAnswer = int64(len(answer))
		_, err := search(t.Context(), c)
		is.NoErr(err)
		p, c := newPeer(t, JSONRPC, Config{}, jsonBody(200, answer))
		c.config.maxAnswer = int64(len(answer)) - 1
		_, err = search(t.Context(), c)
		var e *AnswerError
		is.True(errors.As(err, &e))
		is.True(strings.Contains(err.Error(), "longer than 36 bytes"))
		is.Equal(p.count(), 1)
	})
}

// TestNoMoreOfAnAnswerIsReadThanAllowed: what follows takes no memory.
func TestNoMoreOfAnAnswerIsReadThanAllowed(t *testing.T) {
	is := is.New(t)
	body := strings.NewReader(strings.Repeat(" ", 1<<20))
	_, c := newPeer(t, JSONRPC, Config{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body)}, nil
	})})
	c.config.maxAnswer = 1000
	_, err := search(t.Context(), c)
	is.True(errors.As(err, new(*AnswerError)))
	is.Equal(body.Len(), 1<<20-1001)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, tt := range []struct{ location, want string }{
		{"https://new.example.com/jsonrpc", "https://new.example.com/jsonrpc"},
		{"https://ada:hunter2@new.example.com/x?token=hunter2#hunter2", "https://new.example.com/x"},
		{"/web/login?redirect=hunter2", "http://localhost/web/login"},
		{"", ""},
		{"https://new.example.com/\u202eevil", "https://new.example.com/%E2%80%AEevil"},
		{"::", ""},
	} {
		for _, code := range []int{300, 301, 302, 303, 307, 308, 399} {
			t.Run(http.StatusText(code)+tt.location, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					p, c := newPeer(t, JSON2, Config{}, status(code, "", "Location", tt.location))
					_, err := search(t.Context(), c)
					var e *RedirectError
					is.True(errors.As(err, &e))
					is.Equal(e.Location, tt.want)
					is.True(!strings.Contains(err.Error(), "hunter2"))
					is.Equal(p.count(), 1)
					is.True(strings.Contains(e.Hint(), "set it as the URL"))
				})
			})
		}
	}
}

// startTLS starts a server whose certificate nobody knows.
func startTLS(t *testing.T) *httptest.Server {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestCertificatesAreVerified(t *testing.T) {
	is := is.New(t)
	server := startTLS(t)
	c, err := New(Config{URL: server.URL, Database: "d", Login: "l", Password: NewSecret("p")})
	is.NoErr(err)
	_, err = c.Connect(t.Context())
	var e *TransportError
	is.True(errors.As(err, &e))
	is.True(strings.HasPrefix(e.Reason, "certificate not accepted"))
	is.True(strings.Contains(e.Hint(), "SSL_CERT_FILE"))
	is.Equal(e.Tries, 1)
	is.True(!e.Sent)
}

func TestAServerWithoutTLSIsNamed(t *testing.T) {
	is := is.New(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c, err := New(Config{URL: strings.Replace(server.URL, "http:", "https:", 1), Database: "d", Login: "l", Password: NewSecret("p")})
	is.NoErr(err)
	_, err = c.Connect(t.Context())
	var e *TransportError
	is.True(errors.As(err, &e))
	is.True(strings.Contains(e.Reason, "does not speak TLS"))
}

func TestServerTextsAreCleaned(t *testing.T) {
	evil := "a\x1b[31mb\u009bc\x07d\u202ee\u2066f\x00g\rh\u200eii\u2028j\x7fk"
	safe := func(t *testing.T, s string) {
		t.Helper()
		for _, r := range s {
			if r != '\n' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028') {
				t.Errorf("%U in %q", r, s)
			}
		}
	}
	for name, answer := range map[string]reply{
		"error":    refusalOf("odoo.exceptions.UserError"+evil, evil),
		"denied":   refusalOf("odoo.exceptions.AccessDenied", evil),
		"title":    status(200, "<title>"+evil+"</title>", "Content-Type", "text/html; x="+evil),
		"entities": status(200, "<title>&#27;[31m&#x202e;</title>", "Content-Type", "text/html"),
		"start":    status(200, evil, "Content-Type", "text/plain"),
		"result":   result(`"\u001b[31m"`),
		"ids":      result(`["\u001b[31m\u202e"]`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var events []Event
				_, c := newPeer(t, JSONRPC, Config{Trace: true, Observer: func(e Event) { events = append(events, e) }}, answer)
				_, err := search(t.Context(), c)
				is.New(t).True(err != nil)
				safe(t, err.Error())
				if e := (*ServerError)(nil); errors.As(err, &e) {
					safe(t, e.Name+e.Message+e.Debug)
				}
				for _, e := range events {
					safe(t, e.Request+e.Answer+e.Reason)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result(`{"ids":false,"messages":[{"type":"error","field":"a\u202e","message":"x\u001b[2J"}]}`))
		_, err := c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
		var refusal *LoadError
		is.True(errors.As(err, &refusal))
		safe(t, refusal.Messages[0].Field+refusal.Messages[0].Message)
	})
}

func TestCleanKeepsWhatIsHarmlessAndBoundsTheRest(t *testing.T) {
	is := is.New(t)
	is.Equal(clean("Größe\r\n\t👩‍💻 العربية", 100), "Größe\n 👩‍💻 العربية")
	is.Equal(clean("ab€", 4), "ab…")
	is.Equal(clean("ab\xff", 4), "ab\ufffd")
	is.Equal(cleanLine(" a \n b  c "), "a b c")
	is.True(len(cleanLine(strings.Repeat("é", 10_000))) <= maxLine+len("…"))
}

func TestOneClientServesManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result("7"))
		done := make(chan error)
		for range 20 {
			go func() {
				var out int
				done <- c.Call(context.Background(), "m", "f", Args{Repeatable: true}, &out)
			}()
		}
		for range 20 {
			is.NoErr(<-done)
		}
	})
}

func TestAResultAndAnErrorInOneAnswerAreRefused(t *testing.T) {
	for _, id := range []string{"[5]", "false", "0"} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			_, c := newPeer(t, JSONRPC, Config{}, jsonBody(200, `{"jsonrpc":"2.0","id":1,"error":{"data":{"name":"odoo.exceptions.UserError","message":"no"}},"result":`+id+`}`))
			_, err := c.Create(t.Context(), "m", []map[string]any{{}}, CreateOptions{})
			var answer *AnswerError
			var unknown *UnknownOutcomeError
			is.True(errors.As(err, &answer))
			is.True(errors.As(err, &unknown)) // it may have been created
		})
	}
}

// A countedBody counts how often it is closed.
type countedBody struct {
	io.Reader
	closed *int
}

func (b countedBody) Close() error { *b.closed++; return nil }

func TestBodiesOfAnswersAreClosed(t *testing.T) {
	for name, body := range map[string]io.Reader{
		"read":     strings.NewReader(`{"jsonrpc":"2.0","id":1,"result":[1]}`),
		"too long": strings.NewReader(strings.Repeat(" ", 1000)),
		"broken":   io.MultiReader(strings.NewReader("{"), iotest.ErrReader(io.ErrUnexpectedEOF)),
	} {
		t.Run(name, func(t *testing.T) {
			closed := 0
			transport := roundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: countedBody{body, &closed}}, nil
			})
			_, c := newPeer(t, JSONRPC, Config{Retries: -1, Transport: transport}, drop)
			c.config.maxAnswer = 100
			_, _ = search(t.Context(), c)
			is.New(t).Equal(closed, 1)
		})
	}
}

// TestCallsAtOnceKeepTheirConnections has eight calls in flight, twice, and counts the connections.
func TestCallsAtOnceKeepTheirConnections(t *testing.T) {
	is := is.New(t)
	const calls = 8
	var connections atomic.Int32
	arrived := make(chan chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all := make(chan struct{})
		arrived <- all
		<-all
		result(`{"ids":[1],"messages":[]}`)(w, r, body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c, err := New(Config{URL: server.URL, Database: "d", Login: "l", Password: NewSecret("p")})
	is.NoErr(err)
	defer c.Close()
	c.session.Store(&Session{Protocol: JSONRPC, UserID: 2})
	for range 2 {
		done := make(chan error)
		for i := range calls {
			go func() {
				_, err := c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{fmt.Sprint("m.", i)}}, LoadOptions{})
				done <- err
			}()
		}
		var waiting []chan struct{}
		for range calls {
			select {
			case all := <-arrived:
				waiting = append(waiting, all)
			case err := <-done:
				t.Fatal(err)
			}
		}
		for _, all := range waiting {
			close(all)
		}
		for range calls {
			is.NoErr(<-done)
		}
	}
	is.True(connections.Load() <= calls+1) // a call may dial in vain while another's connection becomes free
}

package odoorpc

import (
	"errors"
	"math"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
)

func TestAddresses(t *testing.T) {
	for _, tt := range []struct{ given, base, refused string }{
		{given: "https://odoo.example.com", base: "https://odoo.example.com"},
		{given: "https://odoo.example.com/", base: "https://odoo.example.com"},
		{given: "HTTPS://Odoo.Example.Com:8443", base: "https://odoo.example.com:8443"},
		{given: "odoo.example.com", base: "https://odoo.example.com"},
		{given: "acme.dev.odoo.com", base: "https://acme.dev.odoo.com"},
		{given: "odoo.example.com:8069", base: "https://odoo.example.com:8069"},
		{given: " https://odoo.example.com\n", base: "https://odoo.example.com"},
		{given: "localhost:8069", base: "http://localhost:8069"},
		{given: "127.0.0.1:8069", base: "http://127.0.0.1:8069"},
		{given: "[::1]:8069", base: "http://[::1]:8069"},
		{given: "http://127.9.9.9", base: "http://127.9.9.9"},
		{given: "https://localhost", base: "https://localhost"},
		{given: "https://odoo.example.com/odoo", base: "https://odoo.example.com"},
		{given: "https://odoo.example.com/odoo/project/7/tasks", base: "https://odoo.example.com"},
		{given: "https://odoo.example.com/web", base: "https://odoo.example.com"},
		{given: "https://odoo.example.com/web/login", base: "https://odoo.example.com"},
		{given: "https://odoo.example.com/jsonrpc", base: "https://odoo.example.com"},
		{given: "", refused: "missing"},
		{given: "https://", refused: "no host"},
		{given: "https://odoo.example.com/shop", refused: `path "/shop"`},
		{given: "https://odoo.example.com/webmail", refused: `path "/webmail"`},
		{given: "https://odoo.example.com/web#id=4", refused: "? or #"},
		{given: "https://odoo.example.com/web?debug=1", refused: "? or #"},
		{given: "https://odoo.example.com/web?", refused: "? or #"},
		{given: "https://ada:hunter2@odoo.example.com", refused: "user name or password"},
		{given: "ada:hunter2@odoo.example.com", refused: "user name or password"},
		{given: "https://ada:hunter2@odoo.example.com:port/", refused: "not an address"},
		{given: "https://odoo%C2%9B31m.example.com", refused: "control characters"},
		{given: "ftp://odoo.example.com", refused: `"ftp://"`},
		{given: "http://odoo.example.com", refused: "unencrypted"},
		{given: "localhost:65536", refused: "port 65536"},
		{given: "localhost:0", refused: "port 0"},
		{given: "http://127.0.0.1.example.com", refused: "unencrypted"},
		{given: "http://localhost.example.com", refused: "unencrypted"},
	} {
		t.Run(tt.given, func(t *testing.T) {
			is := is.New(t)
			c, err := New(Config{URL: tt.given, Database: "d", Login: "l", Password: NewSecret("p")})
			if tt.refused != "" {
				var e *ConfigError
				is.True(errors.As(err, &e))
				is.Equal(e.Problems[0].Field, "URL")
				is.True(strings.Contains(e.Problems[0].Err.Error(), tt.refused))
				is.True(!strings.Contains(err.Error(), "hunter2"))
				return
			}
			is.NoErr(err)
			is.Equal(c.config.base.String(), tt.base)
		})
	}
}

func TestPlainHTTPIsForLoopbackOnly(t *testing.T) {
	is := is.New(t)
	config := Config{URL: "http://odoo.example.com", Database: "d", Login: "l", Password: NewSecret("p")}
	_, err := New(config)
	is.True(errors.Is(err, ErrPlainHTTP))
	config.AllowHTTP = true
	c, err := New(config)
	is.NoErr(err)
	is.Equal(c.config.base.String(), "http://odoo.example.com")
}

func TestEverythingWrongIsReportedAtOnce(t *testing.T) {
	is := is.New(t)
	_, err := New(Config{Protocol: "soap", Timeout: -1, RetryMaxWait: -1, Rate: math.NaN(), APIKey: NewSecret("a\nb"), Database: "a b", Login: "\xff", Password: NewSecret("\xff")})
	var e *ConfigError
	is.True(errors.As(err, &e))
	var fields []string
	for _, p := range e.Problems {
		fields = append(fields, p.Field)
	}
	is.Equal(strings.Join(fields, " "), "URL Protocol Login Password APIKey Database Timeout RetryMaxWait Rate")
	is.True(!strings.Contains(err.Error(), "a\nb"))
}

func TestAnAPIKeyIsASCII(t *testing.T) {
	is := is.New(t)
	for _, key := range []string{"\ufeff0123abcd", "0123\u00a0abcd", "\xff\xfe", "0123abcd\n", "\x00"} {
		_, err := New(Config{URL: "localhost", APIKey: NewSecret(key)})
		var e *ConfigError
		is.True(errors.As(err, &e))
		is.Equal(e.Problems[0].Field, "APIKey")
		is.True(!strings.Contains(err.Error(), key))
	}
}

func TestWhatIsMissingDependsOnTheProtocol(t *testing.T) {
	key, password := NewSecret("k"), NewSecret("p")
	for _, tt := range []struct {
		name   string
		config Config
		want   string
	}{
		{"nothing given", Config{}, "Password Database Login"},
		{"password", Config{Password: password}, "Database Login"},
		{"key", Config{APIKey: key}, ""},
		{"key over JSON-RPC", Config{APIKey: key, Protocol: JSONRPC}, "Database Login"},
		{"key over JSON-2", Config{APIKey: key, Protocol: JSON2}, ""},
		{"password over JSON-2", Config{Password: password, Protocol: JSON2}, "APIKey"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			tt.config.URL = "localhost"
			_, err := New(tt.config)
			is.Equal(errors.Is(err, ErrMissing), tt.want != "")
			var fields []string
			if e := (*ConfigError)(nil); errors.As(err, &e) {
				for _, p := range e.Problems {
					fields = append(fields, p.Field)
				}
			}
			is.Equal(strings.Join(fields, " "), tt.want)
		})
	}
}

func TestDefaults(t *testing.T) {
	is := is.New(t)
	s, err := Config{URL: "acme.odoo.com", Database: "d", Login: "l", Password: NewSecret("p")}.check()
	is.NoErr(err)
	is.Equal(s.Timeout, 5*time.Minute)
	is.Equal(s.Retries, 6)
	is.Equal(s.RetryMaxWait, time.Minute)
	is.Equal(s.maxAnswer, int64(64<<20))
	is.Equal(s.Rate, 1.0)
	is.Equal(s.Protocol, Auto)
	is.True(s.cloud)
}

func TestTheOwnTransportVerifiesAndTakesTheEnvironmentsProxy(t *testing.T) {
	is := is.New(t)
	c, err := New(Config{URL: "odoo.example.com", Database: "d", Login: "l", Password: NewSecret("p")})
	is.NoErr(err)
	for _, tr := range []http.RoundTripper{c.shared, c.fresh} {
		tr := tr.(*http.Transport)
		is.True(tr.TLSClientConfig == nil || !tr.TLSClientConfig.InsecureSkipVerify)
		is.True(tr.Proxy != nil)
		is.True(tr.ForceAttemptHTTP2)
	}
	is.True(!c.shared.(*http.Transport).DisableKeepAlives)
	is.True(c.fresh.(*http.Transport).DisableKeepAlives)
	is.Equal(c.transport(false), c.shared)
	is.Equal(c.transport(true), c.fresh) // a kept connection may be closing, and the outcome unknown
}

func TestLoopbackIsNeverReachedThroughAProxy(t *testing.T) {
	is := is.New(t)
	if os.Getenv("HTTP_PROXY") == "" { // net/http reads it once: in a process that has it from the start
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), "HTTP_PROXY=http://proxy.example.com")
		out, err := again.CombinedOutput()
		is.NoErr(err)
		is.True(strings.Contains(string(out), "PASS"))
		return
	}
	for _, host := range []string{"localhost", "LOCALHOST", "localhost.", "odoo.localhost:8069", "127.0.0.2", "[::1]:8069", "[::ffff:127.0.0.1]"} {
		c, err := New(Config{URL: "http://" + host, Database: "d", Login: "l", Password: NewSecret("p")})
		is.NoErr(err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.config.base.String(), nil)
		is.NoErr(err)
		for _, tr := range []http.RoundTripper{c.shared, c.fresh} {
			proxy, err := tr.(*http.Transport).Proxy(r)
			is.NoErr(err)
			is.True(proxy == nil)
		}
	}
}

// version answers GET /web/version, or common.version.
func version(v string) reply {
	return func(w http.ResponseWriter, r *http.Request, body []byte) {
		if r.Method == http.MethodGet {
			jsonBody(200, `{"version_info":[`+v+`,0,0,"final",0,""],"version":"`+strings.Trim(v, `"`)+`.0"}`)(w, r, body)
			return
		}
		result(`{"server_version":"`+strings.Trim(v, `"`)+`.0","server_version_info":[`+v+`,0,0,"final",0,""],"server_serie":"x","protocol_version":1}`)(w, r, body)
	}
}

func TestConnectChoosesTheProtocol(t *testing.T) {
	noWebVersion := page(404, "404 Not Found")
	key := NewSecret("0123456789abcdef0123456789abcdef01234567")
	for _, tt := range []struct {
		name     string
		config   Config
		replies  []reply
		protocol Protocol
		major    int
		paths    string
	}{
		{"key on 19", Config{APIKey: key}, []reply{version("19"), jsonBody(200, `{"lang":"en_US","uid":7}`)},
			JSON2, 19, "GET /web/version, POST /json/2/res.users/context_get"},
		{"key on a later SaaS version", Config{APIKey: key}, []reply{version(`"saas~19"`), jsonBody(200, `{"uid":7}`)},
			JSON2, 19, "GET /web/version, POST /json/2/res.users/context_get"},
		{"key on 14", Config{APIKey: key}, []reply{noWebVersion, version("14"), result("7")},
			JSONRPC, 14, "GET /web/version, POST /jsonrpc, POST /jsonrpc"},
		{"key on 18 that redirects /web", Config{APIKey: key}, []reply{status(303, "", "Location", "/web/login"), version("18"), result("7")},
			JSONRPC, 18, "GET /web/version, POST /jsonrpc, POST /jsonrpc"},
		{"key on 19 that keeps /web to itself", Config{APIKey: key}, []reply{page(403, "Forbidden"), version("19"), jsonBody(200, `{"uid":7}`)},
			JSON2, 19, "GET /web/version, POST /jsonrpc, POST /json/2/res.users/context_get"},
		{"password on 19", Config{Password: NewSecret("p")}, []reply{version("19"), result("7")},
			JSONRPC, 19, "POST /jsonrpc, POST /jsonrpc"},
		{"password on SaaS", Config{Password: NewSecret("p")}, []reply{version(`"saas~18"`), result("7")},
			JSONRPC, 18, "POST /jsonrpc, POST /jsonrpc"},
		{"key on 19 by JSON-RPC as told", Config{APIKey: key, Protocol: JSONRPC}, []reply{version("19"), result("7")},
			JSONRPC, 19, "POST /jsonrpc, POST /jsonrpc"},
		{"key by JSON-2 as told, version not told", Config{APIKey: key, Protocol: JSON2}, []reply{noWebVersion, jsonBody(200, `{"uid":7}`)},
			JSON2, 19, "GET /web/version, POST /json/2/res.users/context_get"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				setDefault(&tt.config.Protocol, Auto)
				p, c := newPeer(t, JSONRPC, tt.config, tt.replies...)
				c.session.Store(nil)
				s, err := c.Connect(t.Context())
				is.NoErr(err)
				is.Equal(s.Protocol, tt.protocol)
				is.Equal(s.Major, tt.major)
				is.Equal(s.UserID, int64(7))
				is.Equal(s.URL, "http://localhost")
				var paths []string
				for _, r := range p.requests {
					paths = append(paths, r.verb+" "+r.path)
				}
				is.Equal(strings.Join(paths, ", "), tt.paths)
				is.Equal(*c.session.Load(), s)
			})
		})
	}
}

func TestTheTimeOfTheServer(t *testing.T) {
	for date, want := range map[string]time.Time{
		"Wed, 04 Mar 2026 05:06:07 GMT": time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		"":                              {},
		"noon":                          {},
	} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			dated := func(r reply) reply {
				return func(w http.ResponseWriter, req *http.Request, body []byte) {
					w.Header()["Date"] = slices.DeleteFunc([]string{date}, func(s string) bool { return s == "" })
					r(w, req, body)
				}
			}
			_, c := newPeer(t, JSONRPC, Config{Password: NewSecret("p")}, dated(version("19")), dated(result("7")))
			s, err := c.Connect(t.Context())
			is.NoErr(err)
			is.Equal(s.Time, want)
		})
	}
}

func TestConnectRefused(t *testing.T) {
	key, password := NewSecret("0123456789abcdef"), NewSecret("hunter2")
	noDB := "FATAL:  database \"demo\" does not exist\n"
	for _, tt := range []struct {
		name    string
		config  Config
		replies []reply
		target  any
		words   []string // of the error and its hint
		sent    int
	}{
		{"wrong password", Config{Password: password}, []reply{version("14"), result("false")}, new(*LoginError),
			[]string{`login refused for "ada" on database "demo"`, "two-factor", "ten failed logins", "Online"}, 2},
		{"wrong key over JSON-RPC", Config{APIKey: key, Protocol: JSONRPC}, []reply{version("14"), result("false")}, new(*LoginError),
			[]string{"works only with the login", "ten failed logins"}, 2},
		{"cool-down", Config{Password: password}, []reply{version("14"), refusalOf("odoo.exceptions.AccessDenied", "Too many login failures, please wait a bit before trying again.")}, new(*LoginError),
			[]string{"Too many login failures", "wait before the next try"}, 2},
		{"wrong key over JSON-2", Config{APIKey: key}, []reply{version("19"), jsonBody(401, `{"name":"werkzeug.exceptions.Unauthorized","message":"Invalid apikey","arguments":["Invalid apikey"],"context":{},"debug":""}`)}, new(*LoginError),
			[]string{"login refused", "Invalid apikey", "90 days", "password does not work here", "database"}, 2},
		{"unknown database on 14", Config{Password: password}, []reply{version("14"), refusalOf("psycopg2.OperationalError", noDB)}, new(*DatabaseError),
			[]string{`no database "demo"`, "case-sensitive"}, 2},
		{"unknown database on 19", Config{Password: password}, []reply{version("19"), refusalOf("psycopg2.OperationalError", `connection to server at "127.0.0.1", port 5432 failed: `+noDB)}, new(*DatabaseError),
			[]string{`no database "demo"`}, 2},
		{"unknown database in another language", Config{Password: password}, []reply{version("14"), refusalOf("psycopg2.OperationalError", "FATAL:  la base de données \"demo\" n'existe pas")}, new(*DatabaseError),
			[]string{`no database "demo"`}, 2},
		{"database that is not Odoo's", Config{Password: password}, []reply{version("16"), refusalOf("builtins.KeyError", "'res.users'")}, new(*DatabaseError),
			[]string{`no database "demo" on localhost: `, "not an Odoo database"}, 2},
		{"database that is busy", Config{Password: password, Retries: -1}, []reply{version("16"), refusalOf("psycopg2.errors.SerializationFailure", "no")}, new(*ServerError),
			[]string{"localhost: Odoo refused (busy)"}, 2},
		{"JSON-2 asked of 18", Config{APIKey: key, Protocol: JSON2}, []reply{page(404, "No"), status(303, "", "Location", "/web/login"), version("18")}, new(*ProtocolError),
			[]string{"localhost (Odoo 18.0) does not offer json2: JSON-2 came with Odoo 19", "choose the protocol jsonrpc"}, 3},
		{"JSON-2 asked of 16", Config{APIKey: key, Protocol: JSON2}, []reply{page(404, "No"), page(404, "Odoo"), version("16")}, new(*ProtocolError),
			[]string{"(Odoo 16.0)", "JSON-2 came with Odoo 19"}, 3},
		{"JSON-2 asked of 14", Config{APIKey: key, Protocol: JSON2}, []reply{page(404, "No"), refusalOf("werkzeug.exceptions.NotFound", "404: Not Found"), version("14")}, new(*ProtocolError),
			[]string{"(Odoo 14.0)", "JSON-2 came with Odoo 19"}, 3},
		{"JSON-2 asked of what is moved", Config{APIKey: key, Protocol: JSON2}, []reply{status(301, "", "Location", "https://new.example.com/x")}, new(*RedirectError),
			[]string{"localhost: redirects to https://new.example.com/x"}, 3},
		{"unknown database over JSON-2", Config{APIKey: key}, []reply{version("19"), status(404, "<!doctype html><title>404 Not Found</title><p>No database is selected and the requested URL was not found in the server-wide controllers.", "Content-Type", "text/html")}, new(*DatabaseError),
			[]string{`no database "demo"`}, 2},
		{"no JSON-2", Config{APIKey: key, Protocol: JSON2}, []reply{version("19"), page(404, "404 Not Found")}, new(*ProtocolError),
			[]string{"(Odoo 19.0) does not offer json2", "Odoo 19"}, 2},
		{"neither JSON-2 nor Odoo", Config{APIKey: key, Protocol: JSON2}, []reply{version("19"), jsonBody(404, `{"error":"no such path"}`)}, new(*AnswerError),
			[]string{"404", "leads to Odoo itself"}, 2},
		{"/jsonrpc is gone", Config{Password: password}, []reply{page(404, "404 Not Found"), version("22")}, new(*ProtocolError),
			[]string{"(Odoo 22.0) does not offer jsonrpc", "use an API key", "JSON-2"}, 2},
		{"/jsonrpc is switched off", Config{Password: password}, []reply{version("20"), refusalOf("werkzeug.exceptions.NotFound", "404: Not Found")}, new(*ProtocolError),
			[]string{"(Odoo 20.0) does not offer jsonrpc", "switched off", "use an API key", "JSON-2"}, 2},
		{"key alone on an older server", Config{APIKey: key, Database: "-", Login: "-"}, []reply{page(404, "Not Found"), version("14")}, new(*ConfigError),
			[]string{"Database", "Login"}, 2},
		{"key alone, redirected", Config{APIKey: key, Database: "-", Login: "-"}, []reply{status(301, "", "Location", "https://new.example.com/")}, new(*RedirectError),
			[]string{"https://new.example.com/", "set it as the URL"}, 2},
		{"key alone, not Odoo", Config{APIKey: key, Database: "-", Login: "-"}, []reply{page(200, "Welcome")}, new(*AnswerError),
			[]string{`page "Welcome"`, "leads to Odoo itself"}, 2},
		{"not Odoo", Config{Password: password}, []reply{page(200, "Welcome to\x1b[31m nginx!")}, new(*AnswerError),
			[]string{`page "Welcome to�[31m nginx!"`, "text/html", "leads to Odoo itself"}, 1},
		{"page of a server that failed", Config{Password: password}, []reply{page(500, "Internal Server Error")}, new(*AnswerError),
			[]string{`localhost: the server failed (500, text/html): page "Internal Server Error"`, "is in trouble", "log"}, 1},
		{"plain text of a server that failed", Config{Password: password}, []reply{version("14"), status(500, "Internal Server Error", "Content-Type", "text/plain")}, new(*AnswerError),
			[]string{`localhost: the server failed (500, text/plain): "Internal Server Error"`, "is in trouble"}, 2},
		{"a server that failed, for a key", Config{APIKey: key}, []reply{version("19"), page(500, "Internal Server Error")}, new(*AnswerError),
			[]string{"localhost: the server failed (500", "is in trouble"}, 2},
		{"a failure between a content network and Odoo", Config{Password: password}, []reply{page(526, "Invalid SSL certificate")}, new(*AnswerError),
			[]string{`the server failed (526, text/html): page "Invalid SSL certificate"`, "is in trouble"}, 1},
		{"a proxy without Odoo", Config{Password: password, Retries: -1}, []reply{page(502, "Bad Gateway")}, new(*TransportError),
			[]string{"localhost: 502 Bad Gateway", "is in trouble"}, 1},
		{"maintenance", Config{Password: password, Retries: -1}, []reply{page(503, "Back soon")}, new(*TransportError),
			[]string{"localhost: 503 Service Unavailable", "is in trouble"}, 1},
		{"too slow for a proxy", Config{Password: password, Retries: -1}, []reply{page(504, "Gateway Time-out")}, new(*TransportError),
			[]string{"localhost: 504 Gateway Timeout", "still be working"}, 1},
		{"server of files", Config{Password: password}, []reply{page(501, "Unsupported method ('POST')")}, new(*AnswerError),
			[]string{"this is not an answer from Odoo (501", "leads to Odoo itself"}, 1},
		{"nothing of Odoo there", Config{Password: password}, []reply{page(404, "Nothing here"), page(404, "Nothing here")}, new(*AnswerError),
			[]string{`page "Nothing here"`, "404", "leads to Odoo itself"}, 2},
		{"nothing of Odoo there for a key", Config{APIKey: key}, []reply{page(404, "Nothing here"), page(404, "Nothing here"), page(404, "Nothing here")}, new(*AnswerError),
			[]string{`page "Nothing here"`}, 3},
		{"user id of another type", Config{Password: password}, []reply{version("14"), result(`"7"`)}, new(*AnswerError), nil, 2},
		{"user id not positive", Config{Password: password}, []reply{version("14"), result("-1")}, new(*AnswerError), nil, 2},
		{"user id true", Config{Password: password}, []reply{version("14"), result("true")}, new(*AnswerError), nil, 2},
		{"no version", Config{Password: password}, []reply{result("{}")}, new(*AnswerError), []string{"version"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				setDefault(&tt.config.Protocol, Auto)
				p, c := newPeer(t, JSONRPC, tt.config, tt.replies...)
				if tt.config.Login == "-" { // newPeer fills in what is missing
					c.config.Login, c.config.Database = "", ""
				}
				c.session.Store(nil)
				_, err := c.Connect(t.Context())
				is.True(errors.As(err, tt.target))
				words := err.Error()
				if h, ok := err.(interface{ Hint() string }); ok {
					words += "\n" + h.Hint()
				}
				for _, w := range tt.words {
					if !strings.Contains(words, w) {
						t.Errorf("%q is not in:\n%s", w, words)
					}
				}
				is.Equal(p.count(), tt.sent) // a refused login is never tried again
				is.True(c.session.Load() == nil)
				_, err = search(t.Context(), c)
				is.Equal(err, ErrNotConnected)
			})
		})
	}
}

func TestHintsOfARefusedLoginHoldForTheVersion(t *testing.T) {
	for _, tt := range []struct {
		major            int
		key              bool
		expiry, coolDown bool
	}{
		{12, false, false, true}, {15, false, false, true}, {16, false, false, false}, {19, false, false, false},
		{14, true, false, true}, {17, true, false, false}, {18, true, true, false}, {19, true, true, false}, {0, true, true, false},
	} {
		is := is.New(t)
		hint := (&LoginError{Major: tt.major, APIKey: tt.key}).Hint()
		is.Equal(strings.Contains(hint, "90 days"), tt.expiry)
		is.Equal(strings.Contains(hint, "ten failed logins"), tt.coolDown)
	}
}

func TestConnectGivesUpSoonOnAServerThatCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, Auto, Config{}, version("19"))
		p.refusals = 1000
		_, err := c.Connect(t.Context())
		var e *TransportError
		is.True(errors.As(err, &e))
		is.True(!e.Sent)
		is.Equal(e.Reason, "connection refused")
		is.True(strings.Contains(e.Hint(), "whether Odoo is running"))
		is.Equal(p.dials, ownTries)
	})
}

func TestConnectIsPatientWithAServerThatCanBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{}, page(503, "Unavailable"))
		_, err := c.Connect(t.Context())
		var e *TransportError
		is.True(errors.As(err, &e))
		is.Equal(e.Tries, 1+defaultRetries)
		is.Equal(p.count(), 1+defaultRetries)
	})
}

func TestConnectSurvivesAServerThatIsStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, page(502, "Bad Gateway"), page(503, "Unavailable"), version("14"), drop, result("7"))
		s, err := c.Connect(t.Context())
		is.NoErr(err)
		is.Equal(s.UserID, int64(7))
	})
}

package odoorpc

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Protocol says how the client talks to the server.
type Protocol string

const (
	// Auto takes JSON-2 where the server is Odoo 19 or later and an API key is given, JSON-RPC otherwise. It is what the
	// empty Protocol means.
	Auto Protocol = "auto"
	// JSONRPC is POST /jsonrpc, served by Odoo 12 to 21. It takes a password, or an API key in its place, and always
	// needs the database and the login.
	JSONRPC Protocol = "jsonrpc"
	// JSON2 is POST /json/2/<model>/<method>, served from Odoo 19 on. It takes an API key only, and needs the database
	// only where several are served under one host name.
	JSON2 Protocol = "json2"
)

// Config says which server to talk to, as whom and how. Only URL and one of Password and APIKey are always needed.
type Config struct {
	// URL is the server's address, "https://odoo.example.com" or "odoo.example.com:8069". Without a scheme a loopback host
	// gets http and any other https. A path that a browser shows after logging in (/odoo, /web and what follows), or of an
	// endpoint (/jsonrpc, /json and what follows), is taken off; any other path, user info, a query and a fragment are refused.
	URL string

	Database string   // JSON-RPC needs it; JSON-2 sends it when given
	Login    string   // the user's, often an e-mail address; JSON-RPC needs it, JSON-2 does not use it
	Password Secret   // at most 1000 bytes; users with two-factor authentication need an API key instead
	APIKey   Secret   // at most 1000 bytes; used instead of Password when both are given, whatever the protocol
	Protocol Protocol // default: Auto

	// Timeout bounds one attempt from the dial to the last byte of the answer. Zero: 5 minutes. Odoo's own limit is 120 s for
	// the work (limit_time_real), but a call may queue for a free worker before that, and a server that runs into write
	// conflicts repeats the work itself (Odoo 14 was seen to do so for 86 s). Connect asks for the version with at most one
	// minute.
	Timeout time.Duration
	// Retries is how often a call is sent again where that is safe and may help. Zero: 6 times. Negative: never. An attempt
	// that ran into Timeout is repeated once only, and Connect gives up after 3 tries while the server cannot be reached.
	Retries int
	// RetryMaxWait is the longest single wait between two tries. Where the server asks for a longer one the call ends with
	// a *TransportError that says so. Zero: one minute.
	RetryMaxWait time.Duration
	// Rate is the highest number of calls a second. Zero: unlimited; on *.odoo.com 1, which is cautious: Odoo
	// publishes no figure that we found. There two calls never run at once, whatever Rate says.
	Rate float64

	AllowHTTP bool   // permits http, which sends the password unencrypted, to hosts other than loopback
	UserAgent string // sent with every request; empty: "odoorpc"

	// Transport carries the requests. It must not follow redirects or keep cookies. Nil: one of the client's own, with the
	// proxies of the environment, HTTP/2 and keep-alive where offered, and certificates verified against the system's
	// roots. Calls that must not be repeated then get a connection of their own, because one that the server is about to
	// close would leave their outcome unknown.
	Transport http.RoundTripper
	// Observer is told what the client does, as it happens, on the goroutine of the call. It must be fast, must not call the
	// client, and must be safe for concurrent use if several goroutines call the client. Nil: nobody is told.
	Observer func(Event)
	Trace    bool // adds the masked request and answer bodies to events
}

// settings are a Config that was checked, with its defaults filled in.
type settings struct {
	Config
	base      *url.URL
	cloud     bool  // Odoo's own cloud, which limits the pace
	maxAnswer int64 // the longest accepted answer in bytes, unpacked; less in tests
}

// check fills in the defaults and reports everything that is wrong at once.
func (c Config) check() (*settings, error) {
	base, err := parseURL(c.URL, c.AllowHTTP)
	c.Protocol = cmp.Or(c.Protocol, Auto)

	wrong := new(ConfigError)
	wrong.add(err != nil, "URL", "%w", err)
	wrong.add(!slices.Contains([]Protocol{Auto, JSONRPC, JSON2}, c.Protocol),
		"Protocol", "must be %[2]s, %[3]s or %[4]s, not %[1]q", c.Protocol, Auto, JSONRPC, JSON2)
	wrong.add(c.Protocol == JSON2 && c.APIKey.IsZero(), "APIKey", "%w: JSON-2 takes an API key only", ErrMissing)
	wrong.add(c.Protocol != JSON2 && c.APIKey.IsZero() && c.Password.IsZero(), "Password", "%w: give an API key or a password", ErrMissing)
	if c.Protocol == JSONRPC || (c.Protocol == Auto && c.APIKey.IsZero()) {
		c.missingForJSONRPC(wrong)
	}
	password, key := c.Password.reveal(), c.APIKey.reveal()
	wrong.add(!utf8.ValidString(c.Login), "Login", "is not valid UTF-8")
	wrong.add(!utf8.ValidString(password) || len(password) > longestSecret,
		"Password", "is not valid UTF-8, or longer than %d bytes", longestSecret)
	wrong.add(!fitsHeader(key) || len(key) > longestSecret || strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII }),
		"APIKey", "contains a space, a line end or another character that no API key has, or is longer than %d bytes", longestSecret)
	wrong.add(!fitsHeader(c.Database) || !utf8.ValidString(c.Database),
		"Database", "contains a space, a line end or another character that no database name has")
	wrong.add(c.Timeout < 0, "Timeout", "%v is negative", c.Timeout)
	wrong.add(c.RetryMaxWait < 0, "RetryMaxWait", "%v is negative", c.RetryMaxWait)
	wrong.add(!(c.Rate >= 0) || math.IsInf(c.Rate, 1), "Rate", "%v is not a number of calls a second", c.Rate)
	if len(wrong.Problems) > 0 {
		return nil, wrong
	}

	s := &settings{Config: c, base: base, cloud: isCloud(base.Hostname()), maxAnswer: 64 << 20}
	s.Timeout = cmp.Or(s.Timeout, 5*time.Minute)
	s.RetryMaxWait = cmp.Or(s.RetryMaxWait, time.Minute)
	s.UserAgent = cmp.Or(s.UserAgent, "odoorpc")
	s.Retries = max(cmp.Or(s.Retries, 6), 0)
	if s.cloud {
		s.Rate = cmp.Or(s.Rate, 1)
	}
	if s.Observer == nil {
		s.Observer = func(Event) {}
	}
	return s, nil
}

// longestSecret is how many bytes a password or key may have: each is looked for in whatever a server says.
const longestSecret = 1000

// missingForJSONRPC adds what JSON-RPC needs beside a credential and does not have.
func (c Config) missingForJSONRPC(wrong *ConfigError) {
	wrong.add(c.Database == "", "Database", "%w: JSON-RPC needs the database", ErrMissing)
	wrong.add(c.Login == "", "Login", "%w: JSON-RPC needs the login", ErrMissing)
}

// fitsHeader reports whether s can be a word of an HTTP header.
func fitsHeader(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// browserPaths are first path segments that a browser shows and that say nothing about the server's address.
var browserPaths = []string{"odoo", "web", "jsonrpc", "json"}

// parseURL returns the scheme and host of an address. Its errors never repeat the address, which may hold a password.
func parseURL(text string, allowHTTP bool) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, fmt.Errorf("missing: give the server's address, such as https://odoo.example.com")
	}
	bare := !strings.Contains(text, "://")
	if bare {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not an address: expected something like https://odoo.example.com")
	case u.User != nil:
		return nil, fmt.Errorf("contains a user name or password: leave out everything before the @; login and password have their own settings")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("must start with https://, not %q", cleanLine(u.Scheme)+"://")
	case !isPort(u.Port()):
		return nil, fmt.Errorf("has the port %s: it must be from 1 to 65535", u.Port())
	case u.Hostname() == "":
		return nil, fmt.Errorf("names no host: give an address such as https://odoo.example.com")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#"):
		return nil, fmt.Errorf("contains a ? or #: leave out everything after the host name")
	case cleanLine(u.Host) != u.Host:
		return nil, fmt.Errorf("contains control characters")
	}
	first, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if first != "" && !slices.Contains(browserPaths, first) {
		return nil, fmt.Errorf("contains the path %q: Odoo answers at the root of its host, leave the path out", cleanLine(u.Path))
	}

	base := &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	loopback := isLoopback(base.Hostname())
	if bare && loopback {
		base.Scheme = "http"
	}
	if base.Scheme == "http" && !loopback && !allowHTTP {
		return nil, fmt.Errorf("plain http to %s would send the password unencrypted: %w", base.Host, ErrPlainHTTP)
	}
	return base, nil
}

// isPort reports whether the digits are a port; none stand for the scheme's own.
func isPort(digits string) bool {
	n, err := strconv.ParseUint(digits, 10, 16)
	return digits == "" || err == nil && n > 0
}

func isLoopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}

func isCloud(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return host == "odoo.com" || strings.HasSuffix(host, ".odoo.com")
}

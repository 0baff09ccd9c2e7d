package odoorpc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// probeTimeout bounds one attempt to ask for the server's version. It is work of milliseconds, but a busy server lets it
// wait for a free worker: 8 s were seen.
const probeTimeout = time.Minute

// firstJSON2 is the first major version of Odoo that serves JSON-2.
const firstJSON2 = 19

// A Session tells what Connect found.
type Session struct {
	Version  string // as the server words it, such as "19.0" or "saas~18.3+e"; "" where it does not tell
	Major    int    // the first number in Version; zero where unknown
	Protocol Protocol
	UserID   int64
	Lang     string    // the user's language, such as "fr_FR"; "" where the login did not tell: over JSON-RPC
	Login    string    // as configured
	Database string    // as configured; "[secret]" where it is the password as well
	URL      string    // scheme and host, without a slash at the end
	Cloud    bool      // on Odoo's own cloud, *.odoo.com, where calls go one at a time
	Time     time.Time // the server's at the login, to the second below, by the Date header of HTTP; zero where it told none
}

// Connect asks the server for its version, chooses the protocol and logs in. A refused login is never tried again. It may
// be called again, and then replaces the session if it succeeds.
//
// Errors: *LoginError, *DatabaseError, *ProtocolError, *ConfigError (something is missing for the protocol that this server
// needs), *TransportError, *RedirectError, *AnswerError, *ServerError.
func (c *Client) Connect(ctx context.Context) (Session, error) {
	if c.config == nil {
		_, err := Config{}.check()
		return Session{}, err
	}
	s := Session{Login: c.config.Login, Database: c.redactor.line(c.config.Database), URL: c.config.base.String(), Cloud: c.config.cloud}
	if err := c.choose(ctx, &s); err != nil {
		return Session{}, err
	}
	if err := c.login(ctx, &s); err != nil {
		return Session{}, c.explain(ctx, err, s)
	}
	if s.Protocol == JSON2 {
		s.Major = max(s.Major, firstJSON2)
	}
	if told := c.time.Load(); told > 0 {
		s.Time = time.Unix(told, 0).UTC()
	}
	c.session.Store(&s)
	return s, nil
}

// explain completes the error of a login with the server's version. A server older than JSON-2 answers it with pages of all
// kinds: a redirect to its login, its own page for what is not there.
func (c *Client) explain(ctx context.Context, err error, s Session) error {
	switch e := err.(type) { //nolint:errorlint // do returns these types as they are
	case *LoginError:
		e.Major = s.Major
	case *ProtocolError, *RedirectError, *AnswerError:
		if s.Protocol == JSON2 && s.Major == 0 && c.askCommon(ctx, &s) == nil && s.Major < firstJSON2 {
			return &ProtocolError{
				Address: c.address(), Protocol: JSON2, Version: s.Version, Reason: "JSON-2 came with Odoo 19", hint: "choose the protocol jsonrpc",
			}
		}
	}
	if e, ok := errors.AsType[*ProtocolError](err); ok {
		e.Version = s.Version
	}
	return err
}

// choose finds the version of the server and sets the protocol.
func (c *Client) choose(ctx context.Context, s *Session) error {
	withKey := c.config.Protocol == Auto && !c.config.APIKey.IsZero()
	if c.config.Protocol == JSON2 || withKey {
		err := c.askWeb(ctx, s)
		if _, unreached := errors.AsType[*TransportError](err); unreached {
			return err
		}
	}
	if s.Major == 0 && c.config.Protocol != JSON2 { // of JSON-2 the login will tell
		err := c.askCommon(ctx, s)
		if e, ok := errors.AsType[*ProtocolError](err); ok {
			switch {
			case c.askWeb(ctx, s) == nil:
				e.Version = s.Version
			case e.page != nil: // no version of Odoo has neither
				return e.page
			}
		}
		if err != nil {
			return err
		}
	}
	if c.config.Protocol == JSON2 || withKey && s.Major >= firstJSON2 {
		s.Protocol = JSON2
		return nil
	}
	s.Protocol = JSONRPC
	missing := new(ConfigError)
	if c.config.missingForJSONRPC(missing); len(missing.Problems) > 0 {
		return missing
	}
	return nil
}

// askWeb asks GET /web/version, which Odoo 19 and later have.
func (c *Client) askWeb(ctx context.Context, s *Session) error {
	return c.ask(ctx, s, "version", &request{
		message: &message{op: op{model: "web", method: "version", protocol: JSON2, own: true}},
		path:    "/web/version",
		read: func(a *answer) (json.RawMessage, error) {
			if a.ok() {
				return a.body, nil
			}
			return nil, nil // as older versions answer: not a failure of the call
		},
	})
}

// askCommon asks the service "common", which needs no login on any version.
func (c *Client) askCommon(ctx context.Context, s *Session) error {
	m := &message{op: op{model: "common", method: "version", own: true}}
	return c.ask(ctx, s, "server_version", c.service(m, "common", "version", func(credentials) []any { return []any{} }))
}

// ask asks for an object in which a member tells the version.
func (c *Client) ask(ctx context.Context, s *Session, member string, r *request) error {
	r.timeout = min(c.config.Timeout, probeTimeout)
	result, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	version := text(members(result)[member])
	major, err := strconv.ParseUint(digits.FindString(version), 10, 16)
	if err != nil || major == 0 {
		return c.unexpected(r.op, "the server does not tell its version")
	}
	s.Version, s.Major = c.redactor.line(version), int(major)
	return nil
}

var digits = regexp.MustCompile(`[0-9]+`)

// login finds out who the user is. Over JSON-RPC Odoo answers false to wrong credentials, and to right ones while it cools
// down after ten failures; over JSON-2 a call tells whose the key is.
func (c *Client) login(ctx context.Context, s *Session) error {
	r := c.json2(&message{op: op{model: "res.users", method: "context_get", own: true}})
	if s.Protocol == JSONRPC {
		m := &message{op: op{model: "common", method: "authenticate", own: true}}
		r = c.service(m, "common", "authenticate", func(with credentials) []any {
			return []any{with.database, with.login, with.secret, map[string]any{}}
		})
	}
	result, err := c.do(ctx, r)
	switch {
	case err != nil:
		return err
	case s.Protocol == JSON2:
		user := members(result)
		result, s.Lang = user["uid"], cleanLine(text(user["lang"]))
	case isUnset(result):
		return c.loginRefused(JSONRPC, "")
	}
	if json.Unmarshal(result, &s.UserID) != nil || s.UserID <= 0 {
		return c.unexpected(r.op, "the login did not answer with a user's id")
	}
	return nil
}

// unexpected is the error of an answer in which Odoo speaks, but not as it should.
func (c *Client) unexpected(op op, reason string) *AnswerError {
	return &AnswerError{Place: c.place(op), Status: http.StatusOK, Reason: reason}
}

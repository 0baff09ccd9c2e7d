package odoosim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestHTTPLevel(t *testing.T) {
	version := rpcBody(t, "common", "version")
	type want struct {
		status int
		kind   string // content type
		text   string // in the body
	}
	const (
		json14 = "application/json"
		json19 = "application/json; charset=utf-8"
		html14 = "text/html; charset=utf-8"
		html19 = "text/html; charset=utf-8"
	)
	cases := map[string]struct {
		method, path, kind, body string
		v14, v19                 want
	}{
		"good": {"POST", "/jsonrpc", "application/json", version,
			want{200, json14, `"server_serie"`}, want{200, json19, `"server_serie"`}},
		"trailing slash": {"POST", "/jsonrpc/", "application/json", version,
			want{200, json14, `"server_serie"`}, want{200, json19, `"server_serie"`}},
		"PUT": {"PUT", "/jsonrpc", "application/json", version,
			want{200, json14, `"server_serie"`}, want{200, json19, `"server_serie"`}},
		"with charset": {"POST", "/jsonrpc", "application/json; charset=utf-8", version,
			want{200, json14, `"server_serie"`}, want{200, json19, `"server_serie"`}},
		"json-rpc type": {"POST", "/jsonrpc", "application/json-rpc", version,
			want{200, json14, `"server_serie"`}, want{200, json19, `"server_serie"`}},
		"GET": {"GET", "/jsonrpc", "", "",
			want{400, html14, "Function declared as capable of handling request of type"},
			want{415, html19, "Request inferred type is compatible with"}},
		"no content type": {"POST", "/jsonrpc", "", version,
			want{400, html14, "Session expired (invalid CSRF token)"},
			want{415, html19, "Request inferred type is compatible with"}},
		"wrong content type": {"POST", "/jsonrpc", "text/plain", version,
			want{400, html14, "Session expired (invalid CSRF token)"},
			want{415, html19, "Request inferred type is compatible with"}},
		"invalid JSON": {"POST", "/jsonrpc", "application/json", `{"password":"hunter2"`,
			want{400, html14, "Invalid JSON data"}, want{400, html19, "Invalid JSON data"}},
		"unknown path": {"POST", "/odoo/jsonrpc", "application/json", version,
			want{404, json14, `"code":404`}, want{400, html19, "CSRF"}},
		"root": {"POST", "/", "application/json", version,
			want{200, json14, "werkzeug.exceptions.BadRequest"}, want{400, html19, "CSRF"}},
		"version page": {"GET", "/web/version", "", "",
			want{404, "text/html;charset=utf-8", "<title>Odoo</title>"}, want{200, json19, `{"version":"19.0","version_info":[19,0,0,"final",0,""]}`}},
		"JSON-2": {"POST", "/json/2/res.users/context_get", "application/json", "{}",
			want{404, json14, `"code":404`}, want{401, json19, "werkzeug.exceptions.Unauthorized"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bothDialects(t, func(t *testing.T, s *odoosim.Server) {
				is := is.New(t)
				w := map[odoosim.Dialect]want{odoosim.V14: c.v14, odoosim.V19: c.v19}[s.Dialect()]
				header := map[string]string{}
				if c.kind != "" {
					header["Content-Type"] = c.kind
				}
				a := mustSend(t, s, c.method, c.path, header, c.body)
				is.Equal(a.Status, w.status)
				is.Equal(a.Header.Get("Content-Type"), w.kind)
				if !strings.Contains(a.Body, w.text) {
					t.Errorf("%q is not in %s", w.text, a.Body)
				}
				is.True(!strings.Contains(a.Body, "hunter2"))
			})
		})
	}
}

func TestTheIDOfARequestComesBack(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		is.Equal(service(t, s, "common", "version").ID, 7.0)
		a := mustSend(t, s, http.MethodPost, "/jsonrpc", jsonHeader, `{"id":"a-1","params":{"service":"common","method":"version"}}`)
		is.Equal(parseRPC(t, a.Body).ID, "a-1")
	})
}

func TestEachAnswerClosesItsConnectionUnlessToldOtherwise(t *testing.T) {
	is := is.New(t)
	client := func(s *odoosim.Server) bool {
		resp, err := http.Get(s.URL() + "/web/version")
		is.NoErr(err)
		defer func() { _ = resp.Body.Close() }()
		return resp.Close
	}
	is.True(client(start(t)))
	is.True(!client(start(t, odoosim.WithKeepAlive())))
}

func TestAServerStartsOnceAndClosesTwice(t *testing.T) {
	is := is.New(t)
	s := odoosim.New(odoosim.WithDatabase("other"))
	is.Equal(s.URL(), "")
	is.Equal(s.Database(), "other")
	is.NoErr(s.Start())
	is.Equal(s.Start(), odoosim.ErrStarted)
	is.NoErr(s.Close())
	is.NoErr(s.Close())
	is.NoErr(odoosim.New().Close())
}

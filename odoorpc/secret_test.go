package odoorpc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"
)

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%p", "%10v"}

// leaks lists the forms in which a secret must not appear.
func leaks(secret string) []string {
	quoted, _ := json.Marshal(secret)
	return []string{
		secret, strings.Trim(string(quoted), `"`), html.EscapeString(secret), url.QueryEscape(secret),
		fmt.Sprintf("%x", secret), base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}

func mustNotContain(t *testing.T, output, secret string) {
	t.Helper()
	for _, form := range leaks(secret) {
		if i := strings.Index(output, form); i >= 0 {
			t.Errorf("%q is in: … %s …", form, output[max(0, i-200):min(len(output), i+200)])
		}
	}
}

func TestASecretMasksItself(t *testing.T) {
	is := is.New(t)
	secret := NewSecret("hunter2")
	nested := struct {
		A Secret
		b Secret
		c *Secret
		d []any
	}{secret, secret, &secret, []any{secret}}
	var out bytes.Buffer
	for _, verb := range verbs {
		fmt.Fprintf(&out, verb+"\n", secret)
		fmt.Fprintf(&out, verb+"\n", &secret)
		fmt.Fprintf(&out, verb+"\n", nested)
	}
	text, err := secret.MarshalText()
	is.NoErr(err)
	out.Write(text)
	encoded, err := json.Marshal(nested)
	is.NoErr(err)
	out.Write(encoded)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", secret, "nested", nested)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", secret, "nested", nested)
	mustNotContain(t, out.String(), "hunter2")
	is.Equal(fmt.Sprintf("%v %s %d", secret, secret, secret), "[secret] [secret] [secret]")
	is.Equal(string(encoded), `{"A":"[secret]"}`)
	is.Equal(secret.reveal(), "hunter2")
	is.True(NewSecret("").IsZero())
	is.Equal(NewSecret("").reveal(), "")
}

// TestSecretsAreNeverPrinted makes calls that fail in every way, with a server that repeats the request wherever it can, and
// looks for the secret in everything that comes out.
func TestSecretsAreNeverPrinted(t *testing.T) {
	echo := func(code int, kind string) reply {
		return func(w http.ResponseWriter, r *http.Request, body []byte) {
			all := string(body) + r.Header.Get("Authorization")
			w.Header().Set("Content-Type", kind)
			w.Header().Set("X-Echo", r.Header.Get("Authorization"))
			w.WriteHeader(code)
			_, _ = fmt.Fprintf(w, "<title>Invalid JSON data: '%s' %s</title>%s %s", all, html.EscapeString(all), url.QueryEscape(all), all)
		}
	}
	echoError := func(name string) reply {
		return func(w http.ResponseWriter, r *http.Request, body []byte) {
			all := string(body) + r.Header.Get("Authorization")
			refusalOf(name, all)(w, r, body)
		}
	}
	echoJSON2 := func(w http.ResponseWriter, r *http.Request, body []byte) {
		text, _ := json.Marshal(r.Header.Get("Authorization"))
		jsonBody(401, `{"name":"werkzeug.exceptions.Unauthorized","message":`+string(text)+`,"debug":`+string(text)+`}`)(w, r, body)
	}
	replies := map[string]reply{
		"page":         echo(200, "text/html"),
		"bad request":  echo(400, "text/html"),
		"text":         echo(200, "text/plain"),
		"content type": echo(500, "text/hunter2-\"x&y"),
		"unavailable":  echo(503, "text/html"),
		"user error":   echoError("odoo.exceptions.UserError"),
		"denied":       echoError("odoo.exceptions.AccessDenied"),
		"other":        echoError("builtins.ValueError"),
		"name": func(w http.ResponseWriter, r *http.Request, body []byte) {
			refusalOf(string(body)+r.Header.Get("Authorization"), "")(w, r, body)
		},
		"database":     echoError("psycopg2.OperationalError"),
		"unauthorized": echoJSON2,
		"redirect": func(w http.ResponseWriter, r *http.Request, body []byte) {
			status(302, "", "Location", "https://x.example.com/"+url.PathEscape(`hunter2-"x&y`)+"?k="+url.QueryEscape(`hunter2-"x&y`))(w, r, body)
		},
		"result": func(w http.ResponseWriter, r *http.Request, body []byte) {
			text, _ := json.Marshal(string(body))
			result(`{"ids":false,"messages":[{"type":"error","message":`+string(text)+`}]}`)(w, r, body)
		},
		"drop": drop,
	}
	for name, answer := range replies {
		for _, protocol := range []Protocol{JSONRPC, JSON2} {
			for _, secret := range []string{`hunter2-"x&y`, "demo"} { // "demo" is the name of the database as well
				if secret == "demo" && protocol == JSON2 {
					continue // an API key is never the name of a database
				}
				t.Run(fmt.Sprint(name, "/", protocol, "/", secret), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var out bytes.Buffer
						print := func(v any) {
							for _, verb := range verbs {
								fmt.Fprintf(&out, verb+"\n", v)
							}
							text, _ := json.Marshal(v)
							out.Write(text)
						}
						config := Config{Trace: true, Retries: 1, Password: NewSecret(secret), Observer: func(e Event) { print(e) }}
						if protocol == JSON2 {
							config.APIKey = NewSecret(secret)
						}
						_, c := newPeer(t, protocol, config, answer)
						print(c)
						if secret != "demo" {
							print(c.config.Config)
							print(c.config)
							print(c.redactor)
						}
						_, err1 := search(t.Context(), c)
						_, err2 := c.Create(t.Context(), "project.task", []map[string]any{{"name": "x"}}, CreateOptions{})
						loaded, err3 := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
						print(loaded)
						_, err4 := c.Connect(t.Context())
						for _, err := range []error{err1, err2, err3, err4} {
							for ; err != nil; err = errors.Unwrap(err) {
								print(err)
							}
						}
						mustNotContain(t, out.String(), secret)
					})
				})
			}
		}
	}
}

// TestASecretThatIsAWordOfTheProtocolChangesNothing: what an answer is, the client decides before it masks anything.
func TestASecretThatIsAWordOfTheProtocolChangesNothing(t *testing.T) {
	said := func(message string) reply {
		return result(`{"ids":false,"messages":[{"type":"error","record":0,"message":` + message + `}]}`)
	}
	for _, tt := range []struct {
		words  string // each is the password once
		answer reply
		target any
	}{
		{"could not serialize access due to concurrent update error ids false", said(`"could not serialize access due to concurrent update"`), new(*ConflictError)},
		{"duplicate key value ir_model_data_module_name_uniq_index", said(`"duplicate key value violates unique constraint \"ir_model_data_module_name_uniq_index\""`), new(*ConflictError)},
		{"builtins AssertionError Missing database name", refusalOf("builtins.AssertionError", "Missing database name"), new(*DatabaseError)},
		{"odoo exceptions AccessDenied Access Denied", refusalOf("odoo.exceptions.AccessDenied", "Access Denied"), new(*LoginError)},
		{"werkzeug exceptions NotFound 404", refusalOf("werkzeug.exceptions.NotFound", "404: Not Found"), new(*ProtocolError)},
	} {
		for _, word := range append(strings.Fields(tt.words), "2.0", "result", "error", "jsonrpc", "message", "1") {
			synctest.Test(t, func(t *testing.T) {
				_, c := newPeer(t, JSONRPC, Config{Password: NewSecret(word)}, tt.answer)
				_, err := c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
				if !errors.As(err, tt.target) {
					t.Errorf("password %q: %T %v", word, err, err)
				}
			})
		}
	}
	for word := range strings.FieldsSeq("demo database does not exist FATAL: psycopg2 OperationalError") {
		synctest.Test(t, func(t *testing.T) {
			_, c := newPeer(t, JSONRPC, Config{Password: NewSecret(word)}, result(`{"server_version":"14.0","server_version_info":[14]}`),
				refusalOf("psycopg2.OperationalError", `FATAL:  database "demo" does not exist`))
			c.session.Store(nil)
			_, err := c.Connect(t.Context())
			if !errors.As(err, new(*DatabaseError)) {
				t.Errorf("password %q: %T %v", word, err, err)
			}
		})
	}
	for _, word := range []string{"saas~18.3", "18", "saas"} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			_, c := newPeer(t, JSONRPC, Config{Password: NewSecret(word)}, result(`{"server_version":"saas~18.3","server_version_info":[]}`), result("7"))
			session, err := c.Connect(t.Context())
			is.NoErr(err)
			is.Equal(session.Major, 18)
		})
	}
}

// TestSecretsAreFoundInEveryEncoding has texts as other programs write them.
func TestSecretsAreFoundInEveryEncoding(t *testing.T) {
	is := is.New(t)
	r := newRedactor("ada", NewSecret("hü\"n't\\<2>&/ 😀"))
	for _, seen := range []string{
		`hü"n't\<2>&/ 😀`,
		`hü\"n't\\\u003c2\u003e\u0026/ 😀`,              // JSON of Go
		`hü\"n't\\<2>&/ 😀`,                             // of others
		`h\u00fc\"n't\\<2>&/ \ud83d\ude00`,             // of Python
		`h\\u00fc\\\"n't\\\\<2>&/ \\ud83d\\ude00`,      // in JSON
		`hü\\"n\'t\\\\<2>&/ 😀`,                         // as Python shows it
		`hü\\&quot;n\'t\\\\&lt;2&gt;&amp;/ 😀`,          // in HTML: the answer of Odoo 14 to broken JSON
		`hü&quot;n&#x27;t\&lt;2&gt;&amp;/ 😀`,           // HTML of Python
		`hü&#34;n&#39;t\&lt;2&gt;&amp;/ 😀`,             // of Go
		`h%C3%BC%22n%27t%5C%3C2%3E%26%2F+%F0%9F%98%80`, // a query
		`h%c3%bc%22n%27t%5c%3c2%3e%26%2f+%f0%9f%98%80`, // with small letters
		`h%C3%BC%22n%27t%5C%3C2%3E&/%20%F0%9F%98%80`,   // a path
		base64.StdEncoding.EncodeToString([]byte("hü\"n't\\<2>&/ 😀")),
	} {
		is.Equal(r.line("before "+seen+" after"), "before [secret] after")
	}
	is.Equal(newRedactor("ada", NewSecret(`"`)).line(`a"b`), "a[secret]b")
	is.Equal(newRedactor("ada", NewSecret("key"), NewSecret("keyring")).line("key keyring keys"), "[secret] [secret] [secret]s")
	is.Equal(newRedactor("ada", Secret{}).line("any"), "any")

	for password, forms := range map[string][]string{
		"Summer 2026!": {
			"Summer%202026!", // encodeURIComponent
			"Summer%202026%21",
			"Summer+2026%21", // a form
			"Summer+2026!",
			"Summer%25202026%2521",
			"Summer&#32;2026&#x21;",
			`Summer\u00202026\x21`,
		},
		"p@ss:w0rd!": {"p%40ss%3Aw0rd!", "p%40ss%3Aw0rd%21", "p%40ss:w0rd!", "p@ss%3aw0rd!", "p&#64;ss:w0rd!"},
		"ü~*'()/?":   {"%C3%BC~*'()%2F%3F", "%C3%BC~%2A%27%28%29/%3F", "%C3%BC%7E*%27%28%29%2F%3F", `\xc3\xbc~*\'()/?`, `\xfc~*'()/?`, "ü~*&#39;()/?", "ü~*&amp;#x27;()/?"},
	} {
		r := newRedactor("ada@example.com", NewSecret(password))
		both := []byte("ada@example.com:" + password)
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			forms = append(forms, e.EncodeToString(both), e.EncodeToString([]byte(password)))
		}
		for _, form := range forms {
			is.Equal(r.line("before "+form+" after"), "before [secret] after")
		}
	}
}

// TestASecretAtTheCutIsNotPrinted puts secrets around the place where a long text is cut, also where so many are taken out
// before it that what is left fits within the limit.
func TestASecretAtTheCutIsNotPrinted(t *testing.T) {
	r := newRedactor("ada", NewSecret("correct horse battery staple"))
	for limit := range 1000 {
		for _, padding := range []string{"", ".", "é"} {
			got := r.text(strings.Repeat(padding+"correct horse battery staple", 1000), limit)
			if strings.Contains(got, "co") || len(got) > limit+len("…") {
				t.Errorf("limit %d: %q", limit, got)
			}
		}
	}
}

// TestALargeAnswerIsNotSearchedForSecrets reads records, and a wrong answer of the same size: to look for secrets takes a
// hundred times as long as to read.
func TestALargeAnswerIsNotSearchedForSecrets(t *testing.T) {
	text := strings.Repeat("x", 1<<20)
	for answer, most := range map[string]int{`[{"id":1,"name":"` + text + `"}]`: 0, `["` + text + `"]`: 2 * maxTrace} {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result(answer))
		searched := 0
		c.redactor.replace = func(s string) string {
			if len(s) > maxLine { // the address of the server is short
				searched += len(s)
			}
			return s
		}
		var records []struct{ Name string }
		err := c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, &records)
		is.Equal(err == nil, most == 0)
		is.True(searched <= most)
	}
}

func TestASessionDoesNotTellThePasswordByTheDatabasesName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{Database: "same", Password: NewSecret("same")}, version("14"), result("7"))
		session, err := c.Connect(t.Context())
		is.NoErr(err)
		is.Equal(session.Database, "[secret]")
	})
}

func TestTracesHideCredentialsByPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var requests []string
		_, c := newPeer(t, JSONRPC, Config{Trace: true, Database: "same", Login: "same", Password: NewSecret("same"), Observer: func(e Event) {
			if e.Kind == EventStarted {
				requests = append(requests, e.Request)
			}
		}}, version("14"), result("7"), result("[]"))
		_, err := c.Connect(t.Context())
		is.NoErr(err)
		_, err = search(t.Context(), c)
		is.NoErr(err)
		is.Equal(requests, []string{
			`{"id":1,"jsonrpc":"2.0","method":"call","params":{"args":[],"method":"version","service":"common"}}`,
			`{"id":2,"jsonrpc":"2.0","method":"call","params":{"args":["[database]","[login]","[secret]",{}],"method":"authenticate","service":"common"}}`,
			`{"id":3,"jsonrpc":"2.0","method":"call","params":{"args":["[database]",7,"[secret]","project.task","search",[[]],{}],"method":"execute_kw","service":"object"}}`,
		})
	})
}

func TestAProxysPasswordIsNotPrinted(t *testing.T) {
	is := is.New(t)
	cause := &url.Error{Op: "Post", URL: "http://localhost", Err: errors.New(`invalid proxy address "http://ada:hunter2@proxy:x": parse error`)}
	_, c := newPeer(t, JSONRPC, Config{Retries: -1, Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })}, drop)
	_, err := search(t.Context(), c)
	is.True(err != nil)
	for ; err != nil; err = errors.Unwrap(err) {
		for _, verb := range verbs {
			mustNotContain(t, fmt.Sprintf(verb, err), "hunter2")
		}
	}
}

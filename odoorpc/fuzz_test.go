package odoorpc

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzAnswers feeds a status, a content type and a body to everything that reads answers. Nothing may panic, ids that come
// out are positive, distinct and as many as asked for, and errors are short and printable.
func FuzzAnswers(f *testing.F) {
	c, err := New(Config{URL: "localhost", Database: "demo", Login: "ada", Password: NewSecret("correct horse")})
	if err != nil {
		f.Fatal(err)
	}
	op := op{model: "project.task", method: "load", rows: 2}
	f.Fuzz(func(t *testing.T, code int, contentType, location, wait, body string) {
		a := &answer{status: code, header: http.Header{"Content-Type": {contentType}, "Location": {location}, "Retry-After": {wait}}, body: []byte(body)}
		check := func(err error) {
			if err == nil {
				return
			}
			text := err.Error()
			if h, ok := err.(interface{ Hint() string }); ok {
				text += h.Hint()
			}
			if len(text) > 3*maxMessage {
				t.Errorf("an error of %d bytes", len(text))
			}
			for _, r := range text {
				if r != '\n' && (unicode.Is(unicode.Cc, r) || disturbs(r)) {
					t.Errorf("%U in %q", r, text)
				}
			}
			if !utf8.ValidString(text) || strings.Contains(text, "correct horse") {
				t.Errorf("%q", text)
			}
		}
		checkIDs := func(ids []int64, want int) {
			seen := map[int64]bool{}
			for _, id := range ids {
				if id <= 0 || seen[id] {
					t.Errorf("ids %v", ids)
				}
				seen[id] = true
			}
			if want >= 0 && len(ids) != want {
				t.Errorf("%d ids, want %d", len(ids), want)
			}
		}

		results := [][]byte{[]byte(body)}
		for _, read := range []func() ([]byte, error){
			func() ([]byte, error) { r, err := c.readJSONRPC(op, 1, a); return r, err },
			func() ([]byte, error) { r, err := c.readJSON2(op, a); return r, err },
		} {
			r, err := read()
			check(err)
			if err == nil {
				results = append(results, r)
			}
		}
		if err := c.intermediary(op, a); err != nil {
			check(err)
			if e, ok := errors.AsType[*TransportError](err); ok && e.retryAfter < 0 {
				t.Errorf("a wait of %v", e.retryAfter)
			}
		}
		for _, r := range results {
			ids, err := c.readIDs(op, r)
			check(err)
			if err == nil {
				checkIDs(ids, op.rows)
			}
			loaded, err := c.readLoad(op, r)
			check(err)
			messages := loaded.Warnings
			var refusal *LoadError
			switch {
			case errors.As(err, &refusal):
				messages = refusal.Messages
			case err == nil:
				checkIDs(loaded.IDs, op.rows)
			}
			for _, m := range messages {
				if m.Record < -1 || m.Record >= op.rows {
					t.Errorf("message %+v", m)
				}
			}
			var records []struct {
				Name  Text
				Stage Ref
				Tags  []int64
				Other any
			}
			check(c.decode(op, r, &records))
			check(c.decodeRecords(op, r, 0, &records))
		}
	})
}

// FuzzAddresses: an address is refused, or its base is a scheme and a host, and nothing secret is repeated.
func FuzzAddresses(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		base, err := parseURL(text, false)
		if err != nil {
			if strings.IndexFunc(err.Error(), unicode.IsControl) >= 0 {
				t.Errorf("%q", err)
			}
			return
		}
		if base.User != nil || base.Path != "" || base.RawQuery != "" || base.Fragment != "" || base.Host == "" {
			t.Errorf("%q gives %#v", text, base)
		}
		if base.Scheme != "https" && !isLoopback(base.Hostname()) {
			t.Errorf("%q gives %s", text, base)
		}
		again, err := parseURL(base.String(), false)
		if err != nil || again.String() != base.String() {
			t.Errorf("%q gives %s, then %v, %v", text, base, again, err)
		}
	})
}

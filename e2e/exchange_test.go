package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// An exchange is one request to an Odoo server and what it answered, as a
// recording holds it: bodies byte for byte, except that a traceback keeps its
// first and last line only, a long page of HTML is cut, and a session id, a
// password or an API key is named, not given.
type exchange struct {
	Request request `json:"request"`
	Answer  answer  `json:"answer"`
}

type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// An answer has a Body where it is JSON, else a Text.
type answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"`
	Text    string            `json:"text,omitempty"`
}

// recordedHeaders are the headers of an answer that a client may care for.
var recordedHeaders = []string{"Accept", "Content-Type", "Location", "Retry-After", "Set-Cookie", "Www-Authenticate"}

const longestPage = 600 // bytes of HTML in a recording

func (r request) send(client *http.Client, base string) (answer, error) {
	req, err := http.NewRequest(r.Method, base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: resp.StatusCode, Headers: map[string]string{}}
	for _, name := range recordedHeaders {
		if value := resp.Header.Get(name); value != "" {
			a.Headers[name] = sessionID.ReplaceAllString(value, "session_id=[session]")
		}
	}
	if json.Valid(body) {
		a.Body = traceback.ReplaceAllFunc(body, shortTraceback)
	} else {
		a.Text = string(body)
		if len(a.Text) > longestPage {
			a.Text = a.Text[:longestPage]
			for !utf8.ValidString(a.Text) {
				a.Text = a.Text[:len(a.Text)-1]
			}
		}
	}
	return a, nil
}

var (
	sessionID = regexp.MustCompile(`session_id=[^;]*`)
	traceback = regexp.MustCompile(`"debug": "(?:[^"\\]|\\.)*"`)
)

// shortTraceback leaves out where in Odoo's source an error arose.
func shortTraceback(member []byte) []byte {
	lines := bytes.Split(bytes.TrimSuffix(member, []byte(`\n"`)), []byte(`\n`))
	last := 0
	for i, line := range lines {
		if errorLine.Match(line) {
			last = i
		}
	}
	if last == 0 {
		return member
	}
	return slices.Concat(lines[0], []byte(`\n`), bytes.Join(lines[last:], []byte(`\n`)), []byte(`\n"`))
}

// errorLine is where a traceback names the error.
var errorLine = regexp.MustCompile(`^[a-z]\w*(\.\w+)+: |^[A-Z]\w+(Error|Exception): `)

// write keeps an exchange under testdata/wire.
func (x exchange) write(t *testing.T, name string) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"request\": {\n    \"method\": %q,\n    \"path\": %q,\n    \"headers\": %s", x.Request.Method, x.Request.Path, members(t, x.Request.Headers))
	if x.Request.Body != nil {
		fmt.Fprintf(&b, ",\n    \"body\": %s", x.Request.Body)
	}
	fmt.Fprintf(&b, "\n  },\n  \"answer\": {\n    \"status\": %d,\n    \"headers\": %s", x.Answer.Status, members(t, x.Answer.Headers))
	if x.Answer.Body != nil {
		fmt.Fprintf(&b, ",\n    \"body\": %s", bytes.TrimSpace(x.Answer.Body))
	}
	if x.Answer.Text != "" {
		fmt.Fprintf(&b, ",\n    \"text\": %s", encode(t, x.Answer.Text))
	}
	b.WriteString("\n  }\n}\n")
	if !json.Valid(b.Bytes()) {
		t.Fatalf("%s: the recording is not valid JSON:\n%s", name, b.Bytes())
	}
	if err := os.MkdirAll(filepath.Dir(recording(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recording(name), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// recording is where the exchange of a name, such as "14/version", is kept.
func recording(name string) string { return filepath.Join("..", "testdata", "wire", name+".json") }

func readExchange(t *testing.T, name string) exchange {
	t.Helper()
	data, err := os.ReadFile(recording(name))
	if err != nil {
		t.Fatalf("no recording: %v", err)
	}
	var x exchange
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return x
}

// members is a map as a line of JSON.
func members(t *testing.T, m map[string]string) string {
	if m == nil {
		return "{}"
	}
	return strings.ReplaceAll(string(encode(t, m)), `","`, `", "`)
}

// encode is JSON as Odoo's clients write it: without HTML escapes.
func encode(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

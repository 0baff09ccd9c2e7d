package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// comparable is the answer as text, without what differs between servers that
// answer alike: the ids of each model become #1, #2, ... in order of
// appearance, so that two answers are alike when the same ids stand in the same
// places.
func (x exchange) comparable(t *testing.T) string {
	t.Helper()
	a := x.Answer
	headers := make(map[string]string, len(a.Headers))
	for name, value := range a.Headers {
		if name == "Set-Cookie" {
			value, _, _ = strings.Cut(value, ";")
		}
		headers[name] = value
	}
	out := fmt.Sprintf("status: %d\nheaders: %s\n", a.Status, encode(t, headers))
	if a.Body == nil {
		title := pageTitle.FindStringSubmatch(a.Text)
		if title == nil {
			return out + "text: " + a.Text
		}
		return out + "page: " + title[1]
	}
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		t.Fatal(err)
	}
	n := &namer{model: x.Request.model(), names: map[reference]string{}, count: map[string]int{}}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(n.value("", body)); err != nil {
		t.Fatal(err)
	}
	return out + b.String()
}

var pageTitle = regexp.MustCompile(`(?s)<title>(.*?)</title>`)

// model is the model that a request concerns, "" where it concerns none.
func (r request) model() string {
	if rest, found := strings.CutPrefix(r.Path, "/json/2/"); found {
		model, _, _ := strings.Cut(rest, "/")
		return model
	}
	var call struct{ Params struct{ Args []any } }
	if json.Unmarshal(r.Body, &call) != nil || len(call.Params.Args) < 4 {
		return ""
	}
	model, _ := call.Params.Args[3].(string)
	return model
}

// linked are the models of the members that link to other models. Numbers in
// texts are counted apart.
var linked = map[string]string{
	"project_id":  "project.project",
	"parent_id":   "project.task",
	"stage_id":    "project.task.type",
	"tag_ids":     "project.tags",
	"message_ids": "mail.message",
	inText:        inText,
}

const inText = "(text)"

// A namer gives ids names.
type namer struct {
	model string
	names map[reference]string
	count map[string]int
}

type reference struct{ model, id string }

func (n *namer) name(member, id string) string {
	model, found := linked[member]
	if !found {
		model = n.model
	}
	key := reference{model, id}
	if _, known := n.names[key]; !known {
		n.count[model]++
		n.names[key] = fmt.Sprintf("#%d", n.count[model])
	}
	return n.names[key]
}

// madeUp is noRecord, which stays as it is.
const madeUp = "99999999"

// notIDs are members whose numbers count something else.
var notIDs = []string{"code", "record", "from", "to", "nextrow", "sequence", "protocol_version", "http_status", "server_version_info", "version_info", "arguments"}

func (n *namer) value(member string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.SortedFunc(maps.Keys(v), byNumber) {
			if key == "debug" || member == "" && key == "id" { // a traceback; the number of the call
				continue
			}
			name := key
			if key != "" && digits.FindString(key) == key { // the ids of get_external_id
				name = n.name("", key)
			}
			out[name] = n.value(key, v[key])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = n.value(member, element)
		}
		return out
	case json.Number:
		if slices.Contains(notIDs, member) || v == madeUp {
			return v
		}
		return n.name(member, v.String())
	case string:
		return n.text(v)
	}
	return v
}

// byNumber sorts ids as the numbers that they are, and other keys as text.
func byNumber(a, b string) int {
	one, notOne := strconv.ParseInt(a, 10, 64)
	other, notOther := strconv.ParseInt(b, 10, 64)
	if notOne != nil || notOther != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(one, other)
}

func (n *namer) text(s string) string {
	for _, volatile := range volatileText {
		s = volatile.ReplaceAllStringFunc(s, func(found string) string {
			return digits.ReplaceAllStringFunc(found, func(id string) string {
				if id == madeUp {
					return id
				}
				return n.name(inText, id)
			})
		})
	}
	return happening.ReplaceAllString(s, "[time or place]")
}

// withoutVolatile is a text without what differs from server to server.
func withoutVolatile(s string) string {
	n := &namer{names: map[reference]string{}, count: map[string]int{}}
	return n.text(s)
}

var (
	digits       = regexp.MustCompile(`\d+`)
	volatileText = []*regexp.Regexp{
		regexp.MustCompile(`\(id=\d+\)`),               // Sorry, Ada (id=7)
		regexp.MustCompile(`[a-z]\(\d+,\), User: \d+`), // Record: project.task(7,), User: 2
		regexp.MustCompile(`database id '\d+'`),
		regexp.MustCompile(`the id \d+ comes`),
		regexp.MustCompile(`port \d+|127\.0\.0\.1:\d+`),     // of PostgreSQL
		regexp.MustCompile(`wire \d+`),                      // a name with the id of a project
		regexp.MustCompile(`contains \(\d+, [^)]*\)`),       // a failing row
		regexp.MustCompile(`[_.]wire_\d+`),                  // an external id
		regexp.MustCompile(`database "odoo\d+"|"db":"\w+"`), // the name of the database
	}
	// happening is a time, or the place of a row in its table.
	happening = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?|tuple \(\d+,\d+\)`)
)

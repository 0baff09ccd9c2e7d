package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A protocol is a way to call Odoo.
type protocol string

const (
	jsonRPC protocol = "jsonrpc"
	json2   protocol = "json2"
)

func protocols(version int) []protocol {
	if version < 19 {
		return []protocol{jsonRPC}
	}
	return []protocol{jsonRPC, json2}
}

// Ids that no record has.
const noRecord = 99999999

// scenes are the calls that odoosync makes and what can come of them, on a
// world of their own.
type scenes struct {
	t        *testing.T
	w        *world
	protocol protocol
	taken    []string

	stage    int64
	tags     []int64
	features []int64
}

type (
	param struct {
		name  string
		value any
	}
	params      []param
	odooContext map[string]any
)

func (s *scenes) play() {
	if s.protocol == jsonRPC {
		s.pages()
		s.logins()
	} else {
		s.keys()
	}
	s.projects()
	s.stages()
	s.tagging()
	s.tasks()
	s.refusedTasks()
	s.rights()
	s.plainCreate()
	s.mistakes()
	s.conflict()
}

// ask is a call of a method as a user, with the secrets named in place of given.
func (s *scenes) ask(as account, model, method string, args params, c odooContext) (given, named request) {
	build := func(as account) request {
		if s.protocol == json2 {
			body := map[string]any{}
			for _, p := range args {
				body[p.name] = p.value
			}
			if c != nil {
				body["context"] = c
			}
			return request{
				Method:  http.MethodPost,
				Path:    "/json/2/" + model + "/" + method,
				Headers: map[string]string{"Authorization": "bearer " + as.key, "Content-Type": "application/json", "X-Odoo-Database": as.database},
				Body:    encode(s.t, body),
			}
		}
		positional := []any{}
		for _, p := range args {
			positional = append(positional, p.value)
		}
		keywords := map[string]any{}
		if c != nil {
			keywords["context"] = c
		}
		return s.rpc("object", "execute_kw", as.database, as.uid, as.password, model, method, positional, keywords)
	}
	hidden := as
	hidden.password, hidden.key = "[password]", "[API key]"
	return build(as), build(hidden)
}

func (s *scenes) rpc(service, method string, args ...any) request {
	if args == nil {
		args = []any{}
	}
	return request{
		Method:  http.MethodPost,
		Path:    "/jsonrpc",
		Headers: map[string]string{"Content-Type": "application/json"},
		Body: encode(s.t, map[string]any{
			"jsonrpc": "2.0", "method": "call", "id": 1,
			"params": map[string]any{"service": service, "method": method, "args": args},
		}),
	}
}

// call makes a call and keeps what came of it.
func (s *scenes) call(name string, as account, model, method string, args params, c odooContext) answer {
	s.t.Helper()
	given, named := s.ask(as, model, method, args, c)
	return s.exchange(name, given, named)
}

func (s *scenes) exchange(name string, given, named request) answer {
	s.t.Helper()
	a, err := given.send(browser, s.w.admin.base)
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	s.keep(s.name(name), exchange{Request: named, Answer: a})
	return a
}

func (s *scenes) name(name string) string {
	if s.protocol == json2 {
		name = "json2-" + name
	}
	return strconv.Itoa(s.w.version) + "/" + name
}

// pages are requests that are no calls.
func (s *scenes) pages() {
	for name, r := range map[string]request{
		"web-version":    {Method: http.MethodGet, Path: "/web/version"},
		"jsonrpc-by-get": {Method: http.MethodGet, Path: "/jsonrpc"},
		"no-such-path":   {Method: http.MethodPost, Path: "/odoo/jsonrpc", Headers: map[string]string{"Content-Type": "application/json"}, Body: s.rpc("common", "version").Body},
		"json2-off":      {Method: http.MethodPost, Path: "/json/2/res.users/context_get", Headers: map[string]string{"Content-Type": "application/json"}, Body: json.RawMessage("{}")},
	} {
		if name == "json2-off" && s.w.version >= 19 {
			continue
		}
		s.exchange(name, r, r)
	}
}

func (s *scenes) logins() {
	w := s.w
	s.exchange("version", s.rpc("common", "version"), s.rpc("common", "version"))
	login := func(name, database, login, secret, shown string) {
		s.t.Helper()
		empty := map[string]any{}
		s.exchange(name,
			s.rpc("common", "authenticate", database, login, secret, empty),
			s.rpc("common", "authenticate", database, login, shown, empty))
	}
	login("authenticate", w.user.database, w.user.login, w.user.password, "[password]")
	if w.version >= 19 {
		login("authenticate-by-key", w.user.database, w.user.login, w.user.key, "[API key]")
	}
	login("authenticate-wrong-password", w.user.database, w.user.login, "wrong", "wrong")
	login("authenticate-unknown-user", w.user.database, "nobody", w.user.password, "[password]")
	login("authenticate-unknown-database", "no-such-database", w.user.login, w.user.password, "[password]")
	stranger := w.user
	stranger.password = "wrong"
	s.call("wrong-password", stranger, "res.users", "context_get", nil, nil)
}

func (s *scenes) keys() {
	w := s.w
	whoAmI := func(name string, as account, change func(headers map[string]string)) {
		s.t.Helper()
		given, named := s.ask(as, "res.users", "context_get", nil, nil)
		if change != nil {
			change(given.Headers)
			change(named.Headers)
		}
		s.exchange(name, given, named)
	}
	whoAmI("who-am-i", w.user, nil)
	whoAmI("who-am-i-without-database", w.user, func(h map[string]string) { delete(h, "X-Odoo-Database") })
	whoAmI("no-key", w.user, func(h map[string]string) { delete(h, "Authorization") })
	whoAmI("wrong-key", w.user, func(h map[string]string) { h["Authorization"] = "bearer 0123456789012345678901234567890123456789" })
	whoAmI("unknown-database", w.user, func(h map[string]string) { h["X-Odoo-Database"] = "no-such-database" })
	given, named := s.ask(w.user, "res.users", "context_get", nil, nil)
	given.Method, named.Method, given.Body, named.Body = http.MethodGet, http.MethodGet, nil, nil
	s.exchange("by-get", given, named)
}

func (s *scenes) projects() {
	find := func(name string, as account, condition ...any) {
		s.t.Helper()
		s.call(name, as, "project.project", "search_read",
			params{{"domain", []any{condition}}, {"fields", []any{"name", "active"}}, {"offset", 0}, {"limit", false}, {"order", "id"}},
			odooContext{"active_test": false})
	}
	find("project-found", s.w.user, "id", "=", s.w.project)
	find("project-not-found", s.w.user, "id", "=", noRecord)
	find("project-archived", s.w.user, "id", "=", s.w.archived)
	find("project-hidden", s.w.user, "id", "=", s.w.hidden)
}

func (s *scenes) stages() {
	find := func(name string) answer {
		s.t.Helper()
		return s.call(name, s.w.user, "project.task.type", "search_read",
			params{{"domain", []any{[]any{"project_ids", "=", s.w.project}, []any{"name", "in", []any{"Backlog", "Done"}}}}, {"fields", []any{"name"}}, {"offset", 0}, {"limit", false}, {"order", "sequence, id"}}, nil)
	}
	load := func(name string, as account, number int) answer {
		s.t.Helper()
		return s.load(name, as, "project.task.type", []string{"id", "name", "sequence", "project_ids/.id"}, odooContext{},
			[]any{s.externalID("stage", number), "Backlog", 1, strconv.FormatInt(s.w.project, 10)})
	}
	plainly := func(name string, as account) {
		s.t.Helper()
		s.call(name, as, "project.task.type", "create",
			params{{"vals_list", []any{map[string]any{"name": "Done", "sequence": 5, "project_ids": []any{[]any{6, 0, []any{s.w.project}}}}}}}, nil)
	}
	find("stages-none")
	load("stage-load-refused", s.w.user, 1)
	plainly("stage-create-refused", s.w.user)
	s.stage = s.ids(load("stage-load", s.w.manager, 2))[0]
	load("stage-load-again", s.w.manager, 2)
	load("stage-load-again-by-user", s.w.user, 2)
	plainly("stage-create", s.w.manager)
	find("stages-found")
}

func (s *scenes) tagging() {
	names := []any{s.tagName(1), s.tagName(2)}
	find := func(name string) {
		s.t.Helper()
		s.call(name, s.w.user, "project.tags", "search_read",
			params{{"domain", []any{[]any{"name", "in", names}}}, {"fields", []any{"name"}}, {"offset", 0}, {"limit", false}, {"order", "id"}}, nil)
	}
	load := func(name string, as account, number int, tags ...any) answer {
		s.t.Helper()
		rows := make([][]any, len(tags))
		for i, tag := range tags {
			rows[i] = []any{s.externalID("tag", number+i), tag}
		}
		return s.load(name, as, "project.tags", []string{"id", "name"}, odooContext{}, rows...)
	}
	find("tags-none")
	load("tags-load-by-user", s.w.user, 1, s.tagName(11), s.tagName(12))
	s.call("tag-create-by-user", s.w.user, "project.tags", "create", params{{"vals_list", []any{map[string]any{"name": s.tagName(13)}}}}, nil)
	s.tags = s.ids(load("tags-load", s.w.manager, 3, names...))
	load("tags-load-again", s.w.user, 3, names...)
	load("tags-load-taken-name", s.w.manager, 5, names[0])
	load("tags-load-one-taken-name", s.w.manager, 6, s.tagName(14), names[0], s.tagName(15))
	s.call("tag-create-taken-name", s.w.manager, "project.tags", "create", params{{"vals_list", []any{map[string]any{"name": names[0]}}}}, nil)
	find("tags-found")
}

// Columns of a load of tasks.
var (
	featureColumns = []string{"id", "name", "description", "project_id/.id", "tag_ids/.id"}
	storyColumns   = append(featureColumns[:5:5], "parent_id/.id")
	namedColumns   = append(featureColumns[:4:4], "tag_ids/id", "parent_id/id")
)

// loud and quiet are how odoosync makes tasks, with --notify and by default. The
// stage is a default of the context.
func (s *scenes) loud() odooContext {
	return odooContext{"default_user_id": false, "default_user_ids": false, "default_stage_id": s.stage}
}

func (s *scenes) quiet() odooContext {
	c := s.loud()
	c["tracking_disable"] = true
	return c
}

// newest is the highest task id that the user sees.
func (s *scenes) newest(name string) {
	s.call(name, s.w.user, "project.task", "search", params{{"domain", []any{}}, {"offset", 0}, {"limit", 1}, {"order", "id desc"}}, odooContext{"active_test": false})
}

// taskFields are what odoosync reads of a task.
var taskFields = []any{"name", "description", "project_id", "parent_id", "stage_id", "tag_ids", "active"}

func (s *scenes) readBack(name string, ids ...int64) {
	s.t.Helper()
	s.call(name, s.w.user, "project.task", "search_read",
		params{{"domain", []any{[]any{"id", "in", ids}}}, {"fields", taskFields}, {"offset", 0}, {"limit", false}, {"order", "id"}}, odooContext{"active_test": false})
}

const (
	html      = `<p style="white-space: pre-wrap">As a customer<br>  I want &lt;b&gt; &amp; "quotes", 'apostrophes', &lt;% tags %&gt;<br><br>` + "\tso that 🎉 e\u0301</p>"
	uncleaned = "plain\u0001 text\u00a0<script>x</script>"
)

func (s *scenes) feature(number int, name string) []any {
	return []any{s.externalID("feature", number), name, html, s.w.project, ""}
}

func (s *scenes) story(number int, name string, parent int64) []any {
	return []any{s.externalID("story", number), name, html, s.w.project, fmt.Sprintf("%d,%d", s.tags[0], s.tags[1]), parent}
}

// namedStory is a story whose row refers to tags and parent by external ids.
func (s *scenes) namedStory(number int, tags, parent string) []any {
	return []any{s.externalID("story", number), "By external ids", html, s.w.project, tags, parent}
}

func (s *scenes) tasks() {
	w := s.w
	task := "project.task"
	s.newest("newest-task")
	features := [][]any{s.feature(1, "Login"), s.feature(2, "  Blanks kept  "), s.feature(3, "   ")}
	s.features = s.ids(s.load("features-load", w.user, task, featureColumns, s.quiet(), features...))
	s.load("features-load-again", w.user, task, featureColumns, s.quiet(), features...)
	parent := s.features[0]
	stories := [][]any{s.story(1, "Story", parent), s.story(2, "Story", parent), s.story(3, "tabs\tand\nlines", s.features[1])}
	ids := s.ids(s.load("stories-load", w.user, task, storyColumns, s.quiet(), stories...))
	s.load("stories-load-mixed", w.user, task, storyColumns, s.quiet(), s.story(4, "New", parent), stories[0], s.story(5, "New too", parent))
	s.call("external-ids", w.user, task, "get_external_id", params{{"ids", ids[:1]}}, nil)
	s.call("external-ids-of-tags", w.user, "project.tags", "get_external_id", params{{"ids", s.tags}}, nil)
	tags := s.externalID("tag", 3) + "," + s.externalID("tag", 4)
	s.readBack("stories-read-back-by-external-id", s.ids(s.load("stories-load-by-external-id", w.user, task, namedColumns, s.quiet(),
		s.namedStory(6, tags, s.externalID("feature", 1)), s.namedStory(7, "", s.externalID("feature", 2))))...)
	s.readBack("tasks-read-back", append(ids, s.features...)...)
	s.newest("newest-task-after")

	raw := s.feature(4, "Text that Odoo cleans")
	raw[2] = uncleaned
	s.readBack("task-read-back-cleaned", s.ids(s.load("task-load-cleaned", w.user, task, featureColumns, s.quiet(), raw))...)

	bare := []any{s.externalID("feature", 5), "No description or tag", "", w.project, ""}
	s.readBack("task-read-back-bare", s.ids(s.load("task-load-bare", w.user, task, featureColumns, s.quiet(), bare))...)

	loud := s.ids(s.load("task-load-with-messages", w.user, task, featureColumns, s.loud(), s.feature(6, "Loud")))
	s.call("task-read-messages", w.user, task, "read", params{{"ids", loud}, {"fields", []any{"name", "message_ids"}}}, nil)

	s.load("task-load-renamed", w.user, task, featureColumns, s.quiet(), s.feature(1, "Another name"))
	s.readBack("task-read-back-unchanged", s.features[0])
	w.archive(s.t, ids[0])
	s.load("task-load-archived", w.user, task, storyColumns, s.quiet(), stories[0])
	s.readBack("task-read-back-archived", ids[0])
	w.remove(s.t, ids[1])
	s.load("task-load-removed", w.user, task, storyColumns, s.quiet(), stories[1])
	s.readBack("task-read-back-removed", ids[1])
	s.load("task-load-twice-in-one", w.user, task, featureColumns, s.quiet(), s.feature(7, "Twice"), s.feature(7, "Twice"))
	s.load("load-nothing", w.user, task, featureColumns, s.quiet())
}

func (s *scenes) refusedTasks() {
	w := s.w
	task := "project.task"
	parent := s.features[0]
	gone := s.ids(s.load("parent-load", w.user, task, featureColumns, s.quiet(), s.feature(20, "Parent")))[0]
	s.load("story-load-missing-parent", w.user, task, storyColumns, s.quiet(), s.story(21, "Story", parent), s.story(22, "Story", noRecord))
	tag, feature := s.externalID("tag", 3), s.externalID("feature", 1)
	s.load("story-load-unknown-external-ids", w.user, task, namedColumns, s.quiet(),
		s.namedStory(60, s.externalID("tag", 99), feature), s.namedStory(61, tag, s.externalID("feature", 99)))
	w.archive(s.t, gone)
	s.load("story-load-archived-parent-by-external-id", w.user, task, namedColumns, s.quiet(), s.namedStory(62, "", s.externalID("feature", 20)))
	s.load("story-load-archived-parent", w.user, task, storyColumns, s.quiet(), s.story(23, "Story", gone))
	s.load("task-load-no-name", w.user, task, featureColumns, s.quiet(), s.feature(24, "Good"), s.feature(25, ""), s.feature(26, "Good"), s.feature(27, ""))
	many := make([][]any, 15)
	for i := range many {
		many[i] = s.feature(30+i, "")
	}
	s.load("task-load-many-without-name", w.user, task, featureColumns, s.quiet(), many...)
	s.load("task-load-long-name", w.user, task, featureColumns, s.quiet(), s.feature(45, incompressible(3000)))
	s.load("task-load-nul-in-name", w.user, task, featureColumns, s.quiet(), s.feature(46, "nul\x00"))

	in := func(number int, project any, tags string) []any {
		return []any{s.externalID("feature", number), "Elsewhere", "", project, tags}
	}
	s.load("task-load-missing-project", w.user, task, featureColumns, s.quiet(), in(50, noRecord, ""))
	s.load("task-load-archived-project", w.user, task, featureColumns, s.quiet(), in(51, w.archived, ""))
	s.load("task-load-hidden-project", w.user, task, featureColumns, s.quiet(), in(52, w.hidden, ""))
	elsewhere := s.quiet()
	elsewhere["default_stage_id"] = noRecord
	s.load("task-load-missing-stage", w.user, task, featureColumns, elsewhere, in(53, w.project, ""), in(54, w.project, ""))
	s.load("task-load-missing-tag", w.user, task, featureColumns, s.quiet(), in(55, w.project, strconv.Itoa(noRecord)))
	s.load("task-load-no-right", w.employee, task, featureColumns, s.quiet(), s.feature(56, "Refused"), s.feature(57, "Refused"))
}

func (s *scenes) rights() {
	for _, who := range []struct {
		name string
		as   account
	}{{"manager", s.w.manager}, {"user", s.w.user}, {"employee", s.w.employee}} {
		for name, model := range map[string]string{"tasks": "project.task", "stages": "project.task.type", "tags": "project.tags"} {
			s.call("may-create-"+name+"-"+who.name, who.as, model, "check_access_rights", params{{"operation", "create"}, {"raise_exception", false}}, nil)
		}
		group := params{{"group_ext_id", "project.group_project_manager"}}
		if s.w.version >= 18 { // a method of records since then
			group = append(params{{"ids", []int64{who.as.uid}}}, group...)
		}
		s.call("is-manager-"+who.name, who.as, "res.users", "has_group", group, nil)
	}
}

func (s *scenes) plainCreate() {
	w := s.w
	create := func(name string, as account, values ...any) answer {
		s.t.Helper()
		if values == nil {
			values = []any{}
		}
		return s.call(name, as, "project.task", "create", params{{"vals_list", values}}, s.quiet())
	}
	values := func(change ...any) map[string]any {
		v := map[string]any{"name": "Plain", "description": html, "project_id": w.project, "stage_id": s.stage, "tag_ids": []any{[]any{6, 0, s.tags}}}
		for i := 0; i < len(change); i += 2 {
			v[change[i].(string)] = change[i+1]
		}
		return v
	}
	created := s.created(create("create", w.user, values(), values("name", "Plain child", "parent_id", s.features[0])))
	s.readBack("create-read-back", created...)
	create("create-nothing", w.user)
	create("create-no-name", w.user, values(), values("name", false))
	create("create-unknown-field", w.user, values("no_such_field", 1))
	create("create-missing-project", w.user, values("project_id", noRecord))
	create("create-missing-parent", w.user, values("parent_id", noRecord))
	create("create-missing-stage", w.user, values("stage_id", noRecord))
	create("create-missing-tag", w.user, values("tag_ids", []any{[]any{6, 0, []any{noRecord}}}))
	create("create-hidden-project", w.user, values("project_id", w.hidden))
	create("create-no-right", w.employee, values())
}

// mistakes are calls that no Odoo takes.
func (s *scenes) mistakes() {
	w := s.w
	s.load("load-unknown-column", w.user, "project.task", []string{"id", "name", "no_such_field"}, s.quiet(), []any{s.externalID("feature", 60), "x", "y"})
	s.call("unknown-method", w.user, "project.task", "loadx", params{{"fields", []any{}}, {"data", []any{}}}, nil)
	s.call("private-method", w.user, "project.task", "_create", params{{"data_list", []any{}}}, nil)
	s.call("unknown-model", w.user, "no.such.model", "search", params{{"domain", []any{}}}, nil)
	s.call("search-unknown-field", w.user, "project.task", "search", params{{"domain", []any{[]any{"no_such_field", "=", 1}}}}, nil)
	if s.protocol == json2 {
		s.call("unknown-argument", w.user, "project.task", "create", params{{"vals", []any{}}}, nil)
	}
}

// conflict is what the loser gets of two loads of the same external ids.
func (s *scenes) conflict() {
	for round := range 20 {
		rows := make([][]any, 12)
		for i := range rows {
			rows[i] = s.feature(1000+100*round+i, "Same")
		}
		given, named := s.ask(s.w.user, "project.task", "load", loading(featureColumns, rows), update(s.quiet()))
		for _, a := range s.w.collide(s.t, given, given) {
			if strings.Contains(string(a.Body), "could not serialize") {
				s.keep(s.name("load-conflict"), exchange{Request: named, Answer: a})
				return
			}
		}
	}
	s.t.Error("load-conflict: no two loads collided in 20 rounds")
}

// load calls load in the mode in which repeating it changes nothing.
func (s *scenes) load(name string, as account, model string, columns []string, c odooContext, rows ...[]any) answer {
	s.t.Helper()
	return s.call(name, as, model, "load", loading(columns, rows), update(c))
}

func loading(columns []string, rows [][]any) params {
	if rows == nil {
		rows = [][]any{}
	}
	return params{{"fields", columns}, {"data", rows}}
}

func update(c odooContext) odooContext {
	c["mode"], c["noupdate"] = "update", true
	return c
}

// ids are the ids that a load answered with.
func (s *scenes) ids(a answer) []int64 {
	s.t.Helper()
	var loaded struct{ IDs []int64 }
	s.result(a, &loaded)
	if len(loaded.IDs) == 0 {
		s.t.Fatalf("no ids: %s", a.Body)
	}
	return loaded.IDs
}

// created are the ids that a create answered with.
func (s *scenes) created(a answer) (ids []int64) {
	s.t.Helper()
	s.result(a, &ids)
	return ids
}

func (s *scenes) result(a answer, out any) {
	s.t.Helper()
	result := a.Body
	if s.protocol == jsonRPC {
		var envelope struct{ Result json.RawMessage }
		if err := json.Unmarshal(a.Body, &envelope); err != nil {
			s.t.Fatal(err)
		}
		result = envelope.Result
	}
	if err := json.Unmarshal(result, out); err != nil {
		s.t.Fatalf("%v: %s%s", err, a.Body, a.Text)
	}
}

// externalID and tagName are as unique as the id of the project, which is new in each world.
func (s *scenes) externalID(kind string, number int) string {
	return fmt.Sprintf("__odoosync__.wire_%d_%s_%d", s.w.project, kind, number)
}

func (s *scenes) tagName(number int) string {
	return fmt.Sprintf("wire %d tag %d", s.w.project, number)
}

// incompressible is a text that PostgreSQL cannot store in less than its size.
func incompressible(size int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, size)
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b)
}

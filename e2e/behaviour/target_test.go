package behaviour

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"odoosync/odoorpc/odoosim"
)

// target is an Odoo server that the program is run against, and the protocol
// it is told to speak.
type target struct {
	major    int    // of Odoo's version
	protocol string // "jsonrpc" or "json2"
	url, db  string
	admin    account
	sim      *odoosim.Server // nil for a real server

	odoo *odoo // asks as the administrator
}

// account is someone who can log in.
type account struct {
	id              int64
	login, password string
	key             string // for JSON-2
}

// within is the target for a part of a test.
func (o *target) within(t *testing.T) *target {
	inner, witness := *o, *o.odoo
	witness.t = t
	inner.odoo = &witness
	return &inner
}

func (o *target) real() bool { return o.sim == nil }

// onEveryTarget runs a test on all targets. On Odoo in memory each gets a
// server of its own.
func onEveryTarget(t *testing.T, test func(t *testing.T, o *target)) {
	t.Helper()
	inMemory := !kinds()[0].real
	if inMemory {
		t.Parallel()
	}
	for _, k := range kinds() {
		t.Run(k.name(), func(t *testing.T) {
			if inMemory {
				t.Parallel()
			}
			test(t, k.start(t))
		})
	}
}

// onRealServers runs a test that meddles with the server itself.
func onRealServers(t *testing.T, test func(t *testing.T, o *target)) {
	t.Helper()
	if os.Getenv("ODOOSYNC_E2E") == "" {
		t.Skip("needs a real server: set ODOOSYNC_E2E, or use e2e/run")
	}
	onEveryTarget(t, test)
}

// kind is a target that is not up yet.
type kind struct {
	major    int
	protocol string
	real     bool
}

func kinds() []kind {
	version, real := os.LookupEnv("ODOOSYNC_E2E")
	if !real || version == "" {
		return []kind{{14, "jsonrpc", false}, {19, "jsonrpc", false}, {19, "json2", false}}
	}
	major, err := strconv.Atoi(version)
	if err != nil {
		panic(fmt.Sprintf("ODOOSYNC_E2E is %q: want the version of the server, such as 19", version))
	}
	if major < 19 {
		return []kind{{major, "jsonrpc", true}}
	}
	return []kind{{major, "jsonrpc", true}, {major, "json2", true}}
}

func (k kind) name() string {
	where := "odoosim"
	if k.real {
		where = "Odoo"
	}
	return fmt.Sprintf("%s %d %s", where, k.major, k.protocol)
}

func (k kind) start(t *testing.T) *target {
	t.Helper()
	o := &target{major: k.major, protocol: k.protocol}
	if k.real {
		o.url, o.db = os.Getenv("ODOO_URL"), os.Getenv("ODOO_DB")
		o.admin = account{login: os.Getenv("ODOO_USERNAME"), password: os.Getenv("ODOO_PASSWORD"), key: os.Getenv("ODOOSYNC_E2E_API_KEY")}
	} else {
		o.sim = odoosim.New(odoosim.WithDialect(odoosim.Dialect(k.major)))
		if err := o.sim.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = o.sim.Close() })
		o.url, o.db = o.sim.URL(), o.sim.Database()
		o.admin = account{login: odoosim.DemoLogin, password: odoosim.DemoPassword, key: odoosim.DemoAPIKey}
	}
	o.odoo = logIn(t, o.url, o.db, o.admin.login, o.admin.password)
	o.admin.id = o.odoo.uid
	if o.protocol == "json2" && o.admin.key == "" {
		o.admin.key = adminKey(t, o)
	}
	return o
}

// madeKey is the administrator's key on a server that brings none along.
var madeKey string

func adminKey(t *testing.T, o *target) string {
	t.Helper()
	if madeKey == "" {
		madeKey = newKey(t, o.url, o.db, o.admin)
	}
	return madeKey
}

// environment is what tells the program about the target and its user.
func (o *target) environment(user account) []string {
	env := []string{"ODOO_URL=" + o.url, "ODOO_DB=" + o.db, "ODOO_PROTOCOL=" + o.protocol}
	if o.protocol == "json2" {
		return append(env, "ODOO_API_KEY="+user.key)
	}
	return append(env, "ODOO_USERNAME="+user.login, "ODOO_PASSWORD="+user.password)
}

// role is what a user may do.
type role int

const (
	employee    role = iota // without the project application
	projectUser             // Project/User
)

// newUser makes a user of the test's own, with a key where the target's
// protocol needs one.
func (o *target) newUser(r role) account {
	o.odoo.t.Helper()
	user := account{login: unique("user"), password: "a password", key: ""}
	if !o.real() {
		user.key = fmt.Sprintf("%040x", rand.Uint64())
		user.id = o.sim.AddUser(odoosim.User{
			Login: user.login, Password: user.password, APIKey: user.key,
			Role: map[role]odoosim.Role{employee: odoosim.Internal, projectUser: odoosim.ProjectUser}[r],
		})
		return user
	}
	groups := []int64{o.record("base", "group_user")}
	if r == projectUser {
		groups = append(groups, o.record("project", "group_project_user"))
	}
	field := "groups_id"
	if o.major >= 19 {
		field = "group_ids"
	}
	user.id = o.odoo.create("res.users", object{
		"name": user.login, "login": user.login, "password": user.password, field: []any{[]any{6, 0, groups}},
	})
	if o.protocol == "json2" {
		user.key = newKey(o.odoo.t, o.url, o.db, user)
	}
	return user
}

// record is the id of a record that a module of Odoo brings along.
func (o *target) record(module, name string) int64 {
	o.odoo.t.Helper()
	var found struct {
		model string
		id    int64
	}
	var answer = []any{&found.model, &found.id}
	o.odoo.call("ir.model.data", "check_object_reference", &answer, nil, module, name)
	return found.id
}

// newProject makes a project of the test's own.
func (o *target) newProject() int64 {
	o.odoo.t.Helper()
	return o.odoo.create("project.project", object{"name": unique("Project")})
}

// hideProject lets only its followers see the project.
func (o *target) hideProject(project int64) {
	o.odoo.t.Helper()
	o.odoo.call("project.project", "write", nil, nil, []int64{project}, object{"privacy_visibility": "followers"})
}

// newFollowedProject makes a project that somebody follows.
func (o *target) newFollowedProject(follower account) int64 {
	o.odoo.t.Helper()
	if !o.real() {
		return o.sim.AddProject(odoosim.Project{Name: unique("Project"), Followers: []int64{follower.id}})
	}
	project := o.newProject()
	o.odoo.call("project.project", "message_subscribe", nil, object{"partner_ids": []int64{o.partner(follower)}}, []int64{project})
	return project
}

// follows tells whether a user is among the followers of a task.
func (o *target) follows(user account, task int64) bool {
	o.odoo.t.Helper()
	if o.real() {
		return o.odoo.count("mail.followers", []any{"res_model", "=", "project.task"}, []any{"res_id", "=", task}, []any{"partner_id", "=", o.partner(user)}) > 0
	}
	return o.odoo.count("project.task", []any{"id", "=", task}, []any{"message_follower_ids", "in", []int64{user.id}}) > 0
}

func (o *target) partner(user account) int64 {
	o.odoo.t.Helper()
	var found []struct {
		Partner reference `json:"partner_id"`
	}
	o.odoo.call("res.users", "read", &found, object{"fields": []string{"partner_id"}}, []int64{user.id})
	return found[0].Partner.ID
}

// unique is a name that no earlier test has used.
func unique(what string) string { return fmt.Sprintf("%s %016x", what, rand.Uint64()) }

package e2e

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// outagePrefix begins the names of recordings that TestOutage makes.
const outagePrefix = "outage-"

// TestOutage records what Odoo answers when its database goes away, during a
// call and before one. It takes the database from whoever uses the server, so
// it runs only to renew recordings.
func TestOutage(t *testing.T) {
	if !*record {
		t.Skip("only with -record: it stops the database of the server")
	}
	if isForeign() {
		t.Skip("the server is not one of odoo-up, so its database cannot be stopped")
	}
	for _, version := range chosenVersions() {
		t.Run(version, func(t *testing.T) {
			major, err := strconv.Atoi(version)
			if err != nil {
				t.Fatal(err)
			}
			w := realWorld(t, major)
			for _, p := range protocols(major) {
				s := &scenes{t: t, w: w, protocol: p}
				s.severed()
				s.withoutDatabase()
			}
		})
	}
}

// severed records a load whose connection to the database is cut.
func (s *scenes) severed() {
	for round := range 10 {
		rows := make([][]any, 300)
		for i := range rows {
			rows[i] = []any{s.externalID("severed", 1000*round+i), "Severed", s.w.project}
		}
		columns := []string{"id", "name", "project_id/.id"}
		given, _ := s.ask(s.w.user, "project.task", "load", loading(columns, rows), update(s.quiet()))
		_, named := s.ask(s.w.user, "project.task", "load", loading(columns, rows[:1]), update(s.quiet()))
		answered := make(chan answer)
		go func() {
			a, err := given.send(browser, s.w.admin.base)
			if err != nil {
				s.t.Error(err)
			}
			answered <- a
		}()
		a, cut := answer{}, false
		for done := false; !done; {
			select {
			case a = <-answered:
				done = true
			default:
				cut = cut || s.cutLongTransactions()
			}
		}
		if cut && (strings.Contains(string(a.Body), "InterfaceError") || strings.Contains(string(a.Body), "OperationalError")) {
			s.keep(s.outage("severed"), exchange{Request: named, Answer: a})
			return
		}
	}
	s.t.Errorf("%s: no connection was cut during a load in 10 rounds", s.outage("severed"))
}

// withoutDatabase records calls while PostgreSQL is stopped.
func (s *scenes) withoutDatabase() {
	s.postgres("stop")
	defer s.postgres("start")
	rows := [][]any{{s.externalID("outage", 1), "Without database", s.w.project}}
	given, named := s.ask(s.w.user, "project.task", "load", loading([]string{"id", "name", "project_id/.id"}, rows), update(s.quiet()))
	record := func(name string, given, named request) {
		a, err := given.send(browser, s.w.admin.base)
		if err != nil {
			s.t.Errorf("%s: %v", name, err)
			return
		}
		s.keep(s.outage(name), exchange{Request: named, Answer: a})
	}
	record("load", given, named)
	if s.protocol == jsonRPC {
		record("version", s.rpc("common", "version"), s.rpc("common", "version"))
		login := func(secret string) request {
			return s.rpc("common", "authenticate", s.w.user.database, s.w.user.login, secret, map[string]any{})
		}
		record("authenticate", login(s.w.user.password), login("[password]"))
	} else {
		given, named = s.ask(s.w.user, "res.users", "context_get", nil, nil)
		record("who-am-i", given, named)
	}
}

func (s *scenes) outage(name string) string {
	version, rest, _ := strings.Cut(s.name(name), "/")
	return version + "/" + outagePrefix + rest
}

func (s *scenes) postgres(verb string) {
	s.t.Helper()
	if out, err := exec.Command("./odoo-postgres", strconv.Itoa(s.w.version), verb).CombinedOutput(); err != nil {
		s.t.Fatalf("odoo-postgres %s: %v\n%s", verb, err, out)
	}
}

// cutLongTransactions ends the connections of Odoo that have been in one
// transaction for a while, and reports whether there were any.
func (s *scenes) cutLongTransactions() bool {
	s.t.Helper()
	statement := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - interval '300 ms'"
	run := fmt.Sprintf(`psql --host=127.0.0.1 --port="$(sed 's/.* //' /var/lib/odoosync/postgres/port.conf)" --username=odoo --tuples-only --no-align %s --command=%q`, s.w.admin.database, statement)
	out, err := exec.Command("./odoo-in", strconv.Itoa(s.w.version), "bash", "-c", run).Output()
	if err != nil {
		s.t.Fatalf("psql: %v", err)
	}
	return strings.Contains(string(out), "t")
}

package behaviour

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// These tests stop parts of the server that odoo-up started. Odoo is asked
// from inside its namespaces, so that nothing else can be hit.

// postgres is a command of the database server; $1 is what to do, $2 the port.
const postgres = `
home=/var/lib/odoosync
control() {
	setpriv --reuid postgres --regid postgres --init-groups -- env HOME=$home/postgres \
		/usr/lib/postgresql/*/bin/pg_ctl --pgdata=$home/postgresql --wait "$@"
}
case $1 in
stop) control --mode=immediate stop ;;
start) control status || control --options="-p $2" --log=$home/postgres/log start ;;
esac`

// killWorkers kills the processes of Odoo that answer calls: the children of
// the process that was told how many to have, but for the one of the long polls.
const killWorkers = `
shown() { tr '\0' ' ' <"$1/cmdline"; }
parent() { sed -n 's/^PPid:[[:space:]]*//p' "$1/status"; }
for p in /proc/[0-9]*; do
	m=/proc/$(parent "$p") || continue
	[[ $m != /proc/0 && $m != /proc/1 && $(shown "$m") == *--workers=2* && $(shown "$p") != *"odoo gevent "* ]] && kill -KILL "${p#/proc/}"
done 2>/dev/null
true`

// inside runs a script inside the namespaces of the server.
func (o *target) inside(script string, args ...string) error {
	command := exec.Command("../odoo-in", append([]string{strconv.Itoa(o.major), "bash", "-euc", script, "bash"}, args...)...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return command.Run() // without pipes: the database would hold them open
}

func (o *target) startDatabase() error {
	return o.inside(postgres, "start", os.Getenv("ODOOSYNC_E2E_PGPORT"))
}

// mustBeOurs skips the test when the server is not one of odoo-up.
func (o *target) mustBeOurs() {
	o.odoo.t.Helper()
	if os.Getenv("ODOOSYNC_E2E_PGPORT") == "" {
		o.odoo.t.Skip("the server is not one of odoo-up")
	}
	if err := o.inside("true"); err != nil {
		o.odoo.t.Skipf("the server cannot be meddled with: odoo-in: %v", err)
	}
}

// isBack waits until Odoo answers again.
func (o *target) isBack() {
	o.odoo.t.Helper()
	var err error
	for range 600 {
		var n int
		if err = o.odoo.try("project.task", "search_count", &n, nil, []any{}); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond) // between two questions to a server that comes up
	}
	o.odoo.t.Fatalf("Odoo does not come back: %v", err)
}

func TestDatabaseStopsInTheMiddleOfARun(t *testing.T) {
	onRealServers(t, func(t *testing.T, o *target) {
		o.mustBeOurs()
		w := newWorld(t, o)
		before := w.write(features(25, 59))
		p := w.start()
		p.until("tasks saved")
		t.Cleanup(func() {
			if err := o.startDatabase(); err != nil {
				t.Errorf("starting the database: %v", err)
			}
		})
		if err := o.inside(postgres, "stop"); err != nil {
			t.Fatalf("stopping the database: %v", err)
		}
		got := p.wait()
		if got.code != exitRefused && got.code != exitUnreachable {
			t.Fatalf("exit code %d:\n%s", got.code, got.stderr)
		}
		t.Logf("exit code %d: %s", got.code, got.report.Error.Message)
		if pending := pendingIn(readMap(t, w.read())); pending == 0 || pending != len(got.report.Pending) {
			t.Fatalf("%d items are pending, %d are reported", pending, len(got.report.Pending))
		}
		w.onlyTheMap()

		if err := o.startDatabase(); err != nil {
			t.Fatalf("starting the database: %v", err)
		}
		w.o.isBack()
		w.mustRun()
		w.agrees(before)
	})
}

func TestWorkerIsKilledInTheMiddleOfALoad(t *testing.T) {
	onRealServers(t, func(t *testing.T, o *target) {
		o.mustBeOurs()
		for range 5 {
			w := newWorld(t, o)
			before := w.write(features(10, 59))
			p := w.start("--verbose")
			p.until("tasks saved")
			if err := o.inside(killWorkers); err != nil {
				t.Fatalf("killing the workers: %v", err)
			}
			got := p.wait()
			if got.code != exitDone && got.code != exitUnreachable {
				t.Fatalf("exit code %d:\n%s", got.code, got.stderr)
			}
			w.o.isBack()
			w.mustRun()
			w.agrees(before)
			hit := func(line string) bool {
				return strings.Contains(line, "project.task.load") && strings.Contains(line, "no answer")
			}
			if slices.ContainsFunc(strings.Split(got.stderr, "\n"), hit) {
				return
			}
		}
		t.Fatal("no load was hit in five runs")
	})
}

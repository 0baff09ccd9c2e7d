// Package e2e holds odoosync against real Odoo servers, and the simulated one
// against what the real ones answered.
//
// # Use
//
//	go test ./e2e                                          # odoosim and odoorpc against the recordings
//	ODOOSYNC_E2E=19 go test ./e2e                          # a real Odoo 19 against them too
//	ODOOSYNC_E2E=14,19 go test ./e2e -record               # renew the recordings; review the diff
//	go test ./e2e -run TestRecordingsAreUnderstood -update # renew testdata/wire/understood.txt
//
// A real server of version 14 or 19 is brought up by the script odoo-up where it
// is not up yet, and left running; odoo-down stops it. Both need root on a Debian
// machine. The behaviour suite, which runs the program, is in the folder behaviour.
//
// # A server of your own
//
// The tests also run on any other server, whatever its version from 12 on:
//
//	ODOO_PASSWORD=... e2e/run --url http://127.0.0.1:8069 --db trial
//	e2e/run --url http://127.0.0.1:8069 --db trial -run TestWire -record
//
// Give them a database of its own, with the modules project and, from 19 on, rpc
// installed: they create users, projects and tasks and leave them there. They log
// in as ODOO_USERNAME, an administrator, with ODOO_PASSWORD; both are admin by
// default. Tests that stop a database or kill a worker are skipped. The first line
// says in which tests the server differs; where it has the version of a recording
// but is of another build, TestWire may show differences that are Odoo's own. The
// second line records it; review the diff.
//
// # Guarantees
//
//   - testdata/wire holds what real servers answered to every call that odoosync
//     makes, byte for byte except for what a recording may not hold; see exchange.
//   - odoosim answers the same calls the same way (TestWire), and odoorpc
//     understands the recorded answers (TestRecordingsAreUnderstood).
//
// # Limitations
//
// Answers are compared by status, headers and body without the numbers that
// differ from server to server: ids, ports, times. Of a page of HTML only the
// title counts. The text of a traceback does not count at all. What Odoo answers
// without its database (TestOutage) is recorded and understood, but odoosim does
// not imitate it.
package e2e

// Package e2e holds odoosync against real Odoo servers, and the simulated one
// against what the real ones answered.
//
// # Use
//
//	go test ./e2e                                        # odoosim against the recordings
//	ODOOSYNC_E2E=19 go test ./e2e                        # the same on a real Odoo 19
//	ODOOSYNC_E2E=14 go test ./e2e -run TestWire -record  # renew the recordings
//
// A real server is brought up by the script odoo-up where it is not up yet, and
// left running; odoo-down stops it. Both want root on a Debian machine.
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
// title counts. The text of a traceback does not count at all.
package e2e

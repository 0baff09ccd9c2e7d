// Odoosync creates Odoo tasks for the features and user stories of a map, and
// writes their ids into it.
//
// # Use
//
//	odoosync demo                     # see it work, no server needed
//	odoosync check map.toml           # what is wrong, or what would be created
//	odoosync run map.toml --dry-run   # would it work?
//	odoosync run map.toml
//
// `odoosync help` lists commands, environment variables and exit codes. Flags
// may come before or after the map.
//
// # Guarantees
//
//   - A flag counts wherever it is, so that a dry run never becomes a real one
//     (TestFlagsCountWhereverTheyStand, script flags.txtar).
//   - Results are on standard output, everything else on standard error; with
//     --json there is exactly one JSON object on standard output, also when the
//     command fails (scripts json.txtar and json-errors.txtar). Its fields are
//     documented in docs/json.md.
//   - The exit code tells kinds of failure apart (TestExitCodes and the script
//     of each).
//   - Text from the server or the map moves no cursor and sets no colour
//     (TestPrintable, TestOneRuleForTerminals, script escape.txtar).
//   - The formats for pipelines are valid (TestSARIFFitsTheSchemaOfOASIS,
//     TestJUnitReportFitsTheSchemaOfJenkins, TestGitLabReportIsAsDocumented),
//     and the schema for editors agrees with check
//     (TestTheSchemaAgreesWithCheck).
//   - Secrets are read from the environment or standard input only, and printed
//     nowhere (script secrets.txtar).
//   - No file but the map is written, and none is left; the demo leaves two if
//     it is told to keep them (scripts demo.txtar and run.txtar).
//
// # Limitations
//
// A map's name that begins with a dash must follow "--". An empty environment
// variable counts as not set. The second interrupt ends the process at once,
// and then a demo's temporary folder stays.
//
// # Errors
//
// Every error goes through describe, which gives it an exit code, a kind for
// programs, and advice for people.
//
// # Concurrency
//
// One command runs at a time. The console is shared with the goroutine that
// redraws the progress bar and the one that waits for an interrupt.
package main

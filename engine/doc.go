// Package engine takes a feature map to Odoo and brings the new ids back.
//
// # Use
//
// An Engine works through a client (package odoorpc) for one project:
//
//	client, err := odoorpc.New(odoorpc.Config{URL: ..., Database: ..., Login: ..., Password: ...})
//	result, err := engine.New(client, engine.Options{Project: "Website"}).Sync(ctx, "map.toml")
//
// Check reads a map without a connection. The engine prints nothing: it
// returns results and reports events to an observer.
//
// # Guarantees
//
//   - Only zeros that are the task_id of a feature or story change in the map,
//     every other byte stays (TestGolden).
//   - A map is checked whole before any connection; all its mistakes come back
//     together (TestMistakes).
//   - Everything that can be refused before the first task is refused there
//     (TestSetup).
//   - No task is created twice and no id is lost, whichever call fails or
//     whenever the process is killed (TestWireFaults, TestKill), unless
//     Options.PlainCreate gives that up.
//   - Every task is checked before its id is taken; a dry run reports what a
//     run would do, and ends with its error (TestADryRunSaysWhatTheRunDoes,
//     TestWhatModulesMixUpIsFound).
//   - A save leaves the old bytes or the new ones, and nothing else in the
//     folder (TestSaveFaults).
//   - An edit that somebody saves during a run is kept (TestEditDuringRun).
//
// # Limitations
//
// With plain create a lost reply leaves the outcome unknown. Where a map can
// only be written in place (a single file mounted into a container), a kill in
// the middle of that write can leave it half written. Package mapfile says what
// else depends on where the map lies.
//
// # Errors
//
// MapError, FileError, SetupError, ItemError, MismatchError,
// UnknownOutcomeError and NotSavedError, the sentinels ErrInterrupted,
// ErrLocked and ErrNotImplemented, and the errors of package odoorpc. Several
// can be joined: look for them with errors.As and errors.Is. Many have a Hint.
//
// # Concurrency
//
// An Engine keeps nothing between calls; calls may run at the same time on
// different maps; a lock keeps two off one map. A run calls Odoo from several
// goroutines (Options.Jobs), and the observer from the one that started it.
package engine

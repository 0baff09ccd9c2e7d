// Package odoosim is an Odoo in memory, served over real HTTP.
//
// # Use
//
//	odoo := odoosim.New(odoosim.WithDialect(odoosim.V19))
//	if err := odoo.Start(); err != nil { ... }
//	defer odoo.Close()
//	project := odoo.AddProject(odoosim.Project{Name: "Shop"})
//	// Point a client at odoo.URL(), database odoo.Database(), login
//	// odoosim.DemoLogin, password odoosim.DemoPassword, or key odoosim.DemoAPIKey.
//	// Then look: odoo.Tasks(), odoo.Stages(), odoo.Tags(), odoo.Calls().
//
// A new server has one database ("demo"), one administrator and nothing else.
// It speaks POST /jsonrpc in each dialect and, in that of Odoo 19, also
// POST /json/2/<model>/<method> and GET /web/version. The models are
// project.project, project.task, project.task.type, project.tags, res.users
// and ir.model.data.
//
// [Server.Inject] makes it fail: refuse a record, answer 503, cut the
// connection before or after the work is committed, and more; see [Fault].
// [Server.OnCreate] makes it a server with automation rules and modules of its
// own: they refuse records, change what was just created, or create more.
// [WithReplica] lets reads lag behind, [WithWorkers] limits how many calls are in
// progress and gives each its time, [User] has a language and [Server.Translate]
// gives names another one.
//
// # Guarantees
//
//   - Status codes, content types, error names and messages are those recorded
//     on running servers of Odoo 14.0, 17.0 and 19.0 (TestWire in e2e).
//   - One call is one transaction: a call that fails leaves nothing behind but
//     a gap in the ids (TestAFailedCreateLeavesNothingButAGap).
//   - Calls that overlap in time see the snapshot of their arrival: of two
//     loads of the same external ids one is refused, as PostgreSQL does
//     (TestOverlappingLoadsOfTheSameIDs).
//   - A client that goes away does not stop the call it made
//     (TestAClientThatLeavesDoesNotStopTheCall).
//   - Costs do not grow with what is stored, except for searches that no index
//     can narrow (BenchmarkLoad).
//
// # Limitations
//
// It knows the part of Odoo that creating and finding project tasks needs.
// Besides the models of projects there are crm.lead and crm.stage, for what
// automations create. Unknown fields, models, methods and search operators are
// refused as Odoo refuses them, also where a real server would know them. A
// many2many is set by [[6, 0, ids]] alone, records are ordered by fields that
// are no relations, and of HTML only the plainest tags are kept. There is one
// company, no mail, no record of what a message says, and no group beyond
// [Role]. Languages are English and French; French messages are complete, where
// a real server may lack some of the translations. Text is compared by code
// point, not by the collation of a database. Answers are HTTP/1.1 where Odoo 14
// answers HTTP/1.0.
//
// # Errors
//
// What goes wrong in a call goes to the client over the wire. Seeding methods
// panic when told something impossible, such as a task in a project that does
// not exist: that is a mistake of the test. [Server.Start] returns
// [ErrStarted] or the error of the listener.
//
// # Concurrency
//
// All methods are safe for concurrent use, also while requests are served.
// Values handed out and taken in are copies.
package odoosim

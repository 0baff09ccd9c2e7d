// Package odoorpc calls the methods of an Odoo server, over JSON-RPC and over JSON-2 (Odoo 19 and later). It is tested with
// Odoo 12 to 19. Odoo's documentation announces that JSON-RPC goes with Odoo 22.
//
// # Use
//
// Make a [Client] with [New], log in with [Client.Connect], then read and write records:
//
//	client, err := odoorpc.New(odoorpc.Config{
//		URL:      "https://odoo.example.com",
//		Database: "example",
//		Login:    "ada@example.com",
//		APIKey:   odoorpc.NewSecret(os.Getenv("ODOO_API_KEY")),
//	})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	if _, err := client.Connect(ctx); err != nil {
//		return err
//	}
//	var tasks []struct{ ID int64; Name odoorpc.Text }
//	err = client.SearchRead(ctx, "project.task", odoorpc.Domain{odoorpc.Cond("project_id", "=", 7)}, []string{"name"}, odoorpc.Query{}, &tasks)
//
// The protocol is chosen by the server's version and the kind of credential, unless [Config] names one. To create records
// exactly once, whatever happens to the connection, use [Client.LoadOnce], with an external id in every row.
//
// # Guarantees
//
//   - A call is sent again only where that is safe: always for reads and LoadOnce; for Create and other calls only where the
//     server has certainly done nothing (TestWhichCallsAreSentAgain).
//   - The ids that Create and LoadOnce return are positive, distinct and exactly as many as the records sent; anything else
//     that a server answers is an error (TestIDsOfAHostileServerAreRefused). So are records that are read without an id of
//     their own (TestRecordsOfAHostileServerAreRefused).
//   - Password and API key appear in no error, event or printed client, even where they equal the login or the name of the
//     database, or where the server repeats them, encoded or not, and what is shown in their place changes no decision. A
//     printed Config masks its two Secrets only, and a Session shows login and address as they are (TestSecretsAreNeverPrinted,
//     TestTracesHideCredentialsByPlace, TestSecretsAreFoundInEveryEncoding, TestASecretThatIsAWordOfTheProtocolChangesNothing).
//   - Redirects are never followed, cookies are never kept, certificates are always verified, and plain http to other than
//     loopback needs Config.AllowHTTP (TestRedirectsAreNotFollowed, TestCookiesAreNotKept, TestCertificatesAreVerified,
//     TestPlainHTTPIsForLoopbackOnly, TestLoopbackIsNeverReachedThroughAProxy).
//   - Answers are bounded in size (64 MiB, unpacked), in the memory that they take and in time, and a text from the server
//     reaches an error or event only without control characters (TestHostileAnswersEndInAnError, TestServerTextsAreCleaned,
//     TestBodiesOfAnswersAreClosed, TestAListOfMillionsOfWrongElementsTakesLittleMemory, FuzzAnswers).
//   - Waits between tries follow Retry-After, or are a random part of a bound that starts at a second and doubles; each is
//     reported to the Observer before it begins, and none is longer than Config.RetryMaxWait. Waits that keep Config.Rate come
//     on top (TestWaitsFollowTheServer, TestWaitsGrowAndAreBounded).
//
// # Limitations
//
// No reports, no files, no database service, no XML-RPC, no session cookies. Results are decoded from memory, so an answer
// of n bytes costs a small multiple of n. A transport of the caller's own (Config.Transport) that does not honour
// net/http/httptrace makes every failure of Create one of unknown outcome. Users with two-factor authentication need an
// API key. Parameters that a method takes by name only cannot be given over JSON-RPC, except those of SearchRead.
//
// Messages of Odoo 16 and later are in the user's language; nothing is decided by them. A conflict in LoadOnce has no name but
// PostgreSQL's words: where PostgreSQL itself answers in another language than English, it looks like a refused row.
//
// # Errors
//
// Use [errors.As] to tell them apart:
//
//   - [ErrNotConnected]: a call before Connect has succeeded.
//   - [*ConfigError]: the configuration cannot work; errors.Is finds ErrPlainHTTP and ErrMissing in it. New has sent nothing, and
//     Connect has only asked for the server's version.
//   - [*RequestError]: the arguments cannot be sent, for example a text that is not valid UTF-8. Nothing was sent.
//   - [*LoginError], [*DatabaseError], [*ProtocolError]: the server refuses the credentials, has no such database of Odoo, or does
//     not offer the protocol.
//   - [*ServerError]: Odoo refused the call; its Kind says in which way. Nothing was done, except perhaps with RefusalBusy.
//   - [*LoadError]: Odoo refused rows of LoadOnce; its Messages say which and why. Nothing was created.
//   - [*TransportError]: no answer of Odoo arrived; where a proxy is to blame, it is named (TestATroubleWithAProxyIsNamed).
//     [*RedirectError]: the server sends to another address. [*AnswerError]: what arrived is no answer of Odoo.
//   - [*UnknownOutcomeError]: a call that must not be repeated was sent and its answer is lost. It wraps the cause, so look
//     for it first.
//   - [*ConflictError]: LoadOnce collided with another transaction; send the same call again.
//
// Each but the first three and [*LoadError] has a method Hint with advice, "" where there is none.
//
// # Concurrency
//
// A Client may be used by several goroutines at once, and up to 16 of their connections are kept
// (TestCallsAtOnceKeepTheirConnections). On Odoo's own cloud their calls go one after the other. Calls made during Connect use
// the session before it, if any.
package odoorpc

// Package tomledit edits values of a TOML 1.1 document in place and leaves every other byte alone.
//
// # Use
//
// [Parse] checks a document and records where its values are. [Document.Get] finds a value by its
// keys, [Document.NewPatch] starts a set of edits, and [Patch.WriteTo] streams the new bytes:
//
//	doc, err := tomledit.Parse("map.toml", src)
//	if err != nil {
//		return err // map.toml:12:11: ...
//	}
//	patch := doc.NewPatch()
//	if err := patch.SetInteger(doc.Get("task", "id"), 4211); err != nil {
//		return err
//	}
//	_, err = patch.WriteTo(w)
//
// A caller that needs a few values of a large document names them with [Keep]; the rest is checked
// and forgotten.
//
// # Guarantees
//
//   - What no edit names comes back byte for byte: comments, white space, line ends of either kind, a byte
//     order mark, a missing final newline. The output is slices of the input and the new tokens; nothing
//     is formatted anew (TestEveryValidDocumentComesBack, FuzzPatchChangesOnlyItsTokens).
//   - Every spelling that TOML 1.1 has for a value is found: tables, arrays of tables, dotted and quoted
//     keys, inline tables over many lines, integers such as +0, 0x0 and 0b0 (TestFindsEverySpelling).
//   - Every document that TOML 1.1 forbids is refused with its position, even where the grammar alone
//     would accept it: keys given twice, tables defined again, impossible dates, integers that do not fit
//     in 64 bits (TestEveryInvalidDocumentIsRefused, FuzzAgreesWithDecoder).
//   - Time and memory grow linearly with the document, whatever its shape: many keys in one table, one
//     line for everything, deep nesting (TestLargeTablesAreSearchedByHash, TestMemoryGrowsLinearly).
//   - The zero values of all types can be used: they are empty (TestZeroValuesCanBeUsed). Nil pointers cannot.
//   - A syntax error says what was expected, what was found and, for common mistakes, what to do: marks of an
//     unfinished merge, typographic quotes, invisible characters, Windows paths, names without quotes, lone
//     carriage returns (TestMistakesAreExplained).
//
// # Limitations
//
//   - Only integers that are there can be changed. Nothing is added, removed or renamed.
//   - Floats, dates and times are not decoded: their spelling is the bytes of [Value.Span].
//   - The source must be UTF-8 and shorter than 4 GiB less one byte; it is held in memory. Anything else is refused.
//   - Floats that overflow a 64-bit float (1e400) are refused although TOML leaves them open: go-toml's
//     decoder, which would read the same file elsewhere, refuses them. A leap second (:60) is accepted as
//     TOML's grammar has it, although that decoder refuses it.
//   - Arrays and inline tables nested more than 10,000 deep are refused.
//   - One top-level expression is parsed at a time, and its syntax tree takes memory while it is read. A
//     single array of 100 MB is one expression: its tree takes about 15 times its size if it is full of
//     text, and up to 50 times if its elements are as short as 0.
//   - The line and column of a position count characters (code points), so a caret under a line with
//     wide or combining characters can stand a few cells off.
//
// # Errors
//
// [Parse] and [Patch.SetInteger] return an [*Error]: file, position, key where it is known, what is wrong and often
// what to do. [Error.Snippet] shows the line with a caret. Looking for a value that is not there is no error: it
// gives the zero [Value], and its methods may be called.
//
// # Concurrency
//
// A [Document] and its Values never change and may be read by many goroutines at once, as long as nobody
// writes to the source slice. A [Patch] belongs to one goroutine at a time.
package tomledit

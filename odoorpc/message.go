package odoorpc

import (
	"regexp"
	"strconv"
	"strings"
)

// importer is what load puts before the words of an exception that it did not expect: some words in the user's language, and
// the class of the exception. Odoo 12 and 13 then show the exception's arguments, a Python tuple.
var (
	importer  = regexp.MustCompile(`^[^\n<]*<class '([\w.]+)'>\s*[:：]\s*`)
	arguments = regexp.MustCompile(`(?s)^\((?:'(.*)'|"(.*)"), (?:None|''|"")\)$`)
)

// exceptionOf returns the class of the exception that a message of load names, "" where it names none, and its words.
func exceptionOf(message string) (class, words string) {
	words = strings.TrimSpace(message)
	if prefix := importer.FindStringSubmatch(words); prefix != nil {
		class, words = prefix[1], words[len(prefix[0]):]
	}
	if a := arguments.FindStringSubmatch(words); a != nil {
		if text, err := strconv.Unquote(`"` + goText.Replace(a[1]+a[2]) + `"`); err == nil {
			words = strings.TrimSpace(text)
		}
	}
	return class, words
}

// goText turns what is between the quotes of a Python literal into what is between the double quotes of a Go literal. Python's
// \x names a character, Go's a byte.
var goText = strings.NewReplacer(`\\`, `\\`, `\'`, `'`, `\"`, `\"`, `"`, `\"`, `\x`, `\u00`, "\n", `\n`)

// conflicts are how PostgreSQL words that another transaction was in the way, in English, and what stands in such messages in
// every language: the table of external ids, where two loads create the same one, and the query that locks a record which a
// row refers to.
var conflicts = regexp.MustCompile(`could not serialize access|deadlock detected|lock timeout|could not obtain lock|` +
	`["«»„“][ \x{a0}]?ir_model_data(_module_name_uniq_index)?[ \x{a0}]?["»«”“]|FOR KEY SHARE OF`)

// foreign is an error of PostgreSQL in another language than English that is about no data: it quotes nothing and has no
// numbers. Such errors begin with the word for ERROR, a colon and two blanks. (In Spanish, Japanese and Indonesian that word is
// ERROR, and Odoo's driver takes it away as in English: those are not told apart.)
var foreign = regexp.MustCompile(`^\pL+:  [^"«»„“”0-9\n]+\n(?s:.*\n)?$`)

// isConflict reports whether load says in a message that others were in the way. Of several rows an error that says only that
// time was up is none: fewer rows may be done in time. A row alone cannot help it. What a trigger says names its language,
// such as PL/pgSQL.
func isConflict(message string, rows int) bool {
	alone := rows == 1 && (strings.HasPrefix(message, "canceling statement due to") ||
		foreign.MatchString(message) && !strings.Contains(message, "PL/"))
	return alone || conflicts.MatchString(message)
}

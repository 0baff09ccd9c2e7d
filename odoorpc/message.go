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
		if text, ok := unquotePython(a[1] + a[2]); ok {
			words = strings.TrimSpace(text)
		}
	}
	return class, words
}

// unquotePython returns the text that a Python literal stands for, given without its quotes.
func unquotePython(literal string) (text string, ok bool) {
	var b strings.Builder
	for rest := plainQuotes.Replace(literal); rest != ""; {
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil {
			return "", false
		}
		b.WriteRune(r)
		rest = tail
	}
	return b.String(), true
}

var plainQuotes = strings.NewReplacer(`\\`, `\\`, `\'`, `'`, `\"`, `"`)

// conflicts are how PostgreSQL words that another transaction was in the way, and what stands of the constraint on external
// ids in the messages of two loads that create the same one. PostgreSQL answers in the language of its server, which most
// often is English, and Odoo names no class here: a conflict in other words reads as a row that was refused, and whoever
// loads has to send that again.
var conflicts = regexp.MustCompile(`could not serialize access|deadlock detected|lock timeout|could not obtain lock|ir_model_data_module_name_uniq_index|(?s:duplicate key value.*ir_model_data)`)

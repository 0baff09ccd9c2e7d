package tomledit

import (
	"bytes"
	"fmt"
	"regexp"
)

// The place of a syntax error is where the parser could not go on. What people must fix is often far before it: a
// bracket or a string that was never closed.

// opening is something that is open at some place of a source.
type opening struct {
	at      int    // offset of its bracket or first quote
	what    string // as in messages
	closing string
}

// openings returns what is open at the end of a source, from the outside in. The parser has accepted the source so
// far, so what looks like a bracket outside of strings and comments is one.
func openings(src []byte) []opening {
	var open []opening
	for at := 0; at < len(src); {
		switch src[at] {
		case '#':
			line := bytes.IndexByte(src[at:], '\n')
			if line < 0 {
				return open
			}
			at += line
		case '"', '\'':
			closing, end := stringEnd(src, at)
			if end < 0 {
				return append(open, opening{at, "string", closing})
			}
			at = end
		case '[':
			open = append(open, opening{at, "array", "]"})
			at++
		case '{':
			open = append(open, opening{at, "table in braces", "}"})
			at++
		case ']', '}':
			open = open[:max(0, len(open)-1)]
			at++
		default:
			at++
		}
	}
	return open
}

// stringEnd returns what closes the string at the offset, and the offset after it, or -1 if it is not closed.
func stringEnd(src []byte, at int) (closing string, end int) {
	quote := string(src[at])
	closing = quote + quote + quote
	if !bytes.HasPrefix(src[at:], []byte(closing)) {
		closing = quote
	}
	for i := at + len(closing); i < len(src); i++ {
		switch {
		case src[i] == '\\' && quote == `"`:
			i++
		case bytes.HasPrefix(src[i:], []byte(closing)):
			i += len(closing)
			if len(closing) == 3 { // up to two more quotes are the string's own
				for more := 0; more < 2 && i < len(src) && src[i] == quote[0]; more++ {
					i++
				}
			}
			return closing, i
		}
	}
	return closing, -1
}

// unclosed says that the innermost opening is not closed.
func (d *Document) unclosed(open []opening) string {
	inner := open[len(open)-1]
	return fmt.Sprintf("the %s that starts on line %d is not closed", inner.what, d.Position(inner.at).Line)
}

// statement is the start of a line that looks as if it stood outside of all brackets.
var statement = regexp.MustCompile(`^[ \t]*(\[|[A-Za-z0-9_-]+[ \t]*=)`)

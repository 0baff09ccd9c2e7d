package featuremap

import (
	"strings"

	"odoosync/tomledit"
)

// Error is a map that cannot be used as it is written: every mistake that was
// found in one pass, sorted by place.
type Error struct {
	File     string
	Mistakes []*tomledit.Error
	Warnings []*tomledit.Error // the keys that are probably misspelt, likewise
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

package engine

import (
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
)

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError.
func Check(path string) (*Plan, error) { return check(path, false) }

// CheckStrictly is Check, but treats the warnings of a map as mistakes.
func CheckStrictly(path string) (*Plan, error) { return check(path, true) }

func check(path string, strict bool) (*Plan, error) {
	src, err := mapfile.Peek(path)
	if err != nil {
		return nil, err
	}
	m, err := featuremap.Parse(path, src, strict)
	if err != nil {
		return nil, err
	}
	return featuremap.NewPlan(m), nil
}

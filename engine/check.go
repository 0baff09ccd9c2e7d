package engine

import (
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
)

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError.
func Check(path string) (*Plan, error) {
	src, err := mapfile.Peek(path)
	if err != nil {
		return nil, err
	}
	m, err := featuremap.Parse(path, src)
	if err != nil {
		return nil, err
	}
	return featuremap.NewPlan(m), nil
}

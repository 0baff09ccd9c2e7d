package engine

import (
	"errors"

	"odoosync/engine/internal/mapfile"
	"odoosync/tomledit"
)

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError.
func Check(path string) (*Plan, error) {
	src, err := mapfile.Peek(path)
	if err != nil {
		return nil, err
	}
	m, _, err := parseMap(path, src)
	if err != nil {
		return nil, err
	}
	return makePlan(m), nil
}

// asMapError turns what the parser says into the error of a map.
func asMapError(path string, err error) error {
	var mistake *tomledit.Error
	if errors.As(err, &mistake) {
		return &MapError{File: path, Mistakes: []*tomledit.Error{mistake}}
	}
	return &FileError{Path: path, Op: "read", Err: err}
}

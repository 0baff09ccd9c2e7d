package engine

import (
	"errors"
	"os"

	"odoosync/tomledit"
)

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError.
func Check(path string) (*Plan, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		err = errors.New("it is a folder")
	case info.Mode()&os.ModeDevice != 0:
		err = errors.New("it is a device") // some have no end
	}
	if err != nil {
		return nil, openError(path, err)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, openError(path, err)
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

package mapfile

import (
	"errors"
	"os"
)

// Peek reads the file at path without locking it. The errors are of type
// *Error.
func Peek(path string) ([]byte, error) {
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
	return src, nil
}

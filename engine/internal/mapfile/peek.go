package mapfile

import "os"

// Peek reads the file at path without locking it. The errors are of type
// *Error.
func Peek(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = fit(info)
	}
	if err != nil {
		return nil, openError(path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer func() { _ = file.Close() }()
	src, err := readAll(file, info.Size())
	if err != nil {
		return nil, openError(path, err)
	}
	return src, nil
}

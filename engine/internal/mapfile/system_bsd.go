//go:build unix && !linux

package mapfile

import (
	"errors"
	"os"
)

// lockRecords has nothing to add where flock and fcntl locks see each other,
// as they do on the BSDs and macOS.
func lockRecords(*os.File) error { return nil }

func claim(*os.File) (release func(), err error) { return nil, errors.ErrUnsupported }

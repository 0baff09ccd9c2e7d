//go:build !linux

package mapfile

import (
	"errors"
	"os"
)

func forget(*os.File) {}

// keepAttributes keeps no more than mode and owner here.
func keepAttributes(_, _ *os.File) error { return nil }

func swap(_, _ string) error { return errors.ErrUnsupported }

func appendOnly(string) bool { return false }

//go:build !linux

package mapfile

import "errors"

func forget(handle) {}

// KeepAttributes keeps no more than mode and owner here.
func (osSystem) KeepAttributes(_, _ handle) error { return nil }

func (osSystem) Swap(_, _ string) error { return errors.ErrUnsupported }

func appendOnly(string) bool { return false }

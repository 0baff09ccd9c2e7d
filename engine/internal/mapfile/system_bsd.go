//go:build unix && !linux

package mapfile

import "errors"

// lockRecords has nothing to add where flock and fcntl locks see each other,
// as they do on the BSDs and macOS.
func lockRecords(handle) error { return nil }

func (osSystem) Claim(handle) (release func(), err error) { return nil, errors.ErrUnsupported }

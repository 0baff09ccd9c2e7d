//go:build unix && !linux

package mapfile

import "os"

// lockRecords has nothing to add where flock and fcntl locks see each other,
// as they do on the BSDs and macOS.
func lockRecords(*os.File) error { return nil }

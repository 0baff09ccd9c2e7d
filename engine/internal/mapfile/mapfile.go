// Package mapfile keeps one map file for a run: locked, read, watched for edits
// by others, and saved. It knows neither TOML nor Odoo.
//
// # Use
//
// Open locks a map and tries out, beside it, what a save does. Read gives its
// bytes, Touched says whether somebody else wrote it since, Replace saves.
// After ErrChanged the caller reads again, works on the new text, and saves
// that. Peek reads a map without a lock.
//
// # Guarantees
//
//   - The map is there at every moment. Where the folder allows it, a save
//     puts a complete new file in its place, synced and locked
//     (TestStepsOfASave, TestSaveFaults).
//   - A map that cannot be saved is refused by Open, before anything depends
//     on it (TestUnusableMapsAreRefusedBeforeTheRun, TestTrialSave).
//   - Where a new file may not take the name, owner, mode or access list of
//     the old, the old is written in place; nothing is left beside it
//     (TestSaveGoesInPlaceWhereANewFileIsRefused).
//   - Both ways compare the bytes just before and just after they write. An
//     edit at the same moment is found and kept (TestNoEditIsLost).
//   - A map whose file no longer has a name is not written: nobody would see
//     it (TestFileWithoutAName).
//
// # Limitations
//
//   - A kill or a power failure during a save in place may leave a part of the
//     new text.
//   - Linux can swap two files, and can keep others from opening a file. Where
//     it cannot (network file systems; in place, also a file of another
//     owner), and on other systems, an edit that replaces or rewrites the map
//     in the few microseconds between the comparison and the write can be
//     lost. One that adds to the end of the map is kept there too, except on
//     network file systems.
//   - On SMB another program cannot replace the map while it is open here: its
//     save fails, and may remove the map for good.
//   - Locks are advisory, and on a file system without locks there are none.
//   - A save by a new file breaks hard links.
//
// # Errors
//
// Open and Peek return *Error, which wraps ErrLocked if another program holds a
// lock. Read and Replace return the bare cause.
//
// # Concurrency
//
// A File is for one goroutine. Several files are independent.
package mapfile

import (
	"bytes"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"time"
)

// File is the map on disk, locked for this run.
//
// The lock is on the map itself. A save puts a new file in its place, which is
// locked before it takes the name; so at any moment the file that the path
// names is locked. Whoever gets a lock on a file checks that the path still
// names it.
type File struct {
	sys     system
	target  string // the path, through symlinks
	file    handle // holds the lock
	info    fs.FileInfo
	known   uint64      // the digest of the bytes that were last read or saved
	still   fs.FileInfo // of the file when it had them and had not been written for a while; nil: never seen so
	inPlace bool        // a new file cannot take the map's place
}

// Close gives up the lock.
func (f *File) Close() { _ = f.file.Close() }

// Read returns the bytes of the map as they are now.
func (f *File) Read() ([]byte, error) {
	fresh, err := f.look()
	if err != nil {
		return nil, err
	}
	defer func() { _ = fresh.Close() }()
	src, err := readAll(fresh, f.info.Size())
	if err == nil {
		f.knows(digest(src))
	}
	return src, err
}

// knows takes note of the bytes that the map has now.
func (f *File) knows(digest uint64) { f.known, f.still = digest, nil }

// timeStep is longer than the steps in which any file system counts the time of
// a write: FAT's, of two seconds, are the longest.
const timeStep = 3 * time.Second

// Touched reports whether the map has other bytes than those that were last
// read or saved, or cannot be read. The bytes are not read again where size and
// time of the file tell as much: it had not been written for a while when they
// were last compared, so a write since then would show. One that hides, by
// giving the file its old time, is found by the next save, which always
// compares bytes.
func (f *File) Touched() bool {
	now := time.Now()
	fresh, err := f.look()
	if err != nil {
		return true
	}
	defer func() { _ = fresh.Close() }()
	if f.still != nil && os.SameFile(f.still, f.info) && f.still.Size() == f.info.Size() && f.still.ModTime().Equal(f.info.ModTime()) {
		return false
	}
	if f.compare(fresh) != nil {
		return true
	}
	if now.Sub(f.info.ModTime()) > timeStep {
		f.still = f.info
	}
	return false
}

// look opens the map again, since network file systems answer from memory for a
// file that is already open. If the path names another file by now, as after a
// save by most editors, the lock moves to it.
func (f *File) look() (handle, error) {
	for range attempts {
		fresh, err := f.sys.Open(f.target, os.O_RDONLY, 0)
		if err != nil {
			return nil, err
		}
		info, err := fresh.Stat()
		if err == nil && os.SameFile(f.info, info) && named(info) {
			f.info = info
			forget(fresh)
			return fresh, nil
		}
		_ = fresh.Close()
		if err == nil {
			err = f.lock()
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, ErrChanged
}

// compareAnew is look, with ErrChanged if the bytes are not those that are
// known.
func (f *File) compareAnew() error {
	fresh, err := f.look()
	if err != nil {
		return err
	}
	defer func() { _ = fresh.Close() }()
	return f.compare(fresh)
}

func (f *File) compare(h handle) error {
	sum, err := digestOf(h)
	if err == nil && sum != f.known {
		f.still, err = nil, ErrChanged
	}
	return err
}

// seed is of this process alone, so that two texts have the same digest by
// chance only, once in 2^64 times.
var seed = maphash.MakeSeed()

func digest(text []byte) uint64 { return maphash.Bytes(seed, text) }

func digestOf(h handle) (uint64, error) {
	var hash maphash.Hash
	hash.SetSeed(seed)
	_, err := io.Copy(&hash, fromStart(h))
	return hash.Sum64(), err
}

func fromStart(h handle) io.Reader { return io.NewSectionReader(h, 0, largest+1) }

// readAll reads a file of about the given size.
func readAll(h handle, size int64) ([]byte, error) {
	var text bytes.Buffer
	text.Grow(int(size) + bytes.MinRead)
	_, err := text.ReadFrom(fromStart(h))
	if err == nil && int64(text.Len()) > largest {
		err = errTooLarge
	}
	return text.Bytes(), err
}

package mapfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"
)

// Replace gives the map new bytes, which text may have to write twice: a large
// map is not held in memory another time. It returns ErrChanged, and leaves the text
// of the other there, when somebody else wrote the map since it was last read
// or saved. After any other error the map has its old bytes or, if the disk
// failed, perhaps the new ones.
func (f *File) Replace(text io.WriterTo) error {
	var err error
	if !f.inPlace {
		err = f.replace(text)
		f.inPlace = errors.Is(err, errRefused)
	}
	if f.inPlace {
		err = f.overwrite(text)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return ErrChanged // an editor has taken it away, to put another there
	}
	return err
}

// replace puts a new file in the place of the map.
func (f *File) replace(text io.WriterTo) error {
	temporary := f.temporaryName(rand.Uint64())
	made, err := f.write(temporary, text)
	if err != nil {
		return err
	}
	known, err := digestOf(made)
	if err == nil {
		err = f.compareAnew()
	}
	if err == nil {
		err = f.put(temporary)
	}
	if err != nil {
		_ = made.Close()
		return errors.Join(err, f.remove(temporary))
	}
	_ = f.file.Close()
	f.file = made
	f.knows(known)
	_ = f.sys.SyncDir(f.folder()) // the map is saved also where a folder cannot be synced
	f.info, err = made.Stat()
	return err
}

// put gives the map's name to the temporary file. An editor may save after the
// last comparison, or write into the old file that it opened before. So where
// possible the two files are swapped and the old one is compared once more; if
// it was edited, they are swapped back.
func (f *File) put(temporary string) error {
	err := f.sys.Swap(temporary, f.target)
	if errors.Is(err, errors.ErrUnsupported) {
		if err := f.sys.Rename(temporary, f.target); err != nil {
			return refused(err)
		}
		return f.bringBack()
	}
	if err != nil {
		return refused(err)
	}
	release, _ := f.alone()
	release()
	was, err := f.sys.Stat(temporary)
	if err == nil && os.SameFile(was, f.info) {
		err = f.compare(f.file)
	} else if err == nil {
		err = ErrChanged
	}
	if err != nil {
		return errors.Join(err, f.sys.Swap(temporary, f.target))
	}
	return f.sys.Remove(temporary)
}

// bringBack restores, as the map, what somebody wrote into the old file, which
// has just lost its name.
func (f *File) bringBack() error {
	for range attempts {
		release, alone := f.alone()
		release()
		err := f.compare(f.file)
		if !errors.Is(err, ErrChanged) {
			return err
		}
		if alone {
			break
		}
	}
	edit, err := readAll(f.file, f.info.Size())
	if err != nil {
		return err
	}
	temporary := f.temporaryName(rand.Uint64())
	made, err := f.write(temporary, bytes.NewReader(edit))
	if err != nil {
		return err
	}
	_ = made.Close()
	return errors.Join(ErrChanged, refused(f.sys.Rename(temporary, f.target)))
}

// moment is a part of the time that a save waits for an editor to finish.
const moment = 10 * time.Millisecond

// alone waits until nobody else has the map open, and keeps others from opening
// it until it is released. Where the system cannot do that, or the file stays
// open, it only waits a moment, which is enough for most editors.
func (f *File) alone() (release func(), alone bool) {
	for range attempts {
		release, err := f.sys.Claim(f.file)
		if err == nil {
			return release, true
		}
		time.Sleep(moment)
		if !errors.Is(err, errInUse) {
			break
		}
	}
	return func() {}, false
}

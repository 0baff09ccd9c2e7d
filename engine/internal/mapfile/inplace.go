package mapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// overwrite writes into the map itself, for a file that cannot be replaced: a
// single file mounted into a container, or one that belongs to somebody else.
func (f *File) overwrite(text io.WriterTo) error {
	var rendered bytes.Buffer
	if _, err := text.WriteTo(&rendered); err != nil {
		return err
	}
	if err := f.compareAnew(); err != nil {
		return err
	}
	if err := f.writeOver(rendered.Bytes()); err != nil {
		return err
	}
	f.knows(digest(rendered.Bytes()))
	if err := sync(f.file); err != nil {
		return err
	}
	return f.compareAnew() // ErrChanged: an edit at the same moment
}

// writeOver changes the old text into the new where they differ, if the old is
// the one that is known. What makes it longer is appended first, so that a full
// disk is found before any old byte is gone, and what others append at the same
// moment is kept.
func (f *File) writeOver(text []byte) error {
	release, _ := f.alone()
	defer release()
	old, err := readAll(f.file, f.info.Size())
	if err != nil {
		return err
	}
	if digest(old) != f.known {
		return ErrChanged
	}
	both, same := min(len(old), len(text)), 0
	for same < both && old[same] == text[same] {
		same++
	}
	if more := text[both:]; len(more) > 0 {
		at, n, err := f.sys.Append(f.file, more)
		if err == nil && at != int64(len(old)) {
			err = ErrChanged
		}
		if err != nil {
			time.Sleep(moment) // for who emptied the map, to write it
			return undo(err, f.cut(at, more[:n]))
		}
	}
	if _, err := f.file.WriteAt(text[same:both], int64(same)); err != nil {
		_, restored := f.file.WriteAt(old[same:both], int64(same))
		return undo(err, errors.Join(restored, f.cut(int64(both), text[both:])))
	}
	return f.cut(int64(both), old[both:])
}

// cut takes bytes out of the map again, unless somebody else has written over
// them by now. What others added after them stays.
func (f *File) cut(at int64, added []byte) error {
	if len(added) == 0 {
		return nil
	}
	rest, err := io.ReadAll(io.NewSectionReader(f.file, at, largest))
	if err != nil {
		return err
	}
	rest, found := bytes.CutPrefix(rest, added)
	if !found {
		return nil
	}
	if _, err := f.file.WriteAt(rest, at); err != nil {
		return err
	}
	return f.file.Truncate(at + int64(len(rest)))
}

// undo is the error of a save whose traces had to be removed.
func undo(err, restored error) error {
	if restored != nil {
		return fmt.Errorf("%w; the old text could not be put back: %w", err, restored)
	}
	return err
}

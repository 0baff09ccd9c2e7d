package engine

import (
	"errors"
	"slices"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/ledger"
	"odoosync/engine/internal/mapfile"
)

// saver writes the ids in hand into the map, wherever its items stand by then.
// The time that goes into that is kept within a tenth of the run: a large map
// is saved less often. An id that is not saved when a run is killed is found
// again by its external id.
type saver struct {
	*Engine
	path     string
	file     *mapfile.File
	book     *ledger.Ledger
	due      time.Time // when the next save is due
	failed   bool
	prepared bool      // stage, tags and parents are there for all items of the map as it was last read
	mapError *MapError // what somebody's edit got wrong
}

// save writes the ids in hand into the map. When somebody edited the map
// since, it is read again and the ids go to the same items where they stand
// now; the run goes on from the new text. While calls are in flight an edited
// map is left for later: they are about the items of the old text. The error
// is a *NotSavedError, or a *FileError where there are no ids to lose.
func (s *saver) save(calling bool) error {
	started := s.now()
	err := s.try(calling)
	if calling && errors.Is(err, mapfile.ErrChanged) {
		return nil
	}
	missing := s.missing()
	if err == nil && len(missing) == 0 {
		ended := s.now()
		s.due = ended.Add(9 * ended.Sub(started))
		return nil
	}
	s.failed = true
	if err == nil {
		err = errors.New("they are no longer in the map, or have another task there")
	}
	if len(missing) == 0 {
		return &FileError{Path: s.path, Op: "read", Err: err}
	}
	return &NotSavedError{File: s.path, Items: missing, Plain: s.options.PlainCreate, Gone: len(s.book.Lost()) > 0, Err: err}
}

// missing are the items of this run whose ids the map does not hold.
func (s *saver) missing() []ItemResult {
	var missing []ItemResult
	for _, e := range slices.Concat(s.book.Lost(), s.book.Unsaved()) {
		missing = append(missing, resultOfEntry(e))
	}
	return missing
}

func (s *saver) try(calling bool) error {
	const attempts = 10 // each lost to an edit at the same moment
	for range attempts {
		if s.file.Touched() {
			if calling {
				return mapfile.ErrChanged
			}
			if err := s.reload(); err != nil {
				return err
			}
		}
		if len(s.book.Unsaved()) == 0 {
			return nil
		}
		text, err := s.book.Write()
		if err != nil {
			return err
		}
		err = s.file.Replace(text)
		if errors.Is(err, mapfile.ErrChanged) {
			continue
		}
		if err != nil {
			return err
		}
		s.book.Saved()
		done, total := s.book.Count()
		s.report(Saved{Done: done, Total: total})
		return nil
	}
	return mapfile.ErrChanged
}

// reload reads the map again after somebody else wrote it. They may be in the
// middle of that: have taken the old file away, or have written a part, which
// may be TOML by chance. So the text counts only if nobody wrote for a while
// after it was read. A map with mistakes is still good enough to take ids; the
// run then ends with them. One that is gone, or no TOML, holds none.
func (s *saver) reload() error {
	const attempts = 10
	const quiet = 200 * time.Millisecond
	for attempt := 1; ; attempt++ {
		var m *FeatureMap
		src, err := s.file.Read()
		if err == nil {
			m, err = featuremap.Parse(s.path, src, false)
		}
		s.wait(quiet) // also when the run was interrupted: there are ids to save
		switch {
		case attempt < attempts && (m == nil || s.file.Touched()):
			continue
		case m == nil:
			s.book.Drop()
			return err
		}
		s.mapError, s.prepared = nil, false
		errors.As(err, &s.mapError)
		s.book.Move(m)
		return nil
	}
}

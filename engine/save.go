package engine

import (
	"errors"
	"slices"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/ledger"
	"odoosync/engine/internal/mapfile"
)

// saves is what a run knows of its saves. The time that goes into them is kept
// within a tenth of the run: a large map is saved less often. An id that is
// not saved when a run is killed is found again by its external id.
type saves struct {
	last     time.Time     // end of the last save
	took     time.Duration // how long it took
	failed   bool
	edited   bool      // somebody wrote the map since the last look
	mapError *MapError // what somebody's edit got wrong
}

const saveShare = 10 // of so many parts of the run, one goes into saving

func (s *saves) due(now time.Time) bool { return now.Sub(s.last) >= (saveShare-1)*s.took }

// errAwait says that the map was edited while calls are in flight.
var errAwait = errors.New("edited while calls are in flight")

// save writes the ids in hand into the map. When somebody edited the map
// since, it is read again and the ids go to the same items where they stand
// now; the run goes on from the new text. The error is a *NotSavedError, or a
// *FileError where there are no ids to lose.
func (r *sync) save() error { return r.saveAnd(r.reload) }

// saveWhileCalling does the same, but leaves a map that was edited for later:
// the calls in flight are about the items of the old text.
func (r *sync) saveWhileCalling() error {
	err := r.saveAnd(func() error { return errAwait })
	if errors.Is(err, errAwait) {
		return nil
	}
	return err
}

func (r *sync) saveAnd(reload func() error) error {
	started := r.clock.Now()
	err := r.trySave(reload)
	if errors.Is(err, errAwait) {
		return err
	}
	missing := r.missing()
	if err == nil && len(missing) == 0 {
		r.saves.took, r.saves.last = r.clock.Now().Sub(started), r.clock.Now()
		return nil
	}
	r.saves.failed = true
	if err == nil {
		err = errors.New("they are no longer in the map, or have another task there")
	}
	if len(missing) == 0 {
		return &FileError{Path: r.result.Map, Op: "read", Err: err}
	}
	return &NotSavedError{File: r.result.Map, Items: missing, Plain: r.options.PlainCreate, Gone: len(r.book.Lost()) > 0, Err: err}
}

// missing are the items of this run whose ids the map does not hold.
func (r *sync) missing() []ItemResult {
	var missing []ItemResult
	for _, entry := range slices.Concat(r.book.Lost(), r.book.Unsaved()) {
		missing = append(missing, resultOfEntry(entry))
	}
	return missing
}

// listMissing adds to the error of a failed save what calls created that were
// in flight then.
func (r *sync) listMissing(err error) error {
	if notSaved, ok := errors.AsType[*NotSavedError](err); ok {
		notSaved.Items = r.missing()
	}
	return err
}

func (r *sync) trySave(reload func() error) error {
	const attempts = 10 // each lost to an edit at the same moment
	for range attempts {
		if r.file.Touched() {
			if err := reload(); err != nil {
				return err
			}
		}
		if len(r.book.Unsaved()) == 0 {
			return nil
		}
		text, err := r.book.Write()
		if err != nil {
			return err
		}
		err = r.file.Replace(text)
		if errors.Is(err, mapfile.ErrChanged) {
			continue
		}
		if err != nil {
			return err
		}
		r.reportSaved(r.book.Saved())
		return nil
	}
	return mapfile.ErrChanged
}

func (r *sync) reportSaved(entries []*ledger.Entry) {
	items := make([]ItemResult, len(entries))
	for i, entry := range entries {
		items[i] = resultOfEntry(entry)
	}
	done, total := r.book.Count()
	r.report(Saved{Items: items, Done: done, Total: total})
}

// reload reads the map again after somebody else wrote it. A map with mistakes
// is still good enough to take ids; the run then ends with them. One that is
// gone, or no TOML, holds none.
func (r *sync) reload() error {
	m, err := r.reparse()
	if m == nil {
		r.book.Drop()
		return err
	}
	r.saves.mapError = nil
	errors.As(err, &r.saves.mapError)
	r.saves.edited = true
	r.book.Move(m)
	return nil
}

// reparse reads the map as it is now. An editor may be in the middle of saving
// it: has taken the old file away, or has written a part, which may be TOML by
// chance. So the text counts only if nobody wrote for a while after it was
// read.
func (r *sync) reparse() (*FeatureMap, error) {
	const attempts = 10
	const quiet = 200 * time.Millisecond
	for attempt := 1; ; attempt++ {
		var m *FeatureMap
		src, err := r.file.Read()
		if err == nil {
			m, err = featuremap.Parse(r.result.Map, src)
		}
		r.clock.Wait(quiet) // also when the run was interrupted: there are ids to save
		if attempt == attempts || m != nil && !r.file.Touched() {
			return m, err
		}
	}
}

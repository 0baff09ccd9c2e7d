package engine

import (
	"errors"
	"time"

	"odoosync/engine/internal/mapfile"
	"odoosync/tomledit"
)

// saveClock keeps the time that goes into saving within a tenth of the run: a
// large map is saved less often. An id that is not saved when a run is killed
// is found again by its external id.
type saveClock struct {
	last time.Time     // end of the last save
	took time.Duration // how long it took
}

const saveShare = 10 // of so many parts of the run, one goes into saving

func (c *saveClock) due(now time.Time) bool { return now.Sub(c.last) >= (saveShare-1)*c.took }

func (c *saveClock) done(started, now time.Time) { c.last, c.took = now, now.Sub(started) }

// save writes the ids of unsaved items into the map. When somebody edited the
// map since, it is read again and the ids go to the same items where they
// stand now; the run goes on from the new text. The error is a *NotSavedError.
func (r *run) save() error {
	started := r.clock.Now()
	var lost []ItemResult
	err := r.trySave(&lost)
	if err != nil || len(lost) > 0 {
		r.saveFailed = true
		items := lost
		if err == nil {
			err = errors.New("they are no longer in the map, or have another task there")
		} else {
			for _, item := range r.unsaved {
				items = append(items, item.result(r.made[item.TaskID]))
			}
		}
		if len(items) == 0 {
			return &FileError{Path: r.plan.Map.Path, Op: "read", Err: err}
		}
		return &NotSavedError{File: r.plan.Map.Path, Items: items, Plain: r.plain, Err: err}
	}
	r.saves.done(started, r.clock.Now())
	return nil
}

func (r *run) trySave(lost *[]ItemResult) error {
	const attempts = 10 // each lost to an edit at the same moment
	for range attempts {
		if r.file.Touched() {
			gone, err := r.reload()
			if err != nil {
				return err
			}
			*lost = append(*lost, gone...)
		}
		if len(r.unsaved) == 0 {
			return nil
		}
		for _, item := range r.unsaved {
			if err := r.patch.SetInteger(item.taskID, item.TaskID); err != nil {
				return err
			}
		}
		err := r.file.Replace(r.patch)
		if errors.Is(err, mapfile.ErrChanged) {
			continue
		}
		if err != nil {
			return err
		}
		r.reportSaved()
		return nil
	}
	return mapfile.ErrChanged
}

func (r *run) reportSaved() {
	saved := make([]ItemResult, len(r.unsaved))
	for i, item := range r.unsaved {
		saved[i] = item.result(r.made[item.TaskID])
	}
	r.unsaved = r.unsaved[:0]
	r.done += len(saved)
	r.report(Saved{Items: saved, Done: r.done, Total: r.total})
}

// reload reads the map again after somebody else wrote it, and moves the
// unsaved ids to the same items of the new text. It returns those that have no
// place there. A map with mistakes is still good enough to take ids; the run
// then ends with them.
func (r *run) reload() ([]ItemResult, error) {
	doc, err := r.reparse()
	if err != nil {
		return nil, err
	}
	old := r.unsaved
	m, mistakes := decode(doc)
	if len(mistakes) > 0 {
		r.mapError = &MapError{File: m.Path, Mistakes: mistakes}
	}
	r.use(m, doc)
	r.edited = true
	r.unsaved = nil
	var lost []ItemResult
	places := findPlaces(m, old)
	for _, item := range old {
		switch place := places[item]; {
		case place == nil:
			lost = append(lost, item.result(r.made[item.TaskID]))
		case place.TaskID == 0:
			r.take(place, item.TaskID, r.made[item.TaskID])
		}
	}
	r.plan = makePlan(m)
	r.total = r.done + len(r.unsaved) + r.plan.Pending()
	return lost, nil
}

// reparse reads the map as it is now. An editor may be in the middle of saving
// it: has taken the old file away, or has written a part, which may be TOML by
// chance. So the text counts only if nobody wrote for a while after it was
// read.
func (r *run) reparse() (*tomledit.Document, error) {
	const attempts = 10
	const quiet = 200 * time.Millisecond
	for attempt := 1; ; attempt++ {
		var doc *tomledit.Document
		src, err := r.file.Read()
		if err == nil {
			doc, err = tomledit.Parse(r.plan.Map.Path, src, keptPaths())
		}
		r.clock.Wait(quiet) // also when the run was interrupted: there are ids to save
		if attempt == attempts || err == nil && !r.file.Touched() {
			return doc, err
		}
	}
}

// identity is who an item is, whatever else is edited in it.
type identity struct {
	kind           Kind
	feature, story string
}

func (i *Item) identity() identity {
	id := identity{kind: i.Kind, feature: i.feature().Name}
	if i.Kind == Story {
		id.story = i.Name
	}
	return id
}

// findPlaces finds items of one reading of a map in another. Among stories of
// one name in one feature, the one with the same text is taken first, and
// else the next in order. An item whose task id stands in the map already has
// that place.
func findPlaces(m *FeatureMap, items []*Item) map[*Item]*Item {
	candidates := make(map[identity][]*Item)
	byID := make(map[int64]*Item)
	for candidate := range m.All {
		switch {
		case candidate.TaskID != 0:
			byID[candidate.TaskID] = candidate
		case candidate.taskID.Exists():
			candidates[candidate.identity()] = append(candidates[candidate.identity()], candidate)
		}
	}
	places := make(map[*Item]*Item, len(items))
	pick := func(item *Item, suits func(*Item) bool) {
		key := item.identity()
		for i, candidate := range candidates[key] {
			if suits(candidate) {
				places[item] = candidate
				candidates[key] = append(candidates[key][:i:i], candidates[key][i+1:]...)
				return
			}
		}
	}
	for _, item := range items {
		if there := byID[item.TaskID]; there != nil {
			places[item] = there
			continue
		}
		pick(item, func(c *Item) bool { return plainText(c.Description()) == plainText(item.Description()) })
	}
	for _, item := range items {
		if places[item] == nil {
			pick(item, func(*Item) bool { return true })
		}
	}
	return places
}

package engine

import (
	"slices"

	"odoosync/engine/internal/featuremap"
	"odoosync/odoorpc"
)

// recogniseTwins gives pending stories that share their name with others of
// their feature the ordinals under which an earlier run made tasks of the same
// text for them. The order alone would mistake them for each other where
// somebody changed it since, put another in front or took one away.
func (r *run) recogniseTwins() error {
	r.twinsKnown = true
	var groups [][]*Item
	var parents []int64
	var names []string
	for _, twins := range r.twins() {
		parent := twins[0].Parent.TaskID
		if r.made[parent] == Created && !r.edited {
			continue // nothing can be under it yet
		}
		groups, parents, names = append(groups, twins), append(parents, parent), append(names, twins[0].Name)
	}
	if len(groups) == 0 {
		return nil
	}
	orphans, err := r.orphans(parents, names)
	if err != nil || len(orphans) == 0 {
		return err
	}
	for _, twins := range groups {
		r.pair(twins, orphans)
	}
	return nil
}

// orphans are the tasks of the names under the parents that no item of the map
// has, by their external ids.
func (r *run) orphans(parents []int64, names []string) (map[string]*task, error) {
	var found []task
	domain := odoorpc.Domain{odoorpc.Cond("parent_id", "in", parents), odoorpc.Cond("name", "in", names)}
	query := odoorpc.Query{Order: "id", Context: odoorpc.Context{"active_test": false}}
	if err := r.odoo.SearchRead(r.ctx, modelTask, domain, []string{"description"}, query, &found); err != nil {
		return nil, err
	}
	var ids []int64
	byID := make(map[int64]*task)
	for i, t := range found {
		if r.owners[t.ID] == nil {
			ids = append(ids, t.ID)
			byID[t.ID] = &found[i]
		}
	}
	externalIDs, err := r.externalIDsOf(modelTask, ids)
	if err != nil {
		return nil, err
	}
	orphans := make(map[string]*task)
	for id, name := range externalIDs {
		if t := byID[id]; t != nil {
			orphans[name] = t
		}
	}
	return orphans, nil
}

// pair gives each of the twins whose text one of the orphans has the ordinal
// of that task. The others meet what orphans are left, and are refused there:
// somebody edited a text. Where none are left they are new.
func (r *run) pair(twins []*Item, orphans map[string]*task) {
	made := make(map[string][]int) // ordinals, by the text of the task
	highest := len(twins[0].Parent.Stories) + len(orphans)
	for ordinal := 1; ordinal <= highest; ordinal++ {
		if t := orphans[externalID(r.result.Project.ID, r.options.Namespace, twins[0], ordinal)]; t != nil {
			text := shown(htmlToText(string(t.Description)))
			made[text] = append(made[text], ordinal)
		}
	}
	var others []*Item
	for _, item := range twins {
		text := shown(featuremap.PlainText(item.Description()))
		if ordinals := made[text]; len(ordinals) > 0 {
			r.state(item).ordinal, made[text] = ordinals[0], ordinals[1:]
		} else {
			others = append(others, item)
		}
	}
	var left []int
	for _, ordinals := range made {
		left = append(left, ordinals...)
	}
	slices.Sort(left)
	for i, item := range others {
		switch {
		case i < len(left):
			r.state(item).ordinal = left[i]
		case r.sharesOrdinal(item):
			r.nextOrdinal(item)
		}
	}
}

// state is what a run knows of a pending item beside what the map says.
type state struct {
	ordinal   int   // that of its external id
	met       int64 // task that stood under its external id before the call
	uncertain bool  // was sent in a call that was given up
}

func (r *run) state(item *Item) *state {
	s := r.states[item]
	if s == nil {
		s = &state{ordinal: item.Ordinal}
		r.states[item] = s
	}
	return s
}

// sharesOrdinal reports whether another pending item of the name has the same
// ordinal, and with it the same external id.
func (r *run) sharesOrdinal(item *Item) bool {
	if item.Parent == nil {
		return false
	}
	for _, sibling := range item.Parent.Stories {
		if sibling != item && sibling.Name == item.Name && sibling.TaskID == 0 && r.state(sibling).ordinal == r.state(item).ordinal {
			return true
		}
	}
	return false
}

// nextOrdinal moves an item on to an external id that no other pending item of
// its name uses.
func (r *run) nextOrdinal(item *Item) {
	r.state(item).ordinal++
	for r.sharesOrdinal(item) {
		r.state(item).ordinal++
	}
}

// twins are the pending stories of each name that several stories of one
// feature have.
func (r *run) twins() [][]*Item {
	several := make(map[identity]bool)
	for item := range r.plan.Map.All {
		if item.Ordinal > 1 {
			several[identityOf(item)] = true
		}
	}
	var groups [][]*Item
	place := make(map[identity]int)
	for _, story := range r.plan.Stories {
		if story.TaskID != 0 || len(several) == 0 || !several[identityOf(story)] {
			continue
		}
		at, known := place[identityOf(story)]
		if !known {
			at = len(groups)
			place[identityOf(story)] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], story)
	}
	return groups
}

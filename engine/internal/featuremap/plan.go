package featuremap

import "slices"

// Plan is what a run has to do: the items that need a task, in the order in
// which they are made.
type Plan struct {
	Map        *Map
	Features   []*Item // pending features, in file order
	Stories    []*Item // pending stories, in file order
	Synced     int     // items that have a task
	Deprecated int     // items left out because they, or their feature, are marked _deprecated
}

// NewPlan sorts the items of a map by what is to be done with them.
func NewPlan(m *Map) *Plan {
	p := &Plan{Map: m}
	for item := range m.All {
		switch {
		case item.Deprecated:
			p.Deprecated++
		case item.TaskID != 0:
			p.Synced++
		case item.Kind == Feature:
			p.Features = append(p.Features, item)
		default:
			p.Stories = append(p.Stories, item)
		}
	}
	return p
}

// Pending is the number of items that need a task.
func (p *Plan) Pending() int { return len(p.Features) + len(p.Stories) }

// Tags are the names of all tags of pending items, each once, in order of
// first use.
func (p *Plan) Tags() []string {
	var names []string
	seen := make(map[string]bool)
	for _, item := range slices.Concat(p.Features, p.Stories) {
		for _, name := range item.Tags() {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// Parents are the features that have a task and pending stories to go under
// it.
func (p *Plan) Parents() []*Item {
	var parents []*Item
	for _, story := range p.Stories {
		feature := story.Parent
		if feature.TaskID != 0 && (len(parents) == 0 || parents[len(parents)-1] != feature) {
			parents = append(parents, feature)
		}
	}
	return parents
}

package maker

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

// Look looks for the tasks of parents, and for tasks that items without one
// have already from a run whose ids were lost. It returns all tasks that it saw,
// by id, and verdicts on those of items. It asks for tasks of the project that
// bear the name of an item, in one call, and where there are some, for their
// external ids. A task that was renamed or moved since is not found so; Ask
// finds it, or the load of the item. Only where an item shares its name with one
// that needs no task, all external ids of the name are asked for: its own may be
// free while its task is under another one.
func (k *Maker) Look(ctx context.Context, items []*featuremap.Item, parents []int64) (map[int64]*Task, []Verdict, error) {
	names := make(map[string]bool)
	for _, item := range items {
		names[item.Name] = true
	}
	tasks := make(map[int64]*Task)
	namesakes := make(map[int64]bool)
	for _, domain := range k.lookFor(slices.Sorted(maps.Keys(names)), parents) {
		found, err := k.search(ctx, domain, []string{"name", "project_id", "active"})
		if err != nil {
			return nil, nil, err
		}
		for i, t := range found {
			tasks[t.ID], k.earlier.seen[t.ID] = &found[i], true
			if names[string(t.Name)] && t.Project.ID == k.place.Project && k.ledger.Owner(t.ID) == nil {
				namesakes[t.ID] = true
			}
		}
	}
	owned, err := k.externalIDsOf(ctx, modelTask, slices.Sorted(maps.Keys(namesakes)))
	if err != nil {
		return nil, nil, err
	}
	byName := make(map[string]int64)
	for id, name := range owned {
		if k.isOurs(name, featuremap.Feature) || k.isOurs(name, featuremap.Story) {
			byName[name] = id
		}
	}
	groups := k.groupsOf(items)
	var shared []string
	for _, g := range groups {
		for ordinal := 1; ordinal <= g.highest && len(g.items) < g.highest; ordinal++ {
			shared = append(shared, k.externalID(g, ordinal))
		}
	}
	if err := k.tasksOf(ctx, shared, byName); err != nil {
		return nil, nil, err
	}
	// One that the user may not see may be the task of an item of the map.
	maps.DeleteFunc(byName, func(_ string, id int64) bool { return id == 0 })
	verdicts, err := k.recognise(ctx, groups, byName)
	return tasks, verdicts, err
}

// lookFor are the searches of a look: one, unless there is more to ask for than
// fits into a call.
func (k *Maker) lookFor(names []string, parents []int64) []odoorpc.Domain {
	named, under := nameParts(names), slices.Collect(slices.Chunk(parents, idsACall))
	domains := make([]odoorpc.Domain, max(len(named), len(under), 1))
	either := func(i int, condition ...any) {
		if domains[i] != nil {
			domains[i] = append(odoorpc.Domain{"|"}, domains[i]...)
		}
		domains[i] = append(domains[i], condition...)
	}
	either(0, odoorpc.Cond("create_date", ">=", k.earlier.since))
	for i, ids := range under {
		either(i, odoorpc.Cond("id", "in", ids))
	}
	for i, part := range named {
		either(i, "&", odoorpc.Cond("project_id", "=", k.place.Project), odoorpc.Cond("name", "in", part))
	}
	return domains
}

// nameParts cuts names into lists of which each fits into a call.
func nameParts(names []string) [][]string {
	const most = 400_000 // bytes
	var list [][]string
	size := most
	for _, name := range names {
		bytes := jsonSize(name) + 2
		if size += bytes; size > most {
			list, size = append(list, nil), bytes
		}
		last := len(list) - 1
		list[last] = append(list[last], name)
	}
	return list
}

// Ask says what a run would find out by the loads of items that Look found no
// task for: it asks for their tasks by their external ids, which also finds
// those that were renamed, moved, or hidden from the user. It adds what it
// found to the verdicts of Look, and to those about stories whose feature would
// get a new task, that they are not under it.
func (k *Maker) Ask(ctx context.Context, items []*featuremap.Item, verdicts []Verdict) ([]Verdict, error) {
	var there []*featuremap.Item
	var ids []int64
	for left := items; len(left) > 0; {
		names := make([]string, len(left))
		for i, item := range left {
			names[i] = k.ExternalID(item)
		}
		byName := make(map[string]int64)
		if err := k.tasksOf(ctx, names, byName); err != nil {
			return nil, err
		}
		var again []*featuremap.Item
		for i, item := range left {
			id, known := byName[names[i]]
			switch {
			case !known:
			case k.ledger.Owner(id) == nil:
				k.found[item] = id
				there, ids = append(there, item), append(ids, id)
			case k.NextOrdinal(item):
				again = append(again, item)
			}
		}
		left = again
	}
	tasks, err := k.Tasks(ctx, ids, "description")
	if err != nil {
		return nil, err
	}
	for _, item := range there {
		verdicts = append(verdicts, k.verdict(item, tasks[k.found[item]]))
	}
	for i := range verdicts {
		v := &verdicts[i]
		if parent := v.Item.Parent; v.Task != nil && parent != nil && k.ledger.TaskOf(parent) == 0 {
			if _, found := k.found[parent]; !found {
				v.Differences = append(v.Differences, Difference{Field: "parent", Map: parent.Name + " (a new task)", Odoo: named(v.Task.Parent.Name, "task", v.Task.Parent.ID)})
			}
		}
	}
	return verdicts, nil
}

// tasksOf asks for the tasks under external ids. Odoo gives the external ids
// themselves to administrators only; others may ask for one at a time, which
// is done for so many.
func (k *Maker) tasksOf(ctx context.Context, names []string, found map[string]int64) error {
	const most = 100
	for part := range slices.Chunk(names, 5000) {
		err := k.askAll(ctx, part, found)
		if _, refused := errors.AsType[*importer.Refusal](importer.RefusalOf(err)); refused {
			return k.askEach(ctx, names[:min(len(names), most)], found)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askAll asks for the tasks of external ids in one call.
func (k *Maker) askAll(ctx context.Context, names []string, found map[string]int64) error {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = strings.TrimPrefix(name, importer.Module+".")
	}
	var records []struct {
		ID    int64  `json:"id"`
		Name  string `json:"name"`
		ResID int64  `json:"res_id"`
	}
	domain := odoorpc.Domain{odoorpc.Cond("module", "=", importer.Module), odoorpc.Cond("model", "=", modelTask), odoorpc.Cond("name", "in", short)}
	err := k.odoo.SearchRead(ctx, "ir.model.data", domain, []string{"name", "res_id"}, odoorpc.Query{}, &records)
	for _, r := range records {
		found[importer.Module+"."+r.Name] = r.ResID
	}
	return err
}

// askEach asks for the task of one external id after the other. Of a task that
// the user may not see Odoo says only that it is there: its id is 0 then.
func (k *Maker) askEach(ctx context.Context, names []string, found map[string]int64) error {
	for _, name := range names {
		var answer []any
		err := k.odoo.Call(ctx, "ir.model.data", "check_object_reference", odoorpc.Args{
			Params:     []odoorpc.Param{{Name: "module", Value: importer.Module}, {Name: "xml_id", Value: strings.TrimPrefix(name, importer.Module+".")}},
			Context:    odoorpc.Context{"active_test": false},
			Repeatable: true,
		}, &answer)
		_, refused := errors.AsType[*importer.Refusal](importer.RefusalOf(err))
		switch {
		case refused:
			continue // no such external id
		case err != nil:
			return err
		case len(answer) == 2:
			id, _ := answer[1].(json.Number)
			found[name], _ = id.Int64()
		}
	}
	return nil
}

// recognise says which items the tasks under external ids belong to, and
// whether they are what the map says.
//
// Stories of one name in one feature differ in their ordinals only, and
// somebody may have changed their order, put another in front or taken one
// away: a task goes to the story with its text, what is left to the next in
// order, which then differs.
func (k *Maker) recognise(ctx context.Context, groups []*group, byName map[string]int64) ([]Verdict, error) {
	if len(byName) == 0 {
		return nil, nil
	}
	tasks, err := k.Tasks(ctx, slices.Sorted(maps.Values(byName)), "description")
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		k.adopt(g, 1, g.highest, byName)
	}
	beyond := min(len(byName), maxOrdinals) // as many as are left can be
	for _, g := range groups {
		k.adopt(g, g.highest+1, g.highest+beyond, byName)
	}
	var verdicts []Verdict
	for _, g := range groups {
		verdicts = append(verdicts, k.pair(g, tasks)...)
	}
	return verdicts, nil
}

// group are the items of one name in one feature, or the feature of a name.
type group struct {
	items   []*featuremap.Item // that need a task
	highest int                // ordinal in the map
	free    []freeTask         // by ordinal
}

// freeTask is a task, under an external id of a group, that no item has.
type freeTask struct {
	id      int64
	ordinal int
}

// groupsOf are the groups of items that need a task.
func (k *Maker) groupsOf(items []*featuremap.Item) []*group {
	var groups []*group
	grouped := make(map[*featuremap.Item]bool)
	for _, item := range items {
		if grouped[item] {
			continue
		}
		g := &group{}
		for sibling := range namesakes(item) {
			g.highest++
			if !sibling.Deprecated && k.ledger.TaskOf(sibling) == 0 {
				g.items = append(g.items, sibling)
				grouped[sibling] = true
			}
		}
		groups = append(groups, g)
	}
	return groups
}

func (k *Maker) externalID(g *group, ordinal int) string {
	return externalID(k.place.Project, k.options.Namespace, g.items[0], ordinal)
}

// adopt moves the tasks under the ordinals to a group.
func (k *Maker) adopt(g *group, from, to int, byName map[string]int64) {
	for ordinal := from; ordinal <= to; ordinal++ {
		name := k.externalID(g, ordinal)
		if id, ok := byName[name]; ok && k.ledger.Owner(id) == nil {
			g.free = append(g.free, freeTask{id, ordinal})
		}
		delete(byName, name)
	}
}

// pair gives the items of a group the tasks under their external ids.
func (k *Maker) pair(g *group, tasks map[int64]*Task) []Verdict {
	if len(g.free) == 0 {
		return nil
	}
	found := make(map[*featuremap.Item]int64)
	for _, exact := range []bool{true, false} {
		g.free = slices.DeleteFunc(g.free, func(f freeTask) bool {
			t := tasks[f.id]
			i := slices.IndexFunc(g.items, func(item *featuremap.Item) bool {
				return found[item] == 0 && (!exact || t != nil && sameText(item.Description(), string(t.Description)))
			})
			if i >= 0 {
				found[g.items[i]] = f.id
				k.ordinals.now[g.items[i]] = f.ordinal
			}
			return i >= 0
		})
	}
	var verdicts []Verdict
	for _, item := range g.items {
		id := found[item]
		if id == 0 {
			k.ordinals.avoid(item)
			continue
		}
		k.found[item] = id
		verdicts = append(verdicts, k.verdict(item, tasks[id]))
	}
	return verdicts
}

// verdict says what a task that existed before is to an item that it was
// found for; nil is a task that the user cannot see.
func (k *Maker) verdict(item *featuremap.Item, t *Task) Verdict {
	return Verdict{Item: item, ID: k.found[item], Existed: true, Unseen: t == nil, Differences: k.compare(item, t, true), Task: t}
}

// FeatureTasks are those of the tasks that odoosync created for features of the
// project, with their external ids.
func (k *Maker) FeatureTasks(ctx context.Context, ids []int64) (map[int64]string, error) {
	names, err := k.externalIDsOf(ctx, modelTask, ids)
	maps.DeleteFunc(names, func(_ int64, name string) bool { return !k.isOurs(name, featuremap.Feature) })
	return names, err
}

// Package maker creates tasks for the items of a feature map: it knows their
// external ids, writes their rows, sends them, and looks at what came of it
// before anybody takes an id. What the map's tasks are it is told; it keeps
// only what it learned from Odoo.
package maker

import (
	"context"
	"strings"
	"time"

	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/importer"
	"odoosync/odoorpc"
)

const (
	modelTask  = "project.task"
	modelTag   = "project.tags"
	modelStage = "project.task.type"
)

// Odoo is what the maker asks of a server; *odoorpc.Client provides it.
type Odoo interface {
	importer.Odoo
	SearchRead(ctx context.Context, model string, domain odoorpc.Domain, fields []string, query odoorpc.Query, out any) error
	Call(ctx context.Context, model, method string, args odoorpc.Args, out any) error
	Create(ctx context.Context, model string, values []map[string]any, options odoorpc.CreateOptions) ([]int64, error)
}

// Place is where tasks go and what their rows refer to.
type Place struct {
	Project     int64
	ProjectName string
	User        string            // for messages
	Major       int               // version of Odoo
	Lags        bool              // reads may come from a replica that lags behind
	Stage       Record            // not needed to look: see Use
	Tags        map[string]Record // likewise; by name; without an id: left off
}

// Record is one that rows refer to.
type Record struct {
	ID         int64
	ExternalID string // "" where it is not known
}

// Options are how tasks are created.
type Options struct {
	Namespace string
	Notify    bool             // Odoo posts its messages; default: quietly
	Plain     bool             // by create, without external ids
	Now       func() time.Time // by which calls are timed
	Began     time.Time        // the server's time when it was last asked before the look; zero where it told none
}

// Ledger says which task an item has, 0 for none yet, and which item of the
// map has a task, nil for none.
type Ledger interface {
	TaskOf(*featuremap.Item) int64
	Owner(task int64) *featuremap.Item
}

// Maker creates tasks in one place. Send may be used by several goroutines at
// once; all else belongs to one.
type Maker struct {
	odoo     Odoo
	place    Place
	options  Options
	ledger   Ledger
	ordinals ordinals
	found    map[*featuremap.Item]int64 // tasks that items have by their external ids
	earlier  earlier
	names    names
}

// New returns a Maker. It does no I/O.
func New(odoo Odoo, options Options, place Place, ledger Ledger) *Maker {
	since := options.Began.Add(-skew)
	if options.Began.IsZero() {
		since = time.Now().Add(-unknownSkew)
	}
	return &Maker{
		odoo: odoo, options: options, place: place, ledger: ledger, ordinals: newOrdinals(), found: make(map[*featuremap.Item]int64),
		earlier: earlier{seen: make(map[int64]bool), since: since.UTC().Format(time.DateTime)},
		names:   names{known: map[string]map[int64]string{modelTask: {}, modelTag: {}, modelStage: {}}},
	}
}

// Use tells the maker which stage and tags tasks get: anew when the map was
// read again.
func (k *Maker) Use(stage Record, tags map[string]Record) {
	k.place.Stage, k.place.Tags = stage, tags
	k.names.add(modelStage, stage)
	for _, tag := range tags {
		k.names.add(modelTag, tag)
	}
}

// ExternalID is the external id under which an item's task is created.
func (k *Maker) ExternalID(item *featuremap.Item) string {
	return externalID(k.place.Project, k.options.Namespace, item, k.ordinals.of(item))
}

// NextOrdinal moves an item on to another external id, as the task under its
// own is another item's. It reports false when too many were tried.
func (k *Maker) NextOrdinal(item *featuremap.Item) bool { return k.ordinals.next(item) }

// parent is the task that an item goes under; 0 for none, and where it is not
// known yet.
func (k *Maker) parent(item *featuremap.Item) int64 {
	if item.Parent == nil {
		return 0
	}
	if id := k.ledger.TaskOf(item.Parent); id != 0 {
		return id
	}
	return k.found[item.Parent]
}

// tagsOf are the ids of the tags that an item's task gets.
func (k *Maker) tagsOf(item *featuremap.Item) []int64 {
	var ids []int64
	for _, name := range item.Tags() {
		if id := k.place.Tags[name].ID; id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// context makes tasks quiet. It has no defaults: those would reach whatever
// Odoo's automations create in the same call.
func (k *Maker) context() odoorpc.Context {
	if k.options.Notify {
		return nil
	}
	return odoorpc.Context{"tracking_disable": true}
}

// assignees is the field whose empty cell leaves a task unassigned: Odoo
// assigns the calling user where it is not sent.
func (k *Maker) assignees() string {
	if k.place.Major < 15 {
		return "user_id"
	}
	return "user_ids"
}

// isOurs reports whether an external id is that of an item of a kind in the
// project.
func (k *Maker) isOurs(name string, kind featuremap.Kind) bool {
	return strings.HasPrefix(name, importer.Module+"."+idKind(k.place.Project, kind)+"_")
}

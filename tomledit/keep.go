package tomledit

import (
	"encoding/binary"
	"math"
	"slices"
)

// matcher says which values a Document records. It is a deterministic automaton over the segments of a
// path: one state for each value, one step for each key or element.
type matcher struct {
	states []matchState
	words  []string // the keys in the paths; a key's number is its place here plus one
}

// matchState is where the matcher stands at a value: the steps that particular keys take, and the step of all
// other keys and of elements.
type matchState struct {
	named []namedStep
	other uint32
}

type namedStep struct {
	key  string
	word word
	to   uint32
}

const (
	nothing uint32 = 0 // the state of values that no path reaches: neither they nor what is in them is recorded
	begin   uint32 = 1 // the state of the root
)

// member returns the state of the member with the key, in a table of the given state, and the key's number if it
// is a word of a path that leads here.
func (m *matcher) member(state uint32, key []byte) (uint32, word) {
	s := &m.states[state]
	for i := range s.named {
		if step := &s.named[i]; string(key) == step.key {
			return step.to, step.word
		}
	}
	return s.other, 0
}

// element returns the state of the elements of an array of the given state.
func (m *matcher) element(state uint32) uint32 { return m.states[state].other }

func keepEverything() *matcher {
	return &matcher{states: []matchState{nothing: {}, begin: {other: begin}}}
}

// reached is a place in a path: its first depth segments have been matched.
type reached struct {
	path, depth int
}

// compileKeep makes the automaton for a set of paths. Each state stands for the set of places that the
// segments so far can have reached.
func compileKeep(paths [][]string) *matcher {
	c := keepCompiler{paths: paths, ids: map[string]uint32{}}
	c.m.states = make([]matchState, begin+1)
	start := make([]reached, len(paths))
	for i := range paths {
		start[i] = reached{path: i}
	}
	c.sets = append(c.sets, nil, start)
	for id := begin; int(id) < len(c.sets); id++ {
		c.fill(id)
	}
	return &c.m
}

type keepCompiler struct {
	paths [][]string
	m     matcher
	sets  [][]reached
	ids   map[string]uint32
}

// fill works out the steps from a state.
func (c *keepCompiler) fill(id uint32) {
	set := c.sets[id]
	var named []namedStep
	for _, r := range set {
		if r.depth == len(c.paths[r.path]) {
			continue
		}
		key := c.paths[r.path][r.depth]
		if key == Any || slices.ContainsFunc(named, func(s namedStep) bool { return s.key == key }) {
			continue
		}
		named = append(named, namedStep{key: key, word: c.word(key), to: c.state(c.step(set, key))})
	}
	other := c.state(c.step(set, Any))
	c.m.states[id] = matchState{named: named, other: other}
}

// word returns the number of a key.
func (c *keepCompiler) word(key string) word {
	w := wordOf(c.m.words, key)
	if w == 0 && len(c.m.words) < math.MaxUint8 {
		c.m.words = append(c.m.words, key)
		w = word(len(c.m.words))
	}
	return w
}

// wordOf returns the number of a key among the words, or 0. They are few: searching them takes less time than
// hashing the key.
func wordOf(words []string, key string) word { return word(slices.Index(words, key) + 1) }

// step returns the places reached from a set by the key.
func (c *keepCompiler) step(set []reached, key string) []reached {
	var to []reached
	for _, r := range set {
		path := c.paths[r.path]
		if r.depth < len(path) && (path[r.depth] == key || path[r.depth] == Any) {
			to = append(to, reached{path: r.path, depth: r.depth + 1})
		}
	}
	return to
}

// state returns the number of the state for a set of places.
func (c *keepCompiler) state(set []reached) uint32 {
	if len(set) == 0 {
		return nothing
	}
	var name []byte
	for _, r := range set {
		name = binary.AppendUvarint(name, uint64(r.path))
		name = binary.AppendUvarint(name, uint64(r.depth))
	}
	id, known := c.ids[string(name)]
	if !known {
		id = uint32(len(c.sets))
		c.ids[string(name)] = id
		c.sets = append(c.sets, set)
		c.m.states = append(c.m.states, matchState{})
	}
	return id
}

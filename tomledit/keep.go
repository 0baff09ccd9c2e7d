package tomledit

import "slices"

// Any is a path segment for [Keep] that matches any key and any array element. It is not valid UTF-8, so
// no key of a TOML document equals it.
const Any = "\xff"

// Option changes what [Parse] records.
type Option func(*keeper)

// Keep limits the values that a Document records to those whose path matches one of the paths, and the
// values on the way to them; a value on the way is recorded with its kind even if it is
// neither a table nor an array. Values below a matched path are left out unless they match too. A path
// holds one segment for each key and one, which must be [Any], for each array element. Several Keep options
// add up; with more than 64 paths or 250 different keys in them everything is recorded. The default, without Keep,
// records everything. What is not recorded is checked all the same.
//
// The paths are copied.
func Keep(paths ...[]string) Option {
	return func(k *keeper) {
		k.limited = true
		for _, path := range paths {
			k.paths = append(k.paths, slices.Clone(path))
		}
	}
}

// keeper says which values a Document records. A place has a bit for each path that leads to it; a key or an index leads
// on those paths that have it as their next segment.
type keeper struct {
	paths   [][]string
	limited bool // to the paths; otherwise everything is recorded

	words []string   // the keys in the paths
	masks [][]uint64 // by depth and the code of a key: the paths with this key there; the last is for all other keys
}

// place is a recorded table or array. The zero place stands for one that is not recorded.
type place struct {
	paths uint64
	depth uint32 // number of keys and indexes that lead here
	node  uint32
}

// Code is what is said of a key at once, see codeOf. Elements have the code of a key that is no word.
const (
	maxWords    = 250
	elementCode = maxWords
)

// start makes the keeper ready and returns the place of the root.
func (k *keeper) start() place {
	for _, path := range k.paths {
		for depth, key := range path {
			if key != Any && !slices.Contains(k.words, key) {
				k.words = append(k.words, key)
			}
			if depth == len(k.masks) {
				k.masks = append(k.masks, nil)
			}
		}
	}
	if !k.limited || len(k.paths) > 64 || len(k.words) > maxWords {
		k.limited, k.words = false, nil
		return place{paths: 1}
	}
	for depth := range k.masks {
		k.masks[depth] = make([]uint64, len(k.words)+1)
		for code := range k.masks[depth] {
			for i, path := range k.paths {
				if depth < len(path) && (path[depth] == Any || code < len(k.words) && path[depth] == k.words[code]) {
					k.masks[depth][code] |= 1 << i
				}
			}
		}
	}
	return place{paths: 1<<len(k.paths) - 1}
}

// step returns which paths lead to the member or element of a place that has the code.
func (k *keeper) step(in place, code uint16) place {
	if !k.limited || in.paths == 0 {
		return in
	}
	if int(in.depth) == len(k.masks) {
		return place{}
	}
	return place{paths: in.paths & k.masks[in.depth][min(int(code), len(k.words))], depth: in.depth + 1}
}

package tomledit

import (
	"math/bits"
	"slices"
)

// Any is a path segment for [Keep] that matches any key and any array element. It is not valid UTF-8, so
// no key of a TOML document equals it.
const Any = "\xff"

var anyElement = []byte(Any)

// Option changes what [Parse] records.
type Option func(*keeper)

// Keep limits the values that a Document records to those whose path matches one of the paths, and the
// values on the way to them; a value that stands on the way is recorded with its kind also when it is
// neither a table nor an array. Values below a matched path are left out unless they match too. A path
// holds one segment for each key and one, which must be [Any], for each array element. Several Keep options
// add up; with more than 64 paths everything is recorded. The default, without Keep, records everything. What
// is not recorded is checked all the same.
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

// keeper says which values a Document records.
type keeper struct {
	paths   [][]string
	limited bool // to the paths; otherwise everything is recorded
}

// place is a recorded table or array. The zero place stands for one that is not recorded.
type place struct {
	paths uint64 // a bit for each path of the keeper that leads here
	depth uint32 // number of keys and indexes that lead here
	node  uint32
}

// root returns the place of the root.
func (k *keeper) root() place {
	k.limited = k.limited && len(k.paths) <= 64
	if !k.limited {
		return place{paths: 1}
	}
	return place{paths: 1<<len(k.paths) - 1}
}

// words returns the keys in the paths.
func (k *keeper) words() []string {
	var words []string
	for _, path := range k.paths {
		for _, key := range path {
			if key != Any && len(words) < maxWords && !slices.Contains(words, key) {
				words = append(words, key)
			}
		}
	}
	return words
}

// step returns which paths lead to a member, or to an element with the key [Any], of a place.
func (k *keeper) step(in place, key []byte) place {
	if !k.limited || in.paths == 0 {
		return in
	}
	to := place{depth: in.depth + 1}
	for left := in.paths; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if path := k.paths[i]; int(in.depth) < len(path) && (path[in.depth] == Any || path[in.depth] == string(key)) {
			to.paths |= 1 << i
		}
	}
	return to
}

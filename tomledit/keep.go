package tomledit

import (
	"math/bits"
	"slices"
)

// Any is a path segment for [Keep] that matches any key and any array element. It is not valid UTF-8, so
// no key of a TOML document equals it.
const Any = "\xff"

// Option changes what [Parse] records. A nil Option changes nothing.
type Option func(*keptPaths)

// keptPaths are the paths of all Keep options; nil without any option.
type keptPaths [][]string

// Keep limits the values that a Document records to those whose path matches one of the paths, and the
// values on the way to them; a value on the way is recorded with its kind even if it is
// neither a table nor an array. Values below a matched path are left out unless they match too. A path
// holds one segment for each key and one, which must be [Any], for each array element. Several Keep options
// add up. The default, without Keep, records everything, as does Keep with more than 31 paths in all. What is not
// recorded is checked all the same.
//
// The paths are copied.
func Keep(paths ...[]string) Option {
	copies := keptPaths{}
	for _, path := range paths {
		copies = append(copies, slices.Clone(path))
	}
	return func(all *keptPaths) { *all = append(slices.Clip(copies), *all...) }
}

// kept says which of the paths lead to a value: a bit for each. A value to which none leads is left out.
type kept struct {
	paths uint32
	depth uint32 // number of keys and elements from the root to the value
}

// maxPaths is how many paths are told apart, by a bit each.
const maxPaths = 31

// root returns the paths, none if everything is recorded, and what is kept of the root.
func (k keptPaths) root() (keptPaths, kept) {
	if k == nil || len(k) > maxPaths {
		return nil, kept{paths: 1}
	}
	return k, kept{paths: 1<<len(k) - 1}
}

// step returns what is kept of the member of a value that has the key, or of an element, whose key is Any.
func (k keptPaths) step(in kept, key []byte) kept {
	if k == nil || in.paths == 0 {
		return in
	}
	out := kept{depth: in.depth + 1}
	for rest := in.paths; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(rest)
		if path := k[i]; int(in.depth) < len(path) && (path[in.depth] == string(key) || path[in.depth] == Any) {
			out.paths |= 1 << i
		}
	}
	return out
}

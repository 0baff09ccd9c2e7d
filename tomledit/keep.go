package tomledit

import (
	"cmp"
	"slices"
)

// Any is a path segment for [Keep] that matches any key and any array element. It is not valid UTF-8, so
// no key of a TOML document equals it.
const Any = "\xff"

// Option changes what [Parse] records.
type Option func(*keptPaths)

// keptPaths are the paths of all Keep options; nil without any.
type keptPaths [][]string

// Keep limits the values that a Document records to those whose path matches one of the paths, and the
// values on the way to them; a value on the way is recorded with its kind even if it is
// neither a table nor an array. Values below a matched path are left out unless they match too. A path
// holds one segment for each key and one, which must be [Any], for each array element. Several Keep options
// add up. The default, without Keep, records everything. What is not recorded is checked all the same.
//
// The paths are copied.
func Keep(paths ...[]string) Option {
	copies := [][]string{{}} // the root is always kept
	for _, path := range paths {
		copies = append(copies, slices.Clone(path))
	}
	return func(all *keptPaths) { *all = append(*all, copies...) }
}

// keeper says which values a Document records. Each value has a pattern, by its number: 0 is for what is left out, 1 for the
// root.
type keeper []pattern

// pattern says what is recorded below a value.
type pattern []way

// way leads from a value to the one with the key, or to one of any other key or index.
type way struct {
	key string
	to  uint32
}

func newKeeper(paths keptPaths) keeper {
	if paths == nil { // everything
		return keeper{nil, {{Any, 1}}}
	}
	k := keeper{nil}
	k.add(paths)
	return k
}

// add adds the pattern of a value from which the paths lead on, and returns its number.
func (k *keeper) add(paths [][]string) uint32 {
	number := len(*k)
	*k = append(*k, nil)
	var ways pattern
	for _, path := range paths {
		if len(path) == 0 || slices.ContainsFunc(ways, func(w way) bool { return w.key == path[0] }) {
			continue
		}
		var rest [][]string
		for _, other := range paths {
			if len(other) > 0 && (other[0] == path[0] || other[0] == Any) {
				rest = append(rest, other[1:])
			}
		}
		ways = append(ways, way{path[0], k.add(rest)})
	}
	slices.SortFunc(ways, func(a, b way) int { return cmp.Compare(a.key, b.key) }) // Any comes after all keys
	(*k)[number] = ways
	return uint32(number)
}

// anyKey is the key of elements.
var anyKey = []byte(Any)

// step returns the number of the pattern for what has the key in a value with a pattern.
func (k keeper) step(in uint32, key []byte) uint32 {
	for i := range k[in] {
		if w := &k[in][i]; w.key == string(key) || w.key == Any {
			return w.to
		}
	}
	return 0
}

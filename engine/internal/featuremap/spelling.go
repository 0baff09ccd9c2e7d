package featuremap

import (
	"slices"
	"strings"

	"github.com/xrash/smetrics"

	"odoosync/tomledit"
)

// speller finds keys of one kind of table that are probably meant as one of
// odoosync's. All other keys belong to somebody else.
type speller struct {
	keys []string // odoosync's
	seen map[string]likeness
}

// likeness says which of odoosync's keys another key looks like.
type likeness struct {
	key  string // "" for none
	same bool   // the same letters: only case and separators differ
}

func newSpeller(keys ...string) speller {
	return speller{keys: keys, seen: make(map[string]likeness)}
}

// check warns of the members of a table whose key is probably misspelt. A key
// with the letters of one of ours always is; one that only resembles it is
// when that one is not in the table and the value would suit it.
func (d *decoder) check(s speller, table tomledit.Value) {
	for member := range table.Values() {
		start, end := member.KeySpan()
		token := d.src[start:end] // a key is decoded once, however often it comes
		like, known := s.seen[string(token)]
		if !known {
			like = s.likeness(member.Key())
			s.seen[string(token)] = like
		}
		if like.key == "" || !like.same && (!suits(like.key, member) || like.key != keyFeatures && table.Get(like.key).Exists()) {
			continue
		}
		d.warnings = append(d.warnings, d.doc.ErrorAt(start, end, member.Path(), "odoosync does not read this key", "did you mean "+like.key+"?"))
	}
}

func (s *speller) likeness(key string) likeness {
	if slices.Contains(s.keys, key) {
		return likeness{}
	}
	words := wordsOf(key)
	letters := strings.Join(words, "")
	var like likeness
	for _, ours := range s.keys {
		oursWords := wordsOf(ours)
		switch oursLetters := strings.Join(oursWords, ""); {
		case letters == oursLetters:
			return likeness{key: ours, same: true}
		case like.key == "" && !extends(words, oursWords) && resembles(letters, oursLetters):
			like.key = ours
		}
	}
	return like
}

// wordsOf takes a key apart at its separators, in lower case.
func wordsOf(key string) []string {
	return strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return strings.ContainsRune("_-. ", r) })
}

// extends reports whether a key is ours with further words, such as
// description_fr, which is no slip.
func extends(words, ours []string) bool {
	for ; len(words) >= len(ours); words = words[1:] {
		if slices.Equal(words[:len(ours)], ours) {
			return true
		}
	}
	return false
}

// resembles reports whether a key is ours but for a few letters, their order,
// or the plural, or begins or ends it.
func resembles(key, ours string) bool {
	const (
		distinctive = 4 // so many letters are enough to know ours by
		perSlip     = 3 // so many letters of ours excuse one that is missing or too many; a wrong one is both
	)
	key, ours = singular(key), singular(ours)
	slips := max(1, len(ours)/perSlip)
	switch {
	case sorted(key) == sorted(ours):
		return true
	case len(key) >= distinctive && (strings.HasPrefix(ours, key) || strings.HasSuffix(ours, key)):
		return true
	case key == "" || key[0] != ours[0] || len(key) > len(ours)+slips:
		return false
	}
	return smetrics.WagnerFischer(key, ours, 1, 1, 2) <= slips
}

func singular(word string) string {
	if stem, plural := strings.CutSuffix(word, "ies"); plural {
		return stem + "y"
	}
	return strings.TrimSuffix(word, "s")
}

func sorted(word string) string {
	letters := []byte(word)
	slices.Sort(letters)
	return string(letters)
}

// suits reports whether a value could be that of the key.
func suits(key string, v tomledit.Value) bool {
	switch key {
	case keyFeatures:
		for member := range v.Values() {
			if member.Get(keyTaskID).Exists() || member.Get(keyStories).Exists() {
				return true
			}
		}
		return false
	case keyStories:
		return v.Kind() == tomledit.Array
	case keyTaskID:
		return v.Kind() == tomledit.Integer
	case keyTags:
		return v.Kind() == tomledit.String || v.Kind() == tomledit.Array
	case keyDeprecated:
		return v.Kind() == tomledit.Bool
	}
	return v.Kind() == tomledit.String
}

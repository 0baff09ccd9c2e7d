package engine

import (
	"odoosync/engine/internal/featuremap"
	"odoosync/engine/internal/mapfile"
)

// Check reads the map at path and says what a run would create. It talks to
// nobody and locks nothing. The errors are *MapError, with every mistake of
// the map, and *FileError.
func Check(path string) (*Plan, error) { return check(path, false) }

// CheckStrictly is Check, but treats the warnings of a map as mistakes.
func CheckStrictly(path string) (*Plan, error) { return check(path, true) }

func check(path string, strict bool) (*Plan, error) {
	src, err := mapfile.Peek(path)
	if err != nil {
		return nil, err
	}
	m, err := parseMap(path, src, strict)
	if err != nil {
		return nil, err
	}
	return featuremap.NewPlan(m), nil
}

func parseMap(path string, src []byte, strict bool) (*FeatureMap, error) {
	if strict {
		return featuremap.ParseStrictly(path, src)
	}
	return featuremap.Parse(path, src)
}

// mapWarnings are the warnings of a map as events.
func mapWarnings(m *FeatureMap) []Warning {
	warnings := make([]Warning, len(m.Warnings))
	for i, w := range m.Warnings {
		warnings[i] = Warning{Message: w.Error(), Hint: w.Hint, Place: w}
	}
	return warnings
}

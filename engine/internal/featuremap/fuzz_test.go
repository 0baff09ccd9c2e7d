package featuremap

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// FuzzNearMisses gives any key a place in each kind of table: keys of odoosync's
// own are never warned of, a warning always names one of them, and a slip of
// case or separators is always found.
func FuzzNearMisses(f *testing.F) {
	ours := []string{keyFeatures, keyTaskID, keyStories, keyTags, keyDeprecated, "description", "name"}
	for i, key := range []string{"tag", "Task-ID", "user stories", "_depricated", "description_fr", "ſ", "İd", "", "\xff", "features", "s", "__", strings.Repeat("task", 300)} {
		f.Add(key, uint8(i))
	}
	f.Fuzz(func(t *testing.T, key string, kind uint8) {
		key = strings.ToValidUTF8(key, "?")
		quoted := quotedKey(key)
		value := []string{`"x"`, "0", "true", "[]", `[ { name = "s", task_id = 0 } ]`, "{ a = { task_id = 0 } }"}[kind%6]
		for _, text := range []string{
			fmt.Sprintf("%s = %s\n[features.A]\ntask_id = 0\n", quoted, value),
			fmt.Sprintf("[features.A]\ntask_id = 0\n%s = %s\n", quoted, value),
			fmt.Sprintf("[features.A]\ntask_id = 0\nuser_stories = [ { name = \"n\", task_id = 0, %s = %s } ]\n", quoted, value),
		} {
			m, err := Parse("map.toml", []byte(text), false)
			if m == nil {
				continue // the key is there already
			}
			if err != nil && !slices.Contains(ours, key) {
				t.Fatalf("a foreign key is a mistake: %v", err)
			}
			for _, w := range m.Warnings {
				meant := strings.TrimSuffix(strings.TrimPrefix(w.Hint, "did you mean "), "?")
				if !slices.Contains(ours, meant) {
					t.Fatalf("%q: %s", w.Key, w.Hint)
				}
				if key == meant {
					t.Fatalf("%q is what it says", key)
				}
			}
		}
		if letters := strings.NewReplacer("_", "-").Replace(strings.ToUpper(key)); slices.Contains(ours, key) && letters != key {
			m, _ := Parse("map.toml", []byte(fmt.Sprintf("[features.A]\n%s = 0\n%s = 0\nuser_stories = [ { %[2]s = 0 } ]\n", keyTaskID, quotedKey(letters))), false)
			if m != nil && len(m.Warnings) == 0 && key != keyFeatures {
				t.Fatalf("%q is not warned of", letters)
			}
		}
	})
}

// quotedKey writes a key as TOML has it.
func quotedKey(key string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range key {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u` + fmt.Sprintf("%04x", r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

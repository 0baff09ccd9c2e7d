package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"odoosync/engine"
)

// accepts reports whether a schema finds nothing wrong with a map.
func accepts(t *testing.T, schema *jsonschema.Schema, text []byte) bool {
	t.Helper()
	is := is.New(t)
	var m map[string]any
	is.NoErr(toml.Unmarshal(text, &m))
	asJSON, err := json.Marshal(m)
	is.NoErr(err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	is.NoErr(err)
	return schema.Validate(value) == nil
}

func TestTheSchemaAcceptsEveryGoodMap(t *testing.T) {
	schema := compileSchema(t, mapSchema)
	for _, pattern := range []string{"../../testdata/golden/*/*.toml", "demo/map.toml", "example.toml", "../../docs/pictures/map.toml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no maps: %s", pattern)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			is.New(t).NoErr(err)
			if !accepts(t, schema, bytes.TrimPrefix(text, []byte("\ufeff"))) {
				t.Errorf("the schema refuses %s", path)
			}
		}
	}
}

// TestTheSchemaAgreesWithCheck gives each key of a map values of each kind, and
// leaves each out. JSON cannot say that 0.0 is no integer and a date no string,
// so these are left to check.
func TestTheSchemaAgreesWithCheck(t *testing.T) {
	schema := compileSchema(t, mapSchema)
	const (
		feature = "[features.A]\n%s"
		story   = "[features.A]\ntask_id = 0\nuser_stories = [ { %s } ]\n"
	)
	var maps []string
	for _, value := range []string{`"text"`, `""`, `" "`, "0", "12", "-1", "0.5", "true", "[]", `["a", "b"]`, `["a", 1]`, "[7]", "{}", `[ { name = "s", task_id = 0 } ]`} {
		maps = append(maps, "features = "+value+"\n", "[features]\nA = "+value+"\n", "anything = "+value+"\n")
		for _, key := range []string{"task_id", "description", "tags", "user_stories", "_deprecated", "anything"} {
			rest := ""
			if key != "task_id" {
				rest = "\ntask_id = 0"
			}
			maps = append(maps, fmt.Sprintf(feature, key+" = "+value+rest))
		}
		for _, key := range []string{"name", "task_id", "description", "tags", "_deprecated", "anything"} {
			rest := ""
			for _, required := range []string{`name = "s"`, "task_id = 0"} {
				if required[:4] != key[:4] {
					rest += ", " + required
				}
			}
			maps = append(maps, fmt.Sprintf(story, key+" = "+value+rest))
		}
	}
	maps = append(maps, fmt.Sprintf(feature, ""), fmt.Sprintf(story, ""), fmt.Sprintf(story, `name = "s"`), fmt.Sprintf(story, "task_id = 0"))
	path := filepath.Join(t.TempDir(), "map.toml")
	refused := 0
	for _, text := range maps {
		is := is.New(t)
		is.NoErr(os.WriteFile(path, []byte(text), 0o644))
		_, err := engine.Check(path, false)
		if err != nil {
			refused++
		}
		if fine := accepts(t, schema, []byte(text)); fine != (err == nil) {
			t.Errorf("%s: the schema says %v, check says %v", text, fine, err)
		}
	}
	if refused < 50 || refused == len(maps) {
		t.Errorf("%d of %d maps are refused", refused, len(maps))
	}
}

// FuzzTheSchemaAcceptsWhatCheckAccepts: an editor never marks a map as wrong
// that a run takes. The reverse cannot be: JSON knows less than TOML, and a
// schema does not compare items with each other.
func FuzzTheSchemaAcceptsWhatCheckAccepts(f *testing.F) {
	f.Add([]byte("[features.A]\ntask_id = 0\ntags = [\"a\", \"b, c\"]\nuser_stories = [ { name = \"s\", task_id = 0, tags = \"\" } ]\n"))
	f.Add([]byte("[[features.A.user_stories]]\nname = \"s\"\ntask_id = +0\n[features.A]\ntask_id = 0x7\n_deprecated = true\n"))
	f.Add([]byte("features.A = { task_id = 1, description = '', sequence = 1e3, when = 2026-01-01, user_stories = [] }\n"))
	f.Add([]byte("title = \"plan\"\n[features]\n[Features.x]\n[other]\ntask_id = \"x\"\n"))
	schema := compileSchema(f, mapSchema)
	path := filepath.Join(f.TempDir(), fmt.Sprintf("map-%d.toml", os.Getpid()))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Check(path, false); err != nil {
			return
		}
		var m map[string]any
		if toml.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &m) != nil {
			return // newer TOML than the decoder knows
		}
		asJSON, err := json.Marshal(m)
		if err != nil {
			return // JSON has no inf and no nan
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Fatalf("check accepts what the schema refuses: %v", err)
		}
	})
}

// TestTheSchemaIsInTheDocumentation compares the file that links lead to with
// what the program prints.
func TestTheSchemaIsInTheDocumentation(t *testing.T) {
	is := is.New(t)
	text, err := os.ReadFile("../../docs/map.schema.json")
	is.NoErr(err)
	is.Equal(string(text), mapSchema)
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// findingMaps are maps with everything that check can find: mistakes, one of
// them twice, TOML that is none, warnings, no file, names that need quoting.
var findingMaps = map[string]string{
	"good.toml":        "[features.A]\ntask_id = 0\n",
	"bad <&> map.toml": "[features.A]\ntask_id = \"0\"\ntag = \"\u202ex\"\nuser_stories = [\n{ name = \"\", task_id = 0 },\n{ name = \"\", task_id = \"\u202e\" } ]\n",
	"broken.toml":      "[features.A\n",
	"warned.toml":      "[Features.A]\n[features.B]\ntask_id = 1\nDescription = \"\"\n",
}

// checkAs writes the maps into a folder and checks them in a format.
func checkAs(t *testing.T, format string) []byte {
	t.Helper()
	is := is.New(t)
	t.Chdir(t.TempDir())
	is.NoErr(os.Mkdir("sub", 0o755))
	args := []string{"odoosync", "check", "--format", format, "nosuch.toml"}
	for name, text := range findingMaps {
		path := filepath.Join("sub", name)
		is.NoErr(os.WriteFile(path, []byte(text), 0o644))
		args = append(args, path)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	is.Equal(code, exitMap)
	is.True(strings.Contains(errs.String(), "3 of 5 maps cannot be used"))
	is.True(!strings.Contains(out.String(), "\u202e")) // harmless to a terminal
	return out.Bytes()
}

// sarifSchema says what SARIF 2.1.0 (OASIS, section 3) says of the properties
// that a log of odoosync has, and allows no others.
const sarifSchema = `{
	"$defs": {
		"text": {"type": "object", "required": ["text"], "additionalProperties": false, "properties": {"text": {"type": "string", "minLength": 1}}},
		"rule": {
			"type": "object", "required": ["id"], "additionalProperties": false,
			"properties": {"id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/text"}}
		},
		"region": {
			"type": "object", "required": ["startLine"], "additionalProperties": false,
			"properties": {
				"startLine": {"type": "integer", "minimum": 1},
				"startColumn": {"type": "integer", "minimum": 1},
				"endColumn": {"type": "integer", "minimum": 1}
			}
		},
		"location": {
			"type": "object", "required": ["physicalLocation"], "additionalProperties": false,
			"properties": {"physicalLocation": {
				"type": "object", "required": ["artifactLocation"], "additionalProperties": false,
				"properties": {
					"artifactLocation": {
						"type": "object", "required": ["uri"], "additionalProperties": false,
						"properties": {"uri": {"type": "string", "format": "uri-reference"}}
					},
					"region": {"$ref": "#/$defs/region"}
				}
			}}
		},
		"result": {
			"type": "object", "required": ["message"], "additionalProperties": false,
			"properties": {
				"ruleId": {"type": "string"},
				"level": {"enum": ["none", "note", "warning", "error"]},
				"message": {"$ref": "#/$defs/text"},
				"locations": {"type": "array", "items": {"$ref": "#/$defs/location"}}
			}
		}
	},
	"type": "object", "required": ["version", "runs"], "additionalProperties": false,
	"properties": {
		"$schema": {"type": "string", "format": "uri"},
		"version": {"const": "2.1.0"},
		"runs": {"type": "array", "items": {
			"type": "object", "required": ["tool"], "additionalProperties": false,
			"properties": {
				"tool": {
					"type": "object", "required": ["driver"], "additionalProperties": false,
					"properties": {"driver": {
						"type": "object", "required": ["name"], "additionalProperties": false,
						"properties": {
							"name": {"type": "string"},
							"version": {"type": "string"},
							"rules": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/rule"}}
						}
					}}
				},
				"columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
				"results": {"type": "array", "items": {"$ref": "#/$defs/result"}}
			}
		}}
	}
}`

func TestSARIFIsValid(t *testing.T) {
	is := is.New(t)
	text := checkAs(t, "sarif")
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	is.NoErr(err)
	is.NoErr(compileSchema(t, sarifSchema).Validate(parsed))
	var log sarifLog
	is.NoErr(json.Unmarshal(text, &log))
	rules := make(map[string]bool)
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		rules[r.ID] = true
	}
	is.Equal(len(log.Runs[0].Results), 9)
	for _, r := range log.Runs[0].Results {
		is.True(rules[r.RuleID]) // each rule is described
		place := r.Locations[0].Physical
		is.True(r.RuleID == "file" || place.Region.EndColumn > place.Region.StartColumn && strings.HasPrefix(place.Artifact.URI, "sub/"))
	}
}

func TestPathsAsURIs(t *testing.T) {
	is := is.New(t)
	is.Equal(fileURI("maps/my map.toml"), "maps/my%20map.toml")
	is.Equal(fileURI("/srv/map.toml"), "file:///srv/map.toml")
	is.Equal(fileURI("a:b.toml"), "./a:b.toml") // not the scheme a
}

// gitLabSchema says what GitLab's documentation says of a Code Quality report;
// GitLab publishes no schema of its own.
const gitLabSchema = `{
	"type": "array",
	"items": {
		"type": "object",
		"required": ["description", "check_name", "fingerprint", "severity", "location"],
		"additionalProperties": false,
		"properties": {
			"description": {"type": "string", "minLength": 1},
			"check_name": {"type": "string", "minLength": 1},
			"fingerprint": {"type": "string", "minLength": 1},
			"severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
			"location": {
				"type": "object",
				"required": ["path", "lines"],
				"additionalProperties": false,
				"properties": {
					"path": {"type": "string", "pattern": "^[^/.\\\\]"},
					"lines": {
						"type": "object",
						"required": ["begin"],
						"additionalProperties": false,
						"properties": {"begin": {"type": "integer", "minimum": 1}}
					}
				}
			}
		}
	}
}`

func TestGitLabReportIsValid(t *testing.T) {
	is := is.New(t)
	report, err := jsonschema.UnmarshalJSON(bytes.NewReader(checkAs(t, "gitlab")))
	is.NoErr(err)
	is.NoErr(compileSchema(t, gitLabSchema).Validate(report))
	fingerprints := make(map[any]bool)
	for _, issue := range report.([]any) {
		fingerprints[issue.(map[string]any)["fingerprint"]] = true
	}
	is.Equal(len(report.([]any)), 9)
	is.Equal(len(fingerprints), 9) // GitLab shows one issue for each
}

func compileSchema(t testing.TB, text string) *jsonschema.Schema {
	t.Helper()
	is := is.New(t)
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	is.NoErr(err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	is.NoErr(compiler.AddResource("schema.json", schema))
	compiled, err := compiler.Compile("schema.json")
	is.NoErr(err)
	return compiled
}

// TestJUnitReportIsValid checks what Jenkins' and GitLab's readers need; JUnit
// has no official schema.
func TestJUnitReportIsValid(t *testing.T) {
	is := is.New(t)
	type suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Class   string `xml:"classname,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Type    string `xml:"type,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Out string `xml:"system-out"`
		} `xml:"testcase"`
	}
	var report struct {
		XMLName xml.Name `xml:"testsuites"`
		Tests   int      `xml:"tests,attr"`
		Suites  []suite  `xml:"testsuite"`
	}
	text := checkAs(t, "junit")
	is.True(bytes.HasPrefix(text, []byte("<?xml ")))
	is.NoErr(xml.Unmarshal(text, &report))
	is.Equal(len(report.Suites), 1)
	is.Equal(report.Tests, 5)
	s := report.Suites[0]
	is.Equal(s.Tests, len(s.Cases))
	failures, warned := 0, 0
	for _, c := range s.Cases {
		is.True(c.Name != "" && c.Class != "")
		if c.Failure != nil {
			failures++
			is.True(c.Failure.Message != "" && c.Failure.Type != "" && c.Failure.Text != "")
		}
		if c.Out != "" {
			warned++
		}
	}
	is.Equal(failures, s.Failures)
	is.Equal(failures, 3)
	is.Equal(warned, 2)
}

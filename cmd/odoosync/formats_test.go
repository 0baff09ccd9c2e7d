package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checks are calls of check, with everything that it can find.
var checks = map[string]struct {
	maps     map[string]string // by path
	more     []string          // further arguments
	mistakes int               // in all maps
	warnings int
	failed   int // maps that cannot be used
	linux    bool
}{
	"nothing wrong": {
		maps: map[string]string{"good.toml": "[features.A]\ntask_id = 0\n", "sub/empty.toml": ""},
	},
	"one map": {
		maps:     map[string]string{"sub/map.toml": "features = 3\n"},
		mistakes: 1, failed: 1,
	},
	"several maps": {
		maps: map[string]string{
			"good.toml":          "[features.A]\ntask_id = 0\n",
			"sub/bad & map.toml": "[features.A]\ntask_id = \"0\"\ntag = \"\u202ex\"\nuser_stories = [\n{ name = \"\", task_id = 0 },\n{ name = \"\", task_id = \"\u202e\" } ]\n",
			"sub/broken.toml":    "[features.A\n",
			"sub/warned.toml":    "[Features.A]\n[features.B]\ntask_id = 1\nDescription = \"\"\n",
		},
		mistakes: 5, warnings: 3, failed: 2,
	},
	"keys of wrong types": {
		maps: map[string]string{"map.toml": "[features.A]\ntask_id = 0.5\ntags = 1\ndescription = []\n_deprecated = \"\"\nuser_stories = \"x\"\n" +
			"[features.B]\ntask_id = -1\nuser_stories = [ 7, { task_id = 0 }, { name = \"s\" } ]\n[features.C]\n"},
		mistakes: 10, failed: 1,
	},
	"misspelt keys, strictly": {
		maps:     map[string]string{"map.toml": "[features.A]\ntask_id = 1\nTags = \"a\"\nstories = []\n"},
		more:     []string{"--strict"},
		mistakes: 2, failed: 1,
	},
	"the same map twice": {
		maps:     map[string]string{"map.toml": "[features.A]\n"},
		more:     []string{"./map.toml"},
		mistakes: 2, failed: 2,
	},
	"no file, a folder": {
		maps:     map[string]string{"folder/map.toml": ""},
		more:     []string{"nosuch.toml", "folder"},
		mistakes: 2, failed: 2,
	},
	"characters": {
		maps: map[string]string{
			"control.toml":   "[features.\"A\\u001b[31m\\u0000\\uFFFE]]>\"]\ntask_id = \"0\"\nTags = \"\"\n",
			"non.toml":       "[features.\"\ufffe \uffff \U000e0001\"]\ntask_id = \"0\"\n",
			"latin1.toml":    "[features.\"caf\xe9\"]\ntask_id = 0\n",
			"nul.toml":       "[features.A]\x00\n",
			"lines.toml":     "\ufeff[features.A]\r\ntask_id = \"\"\r\ntask_id = 0",
			"caf\u00e9.toml": "[features.\"\U0001f600 e\u0301\"]\ntask_id = \"\U0001f600\"\n",
		},
		mistakes: 7, warnings: 1, failed: 6,
	},
	"paths": {
		maps: map[string]string{
			"caf\xe9.toml":                  "[features.A]\n",
			"caf\xe8.toml":                  "[features.A]\n",
			"\x1b[31m\n\r\t\u202e\ufffe]]>": "[features.A]\n",
			"a:b, 100%41?#.toml":            "[features.A]\n",
			"'\"&<>\\.toml":                 "[features.A]\n",
		},
		mistakes: 5, failed: 5, linux: true,
	},
}

// checkAs makes all checks in a format.
func checkAs(t *testing.T, format string, test func(t *testing.T, report []byte, mistakes, warnings int)) {
	for name, c := range checks {
		t.Run(name, func(t *testing.T) {
			if c.linux && runtime.GOOS != "linux" {
				t.Skip("this system has no such paths")
			}
			is := is.New(t)
			t.Chdir(t.TempDir())
			args := append([]string{"odoosync", "check", "--format", format}, c.more...)
			for path, text := range c.maps {
				is.NoErr(os.MkdirAll(filepath.Dir(path), 0o755))
				is.NoErr(os.WriteFile(path, []byte(text), 0o644))
				args = append(args, path)
			}
			want := 0
			if c.failed > 0 {
				want = exitMap
			}
			var out, errs bytes.Buffer
			is.Equal(run(context.Background(), args, strings.NewReader(""), &out, &errs, func(string) string { return "" }), want)
			is.True(!strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && disturbs(r) })) // harmless to a terminal
			test(t, out.Bytes(), c.mistakes, c.warnings)
		})
	}
}

func TestSARIFSaysWhatIsWrong(t *testing.T) {
	checkAs(t, "sarif", func(t *testing.T, report []byte, mistakes, warnings int) {
		is := is.New(t)
		type text struct{ Text string }
		var log struct {
			Runs []struct {
				Tool struct {
					Driver struct {
						Rules []struct {
							ID                                      string
							ShortDescription, FullDescription, Help text
						}
					}
				}
				Results []struct {
					RuleID, Level string
					Locations     []struct {
						PhysicalLocation struct {
							Region struct{ StartColumn, EndColumn int }
						}
					}
				}
			}
		}
		is.NoErr(json.Unmarshal(report, &log))
		rules := make(map[string]bool)
		for _, r := range log.Runs[0].Tool.Driver.Rules {
			rules[r.ID] = true
			is.True(r.ShortDescription.Text != "" && r.FullDescription.Text != "" && r.Help.Text != "") // GitHub requires them
		}
		levels := make(map[string]int)
		for _, r := range log.Runs[0].Results {
			is.True(rules[r.RuleID]) // each rule is described
			levels[r.Level]++
			place := r.Locations[0].PhysicalLocation
			is.True(r.RuleID == "file" || place.Region.EndColumn > place.Region.StartColumn)
		}
		is.Equal(levels["error"], mistakes)
		is.Equal(levels["warning"], warnings)
		is.Equal(len(log.Runs[0].Results), mistakes+warnings)
	})
}

// Platforms show a finding at its line only if the path is that in the
// repository.
func TestPathsAreRelativeToTheWorkingFolder(t *testing.T) {
	is := is.New(t)
	t.Chdir(t.TempDir())
	is.NoErr(os.Mkdir("sub", 0o755))
	is.NoErr(os.WriteFile("sub/map.toml", []byte("[features.A]\n"), 0o644))
	here, err := os.Getwd()
	is.NoErr(err)
	for _, path := range []string{"sub/map.toml", "./sub/../sub//map.toml", filepath.Join(here, "sub", "map.toml"), filepath.Join("..", filepath.Base(here), "sub", "map.toml")} {
		for format, want := range map[string]string{
			"github": "::error file=sub/map.toml,line=1,", "gitlab": `"path": "sub/map.toml"`, "sarif": `"uri": "sub/map.toml"`, "junit": "\"map\">sub/map.toml:1:1",
		} {
			var out, errs bytes.Buffer
			run(context.Background(), []string{"odoosync", "check", "--format", format, path}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s as %s: no %s in\n%s", path, format, want, &out)
			}
		}
	}
	is.Equal(fromHere(filepath.Join("..", "elsewhere.toml")), filepath.Join("..", "elsewhere.toml"))
}

func TestPathsAsURIs(t *testing.T) {
	is := is.New(t)
	is.Equal(fileURI("maps/my map.toml"), "maps/my%20map.toml")
	is.Equal(fileURI("/srv/map.toml"), "file:///srv/map.toml")
	is.Equal(fileURI("a:b.toml"), "./a:b.toml") // not the scheme a
}

// gitLabSchema says what GitLab's documentation of the Code Quality report
// format says. GitLab publishes no schema of the format: the one in its reader
// asks for less, neither for a known severity nor for a path.
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
					"path": {"type": "string", "minLength": 1},
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

func TestGitLabReportIsAsDocumented(t *testing.T) {
	schema := compileSchema(t, gitLabSchema)
	checkAs(t, "gitlab", func(t *testing.T, report []byte, mistakes, warnings int) {
		is := is.New(t)
		is.True(!bytes.HasPrefix(report, []byte("\ufeff"))) // the documentation: no byte order mark
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
		is.NoErr(err)
		is.NoErr(schema.Validate(value))
		var issues []struct {
			Fingerprint, Severity string
			Location              struct{ Path string }
		}
		is.NoErr(json.Unmarshal(report, &issues))
		fingerprints, severities := make(map[string]bool), make(map[string]int)
		for _, i := range issues {
			fingerprints[i.Fingerprint] = true
			severities[i.Severity]++
			is.Equal(path.Clean(i.Location.Path), i.Location.Path) // the documentation: without ./
			is.True(!path.IsAbs(i.Location.Path))                  // the documentation: relative to the repository
		}
		is.Equal(len(issues), mistakes+warnings)
		is.Equal(len(fingerprints), len(issues)) // GitLab shows one issue for each
		is.Equal(severities["major"], mistakes)
		is.Equal(severities["minor"], warnings)
	})
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

// TestJUnitReportSaysWhatIsWrong checks what Jenkins' and GitLab's readers need.
func TestJUnitReportSaysWhatIsWrong(t *testing.T) {
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
	checkAs(t, "junit", func(t *testing.T, text []byte, mistakes, warnings int) {
		is := is.New(t)
		var report struct {
			XMLName xml.Name `xml:"testsuites"`
			Tests   int      `xml:"tests,attr"`
			Suites  []suite  `xml:"testsuite"`
		}
		is.True(bytes.HasPrefix(text, []byte("<?xml ")))
		is.NoErr(xml.Unmarshal(text, &report))
		is.Equal(len(report.Suites), 1)
		s := report.Suites[0]
		is.Equal(report.Tests, len(s.Cases))
		is.Equal(s.Tests, len(s.Cases))
		failures, told, warned := 0, 0, 0
		for _, c := range s.Cases {
			is.True(c.Name != "" && c.Class != "")
			if c.Failure != nil {
				failures++
				is.True(c.Failure.Message != "" && c.Failure.Type != "")
				told += findingsIn(c.Failure.Text)
			}
			warned += findingsIn(c.Out)
		}
		is.Equal(failures, s.Failures)
		is.Equal(told, mistakes)
		is.Equal(warned, warnings)
	})
}

// findingsIn counts the lines that are no hints.
func findingsIn(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "hint: ") {
			n++
		}
	}
	return n
}

// schemas is the folder with the schemas of SARIF and JUnit that others
// publish. They are not part of this repository: .ci/reports brings them.
func schemas(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("REPORT_SCHEMAS")
	if folder == "" {
		t.Skip("REPORT_SCHEMAS names no folder: see .ci/reports")
	}
	return folder
}

func TestSARIFFitsTheSchemaOfOASIS(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(schemas(t), "sarif.json"))
	is.New(t).NoErr(err)
	schema := compileSchema(t, string(text))
	checkAs(t, "sarif", func(t *testing.T, report []byte, _, _ int) {
		is := is.New(t)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
		is.NoErr(err)
		is.NoErr(schema.Validate(value))
	})
}

// JUnit itself has no schema.
func TestJUnitReportFitsTheSchemaOfJenkins(t *testing.T) {
	schema := filepath.Join(schemas(t), "junit.xsd")
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("there is no xmllint here")
	}
	checkAs(t, "junit", func(t *testing.T, report []byte, _, _ int) {
		lint := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", schema, "-")
		lint.Stdin = bytes.NewReader(report)
		if said, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, said, report)
		}
	})
}

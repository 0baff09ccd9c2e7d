package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"odoosync/tomledit"
)

// The formats that the program asks for by name.
const (
	formatText = "text"
	formatJSON = "json"
)

// formats are the ways in which check writes what it found.
var formats = []struct {
	name  string
	write func(*program, []checked)
}{
	{formatText, writeText},
	{formatJSON, inFormat(writeReports)},
	{"github", inFormat(writeGitHub)},
	{"gitlab", inFormat(writeGitLab)},
	{"sarif", inFormat(writeSARIF)},
	{"junit", inFormat(writeJUnit)},
}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// inFormat is a format for programs, on standard output; people are told on
// standard error.
func inFormat(write func(*program, []checked)) func(*program, []checked) {
	return func(p *program, all []checked) {
		write(p, all)
		for _, m := range all {
			p.tell(m, len(all) > 1)
		}
	}
}

// The rules that findings are reported under, beside the kinds of failure.
const (
	ruleMap      = "map"
	ruleSpelling = "spelling"
)

// finding is one thing that is wrong with a map.
type finding struct {
	file    string // with slashes, relative where it is below the working folder
	rule    string // ruleSpelling, or the kind of the failure
	warning bool
	message string          // harmless to a terminal
	place   *tomledit.Error // nil for the whole file
}

// findings are everything that is wrong with a map, mistakes first.
func (m checked) findings() []finding {
	var all []finding
	file := filepath.ToSlash(fromHere(m.path))
	at := func(rule string, place *tomledit.Error) finding {
		message := place.Message
		if place.Key != "" {
			message = place.Key + ": " + message
		}
		return finding{file: file, rule: rule, message: printable(withHint(message, place.Hint)), place: place}
	}
	if f := m.failure; f != nil {
		for _, mistake := range f.Mistakes {
			all = append(all, at(ruleMap, mistake))
		}
		if len(f.Mistakes) == 0 {
			all = append(all, finding{file: file, rule: f.Kind, message: printable(withHint(f.Message, f.Hint))})
		}
	}
	for _, w := range m.warnings {
		warning := at(ruleSpelling, w)
		warning.warning = true
		all = append(all, warning)
	}
	return all
}

// fromHere is a path as platforms know it, which is relative to the repository,
// where jobs run. What is not below the working folder stays where it is.
func fromHere(path string) string {
	if here, err := os.Getwd(); err == nil {
		whole, _ := filepath.Abs(path) // fails only where Getwd does
		if relative, err := filepath.Rel(here, whole); err == nil && filepath.IsLocal(relative) {
			return relative
		}
	}
	return filepath.Clean(path)
}

func withHint(message, hint string) string {
	if hint == "" {
		return message
	}
	return message + "\nhint: " + hint
}

// writeReports leaves to run what it prints when a command ends: one report, or
// with several maps one that holds one for each.
func writeReports(p *program, all []checked) {
	for _, m := range all {
		r := p.report
		if len(all) > 1 {
			r = newReport(p.report.Command)
			r.Map, r.DryRun = m.path, true
			p.report.Maps = append(p.report.Maps, r)
		}
		r.fillCheck(m)
		if m.failure != nil {
			r.Error = errorOf(*m.failure)
		}
	}
}

// writeGitHub writes GitHub's workflow commands, which show as annotations on
// the lines of a pull request.
func writeGitHub(p *program, all []checked) {
	for _, m := range all {
		for _, f := range m.findings() {
			level, place := "error", ""
			if f.warning {
				level = "warning"
			}
			if at := f.place; at != nil {
				place = fmt.Sprintf(",line=%d,col=%d,endColumn=%d", at.Pos.Line, at.Pos.Column, at.EndColumn())
			}
			p.printf("::%s file=%s%s,title=odoosync::%s\n", level, gitHubProperty(printable(f.file)), place, gitHubText(f.message))
		}
		if m.plan != nil {
			p.printf("%s: %s\n", oneLine(m.path), outlook(m.plan))
		}
	}
}

// gitHubText escapes the message of a workflow command.
func gitHubText(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// gitHubProperty escapes the value of a property of a workflow command.
func gitHubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(gitHubText(s))
}

// writeGitLab writes a report of GitLab's Code Quality.
func writeGitLab(p *program, all []checked) {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	issues := []issue{}
	seen := make(map[string]int)
	for _, m := range all {
		for _, f := range m.findings() {
			// The fingerprint stays when lines above come or go, and tells equal
			// findings apart.
			what := f.file + "\x00" + f.rule + "\x00" + f.message
			seen[what]++
			sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, seen[what]))
			i := issue{
				Description: f.message, CheckName: "odoosync-" + f.rule, Fingerprint: hex.EncodeToString(sum[:]), Severity: "major",
				Location: location{Path: f.file, Lines: lines{Begin: 1}},
			}
			if f.warning {
				i.Severity = "minor"
			}
			if f.place != nil {
				i.Location.Lines.Begin = f.place.Pos.Line
			}
			issues = append(issues, i)
		}
	}
	writeJSON(p.out, issues)
}

// The parts of SARIF 2.1.0 that are used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Full  sarifText `json:"fullDescription"` // GitHub requires it, and the help
		Help  sarifText `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndColumn   int `json:"endColumn"`
	}
)

// writeSARIF writes a log of the Static Analysis Results Interchange Format.
func writeSARIF(p *program, all []checked) {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "odoosync", Version: build().Version, Rules: []sarifRule{
			{ruleMap, sarifText{"Mistake in a map"}, sarifText{"The map cannot be used as it is written: odoosync run refuses it."},
				sarifText{"Correct the line. The message says what was expected there."}},
			{ruleSpelling, sarifText{"Probably misspelt key"}, sarifText{"A key looks like one of odoosync's, but odoosync does not read it."},
				sarifText{"Spell the key as the message says, or choose a name that is less similar."}},
			{"file", sarifText{"Map cannot be read"}, sarifText{"The file of the map cannot be opened or read."},
				sarifText{"Check the path and the permissions of the file."}},
		}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, m := range all {
		for _, f := range m.findings() {
			place := sarifPhysical{Artifact: sarifArtifact{fileURI(f.file)}}
			if at := f.place; at != nil {
				place.Region = &sarifRegion{StartLine: at.Pos.Line, StartColumn: at.Pos.Column, EndColumn: at.EndColumn()}
			}
			level := "error"
			if f.warning {
				level = "warning"
			}
			run.Results = append(run.Results, sarifResult{RuleID: f.rule, Level: level, Message: sarifText{f.message}, Locations: []sarifLocation{{place}}})
		}
	}
	const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	writeJSON(p.out, sarifLog{Schema: schema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// fileURI is a path as a URI: a relative one stays relative.
func fileURI(path string) string {
	u := url.URL{Path: path}
	switch {
	case filepath.VolumeName(path) != "": // Windows: C:/maps/map.toml
		u.Scheme, u.Path = "file", "/"+path
	case strings.HasPrefix(path, "/"):
		u.Scheme = "file"
	}
	return u.String()
}

// The parts of JUnit's XML that are used.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suite junitSuite `xml:"testsuite"`
	}
	junitCounts struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Time     string `xml:"time,attr"` // in seconds
	}
	junitSuite struct {
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes JUnit's XML: a test case for each map, which fails with
// all its mistakes, and has its warnings as output.
func writeJUnit(p *program, all []checked) {
	seconds := fmt.Sprintf("%.3f", time.Since(p.began).Seconds())
	counts := junitCounts{Name: "odoosync check", Tests: len(all), Time: seconds}
	var cases []junitCase
	for _, m := range all {
		c := junitCase{Name: oneLine(m.path), Class: "odoosync.check", Time: "0"}
		var mistakes, warnings strings.Builder
		for _, f := range m.findings() {
			to := &mistakes
			if f.warning {
				to = &warnings
			}
			if f.place != nil {
				fmt.Fprintf(to, "%s:%d:%d: ", oneLine(f.file), f.place.Pos.Line, f.place.Pos.Column)
			}
			fmt.Fprintf(to, "%s\n", f.message)
		}
		c.Out = warnings.String()
		if f := m.failure; f != nil {
			counts.Failures++
			c.Failure = &junitFailure{Message: oneLine(f.Message), Type: f.Kind, Text: mistakes.String()}
		}
		cases = append(cases, c)
	}
	_, _ = io.WriteString(p.out, xml.Header) // the writer remembers its error until it is flushed
	enc := xml.NewEncoder(p.out)
	enc.Indent("", "  ")
	_ = enc.Encode(junitSuites{junitCounts: counts, Suite: junitSuite{counts, cases}}) // strings and numbers always can be
	p.printf("\n")
}

package main

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"odoosync/tomledit"
)

// The formats of check that the program asks for by name.
const (
	formatText = "text"
	formatJSON = "json"
)

// formats are the ways in which check writes what it found. Those that the
// program does not ask for are templates.
var formats = []string{formatText, formatJSON, "github", "gitlab", "sarif", "junit"}

// finding is one thing that is wrong with a map.
type finding struct {
	File        string          // with slashes, relative where it is below the working folder
	Level       string          // "error" or "warning"
	Rule        string          // of SARIF's table: "spelling", or the kind of the failure
	Message     string          // harmless to a terminal
	Fingerprint string          // stays when lines above come or go, and tells equal findings apart
	Place       *tomledit.Error // nil for the whole file
}

// writeFindings fills in the template of a format.
func (p *program) writeFindings(format string, all []checked) error {
	failures := 0
	alike := make(map[string]int)
	for i := range all {
		all[i].Findings = all[i].findings(alike)
		if all[i].Failure != nil {
			failures++
		}
	}
	seconds := fmt.Sprintf("%.3f", time.Since(p.began).Seconds())
	return p.print(format, map[string]any{"Maps": all, "Failures": failures, "Seconds": seconds})
}

// findings are everything that is wrong with a map, mistakes first. alike
// counts those with the same words.
func (m checked) findings(alike map[string]int) []finding {
	var all []finding
	file := filepath.ToSlash(fromHere(m.Path))
	add := func(level, rule, message, hint string, place *tomledit.Error) {
		if hint != "" {
			message += "\nhint: " + hint
		}
		message = printable(message)
		words := file + "\x00" + rule + "\x00" + message
		alike[words]++
		fingerprint := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", words, alike[words]))
		all = append(all, finding{file, level, rule, message, fmt.Sprintf("%x", fingerprint), place})
	}
	if f := m.Failure; f != nil {
		for _, mistake := range f.Mistakes {
			add("error", f.Kind, statement(mistake), mistake.Hint, mistake)
		}
		if len(f.Mistakes) == 0 {
			add("error", f.Kind, f.Message, f.Hint, nil)
		}
	}
	for _, w := range m.Warnings {
		add("warning", "spelling", statement(w), w.Hint, w)
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

func asXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

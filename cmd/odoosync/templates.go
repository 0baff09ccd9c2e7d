package main

import (
	"embed"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// fill makes a text of a template: help, the manual page, a completion script,
// a report or what a run did.
func fill(name string, s style, data any) (string, error) {
	styles := template.FuncMap{"bold": s.bold}
	t, err := template.New(name).Delims("<%", "%>").Funcs(functions).Funcs(styles).ParseFS(templates, "templates/"+name)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = t.Execute(&text, data)
	return text.String(), err
}

// print prints a template filled in.
func (p *program) print(name string, data any) error {
	text, err := fill(name, p.style, data)
	p.printf("%s", text)
	return err
}

// functions are what templates call.
var functions = template.FuncMap{
	"join":    strings.Join,
	"split":   strings.Split,
	"replace": strings.ReplaceAll,
	"trim":    strings.TrimSpace,
	// What the program knows of itself.
	"build":     build,
	"variables": variablesOf,
	"exitCodes": exitCodesOf,
	"flags":     flagTexts,
	"hasFlag":   hasFlag,
	// Texts in other languages.
	"markdown":  markdown,
	"sentence":  func(s string) string { return strings.ToUpper(s[:1]) + s[1:] },
	"bare":      func(flag string) string { return strings.TrimLeft(flag, "-") },
	"outlook":   outlook,
	"count":     count,
	"kinds":     kinds,
	"fate":      fate,
	"tagFates":  tagFates,
	"took":      took,
	"printable": printable,
	"oneLine":   oneLine,
	"json":      asJSON,
	"xml":       asXML,
	"uri":       fileURI,
	// The message of a workflow command of GitHub, and a property of one.
	"data":     strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace,
	"property": strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace,
	// Single quotes of the shells, and of PowerShell.
	"quote":  func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
	"double": func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
	// A description in an option specification of zsh, within single quotes.
	"described": func(s string) string {
		return "[" + strings.NewReplacer("[", `\[`, "]", `\]`, "'", `'\''`).Replace(s) + "]"
	},
}

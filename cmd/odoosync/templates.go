package main

import (
	"embed"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// render prints a template filled in: a completion script or a report.
func (p *program) render(name string, data any) error {
	t, err := template.New(name).Delims("<%", "%>").Funcs(functions).ParseFS(templates, "templates/"+name)
	if err != nil {
		return err
	}
	var text strings.Builder // an error of p.out is run's to tell
	err = t.Execute(&text, data)
	p.printf("%s", &text)
	return err
}

// functions are what templates call, most of them to put texts into a language.
var functions = template.FuncMap{
	"join":      strings.Join,
	"bare":      func(flag string) string { return strings.TrimLeft(flag, "-") },
	"outlook":   outlook,
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

package main

import (
	_ "embed"

	"github.com/urfave/cli/v2"
)

// The JSON Schema of a map, for editors.
//
//go:embed map.schema.json
var mapSchema []byte

// A map to start from.
//
//go:embed example.toml
var exampleMap []byte

// prints is a command that prints a text.
func (p *program) prints(text []byte) cli.ActionFunc {
	return func(*cli.Context) error {
		p.printf("%s", text)
		return nil
	}
}

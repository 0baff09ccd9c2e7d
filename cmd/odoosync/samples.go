package main

import (
	_ "embed"

	"github.com/urfave/cli/v2"
)

//go:embed map.schema.json
var mapSchema []byte

//go:embed example.toml
var exampleMap []byte

// schema prints the JSON Schema of a map, for editors.
func (p *program) schema(c *cli.Context) error { return p.printFile(c, mapSchema) }

// example prints a map to start from.
func (p *program) example(c *cli.Context) error { return p.printFile(c, exampleMap) }

func (p *program) printFile(c *cli.Context, text []byte) error {
	if err := noArguments(c); err != nil {
		return err
	}
	_, _ = p.out.Write(text) // the writer remembers its error until it is flushed
	return nil
}

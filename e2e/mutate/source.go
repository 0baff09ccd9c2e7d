package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is the source of one package.
type source struct {
	path     string // its import path
	texts    map[string][]byte
	files    map[string]*ast.File
	fset     *token.FileSet
	compiled types.Importer // of what it imports
}

// mutant is a change of one file: text takes the place of the bytes from..to, and
// tail is added at the end.
type mutant struct {
	file     string
	from, to int
	text     string
	tail     string
	position token.Position
	what     string
}

func (m mutant) compare(n mutant) int {
	return cmp.Or(strings.Compare(m.file, n.file), cmp.Compare(m.from, n.from), strings.Compare(m.text, n.text))
}

// apply returns the changed text of the file.
func (m mutant) apply(text []byte) []byte {
	return bytes.Join([][]byte{text[:m.from], []byte(m.text), text[m.to:], []byte(m.tail)}, nil)
}

// load reads the packages that the patterns name, and what they import as it
// was compiled.
func load(ctx context.Context, patterns []string) ([]*source, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	args := append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,GoFiles,Export,DepOnly"}, patterns...)
	list := exec.CommandContext(ctx, "go", args...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := make(map[string]string)
	fset := token.NewFileSet()
	compiled := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var all []*source
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
			DepOnly                 bool
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if p.DepOnly {
			continue
		}
		s := &source{path: p.ImportPath, texts: make(map[string][]byte), files: make(map[string]*ast.File), fset: fset, compiled: compiled}
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			if s.texts[file], err = os.ReadFile(file); err != nil {
				return nil, err
			}
			shown, err := filepath.Rel(here, file)
			if err != nil {
				return nil, err
			}
			if s.files[file], err = parser.ParseFile(fset, shown, s.texts[file], parser.SkipObjectResolution); err != nil {
				return nil, err
			}
		}
		all = append(all, s)
	}
}

// mutants are all mutants of the package that compile, in the order of the
// source.
func (s *source) mutants() ([]mutant, error) {
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object)}
	if err := s.check("", nil, info); err != nil {
		return nil, err
	}
	var all []mutant
	for _, file := range slices.Sorted(maps.Keys(s.files)) { // so that a seed draws the same ones each time
		for _, m := range changes(s.fset, info, s.files[file], s.texts[file]) {
			m.file = file
			changed, err := parser.ParseFile(s.fset, file, m.apply(s.texts[file]), parser.SkipObjectResolution)
			if err == nil && s.check(file, changed, nil) == nil {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// check checks the types of the package, with one of its files changed, and
// puts them into info.
func (s *source) check(file string, changed *ast.File, info *types.Info) error {
	var trees []*ast.File
	for name, tree := range s.files {
		if name == file {
			tree = changed
		}
		trees = append(trees, tree)
	}
	_, err := (&types.Config{Importer: s.compiled}).Check(s.path, s.fset, trees, info)
	return err
}

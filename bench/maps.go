//go:build linux

package main

import (
	"io"
	"os"
	"path/filepath"

	"odoosync/bench/genmap/layout"
)

// writeMap writes a map into the run's folder.
func (b *bench) writeMap(name string, spec layout.Spec) (path string, made layout.Map, err error) {
	path = filepath.Join(b.dir, name)
	file, err := os.Create(path)
	if err != nil {
		return "", made, err
	}
	made, err = layout.Write(file, spec)
	if err != nil {
		return "", made, err
	}
	return path, made, file.Close()
}

// copyFile writes the bytes of a file to another path, and to the disk: what is
// measured next shall not wait for them.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return out.Close()
}

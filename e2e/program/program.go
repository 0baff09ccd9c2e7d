// Package program builds odoosync for the tests that run it as its users do.
//
// # Use
//
//	path, err := program.Build("../..", t.TempDir())
//
// # Guarantees
//
// Go's test cache sees what was built. A test that only starts a program is
// reported as "ok (cached)" although the program has changed, because the cache
// knows the packages that the test imports and the files that it opens. So Build
// opens what the program is made of (TestTheCacheSeesTheProgram).
//
// # Limitations
//
// The cache hears only of files that are opened while a test runs, so Build is
// of no use to it in TestMain or in the initialization of a package.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Build builds the program into folder and returns its path. The module's root
// is given as seen from the test.
func Build(root, folder string) (string, error) {
	if err := Show(root); err != nil {
		return "", err
	}
	path, err := filepath.Abs(filepath.Join(folder, "odoosync"))
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, "./cmd/odoosync")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building odoosync: %w\n%s", err, out)
	}
	return path, nil
}

// Show lets the cache see what the program is made of, for a test that builds
// it in another way. A folder that was read is seen with the sizes and times of
// all its files.
func Show(root string) error {
	list := exec.Command("go", "list", "-deps", "-f",
		`{{with .Module}}{{if .Main}}{{$.Dir}}{{range $.EmbedFiles}}{{"\n"}}{{$.Dir}}/{{.}}{{end}}{{end}}{{end}}`, "./cmd/odoosync")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing the packages of odoosync: %w", err)
	}
	seen := append(strings.Split(strings.TrimSpace(string(out)), "\n"), filepath.Join(root, "go.mod"), filepath.Join(root, "go.sum"))
	for _, path := range seen {
		file, err := os.Open(filepath.FromSlash(path))
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"odoosync/odoorpc/odoosim"
	"odoosync/tomledit"
)

// workerCommand is the argument with which this program is started as a
// contender: what is measured needs a process of its own.
const workerCommand = "worker"

func work(name string, args []string) error {
	switch name {
	case "sim":
		return serveSim()
	case "workers":
		return serveSim(odoosim.WithWorkers(8, 50*time.Millisecond, 0))
	case "row-workers":
		return serveSim(odoosim.WithWorkers(8, 50*time.Millisecond, 2*time.Millisecond))
	}
	if len(args) != 1 {
		return errors.New("a worker takes one argument")
	}
	switch name {
	case "edit":
		return repeat(args[0], newEdit())
	case "walk":
		return repeat(args[0], walk)
	case "rewrite":
		return repeat(args[0], func([]byte) (string, error) { return "", rewrite(args[0]) })
	case "rewrite-once":
		return rewrite(args[0])
	case "bare":
		return runBare(args[0])
	}
	return fmt.Errorf("there is no worker %q", name)
}

// turnTime is how long a turn is at least: small work is repeated, because a
// busy machine disturbs a short one most.
const turnTime = 100 * time.Millisecond

// repeat does some work on a file for each line of standard input: once to warm
// up memory, which the system may have taken back while others had their turn,
// and then against the clock. It answers with the nanoseconds that the work
// took on average and what it did.
func repeat(path string, do func(src []byte) (string, error)) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if _, err := do(src); err != nil {
			return err
		}
		var did string
		n := int64(0)
		started := time.Now()
		for ; time.Since(started) < turnTime; n++ {
			if did, err = do(src); err != nil {
				return err
			}
		}
		fmt.Println(time.Since(started).Nanoseconds()/n, did)
	}
	return nil
}

// newEdit edits with tomledit. The bytes go to the same memory each time, as
// they would go to a file.
func newEdit() func(src []byte) (string, error) {
	var out bytes.Buffer
	return func(src []byte) (string, error) {
		doc, err := tomledit.Parse("map.toml", src, mapPaths())
		if err != nil {
			return "", err
		}
		const first = 40_000
		last := int64(first)
		patch := doc.NewPatch()
		for feature := range doc.Get("features").Values() {
			if err := setPending(patch, feature, &last); err != nil {
				return "", err
			}
			for story := range feature.Get("user_stories").Values() {
				if err := setPending(patch, story, &last); err != nil {
					return "", err
				}
			}
		}
		out.Reset()
		if _, err := patch.WriteTo(&out); err != nil {
			return "", err
		}
		return fmt.Sprint(last-first, out.Len()), nil
	}
}

func setPending(patch *tomledit.Patch, item tomledit.Value, last *int64) error {
	id := item.Get("task_id")
	if n, ok := id.Int(); !ok || n != 0 {
		return nil
	}
	*last++
	return patch.SetInteger(id, *last)
}

// mapPaths is what odoosync reads of a map.
func mapPaths() tomledit.Option {
	feature := []string{"features", tomledit.Any}
	story := []string{"features", tomledit.Any, "user_stories", tomledit.Any}
	var paths [][]string
	for _, item := range [][]string{feature, story} {
		for _, key := range []string{"name", "task_id", "description", "tags", "_deprecated"} {
			paths = append(paths, append(slices.Clip(item), key))
		}
		paths = append(paths, append(slices.Clip(item), "tags", tomledit.Any))
	}
	return tomledit.Keep(paths...)
}

// walk is the parser alone.
func walk(src []byte) (string, error) {
	var p unstable.Parser
	p.Reset(src)
	for p.NextExpression() {
		_ = p.Expression()
	}
	return "", p.Error()
}

// rewrite is what every editor of files has to do.
func rewrite(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "rewrite-")
	if err != nil {
		return err
	}
	_, err = file.Write(src)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// suite is the tests that look at mutants.
type suite struct {
	options
	packages []string       // whose tests look, one after the other, until one notices
	blocks   map[block]bool // whether a test reaches it
}

// block is a piece of source between two places, each a line and a column.
type block struct {
	file     string
	from, to [2]int
}

// rehearse runs the tests without a mutant, to learn which code they reach and
// how long they take.
func (s *suite) rehearse(ctx context.Context, p *source) error {
	folder, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	profile := filepath.Join(folder, "profile")
	s.blocks = make(map[block]bool)
	begin := time.Now()
	for _, tested := range s.packages {
		if out, err := s.command(ctx, tested, "-coverpkg="+p.path, "-coverprofile="+profile).CombinedOutput(); err != nil {
			return fmt.Errorf("the tests fail without a mutant: %w\n%s", err, out)
		}
		text, err := os.ReadFile(profile)
		if err != nil {
			return err
		}
		if err := s.readProfile(string(text)); err != nil {
			return err
		}
	}
	if s.limit == 0 {
		s.limit = (3*time.Since(begin) + 10*time.Second).Round(time.Second)
	}
	return nil
}

// readProfile takes from a profile what was reached. A line of it is
// PACKAGE/FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT, once for each test
// binary.
func (s *suite) readProfile(text string) error {
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		if name == "mode" {
			continue
		}
		b := block{file: filepath.Base(name)}
		var statements, count int
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.from[0], &b.from[1], &b.to[0], &b.to[1], &statements, &count); err != nil {
			return fmt.Errorf("the coverage profile has the line %q: %w", line, err)
		}
		s.blocks[b] = s.blocks[b] || count > 0
	}
	return nil
}

// reaches reports whether any test may notice the mutant: whether the innermost
// block around it is reached. What stands outside functions is in no block.
func (s *suite) reaches(m mutant) bool {
	reached, start := true, [2]int{}
	at := [2]int{m.position.Line, m.position.Column}
	for b, r := range s.blocks {
		if b.file == filepath.Base(m.file) && !before(at, b.from) && before(at, b.to) && !before(b.from, start) {
			reached, start = r, b.from
		}
	}
	return reached
}

func before(a, b [2]int) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }

// survey runs the tests on each mutant, prints those that they do not notice,
// and counts them.
func (s *suite) survey(ctx context.Context, mutants []mutant, out io.Writer) (noticed, unreached int, err error) {
	var mu sync.Mutex // for what is returned, and for the output
	var group sync.WaitGroup
	queue := make(chan mutant)
	for range s.workers {
		group.Go(func() {
			for m := range queue {
				result, failure := s.look(ctx, m)
				mu.Lock()
				switch {
				case failure != nil:
					err = errors.Join(err, failure)
				case result == wasNoticed:
					noticed++
				default:
					if result == notReached {
						unreached++
					}
					_, failure = fmt.Fprintf(out, "%s: %s (%s)\n", m.position, m.what, result)
					err = errors.Join(err, failure)
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		if ctx.Err() != nil {
			break
		}
		queue <- m
	}
	close(queue)
	group.Wait()
	return noticed, unreached, errors.Join(err, ctx.Err())
}

// What became of a mutant.
const (
	wasNoticed = "noticed"
	survived   = "survived"
	notReached = "not reached"
)

// look lets the tests look at a mutant, unless none reaches it.
func (s *suite) look(ctx context.Context, m mutant) (string, error) {
	if !s.reaches(m) {
		return notReached, nil
	}
	folder, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{m.file: changed}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(changed, m.apply(text), 0o600), os.WriteFile(overlay, list, 0o600)); err != nil {
		return "", err
	}
	for _, tested := range s.packages {
		cmd := s.command(ctx, tested, "-timeout="+s.limit.String())
		// Programs that the tests build take the overlay from here too.
		cmd.Env = append(os.Environ(), strings.TrimSpace("GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil || !errors.As(err, &exit):
			return "", err
		case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
			return "", fmt.Errorf("%s: %s: it does not compile: %s", m.position, m.what, out)
		}
		return wasNoticed, nil
	}
	return survived, nil
}

func (s *suite) command(ctx context.Context, tested string, flags ...string) *exec.Cmd {
	args := append([]string{"test", "-count=1", "-vet=off", "-failfast", "-run=" + s.run, "-skip=" + s.skip}, flags...)
	return exec.CommandContext(ctx, "go", append(args, tested)...)
}

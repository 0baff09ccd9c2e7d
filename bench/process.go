//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// usage is what one run of a program took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory at its largest
	output    string
	errors    string
}

// measure runs a program to its end. The memory of this process must stay
// small: Linux counts it as the child's until the child's own is larger.
func measure(ctx context.Context, env []string, name string, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(withoutOdoo(os.Environ()), env...)
	var printed, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &said
	started := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(started), output: printed.String(), errors: said.String()}
	if err != nil {
		return u, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, u.errors)
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	u.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
	return u, nil
}

// withoutOdoo leaves out settings of odoosync that happen to be in force.
func withoutOdoo(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "ODOO_") })
}

// loop is a program that does its work for each line that it is given, once to
// warm up and then for a while, and answers with the time that it took.
type loop struct {
	cmd   *exec.Cmd
	input io.WriteCloser
	lines *bufio.Scanner
}

func startLoop(ctx context.Context, name string, args ...string) (*loop, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &loop{cmd: cmd, input: input, lines: bufio.NewScanner(output)}, cmd.Start()
}

// turn lets the program do its work. It returns the time that this took and
// what else the program answers, such as how much it did.
func (l *loop) turn() (time.Duration, string, error) {
	if _, err := io.WriteString(l.input, "\n"); err != nil {
		return 0, "", err
	}
	if !l.lines.Scan() {
		return 0, "", fmt.Errorf("%s ended too soon", strings.Join(l.cmd.Args, " "))
	}
	took, did, _ := strings.Cut(l.lines.Text(), " ")
	d, err := time.ParseDuration(took + "ns")
	return d, did, err
}

// stop ends the program and returns the memory it had at its largest.
func (l *loop) stop() (int64, error) {
	_ = l.input.Close()
	if err := l.cmd.Wait(); err != nil {
		return 0, err
	}
	return l.cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024, nil
}

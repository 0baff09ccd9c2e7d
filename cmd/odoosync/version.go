package main

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// What a release build sets with -ldflags "-X main.version=...". Where they are
// empty, what the Go toolchain wrote into the binary is taken.
var (
	version string
	commit  string
	date    string // RFC 3339
)

// buildInfo says which program this is.
type buildInfo struct {
	Version, Commit, Date, Go, System string
}

func build() buildInfo {
	b := buildInfo{version, commit, date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version = cmp.Or(b.Version, info.Main.Version)
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = cmp.Or(b.Commit, s.Value)
			case "vcs.time":
				b.Date = cmp.Or(b.Date, s.Value)
			}
		}
	}
	b.Version = cmp.Or(b.Version, "(devel)")
	return b
}

func (p *program) version(*cli.Context) error { return p.print("version", build()) }

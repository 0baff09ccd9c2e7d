package main

import (
	"context"
	"os"
	"runtime/debug"
)

func main() {
	// A large map is most of the heap and lives as long as the run: Go's usual
	// growth by 100 percent between collections would need the memory of two.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
	ctx, stop := untilInterrupted(context.Background())
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

package main

import (
	"context"
	"os"
)

func main() {
	limitMemory()
	ctx, stop := untilInterrupted(context.Background())
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

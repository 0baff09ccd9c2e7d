package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
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

// untilInterrupted returns a context that the first SIGINT, SIGTERM or SIGHUP
// cancels; the second ends the process at once with exit code 130. A signal
// that was ignored when the process began (nohup, a background job) stays so.
// A reader that closes its end of a pipe is no reason to die between a create
// and its save: such writes only fail. stop ends the watch.
func untilInterrupted(parent context.Context) (ctx context.Context, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancel(parent)
	caught := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(caught, s)
		}
	}
	go func() {
		select {
		case <-caught:
			cancel()
		case <-ctx.Done():
			return
		}
		<-caught
		os.Exit(exitInterrupted)
	}()
	return ctx, func() {
		signal.Stop(caught)
		cancel()
	}
}

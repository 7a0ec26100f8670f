// Skidkassa is the terminal program at a till: the cashier scans a customer's
// Skidkabot QR, sees name and balance, and accrues or redeems points.
//
// This package reads the command line, opens everything in order, runs it and
// closes it in reverse order. [program] is one run of it and can be made by a
// test; main adds the process around it.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/killpoint"
	"github.com/skidkassa/skidkassa/internal/noquery"
)

func main() {
	noquery.Restore() // before anything looks at the terminal
	// The signals stay caught until the end: a second Ctrl-C must not tear off
	// an operation that the first one is waiting for.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	p := program{
		stdin:   os.Stdin,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		environ: os.Environ(),
		goos:    runtime.GOOS,
		now:     killpoint.Now,
		keyring: func(interactive bool) config.Backend { return config.NewKeyring(interactive) },
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	if code != exitDone {
		p.keepWindow()
	}
	os.Exit(int(code))
}

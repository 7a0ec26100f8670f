package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

// errNoDoor refuses to serve when there is nothing to serve at.
var errNoDoor = errors.New("the waiter's door is off")

func serveCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:     "serve",
		Short:   helpServe,
		Long:    helpServeLong,
		Example: exampleServe,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return underServiceManager(command.Context(), func(ctx context.Context) error {
				return p.serve(ctx, f, asJSON)
			})
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

// readiness is what `serve --json` prints when waiters are served.
type readiness struct {
	Ready bool   `json:"ready"`
	URL   string `json:"url"`
}

// serve runs the till of this machine's settings without a screen until ctx is
// done: the waiter's door, and whatever earlier runs left to be settled.
func (p *program) serve(ctx context.Context, f *flags, asJSON bool) error {
	found, err := p.loadShop(f)
	if err != nil {
		return err
	}
	if found.loaded.Settings.Waiter.Listen == "" {
		return errNoDoor
	}
	t, err := openTill(ctx, p.tillOptions(found, f))
	if err != nil {
		return err
	}
	if t.balanceOnly() {
		return errors.Join(t.damage, t.closeFiles())
	}
	t.logRecovery()
	t.begin(ctx)
	defer context.AfterFunc(ctx, func() { p.tellManager(t, "STOPPING=1") })()
	err = t.serveWaiters(ctx, func(_ context.Context, address string) error {
		p.tellManager(t, "READY=1")
		return p.sayReady("http://"+address, asJSON)
	})
	return errors.Join(err, t.close(flightLimit))
}

// sayReady prints the one line of a till without a screen.
func (p *program) sayReady(url string, asJSON bool) error {
	if asJSON {
		return p.printJSON(readiness{Ready: true, URL: url})
	}
	return p.print(sayReady, url)
}

// tellManager tells systemd of a new state, if it started the program.
func (p *program) tellManager(t *till, state string) {
	if err := notifyManager(p.getenv("NOTIFY_SOCKET"), state); err != nil {
		t.log.Warn("the service manager could not be told", "state", state, "err", err)
	}
}

// logRecovery leaves to the log what a screen would show: nobody is here to
// decide, and what the program settles by itself it settles in the background.
func (t *till) logRecovery() {
	if r := t.recovery; !r.Empty() {
		t.log.Warn("operations were left open", "unknown", len(r.Unknown), "voided", len(r.Voided), "resumed", len(r.Resumed),
			"offered", len(r.Offered), "review", len(r.Review), "queued", len(r.Queued))
	}
}

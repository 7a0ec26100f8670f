package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

// errNoDoor refuses to serve when there is nobody to be served.
var errNoDoor = errors.New("the waiter's and the paying guest's door are off")

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

// readiness is what `serve --json` prints when the till is ready.
type readiness struct {
	Ready bool   `json:"ready"`
	URL   string `json:"url"` // where waiters are served; empty: their door is off
}

// serve runs the till of this machine's settings without a screen until ctx is
// done: the waiter's and the paying guest's door, and whatever earlier runs left
// to be settled.
func (p *program) serve(ctx context.Context, f *flags, asJSON bool) error {
	found, err := p.loadShop(f)
	if err != nil {
		return err
	}
	settings := found.loaded.Settings
	if settings.Waiter.Listen == "" && settings.Expirenza.URL == "" {
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
	if t.hasPaying() {
		t.keep(ctx, t.keepPaying)
	}
	ready := func(url string) error {
		p.tellManager(t, "READY=1")
		return p.sayReady(url, asJSON)
	}
	if t.hasDoor() {
		err = t.serveWaiters(ctx, func(_ context.Context, address string) error { return ready("http://" + address) })
	} else if err = ready(""); err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, t.close(flightLimit))
}

// sayReady prints the one line of a till without a screen.
func (p *program) sayReady(url string, asJSON bool) error {
	if asJSON {
		return p.printJSON(readiness{Ready: true, URL: url})
	}
	return p.print("%s\n", strings.TrimSpace(say(sayReady, url)))
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

package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// errNoDoor refuses to serve when there is nobody to be served.
var errNoDoor = errors.New("the waiter's and the paying guest's door are off")

func serveCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:     "serve",
		Short:   string(texts.CLIHelpServe),
		Long:    string(texts.CLILongServe),
		Example: exampleServe,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return underServiceManager(command.Context(), unattended{
				run:    func(ctx context.Context) error { return p.serve(ctx, f, asJSON) },
				begun:  func() { p.stdout, p.stderr = io.Discard, io.Discard },
				failed: func(err error) { p.logEnd(f, err) },
			})
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

// unattended is a till that a service manager may have started. Windows' own one
// gives it neither streams nor a console: every write to them fails.
type unattended struct {
	run    func(context.Context) error
	begun  func()      // it is under such a manager
	failed func(error) // why it ended there
}

// logEnd leaves in the log what nobody reads on stderr. What even the log cannot
// take, only the exit code tells.
func (p *program) logEnd(f *flags, err error) {
	found, dirErr := p.findDataDir(f)
	if dirErr != nil || makeDataDir(found.dataDir) != nil {
		return
	}
	log, file, logErr := config.NewLogger(filepath.Join(found.dataDir, logName), f.logLevel.Level)
	if logErr != nil {
		return
	}
	log.Error("the till without a screen ended", "err", err)
	_ = file.Close()
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

// readyWord begins the line that a till without a screen prints: scripts wait for
// it, so it has no language.
const readyWord = "ready"

// sayReady prints the one line of a till without a screen.
func (p *program) sayReady(url string, asJSON bool) error {
	if asJSON {
		return p.printJSON(readiness{Ready: true, URL: url})
	}
	return p.print("%s\n", strings.TrimSpace(readyWord+" "+url))
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

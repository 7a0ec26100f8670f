package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/demo"
	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/terminal"
)

// tillCommand is the program without a command: the till.
func tillCommand(p *program, f *flags) *cobra.Command {
	var newJournal bool
	command := &cobra.Command{
		Use:   "skidkassa",
		Short: helpRoot,
		Long:  helpRootLong,
		Args:  knownCommand,
		RunE: func(command *cobra.Command, _ []string) error {
			return p.till(command.Context(), f, newJournal)
		},
	}
	command.Flags().BoolVar(&newJournal, "new-journal", false, flagNewJournal)
	return command
}

// till runs the till of this machine's settings.
func (p *program) till(ctx context.Context, f *flags, newJournal bool) error {
	found, err := p.loadShop(f)
	if err != nil {
		return err
	}
	in, out, err := p.terminals()
	if err != nil {
		return err
	}
	if newJournal {
		if err := p.askAdmin(ctx, found.dataDir); err != nil {
			return err
		}
	}
	options := p.tillOptions(found, f)
	options.newJournal = newJournal
	return p.showTill(ctx, in, out, nil, options)
}

// tillOptions are those of this machine's till.
func (p *program) tillOptions(found place, f *flags) tillOptions {
	keyring := p.keyring(false) // one for all tries: it counts the calls that hang
	secrets := func() (*config.Secrets, error) { return p.openSecrets(found.dataDir, keyring) }
	return tillOptions{
		settings: found.loaded.Settings,
		dataDir:  found.dataDir,
		journal:  found.journal,
		logLevel: f.logLevel.Level,
		now:      p.now,
		words:    texts.New(texts.Lang(found.loaded.Settings.Language)),
		service: func(ctx context.Context) (loyalty.Service, error) {
			return p.newClient(ctx, found, keyring)
		},
		feedToken:    func(ctx context.Context) (string, error) { return feedToken(ctx, secrets) },
		expirenzaKey: func(ctx context.Context) (string, error) { return expirenzaKey(ctx, secrets) },
		secrets:      secrets,
	}
}

func demoCommand(p *program, f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: helpDemo,
		Long:  helpDemoLong,
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			if f.configFile != "" || f.dataDir != "" || len(f.set) > 0 {
				return usage(sayDemoSettings)
			}
			return p.demo(command.Context(), f)
		},
	}
}

// demo runs a till in the demo's shop. This machine's settings, journal and
// keyring are not looked at.
func (p *program) demo(ctx context.Context, f *flags) (err error) {
	in, out, err := p.terminals()
	if err != nil {
		return err
	}
	shop, err := demo.Open(p.now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.Close()) }()
	settings := shop.Settings()
	return p.showTill(ctx, in, out, shop.Scans(), tillOptions{
		settings: settings,
		dataDir:  shop.DataDir(),
		journal:  settings.Journal.Path,
		logLevel: f.logLevel.Level,
		now:      p.now,
		words:    texts.New(texts.Lang(settings.Language)),
		service:  shop.Service,

		feedToken:    func(context.Context) (string, error) { return shop.FeedToken(), nil },
		expirenzaKey: func(context.Context) (string, error) { return shop.ExpirenzaKey(), nil },
		doorOpened:   shop.Fill,
		begun:        shop.Seat,
	})
}

// showTill opens a till, shows it until the cashier quits or ctx is done, and
// closes it.
func (p *program) showTill(ctx context.Context, in, out *os.File, ready []tui.ReadyScan, options tillOptions) error {
	go options.words.Say(texts.IdlePrompt) // the catalog is read while the journal is being opened
	t, err := openTill(ctx, options)
	if err != nil {
		return err
	}
	if t.aside != "" {
		// It stands in the terminal again when the screen has gone.
		_, _ = fmt.Fprintf(p.stderr, sayAside, t.aside)
	}
	if t.balanceOnly() {
		sentence, _ := explain(t.damage)
		_, _ = fmt.Fprintln(p.stderr, "skidkassa: "+sentence)
	}
	t.begin(ctx)
	t.beginDoors(ctx)
	screenErr := tui.Run(ctx, p.screen(t, in, out, ready))
	if errors.Is(screenErr, syscall.EIO) {
		// Somebody closed the window: that is the end of the till as much as the
		// SIGHUP, which may come a moment later.
		t.log.Info("the terminal is gone", "err", screenErr)
		screenErr = nil
	}
	return errors.Join(screenErr, t.close(flightLimit))
}

// screen is what the till shows itself with.
func (p *program) screen(t *till, in, out *os.File, ready []tui.ReadyScan) tui.Options {
	settings := t.options.settings
	words := t.options.words
	options := tui.Options{
		Desk:  t.desk,
		Hub:   t.hub,
		Texts: words,
		Recent: func(ctx context.Context, n int) ([]loyalty.Operation, error) {
			return t.store.List(ctx, loyalty.Filter{Limit: n})
		},
		BalanceOnly: t.balanceOnly(),
		ShopName:    settings.Shop.Name,
		Register:    int(settings.Shop.Register),
		Currency:    settings.Shop.Currency,
		Version:     thisBuild().Version,
		Scanner:     scanner.Options{Gap: settings.Scanner.Gap, OpensPayload: layout.OpensPayload},
		Recovery:    t.recovery,
		Ready:       ready,
		Notices:     startNotices(t, words),
		Theme:       look.ThemeFromEnv(p.getenv, p.goos == "windows"),
		Input:       terminal.NewReader(in),
		Output:      out,
		Now:         p.now,
	}
	if t.options.secrets != nil {
		options.PIN = &adminPIN{open: t.options.secrets}
	}
	if !t.balanceOnly() {
		options.Journal, options.Orders = t.store, t.book
		options.Till, options.Records, options.Printer = t.book, t.orders, t.paper != nil
		options.Translate = translate
		options.WaiterAddress = settings.Waiter.Listen
	}
	return options
}

// startNotices are what the cashier is told when the screen opens.
func startNotices(t *till, words *texts.Texts) []string {
	if t.aside == "" {
		return nil
	}
	return []string{words.Say(texts.NoticeJournalAside, texts.Args{"Path": t.aside})}
}

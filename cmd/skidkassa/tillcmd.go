package main

import (
	"context"
	"errors"
	"os"
	"slices"
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
	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/tui/terminal"
)

// tillCommand is the program without a command: the till.
func tillCommand(p *program, f *flags) *cobra.Command {
	var newJournal bool
	command := &cobra.Command{
		Use:   "skidkassa",
		Short: string(texts.CLIHelpRoot),
		Long:  string(texts.CLILongRoot),
		Args:  knownCommand,
		RunE: func(command *cobra.Command, _ []string) error {
			return p.till(command.Context(), f, newJournal)
		},
	}
	command.Flags().BoolVar(&newJournal, "new-journal", false, string(texts.CLIFlagNewJournal))
	return command
}

// till runs the till of this machine's settings.
func (p *program) till(ctx context.Context, f *flags, newJournal bool) error {
	found, err := p.loadShop(f)
	var unset *notSetUpError
	if errors.As(err, &unset) {
		found, err = p.firstRun(ctx, f, err)
	}
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
	words := texts.New(texts.Lang(found.loaded.Settings.Language))
	go words.Warm() // while the journal is being opened
	return tillOptions{
		settings: found.loaded.Settings,
		dataDir:  found.dataDir,
		journal:  found.journal,
		logLevel: f.logLevel.Level,
		now:      p.now,
		words:    words,
		service: func(ctx context.Context) (loyalty.Service, error) {
			return p.newClient(ctx, found, keyring)
		},
		feedToken:    func(ctx context.Context) (string, error) { return feedToken(ctx, secrets) },
		expirenzaKey: func(ctx context.Context) (string, error) { return expirenzaKey(ctx, secrets) },
		secrets:      secrets,
		setup:        p.tillSetup(found, words, keyring),
	}
}

// tillSetup changes this machine's settings and secrets. What looks for secrets
// asks nobody; what keeps one may.
func (p *program) tillSetup(found place, words *texts.Texts, quiet config.Backend) setup.Backend {
	if found.loaded.File == "" {
		return nil
	}
	asking := p.keyring(true)
	return p.newSetupBackend(found, words, func(interactive bool) (*config.Secrets, error) {
		if interactive {
			return p.openSecrets(found.dataDir, asking)
		}
		return p.openSecrets(found.dataDir, quiet)
	})
}

func demoCommand(p *program, f *flags) *cobra.Command {
	language := string(texts.Russian)
	command := &cobra.Command{
		Use:     "demo",
		Short:   string(texts.CLIHelpDemo),
		Long:    string(texts.CLILongDemo),
		Example: exampleDemo,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			if !slices.Contains(languages(), language) {
				return wantOneOf("language", languages())
			}
			if f.configFile != "" || f.dataDir != "" || len(f.set) > 0 {
				return misuse(texts.CLIDemoSettings)
			}
			return p.demo(command.Context(), f, texts.Lang(language))
		},
	}
	command.Flags().StringVar(&language, "language", language, string(texts.CLIFlagLanguage))
	completeWith(command, "language", languages())
	return command
}

// demo runs a till in the demo's shop. This machine's settings, journal and
// keyring are not looked at.
func (p *program) demo(ctx context.Context, f *flags, lang texts.Lang) (err error) {
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
	settings.Language = config.Language(lang)
	found, err := demoPlace(settings, shop.DataDir())
	if err != nil {
		return err
	}
	words := texts.New(lang)
	keyring := &memoryKeyring{kept: shop.Secrets()}
	secrets := func() (*config.Secrets, error) {
		return config.OpenSecrets(config.SecretOptions{Keyring: keyring, DataDir: shop.DataDir()})
	}
	return p.showTill(ctx, in, out, shop.Scans(), tillOptions{
		settings: settings,
		dataDir:  shop.DataDir(),
		journal:  settings.Journal.Path,
		logLevel: f.logLevel.Level,
		now:      p.now,
		words:    words,
		service:  shop.Service,

		feedToken:    func(context.Context) (string, error) { return shop.FeedToken(), nil },
		expirenzaKey: func(context.Context) (string, error) { return shop.ExpirenzaKey(), nil },
		secrets:      secrets,
		setup:        p.newSetupBackend(found, words, func(bool) (*config.Secrets, error) { return secrets() }),
		doorOpened:   shop.Fill,
		begun:        shop.Seat,
	})
}

// showTill opens a till, shows it until the cashier quits or ctx is done, and
// closes it.
func (p *program) showTill(ctx context.Context, in, out *os.File, ready []tui.ReadyScan, options tillOptions) error {
	go options.words.Say(texts.IdlePrompt) // the catalog is read while the journal is being opened
	var t *till
	screen := tui.Terminal{Input: terminal.NewReader(in), Output: out, Texts: options.words}
	screenErr := tui.Run(ctx, screen, func(opening context.Context) (shown tui.Options, err error) {
		if t, err = openTill(opening, options); err != nil {
			return tui.Options{}, err
		}
		t.begin(ctx)
		t.beginDoors(ctx)
		return p.screen(t, out, ready), nil
	})
	if t == nil {
		return screenErr
	}
	p.tellOpening(t)
	if errors.Is(screenErr, syscall.EIO) {
		// Somebody closed the window: that is the end of the till as much as the
		// SIGHUP, which may come a moment later.
		t.log.Info("the terminal is gone", "err", screenErr)
		screenErr = nil
	}
	return errors.Join(screenErr, t.close(flightLimit))
}

// tellOpening leaves in the terminal, when the screen has gone, what the
// administrator must know of the opening.
func (p *program) tellOpening(t *till) {
	if t.aside != "" {
		p.complain(p.say(texts.CLIAside, texts.Args{"Path": t.aside}))
	}
	if t.balanceOnly() {
		sentence, _ := p.words().explain(t.damage)
		p.complain(sentence)
	}
}

// screen is what the till shows itself with.
func (p *program) screen(t *till, out *os.File, ready []tui.ReadyScan) tui.Options {
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
		Setup:       t.options.setup,
		ShopName:    settings.Shop.Name,
		Register:    int(settings.Shop.Register),
		Currency:    settings.Shop.Currency,
		Version:     thisBuild().Version,
		Scanner:     scanner.Options{Gap: settings.Scanner.Gap, OpensPayload: layout.OpensPayload},
		Recovery:    t.recovery,
		Ready:       ready,
		Notices:     startNotices(t, words),
		Theme:       look.ThemeFromEnv(p.getenv, p.goos == "windows"),
		Output:      out,
		Now:         p.now,
		LockAfter:   settings.Till.Lock,
		Bell:        bells[settings.Till.Bell],
		Mouse:       settings.Till.Mouse == config.On,
	}
	t.addPeople(&options)
	if !t.balanceOnly() {
		options.Journal, options.Orders = t.store, t.book
		options.Till, options.Records, options.Printer = t.book, t.orders, t.paper != nil
		options.Translate = translate
		options.WaiterAddress = settings.Waiter.Listen
	}
	return options
}

// bells are the times of the bell as the screen knows them.
var bells = map[config.Bell]tui.Bell{config.BellErrors: tui.BellErrors, config.BellAll: tui.BellAll, config.BellOff: tui.BellOff}

// addPeople says who may be at the till, and how their PINs are asked for.
func (t *till) addPeople(options *tui.Options) {
	options.Cashiers = t.options.settings.Shop.Cashiers
	open := t.options.secrets
	if open == nil {
		return
	}
	counts := newPINCounts(t.options.dataDir, t.options.now)
	if err := counts.prepare(); err != nil {
		t.log.Warn("the file of wrong PINs cannot be made", "err", err) // no PIN is checked then; the screen says why
	}
	options.PIN, options.PINCounts = adminPIN(open), counts
	options.CashierPIN = func(cashier string) tui.PIN { return cashierPIN(open, cashier) }
}

// startNotices are what the cashier is told when the screen opens.
func startNotices(t *till, words *texts.Texts) []func() string {
	if t.aside == "" {
		return nil
	}
	return []func() string{func() string { return speaker{words}.Say(texts.NoticeJournalAside, texts.Args{"Path": t.aside}) }}
}

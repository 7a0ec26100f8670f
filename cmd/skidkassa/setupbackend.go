package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// setupBackend is what the setup wizard and the settings screen change: the
// settings file and the secrets of this till.
type setupBackend struct {
	path    string
	over    []string                 // the keys that the environment and the command line set over the file
	counts  func() map[string]string // the values that count in this run; asked when there is something over the file
	words   *texts.Texts
	now     func() time.Time
	secrets func(interactive bool) (*config.Secrets, error)

	mu   sync.Mutex
	file *config.File // as it was read last; nil: it was not yet
}

var _ setup.Backend = (*setupBackend)(nil)

// newSetupBackend prepares for changing the settings of a place. Secrets are
// looked for with a quiet keyring and kept with one that may ask a person.
func (p *program) newSetupBackend(
	found place, words *texts.Texts, secrets func(interactive bool) (*config.Secrets, error),
) *setupBackend {
	return &setupBackend{
		path: found.loaded.File, over: found.loaded.Over, words: words, now: p.now, secrets: secrets,
		// Milliseconds, which no start of a till has to wait for.
		counts: sync.OnceValue(func() map[string]string { return config.Values(found.loaded.Settings) }),
	}
}

// Standing implements [setup.Backend]: it reads the file anew.
func (b *setupBackend) Standing() (setup.Standing, error) {
	file, err := config.OpenFile(b.path)
	if err != nil {
		return setup.Standing{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.file = file
	return setup.Standing{
		Path: b.path, New: file.Missing(), Values: file.Values(), Over: slices.Clone(b.over), // sorted
	}, nil
}

// Judge implements [setup.Backend].
func (b *setupBackend) Judge(key, value string) *setup.Fault {
	return faultOf(config.Judge(config.Override{Key: key, Value: value}))
}

// faults are the kinds of what is wrong with a setting that have words of their
// own.
var faults = map[config.ProblemCode]setup.FaultKind{
	config.OutOfRange:   setup.FaultRange,
	config.TooLong:      setup.FaultLong,
	config.Required:     setup.FaultRequired,
	config.NotSecure:    setup.FaultSecure,
	config.DuplicateKey: setup.FaultTwice,
}

func faultOf(problems []config.Problem) *setup.Fault {
	if len(problems) == 0 {
		return nil
	}
	first := problems[0]
	return &setup.Fault{Kind: faults[first.Code], Min: first.Min, Max: first.Max}
}

// JudgeSecret implements [setup.Backend].
func (b *setupBackend) JudgeSecret(secret setup.Named) *setup.Fault {
	name, err := config.ParseSecretName(secret.Name)
	if err == nil {
		err = config.CheckSecret(name, secret.Secret.Reveal())
	}
	if err != nil {
		return &setup.Fault{Kind: setup.FaultForm}
	}
	return nil
}

// Payments implements [setup.Backend].
func (b *setupBackend) Payments(values map[string]string) []string {
	vendor, err := strconv.ParseInt(values["shop.vendor"], 10, 64)
	if err != nil {
		return nil
	}
	var lines []string
	for _, payment := range waiterapi.PaymentTypes(values["waiter.system"], vendor, values["waiter.deposit"]) {
		lines = append(lines, payment.String())
	}
	return lines
}

// LookSecrets implements [setup.Backend].
func (b *setupBackend) LookSecrets(ctx context.Context, names []string) map[string]setup.SecretState {
	found := make(map[string]setup.SecretState, len(names))
	secrets, err := b.secrets(false)
	for _, name := range names {
		if err != nil {
			found[name] = setup.SecretState{Trouble: setup.TroubleFailed}
			continue
		}
		_, source, err := secrets.Look(ctx, config.SecretName(name))
		found[name] = secretState(source, err)
	}
	return found
}

func secretState(source config.Source, err error) setup.SecretState {
	switch {
	case err == nil && source == config.FromCredentials:
		return setup.SecretState{Place: setup.PlaceCredentials}
	case err == nil:
		return setup.SecretState{Place: setup.PlaceKeyring}
	}
	return setup.SecretState{Trouble: secretTroubleKind(err)}
}

// secretTroubleKind says what kind of trouble there is with a secret. One that
// is only not set is none.
func secretTroubleKind(err error) setup.Trouble {
	var missing *config.NoSecretError
	switch {
	case errors.As(err, &missing) && missing.Source == config.FromCredentials, errors.Is(err, config.ErrCredentialsReadOnly):
		return setup.TroubleGiven
	case errors.Is(err, config.ErrSecretNotFound):
		return setup.TroubleNone
	case errors.Is(err, config.ErrKeyringLocked):
		return setup.TroubleLocked
	case errors.Is(err, config.ErrKeyringAbsent):
		return setup.TroubleAbsent
	case errors.Is(err, config.ErrKeyringDenied):
		return setup.TroubleDenied
	case errors.Is(err, config.ErrKeyringTimeout):
		return setup.TroubleMute
	}
	return setup.TroubleFailed
}

// settings are those of the file with values in their places and, over them,
// what counts over the file in this run.
func (b *setupBackend) settings(values map[string]string, keys ...string) (config.Settings, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var changes config.Overrides
	for _, key := range keys {
		value := values[key]
		if slices.Contains(b.over, key) {
			value = b.counts()[key]
		}
		changes = append(changes, config.Override{Key: key, Value: value})
	}
	return b.file.Change(changes)
}

// nobody is a customer whom no shop has: Telegram gives no such number. A shop
// that the service knows is told so, or that the QR is wrong.
const nobody = 1

// CheckShop implements [setup.Backend]: it asks for the balance of a customer
// who does not exist, so that no answer can be about anybody's points.
func (b *setupBackend) CheckShop(ctx context.Context, values map[string]string, typed setup.Secret) error {
	settings, err := b.settings(values, "shop.vendor", "shop.register", "skidkabot.url")
	if err != nil {
		return err
	}
	secret, err := b.shopSecret(ctx, typed)
	if err != nil {
		return &setup.SecretError{Name: setup.SecretShop, Trouble: secretTroubleKind(err), Err: err}
	}
	client, err := skidkabot.New(skidkabot.Config{
		URL:          settings.Skidkabot.URL,
		Vendor:       settings.Shop.Vendor,
		VendorSecret: skidkabot.Secret(secret),
		Register:     int(settings.Shop.Register),
		Now:          b.now,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Balance(ctx, skidkabot.Card{Vendor: settings.Shop.Vendor, Client: nobody, Secret: nobody})
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return err
}

// shopSecret is the one that was typed, else the one that is kept.
func (b *setupBackend) shopSecret(ctx context.Context, typed setup.Secret) (int64, error) {
	if !typed.IsZero() {
		return config.NewSecretValue(typed.Reveal()).Int64()
	}
	secrets, err := b.secrets(true)
	if err != nil {
		return 0, err
	}
	kept, _, err := secrets.Look(ctx, config.SecretSkidkabot)
	if err != nil {
		return 0, err
	}
	return kept.Int64()
}

// PrintTest implements [setup.Backend].
func (b *setupBackend) PrintTest(ctx context.Context, values map[string]string) error {
	settings, err := b.settings(values, "printer.device", "printer.columns", "printer.page")
	if err != nil || settings.Printer.Device == "" {
		return &setup.PrintError{Kind: setup.PrintDevice, Err: errors.Join(errNoPrinter, err)}
	}
	out, err := openPrinter(settings.Printer)
	if err != nil {
		return &setup.PrintError{Kind: setup.PrintDevice, Err: err}
	}
	err = out.Print(ctx, testPage(settings, b.words).Doc())
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &setup.PrintError{Kind: printTrouble(err), Err: err}
}

// testPage shows whether the printer's settings are right.
func testPage(settings config.Settings, words *texts.Texts) printer.TestPage {
	return printer.TestPage{
		Title:  words.Say(texts.PaperTest),
		Device: settings.Printer.Device,
		Lines:  []string{words.Say(texts.PaperTestGood), words.Say(texts.PaperTestBad)},
		QR:     settings.Skidkabot.URL,
	}
}

func printTrouble(err error) setup.PrintTrouble {
	var failed *printer.PrintError
	switch {
	case !errors.As(err, &failed):
		return setup.PrintMute
	case failed.Status.State == printer.NoPaper:
		return setup.PrintPaper
	case failed.Status.Cause == printer.CauseCover:
		return setup.PrintCover
	case failed.Status.Cause == printer.CauseError, failed.Status.Cause == printer.CauseSwitched:
		return setup.PrintErrors
	}
	return setup.PrintMute
}

// Save implements [setup.Backend]. The secrets come first: a settings file means
// that the till is set up.
func (b *setupBackend) Save(ctx context.Context, changes setup.Changes) error {
	if err := b.keep(ctx, changes.Secrets); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var overrides config.Overrides
	for _, key := range slices.Sorted(maps.Keys(changes.Values)) {
		overrides = append(overrides, config.Override{Key: key, Value: changes.Values[key]})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.file.Write(overrides); err != nil {
		return b.saveError(err, len(changes.Secrets) > 0)
	}
	return nil
}

// keep keeps the secrets.
func (b *setupBackend) keep(ctx context.Context, typed []setup.Named) error {
	if len(typed) == 0 {
		return nil
	}
	secrets, err := b.secrets(true)
	for _, secret := range typed {
		if err == nil {
			err = secrets.Set(ctx, config.SecretName(secret.Name), secret.Secret.Reveal())
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			return &setup.SecretError{Name: secret.Name, Trouble: secretTroubleKind(err), Err: err}
		}
	}
	return nil
}

func (b *setupBackend) saveError(err error, kept bool) error {
	saved := &setup.SaveError{Path: b.path, New: b.file.Missing(), Kept: kept, Changed: errors.Is(err, config.ErrFileChanged), Err: err}
	var settings *config.SettingsError
	if errors.As(err, &settings) {
		saved.Fault = faultOf(settings.Problems)
	}
	return saved
}

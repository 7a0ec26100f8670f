package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/demo"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
	"github.com/skidkassa/skidkassa/tui/setup"
)

// newBackend is the backend of a till whose settings file has this text; "" means that there is none.
func newBackend(t *testing.T, r *run, text string, set ...string) *setupBackend {
	t.Helper()
	dir := t.TempDir()
	f := &flags{configFile: filepath.Join(dir, "skidkassa.toml"), dataDir: filepath.Join(dir, "data")}
	if text != "" {
		if err := os.WriteFile(f.configFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, override := range set {
		if err := f.set.Set(override); err != nil {
			t.Fatal(err)
		}
	}
	found, err := r.loadToSetUp(f)
	if err != nil {
		t.Fatal(err)
	}
	b := r.newSetupBackend(found, texts.New(texts.Russian), func(bool) (*config.Secrets, error) {
		return r.openSecrets(found.dataDir, r.keyring)
	})
	if _, err := b.Standing(); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheBackendTellsHowTheSettingsAre(t *testing.T) {
	b := newBackend(t, newRun(t, ""), "", "shop.vendor=7")
	standing, err := b.Standing()
	if err != nil || !standing.New || standing.Values["shop.register"] != "1" || !slices.Equal(standing.Over, []string{"shop.vendor"}) {
		t.Errorf("%+v, %v", standing, err)
	}
	b = newBackend(t, newRun(t, ""), "[shop]\nvendor = 9\n")
	if standing, err = b.Standing(); err != nil || standing.New || standing.Values["shop.vendor"] != "9" || standing.Path != b.path {
		t.Errorf("%+v, %v", standing, err)
	}
	if err := os.WriteFile(b.path, []byte("[shop"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Standing(); err == nil {
		t.Error("a broken file is understood")
	}
}

func TestTheBackendJudges(t *testing.T) {
	b := newBackend(t, newRun(t, ""), "")
	for key, want := range map[string]map[string]setup.FaultKind{
		"shop.vendor":   {"0": setup.FaultRange, "x": setup.FaultForm},
		"shop.name":     {strings.Repeat("я", 65): setup.FaultLong},
		"waiter.system": {"": setup.FaultRequired},
		"skidkabot.url": {"http://example.org": setup.FaultSecure},
	} {
		for value, kind := range want {
			if fault := b.Judge(key, value); fault == nil || fault.Kind != kind {
				t.Errorf("%s = %q: %+v, want %v", key, value, fault, kind)
			}
		}
	}
	if fault := b.Judge("shop.vendor", "4"); fault != nil {
		t.Errorf("%+v", fault)
	}
	for name, secret := range map[string]string{"skidkabot": "x", "admin": "12", "cashier/": "1234"} {
		if b.JudgeSecret(setup.Named{Name: name, Secret: setup.NewSecret(secret)}) == nil {
			t.Errorf("%s may be %q", name, secret)
		}
	}
	if fault := b.JudgeSecret(setup.Named{Name: "cashier/Анна", Secret: setup.NewSecret("1234")}); fault != nil {
		t.Errorf("%+v", fault)
	}
}

// The payment types are those that `doctor` shows.
func TestTheBackendListsThePaymentTypes(t *testing.T) {
	b := newBackend(t, newRun(t, ""), "")
	lines := b.Payments(map[string]string{"shop.vendor": "4", "waiter.system": "Skidkabot", "waiter.deposit": "Депозит"})
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "Bonuses (Skidkabot) - (") || !strings.HasPrefix(lines[1], "Депозит (Skidkabot)") {
		t.Errorf("%q", lines)
	}
	if lines := b.Payments(map[string]string{"shop.vendor": "x"}); lines != nil {
		t.Errorf("%q", lines)
	}
}

func TestTheBackendLooksForSecretsAndRecordsNothing(t *testing.T) {
	r := newRun(t, "")
	b := newBackend(t, r, "")
	r.keyring.kept["skidkabot"] = "31337"
	names := []string{"skidkabot", "feed"}
	want := map[string]setup.SecretState{"skidkabot": {Place: setup.PlaceKeyring}, "feed": {}}
	if got := b.LookSecrets(t.Context(), names); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for cause, trouble := range map[error]setup.Trouble{
		config.ErrKeyringLocked: setup.TroubleLocked, config.ErrKeyringAbsent: setup.TroubleAbsent, config.ErrKeyringDenied: setup.TroubleDenied,
		config.ErrKeyringTimeout: setup.TroubleMute, config.ErrKeyringFailed: setup.TroubleFailed,
	} {
		r.keyring.err = cause
		if got := b.LookSecrets(t.Context(), names)["feed"]; got != (setup.SecretState{Trouble: trouble}) {
			t.Errorf("%v: %+v", cause, got)
		}
	}
	credentials := t.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, "skidkabot"), []byte("31337"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.keyring.err = config.ErrKeyringAbsent
	r.environ = append(r.environ, "CREDENTIALS_DIRECTORY="+credentials)
	if got := b.LookSecrets(t.Context(), names)["skidkabot"]; got != (setup.SecretState{Place: setup.PlaceCredentials}) {
		t.Errorf("given: %+v", got)
	}
	if entries, err := os.ReadDir(filepath.Dir(b.path)); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	b.secrets = func(bool) (*config.Secrets, error) { return nil, errNoInput }
	if got := b.LookSecrets(t.Context(), names)["feed"]; got.Trouble != setup.TroubleFailed {
		t.Errorf("%+v", got)
	}
}

// The question to the service tells a shop that it knows from one that it does not, and moves nothing.
func TestTheBackendAsksWhetherTheServiceKnowsTheShop(t *testing.T) {
	service := &skidkabotsim.Server{}
	url, err := service.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = service.Close() }()
	r := newRun(t, "")
	b := newBackend(t, r, "", "skidkabot.url="+url)
	values := map[string]string{"shop.vendor": "4", "shop.register": "1", "skidkabot.url": "https://skidkabot.ru"}
	check := func(secret string) error { return b.CheckShop(t.Context(), values, setup.NewSecret(secret)) }
	codeOf := func(err error) skidkabot.Code {
		var refused *skidkabot.RefusedError
		errors.As(err, &refused)
		if refused == nil {
			t.Fatalf("error %v", err)
		}
		return refused.Code
	}
	if code := codeOf(check("31337")); code != skidkabot.CodeUnknownClient {
		t.Errorf("the right secret: %v", code)
	}
	if code := codeOf(check("31338")); code != skidkabot.CodeUnknownShop {
		t.Errorf("a wrong secret: %v", code)
	}
	var missing *setup.SecretError
	if err := check(""); !errors.As(err, &missing) || missing.Trouble != setup.TroubleNone {
		t.Errorf("no secret: %v", err)
	}
	r.keyring.kept["skidkabot"] = "31337"
	if code := codeOf(check("")); code != skidkabot.CodeUnknownClient {
		t.Errorf("the kept secret: %v", code)
	}
	values["shop.vendor"] = "x"
	if err := check("31337"); err == nil {
		t.Error("a shop without a number is asked for")
	}
	values["shop.vendor"] = "4"
	if len(service.Ledger()) > 0 {
		t.Errorf("points have moved: %v", service.Ledger())
	}
	if err := service.SetDown(true); err != nil {
		t.Fatal(err)
	}
	var notSent *skidkabot.NotSentError
	if err := check("31337"); !errors.As(err, &notSent) {
		t.Errorf("down: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.CheckShop(ctx, values, setup.NewSecret("31337")); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
}

func TestTheBackendPrintsAPage(t *testing.T) {
	paper := printertest.Start(t)
	b := newBackend(t, newRun(t, ""), "")
	values := map[string]string{"printer.device": paper.Device(), "printer.columns": "42", "printer.page": "cp866"}
	if err := b.PrintTest(t.Context(), values); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(paper.Wait(1)); !strings.Contains(text, "Проверка принтера") {
		t.Errorf("printed %s", text)
	}
	var failed *setup.PrintError
	for device, kind := range map[string]setup.PrintTrouble{"": setup.PrintDevice, "x": setup.PrintDevice, "tcp://127.0.0.1:1": setup.PrintMute} {
		values["printer.device"] = device
		if err := b.PrintTest(t.Context(), values); !errors.As(err, &failed) || failed.Kind != kind {
			t.Errorf("%q: %v", device, err)
		}
	}
	for status, kind := range map[printer.Status]setup.PrintTrouble{
		{State: printer.NoPaper}: setup.PrintPaper, {State: printer.Offline, Cause: printer.CauseCover}: setup.PrintCover,
		{State: printer.Offline, Cause: printer.CauseError}: setup.PrintErrors, {State: printer.Offline}: setup.PrintMute,
	} {
		if got := printTrouble(&printer.PrintError{Status: status}); got != kind {
			t.Errorf("%+v is %v, want %v", status, got, kind)
		}
	}
	if got := printTrouble(errNoInput); got != setup.PrintMute {
		t.Errorf("another error is %v", got)
	}
}

func TestTheBackendSaves(t *testing.T) {
	r := newRun(t, "")
	b := newBackend(t, r, "# ours\n[shop]\nvendor = 4 # the code\n")
	changes := setup.Changes{
		Values:  map[string]string{"shop.vendor": "9", "shop.name": "Чай, кофе"},
		Secrets: []setup.Named{{Name: "skidkabot", Secret: setup.NewSecret("31337")}, {Name: "cashier/Анна", Secret: setup.NewSecret("1234")}},
	}
	if err := b.Save(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(b.path)
	if want := "# ours\n[shop]\nvendor = 9 # the code\nname = \"Чай, кофе\"\n"; err != nil || string(text) != want {
		t.Errorf("the file is %q, %v, want %q", text, err, want)
	}
	if r.keyring.kept["skidkabot"] != "31337" || !strings.HasPrefix(r.keyring.kept["cashier/Анна"], "$argon2id$") {
		t.Error("the secrets are not kept as they should be")
	}
}

// Whatever fails, the settings are as they were, and the error says what it was.
func TestTheBackendSaysWhatItCouldNotSave(t *testing.T) {
	r := newRun(t, "")
	b := newBackend(t, r, "[shop]\nvendor = 4\n")
	secret := []setup.Named{{Name: "skidkabot", Secret: setup.NewSecret("31337")}}
	values := map[string]string{"shop.vendor": "9"}
	r.keyring.err = config.ErrKeyringLocked
	var locked *setup.SecretError
	if err := b.Save(t.Context(), setup.Changes{Values: values, Secrets: secret}); !errors.As(err, &locked) || locked.Trouble != setup.TroubleLocked {
		t.Errorf("locked: %v", err)
	}
	r.keyring.err = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Save(ctx, setup.Changes{Values: values}); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
	var saved *setup.SaveError
	if err := b.Save(t.Context(), setup.Changes{Values: map[string]string{"expirenza.url": "wss://x"}}); !errors.As(err, &saved) || saved.Fault == nil {
		t.Errorf("they do not go together: %v", err)
	}
	if text, err := os.ReadFile(b.path); err != nil || string(text) != "[shop]\nvendor = 4\n" {
		t.Errorf("the file is %q, %v", text, err)
	}
	if err := os.WriteFile(b.path, []byte("[shop]\nvendor = 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Save(t.Context(), setup.Changes{Values: values}); !errors.As(err, &saved) || !saved.Changed || saved.Path != b.path {
		t.Errorf("changed meanwhile: %v", err)
	}
	b.secrets = func(bool) (*config.Secrets, error) { return nil, errNoInput }
	if err := b.Save(t.Context(), setup.Changes{Secrets: secret}); !errors.As(err, &locked) || locked.Trouble != setup.TroubleFailed {
		t.Errorf("no secrets: %v", err)
	}
}

func TestSecretsThatTheServiceManagerGivesAreNotKeptHere(t *testing.T) {
	r := newRun(t, "")
	b := newBackend(t, r, "")
	if err := os.MkdirAll(filepath.Join(filepath.Dir(b.path), "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(filepath.Dir(b.path), "data", "secrets-source")
	if err := os.WriteFile(record, []byte("credentials\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := b.LookSecrets(t.Context(), []string{"admin"})["admin"]; got.Trouble != setup.TroubleGiven {
		t.Errorf("%+v", got)
	}
	var given *setup.SecretError
	err := b.Save(t.Context(), setup.Changes{Secrets: []setup.Named{{Name: "admin", Secret: setup.NewSecret("1234")}}})
	if !errors.As(err, &given) || given.Trouble != setup.TroubleGiven {
		t.Errorf("%v", err)
	}
}

// Outside a terminal nobody can answer, and nothing is written.
func TestSetupWantsATerminal(t *testing.T) {
	r := newRun(t, "")
	r.demand(t, exitFailed, "setup")
	if !strings.Contains(r.err.String(), "needs a terminal") {
		t.Errorf("it says %q", &r.err)
	}
	r.demand(t, exitFailed)
	if !strings.Contains(r.err.String(), "skidkassa setup") {
		t.Errorf("it says %q", &r.err)
	}
	r.demand(t, exitUsage, "setup", "now")
}

func TestWhoLeavesTheSetupIsTold(t *testing.T) {
	s := speaker{texts.New(texts.Russian)}
	for err, want := range map[error]string{
		&setupLeftError{}: "ничего не записано", &setupLeftError{half: true}: "секреты могли остаться",
	} {
		if sentence, code := s.explain(err); !strings.Contains(sentence, want) || code != exitFailed || err.Error() == "" {
			t.Errorf("%q, %d", sentence, code)
		}
	}
}

// The admin's PIN stands before the setup of a till that is set up; where no source of secrets has ever worked none can be.
func TestThePINBeforeTheSetup(t *testing.T) {
	r := newRun(t, "2580\n")
	dir := t.TempDir()
	if err := r.askAdminToSetUp(t.Context(), dir); err != nil {
		t.Errorf("no PIN is set: %v", err)
	}
	r.keyring.err = config.ErrKeyringAbsent
	if err := r.askAdminToSetUp(t.Context(), dir); err != nil {
		t.Errorf("no source has ever worked: %v", err)
	}
	r.keyring.err = nil
	secrets, err := r.openSecrets(dir, r.keyring)
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.Set(t.Context(), config.SecretAdmin, "1357"); err != nil {
		t.Fatal(err)
	}
	if err := r.askAdminToSetUp(t.Context(), dir); !errors.Is(err, errWrongPIN) {
		t.Errorf("another PIN: %v", err)
	}
	r.keyring.err = config.ErrKeyringLocked
	if err := r.askAdminToSetUp(t.Context(), dir); !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("a keyring that has worked is locked: %v", err)
	}
}

// The demo's settings are a throw-away copy with secrets of its own.
func TestTheDemosSettings(t *testing.T) {
	shop, err := demo.Open(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = shop.Close() }()
	found, err := demoPlace(shop.Settings(), shop.DataDir())
	if err != nil {
		t.Fatal(err)
	}
	keyring := &memoryKeyring{kept: shop.Secrets()}
	r := newRun(t, "")
	b := r.newSetupBackend(found, texts.New(texts.Russian), func(bool) (*config.Secrets, error) {
		return config.OpenSecrets(config.SecretOptions{Keyring: keyring, DataDir: shop.DataDir()})
	})
	standing, err := b.Standing()
	if err != nil || standing.New || standing.Values["skidkabot.url"] != shop.Settings().Skidkabot.URL {
		t.Fatalf("%+v, %v", standing, err)
	}
	var refused *skidkabot.RefusedError
	if err := b.CheckShop(t.Context(), standing.Values, setup.Secret{}); !errors.As(err, &refused) || refused.Code != skidkabot.CodeUnknownClient {
		t.Errorf("the connection: %v", err)
	}
	changes := setup.Changes{Values: map[string]string{"shop.name": "Чай"}, Secrets: []setup.Named{{Name: "admin", Secret: setup.NewSecret("1234")}}}
	if err := b.Save(t.Context(), changes); err != nil {
		t.Error(err)
	}
	if err := keyring.Delete(t.Context(), "admin"); err != nil {
		t.Error(err)
	}
	if _, err := keyring.Get(t.Context(), "admin"); !errors.Is(err, config.ErrSecretNotFound) {
		t.Errorf("deleted: %v", err)
	}
}

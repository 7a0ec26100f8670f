package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func optionsFor(t testing.TB, service loyalty.Service) tillOptions {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	settings := config.Default()
	settings.Waiter.Listen = ""
	return tillOptions{
		settings: settings,
		dataDir:  dir,
		journal:  filepath.Join(dir, journalName),
		logLevel: slog.LevelInfo,
		now:      time.Now,
		words:    texts.New(texts.Russian),

		feedToken: func(context.Context) (string, error) { return "", nil },
		service: func(context.Context) (loyalty.Service, error) {
			if service == nil {
				return nil, config.ErrKeyringLocked
			}
			return service, nil
		},
	}
}

func mustOpen(t *testing.T, options tillOptions) *till {
	t.Helper()
	opened, err := openTill(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// states passes on what a part of the till shows.
func states(hub *notice.Hub, part notice.Part) <-chan notice.State {
	shown := make(chan notice.State, 10)
	hub.Subscribe(func(news any) {
		if state, ok := news.(notice.State); ok && state.Part == part {
			shown <- state
		}
	})
	return shown
}

// patience bounds every wait for something that comes: on a busy machine that takes seconds, and where it comes the bound costs
// nothing.
const patience = 2 * time.Minute

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func accrueOnce(t *testing.T, opened *till) (loyalty.Result, error) {
	t.Helper()
	guest, err := opened.desk.Greet(t.Context(), testCard, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return opened.desk.Accrue(t.Context(), loyalty.AccrualRequest{
		ID: loyalty.NewID(), Guest: guest, Sum: decimal.NewFromInt(1000),
	})
}

func TestTillKeepsWhatWasDone(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	first := mustOpen(t, options)
	first.begin(t.Context())
	result, err := accrueOnce(t, first)
	if err != nil || result.Operation.State != loyalty.StateConfirmed {
		t.Fatalf("%+v, %v", result, err)
	}
	if err := first.close(flightLimit); err != nil {
		t.Fatal(err)
	}
	second := mustOpen(t, options)
	second.begin(t.Context())
	defer func() {
		if err := second.close(flightLimit); err != nil {
			t.Error(err)
		}
	}()
	operations, err := second.journal.List(t.Context(), loyalty.Filter{})
	if err != nil || len(operations) != 1 || operations[0].ID != result.Operation.ID {
		t.Errorf("the next start finds %v, %v", operations, err)
	}
}

// The till waits for what is in flight when it is closed.
func TestCloseWaitsForAnOperation(t *testing.T) {
	service := &fakeService{hold: make(chan struct{})}
	opened := mustOpen(t, optionsFor(t, service))
	opened.begin(t.Context())
	sent := make(chan loyalty.Result, 1)
	go func() {
		result, _ := accrueOnce(t, opened)
		sent <- result
	}()
	waitForSending(t, opened)
	closed := make(chan error, 1)
	go func() { closed <- opened.close(flightLimit) }()
	select {
	case err := <-closed:
		t.Fatalf("closed over an operation in flight: %v", err)
	case <-time.After(50 * time.Millisecond): // a close that does not wait takes a millisecond
	}
	close(service.hold)
	if err := receive(t, closed); err != nil {
		t.Error(err)
	}
	if got := receive(t, sent).Operation.State; got != loyalty.StateConfirmed {
		t.Errorf("the operation is %s, want confirmed", got)
	}
}

// When the wait is over, the operation is left to the next start as unknown.
func TestCloseGivesUp(t *testing.T) {
	service := &fakeService{hold: make(chan struct{})}
	options := optionsFor(t, service)
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = accrueOnce(t, opened)
	}()
	waitForSending(t, opened)
	err := opened.close(time.Millisecond)
	if sentence, code := explain(err); !errors.Is(err, loyalty.ErrInFlight) || code != exitUnknown {
		t.Errorf("%v: exit code %d, %q", err, code, sentence)
	}
	close(service.hold)
	<-over

	next := mustOpen(t, options)
	next.begin(t.Context())
	defer func() { _ = next.close(flightLimit) }()
	if len(next.recovery.Unknown) != 1 {
		t.Errorf("the next start finds %+v, want one unknown operation", next.recovery)
	}
}

// waitForSending returns when an operation may be on the wire.
func waitForSending(t *testing.T, opened *till) {
	t.Helper()
	sending := make(chan struct{}, 10)
	defer opened.hub.Subscribe(func(news any) {
		if changed, ok := news.(loyalty.OperationChanged); ok && changed.Operation.State == loyalty.StateSending {
			sending <- struct{}{}
		}
	})()
	now, err := opened.journal.List(t.Context(), loyalty.Filter{States: []loyalty.State{loyalty.StateSending}})
	if err != nil {
		t.Fatal(err)
	}
	if len(now) == 0 {
		receive(t, sending)
	}
}

// A secret that cannot be had is shown, and does not keep the till from
// starting: the journal can be read, and the keyring unlocked meanwhile.
func TestTillWithoutASecret(t *testing.T) {
	options := optionsFor(t, nil)
	opened := mustOpen(t, options)
	shown := states(opened.hub, notice.Service)
	opened.begin(t.Context())
	if got := receive(t, shown); got.Level != notice.Trouble || got.Code != "secret" {
		t.Errorf("the service is shown as %+v", got)
	}
	if _, err := opened.desk.Greet(t.Context(), testCard, time.Now()); skidkabot.OutcomeOf(err) != skidkabot.NotSent {
		t.Errorf("a greeting: %v", err)
	}
	if err := opened.close(flightLimit); err != nil {
		t.Error(err)
	}
	log, err := os.ReadFile(filepath.Join(options.dataDir, logName))
	for _, want := range []string{"the till is open", "locked", "the till is closed"} {
		if err != nil || !strings.Contains(string(log), want) {
			t.Errorf("the log does not say %q: %q, %v", want, log, err)
		}
	}
}

// The journal is read as a whole after the start, and what that finds is shown.
func TestCheckJournal(t *testing.T) {
	opened := mustOpen(t, optionsFor(t, &fakeService{}))
	shown := states(opened.hub, notice.Journal)
	if got := receive(t, shown); got.Level != notice.Good {
		t.Errorf("after the start the journal is shown as %+v", got)
	}
	damage(t, opened.options.journal)
	opened.checkJournal(t.Context())
	if got := receive(t, shown); got.Level != notice.Trouble || got.Code != string(journal.Damaged) {
		t.Errorf("a damaged journal is shown as %+v", got)
	}
	opened.begin(t.Context())
	_ = opened.close(flightLimit) // a damaged journal may refuse its checkpoint
}

// damage overwrites all of the file but its head, as a failing disk might.
func damage(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const head = 4096
	if _, err := file.WriteAt([]byte(strings.Repeat("\xff", int(info.Size())-head)), head); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTillLeavesNothingOpen(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	if err := os.MkdirAll(options.dataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	options.journal = filepath.Join(options.dataDir, logName, journalName) // below a file
	if _, err := openTill(t.Context(), options); journal.CodeOf(err) != journal.Unwritable {
		t.Fatalf("error %v", err)
	}
	options.journal = filepath.Join(options.dataDir, journalName)
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	if err := opened.close(flightLimit); err != nil {
		t.Error(err)
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

func TestPrinterTest(t *testing.T) {
	r := newRun(t, "")
	r.demand(t, exitFailed, "printer", "test")
	if said := r.err.String(); !strings.Contains(said, "no printer is set") || !strings.Contains(said, "[printer]") {
		t.Errorf("without a printer it says %q", said)
	}
	fake := printertest.Start(t)
	r.environ = append(r.environ, "SKIDKASSA_PRINTER_DEVICE="+fake.Device(), "SKIDKASSA_PRINTER_COLUMNS=32")
	r.demand(t, exitDone, "printer", "test")
	page := fake.Wait(1)[0].Text()
	for _, want := range []string{"Проверка", fake.Device(), "АБВГД", "[QR https://skidkabot.ru]", "✂"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page\n%s", want, page)
		}
	}
	if said := r.out.String(); !strings.Contains(said, fake.Device()+", 32 columns, cp866") {
		t.Errorf("it says %q", said)
	}
	for _, test := range []struct {
		trouble printertest.Trouble
		words   []string
	}{
		{printertest.Trouble{NoPaper: true}, []string{"no paper", "put paper in"}},
		{printertest.Trouble{CoverOpen: true}, []string{"cover is open", "close the printer's cover"}},
		{printertest.Trouble{Failure: true}, []string{"reports an error", "switch it off and on"}},
		{printertest.Trouble{Offline: true}, []string{"switched offline", "switch it off and on"}},
	} {
		fake.Set(test.trouble)
		r.demand(t, exitFailed, "printer", "test")
		for _, want := range test.words {
			if said := r.err.String(); !strings.Contains(said, want) {
				t.Errorf("%+v: no %q in %q", test.trouble, want, said)
			}
		}
	}
	fake.Stop()
	r.demand(t, exitFailed, "printer", "test")
	if said := r.err.String(); !strings.Contains(said, "does not answer") || !strings.Contains(said, "cable") {
		t.Errorf("of one that is off it says %q", said)
	}
	r.demand(t, exitUsage, "--set", "printer.page=x", "printer", "test")
	r.demand(t, exitUsage, "printer", "tset")
	if sentence, code := explain(fmt.Errorf("%q: %w", "file://x/y", printer.ErrDevice)); code != exitFailed || !strings.Contains(sentence, "[printer]") {
		t.Errorf("a wrong device is explained by %q, %d", sentence, code)
	}
}

// A till whose printer cannot be meant does not start without saying so.
func TestAPrinterThatCannotBe(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	options.settings.Printer.Device = "usb"
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
	options.settings.Printer = config.Printer{Device: "tcp://127.0.0.1:9100", Page: "utf8"}
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
	options.settings.Printer.Device = ""
	options.settings.Expirenza.URL = "https://not.a.websocket"
	options.expirenzaKey = func(context.Context) (string, error) { return "", nil }
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
}

func TestDoctorPrinter(t *testing.T) {
	d, _ := newDoctor(t)
	settings := &d.place.loaded.Settings.Printer
	demandFinding(t, d.printer(t.Context()), verdictOK, "none", "")
	fake := printertest.Start(t)
	settings.Device = fake.Device()
	demandFinding(t, d.printer(t.Context()), verdictOK, fake.Device()+", 42 columns, cp866: ready", "")
	fake.Set(printertest.Trouble{PaperLow: true})
	demandFinding(t, d.printer(t.Context()), verdictWarning, "nearly out", "paper")
	fake.Set(printertest.Trouble{NoPaper: true})
	demandFinding(t, d.printer(t.Context()), verdictFail, "no paper", "paper")
	fake.Set(printertest.Trouble{Mute: true})
	demandFinding(t, d.printer(t.Context()), verdictOK, "does not tell", "")
	fake.Stop()
	demandFinding(t, d.printer(t.Context()), verdictFail, "does not answer", "cable")
	settings.Page = "utf8"
	demandFinding(t, d.printer(t.Context()), verdictFail, "utf8", "settings")
	d.settingsErr = errNoTerminal
	demandFinding(t, d.printer(t.Context()), verdictSkipped, "", "")
}

func TestDoctorExpirenza(t *testing.T) {
	d, r := newDoctor(t)
	settings := &d.place.loaded.Settings.Expirenza
	demandFinding(t, d.expirenza(t.Context()), verdictOK, "do not pay from their phones", "")
	sim := &expirenzasim.Server{}
	url, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	settings.URL, settings.RestoID = url, "R-1"
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "not found", "skidkassa secret set expirenza")
	r.keyring.kept["expirenza"] = "0123456789abcdef"
	demandFinding(t, d.expirenza(t.Context()), verdictOK, "restaurant R-1\nthe key is kept in the keyring\nthis till has not connected yet", "")
	if len(sim.Attempts()) != 0 {
		t.Error("the doctor connects as a till does")
	}

	// What is left of payments is the till's to deliver and the cashier's to decide.
	key := payingKey{
		fetch: func(context.Context) (string, error) { return "", nil },
		stamp: filepath.Join(d.place.dataDir, attemptName),
	}
	if _, err := key.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	leaveClaim(t, d.place.journal)
	demandFinding(t, d.expirenza(t.Context()), verdictWarning, "last tried to connect at", "F4")
	demandFinding(t, d.expirenza(t.Context()), verdictWarning, "answers that Expirenza has not taken yet: 1; payments that have closed no bill: 1", "F4")

	settings.URL = "wss" + strings.TrimPrefix(url, "ws")
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "cannot be reached", "network")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings.URL = "ws://" + closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "cannot be reached", "network")
	d.settingsErr = errNoTerminal
	demandFinding(t, d.expirenza(t.Context()), verdictSkipped, "", "")
}

// leaveClaim makes a journal with a payment that has closed no bill, and an
// answer that nobody has taken.
func leaveClaim(t *testing.T, path string) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Path: path, Register: 1, DataDir: filepath.Dir(path), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	now, bill := time.Now(), uuid.New()
	_, err = j.Settle(t.Context(), orders.Settlement{
		Claim: &orders.Claim{
			ID: uuid.Must(uuid.NewV7()), System: expirenza.Name, Bill: bill, Sum: decimal.NewFromInt(5), First: "1", Last: "1", Requests: 1,
			State: orders.ClaimOpen, Obstacle: orders.ObstacleNever, FirstAt: now, LastAt: now, Register: 1,
		},
		Letter: &orders.Letter{
			ID: uuid.Must(uuid.NewV7()), System: expirenza.Name, Topic: "payBill", Bill: bill, Request: "1", Body: []byte("{}"),
			CreatedAt: now, NextAt: now.Add(time.Minute),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

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

// Beside a till that runs nobody else speaks with its printer: the till is asked.
func TestDoctorLeavesARunningTillItsPrinter(t *testing.T) {
	d, _ := newDoctor(t)
	fake := printertest.Start(t)
	fake.Stop()
	d.place.loaded.Settings.Printer.Device = fake.Device()
	d.running = true
	demandFinding(t, d.printer(t.Context()), verdictOK, "does not tell", "")
	for _, status := range []printer.Status{
		{State: printer.Ready}, {State: printer.PaperLow}, {State: printer.NoPaper}, {State: printer.Unknown},
		{State: printer.Offline, Cause: printer.CauseCover}, {State: printer.Offline, Cause: printer.CauseUnreachable},
	} {
		level, code := printerState(status)
		d.states.Parts = map[notice.Part]partState{notice.Printer: {Level: level, Code: code}}
		if got, err := d.printerStatus(t.Context(), d.place.loaded.Settings.Printer); got != status || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, status)
		}
	}
}

// later moves the doctor's clock beyond the pause between attempts to connect.
func later(d *doctor) { d.p.now = func() time.Time { return time.Now().Add(2 * attemptPause) } }

func TestDoctorExpirenza(t *testing.T) {
	d, r := newDoctor(t)
	settings := &d.place.loaded.Settings.Expirenza
	demandFinding(t, d.expirenza(t.Context()), verdictOK, "do not pay from their phones", "")
	sim := &expirenzasim.Server{AttemptGap: time.Millisecond}
	url, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	settings.URL, settings.RestoID = url, expirenzasim.TestRestoID
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "not found", "skidkassa secret set expirenza")
	r.keyring.kept["expirenza"] = expirenzasim.TestSecret
	demandFinding(t, d.expirenza(t.Context()), verdictOK, "\nthe key is kept in the keyring\nExpirenza takes the key", "")
	if _, err := os.Stat(filepath.Join(d.place.dataDir, attemptName)); err != nil || len(sim.Attempts()) != 1 {
		t.Errorf("%d attempts, and the note of them: %v", len(sim.Attempts()), err)
	}
	later(d)
	r.keyring.kept["expirenza"] = "another key, which is refused"
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "refuses the key", "secret set expirenza")

	// What is left of payments is the till's to deliver and the cashier's to decide.
	r.keyring.kept["expirenza"] = expirenzasim.TestSecret
	leaveClaim(t, d.place.journal)
	demandFinding(t, d.expirenza(t.Context()), verdictWarning, "takes the key\nanswers that Expirenza has not taken yet: 1; payments that have closed no bill: 1", "F4")

	settings.URL = "wss" + strings.TrimPrefix(url, "ws")
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "cannot be reached", "network")
	settings.URL = "ws://" + closedPort(t)
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "cannot be reached", "network")
	d.settingsErr = errNoTerminal
	demandFinding(t, d.expirenza(t.Context()), verdictSkipped, "", "")
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// Who listens there but knows nothing of Expirenza, is told from a refused key.
func TestDoctorFindsNoExpirenza(t *testing.T) {
	d, r := newDoctor(t)
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	d.place.loaded.Settings.Expirenza.URL = "ws" + strings.TrimPrefix(server.URL, "http")
	d.place.loaded.Settings.Expirenza.RestoID = "R-1"
	r.keyring.kept["expirenza"] = "0123456789abcdef"
	demandFinding(t, d.expirenza(t.Context()), verdictFail, "the connection was not opened", "network")
}

// A doctor without time to keep the pause between attempts does not break it.
func TestDoctorKeepsTheAttemptsPause(t *testing.T) {
	d, r := newDoctor(t)
	sim := &expirenzasim.Server{}
	url, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	d.place.loaded.Settings.Expirenza.URL, d.place.loaded.Settings.Expirenza.RestoID = url, expirenzasim.TestRestoID
	r.keyring.kept["expirenza"] = expirenzasim.TestSecret
	if err := os.WriteFile(filepath.Join(d.place.dataDir, attemptName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	demandFinding(t, d.connection(ctx, d.place.loaded.Settings.Expirenza), verdictSkipped, "no time left", "")
	if len(sim.Attempts()) != 0 {
		t.Error("it connects too soon")
	}
}

func TestDoctorAsksARunningTillForItsConnection(t *testing.T) {
	d, _ := newDoctor(t)
	d.running = true
	demandFinding(t, d.tillsConnection(), verdictOK, "still connecting", "")
	for _, test := range []struct {
		level   notice.Level
		code    string
		verdict verdict
		detail  string
		cure    string
	}{
		{notice.Good, "", verdictOK, "connected since", ""},
		{notice.Trouble, expirenza.StateRefused, verdictFail, "refuses the key", "secret set expirenza"},
		{notice.Trouble, expirenza.StateConnect, verdictFail, "not been able to connect since", "network"},
		{notice.Warning, expirenza.StateCallbacks, verdictWarning, "not got through since", "network"},
	} {
		d.states.Parts = map[notice.Part]partState{notice.Expirenza: {Level: test.level, Code: test.code, At: time.Now()}}
		demandFinding(t, d.tillsConnection(), test.verdict, test.detail, test.cure)
	}
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

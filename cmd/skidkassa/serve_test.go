package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// newServer makes a run whose standard output can be followed, for a till with
// its secret and its settings.
func newServer(t *testing.T, listen string) (*run, *json.Decoder) {
	t.Helper()
	r := newRun(t, "")
	r.keyring.kept["skidkabot"] = "31337"
	r.environ = append(r.environ,
		"SKIDKASSA_SHOP_VENDOR=4", "SKIDKASSA_SKIDKABOT_URL=http://127.0.0.1:1", "SKIDKASSA_WAITER_LISTEN="+listen)
	from, to := io.Pipe()
	t.Cleanup(func() { _ = from.Close() })
	r.stdout = to
	return r, json.NewDecoder(from)
}

// serving starts `serve --json` and waits until it is ready. The returned
// function stops it and gives its exit code.
func serving(t *testing.T, r *run, lines *json.Decoder) (url string, stop func() exitCode) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan exitCode, 1)
	go func() { ended <- r.run(ctx, []string{"serve", "--json"}) }()
	var ready readiness
	if err := lines.Decode(&ready); err != nil || !ready.Ready {
		t.Fatalf("%+v, %v", ready, err)
	}
	return ready.URL, func() exitCode {
		cancel()
		return receive(t, ended)
	}
}

func dataDir(t *testing.T, r *run) string {
	t.Helper()
	return r.getenv("SKIDKASSA_DATA")
}

func TestServe(t *testing.T) {
	r, lines := newServer(t, "127.0.0.1:0")
	folder, err := os.MkdirTemp("", "sd") // a socket's path may not be long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket := filepath.Join(folder, "n")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = manager.Close() }()
	r.environ = append(r.environ, "NOTIFY_SOCKET="+socket)
	told := func(want string) {
		t.Helper()
		if err := manager.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		state := make([]byte, 100)
		n, err := manager.Read(state)
		if got := string(state[:n]); err != nil || got != want {
			t.Errorf("the manager is told %q, %v, want %q", got, err, want)
		}
	}

	url, stop := serving(t, r, lines)
	told("READY=1")
	if got := ask(t, http.MethodGet, strings.TrimPrefix(url, "http://"), "/ping", "", ""); got != http.StatusNoContent {
		t.Errorf("ping: %d", got)
	}
	if code := stop(); code != exitDone {
		t.Errorf("exit code %d: %s", code, &r.err)
	}
	told("STOPPING=1")
	log, err := os.ReadFile(filepath.Join(dataDir(t, r), logName))
	for _, want := range []string{
		`"msg":"Skidkabot payment types:"`, `"msg":"Bonuses (Skidkabot) - (`, "waiters are served", "the till is closed",
	} {
		if err != nil || !strings.Contains(string(log), want) {
			t.Errorf("the log does not say %q: %q, %v", want, log, err)
		}
	}
}

// A manager that cannot be told is for the log: waiters are served.
func TestServeWithoutItsManager(t *testing.T) {
	r, lines := newServer(t, "127.0.0.1:0")
	r.environ = append(r.environ, "NOTIFY_SOCKET="+filepath.Join(t.TempDir(), "gone"))
	_, stop := serving(t, r, lines)
	if code := stop(); code != exitDone {
		t.Errorf("exit code %d: %s", code, &r.err)
	}
	log, err := os.ReadFile(filepath.Join(dataDir(t, r), logName))
	if err != nil || !strings.Contains(string(log), "the service manager could not be told") {
		t.Errorf("%q, %v", log, err)
	}
}

func TestServeWithABusyPort(t *testing.T) {
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	r, _ := newServer(t, holder.Addr().String())
	r.demand(t, exitFailed, "serve")
	want := "another program"
	if owner := portOwner(holder.Addr().String()); owner != "" {
		want = owner
	}
	if said := r.err.String(); !strings.Contains(said, holder.Addr().String()+": "+want+" has the port") {
		t.Errorf("it says %q", said)
	}
	unnamed := &portError{address: "127.0.0.1:9100", busy: true}
	if sentence, code := explain(unnamed); code != exitFailed || !strings.Contains(sentence, "another program has the port") {
		t.Errorf("%d, %q", code, sentence)
	}
}

func TestServeNothing(t *testing.T) {
	r, _ := newServer(t, "")
	r.demand(t, exitFailed, "serve")
	if said := r.err.String(); !strings.Contains(said, "door is off") || !strings.Contains(said, "listen") {
		t.Errorf("it says %q", said)
	}
	r, _ = newServer(t, "127.0.0.1:0")
	r.environ = r.environ[:2] // no shop
	r.demand(t, exitFailed, "serve")
	r.demand(t, exitUsage, "serve", "waiters")
}

// Guests who pay from their phones are served without waiters, too.
func TestServePayingGuests(t *testing.T) {
	r, lines := newServer(t, "")
	sim := &expirenzasim.Server{}
	address, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	r.keyring.kept["expirenza"] = expirenzasim.TestSecret
	r.environ = append(r.environ, "SKIDKASSA_EXPIRENZA_URL="+address, "SKIDKASSA_EXPIRENZA_RESTO_ID="+expirenzasim.TestRestoID)
	url, stop := serving(t, r, lines)
	if url != "" {
		t.Errorf("waiters are served at %q", url)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := sim.AwaitTill(ctx); err != nil {
		t.Error(err)
	}
	if code := stop(); code != exitDone {
		t.Errorf("exit code %d: %s", code, &r.err)
	}
}

// Without a journal nothing could be bound, and nobody is here to read balances.
func TestServeWithADamagedJournal(t *testing.T) {
	r, _ := newServer(t, "127.0.0.1:0")
	dir := dataDir(t, r)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	damaged := []byte(strings.Repeat("no journal ", 1000))
	if err := os.WriteFile(filepath.Join(dir, journalName), damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	r.demand(t, exitFailed, "serve")
	if said := r.err.String(); !strings.Contains(said, "is damaged") {
		t.Errorf("it says %q", said)
	}
}

// What was left open is in the log, since nobody sees it.
func TestServeLogsWhatWasLeftOpen(t *testing.T) {
	r, lines := newServer(t, "127.0.0.1:0")
	options := optionsFor(t, &fakeService{})
	options.dataDir = dataDir(t, r)
	options.journal = filepath.Join(options.dataDir, journalName)
	left := mustOpen(t, options)
	o := loyalty.Operation{
		ID: loyalty.NewID(), Register: 1, Kind: loyalty.Accrual, State: loyalty.StatePlanned, Vendor: testCard.Vendor,
		Client: testCard.Client, Secret: testCard.Secret, ScannedAt: time.Now(), PlannedAt: time.Now(), ChangedAt: time.Now(),
		Points: ten, Sum: ten, Money: ten, Percent: ten,
	}
	if err := left.journal.Plan(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	left.begin(t.Context())
	mustClose(t, left)

	url, stop := serving(t, r, lines)
	// The service cannot be reached: the waiter gets a message, and nothing is bound.
	path := "/orders/" + uuid.New().String()
	body := `{"Value":` + quoted(t, skidkabot.Card{Vendor: 4, Client: 1, Secret: 1}.Payload()) + `}`
	if got := ask(t, http.MethodPost, strings.TrimPrefix(url, "http://"), path+"/checkin", "", body); got != http.StatusOK {
		t.Errorf("the check-in is answered with %d", got)
	}
	if code := stop(); code != exitDone {
		t.Errorf("exit code %d: %s", code, &r.err)
	}
	log, err := os.ReadFile(filepath.Join(options.dataDir, logName))
	if err != nil || !strings.Contains(string(log), `"operations were left open","unknown":0,"voided":0,"resumed":0,"offered":1`) {
		t.Errorf("%q, %v", log, err)
	}
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	json, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(json)
}

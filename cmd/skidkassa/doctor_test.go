package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/skidkassa/skidkassa/config"
)

// newDoctor examines a till with good settings, a fake keyring and a folder of
// its own.
func newDoctor(t *testing.T) (*doctor, *run) {
	t.Helper()
	r := newRun(t, "")
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return &doctor{
		p:       &r.program,
		keyring: r.keyring,
		place: place{
			loaded:  config.Loaded{Settings: config.Default(), File: "s.toml"},
			dataDir: dir,
			journal: filepath.Join(dir, journalName),
		},
	}, r
}

func demandFinding(t *testing.T, got finding, verdict verdict, detail, cure string) {
	t.Helper()
	if got.Verdict != verdict || !strings.Contains(got.Detail, detail) || !strings.Contains(got.Cure, cure) {
		t.Errorf("got %s: %q → %q, want %s: %q → %q", got.Verdict, got.Detail, got.Cure, verdict, detail, cure)
	}
	if (got.Verdict == verdictFail || got.Verdict == verdictWarning) && got.Cure == "" {
		t.Errorf("%q has no cure", got.Detail)
	}
}

func TestDoctorSecrets(t *testing.T) {
	d, r := newDoctor(t)
	demandFinding(t, d.secret(t.Context()), verdictFail, "not found", "skidkassa secret set")
	demandFinding(t, d.admin(t.Context()), verdictWarning, "no admin PIN", "secret set admin")

	hash, err := config.HashPIN("4821")
	if err != nil {
		t.Fatal(err)
	}
	r.keyring.kept["skidkabot"], r.keyring.kept["admin"] = "31337", hash
	demandFinding(t, d.secret(t.Context()), verdictOK, "the keyring", "")
	demandFinding(t, d.admin(t.Context()), verdictOK, "set", "")

	for trouble, cure := range map[error]string{
		config.ErrKeyringLocked:  "unlock",
		config.ErrKeyringAbsent:  "start a keyring",
		config.ErrKeyringDenied:  "allow it",
		config.ErrKeyringTimeout: "waiting for an answer",
	} {
		r.keyring.err = trouble
		demandFinding(t, d.secret(t.Context()), verdictFail, trouble.Error(), cure)
		// A PIN that cannot be looked up may well be set.
		demandFinding(t, d.admin(t.Context()), verdictFail, trouble.Error(), cure)
	}
}

// answering makes a doctor whose service answers with a status and a time.
func answering(t *testing.T, status int, date time.Time) *doctor {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead || r.URL.Path != "/" || r.ContentLength > 0 {
			t.Errorf("the doctor sends %s %s", r.Method, r.URL)
		}
		w.Header()["Date"] = nil
		if !date.IsZero() {
			w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	d, _ := newDoctor(t)
	d.place.loaded.Settings.Skidkabot.URL = server.URL
	return d
}

func TestDoctorService(t *testing.T) {
	d := answering(t, http.StatusNotFound, time.Now()) // the service has no first page: it is there all the same
	demandFinding(t, d.service(t.Context()), verdictOK, "status 404", "")
	d = answering(t, http.StatusFound, time.Now()) // not followed
	demandFinding(t, d.service(t.Context()), verdictOK, "status 302", "")
	d = answering(t, http.StatusBadGateway, time.Now())
	demandFinding(t, d.service(t.Context()), verdictWarning, "status 502", "later")
	d.place.loaded.Settings.Skidkabot.URL = "http://127.0.0.1:1"
	demandFinding(t, d.service(t.Context()), verdictFail, "cannot be reached", "network")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	demandFinding(t, d.service(ctx), verdictFail, "cannot be reached", "network")
}

func TestDoctorClock(t *testing.T) {
	now := time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		service time.Time
		verdict verdict
		detail  string
	}{
		"right":      {now, verdictOK, "0s ahead"},
		"nearly":     {now.Add(-time.Minute), verdictOK, "1m0s ahead"},
		"behind":     {now.Add(2 * time.Minute), verdictWarning, "2m0s behind"},
		"ahead":      {now.Add(-5 * time.Minute), verdictWarning, "5m0s ahead"},
		"far ahead":  {now.Add(-6 * time.Minute), verdictFail, "6m0s ahead"},
		"far behind": {now.Add(6 * time.Minute), verdictFail, "6m0s behind"},
		"no date":    {time.Time{}, verdictSkipped, "did not say its time"},
	} {
		t.Run(name, func(t *testing.T) {
			d := answering(t, http.StatusOK, test.service)
			d.p.now = func() time.Time { return now }
			d.service(t.Context())
			cure := cureClock
			if test.verdict == verdictOK || test.verdict == verdictSkipped {
				cure = ""
			}
			demandFinding(t, d.clock(t.Context()), test.verdict, test.detail, cure)
		})
	}
}

func TestDoctorTerminal(t *testing.T) {
	d, r := newDoctor(t)
	demandFinding(t, d.terminal(t.Context()), verdictSkipped, "not a terminal", "")

	_, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	d.p.stdin, d.p.stdout = terminal, terminal
	home := r.environ
	for name, test := range map[string]struct {
		columns, lines uint16
		env            []string
		goos           string
		verdict        verdict
		cure           string
	}{
		"good":           {80, 24, []string{"TERM=xterm", "LANG=ru_RU.UTF-8"}, "linux", verdictOK, ""},
		"utf8":           {80, 24, []string{"TERM=xterm", "LC_ALL=C.utf8", "LANG=C"}, "linux", verdictOK, ""},
		"narrow":         {79, 24, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", verdictFail, "80x24"},
		"low":            {80, 23, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", verdictFail, "80x24"},
		"dumb":           {80, 24, []string{"TERM=dumb", "LANG=C.UTF-8"}, "linux", verdictFail, "another terminal"},
		"no UTF-8":       {80, 24, []string{"TERM=xterm", "LANG=ru_RU.KOI8-R"}, "linux", verdictWarning, "UTF-8 locale"},
		"no locale":      {80, 24, []string{"TERM=xterm"}, "linux", verdictWarning, "UTF-8 locale"},
		"Windows' names": {80, 24, nil, "windows", verdictOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := pty.Setsize(terminal, &pty.Winsize{Rows: test.lines, Cols: test.columns}); err != nil {
				t.Fatal(err)
			}
			d.p.environ, d.p.goos = append(test.env, home...), test.goos
			demandFinding(t, d.terminal(t.Context()), test.verdict, "x", test.cure)
		})
	}
}

func TestDoctorSkipsWhatItCannotLookAt(t *testing.T) {
	d, _ := newDoctor(t)
	d.place = place{}
	demandFinding(t, d.folder(t.Context()), verdictSkipped, "not looked at", "")
	demandFinding(t, d.journal(t.Context()), verdictSkipped, "not looked at", "")
}

func TestDoctorChangesNothing(t *testing.T) {
	d, _ := newDoctor(t)
	d.folder(t.Context())
	d.journal(t.Context())
	left, err := os.ReadDir(d.place.dataDir)
	if err != nil || len(left) != 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
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
	d := r.newDoctor()
	d.place = place{
		loaded:  config.Loaded{Settings: config.Default(), File: filepath.Join(dir, "s.toml")},
		dataDir: dir,
		journal: filepath.Join(dir, journalName),
	}
	return d, r
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
			cure := english().Say(texts.CLICureClock)
			if test.verdict == verdictOK || test.verdict == verdictSkipped {
				cure = ""
			}
			demandFinding(t, d.clock(t.Context()), test.verdict, test.detail, cure)
		})
	}
}

func TestDoctorDoor(t *testing.T) {
	d, _ := newDoctor(t)
	waiter := &d.place.loaded.Settings.Waiter
	waiter.Listen = ""
	demandFinding(t, d.door(t.Context()), verdictOK, "off", "")
	demandFinding(t, d.allow(t.Context()), verdictSkipped, "off", "")
	waiter.Listen = "127.0.0.1:0"
	demandFinding(t, d.door(t.Context()), verdictOK, "127.0.0.1:0 is free", "")
	waiter.Listen = "192.0.2.1:9100"
	demandFinding(t, d.door(t.Context()), verdictFail, "cannot be listened on", "address of this machine")

	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/ping" {
			t.Errorf("the doctor sends %s %s", r.Method, r.URL)
		}
		if status == http.StatusForbidden {
			w.Header().Set("Content-Type", "application/problem+json")
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	waiter.Listen = server.Listener.Addr().String()
	demandFinding(t, d.door(t.Context()), verdictOK, "waiters are served", "")
	status = http.StatusForbidden // a door that does not let this machine in
	demandFinding(t, d.door(t.Context()), verdictOK, "waiters are served", "")
	status = http.StatusNotFound // another program's web page
	taken := portOwner(waiter.Listen)
	if taken == "" {
		taken = "cannot be listened on"
	}
	demandFinding(t, d.door(t.Context()), verdictFail, taken, "listen under [waiter]")
}

func TestDoctorAllow(t *testing.T) {
	for name, test := range map[string]struct {
		listen  string
		allow   []string
		verdict verdict
		detail  string
	}{
		"this machine":        {"127.0.0.1:9100", []string{"127.0.0.0/8", "::1/128"}, verdictOK, "this machine alone"},
		"a door on localhost": {"localhost:9100", []string{"0.0.0.0/0"}, verdictOK, "this machine alone"},
		"the WaiterServer":    {"0.0.0.0:9100", []string{"127.0.0.0/8", "192.168.1.5/32"}, verdictOK, "192.168.1.5/32"},
		"the shop's network":  {"[::]:9100", []string{"192.168.1.5/32", "192.168.1.0/24"}, verdictWarning, "everybody in 192.168.1.0/24"},
		"everybody":           {"192.168.1.2:9100", []string{"0.0.0.0/0", "::/0"}, verdictWarning, "0.0.0.0/0, ::/0"},
		"nobody":              {"0.0.0.0:9100", []string{"127.0.0.0/8"}, verdictWarning, "this machine alone may call"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newDoctor(t)
			waiter := &d.place.loaded.Settings.Waiter
			waiter.Listen, waiter.Allow = test.listen, nil
			for _, prefix := range test.allow {
				waiter.Allow = append(waiter.Allow, netip.MustParsePrefix(prefix))
			}
			cure := ""
			if test.verdict == verdictWarning {
				cure = "[waiter]"
			}
			demandFinding(t, d.allow(t.Context()), test.verdict, test.detail, cure)
		})
	}
}

func TestDoctorPhotos(t *testing.T) {
	d, _ := newDoctor(t)
	waiter := &d.place.loaded.Settings.Waiter
	demandFinding(t, d.photos(t.Context()), verdictOK, "none", "")
	waiter.Photos = t.TempDir()
	demandFinding(t, d.photos(t.Context()), verdictOK, waiter.Photos+": 0", "")
	file := filepath.Join(waiter.Photos, "1.jpg")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.photos(t.Context()), verdictOK, waiter.Photos+": 1", "")
	for i := range maxPhotosCounted {
		if err := os.WriteFile(filepath.Join(waiter.Photos, fmt.Sprintf("%d.png", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	demandFinding(t, d.photos(t.Context()), verdictOK, ": 1000 or more", "")
	waiter.Photos = file
	demandFinding(t, d.photos(t.Context()), verdictFail, "cannot be read", "folder")
	waiter.Photos = filepath.Join(file, "gone")
	demandFinding(t, d.photos(t.Context()), verdictFail, "cannot be read", "folder")
}

func TestDoctorWaiters(t *testing.T) {
	d, r := newDoctor(t)
	waiter := &d.place.loaded.Settings.Waiter
	demandFinding(t, d.waiterPINs(t.Context()), verdictOK, "no waiters are named", "")
	waiter.Waiters = []string{"Аня", "Пётр", "Олег"}
	r.keyring.kept["waiter/Аня"] = mustHash(t, "1111")
	demandFinding(t, d.waiterPINs(t.Context()), verdictWarning, "Пётр, Олег", "secret set waiter/Пётр")
	r.keyring.kept["waiter/Пётр"], r.keyring.kept["waiter/Олег"] = mustHash(t, "2222"), mustHash(t, "3333")
	demandFinding(t, d.waiterPINs(t.Context()), verdictOK, "3 waiters", "")
	r.keyring.err = config.ErrKeyringLocked
	demandFinding(t, d.waiterPINs(t.Context()), verdictFail, "locked", "unlock")
}

func TestDoctorFeed(t *testing.T) {
	d, r := newDoctor(t)
	demandFinding(t, d.feed(t.Context()), verdictOK, "no token", "")
	r.keyring.kept["feed"] = "0123456789abcdef"
	demandFinding(t, d.feed(t.Context()), verdictOK, "the keyring", "")
	r.keyring.err = config.ErrKeyringLocked
	demandFinding(t, d.feed(t.Context()), verdictFail, "locked", "unlock")
}

func TestDoctorPayments(t *testing.T) {
	d, _ := newDoctor(t)
	got := d.payments(t.Context())
	demandFinding(t, got, verdictOK, "Bonuses (Skidkabot) - (", "")
	demandFinding(t, got, verdictOK, "\nwallet: ", "")
	if strings.Contains(got.Detail, "Deposit") {
		t.Errorf("a deposit that nobody named: %s", got.Detail)
	}
	d.place.loaded.Settings.Waiter.Deposit = "Deposit"
	demandFinding(t, d.payments(t.Context()), verdictOK, "\nDeposit (Skidkabot) - (", "")
}

func TestDoctorSkipsWhatItCannotLookAt(t *testing.T) {
	d, _ := newDoctor(t)
	d.settingsErr = config.ErrNoHome
	for _, check := range []func(context.Context) finding{d.door, d.allow, d.photos, d.waiterPINs, d.payments} {
		demandFinding(t, check(t.Context()), verdictSkipped, "not looked at", "")
	}
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

// What a terminal would break inside a word is folded before it, under the first line; a file and a very narrow window get
// the lines as they are.
func TestFindingsAreFolded(t *testing.T) {
	const text = "the network, the name in [skidkabot] url\nand this machine's date"
	for room, want := range map[int]string{
		0:  "the network, the name in [skidkabot] url\n  and this machine's date",
		30: "the network, the name in\n  [skidkabot] url\n  and this machine's date",
		10: "the network, the name in [skidkabot] url\n  and this machine's date",
	} {
		if got := under(text, "  ", room); got != want {
			t.Errorf("in %d columns:\n%s\nwant\n%s", room, got, want)
		}
	}
}

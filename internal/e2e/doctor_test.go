//go:build !windows

package e2e_test

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// What the doctor says of a whole till: one that runs, one that has ended, one of which everything is broken.

// checks are the doctor's lines, in their order, by the words that a script knows them by.
var checks = []string{
	"settings", "folder", "disk", "till", "journal", "backups", "reserve", "log", "secret", "admin", "cashiers", "service", "shop", "clock",
	"door", "allow", "pins", "photos", "feed", "payments", "printer", "expirenza", "scanner", "terminal",
}

// line is a line of `doctor --json`, with the keys that docs/admin.md names.
type line struct{ Check, Verdict, Detail, Cure string }

// doctor examines the till beside whatever runs, and gives its lines by their checks. Each check has its line, and each line that
// is not in order a cure.
func (s *scenario) doctor(wantCode int, args ...string) map[string]line {
	s.t.Helper()
	var report struct {
		OK       bool
		Findings []line
	}
	decoder := json.NewDecoder(bytes.NewReader(s.command(wantCode, append([]string{"doctor", "--json"}, args...)...)))
	decoder.DisallowUnknownFields()
	s.must(decoder.Decode(&report))
	if report.OK != (wantCode == 0) {
		s.t.Errorf("ok is %t with exit code %d", report.OK, wantCode)
	}
	var names []string
	lines := make(map[string]line)
	for _, l := range report.Findings {
		names = append(names, l.Check)
		lines[l.Check] = l
		if isIll := l.Verdict == "warn" || l.Verdict == "fail"; isIll != (l.Cure != "") || l.Detail == "" {
			s.t.Errorf("%+v", l)
		}
	}
	if !slices.Equal(names, checks) {
		s.t.Errorf("the lines are %q, want %q", names, checks)
	}
	return lines
}

// wantLines holds the doctor's lines to what they must say. A line that is not among them must be in order.
func (s *scenario) wantLines(lines map[string]line, want map[string]line) {
	s.t.Helper()
	for _, check := range checks {
		w, named := want[check]
		if !named {
			w = line{Verdict: "ok"}
		}
		got := lines[check]
		if check == "disk" && got.Verdict == "warn" && !named {
			continue // this machine's disk is what it is
		}
		if got.Verdict != w.Verdict || !strings.Contains(got.Detail, w.Detail) || !strings.Contains(got.Cure, w.Cure) {
			s.t.Errorf("%s is %q, %q → %q; want %q, %q → %q", check, got.Verdict, got.Detail, got.Cure, w.Verdict, w.Detail, w.Cure)
		}
	}
}

// newDoctored sets up a shop with everything: two doors, a printer, an admin's PIN. Its till runs.
func newDoctored(t *testing.T) *paying {
	t.Helper()
	s := newPaying(t)
	hash, err := config.HashPIN(adminPIN)
	s.must(err)
	s.must(s.shop.SetCredential("admin", hash))
	s.must(s.shop.SetCredential("feed", feedToken))
	s.shop.Setenv("SKIDKASSA_WAITER_LISTEN", "127.0.0.1:0")
	s.start(terminal.Options{Columns: 120, Rows: 40})
	s.connected()
	s.accrue()
	s.see("Начислено 25")
	s.eventually("backup", func() bool { return len(s.backups()) == 1 })
	return s
}

// listening is what makes the doctor look at the port that the till serves waiters on.
func listening(address string) []string { return []string{"--set", "waiter.listen=" + address} }

func TestTheDoctorFindsNothingBesideARunningTill(t *testing.T) {
	s := newDoctored(t)
	address := strings.TrimPrefix(s.door().url, "http://")
	healthy := func() map[string]line {
		return map[string]line{
			"till": {Verdict: "ok", Detail: "the till is running: process "}, "door": {Verdict: "ok", Detail: "waiters are served"},
			"expirenza": {Verdict: "ok", Detail: "connected since"}, "printer": {Verdict: "ok", Detail: s.paper.Device()},
			"shop": {Verdict: "ok", Detail: "knows shop 4"}, "terminal": {Verdict: "skipped"},
		}
	}
	s.eventually("states of the parts", func() bool { // the till writes them once a second
		state, err := os.ReadFile(filepath.Join(s.shop.DataDir(), "state.json"))
		return err == nil && bytes.Contains(state, []byte(`"expirenza":{"level":1`)) && bytes.Contains(state, []byte(`"printer":{"level":1`))
	})
	s.wantLines(s.doctor(0, listening(address)...), healthy())
	if got := len(s.sim.Attempts()); got != 1 {
		t.Errorf("%d connections to Expirenza beside the till's", got-1)
	}

	// The till has lost nothing by that.
	s.notSeen("НЕ РАБОТАЕТ", "нет связи")
	s.wants(waitersAt("http://"+address, 1), 204, "GET", "/ping", "")
	s.read(terminal.Enter, idleWords)
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see("Начислено 6")
	s.quit()

	// And without the till the doctor tries everything itself.
	s.waitOutPause()
	want := healthy()
	want["till"] = line{Verdict: "ok", Detail: "no till is running"}
	want["door"] = line{Verdict: "ok", Detail: address + " is free"}
	want["expirenza"] = line{Verdict: "ok", Detail: "takes the key"}
	s.wantLines(s.doctor(0, listening(address)...), want)
	if got := len(s.sim.Attempts()); got != 2 {
		t.Errorf("the doctor has connected to Expirenza %d times, want once", got-1)
	}
}

// What is wrong outside of the till, and in its settings.
func TestTheDoctorHasACureForEachThingThatIsWrong(t *testing.T) {
	s := newDoctored(t)
	s.quit()
	s.waitOutPause()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	defer func() { _ = busy.Close() }()
	s.ahead.Store(int64(10 * time.Minute))
	s.service.SetDebt(true)
	s.paper.Set(printertest.Trouble{NoPaper: true})
	s.must(s.shop.SetCredential("expirenza", strings.Repeat("0", 64)))
	s.must(os.Remove(filepath.Join(s.shop.Folder, "credentials", "admin")))
	s.must(os.Chmod(s.shop.SettingsFile(), 0o622))
	s.must(os.Chmod(s.shop.DataDir(), 0o755))
	s.must(os.Remove(s.shop.JournalFile() + ".reserve"))
	s.must(os.Remove(s.logFile()))
	s.must(os.Mkdir(s.logFile(), 0o700))
	s.must(os.Remove(s.backups()[0]))

	args := append(listening(busy.Addr().String()), "--set", "waiter.photos=/no/such/folder", "--set", "waiter.waiters=Анна",
		"--set", "shop.cashiers=Олег", "--set", "scanner.gap=200ms")
	s.wantLines(s.doctor(1, args...), map[string]line{
		"settings":  {Verdict: "warn", Cure: "chmod go-w " + s.shop.SettingsFile()},
		"folder":    {Verdict: "warn", Detail: "755", Cure: "chmod 700 " + s.shop.DataDir()},
		"backups":   {Verdict: "warn", Cure: "start the till"},
		"reserve":   {Verdict: "warn", Cure: "start the till"},
		"log":       {Verdict: "fail", Cure: s.logFile()},
		"admin":     {Verdict: "warn", Cure: "LoadCredential=admin"},
		"cashiers":  {Verdict: "warn", Detail: "Олег"},
		"shop":      {Verdict: "fail", Detail: "15", Cure: "top up"},
		"clock":     {Verdict: "fail", Detail: "behind", Cure: "set this machine's clock"},
		"door":      {Verdict: "fail", Detail: ownName(), Cure: "close that program"},
		"pins":      {Verdict: "warn", Detail: "Анна"},
		"photos":    {Verdict: "fail", Cure: "photos under [waiter]"},
		"printer":   {Verdict: "fail", Detail: "paper", Cure: "put paper in"},
		"expirenza": {Verdict: "fail", Detail: "refuses the key", Cure: "secret set expirenza"},
		"scanner":   {Verdict: "warn", Detail: "200ms", Cure: "skidkassa setup"},
		"terminal":  {Verdict: "skipped"},
	})
	s.must(os.Remove(s.logFile())) // nothing can have leaked into it
}

// Nobody answers any more, and the journal is damaged.
func TestTheDoctorHasACureForEachThingThatIsGone(t *testing.T) {
	s := newDoctored(t)
	s.quit()
	s.waitOutPause()
	s.must(s.service.SetDown(true))
	s.must(s.sim.SetDown(true))
	s.paper.Stop()
	whole, err := os.ReadFile(s.shop.JournalFile())
	s.must(err)
	damaged := s.damageJournal()
	s.must(os.WriteFile(s.backups()[0], damaged, 0o600))
	s.must(os.Remove(filepath.Join(s.shop.DataDir(), "secrets-source"))) // which of the sources has worked
	s.shop.Environment = slices.DeleteFunc(s.shop.Environment, func(entry string) bool { return strings.HasPrefix(entry, "CREDENTIALS_DIRECTORY=") })
	s.wantLines(s.doctor(1, listening("192.0.2.1:9100")...), map[string]line{
		"journal":   {Verdict: "fail", Detail: "damaged", Cure: "Restore"},
		"backups":   {Verdict: "fail", Cure: "move the file away"},
		"secret":    {Verdict: "fail", Detail: "keyring", Cure: "start a keyring"},
		"admin":     {Verdict: "fail", Cure: "start a keyring"},
		"service":   {Verdict: "fail", Detail: "cannot be reached", Cure: "check the network"},
		"shop":      {Verdict: "skipped"},
		"clock":     {Verdict: "skipped"},
		"door":      {Verdict: "fail", Cure: "an address of this machine"},
		"allow":     {Verdict: "warn", Cure: "allow under [waiter]"},
		"feed":      {Verdict: "fail", Cure: "start a keyring"},
		"printer":   {Verdict: "fail", Cure: "switch the printer on"},
		"expirenza": {Verdict: "fail", Cure: "start a keyring"},
		"terminal":  {Verdict: "skipped"},
	})
	if kept, err := os.ReadFile(s.shop.JournalFile()); err != nil || !bytes.Equal(kept, damaged) {
		t.Errorf("the doctor has touched the journal: %v", err)
	}
	s.must(os.WriteFile(s.shop.JournalFile(), whole, 0o600)) // for the comparison with the ledger
}

// For a person it speaks the till's language, and looks at the terminal that it runs in.
func TestTheDoctorLooksAtTheTerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		options       terminal.Options
		code          int
		verdict, cure string
	}{
		{"large enough", terminal.Options{Columns: 200, Rows: 60}, 0, "хорошо", "UTF-8"},
		{"small", terminal.Options{Columns: 200, Rows: 20}, 1, "плохо", "80x24"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScenario(t)
			s.launch(test.options, "doctor")
			s.ended(test.code)
			before, after, found := strings.Cut(string(s.Raw()), " терминал ")
			verdict := strings.Fields(before[strings.LastIndexByte(before, '\n')+1:])
			if !found || !slices.Equal(verdict, []string{test.verdict}) || !strings.Contains(after, test.cure) {
				t.Errorf("it says %q", s.Raw())
			}
		})
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
	"github.com/skidkassa/skidkassa/tui"
)

// A customer's name is the customer's: no spreadsheet may run it.
func TestCellsAreHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"Анна":             "Анна",
		"=1+1":             "'=1+1",
		"+7 900":           "'+7 900",
		"-5":               "'-5",
		"@SUM(A1)":         "'@SUM(A1)",
		"\t=1+1":           "'=1+1",
		"\r=1+1":           "'=1+1",
		"\x1b[31m=1":       "'=1",
		"\u200b=1+1":       "'=1+1",
		"Анна = Мария":     "Анна = Мария",
		"'=already quoted": "'=already quoted",
	} {
		if got := harmless(text); got != want {
			t.Errorf("harmless(%q) is %q, want %q", text, got, want)
		}
	}
	o := loyalty.Operation{Name: "=cmd", Cashier: "@x", Note: "+y", Text: "-z", Points: decimal.NewFromInt(-5), Parent: uuid.Max}
	cells := exportCells(o)
	if len(cells) != len(exportColumns) {
		t.Fatalf("%d cells under %d heads", len(cells), len(exportColumns))
	}
	if got := strings.Join(cells, "|"); strings.Count(got, "'") != 4 || !strings.Contains(got, "|-5|") {
		t.Errorf("texts are marked and numbers are not: %s", got)
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out.csv")
	broken := errors.New("broken")
	fails := func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return broken }
	works := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	if err := writeWhole(path, false, fails); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("a failed write leaves %v", left)
	}
	if err := writeWhole(path, false, works("one")); err != nil {
		t.Error(err)
	}
	if err := writeWhole(path, false, works("two")); !errors.Is(err, errFileThere) {
		t.Errorf("a file was there: %v", err)
	}
	if err := writeWhole(path, false, func(w io.Writer) error { return nil }); !errors.Is(err, errFileThere) {
		t.Errorf("a file was there: %v", err)
	}
	other := filepath.Join(folder, "race.csv")
	err := writeWhole(other, false, func(w io.Writer) error { // somebody makes it meanwhile
		return os.WriteFile(other, []byte("theirs"), 0o600)
	})
	if text, _ := os.ReadFile(other); !errors.Is(err, errFileThere) || string(text) != "theirs" {
		t.Errorf("a file that came meanwhile: %q, %v", text, err)
	}
	if err := writeWhole(path, true, works("three")); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "three" {
		t.Errorf("it holds %q", text)
	}
	if left, _ := os.ReadDir(folder); len(left) != 2 {
		t.Errorf("temporary files are left: %v", left)
	}
}

// A person who waits longer than a second is told how far it is; a script never.
func TestProgress(t *testing.T) {
	r := newRun(t, "")
	now := time.Now()
	r.now = func() time.Time { return now }
	script := r.newProgress()
	ours, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = ours.Close(), terminal.Close() }()
	r.program.stderr = terminal
	person := r.newProgress()
	for _, g := range []*progress{script, person} {
		for range countEvery {
			g.count()
		}
		if g.told {
			t.Error("told within a second")
		}
	}
	now = now.Add(2 * time.Second)
	for _, g := range []*progress{script, person} {
		for range countEvery {
			g.count()
		}
		g.end()
	}
	if script.told || !person.told || r.err.Len() != 0 {
		t.Errorf("told: a script %v, a person %v", script.told, person.told)
	}
	told := make([]byte, 100)
	n, err := ours.Read(told)
	if err != nil || !strings.Contains(string(told[:n]), "512 operations") {
		t.Errorf("it says %q, %v", told[:n], err)
	}
}

func reconciling(t *testing.T) (*skidkabotsim.Server, *run, []string) {
	t.Helper()
	sim := new(skidkabotsim.Server)
	sim.AddCustomer(skidkabotsim.Customer{Client: customer, FirstName: "Анна", Balance: decimal.NewFromInt(2365)})
	card := sim.IssueQR(customer)
	url, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	client, err := skidkabot.New(skidkabot.Config{URL: url, Vendor: 4, VendorSecret: skidkabotsim.TestVendorSecret, Register: 1})
	if err != nil {
		t.Fatal(err)
	}
	options := optionsFor(t, client)
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	for range 2 {
		guest, err := opened.desk.Greet(t.Context(), card, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := opened.desk.Accrue(t.Context(), loyalty.AccrualRequest{
			ID: loyalty.NewID(), Guest: guest, Sum: decimal.NewFromInt(1000), RepeatConfirmed: true,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := opened.close(flightLimit); err != nil {
		t.Fatal(err)
	}
	r := newRun(t, "")
	r.keyring.kept["skidkabot"] = "31337"
	return sim, r, []string{"--data", options.dataDir, "--set", "shop.vendor=4", "--set", "skidkabot.url=" + url, "journal", "reconcile"}
}

func TestReconcile(t *testing.T) {
	sim, r, args := reconciling(t)
	requests := sim.Count(skidkabot.PathAccrue)
	if code := r.program.run(t.Context(), args); code != exitDone {
		t.Errorf("exit code %d: %s%s", code, &r.out, &r.err)
	}
	if !strings.Contains(r.out.String(), "83532824     2,405    2,405") {
		t.Errorf("it says\n%s", &r.out)
	}
	r.out.Reset()

	sim.SetBalance(customer, decimal.NewFromInt(2000))
	if code := r.program.run(t.Context(), append(args, "--json")); code != exitFailed {
		t.Errorf("a difference: exit code %d", code)
	}
	var line reconciled
	if err := json.Unmarshal(r.out.Bytes(), &line); err != nil || line.Difference == nil || line.Difference.String() != "-405" {
		t.Errorf("a difference: %s, %v", &r.out, err)
	}
	r.out.Reset()

	if err := sim.SetDown(true); err != nil {
		t.Fatal(err)
	}
	if code := r.program.run(t.Context(), args); code != exitFailed || !strings.Contains(r.out.String(), "not sent") {
		t.Errorf("without the service: exit code %d, %s", code, &r.out)
	}
	if got := sim.Count(skidkabot.PathAccrue); got != requests {
		t.Errorf("%d accruals were sent", got-requests)
	}
}

func TestWhatTheJournalExpects(t *testing.T) {
	op := func(kind loyalty.Kind, state loyalty.State, points int64) loyalty.Operation {
		return loyalty.Operation{
			ID: loyalty.NewID(), Kind: kind, State: state, Points: decimal.NewFromInt(points), Secret: 1, Client: 5,
			Baseline: decimal.NewFromInt(100), BaselineAt: time.Now(),
		}
	}
	confirmed := op(loyalty.Accrual, loyalty.StateConfirmed, 10)
	confirmed.Balance, confirmed.BalanceRead = decimal.NewFromInt(110), true
	for name, tt := range map[string]struct {
		ops  []loyalty.Operation
		want int64
		open int
	}{
		"the service's word":     {[]loyalty.Operation{confirmed}, 110, 0},
		"a balance unread":       {[]loyalty.Operation{op(loyalty.Accrual, loyalty.StateConfirmed, 10)}, 110, 0},
		"what followed":          {[]loyalty.Operation{confirmed, op(loyalty.Redemption, loyalty.StateApplied, 30)}, 80, 0},
		"what did not happen":    {[]loyalty.Operation{confirmed, op(loyalty.Redemption, loyalty.StateNotApplied, 30)}, 110, 0},
		"what may have happened": {[]loyalty.Operation{confirmed, op(loyalty.Redemption, loyalty.StateUnknown, 30)}, 110, 1},
	} {
		var e expectation
		for _, o := range tt.ops {
			e.add(o)
		}
		if !e.known || !e.balance.Equal(decimal.NewFromInt(tt.want)) || len(e.open) != tt.open {
			t.Errorf("%s: %v, %d open, want %d, %d", name, e.balance, len(e.open), tt.want, tt.open)
		}
	}
}

func TestAdminPIN(t *testing.T) {
	r := newRun(t, "4821\n")
	dir := t.TempDir()
	pin := adminPIN(func() (*config.Secrets, error) { return r.openSecrets(dir, r.keyring) })
	if needed, err := pin.Needed(t.Context()); needed || err != nil {
		t.Errorf("none is set: %v, %v", needed, err)
	}
	if err := r.askAdmin(t.Context(), dir); err != nil {
		t.Errorf("none is set: %v", err)
	}
	hash, err := config.HashPIN("4821")
	if err != nil {
		t.Fatal(err)
	}
	r.keyring.kept["admin"] = hash
	if needed, err := pin.Needed(t.Context()); !needed || err != nil {
		t.Errorf("one is set: %v, %v", needed, err)
	}
	for typed, want := range map[string]bool{"4821": true, "4822": false, "": false} {
		if right, err := pin.Check(t.Context(), typed); right != want || err != nil {
			t.Errorf("Check(%q) is %v, %v", typed, right, err)
		}
	}
	if err := r.askAdmin(t.Context(), dir); err != nil {
		t.Errorf("the right one: %v", err)
	}
	wrong := newRun(t, "1111\n")
	wrong.keyring.kept["admin"] = hash
	if err := wrong.askAdmin(t.Context(), dir); !errors.Is(err, errWrongPIN) {
		t.Errorf("a wrong one: %v", err)
	}
	// What cannot be told opens nothing.
	r.keyring.err = config.ErrKeyringLocked
	if _, err := pin.Needed(t.Context()); !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("Needed with a locked keyring: %v", err)
	}
	if right, err := pin.Check(t.Context(), "4821"); right || err == nil {
		t.Errorf("Check with a locked keyring: %v, %v", right, err)
	}
	if err := r.askAdmin(t.Context(), dir); !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("with a locked keyring: %v", err)
	}
}

// A till whose journal is damaged shows balances, and moves nothing.
func TestATillWithoutAJournalShowsBalances(t *testing.T) {
	service := &fakeService{}
	options := optionsFor(t, service)
	if err := makeDataDir(options.dataDir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(options.journal, bytes.Repeat([]byte("no journal "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	defer func() {
		if err := opened.close(flightLimit); err != nil {
			t.Error(err)
		}
	}()
	if !opened.balanceOnly() {
		t.Fatal("the till takes it for a journal")
	}
	if state := opened.hub.State(notice.Journal); state.Code != tui.JournalDamaged {
		t.Errorf("the journal is shown as %+v", state)
	}
	result, err := accrueOnce(t, opened)
	if journal.CodeOf(err) != journal.Damaged {
		t.Errorf("an accrual: %+v, %v", result, err)
	}
}

// A journal from another machine sends nothing of its own accord, and is this till's afterwards.
func TestAForeignJournalIsReviewedAndAdopted(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	first := mustOpen(t, options)
	guest, err := first.desk.Greet(t.Context(), testCard, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o := loyalty.Operation{
		ID: loyalty.NewID(), Kind: loyalty.Accrual, State: loyalty.StatePlanned, Vendor: 4, Client: customer, Secret: 1,
		ScannedAt: guest.ScannedAt, PlannedAt: time.Now(), ChangedAt: time.Now(), Points: decimal.NewFromInt(5),
	}
	if err := first.journal.Plan(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	first.begin(t.Context())
	if err := first.close(flightLimit); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(options.dataDir, "install-id")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 1} {
		next := mustOpen(t, options)
		if got := len(next.recovery.Review); got != want || len(next.recovery.Offered) != 0 {
			t.Errorf("start %d: %+v", i+1, next.recovery)
		}
		if foreign, why := next.journal.Foreign(); foreign {
			t.Errorf("start %d leaves it foreign: %s", i+1, why)
		}
		next.begin(t.Context())
		if err := next.close(flightLimit); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheDaysBackup(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	now := time.Date(2025, 11, 21, 12, 0, 0, 0, time.Local)
	options.now = func() time.Time { return now }
	opened := mustOpen(t, options)
	defer func() { _ = opened.closeFiles() }()
	folder := filepath.Join(options.dataDir, backupsName)
	for _, day := range []int{21, 21, 22} {
		now = time.Date(2025, 11, day, 12, 0, 0, 0, time.Local)
		if err := opened.backUp(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
	}
	infos, err := journal.Backups(t.Context(), folder)
	if err != nil || len(infos) != 2 || infos[0].Err != nil {
		t.Errorf("backups %+v, %v", infos, err)
	}

	d, _ := newDoctor(t)
	d.p.now = func() time.Time { return now }
	demandFinding(t, d.backups(t.Context()), verdictOK, "the till makes one each day", "")
	demandFinding(t, d.reserve(t.Context()), verdictOK, "is not there", "")
	d.place.dataDir, d.place.journal = options.dataDir, options.journal
	demandFinding(t, d.backups(t.Context()), verdictOK, "2, the newest of 2025-11-22", "")
	demandFinding(t, d.reserve(t.Context()), verdictOK, "full disk", "")
	now = now.AddDate(0, 0, 10)
	demandFinding(t, d.backups(t.Context()), verdictWarning, "10 days old", "start the till")
	if err := os.WriteFile(infos[0].Path, []byte("no backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.backups(t.Context()), verdictFail, "damaged", "move the file away")
	if err := errors.Join(os.RemoveAll(folder), os.Remove(options.journal+reserveEnding)); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.backups(t.Context()), verdictWarning, "the till makes one each day", "log")
	demandFinding(t, d.reserve(t.Context()), verdictWarning, "is not there", "make room")
	d.place.dataDir, d.place.journal = "", ""
	demandFinding(t, d.backups(t.Context()), verdictSkipped, english().Say(texts.CLIFoundUnset), "")
	demandFinding(t, d.reserve(t.Context()), verdictSkipped, english().Say(texts.CLIFoundUnset), "")
}

// What the disk suffers from is shown by name, and ends when a write succeeds.
func TestDiskTroubleIsShownByName(t *testing.T) {
	opened := mustOpen(t, optionsFor(t, &fakeService{}))
	defer func() { _ = opened.closeFiles() }()
	shown := ""
	look := func(want string, level notice.Level) {
		t.Helper()
		shown = opened.publishDisk(shown)
		if got := opened.hub.State(notice.Journal); got.Code != want || got.Level != level {
			t.Errorf("the journal is shown as %+v, want %q", got, want)
		}
	}
	look("", notice.Good)
	for code, want := range map[journal.Code]string{
		journal.Full: tui.JournalFull, journal.ReadOnly: tui.JournalReadOnly, journal.Damaged: tui.JournalDamaged,
	} {
		opened.store.code.Store(code)
		look(want, notice.Trouble)
		opened.store.code.Store(journal.Code(""))
		look("", notice.Good)
	}
	// What the desk says meanwhile is not taken back by the end of another trouble.
	opened.store.code.Store(journal.Full)
	look(tui.JournalFull, notice.Trouble)
	opened.hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: loyalty.JournalUnwritten})
	look(loyalty.JournalUnwritten, notice.Trouble)
	opened.store.code.Store(journal.Code(""))
	look(loyalty.JournalUnwritten, notice.Trouble)
	if got := opened.store.trouble(true); got != tui.JournalReserve {
		t.Errorf("the reserve in use is shown as %q", got)
	}
}

// What cannot be written is named as it was typed, and a folder is no file to be replaced.
func TestExportNamesWhatWasTyped(t *testing.T) {
	nothing := func(io.Writer) error { return nil }
	folder := t.TempDir()
	if err := writeWhole(folder, true, nothing); !errors.Is(err, errIsFolder) {
		t.Errorf("a folder: %v", err)
	}
	nowhere := filepath.Join(folder, "nowhere", "all.csv")
	var named *fs.PathError
	if err := writeWhole(nowhere, false, nothing); !errors.As(err, &named) || named.Path != nowhere {
		t.Errorf("a folder that is not there: %v", err)
	}
}

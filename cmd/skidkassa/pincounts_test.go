package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/tui"
)

// counting is a file of wrong PINs in a folder of its own.
func counting(t *testing.T) (*pinCounts, *time.Time) {
	now := time.Date(2026, 3, 4, 19, 42, 0, 0, time.UTC)
	return newPINCounts(t.TempDir(), func() time.Time { return now }), &now
}

func count(t *testing.T, p *pinCounts, of string) tui.PINCount {
	t.Helper()
	got, err := p.Count(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func keep(t *testing.T, p *pinCounts, of string, c tui.PINCount) {
	t.Helper()
	if err := p.Keep(t.Context(), of, c); err != nil {
		t.Fatal(err)
	}
}

func TestWrongPINsAreCountedOverARestart(t *testing.T) {
	p, now := counting(t)
	if got := count(t, p, tui.AdminCount); got != (tui.PINCount{}) {
		t.Errorf("nothing was wrong yet: %+v", got)
	}
	wrong, paused := tui.PINCount{Wrong: 2}, tui.PINCount{Until: now.Add(tui.PINPause)}
	keep(t, p, tui.AdminCount, wrong)
	keep(t, p, "cashier/Анна", paused)
	again := newPINCounts(filepath.Dir(p.path), p.now)
	if got := count(t, again, tui.AdminCount); got != wrong {
		t.Errorf("got %+v, want %+v", got, wrong)
	}
	if got := count(t, again, "cashier/Анна"); !got.Until.Equal(paused.Until) {
		t.Errorf("got %+v, want %+v", got, paused)
	}
	if got := count(t, again, "cashier/Олег"); got != (tui.PINCount{}) {
		t.Errorf("another one's: %+v", got)
	}
	keep(t, again, tui.AdminCount, tui.PINCount{})
	if got := count(t, p, tui.AdminCount); got != (tui.PINCount{}) {
		t.Errorf("after the right one: %+v", got)
	}
}

func TestTheFileOfWrongPINsNeverGrowsAndIsPrivate(t *testing.T) {
	p, now := counting(t)
	if err := p.prepare(); err != nil {
		t.Fatal(err)
	}
	for i := range 64 { // as many as the settings take, with the longest names
		keep(t, p, tui.CashierCount+strings.Repeat("щ", 39)+string(rune('а'+i)), tui.PINCount{Wrong: 2, Until: now.Add(time.Nanosecond)})
	}
	info, err := os.Stat(p.path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() != pinCountsBytes || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the file has %d bytes and the mode %v", info.Size(), info.Mode())
	}
	for i := range 1000 {
		if err := p.Keep(t.Context(), tui.CashierCount+strings.Repeat("щ", 40)+string(rune('а'+i)), tui.PINCount{Wrong: 1}); err != nil {
			return // full, and it says so
		}
	}
	t.Error("the file takes any number of names")
}

func TestADamagedFileOfWrongPINsClosesForOnePause(t *testing.T) {
	for _, damage := range []string{"", "{", strings.Repeat("x", pinCountsBytes), strings.Repeat(" ", pinCountsBytes), strings.Repeat("{}", pinCountsBytes)} {
		p, now := counting(t)
		keep(t, p, tui.AdminCount, tui.PINCount{Wrong: 2})
		if err := os.WriteFile(p.path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := count(t, p, "cashier/Олег").Pause(*now); got != tui.PINPause {
			t.Errorf("a file of %d bytes of damage leaves a pause of %v", len(damage), got)
		}
		*now = now.Add(tui.PINPause)
		if got := count(t, p, tui.AdminCount).Pause(*now); got != 0 {
			t.Errorf("after the pause there is one of %v", got)
		}
		keep(t, p, tui.AdminCount, tui.PINCount{Wrong: 1})
		if got := count(t, p, tui.AdminCount); got.Wrong != 1 || got.Pause(*now) != 0 {
			t.Errorf("it does not begin anew: %+v", got)
		}
	}
}

func TestAFileOfWrongPINsThatCannotBeHadIsAnError(t *testing.T) {
	p, _ := counting(t)
	if err := os.Mkdir(p.path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Count(t.Context(), tui.AdminCount); err == nil {
		t.Error("a folder in its place is read")
	}
	if err := p.Keep(t.Context(), tui.AdminCount, tui.PINCount{Wrong: 1}); err == nil {
		t.Error("a folder in its place is written")
	}
	below := newPINCounts(filepath.Join(p.path, "folder"), p.now)
	if err := os.RemoveAll(p.path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := below.Keep(t.Context(), tui.AdminCount, tui.PINCount{Wrong: 1}); err == nil {
		t.Error("a file is made below a file")
	}
}

func TestTheCommandLineSharesTheTriesOfTheScreen(t *testing.T) {
	hash, err := config.HashPIN("4821")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	try := func(typed string) error {
		r := newRun(t, typed+"\n")
		r.keyring.kept["admin"] = hash
		return r.askAdmin(t.Context(), dir)
	}
	for range 3 {
		if err := try("1111"); err == nil {
			t.Fatal("a wrong PIN is taken")
		}
	}
	err = try("4821")
	if said, _ := english().explain(err); !strings.Contains(said, "seconds") {
		t.Errorf("after three wrong ones it says %q (%v)", said, err)
	}
	count, err := newPINCounts(dir, time.Now).Count(context.Background(), tui.AdminCount)
	if err != nil || count.Pause(time.Now()) == 0 {
		t.Errorf("the screen knows nothing of it: %+v (%v)", count, err)
	}
	if err := os.Remove(filepath.Join(dir, pinCountsName)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, pinCountsName), 0o700); err != nil {
		t.Fatal(err)
	}
	if said, code := english().explain(try("4821")); code != exitFailed || !strings.Contains(said, "not checked") {
		t.Errorf("what cannot be counted: %q", said)
	}
}

func TestACashiersPIN(t *testing.T) {
	r := newRun(t, "")
	dir := t.TempDir()
	open := func() (*config.Secrets, error) { return r.openSecrets(dir, r.keyring) }
	hash, err := config.HashPIN("4821")
	if err != nil {
		t.Fatal(err)
	}
	r.keyring.kept["cashier/Анна"] = hash
	if right, err := cashierPIN(open, "Анна").Check(t.Context(), "4821"); !right || err != nil {
		t.Errorf("the right one: %v, %v", right, err)
	}
	if needed, err := cashierPIN(open, "Олег").Needed(t.Context()); needed || err != nil {
		t.Errorf("one who has none: %v, %v", needed, err)
	}
	if _, err := cashierPIN(open, "a/b").Needed(t.Context()); err == nil {
		t.Error("a name that no secret can have is asked for")
	}
}

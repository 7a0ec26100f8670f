package shop_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/shop"
)

func newShop(t *testing.T) *shop.Shop {
	t.Helper()
	s, err := shop.New(t.TempDir(), "/bin/till", "http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheTillFindsItsSettings(t *testing.T) {
	s := newShop(t)
	loaded, err := config.Load(config.Input{Environ: s.Environment, GOOS: "linux"})
	if err != nil {
		t.Fatal(err)
	}
	if loaded.FileMissing || loaded.File != s.SettingsFile() {
		t.Errorf("the settings file is %s, missing: %v; want %s", loaded.File, loaded.FileMissing, s.SettingsFile())
	}
	if got := loaded.Settings; got.Skidkabot.URL != "http://127.0.0.1:8080" || got.Shop.Vendor != 4 || got.Waiter.Listen != "" {
		t.Errorf("the settings are %+v", got)
	}
	dir, err := config.DataDir("", "linux", s.Environment)
	if err != nil || dir != s.DataDir() || filepath.Dir(s.JournalFile()) != dir {
		t.Errorf("the data folder is %s (%v), want %s; the journal is %s", dir, err, s.DataDir(), s.JournalFile())
	}
}

func TestTheSecretIsForThisUserAlone(t *testing.T) {
	s := newShop(t)
	info, err := os.Stat(filepath.Join(s.Folder, "credentials", "skidkabot"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("its mode is %o", mode)
	}
}

func TestNothingOfThisMachinesUserIsSeen(t *testing.T) {
	t.Setenv("SKIDKASSA_SHOP_VENDOR", "5")
	t.Setenv("GOCOVERDIR", t.TempDir())
	s := newShop(t)
	for _, entry := range s.Environment {
		name, value, _ := strings.Cut(entry, "=")
		inside := strings.Contains(value, s.Folder)
		fixed := slices.Contains([]string{"PATH", "TERM", "LANG", "TZ", "GOCOVERDIR"}, name)
		if !inside && !fixed {
			t.Errorf("%s leads out of the shop's folder", entry)
		}
	}
}

func TestSetenvReplaces(t *testing.T) {
	s := newShop(t)
	s.Setenv("TERM", "xterm")
	s.Setenv("NO_COLOR", "1")
	command := s.Command("version", "--json")
	if got := command.Environ(); !slices.Contains(got, "TERM=xterm") || !slices.Contains(got, "NO_COLOR=1") || slices.Contains(got, "TERM=xterm-256color") {
		t.Errorf("the environment is %q", got)
	}
	if want := []string{"/bin/till", "version", "--json"}; !slices.Equal(command.Args, want) || command.Dir != s.Folder {
		t.Errorf("the command is %q in %s", command.Args, command.Dir)
	}
}

func TestProgramsAreBuilt(t *testing.T) {
	binary, err := shop.Build(t.TempDir(), shop.Module+"/internal/bench/floor/flagonly", "-trimpath")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(binary); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the binary cannot be run: %v", err)
	}
	if _, err := shop.Build(t.TempDir(), shop.Module+"/no/such/program"); err == nil || !strings.Contains(err.Error(), "no/such/program") {
		t.Errorf("the error is %v", err)
	}
}

func TestAFolderThatCannotBeUsedIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := shop.New(file, "till", ""); err == nil {
		t.Error("a shop was set up below a file")
	}
}

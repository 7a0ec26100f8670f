//go:build !windows

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// newNewcomer is a machine on which the program was never started, and a person who has never seen it. Where the service is
// comes from the environment, since the wizard asks nobody for that.
func newNewcomer(t *testing.T) *scenario {
	t.Helper()
	s := newScenario(t)
	var err error
	s.shop, err = shop.NewUnset(t.TempDir(), binary)
	s.must(err)
	s.shop.Setenv("SKIDKASSA_SKIDKABOT_URL", s.url)
	return s
}

// answer presses keys one after the other, as somebody who reads does.
func (s *scenario) answer(keys ...terminal.Key) {
	s.t.Helper()
	for _, key := range keys {
		s.press(key)
		time.Sleep(keyPause)
	}
}

// fill types into a field and goes to the next one.
func (s *scenario) fill(text string) {
	s.t.Helper()
	s.typeText(text)
	s.answer(terminal.Enter)
}

// chooseRussian answers the first page, which speaks the language of the environment.
func (s *scenario) chooseRussian() {
	s.t.Helper()
	s.see("Welcome", "Step 1 of 8")
	s.answer(terminal.Right) // the languages are a ring, and English is its last one
	s.see("Добро пожаловать", "Шаг 1 из 8")
	s.answer(terminal.Enter, terminal.Enter)
	s.see("Шаг 2 из 8")
}

// passDoors goes on from the scanner's test with neither printer nor doors.
func (s *scenario) passDoors() {
	s.t.Helper()
	s.person(terminal.Enter)
	s.see("Шаг 5 из 8", "Без принтера касса работает")
	s.answer(terminal.Up, terminal.Enter)
	s.see("Шаг 6 из 8", "Официанты")
	s.answer(terminal.Up, terminal.Enter)
	s.see("Шаг 7 из 8", "PIN администратора")
}

// holdsSecret reports the files of the shop that hold a text.
func (s *scenario) holdsSecret(text string) (files []string) {
	s.t.Helper()
	s.must(filepath.WalkDir(s.shop.Folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			files = append(files, path)
		}
		return err
	}))
	return files
}

// The secret may come from the service manager: then nothing is typed, and no keyring is needed.
func TestANewcomerWhoseSecretsAreGiven(t *testing.T) {
	s := newNewcomer(t)
	s.must(s.shop.SetCredential("skidkabot", "31337"))
	s.launch(terminal.Options{})
	s.chooseRussian()
	s.fill("4")
	s.see("LoadCredential")
	s.answer(terminal.Enter, terminal.Enter)
	s.fill("Кофейня у дома")
	s.answer(terminal.Enter, terminal.Enter)
	s.see("Шаг 3 из 8", "знает магазин 4")
	s.answer(terminal.Enter)
	s.see("Шаг 4 из 8", "Отсканируйте что угодно")
	s.passDoors()
	s.answer(terminal.Up, terminal.Enter)
	s.see("Шаг 8 из 8", "Кофейня у дома", "уже сохранён")
	s.answer(terminal.Enter)
	s.see(idleWords, "Кофейня у дома")
	s.accrue()
	s.see("Начислено 25", "2 390 баллов")
	s.wantLedger("accrue 25")
	s.read(terminal.Esc, idleWords)
	s.quit()
}

// Without a keyring and without given secrets the wizard says so before anything is typed, and what can be written is.
func TestANewcomerWithoutAKeyring(t *testing.T) {
	s := newNewcomer(t)
	s.launch(terminal.Options{})
	s.chooseRussian()
	s.fill("4")
	s.see("Хранилища ключей нет", "LoadCredential")
	s.fill("31337")
	s.answer(terminal.Up, terminal.Up, terminal.Up, terminal.Enter)
	s.see("Шаг 3 из 8", "знает магазин 4")
	s.answer(terminal.Enter)
	s.see("Шаг 4 из 8")
	s.passDoors()
	s.answer(terminal.Up, terminal.Enter)
	s.see("Шаг 8 из 8", "негде сохранить")
	s.answer(terminal.Enter)
	s.see("Настройки не записаны", "Секрет не сохранён", "Хранилища ключей нет")
	if _, err := os.Stat(s.shop.SettingsFile()); !os.IsNotExist(err) {
		t.Errorf("the settings are there: %v", err)
	}
	s.answer(terminal.Tab, terminal.Enter) // without the secrets
	s.see(idleWords, "нет секрета магазина")
	if files := s.holdsSecret("31337"); len(files) > 0 {
		t.Errorf("the secret is in %v", files)
	}
	s.quit()
}

// Whoever leaves the wizard leaves everything as it was, and is told.
func TestANewcomerWhoLeaves(t *testing.T) {
	for name, key := range map[string]terminal.Key{"Ctrl-C": terminal.CtrlC, "F10": terminal.F10, "Esc": terminal.Esc} {
		t.Run(name, func(t *testing.T) {
			s := newNewcomer(t)
			s.launch(terminal.Options{})
			s.chooseRussian()
			s.fill("4")
			s.fill("31337")
			s.answer(key)
			if key == terminal.Esc {
				s.see("Шаг 1 из 8")
				s.answer(key)
			}
			s.see("настройка прервана, ничего не записано")
			s.ended(1)
			if _, err := os.Stat(filepath.Dir(s.shop.SettingsFile())); !os.IsNotExist(err) {
				t.Errorf("the settings' folder is there: %v", err)
			}
			if files := s.holdsSecret("31337"); len(files) > 0 {
				t.Errorf("the secret is in %v", files)
			}
		})
	}
}

// `skidkassa setup` changes a till that is set up: what a person has written in its file stays.
func TestSettingUpAgain(t *testing.T) {
	s := newScenario(t)
	before, err := os.ReadFile(s.shop.SettingsFile())
	s.must(err)
	noted := "# наша касса у окна\n" + string(before) + "# конец\n"
	s.must(os.WriteFile(s.shop.SettingsFile(), []byte(noted), 0o600))
	s.launch(terminal.Options{}, "setup")
	s.see("Добро пожаловать")
	s.answer(terminal.Enter, terminal.Enter, terminal.Down, terminal.Down, terminal.Down)
	s.typeText(" у дома")
	s.answer(terminal.Down, terminal.Down, terminal.Enter)
	s.see("Шаг 3 из 8", "знает магазин 4")
	s.answer(terminal.Enter)
	s.see("Шаг 4 из 8")
	s.passDoors()
	s.answer(terminal.Up, terminal.Enter)
	s.see("Шаг 8 из 8", "Кофейня у дома")
	s.answer(terminal.Enter)
	s.see(idleWords, "Кофейня у дома")
	after, err := os.ReadFile(s.shop.SettingsFile())
	s.must(err)
	if want := strings.Replace(noted, `"Кофейня"`, `"Кофейня у дома"`, 1); string(after) != want {
		t.Errorf("the file is\n%s\nwant\n%s", after, want)
	}
	kept, err := os.ReadFile(s.shop.SettingsFile() + ".bak")
	if err != nil || string(kept) != noted {
		t.Errorf("the one before is\n%s, %v", kept, err)
	}
	s.quit()
}

// loadSettings reads what the wizard has written.
func (s *scenario) loadSettings() config.Settings {
	s.t.Helper()
	loaded, err := config.Load(config.Input{File: s.shop.SettingsFile()})
	s.must(err)
	return loaded.Settings
}

package tui

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

var f9 = tea.KeyMsg{Type: tea.KeyF9}

// settingsFile is a settings file in memory.
type settingsFile struct {
	values map[string]string
	over   []string
	saved  int
}

func newSettingsFile() *settingsFile {
	return &settingsFile{values: map[string]string{
		"language": "ru", "shop.vendor": "4", "shop.register": "1", "shop.name": "Кофейня", "shop.currency": "RUB", "skidkabot.url": "https://skidkabot.ru",
		"scanner.gap": "50ms", "till.bell": "errors", "till.mouse": "on", "waiter.listen": "127.0.0.1:9100", "waiter.system": "Skidkabot",
	}}
}

func (f *settingsFile) Standing() (setup.Standing, error) {
	return setup.Standing{Path: "skidkassa.toml", Values: maps.Clone(f.values), Over: f.over}, nil
}

func (f *settingsFile) Judge(key, value string) *setup.Fault { return nil }

func (f *settingsFile) JudgeSecret(setup.Named) *setup.Fault { return nil }

func (f *settingsFile) Payments(map[string]string) []string {
	return []string{"Bonuses (Skidkabot) - (id)."}
}

func (f *settingsFile) LookSecrets(context.Context, []string) map[string]setup.SecretState {
	return map[string]setup.SecretState{}
}

func (f *settingsFile) CheckShop(ctx context.Context, _ map[string]string, _ setup.Secret) error {
	return ctx.Err()
}

func (f *settingsFile) PrintTest(context.Context, map[string]string) error {
	return errors.New("no printer")
}

func (f *settingsFile) Save(_ context.Context, changes setup.Changes) error {
	f.saved++
	maps.Copy(f.values, changes.Values)
	return nil
}

func withSettings(f *settingsFile) func(*Options) { return func(o *Options) { o.Setup = f } }

func TestTheSettingsAreBehindThePIN(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()), withPIN(&stage.PIN{Right: "2580"}))
	tl.wants("F9 Настройки")
	tl.Press(f9)
	tl.wants("PIN администратора")
	tl.lacks("Правила баллов")
	tl.Types("2580")
	tl.Press(enter)
	tl.wants("Магазин", "Правила баллов", "Кофейня, 4")
	tl.lacks("F9 ")
	tl.Press(esc)
	tl.wants("Отсканируйте QR")
	tl.Press(f9)
	tl.wants("PIN администратора") // each time
}

func TestWithoutSettingsThereIsNoF9(t *testing.T) {
	tl := newTill(t)
	tl.lacks("F9")
	tl.Press(f9)
	tl.wants("Отсканируйте QR")
}

func TestTheLanguageCountsAtOnce(t *testing.T) {
	file := newSettingsFile()
	tl := newTill(t, withSettings(file))
	tl.Press(f9, up, up, up, enter, right, right, up, enter)
	tl.wants("Settings", "Saved, and counts already", "F10 Quit")
	if file.values["language"] != "en" {
		t.Errorf("written %v", file.values)
	}
	tl.Press(esc)
	tl.wants("Scan the customer's QR")
}

func TestWhatStandsOverTheFileStays(t *testing.T) {
	file := newSettingsFile()
	file.over = []string{"language", "scanner.gap"}
	tl := newTill(t, withSettings(file))
	tl.Press(f9, up, up, up, enter, right, right, up, enter)
	tl.wants("Записано", "Настройки")
}

func TestAnotherGapCountsAtOnce(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()))
	tl.Press(f9, down, down, enter, tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("120")
	tl.Press(up, enter, esc)
	for _, r := range stage.CardOf(stage.SomeClient).Payload() {
		tl.Wait(100 * time.Millisecond)
		tl.Send(stage.Runes(string(r)))
	}
	tl.Wait(time.Second)
	tl.wants("Александр Татарченко")
}

// A scan works on the settings screen as everywhere, and leaves no trace in its fields.
func TestAScanAtTheSettings(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()))
	tl.Press(f9, enter)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Александр Татарченко")
	tl.lacks("Магазин")

	tl.Press(esc)
	tl.Press(f9, enter)
	tl.Types("!")
	tl.Wait(time.Second)
	before := tl.Shown()
	tl.Wait(4 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Изменения настроек не сохранятся")
	tl.Wait(stage.QuietTime)
	tl.Press(esc)
	if after := tl.Shown(); !strings.Contains(after, "Кофейня!") || strings.Contains(after, "Skidkabot\"") {
		t.Errorf("the form was\n%s\nand is\n%s", before, after)
	}
	tl.Wait(4 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Wait(stage.QuietTime)
	tl.Press(left, enter)
	tl.wants("Александр Татарченко")
}

func TestQuittingWithUnsavedSettingsAsks(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()))
	tl.Press(f9, enter)
	tl.Types("!")
	tl.Wait(time.Second)
	tl.Press(f10)
	tl.wants("Изменения настроек не сохранятся")
	tl.Press(esc)
	tl.wants("Кофейня!")
}

// The scanner's test hears scanners that are too slow for the till, and no guest comes of it.
func TestTheScannerIsTriedInTheSettings(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()))
	tl.Press(f9, down, down, enter, up, right, enter)
	tl.wants("Отсканируйте что угодно")
	for _, r := range stage.CardOf(stage.SomeClient).Payload() {
		tl.Wait(90 * time.Millisecond)
		tl.Send(stage.Runes(string(r)))
	}
	tl.Wait(time.Second)
	tl.wants("Сканер медленный", "по 90 мс")
	tl.Press(esc)
	tl.Wait(4 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Александр Татарченко")
}

// Who unlocks the till need not be the admin: the settings are closed, and nothing else is.
func TestTheLockClosesTheSettings(t *testing.T) {
	relock := func(tl *till) {
		tl.Press(f12)
		tl.lacks("Правила баллов", "Кофейня!")
		tl.Press(enter)
		tl.Wait(time.Second)
	}
	locked := func(o *Options) { o.Cashiers = []string{"Анна"} }
	t.Run("over a guest", func(t *testing.T) {
		tl := newTill(t, withSettings(newSettingsFile()), locked)
		tl.Press(enter)
		tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		tl.Types("900")
		tl.Wait(time.Second)
		tl.Press(f9)
		tl.wants("Правила баллов")
		relock(tl)
		tl.wants("Александр Татарченко", "[900")
		tl.lacks("НЕ записаны")
	})
	t.Run("with changes", func(t *testing.T) {
		tl := newTill(t, withSettings(newSettingsFile()), locked)
		tl.Press(enter)
		tl.Press(f9, enter)
		tl.Types("!")
		tl.Wait(time.Second)
		relock(tl)
		tl.wants("Отсканируйте QR", "Изменения НЕ записаны")
	})
	t.Run("under the journal", func(t *testing.T) {
		tl := newTill(t, withSettings(newSettingsFile()), withJournal(&stage.Journal{}), locked)
		tl.Press(enter)
		tl.Press(f9, enter)
		tl.Types("!")
		tl.Wait(time.Second)
		tl.Press(f5)
		relock(tl)
		tl.wants("Изменения НЕ записаны", "Страница")
		tl.Press(esc)
		tl.wants("Отсканируйте QR")
	})
}

// What lies over the settings comes off, and they are as they were.
func TestOtherScreensOverTheSettings(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()), withJournal(&stage.Journal{}))
	tl.Press(f9, enter)
	tl.Types("!")
	tl.Wait(time.Second)
	tl.Press(f5)
	tl.lacks("F9 ")
	tl.Press(f1)
	tl.Press(esc, esc)
	tl.wants("Кофейня!")
	tl.Press(f1)
	tl.wants("стрелки выбирают раздел")
}

func TestTheMouseInTheSettings(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()), func(o *Options) { o.Mouse = true })
	tl.Press(f9)
	tl.clickOn("Сканер")
	tl.wants("Пауза сканера, мс")
	tl.clickOn("Проверить сканер")
	tl.wants("Отсканируйте что угодно")
	tl.clickOn("Назад")
	tl.wants("Пауза сканера, мс")
}

// The answer to a question that nobody waits for any more changes nothing.
func TestTheSettingsAreLeftWhileTheyAreRead(t *testing.T) {
	tl := newTill(t, withSettings(newSettingsFile()))
	tl.Held = true
	tl.Press(f9)
	tl.Deliver() // that no PIN is needed
	tl.wants("Читаем настройки")
	tl.Press(esc)
	tl.Held = false
	tl.Deliver()
	tl.wants("Отсканируйте QR")
}

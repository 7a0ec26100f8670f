package setup

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// office is the settings screen with an administrator before it.
type office struct {
	t        *testing.T
	settings *Settings
	backend  *fakeBackend
	now      time.Time
	acts     []any // Saved and Closed
	held     []Job
	hold     bool
}

func newOffice(t *testing.T, backend *fakeBackend) *office {
	t.Helper()
	backend.standing.New = false
	o := &office{t: t, backend: backend, now: start}
	styles := look.NewStyles(look.Theme{Colors: look.NoColors}, io.Discard)
	o.settings = NewSettings(backend, styles, texts.New(texts.Russian), func() time.Time { return o.now })
	o.see("Читаем настройки")
	for _, job := range o.settings.Opened() {
		o.take(o.settings.Hear(job.Run()))
	}
	return o
}

func (o *office) take(act any) {
	switch act := act.(type) {
	case nil:
	case Job:
		if o.hold {
			o.held = append(o.held, act)
			return
		}
		o.take(o.settings.Hear(act.Run()))
	default:
		o.acts = append(o.acts, act)
	}
}

func (o *office) press(keys ...tea.KeyType) {
	for _, key := range keys {
		o.take(o.settings.Press(tea.KeyMsg{Type: key}))
	}
}

func (o *office) write(text string) {
	for _, typed := range text {
		o.take(o.settings.Press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{typed}}))
	}
}

func (o *office) view() string {
	lines := o.settings.View(80, 20)
	for i, line := range lines {
		lines[i] = look.Bare(line)
	}
	return strings.Join(lines, "\n")
}

func (o *office) see(texts ...string) {
	o.t.Helper()
	for _, text := range texts {
		if !strings.Contains(inOneLine(o.view()), text) {
			o.t.Fatalf("no %q on\n%s", text, o.view())
		}
	}
}

// openSection opens the section of a number, from 0.
func (o *office) openSection(number int) {
	o.press(tea.KeyHome)
	for range number {
		o.press(down)
	}
	o.press(enter)
}

// The sections by their places in the list.
const (
	atShop = iota
	atRules
	atScanner
	atWaiter
	atExpirenza
	atPrinter
	atLook
	atSecrets
	atPeople
)

func TestTheSectionsAreListedWithWhatTheySay(t *testing.T) {
	backend := newBackend()
	o := newOffice(t, backend)
	o.see("Настройки", "Магазин", "Кофейня, 4", "Правила баллов", "Правила баллов как решил сервис", "Сканер 50 мс", "Официант 127.0.0.1:9100", "Expirenza нет", "Принтер", "Язык и экран Русский",
		"Секреты и PIN PIN администратора не задан", "Кассиры", "после перезапуска кассы")
	o.press(tea.KeyEnd, enter)
	o.see("Имена через запятую")
	o.press(esc)
	o.press(tea.KeyHome, up, enter)
	o.see("Имена через запятую") // the list is a ring
	o.press(esc, esc)
	if len(o.acts) != 1 || o.acts[0] != (Closed{}) {
		t.Errorf("closed with %v", o.acts)
	}
}

func TestEachSectionWritesItsChangesAlone(t *testing.T) {
	tests := []struct {
		section int
		edit    func(o *office)
		want    map[string]string
		secrets string
		told    string
	}{
		{atShop, func(o *office) { o.press(down, tea.KeyCtrlU); o.write("77"); o.press(enter) }, map[string]string{"shop.vendor": "77"}, "", "закроют (F10)"},
		{atRules, func(o *office) { o.write("2,5"); o.press(enter) }, map[string]string{"rules.accrue_percent": "2.5"}, "", "закроют (F10)"},
		{atScanner, func(o *office) { o.press(tea.KeyCtrlU); o.write("70"); o.press(enter) }, map[string]string{"scanner.gap": "70ms"}, "", "уже действует"},
		{atWaiter, func(o *office) {
			o.see("Bonuses (Skidkabot) - (0668e655")
			o.press(tea.KeyCtrlU)
			o.write("9200")
			o.press(enter, right, enter)
		}, map[string]string{"waiter.listen": "127.0.0.1:9200", "waiter.mode": "message"}, "", "закроют (F10)"},
		{atExpirenza, func(o *office) {
			o.write("api.shaketopay.com.ua")
			o.press(enter)
			o.write("5210")
			o.press(enter, enter, enter)
			o.write("1, 20 Терраса")
			o.press(enter)
		}, map[string]string{"expirenza.url": expirenzaURL, "expirenza.resto_id": "5210", "hall.tables": "1, 20 Терраса"}, "", "закроют (F10)"},
		{atPrinter, func(o *office) { o.write("10.0.0.9"); o.press(enter) }, map[string]string{"printer.device": "tcp://10.0.0.9:9100"}, "", "закроют (F10)"},
		{atLook, func(o *office) { o.press(right, right) }, map[string]string{"language": "en"}, "", "уже действует"},
		{atPeople, func(o *office) {
			o.write("Анна, Олег")
			o.press(enter, right, enter, right, right, enter)
			o.see("Олег")
			o.write("4321")
			o.press(enter)
		}, map[string]string{"shop.cashiers": "Анна, Олег", "till.lock": "1m0s"}, "cashier/Олег 4321", "закроют (F10)"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.section), func(t *testing.T) {
			backend := newBackend()
			o := newOffice(t, backend)
			o.openSection(test.section)
			test.edit(o)
			for range 20 {
				if o.settings.page().(*form).focused() == nil {
					break
				}
				o.press(down)
			}
			o.press(enter)
			if len(backend.saved) != 1 {
				t.Fatalf("nothing was written:\n%s", o.view())
			}
			if got := backend.saved[0]; !maps.Equal(got.Values, test.want) || revealed(got.Secrets) != test.secrets {
				t.Errorf("written %v and %q, want %v and %q", got.Values, revealed(got.Secrets), test.want, test.secrets)
			}
			o.see("Правила баллов", test.told)
			gap, _ := time.ParseDuration(test.want["scanner.gap"]) // zero where it was not changed
			if want := (Saved{texts.Lang(test.want["language"]), gap}); o.acts[0] != want {
				t.Errorf("told %v, want %v", o.acts[0], want)
			}
			if o.settings.Dirty() {
				t.Error("there is still something to be written")
			}
		})
	}
}

func TestSecretsAndPINs(t *testing.T) {
	backend := newBackend()
	backend.secrets[SecretShop] = SecretState{Place: PlaceKeyring}
	backend.secrets[SecretFeed] = SecretState{Trouble: TroubleLocked}
	o := newOffice(t, backend)
	o.openSection(atSecrets)
	o.see("Секретный код магазина", "Уже сохранён")
	o.write("31338")
	o.press(down, down)
	o.see("Хранилище ключей закрыто")
	o.press(down)
	o.write("2580")
	o.press(down)
	o.write("2581")
	o.press(down)
	o.press(enter)
	o.see("во второй раз другой")
	o.press(tea.KeyBackspace)
	o.write("0")
	o.press(down, enter)
	if got := revealed(backend.saved[0].Secrets); got != "skidkabot 31338, admin 2580" {
		t.Errorf("kept %q", got)
	}
	o.see("PIN администратора задан", "закроют (F10)") // the client of the service has the old one
	o.openSection(atSecrets)
	if strings.Contains(o.view(), "*") {
		t.Errorf("the secrets are still there:\n%s", o.view())
	}
}

func TestOnlyAPINCountsAtOnce(t *testing.T) {
	backend := newBackend()
	o := newOffice(t, backend)
	o.openSection(atSecrets)
	o.press(down, down, down)
	o.write("2580")
	o.press(down)
	o.write("2580")
	o.press(down, enter)
	o.see("уже действует")
}

func TestAPINWantsAPerson(t *testing.T) {
	backend := newBackend()
	backend.standing.Values["shop.cashiers"] = "Анна"
	o := newOffice(t, backend)
	o.openSection(atPeople)
	o.press(up, up)
	o.write("4321")
	o.press(down, enter)
	o.see("нужно заполнить", "2580")
	o.press(up, right, down, down, enter)
	if got := revealed(backend.saved[0].Secrets); got != "cashier/Анна 4321" {
		t.Errorf("kept %q", got)
	}
	o.openSection(atPeople)
	o.press(up, up)
	o.write("43")
	o.press(up, right, down, down, enter)
	o.see("от 4 до 12 цифр")
}

func TestChangesAreNotDroppedUnasked(t *testing.T) {
	backend := newBackend()
	o := newOffice(t, backend)
	o.openSection(atRules)
	o.press(esc) // nothing was changed
	o.see("Магазин")
	o.openSection(atRules)
	o.write("5")
	if !o.settings.Dirty() {
		t.Error("the change is not seen")
	}
	o.press(esc)
	o.see("Изменения не записаны", "Записать", "Не записывать")
	o.press(esc)
	o.see("Начислять, %", "[5")
	o.press(esc, tab, enter) // drop
	o.see("Магазин")
	o.openSection(atRules)
	if o.settings.Dirty() || strings.Contains(o.view(), "[5") {
		t.Errorf("the change was not dropped:\n%s", o.view())
	}
	o.write("5")
	o.press(esc, enter) // write
	if len(backend.saved) != 1 || backend.saved[0].Values["rules.accrue_percent"] != "5" {
		t.Errorf("written %v", backend.saved)
	}
	backend.faults["rules.redeem_percent=200"] = &Fault{Kind: FaultRange, Min: "0", Max: "100"}
	o.openSection(atRules)
	o.press(down)
	o.write("200")
	o.press(esc, enter)
	o.see("Нужно от 0 до 100") // back at the form with what is wrong
}

func TestWhatIsNotWrittenStaysInTheForm(t *testing.T) {
	backend := newBackend()
	backend.saving = &SaveError{Path: "/etc/s.toml", Err: errors.New("x")}
	o := newOffice(t, backend)
	o.openSection(atRules)
	o.write("5")
	o.press(up, enter)
	o.see("/etc/s.toml не записать")
	o.press(esc)
	o.see("Начислять, %", "[5")
	backend.saving = nil
	o.press(enter)
	if len(backend.saved) != 1 {
		t.Errorf("written %v:\n%s", backend.saved, o.view())
	}
}

func TestSavingIsWaitedFor(t *testing.T) {
	backend := newBackend()
	o := newOffice(t, backend)
	o.openSection(atRules)
	o.write("5")
	o.hold = true
	o.press(up, enter)
	o.see("Записываем")
	if o.settings.WakeAt().IsZero() {
		t.Error("the spinner stands still")
	}
	o.press(esc)
	o.see("Записываем") // what has come of it is not known yet
	o.take(o.settings.Hear(o.held[0].Run()))
	o.see("Прервано")
}

func TestTheTestsOfTheSections(t *testing.T) {
	backend := newBackend()
	o := newOffice(t, backend)
	o.openSection(atShop)
	o.press(down, tea.KeyCtrlU)
	o.write("77")
	o.press(up, up, right, enter)
	o.see("знает магазин 77")
	o.press(enter)
	o.see("[77")
	o.press(esc, tab, enter)

	o.openSection(atPrinter)
	o.write("10.0.0.9")
	o.press(up, right, enter)
	o.see("Страница отправлена")
	o.press(enter, esc, tab, enter)

	o.openSection(atScanner)
	if o.settings.Tries() || o.settings.Scan(scanner.Scan{}) {
		t.Error("a scan is taken where none is wanted")
	}
	o.press(up, right, enter)
	if !o.settings.Tries() || !o.settings.Scan(scanner.Scan{Text: payload, Runes: 64, Took: 64 * 60 * time.Millisecond, End: scanner.EndEnter}) {
		t.Error("the scan was not taken")
	}
	o.see("Сканер медленный", "Подстроить паузу")
	o.press(enter, enter)
	o.see("[130")
	if !o.settings.Dirty() {
		t.Error("the new gap is not seen as a change")
	}
	if got := PatientOptions(scanner.Options{}); got.Gap != maxGap || got.Silence <= maxGap {
		t.Errorf("the decoder is not patient: %+v", got)
	}
}

func TestSettingsThatCannotBeRead(t *testing.T) {
	backend := newBackend()
	backend.standingErr = errors.New("x")
	o := newOffice(t, backend)
	o.see("не читается", "skidkassa doctor")
	if !o.settings.WakeAt().IsZero() || o.settings.Field() != scanner.FieldNone || len(o.settings.Keys()) != 1 || o.settings.Dirty() {
		t.Error("the screen is not at rest")
	}
	o.settings.Mark()()
	o.settings.Spoken()
	o.write("x")
	o.press(esc)
	if len(o.acts) != 1 {
		t.Errorf("closed with %v", o.acts)
	}
}

func TestTheFieldInFocusIsMarkedForAScan(t *testing.T) {
	o := newOffice(t, newBackend())
	if o.settings.Field() != scanner.FieldNone {
		t.Error("the list has a field")
	}
	o.openSection(atShop)
	if o.settings.Field() != scanner.FieldText {
		t.Error("the name is no text")
	}
	before := o.view()
	undo := o.settings.Mark()
	o.write("xyz")
	undo()
	if after := o.view(); after != before {
		t.Errorf("got\n%s\nwant\n%s", after, before)
	}
	o.press(up)
	o.settings.Mark()()
	if keys := o.settings.Keys(); len(keys) != 3 || keys[2].Help().Key != "Esc" {
		t.Errorf("the keys are %v", keys)
	}
}

func TestTheScreenFollowsTheLanguage(t *testing.T) {
	o := newOffice(t, newBackend())
	o.openSection(atLook)
	o.see("при ошибках")
	o.settings.env.SetLang(texts.English)
	o.settings.Spoken()
	o.see("on errors", "Bell")
}

// A form that is longer than its place is scrolled to where the focus is.
func TestALongFormIsScrolled(t *testing.T) {
	o := newOffice(t, newBackend())
	o.openSection(atWaiter)
	o.see("↓ ")
	if strings.Contains(o.view(), "Новый PIN") {
		t.Fatalf("it is not long:\n%s", o.view())
	}
	for range 13 {
		o.press(down)
	}
	o.see("Записать", "Новый PIN", "↑ ")
	if lines := strings.Count(o.view(), "\n") + 1; lines > 20 {
		t.Errorf("it takes %d lines", lines)
	}
	o.press(down)
	o.see("Адрес для официантов")
}

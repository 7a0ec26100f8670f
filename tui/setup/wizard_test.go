package setup

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// The keys of a person.
const (
	enter = tea.KeyEnter
	esc   = tea.KeyEsc
	tab   = tea.KeyTab
	up    = tea.KeyUp
	down  = tea.KeyDown
	left  = tea.KeyLeft
	right = tea.KeyRight
)

// fillShop answers the second page, and stands on the third.
func (r *rig) fillShop() {
	r.t.Helper()
	r.press(enter, enter)
	r.see("Шаг 2 из 8")
	r.write("4")
	r.press(enter)
	r.write("31337")
	r.press(enter, enter)
	r.write("Кофейня у дома")
	r.press(enter, enter, enter)
	r.see("Шаг 3 из 8")
}

// pass goes on from the third page to the last one, with nothing but Enter.
func (r *rig) pass() {
	r.t.Helper()
	r.press(enter, enter)
	r.see("Шаг 5 из 8")
	r.press(down, down, enter)
	r.see("Шаг 6 из 8")
	r.press(up, enter)
	r.see("Шаг 7 из 8")
	r.press(up, enter)
	r.see("Шаг 8 из 8")
}

func TestTheWholeWay(t *testing.T) {
	backend := newBackend()
	var asked Secret
	backend.shop = func(typed Secret) error {
		asked = typed
		return &skidkabot.RefusedError{Code: skidkabot.CodeUnknownClient}
	}
	r := newRig(t, backend)
	r.see("Добро пожаловать", "До последнего шага", "Русский")
	r.fillShop()
	r.see("знает магазин 4", "Баллы ни у кого не изменились")
	if asked.Reveal() != "31337" || backend.asked[0]["shop.name"] != "Кофейня у дома" {
		t.Errorf("the service was asked of %v with %q", backend.asked, asked.Reveal())
	}
	r.press(enter)
	r.scan(payload, 10*time.Millisecond, enter)
	r.see("Скорость хорошая", "по 10 мс", "Enter: так и нужно", "Раскладка английская")
	r.press(enter)
	r.see("Без принтера касса работает")
	r.write("192.168.1.50")
	r.press(enter)
	r.see("tcp://192.168.1.50:9100")
	r.press(right, enter, right, enter) // 48 columns, and the test page
	r.see("Страница отправлена")
	if got := backend.asked[1]; got["printer.device"] != "tcp://192.168.1.50:9100" || got["printer.columns"] != "48" {
		t.Errorf("printed with %v", got)
	}
	r.press(enter)
	r.see("Шаг 5 из 8", "tcp://192.168.1.50:9100")
	r.press(left, enter)
	r.press(right, enter, right, enter)
	r.write("5210")
	r.press(enter)
	r.write("key of expirenza")
	r.press(enter, enter)
	r.see("Шаг 7 из 8")
	r.write("2580")
	r.press(enter)
	r.write("2580")
	r.press(enter, enter)
	r.see("Шаг 8 из 8", "Кофейня у дома", "tcp://192.168.1.50:9100", "127.0.0.1:9100", "wss://api.shaketopay.com.ua", "будет в хранилище ключей",
		"skidkassa.toml")
	for _, secret := range []string{"31337", "2580", "key of"} {
		r.notSee(secret)
	}
	if len(backend.saved) > 0 {
		t.Fatal("something was written before it was said so")
	}
	r.press(enter)
	if !r.quit || r.wizard.outcome != Written || len(backend.saved) != 1 {
		t.Fatalf("the end: %v, %v, %v", r.quit, r.wizard.outcome, backend.saved)
	}
	wantSecrets := "skidkabot 31337, admin 2580, expirenza key of expirenza"
	if got := revealed(backend.saved[0].Secrets); got != wantSecrets {
		t.Errorf("kept %q, want %q", got, wantSecrets)
	}
	want := map[string]string{
		"shop.name": "Кофейня у дома", "printer.device": "tcp://192.168.1.50:9100", "printer.columns": "48",
		"expirenza.url": expirenzaURL, "expirenza.resto_id": "5210",
	}
	if got := backend.saved[0].Values; !maps.Equal(got, want) {
		t.Errorf("written %v, want %v", got, want)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", backend.saved, backend.saved, backend.saved[0].Secrets[0].Secret), "31337") {
		t.Error("a secret prints itself")
	}
}

func revealed(secrets []Named) string {
	var kept []string
	for _, secret := range secrets {
		kept = append(kept, secret.Name+" "+secret.Secret.Reveal())
	}
	return strings.Join(kept, ", ")
}

func TestTheLanguageIsSpokenAtOnce(t *testing.T) {
	r := newRig(t, newBackend())
	r.press(right)
	r.see("Ласкаво просимо", "Українська", "Крок 1 з 8", "Вибрати")
	r.press(right)
	r.see("Welcome", "English", "Step 1 of 8")
	r.press(left, enter, enter)
	r.see("Крок 2 з 8", "UAH") // the currency follows the language
	r.press(down, down, down, down, right)
	r.see("KZT")
	r.press(esc)
	r.press(left, enter, enter)
	r.see("Шаг 2 из 8", "KZT") // until one is chosen
}

func TestGoingBackIsPossibleEverywhereAndLosesNothing(t *testing.T) {
	backend := newBackend()
	r := newRig(t, backend)
	r.fillShop()
	r.pass()
	for step := 7; step >= 1; step-- {
		r.press(esc)
		r.see(fmt.Sprintf("Шаг %d из 8", step))
	}
	r.press(enter, enter)
	r.see("Кофейня у дома", "*****")
	r.press(esc, esc)
	if !r.quit || r.wizard.outcome != Left || len(backend.saved) > 0 {
		t.Errorf("the end: %v, %v, %v", r.quit, r.wizard.outcome, backend.saved)
	}
}

func TestLeavingWritesNothing(t *testing.T) {
	for name, key := range map[string]tea.KeyType{"Ctrl-C": tea.KeyCtrlC, "F10": tea.KeyF10} {
		t.Run(name, func(t *testing.T) {
			backend := newBackend()
			r := newRig(t, backend)
			r.fillShop()
			r.press(key)
			if !r.quit || r.wizard.outcome != Left || len(backend.saved) > 0 || r.wizard.View() != "" {
				t.Errorf("the end: %v, %v, %v", r.quit, r.wizard.outcome, backend.saved)
			}
		})
	}
}

// Whoever leaves while something is being written is told what became of it.
func TestLeavingWhileItIsWritten(t *testing.T) {
	tests := []struct {
		name   string
		saving error
		want   Outcome
	}{
		{"it was written", nil, Written},
		{"it was not", &SecretError{Name: SecretShop, Trouble: TroubleMute, Err: errors.New("mute")}, LeftHalf},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			backend := newBackend()
			backend.saving = test.saving
			r := newRig(t, backend)
			r.fillShop()
			r.pass()
			r.hold = true
			r.press(enter)
			r.see("Записываем", "0 с")
			r.press(tea.KeyCtrlC)
			if r.quit {
				t.Fatal("it ended before it was known")
			}
			page := r.wizard.page.(*try)
			r.held, r.hold = nil, false
			r.send(Done{page, answerMsg{page.number, test.saving}})
			if !r.quit || r.wizard.outcome != test.want {
				t.Errorf("the end: %v, %v, want %v", r.quit, r.wizard.outcome, test.want)
			}
		})
	}
}

func TestEachMistakeSaysWhatIsWrongAndGivesAnExample(t *testing.T) {
	r := newRig(t, newBackend())
	r.press(enter, enter)
	r.press(tab)
	r.see("Секретный код") // the mistake of the first field is marked
	r.press(up)
	r.see("нужно заполнить", "Например: 4")
	r.write("0")
	r.press(enter, up)
	r.see("Нужно от 1 до", "Например: 4")
	r.press(tea.KeyBackspace)
	r.write("4")
	r.press(enter)
	r.write("secret")
	r.press(enter, up)
	r.see("целое число, только цифры", "Например: 12345")
	r.press(down, down, down, down, enter) // the button goes to the first mistake
	r.see("Шаг 2 из 8", "целое число, только цифры")
}

func TestFieldsThatBelongTogether(t *testing.T) {
	r := newRig(t, newBackend())
	r.fillShop()
	r.press(enter, enter)
	r.press(down, down, enter)
	r.press(down, right, down, down, down, enter)
	r.see("Шаг 6 из 8", "нужно заполнить", "5210")
	r.write("5210")
	r.press(down, down, enter)
	r.see("Шаг 7 из 8")
	r.write("12")
	r.press(down, up)
	r.see("от 4 до 12 цифр")
	r.write("34")
	r.press(down)
	r.write("1235")
	r.press(down, enter)
	r.see("во второй раз другой")
	r.press(tea.KeyBackspace)
	r.write("4")
	r.press(down, enter)
	r.see("Шаг 8 из 8")
}

// No field depends on the keyboard's layout.
func TestTypingUnderAForeignLayout(t *testing.T) {
	for _, test := range []struct {
		of          spec
		typed, want string
	}{
		{fieldVendor, "٤2४", "424"},
		{fieldVendor, "𝟒", "4"},
		{fieldPrinter, "ее", "tcp://tt:9100"},
		{fieldPrinter, "192ю168ю1ю50", "tcp://192.168.1.50:9100"},
		{fieldPrinter, "192.168.1.50:9101", "tcp://192.168.1.50:9101"},
		{fieldPrinter, "192,168,1,50", "tcp://192.168.1.50:9100"},
		{fieldPrinter, "/dev/usb/lp0", "file:///dev/usb/lp0"},
		{fieldPrinter, "lpt1:", "file:///LPT1"},
		{fieldPrinter, "tcp://x:1", "tcp://x:1"},
		{fieldPrinter, " ", ""},
		{fieldListen, "9100", "127.0.0.1:9100"},
		{fieldListen, "0.0.0.0:9100", "0.0.0.0:9100"},
		{fieldURL, "ылшвлфищею", "https://skidkabot."},
		{fieldExpirenza, "", ""},
		{fieldExpirenza, "ws://127.0.0.1:1", "ws://127.0.0.1:1"},
		{fieldAccrue, "2ю5", "2.5"},
		{fieldAccrue, "2,5", "2.5"},
		{fieldGap, "60", "60ms"},
		{fieldGap, "", ""},
		{fieldName, "Кофе\tи\x00 чай", "Кофе и чай"},
		{fieldCurrency, "x", ""},
	} {
		line := &field{spec: test.of}
		line.typed = string(line.understand([]rune(test.typed)))
		if got := line.meant(); got != test.want {
			t.Errorf("%s: %q means %q, want %q", test.of.key, test.typed, got, test.want)
		}
	}
	for value, want := range map[string]string{"50ms": "50", "12.5ms": "12.5", "x": "x"} {
		if got := asMillis(value); got != want {
			t.Errorf("%s is shown as %q, want %q", value, got, want)
		}
	}
}

func TestAScanLeavesNoTraceInAnyField(t *testing.T) {
	backend := newBackend()
	backend.standing.Values["scanner.gap"] = "50ms"
	r := newRig(t, backend)
	scans := func() {
		t.Helper()
		step := r.words()[:40]
		for field := range 8 {
			before := r.wizard.View()
			for _, scan := range []func(){
				func() { r.scan(payload, time.Millisecond, enter) },
				func() { r.scan("4601234567893", 20*time.Millisecond, enter) },
				func() { r.scan("]Q1"+payload, 2*time.Millisecond, tab, enter) },
				func() {
					r.scan("ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ", 5*time.Millisecond)
				},
				func() {
					r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(payload + "\r"), Paste: true})
					r.wait(time.Second)
				},
				func() {
					r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(payload)})
					r.press(enter)
					r.wait(time.Second)
				},
			} {
				scan()
				after := r.wizard.View()
				r.wizard.told = nil
				if got := r.wizard.View(); got != before {
					t.Fatalf("field %d: the scan left\n%s\nwant\n%s", field, got, before)
				}
				if !strings.Contains(after, "Сканер работает") {
					t.Fatalf("the scan was not told:\n%s", after)
				}
			}
			r.press(tab)
			if r.words()[:40] != step {
				t.Fatal("another step")
			}
		}
	}
	scans()
	r.press(down, enter)
	r.press(down, enter)
	for !strings.Contains(r.words(), "Шаг 2") {
		r.press(tab, enter)
	}
	r.write("4")
	scans()
}

// Digits are shown at once; when they were the head of a scan, the field is as before.
func TestTheHeadOfASlowScanIsTakenBack(t *testing.T) {
	r := newRig(t, newBackend())
	r.press(enter, enter)
	r.write("12")
	for i, typed := range "4601234567893" {
		gap := 30 * time.Millisecond
		if i == 1 {
			gap = 80 * time.Millisecond // the machine was busy
		}
		r.wait(gap)
		r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{typed}})
	}
	r.wait(time.Second)
	if got := r.wizard.page.(*form).fields[0].typed; got != "12" {
		t.Errorf("the field holds %q", got)
	}
}

func TestTheScannersTest(t *testing.T) {
	cyrillic, err := layout.Type(payload, "ru", false)
	if err != nil {
		t.Fatal(err)
	}
	lost := strings.Replace(cyrillic, "83532824", "", 1)
	tests := []struct {
		name string
		text string
		gap  time.Duration
		end  []tea.KeyType
		want []string
	}{
		{"quick", payload, time.Millisecond, []tea.KeyType{enter}, []string{"знаков 64, по 1 мс", "Enter: так и нужно", "английская: всё читается"}},
		{"Tab", payload, 15 * time.Millisecond, []tea.KeyType{tab}, []string{"по 15 мс", "нажимает Tab"}},
		{"no suffix", payload, 5 * time.Millisecond, nil, []string{"ничего не нажимает", "суффикс Enter"}},
		{"prefix", "]Q1" + payload, 5 * time.Millisecond, nil, []string{"знаков 67", "префикс (AIM"}},
		{"prefix of an EAN", "]E04601234567893", 5 * time.Millisecond, nil, []string{"префикс (AIM", "по этому коду не видна"}},
		{"Cyrillic with prefix", "ъЙ1" + cyrillic, 5 * time.Millisecond, nil, []string{"префикс (AIM", "Раскладка русская", "исправляет сканы сама"}},
		{"Caps Lock", strings.ToUpper(payload), 5 * time.Millisecond, nil, []string{"Caps Lock"}},
		{"it cannot be read back", lost, 5 * time.Millisecond, nil, []string{"русская: такой скан не прочитать", "Переключите раскладку на английскую"}},
		{"a part is missing", payload[:60], 5 * time.Millisecond, nil, []string{"не целиком"}},
		{"an EAN", "4601234567893", 5 * time.Millisecond, nil, []string{"знаков 13", "по этому коду не видна"}},
		{"a link in Cyrillic", "реезыЖ..ылшвлфищеюкг", 5 * time.Millisecond, nil, []string{"буквы не латинские"}},
		{"slow", payload, 60 * time.Millisecond, []tea.KeyType{enter}, []string{"Сканер медленный", "по 60 мс", "нужно 120 мс", "Подстроить паузу"}},
		{"as slow as a hand", payload, 130 * time.Millisecond, nil, []string{"Слишком медленно", "inter-character delay"}},
		{"too long", strings.Repeat("0123456789", 110), time.Millisecond, nil, []string{"слишком длинный"}},
	}
	r := newRig(t, newBackend())
	r.fillShop()
	r.press(enter)
	r.see("Отсканируйте что угодно")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r.t = t
			r.scan(test.text, test.gap, test.end...)
			r.see(append(test.want, "Шаг 4 из 8")...)
		})
	}
	r.t = t
	r.scan(payload, 60*time.Millisecond, enter)
	r.press(enter)
	r.see("Шаг 4 из 8", "по 60 мс", "Скорость хорошая") // for the gap that it is now
	if got := r.wizard.env.draft.values["scanner.gap"]; got != "120ms" {
		t.Errorf("the gap is %s", got)
	}
	r.press(enter)
	r.see("Шаг 5 из 8")
	before := r.wizard.View()
	r.scan(payload, 60*time.Millisecond, enter) // which the decoder now knows for a scan
	r.wizard.told = nil
	if after := r.wizard.View(); after != before {
		t.Errorf("the slow scan left\n%s", after)
	}
}

// What is printed of a finding, or of the page, holds nothing of what was scanned.
func TestTheScannersTestKeepsNothing(t *testing.T) {
	found := examine(scanner.Scan{Text: payload, Runes: 64, Took: time.Second})
	if text := fmt.Sprintf("%+v", found); strings.Contains(text, "31766") || strings.Contains(text, "83532824") {
		t.Errorf("it holds %s", text)
	}
	if got := (finding{runes: 1}).pace(); got != 0 {
		t.Errorf("the pace of one character is %v", got)
	}
}

func TestTheConnectionIsToldInWords(t *testing.T) {
	refused := func(code skidkabot.Code) error { return &skidkabot.RefusedError{Code: code} }
	notSent := func(phase skidkabot.Phase, err error) error { return &skidkabot.NotSentError{Phase: phase, Err: err} }
	dns := &net.DNSError{Err: "no such host", IsNotFound: true}
	timeout := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	tests := []struct {
		name string
		err  error
		want []string
	}{
		{"known, by a customer", nil, []string{"знает магазин 4"}},
		{"known, by code 6", refused(6), []string{"знает магазин 4"}},
		{"known, by code 7", refused(7), []string{"знает магазин 4"}},
		{"known, by code 8", refused(8), []string{"знает магазин 4"}},
		{"known, by code 9", refused(9), []string{"знает магазин 4"}},
		{"wrong code or secret", refused(5), []string{"не знает (код 5)", "Сверьте оба числа", "Исправить"}},
		{"wrong, in a broken reply", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: 5}, []string{"не знает (код 5)"}},
		{"in debt", refused(15), []string{"знает магазин 4", "долг перед сервисом (код 15)"}},
		{"in debt, in a broken reply", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: 15}, []string{"код 15"}},
		{"another refusal", refused(1), []string{"Проверить", "кодом 1"}},
		{"DNS", notSent(skidkabot.PhaseLookup, dns), []string{"Проверить код и секрет не удалось", "DNS", "кабель или Wi-Fi"}},
		{"refused", notSent(skidkabot.PhaseConnect, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), []string{"соединение отклоняет"}},
		{"unreachable", notSent(skidkabot.PhaseConnect, syscall.EHOSTUNREACH), []string{"недоступен из этой сети"}},
		{"no answer to the dialling", notSent(skidkabot.PhaseConnect, timeout), []string{"не ответил вовремя"}},
		{"no answer", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, []string{"не ответил вовремя"}},
		{"TLS", notSent(skidkabot.PhaseTLS, x509.UnknownAuthorityError{}), []string{"TLS", "сертификату нельзя верить"}},
		{"TLS and the clock", notSent(skidkabot.PhaseTLS, x509.CertificateInvalidError{Reason: x509.Expired}), []string{"Проверьте дату и время"}},
		{"a proxy", notSent(skidkabot.PhaseProxy, errors.New("x")), []string{"прокси"}},
		{"an error page", &skidkabot.UnknownError{Reason: skidkabot.ReasonStatus, Status: 500}, []string{"Сервис ответил ошибкой"}},
		{"another page", &skidkabot.UnknownError{Reason: skidkabot.ReasonRedirect}, []string{"другая страница"}},
		{"no secret", &SecretError{Name: SecretShop, Trouble: TroubleLocked, Err: errors.New("x")}, []string{"Хранилище ключей закрыто"}},
		{"a defect", errors.New("x"), []string{"внутренней ошибки"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			backend := newBackend()
			backend.shop = func(Secret) error { return test.err }
			r := newRig(t, backend)
			r.fillShop()
			r.see(test.want...)
			r.see("Дальше")
		})
	}
}

func TestTheConnectionCanBeLeftAndTriedAgain(t *testing.T) {
	backend := newBackend()
	backend.shop = func(Secret) error { return &skidkabot.RefusedError{Code: 5} }
	r := newRig(t, backend)
	r.hold = true
	r.press(enter, enter)
	r.write("4")
	r.press(enter)
	r.write("31337")
	r.press(enter, enter, enter, enter, enter)
	r.see("Спрашиваем сервис", "0 с", "Не ждать")
	r.wait(3 * time.Second)
	r.see("3 с")
	r.press(enter) // nothing to press yet
	r.press(esc)
	r.see("Прервано", "Спросить ещё раз")
	r.finish() // the answer comes late
	r.see("Прервано")
	r.press(enter)
	r.see("не знает (код 5)")
	r.press(tab, enter)
	r.see("не знает (код 5)")
	r.press(left, left, left, right, right, enter)
	r.see("Шаг 4 из 8") // on, all the same
	r.press(esc)
	r.see("Шаг 3 из 8")
	r.press(enter)
	r.see("Шаг 2 из 8", "*****") // to correct it
}

func TestThePrinterIsToldInWords(t *testing.T) {
	for kind, want := range map[PrintTrouble]string{
		PrintMute: "Принтер не отвечает", PrintPaper: "нет бумаги", PrintCover: "крышка", PrintErrors: "сообщает об ошибке", PrintDevice: "не указан",
	} {
		backend := newBackend()
		backend.printing = &PrintError{Kind: kind, Err: errors.New("x")}
		r := newRig(t, backend)
		r.fillShop()
		r.press(enter, enter, down, down, right, enter)
		r.see("Страница не напечатана", want)
		r.press(tab, enter) // again
		r.see(want)
		backend.printing = errors.New("x")
		r.press(tab, enter)
		r.see("внутренней ошибки")
		r.press(esc)
		r.see("Шаг 5 из 8")
	}
}

func TestWhereTheSecretIsStandsBesideItsField(t *testing.T) {
	for _, test := range []struct {
		state SecretState
		want  string
	}{
		{SecretState{}, "Ещё не задан"},
		{SecretState{Place: PlaceKeyring}, "Уже сохранён"},
		{SecretState{Place: PlaceCredentials}, "LoadCredential"},
		{SecretState{Trouble: TroubleLocked}, "закрыто"},
		{SecretState{Trouble: TroubleAbsent}, "Хранилища ключей нет"},
		{SecretState{Trouble: TroubleDenied}, "отказало"},
		{SecretState{Trouble: TroubleMute}, "не отвечает"},
		{SecretState{Trouble: TroubleGiven}, "передаёт"},
		{SecretState{Trouble: TroubleFailed}, "дало сбой"},
	} {
		backend := newBackend()
		backend.secrets[SecretShop] = test.state
		r := newRig(t, backend)
		r.press(enter, enter)
		r.write("4")
		r.press(enter)
		r.see(test.want)
		r.press(down, down, down, down, enter)
		if kept := test.state.Place != PlaceNone; kept != strings.Contains(r.words(), "Шаг 3 из 8") {
			t.Errorf("%+v: with nothing typed\n%s", test.state, r.wizard.View())
		}
	}
}

func TestTheKeyringMayTakeItsTime(t *testing.T) {
	backend := newBackend()
	r := newRig(t, backend)
	r.wizard.env.secrets = nil // still looking
	r.press(enter, enter)
	r.write("4")
	r.press(enter)
	r.see("Ищем в хранилище ключей")
	r.press(down, down, down, down, enter)
	r.see("Шаг 2 из 8", "Ищем в хранилище ключей")
	r.send(secretsMsg{SecretShop: {Place: PlaceKeyring}})
	r.press(down, down, down, down, enter)
	r.see("Шаг 3 из 8")
}

func TestWhatCannotBeWrittenIsTold(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want []string
	}{
		{"the keyring is absent", &SecretError{Name: SecretShop, Trouble: TroubleAbsent, Err: errors.New("x")},
			[]string{"Настройки не записаны", "Секрет не сохранён", "Хранилища ключей нет", "LoadCredential", "Записать без секретов"}},
		{"the file has changed", &SaveError{Path: "/etc/s.toml", Changed: true, Err: errors.New("x")}, []string{"/etc/s.toml за это время изменили"}},
		{"the disk is full", &SaveError{Path: "/etc/s.toml", Err: syscall.ENOSPC}, []string{"/etc/s.toml не записать", "Прежний файл на месте"}},
		{"no room for a first file", &SaveError{Path: "/etc/s.toml", New: true, Kept: true, Err: syscall.ENOSPC},
			[]string{"/etc/s.toml не записать: нет места или прав. Секреты и PIN уже сохранены"}},
		{"they do not go together", &SaveError{Fault: &Fault{Kind: FaultTwice}, Err: errors.New("x")}, []string{"не подходят друг к другу"}},
		{"a defect", errors.New("x"), []string{"внутренней ошибки"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			backend := newBackend()
			backend.saving = test.err
			r := newRig(t, backend)
			r.fillShop()
			r.pass()
			r.press(enter)
			r.see(test.want...)
			if isHopeless(test.err) {
				r.notSee("Повторить")
			} else {
				r.press(enter) // again
				r.see(test.want...)
			}
			r.press(esc)
			r.see("Шаг 7 из 8")
		})
	}
}

// What was kept before something failed is known to be kept: nobody has to type it again.
func TestWhatWasKeptIsKnown(t *testing.T) {
	for name, test := range map[string]struct {
		err         error
		shop, admin Place
	}{
		"the file":          {&SaveError{Kept: true, Err: errors.New("x")}, PlaceKeyring, PlaceKeyring},
		"the second secret": {&SecretError{Name: SecretAdmin, Err: errors.New("x")}, PlaceKeyring, PlaceNone},
		"the first secret":  {&SecretError{Name: SecretShop, Err: errors.New("x")}, PlaceNone, PlaceNone},
		"nothing is known":  {errors.New("x"), PlaceNone, PlaceNone},
	} {
		e := &env{draft: newDraft(newValues()), secrets: map[string]SecretState{}}
		e.draft.secrets[SecretShop], e.draft.secrets[SecretAdmin] = "31337", "4321"
		e.noteKept(test.err)
		if e.secrets[SecretShop].Place != test.shop || e.secrets[SecretAdmin].Place != test.admin {
			t.Errorf("%s failed: known to be kept are %v", name, e.secrets)
		}
	}
}

// What is set over the file is tried, but never written: the last page says so.
func TestWhatIsSetFromOutsideIsNamed(t *testing.T) {
	backend := newBackend()
	backend.standing.Over = []string{"skidkabot.url"}
	r := newRig(t, backend)
	r.fillShop()
	r.pass()
	r.see("в файл не пишется: skidkabot.url")
}

// The secret may come another way: the settings can be written without it.
func TestWritingWithoutTheSecrets(t *testing.T) {
	backend := newBackend()
	backend.saving = &SecretError{Name: SecretShop, Trouble: TroubleAbsent, Err: errors.New("x")}
	r := newRig(t, backend)
	r.fillShop()
	r.pass()
	r.press(enter)
	backend.saving = nil
	r.press(tab, enter)
	if !r.quit || r.wizard.outcome != Written || len(backend.saved) != 1 || len(backend.saved[0].Secrets) > 0 {
		t.Errorf("the end: %v, %v, %v", r.quit, r.wizard.outcome, backend.saved)
	}
}

// A till that is set up is changed from how it stands, and only what was changed is written.
func TestSettingUpAgain(t *testing.T) {
	backend := newBackend()
	backend.standing.New = false
	backend.standing.Values["shop.currency"] = "GEL"
	backend.standing.Values["waiter.listen"] = "192.168.1.20:9100"
	backend.standing.Over = []string{"shop.vendor"}
	backend.secrets[SecretShop] = SecretState{Place: PlaceKeyring}
	r := newRig(t, backend)
	r.press(enter, enter)
	r.see("Кофейня", "GEL", "командной строке")
	r.press(up, enter)
	r.see("Шаг 3 из 8")
	r.press(enter, enter, up, enter)
	r.see("192.168.1.20:9100")
	r.press(left, up, enter)
	r.press(up, enter)
	r.see("Шаг 8 из 8", "уже сохранён")
	r.press(enter)
	if want := map[string]string{"waiter.listen": localListen}; len(backend.saved) != 1 || !maps.Equal(backend.saved[0].Values, want) {
		t.Errorf("written %v, want %v", backend.saved, want)
	}
}

func TestASmallWindowTakesNoKeys(t *testing.T) {
	r := newRig(t, newBackend())
	r.send(tea.WindowSizeMsg{Width: 60, Height: 10})
	r.see("80×24")
	r.press(right)
	r.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	r.see("Русский")
	r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x"), Alt: true})
	r.see("Русский")
}

// Run is the whole program of the wizard on a terminal.
func TestRun(t *testing.T) {
	backend := newBackend()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	input, _ := io.Pipe()
	time.AfterFunc(50*time.Millisecond, cancel)
	outcome, err := Run(ctx, Options{
		Backend: backend, Texts: texts.New(texts.English), Input: input, Output: &out, Program: []tea.ProgramOption{tea.WithoutSignals()},
	})
	if outcome != Left || err != nil || !strings.Contains(out.String(), "Welcome") {
		t.Errorf("%v, %v:\n%s", outcome, err, out.String())
	}
	backend.standingErr = errors.New("unreadable")
	if _, err := Run(ctx, Options{Backend: backend, Texts: texts.New(texts.English)}); !errors.Is(err, backend.standingErr) {
		t.Errorf("error %v", err)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// Every page in every language fits the smallest window, and looks as it looked.
func TestPages(t *testing.T) {
	themes := map[string]look.Theme{
		"plain": {}, "ascii": {ASCII: true}, "16": {Colors: look.Colors16}, "light": {Colors: look.Colors256, Light: true},
	}
	for _, lang := range texts.Langs() {
		for name, theme := range themes {
			if name != "plain" && lang != texts.Russian {
				continue
			}
			backend := newBackend()
			r := newRig(t, backend, func(o *Options) { o.Texts, o.Theme = texts.New(lang), theme })
			shot := func(page string) {
				t.Helper()
				checkGolden(t, fmt.Sprintf("%s_%s_%s", page, lang, name), r.wizard.View())
			}
			shot("1_language")
			r.press(enter, enter, down)
			shot("2_shop")
			r.press(up)
			shot("2_mistake")
			r.write("4")
			r.press(down)
			r.write("31337")
			r.hold = true
			r.press(up, up, enter)
			shot("3_asking")
			r.finish()
			shot("3_known")
			r.press(enter)
			shot("4_scanner")
			r.scan(payload, 60*time.Millisecond)
			shot("4_slow")
			r.press(tab, enter)
			shot("5_printer")
			r.press(up, enter)
			shot("6_doors")
			r.press(up, enter)
			shot("7_pin")
			r.press(up, enter)
			shot("8_summary")
			backend.saving = &SecretError{Name: SecretShop, Trouble: TroubleAbsent, Err: errors.New("x")}
			r.press(enter)
			shot("8_no_keyring")
		}
	}
}

func checkGolden(t *testing.T, name, view string) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) != minHeight {
		t.Errorf("%s has %d lines", name, len(lines))
	}
	for _, line := range lines {
		if look.Width(line) > minWidth {
			t.Errorf("%s: a line of %d cells: %q", name, look.Width(line), line)
		}
	}
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(view), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if view != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, view, want)
	}
}

// Every word of a form has room in every language: what does not fit is not read.
func TestTheWordsOfTheFormsFit(t *testing.T) {
	fields := []spec{
		fieldLanguage, fieldVendor, fieldShopSecret, fieldRegister, fieldName, fieldCurrency, fieldURL, fieldAccrue, fieldRedeem, fieldStep,
		fieldMinMoney, fieldMaxSum, fieldGap, fieldBell, fieldMouse, fieldLock, fieldCashiers, fieldPrinter, fieldColumns, fieldPage, fieldFeed,
		fieldAdmin, fieldAdminAgain, fieldListen, fieldWaiters, fieldMode, fieldAllow, fieldHosts, fieldWaiterSystem, fieldPhotos, fieldGifts,
		fieldNames, fieldRebind, fieldUnknownSum, fieldDeposit, fieldExpirenza, fieldPhones, fieldResto, fieldPayingSystem,
		fieldExpirenzaKey, fieldHall, fieldTables, fieldStaff,
	}
	fields = append(fields, whosePIN(cashierPrefix, "shop.cashiers")...)
	for _, lang := range texts.Langs() {
		backend := newBackend()
		r := newRig(t, backend, func(o *Options) { o.Texts = texts.New(lang) })
		e := r.wizard.env
		e.over = map[string]bool{}
		for _, of := range fields {
			e.over[of.key] = !of.secret
		}
		f := newForm(e, texts.SetupShop, fields)
		fits := func(line *field, words string) {
			if got := look.Wrap(words, formCells-4); len(got) > footLines-1 {
				t.Errorf("%s, %s: %d lines: %q", lang, line.key, len(got), words)
			}
		}
		for _, line := range f.fields {
			if label := f.Say(line.label); look.Width(label) > labelCells-3 {
				t.Errorf("%s: the label %q takes %d cells", lang, label, look.Width(label))
			}
			for _, fault := range []*Fault{
				{}, {Kind: FaultRange, Min: "1", Max: "9223372036854775807"}, {Kind: FaultLong, Max: "256"}, {Kind: FaultRequired}, {Kind: FaultSecure},
				{Kind: FaultTwice}, {Kind: faultDiffers},
			} {
				fits(line, f.faultWords(line, fault))
			}
			for trouble := range troubleWords {
				for place := range PlaceCredentials + 1 {
					e.secrets = map[string]SecretState{line.key: {Place: place, Trouble: trouble}}
					fits(line, f.helpOf(line))
				}
			}
			e.secrets = nil
			fits(line, f.helpOf(line))
			if line.kind == kindChoice {
				for _, c := range line.choices(f) {
					if look.Width(c.label)+4 > f.valueCells() {
						t.Errorf("%s, %s: the choice %q has no room", lang, line.key, c.label)
					}
				}
			}
		}
	}
}

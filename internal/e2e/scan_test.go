//go:build !windows

package e2e_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// What comes out of a scanner, and how it comes.

// under is the QR's text as a scanner types it under a layout.
func under(t *testing.T, card skidkabot.Card, id string, capsLock bool) string {
	t.Helper()
	typed, err := layout.Type(card.Payload(), id, capsLock)
	if err != nil {
		t.Fatal(err)
	}
	return typed
}

func TestAScanIsUnderstoodHoweverItComes(t *testing.T) {
	t.Parallel()
	plain := func(_ *testing.T, card skidkabot.Card) string { return card.Payload() }
	cyrillic := func(t *testing.T, card skidkabot.Card) string { return under(t, card, "ru", false) }
	for _, way := range []struct {
		name   string
		text   func(*testing.T, skidkabot.Card) string
		manner terminal.Manner
		words  string // on the screen beside the guest
	}{
		{"at once", plain, terminal.AtOnce(), ""},
		{"1 ms per rune", plain, terminal.EachRune(time.Millisecond), ""},
		{"10 ms per rune", plain, terminal.EachRune(10 * time.Millisecond), ""},
		{"as a bracketed paste", plain, terminal.Pasted(), ""},
		{"ЙЦУКЕН", cyrillic, terminal.EachRune(time.Millisecond), "Раскладка: "},
		{"ЙЦУКЕН at once", cyrillic, terminal.AtOnce(), "Раскладка: "},
		{"ЙЦУКЕН byte by byte", cyrillic, terminal.EachByte(time.Millisecond), "Раскладка: "},
		{"ЙЦУКЕН as a bracketed paste", cyrillic, terminal.Pasted(), "Раскладка: "},
		{"Caps Lock", func(t *testing.T, card skidkabot.Card) string { return under(t, card, "us", true) },
			terminal.EachRune(time.Millisecond), "Caps Lock"},
		{"ЙЦУКЕН with Caps Lock", func(t *testing.T, card skidkabot.Card) string { return under(t, card, "ru", true) },
			terminal.EachRune(time.Millisecond), "Раскладка: "},
		{"with an AIM prefix", func(_ *testing.T, card skidkabot.Card) string { return "]Q1" + card.Payload() },
			terminal.EachRune(time.Millisecond), ""},
		{"with a doubled terminator", func(_ *testing.T, card skidkabot.Card) string { return card.Payload() + "\r" },
			terminal.EachRune(time.Millisecond), ""},
		{"between STX and ETX", func(_ *testing.T, card skidkabot.Card) string { return "\x02" + card.Payload() + "\x03" },
			terminal.EachRune(time.Millisecond), ""},
	} {
		t.Run(way.name, func(t *testing.T) {
			s := newTill(t)
			text := func() string { return way.text(t, s.service.IssueQR(alexander)) }
			s.scanWhole(way.manner, func() {}, text, guestSum, "Александр Татарченко", way.words)
			s.enterSum("1250", "Начислим 25 баллов") // nothing of the scan stands in the field
			s.notSeen("?")
		})
	}
}

func TestAScanWhileTheSumIsTyped(t *testing.T) {
	t.Parallel()
	for _, manner := range []struct {
		name   string
		manner terminal.Manner
	}{
		{"at once", terminal.AtOnce()},
		{"1 ms per rune", terminal.EachRune(scannerPause)},
		{"slowly", terminal.EachRune(15 * time.Millisecond)},
	} {
		t.Run(manner.name, func(t *testing.T) {
			s := newTill(t)
			s.scanWhole(manner.manner, func() {
				s.greet(alexander)
				s.enterSum("125", "Начислим 2 балла")
			}, s.payload(maria), "Новый покупатель?")
			s.person(terminal.Enter) // the answer under the focus is to stay
			s.gone("Новый покупатель?")
			s.enterSum("0,50", "Начислим 25 баллов") // 1250.50: the typed digits are there, and nothing else
			s.see("Александр Татарченко", "1 250,50")

			s.scanWhole(manner.manner, func() {
				if s.isIdle() { // all over again
					s.greet(alexander)
					s.enterSum("1250,50", "Начислим 25 баллов")
				}
			}, s.payload(maria), "Новый покупатель?")
			s.person(terminal.Tab, terminal.Enter)
			s.see("Мария Коваленко", guestSum)
			s.enterSum("300", "Начислим 6 баллов")
			s.notSeen("Александр", "1 250,50")
			s.wantJournal()
		})
	}
}

func TestTheScannersEnterDoesNotAnswerTheQuestion(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.scan(s.service.IssueQR(maria).Payload()+"\r\r", terminal.AtOnce()) // however busy the machine: nothing comes later
	s.see("Новый покупатель?")                                           // the scanner's Enters have confirmed nothing, and answer nothing
	time.Sleep(quiet)
	s.see("Новый покупатель?")
	s.wantJournal()
}

func TestANewScanReplacesTheGuestWhenNothingIsEntered(t *testing.T) {
	s := newTill(t)
	s.scanWhole(terminal.EachRune(scannerPause), func() { s.greet(alexander) }, s.payload(maria), "Мария Коваленко")
	s.notSeen("Александр Татарченко", "Новый покупатель?")
}

func TestTheSameQRTwiceIsOneScan(t *testing.T) {
	s := newTill(t)
	card := s.greet(alexander)
	s.scan(card.Payload(), terminal.AtOnce())
	s.enterSum("1250", "Начислим 25 баллов")
	s.see("Александр Татарченко")
	if got := s.service.Count(skidkabot.PathBalance); got != 1 {
		t.Errorf("the service was asked for the balance %d times, want once", got)
	}
}

func TestCodesThatAreNoGuests(t *testing.T) {
	t.Parallel()
	for _, code := range []struct{ name, text, words string }{
		{"foreign vendor", `{"type":"Skidkabot","vendor":77,"client":83532824,"secret":31766}`, "Это QR другого магазина (код 77)"},
		{"EAN", "4600494600012", "штрихкод"},
		{"link", "https://example.com/menu?table=7", "Это ссылка"},
		{"damaged", `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":}`, "прочитан с ошибкой"},
		{"too large a number", `{"type":"Skidkabot","vendor":4,"client":99999999999999999999,"secret":31766}`, "прочитан с ошибкой"},
		{"something else", "ticket 000123456 row 7", "Это не QR покупателя"},
		{"huge", `{"type":"Skidkabot","vendor":4,"client":1,"secret":` + strings.Repeat("7", 2000) + "}", "Нужен QR"},
		{"huge in Cyrillic", strings.Repeat("Привет", 400), "Нужен QR"},
		{"nested", strings.Repeat("{\"a\":", 60), "Это не QR покупателя"},
	} {
		t.Run(code.name, func(t *testing.T) {
			s := newTill(t)
			s.scan(code.text, terminal.AtOnce())
			s.see(code.words)
			s.notSeen(guestSum)
			s.read(terminal.Esc, idleWords)
			s.greet(alexander) // nothing of it is left over
			if got := s.service.Count(""); got != 1 {
				t.Errorf("the service got %d requests, want one: for the real guest", got)
			}
		})
	}
}

// hostile are names that would take over a terminal, or hide what they say.
var hostile = map[string]struct{ first, shown string }{
	"escape sequences":    {"\x1b[2J\x1b[H\x1b]0;pwned\x07Злой\x1b[31m", "Злой"},
	"C1 controls":         {"Зл\u009b31mой\u0090", "ой"},
	"line ends":           {"Зл\r\n\r\n\tой", "ой"},
	"bidirectional marks": {"Зл\u202eой\u2066", "ой"},
	"endless":             {"Злой" + strings.Repeat("Ы", 5000), "Злой"},
	"zero width":          {"\u200b\ufeffЗлой", "Злой"},
}

// fromName finds in the terminal's output what only the names can have put there.
var fromName = regexp.MustCompile("\x1b\\]0;|pwned\x07|\u009b|\u0090|\u202e|\u2066|\x1b\\[31mТатарченко|\r\n\r\n\tой")

func TestNamesNeverReachTheTerminalRaw(t *testing.T) {
	t.Parallel()
	for name, guest := range hostile {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			s.service.AddCustomer(skidkabotsim.Customer{
				Client: alexander, FirstName: guest.first, LastName: "Татарченко", Balance: decimal.NewFromInt(100),
			})
			s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
			s.see(guestSum, guest.shown)
			s.enterSum("1000", "Начислим 20 баллов")
			s.press(terminal.F2)
			s.see("Начислить 20 баллов?")
			s.person(terminal.Enter)
			s.see("Начислено 20")
			s.read(terminal.Enter, idleWords, "начисление")
			if found := fromName.Find(s.Raw()); found != nil {
				t.Errorf("%q reached the terminal", found)
			}
			if bytes.ContainsRune(s.Raw(), '\a') {
				t.Error("a bell reached the terminal")
			}
			list, err := s.shop.Command("journal", "list").Output()
			s.must(err)
			if found := regexp.MustCompile(`[^\PC\n]`).Find(list); found != nil || !bytes.Contains(list, []byte(guest.shown)) {
				t.Errorf("the journal's list holds %q:\n%q", found, list)
			}
		})
	}
}

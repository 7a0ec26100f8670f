package tui

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestAScanBringsTheGuest(t *testing.T) {
	tl := newTill(t)
	tl.wants("Отсканируйте QR покупателя", "Кофейня", "Касса 1", "Анна", "19:42")
	tl.held = true
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Спрашиваем баланс… 0 с", "Сумма чека")
	tl.wait(3 * time.Second)
	tl.wants("Спрашиваем баланс… 3 с")
	tl.deliver()
	tl.wants("Александр Татарченко", "Баланс  2 365 баллов", "Сумма чека", "Начислить", "Списать")
	if len(tl.desk.greeted) != 1 || tl.desk.greeted[0] != cardOf(someClient) {
		t.Errorf("the service was asked for %v", tl.desk.greeted)
	}
}

func TestTheSumMayBeTypedBeforeTheServiceAnswers(t *testing.T) {
	tl := newTill(t)
	tl.held = true
	tl.scan(cardOf(someClient).Payload())
	tl.types("12")
	tl.deliver()
	tl.types("50")
	tl.wants("1 250", "Начислим 25 баллов")
}

func TestEscCancelsTheQuestionForTheBalance(t *testing.T) {
	tl := newTill(t)
	tl.held = true
	tl.scan(cardOf(someClient).Payload())
	if tl.desk.asking.Err() != nil {
		t.Fatal("the question was cancelled by nobody")
	}
	tl.press(esc)
	if tl.desk.asking.Err() == nil {
		t.Error("the question goes on")
	}
	tl.wants("Отсканируйте QR покупателя")
	tl.deliver() // the answer comes too late
	tl.wants("Отсканируйте QR покупателя")
	tl.lacks("Александр")
}

func TestTheAnswerForAnEarlierGuestIsDropped(t *testing.T) {
	tl := newTill(t)
	tl.held = true
	tl.scan(cardOf(someClient).Payload())
	late := tl.arrived
	tl.arrived = nil
	tl.desk.name = "Второй Покупатель"
	tl.scan(cardOf(otherClient).Payload())
	tl.deliver()
	tl.wants("Второй Покупатель")
	tl.send(late[0])
	tl.wants("Второй Покупатель")
}

func TestAScanLeavesNoTrace(t *testing.T) {
	payload := cardOf(otherClient).Payload()
	cyrillic, err := layout.Type(payload, "ru", false)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"QR": payload, "ЙЦУКЕН": cyrillic, "EAN": "4006381333931"} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).atGuest("12")
			tl.scan(text)
			if name != "EAN" {
				tl.wants("Новый покупатель?")
				tl.press(esc)
			}
			tl.types("50")
			tl.wants("1 250", "Начислим 25 баллов")
		})
	}
}

func TestTheScannersEnterPressesNothing(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(enter) // to the button
	tl.burst("4006381333931")
	tl.wait(100 * time.Millisecond)
	tl.send(enter) // a doubled terminator, still within the guard
	tl.lacks("Начислить 25 баллов?")
	tl.press(enter, enter)
	tl.wants("Начислить 25 баллов?")
}

func TestTheSameQRTwiceIsOneScan(t *testing.T) {
	tl := newTill(t)
	tl.scan(cardOf(someClient).Payload())
	tl.scan(cardOf(someClient).Payload())
	if len(tl.desk.greeted) != 1 {
		t.Errorf("the service was asked %d times, want 1", len(tl.desk.greeted))
	}
	tl.press(esc)
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Этот QR только что прочитан")
	tl.wait(4 * time.Second)
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Александр Татарченко")
	if len(tl.desk.greeted) != 2 {
		t.Errorf("the service was asked %d times, want 2", len(tl.desk.greeted))
	}
}

func TestTheGuestOnTheScreenIsNotReplacedByTheSameQR(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.wait(5 * time.Second)
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Этот покупатель уже на экране", "1 250")
	tl.lacks("Новый покупатель?")
}

func TestANewQRReplacesAGuestWithoutASum(t *testing.T) {
	tl := newTill(t).atGuest("")
	tl.desk.name = "Второй Покупатель"
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Второй Покупатель")
}

func TestANewQRAsksWhenASumWasTyped(t *testing.T) {
	tests := []struct {
		name    string
		presses []tea.KeyMsg
		second  bool // the new guest is shown afterwards
	}{
		{"Enter keeps the guest", []tea.KeyMsg{enter}, false},
		{"Esc keeps the guest", []tea.KeyMsg{esc}, false},
		{"Tab and Enter take the new one", []tea.KeyMsg{tab, enter}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t).atGuest("1250")
			tl.desk.name = "Второй Покупатель"
			tl.scan(cardOf(otherClient).Payload())
			tl.wants("Новый покупатель?", "Введённая сумма не сохранится")
			tl.wait(readTime)
			tl.press(test.presses...)
			if test.second {
				tl.wants("Второй Покупатель")
				tl.lacks("1 250")
			} else {
				tl.wants("Александр Татарченко", "1 250")
			}
		})
	}
}

func TestAQuestionThatOpensByItselfTakesNoKeyBeforeTheKeyboardIsQuiet(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.burst(cardOf(otherClient).Payload())
	tl.wants("Новый покупатель?")
	for range 10 { // somebody goes on typing: none of it may answer
		tl.wait(quietTime - 10*time.Millisecond)
		tl.send(esc)
	}
	tl.wants("Новый покупатель?")
	tl.wait(readTime)
	tl.send(esc)
	tl.lacks("Новый покупатель?")
}

func TestScansThatAreNoCard(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"another shop", skidkabot.Card{Vendor: 5, Client: 1, Secret: 2}.Payload(), []string{"QR другого магазина (код 5)"}},
		{"a product", "4006381333931", []string{"штрихкод товара (400638133393…)", "Нужен QR покупателя"}},
		{"a link", "https://example.org/menu", []string{"Это ссылка", "https://exam…"}},
		{"damaged", `{"type":"Skidkabot","vendor":4,"client":83532824`, []string{"прочитан с ошибкой"}},
		{"something else", "ABC-12345-XYZ", []string{"не QR покупателя (ABC-12345-XY…)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			tl.scan(test.text)
			tl.wants(append(test.want, "Этот код не подходит")...)
			if len(tl.desk.greeted) != 0 {
				t.Error("the service was asked")
			}
			tl.wait(time.Second)
			tl.press(enter)
			tl.wants("Отсканируйте QR покупателя")
		})
	}
}

func TestALayoutThatCannotBeReadIsNamed(t *testing.T) {
	tests := []struct {
		err  error
		want []string
	}{
		{&loyalty.ScanError{Problem: loyalty.ScanLayout, Layout: "French", Head: "4è(\x1b[31m"},
			[]string{"раскладка французская", "английскую", "Пришло: 4è([31m"}},
		{&loyalty.ScanError{Problem: loyalty.ScanLayout}, []string{"переключите раскладку на английскую"}},
		{errBroken, []string{"Внутренняя ошибка"}},
	}
	for _, test := range tests {
		tl := newTill(t)
		tl.desk.identify = func(string) (loyalty.Identified, error) { return loyalty.Identified{}, test.err }
		tl.scan("anything at all")
		tl.wants(test.want...)
	}
}

func TestAnEndlessScanIsRefused(t *testing.T) {
	tl := newTill(t)
	long := make([]rune, 2000)
	for i := range long {
		long[i] = rune('a' + i%26)
	}
	tl.scan(string(long))
	tl.wants("Слишком длинный код")
}

func TestAScanOfAnotherCodeDoesNotDisturbTheGuest(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.scan("4006381333931")
	tl.wants("Александр Татарченко", "1 250", "штрихкод товара")
}

func TestARepairedScanSaysWhichLayoutItWas(t *testing.T) {
	text, err := layout.Type(cardOf(someClient).Payload(), "ru", false)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.scan(text)
	tl.wants("Александр Татарченко", "Раскладка: русская", "переключите на английскую: Alt+Shift", "19:42")
	tl.wait(layoutWarning)
	tl.lacks("Раскладка:")
	tl.wants("Сервис")
}

func TestCapsLockIsNamedWhenTheLayoutIsRight(t *testing.T) {
	text, err := layout.Type(cardOf(someClient).Payload(), "us", true)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.scan(text)
	tl.wants("Александр Татарченко", "Caps Lock")
}

func TestTheBalanceThatCannotBeRead(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"no network", &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errBroken}, "Нет связи с сервисом"},
		{"no name", &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: errBroken}, "не найден в сети"},
		{"no certificate", &skidkabot.NotSentError{Phase: skidkabot.PhaseTLS, Err: errBroken}, "Проверьте дату и время"},
		{"expired", &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}, "QR устарел (код 9). Попросите покупателя открыть новый QR"},
		{"not registered", &skidkabot.RefusedError{Code: skidkabot.CodeUnknownClient}, "запустить бота Skidkabot"},
		{"debt", &skidkabot.RefusedError{Code: skidkabot.CodeDebt}, "Позвоните владельцу"},
		{"no reply", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, "не ответил вовремя"},
		{"a broken refusal", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: 15}, "Похоже, сервис отказал (код 15)"},
		{"journal", &loyalty.JournalError{Err: errBroken}, "Журнал не читается"},
		{"anything else", errors.New("x"), "Внутренняя ошибка"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			tl.desk.greetErr = test.err
			tl.scan(cardOf(someClient).Payload())
			tl.wants("Баланс недоступен", test.want, "Баллы не тронуты")
			tl.desk.greetErr = nil
			if offerOffline(test.err) != "" {
				tl.wants("> F2 Начислить <", "[ Спросить ещё раз ]")
				tl.wait(readTime)
				tl.press(tab, enter)
				tl.wants("Баланс  2 365 баллов")
				return
			}
			if skidkabot.OutcomeOf(test.err) == skidkabot.Refused && test.name != "not registered" {
				tl.lacks("Спросить ещё раз")
				tl.wait(readTime)
				tl.press(enter)
				tl.wants("Отсканируйте QR покупателя")
				return
			}
			tl.wants("Enter Спросить ещё раз")
			tl.wait(readTime)
			tl.press(enter)
			tl.wants("Александр Татарченко")
		})
	}
}

func TestAProblemIsNotPressedAwayUnread(t *testing.T) {
	tl := newTill(t)
	tl.wait(handPause)
	tl.burst("4006381333931")
	tl.send(esc)
	tl.wants("Этот код не подходит")
	for _, key := range []tea.KeyMsg{enter, esc} {
		tl.wait(quietTime)
		tl.send(key)
		tl.wants("Этот код не подходит")
	}
	tl.wait(readTime - 2*quietTime)
	tl.send(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestEscLeavesAProblem(t *testing.T) {
	tl := newTill(t)
	tl.desk.greetErr = errBroken
	tl.scan(cardOf(someClient).Payload())
	tl.wait(readTime)
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAPastedQRIsAScan(t *testing.T) {
	tl := newTill(t)
	tl.wait(handPause)
	tl.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(cardOf(someClient).Payload() + "\r"), Paste: true})
	tl.wants("Александр Татарченко")
}

func TestControlCharactersOfAScannerAreNoKeys(t *testing.T) {
	tl := newTill(t)
	tl.wait(handPause)
	tl.send(tea.KeyMsg{Type: tea.KeyCtrlC}) // ETX among the others is no wish to leave
	for _, r := range cardOf(someClient).Payload() {
		tl.wait(time.Millisecond)
		tl.send(runes(string(r)))
	}
	tl.send(tea.KeyMsg{Type: tea.KeyCtrlCloseBracket})
	tl.send(tea.KeyMsg{Type: tea.KeyCtrlJ})
	tl.wants("Александр Татарченко")
	if tl.quit {
		t.Error("the till was left by a scanner's ETX")
	}
}

func TestADigitTypedJustBeforeAScanIsKept(t *testing.T) {
	tl := newTill(t).atGuest("12")
	tl.wait(time.Second)
	tl.send(runes("5" + cardOf(otherClient).Payload())) // a busy machine hands out both in one message
	tl.send(enter)
	tl.wants("Новый покупатель?")
	tl.wait(time.Second)
	tl.press(esc)
	tl.wants("[125 ")
}

func TestAltWithALetterIsNoTyping(t *testing.T) {
	tl := newTill(t).atGuest("12")
	tl.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("5"), Alt: true})
	tl.lacks("[125")
}

func TestAQuestionIsAnsweredBeforeAFailureIsShown(t *testing.T) {
	for name, second := range map[string]bool{"the next customer": true, "stay": false} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t)
			tl.desk.greetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errBroken}
			tl.held = true
			tl.atGuest("1250").scan(cardOf(otherClient).Payload())
			tl.deliver()
			tl.wants("Новый покупатель?")
			tl.held, tl.desk.greetErr, tl.desk.name = false, nil, "Второй Покупатель"
			tl.wait(readTime)
			if second {
				tl.press(tab, enter)
				tl.wants("Второй Покупатель")
			} else {
				tl.press(enter)
				tl.wants("Баланс недоступен", "Нет связи с сервисом")
			}
		})
	}
}

// View runs on every message, so what a scan does not change must cost nothing.
func TestAScanUnderWayDrawsNothingAndLeavesNoTimersBehind(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.wait(time.Second)
	timers := len(tl.later)
	for i, r := range cardOf(otherClient).Payload() {
		tl.clock = tl.clock.Add(time.Millisecond)
		if tl.model.Update(runes(string(r))); tl.model.stale {
			t.Fatalf("rune %d of the scan has the screen drawn anew", i)
		}
		if allocs := testing.AllocsPerRun(1, func() { tl.model.View() }); allocs != 0 {
			t.Fatalf("a frame in which nothing has changed takes %v allocations", allocs)
		}
	}
	if grown := len(tl.later) - timers; grown > 3 {
		t.Errorf("the scan has left %d timers behind", grown)
	}
}

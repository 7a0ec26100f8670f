package tui

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestAScanBringsTheGuest(t *testing.T) {
	tl := newTill(t)
	tl.wants("Отсканируйте QR покупателя", "Кофейня", "Касса 1", "Анна", "19:42")
	tl.Held = true
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Спрашиваем баланс… 0 с", "Сумма чека")
	tl.Wait(3 * time.Second)
	tl.wants("Спрашиваем баланс… 3 с")
	tl.Deliver()
	tl.wants("Александр Татарченко", "Баланс  2 365 баллов", "Сумма чека", "Начислить", "Списать")
	if len(tl.Desk.Greeted) != 1 || tl.Desk.Greeted[0] != stage.CardOf(stage.SomeClient) {
		t.Errorf("the service was asked for %v", tl.Desk.Greeted)
	}
}

func TestTheSumMayBeTypedBeforeTheServiceAnswers(t *testing.T) {
	tl := newTill(t)
	tl.Held = true
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Types("12")
	tl.Deliver()
	tl.Types("50")
	tl.wants("1 250", "Начислим 25 баллов")
}

func TestEscCancelsTheQuestionForTheBalance(t *testing.T) {
	tl := newTill(t)
	tl.Held = true
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	if tl.Desk.Asking.Err() != nil {
		t.Fatal("the question was cancelled by nobody")
	}
	tl.Press(esc)
	if tl.Desk.Asking.Err() == nil {
		t.Error("the question goes on")
	}
	tl.wants("Отсканируйте QR покупателя")
	tl.Deliver() // the answer comes too late
	tl.wants("Отсканируйте QR покупателя")
	tl.lacks("Александр")
}

func TestTheAnswerForAnEarlierGuestIsDropped(t *testing.T) {
	tl := newTill(t)
	tl.Held = true
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	late := tl.Arrived
	tl.Arrived = nil
	tl.Desk.Name = "Второй Покупатель"
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Deliver()
	tl.wants("Второй Покупатель")
	tl.Send(late[0])
	tl.wants("Второй Покупатель")
}

func TestAScanLeavesNoTrace(t *testing.T) {
	payload := stage.CardOf(stage.OtherClient).Payload()
	cyrillic, err := layout.Type(payload, "ru", false)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"QR": payload, "ЙЦУКЕН": cyrillic, "EAN": "4006381333931"} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).AtGuest("12")
			tl.Scan(text)
			if name != "EAN" {
				tl.wants("Новый покупатель?")
				tl.Press(esc)
			}
			tl.Types("50")
			tl.wants("1 250", "Начислим 25 баллов")
		})
	}
}

func TestTheScannersEnterPressesNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(enter) // to the button
	tl.Burst("4006381333931")
	tl.Wait(100 * time.Millisecond)
	tl.Send(enter) // a doubled terminator, still within the guard
	tl.lacks("Начислить 25 баллов?")
	tl.Press(enter, enter)
	tl.wants("Начислить 25 баллов?")
}

func TestTheSameQRTwiceIsOneScan(t *testing.T) {
	tl := newTill(t)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	if len(tl.Desk.Greeted) != 1 {
		t.Errorf("the service was asked %d times, want 1", len(tl.Desk.Greeted))
	}
	tl.Press(esc)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Этот QR только что прочитан")
	tl.Wait(4 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Александр Татарченко")
	if len(tl.Desk.Greeted) != 2 {
		t.Errorf("the service was asked %d times, want 2", len(tl.Desk.Greeted))
	}
}

func TestTheGuestOnTheScreenIsNotReplacedByTheSameQR(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Wait(5 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Этот покупатель уже на экране", "1 250")
	tl.lacks("Новый покупатель?")
}

func TestANewQRReplacesAGuestWithoutASum(t *testing.T) {
	tl := newTill(t).AtGuest("")
	tl.Desk.Name = "Второй Покупатель"
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
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
			tl := newTill(t).AtGuest("1250")
			tl.Desk.Name = "Второй Покупатель"
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.wants("Новый покупатель?", "Введённая сумма не сохранится")
			tl.Wait(readTime)
			tl.Press(test.presses...)
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
	tl := newTill(t).AtGuest("1250")
	tl.Burst(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Новый покупатель?")
	for range 10 { // somebody goes on typing: none of it may answer
		tl.Wait(quietTime - 10*time.Millisecond)
		tl.Send(esc)
	}
	tl.wants("Новый покупатель?")
	tl.Wait(readTime)
	tl.Send(esc)
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
			tl.Scan(test.text)
			tl.wants(append(test.want, "Этот код не подходит")...)
			if len(tl.Desk.Greeted) != 0 {
				t.Error("the service was asked")
			}
			tl.Wait(time.Second)
			tl.Press(enter)
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
		{stage.ErrBroken, []string{"Внутренняя ошибка"}},
	}
	for _, test := range tests {
		tl := newTill(t)
		tl.Desk.OnIdentify = func(string) (loyalty.Identified, error) { return loyalty.Identified{}, test.err }
		tl.Scan("anything at all")
		tl.wants(test.want...)
	}
}

func TestAnEndlessScanIsRefused(t *testing.T) {
	tl := newTill(t)
	long := make([]rune, 2000)
	for i := range long {
		long[i] = rune('a' + i%26)
	}
	tl.Scan(string(long))
	tl.wants("Слишком длинный код")
}

func TestAScanOfAnotherCodeDoesNotDisturbTheGuest(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Scan("4006381333931")
	tl.wants("Александр Татарченко", "1 250", "штрихкод товара")
}

func TestARepairedScanSaysWhichLayoutItWas(t *testing.T) {
	text, err := layout.Type(stage.CardOf(stage.SomeClient).Payload(), "ru", false)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.Scan(text)
	tl.wants("Александр Татарченко", "Раскладка: русская, нужна английская: Alt+Shift", "19:42")
	tl.Wait(layoutWarning)
	tl.lacks("Раскладка:")
	tl.wants("Сервис")
}

func TestCapsLockIsNamedWhenTheLayoutIsRight(t *testing.T) {
	text, err := layout.Type(stage.CardOf(stage.SomeClient).Payload(), "us", true)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.Scan(text)
	tl.wants("Александр Татарченко", "Caps Lock")
}

func TestTheBalanceThatCannotBeRead(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"no network", &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: stage.ErrBroken}, "Нет связи с сервисом"},
		{"no name", &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: stage.ErrBroken}, "не найден в сети"},
		{"no certificate", &skidkabot.NotSentError{Phase: skidkabot.PhaseTLS, Err: stage.ErrBroken}, "Проверьте дату и время"},
		{"expired", &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}, "QR устарел (код 9). Попросите покупателя открыть новый QR"},
		{"not registered", &skidkabot.RefusedError{Code: skidkabot.CodeUnknownClient}, "запустить бота Skidkabot"},
		{"debt", &skidkabot.RefusedError{Code: skidkabot.CodeDebt}, "Позвоните владельцу"},
		{"no reply", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, "не ответил вовремя"},
		{"a broken refusal", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: 15}, "Похоже, сервис отказал (код 15)"},
		{"journal", &loyalty.JournalError{Err: stage.ErrBroken}, "Журнал не читается"},
		{"anything else", errors.New("x"), "Внутренняя ошибка"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			tl.Desk.GreetErr = test.err
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.wants("Баланс недоступен", test.want, "Баллы не тронуты")
			tl.Desk.GreetErr = nil
			if offerOffline(test.err) != "" {
				tl.wants("> F2 Начислить <", "[ Спросить ещё раз ]")
				tl.Wait(readTime)
				tl.Press(tab, enter)
				tl.wants("Баланс  2 365 баллов")
				return
			}
			if skidkabot.OutcomeOf(test.err) == skidkabot.Refused && test.name != "not registered" {
				tl.lacks("Спросить ещё раз")
				tl.Wait(readTime)
				tl.Press(enter)
				tl.wants("Отсканируйте QR покупателя")
				return
			}
			tl.wants("Enter Спросить ещё раз")
			tl.Wait(readTime)
			tl.Press(enter)
			tl.wants("Александр Татарченко")
		})
	}
}

func TestAProblemIsNotPressedAwayUnread(t *testing.T) {
	tl := newTill(t)
	tl.Wait(stage.HandPause)
	tl.Burst("4006381333931")
	tl.Send(esc)
	tl.wants("Этот код не подходит")
	for _, key := range []tea.KeyMsg{enter, esc} {
		tl.Wait(quietTime)
		tl.Send(key)
		tl.wants("Этот код не подходит")
	}
	tl.Wait(readTime - 2*quietTime)
	tl.Send(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestEscLeavesAProblem(t *testing.T) {
	tl := newTill(t)
	tl.Desk.GreetErr = stage.ErrBroken
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Wait(readTime)
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAPastedQRIsAScan(t *testing.T) {
	tl := newTill(t)
	tl.Wait(stage.HandPause)
	tl.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(stage.CardOf(stage.SomeClient).Payload() + "\r"), Paste: true})
	tl.wants("Александр Татарченко")
}

func TestControlCharactersOfAScannerAreNoKeys(t *testing.T) {
	tl := newTill(t)
	tl.Wait(stage.HandPause)
	tl.Send(tea.KeyMsg{Type: tea.KeyCtrlC}) // ETX among the others is no wish to leave
	for _, r := range stage.CardOf(stage.SomeClient).Payload() {
		tl.Wait(time.Millisecond)
		tl.Send(stage.Runes(string(r)))
	}
	tl.Send(tea.KeyMsg{Type: tea.KeyCtrlCloseBracket})
	tl.Send(tea.KeyMsg{Type: tea.KeyCtrlJ})
	tl.wants("Александр Татарченко")
	if tl.Quit {
		t.Error("the till was left by a scanner's ETX")
	}
}

func TestADigitTypedJustBeforeAScanIsKept(t *testing.T) {
	tl := newTill(t).AtGuest("12")
	tl.Wait(time.Second)
	tl.Send(stage.Runes("5" + stage.CardOf(stage.OtherClient).Payload())) // a busy machine hands out both in one message
	tl.Send(enter)
	tl.wants("Новый покупатель?")
	tl.Wait(time.Second)
	tl.Press(esc)
	tl.wants("[125 ")
}

func TestAltWithALetterIsNoTyping(t *testing.T) {
	tl := newTill(t).AtGuest("12")
	tl.Press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("5"), Alt: true})
	tl.lacks("[125")
}

func TestAQuestionIsAnsweredBeforeAFailureIsShown(t *testing.T) {
	for name, second := range map[string]bool{"the next customer": true, "stay": false} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t)
			tl.Desk.GreetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: stage.ErrBroken}
			tl.Held = true
			tl.AtGuest("1250").Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.Deliver()
			tl.wants("Новый покупатель?")
			tl.Held, tl.Desk.GreetErr, tl.Desk.Name = false, nil, "Второй Покупатель"
			tl.Wait(readTime)
			if second {
				tl.Press(tab, enter)
				tl.wants("Второй Покупатель")
			} else {
				tl.Press(enter)
				tl.wants("Баланс недоступен", "Нет связи с сервисом")
			}
		})
	}
}

// View runs on every message, so what a scan does not change must cost nothing.
func TestAScanUnderWayDrawsNothingAndLeavesNoTimersBehind(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Wait(time.Second)
	tl.model.View()
	timers := len(tl.Later)
	for i, r := range stage.CardOf(stage.OtherClient).Payload() {
		tl.Clock = tl.Clock.Add(time.Millisecond)
		if tl.model.Update(stage.Runes(string(r))); tl.model.stale {
			t.Fatalf("rune %d of the scan has the screen drawn anew", i)
		}
		if allocs := testing.AllocsPerRun(1, func() { tl.model.View() }); allocs != 0 {
			t.Fatalf("a frame in which nothing has changed takes %v allocations", allocs)
		}
	}
	if grown := len(tl.Later) - timers; grown > 3 {
		t.Errorf("the scan has left %d timers behind", grown)
	}
}

package tui

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// clickOn clicks on words of the screen.
func (tl *till) clickOn(words string) *till {
	tl.Helper()
	tl.Wait(stage.HandPause)
	x, y := tl.find(words)
	tl.Send(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	tl.Send(tea.MouseMsg{X: x, Y: y, Action: tea.MouseActionRelease})
	tl.Wait(stage.HandPause)
	return tl
}

// find is the cell in the middle of words of the screen.
func (tl *till) find(words string) (x, y int) {
	tl.Helper()
	lines := strings.Split(tl.Shown(), "\n")
	for y := len(lines) - 1; y >= 0; y-- { // from below: the hint line has no title above it
		line := lines[y]
		if at := strings.Index(line, words); at >= 0 {
			return utf8.RuneCountInString(line[:at]) + utf8.RuneCountInString(words)/2, y
		}
	}
	tl.Fatalf("the screen does not show %q:\n%s", words, tl.Shown())
	return 0, 0
}

func (tl *till) turnWheel(button tea.MouseButton) {
	tl.Send(tea.MouseMsg{Button: button, Action: tea.MouseActionPress})
}

func TestAnAccrualByMouseAlone(t *testing.T) {
	tl := newTill(t).AtGuest("1250").clickOn("[ Начислить ]")
	tl.wants("Начислить 25 баллов?")
	tl.clickOn("> Начислить <")
	tl.wants("Начислено 25")
	tl.Wait(stage.ReadTime)
	tl.clickOn("Enter Следующий")
	tl.wants("Отсканируйте QR покупателя")
}

func TestAClickOnAFieldTakesTheFocus(t *testing.T) {
	tl := newTill(t).AtGuest("1250").clickOn("[125")
	tl.Types("50")
	tl.wants("[50", "Останется к оплате 1 200,00")
	tl.clickOn("[1 250")
	tl.Types("0")
	tl.wants("[12 500")
}

func TestAHintIsPressedLikeItsKey(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written())).AtGuest("1250").clickOn("F2 Начислить")
	tl.wants("Начислить 25 баллов?")
	tl.clickOn("Esc Нет").clickOn("Esc Стереть сумму").lacks("1 250")
	tl.clickOn("F5 Журнал").wants("Страница 1")
	tl.clickOn("Esc Назад").wants("Введите сумму чека")
	tl.clickOn("F1 Справка").wants("Клавиши на этом экране")
	tl.clickOn("Esc Закрыть").lacks("Клавиши на этом экране")
	tl.clickOn("F10 Выход")
	if !tl.Quit {
		t.Error("F10 has not ended the program")
	}
}

func TestALineIsChosenByAClickAndOpenedByTheNext(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor())).till(f4)
	first := tl.model.active.(*ordersScreen).chosen
	tl.clickOn("Фёдор")
	list := tl.model.active.(*ordersScreen)
	if list.chosen == first {
		t.Fatalf("the click has not chosen another order:\n%s", tl.Shown())
	}
	tl.clickOn(" 12  ")
	if _, stays := tl.model.active.(*ordersScreen); stays {
		t.Errorf("the second click has not opened it:\n%s", tl.Shown())
	}
}

func TestTheWheelScrollsAListAndNothingElse(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written())).till(f5)
	tl.turnWheel(tea.MouseButtonWheelDown)
	tl.turnWheel(tea.MouseButtonWheelDown)
	tl.turnWheel(tea.MouseButtonWheelUp)
	if got := tl.model.active.(*journalScreen).chosen; got != 1 {
		t.Errorf("the wheel has gone to line %d, want 1", got)
	}
	tl = newTill(t).AtGuest("1250").till(f2)
	tl.turnWheel(tea.MouseButtonWheelDown)
	tl.wants("> Начислить <") // the answer that has the focus still has it
}

func TestAClickConfirmsNothingThatOpenedByItself(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Новый покупатель?", "> Остаться <")
	fresh := newTill(t).AtGuest("1250")
	fresh.model.env.now = fresh.Clock
	fresh.model.question = fresh.model.askNewGuest(nil)
	fresh.model.stale = true
	fresh.model.View()
	x, y := fresh.find("[ Новый покупатель ]")
	for range 5 { // each within the quiet time of the one before
		fresh.Clock = fresh.Clock.Add(stage.QuietTime - time.Millisecond)
		fresh.Send(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	}
	fresh.wants("Новый покупатель?", "> Остаться <")
	fresh.Wait(stage.QuietTime)
	fresh.clickOn("[ Новый покупатель ]").lacks("Новый покупатель?")
}

func TestOtherButtonsAndPlacesDoNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	before := tl.Shown()
	x, y := tl.find("[ Начислить ]")
	for _, msg := range []tea.MouseMsg{
		{X: x, Y: y, Button: tea.MouseButtonRight, Action: tea.MouseActionPress},
		{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionMotion},
		{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionRelease},
		{X: 0, Y: 0, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress},
		{X: 500, Y: 500, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress},
	} {
		tl.Send(msg)
	}
	if after := tl.Shown(); after != before {
		t.Errorf("the screen has changed:\n%s", after)
	}
}

func TestAMouseThatMovesCostsNoFrame(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.model.View()
	tl.model.Update(tea.MouseMsg{X: 5, Y: 5, Button: tea.MouseButtonLeft, Action: tea.MouseActionMotion})
	if tl.model.stale {
		t.Error("a movement has the whole screen drawn anew")
	}
}

func TestTheLockIsClickedToo(t *testing.T) {
	tl := newTill(t, withCashiers).clickOn("Олег")
	tl.Types("2222")
	tl.clickOn("> Олег <")
	tl.wants("• Олег")
}

func TestAFormIsFilledWithTheMouse(t *testing.T) {
	journal, _ := stage.PairWritten()
	tl := newTill(t, withJournal(journal)).till(f5, enter, f7)
	tl.clickOn("[125")
	tl.Press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("50")
	tl.clickOn("[ Сторно ]")
	tl.wants("Напишите причину")
	tl.clickOn("[ ")
	tl.Types("ошибка")
	tl.clickOn("[ Сторно ]")
	tl.wants("Вернём покупателю 50 баллов", "Причина: ошибка")
}

func TestAnOrderIsTypedWithTheMouse(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).till(f4).clickOn("Ins Новый заказ")
	f := tl.model.active.(*orderEdit)
	x, y := tl.find("[1 ")
	tl.Send(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	if f.at != 0 || f.cell != cellCount {
		t.Errorf("the focus is at line %d, field %d", f.at, f.cell)
	}
	tl.clickOn("[ Сохранить ]")
	tl.wants("Впишите стол или хотя бы одну строку")
}

func TestTheMouseIsAskedForOnlyWhenItIsOn(t *testing.T) {
	for _, on := range []bool{false, true} {
		tl := newTill(t, func(o *Options) { o.Mouse = on })
		if got := tl.model.enableMouse() != nil; got != on {
			t.Errorf("with the setting %v the terminal is asked for the mouse: %v", on, got)
		}
	}
}

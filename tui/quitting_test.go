package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestQuittingAtIdleIsQuittingAtOnce(t *testing.T) {
	for _, press := range []tea.KeyMsg{f10, ctrlC} {
		tl := newTill(t)
		tl.Press(press)
		tl.Wait(time.Second)
		if !tl.Quit {
			t.Errorf("%s did not end the program", press)
		}
	}
}

func TestQuittingAsksWhenASumWasTyped(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(f10)
	tl.wants("Выйти из программы?", "Введённая сумма не сохранится", "> Остаться <")
	tl.Press(f10) // a second one does not answer
	tl.wants("Выйти из программы?")
	tl.Press(enter)
	if tl.Quit {
		t.Fatal("the program ended")
	}
	tl.wants("1 250")
	tl.Press(f10, tab, enter)
	if !tl.Quit {
		t.Error("the program did not end")
	}
}

func TestAnUnknownResultIsReadBeforeTheProgramEnds(t *testing.T) {
	for _, press := range []tea.KeyMsg{f10, ctrlC} {
		tl := newTill(t)
		tl.Ends(func(*loyalty.Operation) {})
		tl.AtGuest("1250").Press(f3, enter, press)
		tl.wants("Результат неизвестен")
		if tl.Quit {
			t.Fatalf("%v ends the program before anybody can have read that the result is unknown", press)
		}
		tl.Wait(stage.ReadTime)
		tl.Press(press)
		if !tl.Quit {
			t.Errorf("%v does not end the program when there was time to read it", press)
		}
	}
}

func TestQuittingWaitsForWhatIsInFlight(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Held = true
	tl.Press(f2, enter, f10)
	tl.wants("Сначала завершим операцию")
	tl.Press(enter)
	tl.wants("Завершаем операцию… 0 с")
	tl.Wait(5 * time.Second)
	tl.Press(f10, esc, enter, f1)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Завершаем операцию…", "этот QR не принят")
	if tl.Quit {
		t.Fatal("the program ended with an operation in flight")
	}
	tl.Deliver()
	tl.Wait(resultShown / 2)
	tl.wants("Начислено 25.")
	if tl.Quit {
		t.Fatal("the program ended before anybody could read the result")
	}
	tl.Wait(resultShown/2 + 2*quitPause)
	if !tl.Quit {
		t.Error("the program did not end by itself")
	}
}

func TestQuittingWaitsForTheDeskToo(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Flying = 1
	tl.Send(stopMsg{})
	tl.wants("Завершаем операцию…")
	tl.Wait(time.Minute)
	if tl.Quit {
		t.Fatal("the program ended with an operation in flight")
	}
	tl.Desk.Flying = 0
	tl.Wait(2 * quitPause)
	if !tl.Quit {
		t.Error("the program did not end by itself")
	}
}

func TestStoppingFromOutsideAsksNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Send(stopMsg{})
	if !tl.Quit {
		t.Error("the program did not end")
	}
}

func TestAnUnwrittenResultHoldsUpTheCashierButNotTheSystem(t *testing.T) {
	for name, stop := range map[string]func(*till){
		"cashier": func(tl *till) { tl.Press(f10, enter) },
		"outside": func(tl *till) { tl.Send(stopMsg{}) },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			accrue := tl.Desk.OnAccrue
			tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
				result, err := accrue(r)
				result.Unwritten = true
				return result, err
			}
			tl.Held = true
			tl.Press(f2, enter)
			stop(tl)
			tl.Deliver()
			tl.wants("Запишите: Начислено 25")
			tl.Wait(time.Minute)
			if ended := tl.Quit; ended != (name == "outside") {
				t.Errorf("ended: %v", ended)
			}
		})
	}
}

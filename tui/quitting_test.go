package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestQuittingAtIdleIsQuittingAtOnce(t *testing.T) {
	for _, press := range []tea.KeyMsg{f10, ctrlC} {
		tl := newTill(t)
		tl.press(press)
		tl.wait(time.Second)
		if !tl.quit {
			t.Errorf("%s did not end the program", press)
		}
	}
}

func TestQuittingAsksWhenASumWasTyped(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(f10)
	tl.wants("Выйти из программы?", "Введённая сумма не сохранится", "> Остаться <")
	tl.press(f10) // a second one does not answer
	tl.wants("Выйти из программы?")
	tl.press(enter)
	if tl.quit {
		t.Fatal("the program ended")
	}
	tl.wants("1 250")
	tl.press(f10, tab, enter)
	if !tl.quit {
		t.Error("the program did not end")
	}
}

func TestQuittingWaitsForWhatIsInFlight(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.held = true
	tl.press(f2, enter, f10)
	tl.wants("Сначала завершим операцию")
	tl.press(enter)
	tl.wants("Завершаем операцию… 0 с")
	tl.wait(5 * time.Second)
	tl.press(f10, esc, enter, f1)
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Завершаем операцию…", "этот QR не принят")
	if tl.quit {
		t.Fatal("the program ended with an operation in flight")
	}
	tl.deliver()
	tl.wait(resultShown / 2)
	tl.wants("Начислено 25.")
	if tl.quit {
		t.Fatal("the program ended before anybody could read the result")
	}
	tl.wait(resultShown/2 + 2*quitPause)
	if !tl.quit {
		t.Error("the program did not end by itself")
	}
}

func TestQuittingWaitsForTheDeskToo(t *testing.T) {
	tl := newTill(t)
	tl.desk.inFlight = 1
	tl.send(stopMsg{})
	tl.wants("Завершаем операцию…")
	tl.wait(time.Minute)
	if tl.quit {
		t.Fatal("the program ended with an operation in flight")
	}
	tl.desk.inFlight = 0
	tl.wait(2 * quitPause)
	if !tl.quit {
		t.Error("the program did not end by itself")
	}
}

func TestStoppingFromOutsideAsksNothing(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.send(stopMsg{})
	if !tl.quit {
		t.Error("the program did not end")
	}
}

func TestAnUnwrittenResultHoldsUpTheCashierButNotTheSystem(t *testing.T) {
	for name, stop := range map[string]func(*till){
		"cashier": func(tl *till) { tl.press(f10, enter) },
		"outside": func(tl *till) { tl.send(stopMsg{}) },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).atGuest("1250")
			accrue := tl.desk.accrue
			tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
				result, err := accrue(r)
				result.Unwritten = true
				return result, err
			}
			tl.held = true
			tl.press(f2, enter)
			stop(tl)
			tl.deliver()
			tl.wants("Запишите: Начислено 25")
			tl.wait(time.Minute)
			if ended := tl.quit; ended != (name == "outside") {
				t.Errorf("ended: %v", ended)
			}
		})
	}
}

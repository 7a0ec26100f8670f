//go:build unix

package killtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// What the cashier does at the till. Each step returns false when the till was killed under the cashier's hands.

const (
	keyF5 terminal.Key = "\x1b[15~"
	keyF7 terminal.Key = "\x1b[18~"
)

// results are the words by which every result of an operation is known.
var results = []string{
	"Начислено", "Списано", "Возвращено", "Снято", "НЕ начислены", "НЕ списаны", "НЕ прошло", "Результат неизвестен", "Начисление в очереди",
}

// greet scans a new customer and types the receipt's sum.
func (t *till) greet(sum int64, preview string) bool {
	t.shop.Helper()
	name, payload := t.shop.newCustomer()
	for deadline := time.Now().Add(patience); ; {
		if t.Scan(payload, terminal.AtOnce()) != nil || !t.see(name, noBalance) {
			return false
		}
		if strings.Contains(t.Screen(), name) || time.Now().After(deadline) {
			return t.see(name) && t.see("Сумма чека") && t.press(terminal.Key(fmt.Sprint(sum))) && t.see(preview)
		}
		if !t.home() { // the machine is so busy that the service was late: once more, as the screen says
			return false
		}
	}
}

const noBalance = "Баланс недоступен"

// askAccrual comes as far as the question whether to accrue.
func (t *till) askAccrual() bool {
	t.shop.Helper()
	points := t.shop.nextPoints()
	return t.greet(points, fmt.Sprintf("Начислим %d балл", points)) &&
		t.press(terminal.F2) && t.see(fmt.Sprintf("Начислить %d балл", points))
}

// sayYes confirms after a look at the screen: an Enter that comes sooner could be the scanner's, and is not taken.
func (t *till) sayYes() bool {
	time.Sleep(quiet)
	return t.press(terminal.Enter)
}

// confirm says yes to a question and waits for the result.
func (t *till) confirm() bool {
	t.shop.Helper()
	return t.sayYes() && t.see(results...)
}

func (t *till) accrue() bool {
	t.shop.Helper()
	return t.askAccrual() && t.confirm()
}

// accrueAndGoOn does not wait for the result.
func (t *till) accrueAndGoOn() bool {
	t.shop.Helper()
	return t.askAccrual() && t.sayYes() && t.see("Начисляем", "Начислено", "НЕ начислены", "Результат неизвестен")
}

// redeem redeems half of a receipt; the other half earns as many points again.
func (t *till) redeem() bool {
	t.shop.Helper()
	points := t.shop.nextPoints()
	return t.greet(2*points, fmt.Sprintf("Можно списать до %d", points)) &&
		t.press(terminal.F3) && t.see(fmt.Sprintf("Списать %d балл", points)) && t.confirm()
}

// accrueOffline confirms an accrual while the service cannot be reached.
func (t *till) accrueOffline() bool {
	t.shop.Helper()
	asked := t.askAccrual()
	t.shop.must(t.shop.sim.SetDown(true))
	confirmed := asked && t.confirm()
	t.shop.comeBack()
	return confirmed
}

// reverse takes the last operation back, if that can be done.
func (t *till) reverse() bool {
	t.shop.Helper()
	if !t.press(keyF5) || !t.see("Страница") || !t.see("> ", "Таких операций нет") {
		return false
	}
	if strings.Contains(t.Screen(), "Таких операций нет") {
		return t.press(terminal.Esc)
	}
	if !t.openDetails() {
		return false
	}
	if !strings.Contains(t.Screen(), "F7") {
		return t.press(terminal.Esc, terminal.Esc)
	}
	if !t.press(keyF7) || !t.see("Причина") || !t.press("брак", terminal.Enter) {
		return false
	}
	if strings.Contains(t.Screen(), "Сколько баллов вернуть") && !t.press(terminal.Enter) {
		return false
	}
	return t.press(terminal.Enter) && t.see("Причина: брак") && t.confirm()
}

// openDetails opens the operation that has the focus, with its history and what can be done about it.
func (t *till) openDetails() bool {
	t.shop.Helper()
	return t.press(terminal.Enter) && t.await("details", showsDetails)
}

func showsDetails(screen string) bool {
	return strings.Contains(screen, "История") && !strings.Contains(screen, "Читаем журнал")
}

// serve serves one customer after the other until the till is killed.
func (t *till) serve() {
	t.shop.Helper()
	for alive := true; alive; {
		switch t.shop.intN(8) {
		case 0, 1:
			alive = t.accrue()
		case 2, 3:
			alive = t.accrueAndGoOn()
		case 4, 5:
			alive = t.redeem()
		case 6:
			alive = t.accrueOffline()
		case 7:
			alive = t.accrue() && t.reverse()
		}
	}
}

// idle does nothing: what happens, the till does by itself.
func (t *till) idle() bool { return true }

// decide looks for the first operation on the start screen that needs a person, and does what it needs: what was never sent
// is sent, what is not clear is decided. It returns false when nothing needs a person, or the till was killed.
func (t *till) decide() bool { return t.attend(true) }

// cancel is decide, but what was never sent is cancelled.
func (t *till) cancel() bool { return t.attend(false) }

func (t *till) attend(send bool) bool {
	t.shop.Helper()
	line := slices.IndexFunc(mattersOn(t.Screen()), func(m matter) bool {
		return m.words == "не отправлено" || m.words == "нужно решение"
	})
	if line < 0 {
		return false
	}
	for range line + 1 {
		t.press(terminal.Tab)
	}
	t.press(terminal.Enter)
	_, err := t.Await("details", lookAgain, showsDetails)
	switch {
	case errors.Is(err, terminal.ErrEnded):
		return false
	case err != nil:
		return t.home() // the list has changed under the cashier's hands
	}
	return t.act(send)
}

// lookAgain is when a cashier sees that nothing has come of a key.
const lookAgain = 5 * time.Second

// act presses what the details of an operation offer, and goes back to the start screen.
func (t *till) act(send bool) bool {
	t.shop.Helper()
	screen := t.Screen()
	switch {
	case strings.Contains(screen, "Отправить") && send:
		return t.press(terminal.Tab, terminal.Enter) && t.see("Отправить начисление") && t.confirm() && t.home()
	case strings.Contains(screen, "Отправить"):
		return t.press(terminal.Tab, terminal.Tab, terminal.Enter) && t.see("Отменить начисление") &&
			t.press(terminal.Enter) && t.see("отменено") && t.home()
	case strings.Contains(screen, "Решить"):
		return t.press(terminal.Tab, terminal.Enter) && t.see("Кто решает") &&
			t.press("Ольга", terminal.Enter) && t.press("отчёт", terminal.Enter, terminal.Right, terminal.Enter) &&
			t.see("изменить его нельзя") && t.press(terminal.Enter) && t.see("разобрано") && t.home()
	}
	return t.home() // it needs nobody any more
}

// home goes back to the start screen. A result that has come by itself takes no key before the keyboard is quiet.
func (t *till) home() bool {
	t.shop.Helper()
	for {
		time.Sleep(quiet)
		if !t.press(terminal.Esc) {
			return false
		}
		_, err := t.Await("start screen", quiet, func(screen string) bool { return strings.Contains(screen, idleWords) })
		if err == nil || errors.Is(err, terminal.ErrEnded) {
			return err == nil
		}
	}
}

// quiet is longer than the keyboard must be still before a screen that came by itself takes a key.
const quiet = 400 * time.Millisecond

// settleAll lets the till settle everything, on a calm day and with a cashier who does what it asks for, and holds the
// journal to the ledger for the last time. It gives the journal.
func (s *trial) settleAll() []loyalty.Operation {
	s.Helper()
	s.setCalm(true)
	s.ahead(settleAhead, settleSpeed)
	t := s.start(killable, "")
	defer func() { s.must(t.Close()) }()
	t.settleOpen()
	t.quit()
	return s.inspect()
}

// settleOpen waits until nothing is open, and does what the till asks a cashier for.
func (t *till) settleOpen() {
	s := t.shop
	s.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(settlePause) {
		open := 0
		for _, op := range s.operations() {
			if !op.State.Final() {
				open++
			}
		}
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("%d operations are still open; the screen is\n%s", open, t.Screen())
		}
		for t.attend(s.intN(2) == 0) {
		}
	}
}

// quit ends the till as a cashier does.
func (t *till) quit() {
	t.shop.Helper()
	if !t.press(terminal.F10) {
		t.shop.Fatal("the till has ended by itself")
	}
	if code, err := t.Exit(patience); err != nil || code != 0 {
		t.shop.Fatalf("the till ended with %d, %v", code, err)
	}
	<-t.watched
}

const (
	// settleAhead is past the time in which a late commit may come.
	settleAhead = 3 * time.Minute
	// settleSpeed brings the two reads that prove that nothing has moved, which are 5 seconds apart, to 20.
	settleSpeed = 4
	// settlePause is between two looks at what is still open.
	settlePause = 100 * time.Millisecond
)

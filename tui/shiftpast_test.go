package tui

import (
	"context"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// brokenShifts are records of which the shifts cannot be read while fails is set.
type brokenShifts struct {
	Records
	fails error
}

func (b *brokenShifts) Shifts(ctx context.Context, limit int) ([]orders.Shift, error) {
	if b.fails != nil {
		return nil, b.fails
	}
	return b.Records.Shifts(ctx, limit)
}

func TestTheZReportIsSeenAgain(t *testing.T) {
	tl := newTill(t, withPrinter(stage.OldShifts))
	tl.Press(f8)
	tl.wants("Смена закрыта", "[ Прошлые смены ]", "Esc Назад", "F1 Справка")
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Смена 2 закрыта: Z-отчёт", "Открыта 19:42, Анна; закрыта 19:42, Пётр", "QR 1 90,00 ₽", "Чаевые по QR 20,00 ₽", "← PgUp раньше")
	tl.lacks("позже PgDn")
	for _, keys := range [][2]tea.KeyMsg{{left, right}, {pageUp, pageDown}, {up, down}} {
		older, newer := keys[0], keys[1]
		tl.Press(older)
		tl.wants("Смена 1 закрыта: Z-отчёт", "Наличные 1 460,00 ₽", "позже PgDn →")
		tl.lacks("PgUp")
		tl.Press(older) // there is none before it
		tl.wants("Смена 1 закрыта: Z-отчёт")
		tl.Press(newer)
		tl.wants("Смена 2 закрыта: Z-отчёт")
		tl.Press(newer)
		tl.wants("Смена 2 закрыта: Z-отчёт")
	}
	tl.Press(f4, f8)
	tl.wants("Смена закрыта", "[ Открыть смену ]")
	tl.Press(backTab, enter)
	tl.Wait(quietTime)
	tl.Press(pageUp) // the open one is none of them
	tl.wants("Смена 2 закрыта: Z-отчёт")
	tl.Press(esc)
	tl.wants("Смена 3: X-отчёт")
}

func TestAReportIsPrintedAgain(t *testing.T) {
	tl := newTill(t, withPrinter(stage.OldShifts))
	paper := tl.Counter.Paper
	if paper.Reports != 2 || paper.Copies != 0 {
		t.Fatalf("closing two shifts has printed %d reports, %d of them copies", paper.Reports, paper.Copies)
	}
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(pageUp, tab)
	tl.wants("> Напечатать <")
	tl.Press(enter)
	tl.wants("Отчёт смены 2 печатается")
	if paper.Reports != 3 || paper.Copies != 1 {
		t.Errorf("%d reports, %d of them copies", paper.Reports, paper.Copies)
	}
	paper.Trouble = &orders.PrinterTrouble{NoPaper: true}
	tl.Press(enter)
	tl.wants("В принтере нет бумаги")

	tl = newTill(t, withCounter(stage.OldShifts))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(pageUp)
	tl.wants("Z-отчёт")
	tl.lacks("Напечатать", "Tab")
}

func TestTheXReportIsPrinted(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Lunch))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.wants("> Назад <  [ Закрыть смену ]  [ Напечатать ]  [ Прошлые смены ]")
	tl.Press(tab, tab, enter)
	tl.wants("Отчёт смены 1 печатается")
	if paper := tl.Counter.Paper; paper.Reports != 1 || paper.Copies != 0 {
		t.Errorf("%d reports, %d of them copies", paper.Reports, paper.Copies)
	}
	tl.Press(tab, enter)
	tl.wants("На этой кассе ещё не закрыли ни одной смены.")
}

func TestTheZReportSaysWhetherItIsOnPaper(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Lunch))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(tab, enter, left, enter)
	tl.wants("Смена 1 закрыта: Z-отчёт", "Z-отчёт печатается", "> Назад <  [ Напечатать ]  [ Прошлые смены ]")
	tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterNoPaper})
	tl.wants("Z-отчёт ждёт принтера: проверьте бумагу, и он выйдет сам.")
	tl.Wait(readTime)
	tl.Press(tab, enter)
	tl.wants("Отчёт смены 1 печатается")
	if paper := tl.Counter.Paper; paper.Reports != 2 || paper.Copies != 1 {
		t.Errorf("%d reports, %d of them copies", paper.Reports, paper.Copies)
	}
}

func TestAShiftThatIsClosedWithoutAReportLeadsToIt(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Takes("5"); c.Fails["CloseShift"] = stage.ErrBroken }))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(tab, enter, left, enter)
	tl.wants("Смена закрыта, но Z-отчёт не прочитан. Откройте его: F8, «Прошлые", "> Открыть смену <")
	tl.lacks("не получилось")
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Смена 1 закрыта: Z-отчёт", "Наличные 1 460,00 ₽")
}

func TestReportsThatCannotBeReadAreAskedForAgain(t *testing.T) {
	broken := &brokenShifts{fails: stage.ErrBroken}
	tl := newTill(t, withCounter(stage.OldShifts), func(o *Options) { broken.Records, o.Records = o.Records, broken })
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(pageUp)
	tl.wants("Журнал не читается", "> Спросить ещё раз <  [ Назад ]")
	broken.fails = nil
	tl.Press(enter)
	tl.wants("Смена 2 закрыта: Z-отчёт")
	broken.fails = stage.ErrBroken
	tl.Press(left)
	tl.wants("Журнал не читается")
	tl.Press(backTab, enter)
	tl.wants("Смена закрыта")
}

func TestAReportOfAShiftThatIsBeingReadIsNotAskedForTwice(t *testing.T) {
	tl := newTill(t, withCounter(stage.OldShifts))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Held = true
	tl.Press(pageUp)
	tl.wants("Читаем смену")
	tl.Press(left, left, enter)
	tl.Held = false
	tl.Deliver()
	tl.wants("Смена закрыта") // Enter was «Назад»
}

// What is left while a shift ends is said by what becomes of it: a guest who paid twice gets the money back, shift or not.
func TestWhatIsLeftOfAShiftIsSaidByWhatIsToBeDone(t *testing.T) {
	tl := newTill(t, withCounter(stage.TwiceAndOnce))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Гости заплатили по QR 270,00 ₽ (из них чаевые 20,00), а счета не закрыты: 1.", "Гости заплатили дважды (1): верните 480,00 ₽ (из них чаевые 20,00).")
	tl.lacks("Операций с баллами")
}

func TestPrintingSomethingThatIsNoShiftIsSaid(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Lunch))
	tl.Do(tl.model.do(shiftPrintAct{orders.Shift{ID: uuid.UUID{1}}}))
	tl.wants("Смена: не получилось.")
}

func TestEarlierShiftsByMouse(t *testing.T) {
	tl := newTill(t, withPrinter(stage.OldShifts))
	tl.Press(f8)
	tl.Wait(quietTime)
	tl.clickOn("[ Прошлые смены ]").wants("Смена 2 закрыта: Z-отчёт")
	tl.turnWheel(tea.MouseButtonWheelUp)
	tl.wants("Смена 1 закрыта: Z-отчёт")
	tl.clickOn("PgDn Позже").wants("Смена 2 закрыта: Z-отчёт")
	tl.clickOn("[ Напечатать ]").wants("Отчёт смены 2 печатается")
	tl.clickOn("[ Назад ]").wants("Смена закрыта")
}

func TestAShiftOfNobodyIsShown(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) {
		_, err := c.OpenShift(context.Background(), "")
		c.Must(err)
	}))
	tl.Press(f8)
	tl.wants("│ Открыта 19:42 ")
}

//go:build !windows

package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// What becomes of an operation whose outcome nobody knows, and what a person decides.

// becomes waits until the journal has these operations, newest first.
func (s *scenario) becomes(want ...string) {
	s.t.Helper()
	s.eventually(strings.Join(want, ", "), func() bool { return slices.Equal(s.states(), want) })
}

// drained waits until nothing is in the queue any more. What nobody wakes the queue for goes when the till looks at it by
// itself, every 30 seconds.
func (s *scenario) drained() {
	s.t.Helper()
	const limit = 30*time.Second + terminal.Patience
	_, err := s.Await("empty queue", limit, func(screen string) bool { return !strings.Contains(screen, "В очереди") })
	s.must(err)
}

// payInFull begins a redemption of 125 points that ends in a fault, and lets the guest pay the whole receipt. The settling
// goes on when look is called.
func (s *scenario) payInFull(fault skidkabotsim.Fault) (look func()) {
	s.t.Helper()
	look = s.heldSettling()
	s.service.FailNext(1, skidkabot.PathRedeem, fault)
	s.redeem()
	s.see(unknownWords, "Ждём", "Гость платит полностью")
	time.Sleep(reading) // the settling is held back: nothing else comes by itself
	s.press(terminal.Tab, terminal.Enter)
	s.see("Гость платит полностью?", "Возьмите 1 250,50")
	s.person(terminal.Enter)
	s.see("Гость платит полностью: 1 250,50", "Если списание прошло, баллы вернутся сами.")
	s.wantJournal("accrual 25 queued", "accrual 125 planned", "accrual 22 voided", "redemption 125 unknown")
	s.sent(skidkabot.PathAccrue, 0)
	return look
}

func TestTheGuestPaysInFullAndTheRedemptionHadHappened(t *testing.T) {
	s := newTill(t)
	look := s.payInFull(skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.wantLedger("redeem 125")
	look()
	s.see("Списание прошло: возвращаем 125 баллов. Деньги взяты полностью, больше ничего не берите.")
	s.drained()
	s.becomes("accrual 25 confirmed", "accrual 125 confirmed", "accrual 22 voided", "redemption 125 applied")
	moved := s.ledger()
	slices.Sort(moved[1:]) // either accrual may go first
	if want := []string{"redeem 125", "accrue 125", "accrue 25"}; !slices.Equal(moved, want) {
		t.Errorf("the ledger has %q, want %q", moved, want)
	}
	s.sent(skidkabot.PathRedeem, 1)
	s.sent(skidkabot.PathAccrue, 2)
	if back := s.journal()[1]; back.Link != loyalty.LinkReversal {
		t.Errorf("what gives the points back is no reversal: %+v", back)
	}
}

func TestTheGuestPaysInFullAndTheRedemptionHadNotHappened(t *testing.T) {
	s := newHastyTill(t)
	look := s.payInFull(skidkabotsim.CutBefore(skidkabotsim.CutReset))
	s.wantLedger()
	look()
	s.see("Списание не прошло: возвращать нечего. Деньги взяты полностью.")
	s.drained()
	s.becomes("accrual 25 confirmed", "accrual 125 voided", "accrual 22 voided", "redemption 125 not_applied")
	s.wantLedger("accrue 25") // on the whole sum, and nothing was given back
	s.sent(skidkabot.PathRedeem, 1)
	s.sent(skidkabot.PathAccrue, 1)
}

func TestWhatWasNotAppliedIsRepeatedByAFreshScan(t *testing.T) {
	s := newHastyTill(t)
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutBefore(skidkabotsim.CutReset))
	s.accrue()
	s.see(unknownWords, "Ответ будет не позже чем через")
	s.see("Баллы НЕ начислены.", "Проверено по балансу покупателя")
	s.wantJournal("accrual 25 not_applied")
	s.sent(skidkabot.PathAccrue, 1)

	s.press(terminal.F5)
	s.see("не выполнено* 1")
	s.person(terminal.Enter)
	s.see("Повторить")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Отсканируйте свежий QR покупателя: Александр Татарченко")
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Повтор: начисление +25", "Начислим 25 баллов") // the sum stands there already
	s.confirmAccrual("25 баллов")
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed", "accrual 25 not_applied")
	s.sent(skidkabot.PathAccrue, 2)
	if ops := s.journal(); ops[0].Link != loyalty.LinkRepeat || ops[0].Parent.String() != ops[1].ID {
		t.Errorf("the second attempt does not name the first: %+v", ops[0])
	}
}

// adminPIN is the admin's, where one is set.
const adminPIN = "2580"

// setAdminPIN sets the admin's PIN before the till is asked for it.
func (s *scenario) setAdminPIN() {
	s.t.Helper()
	hash, err := config.HashPIN(adminPIN)
	s.must(err)
	s.must(s.shop.SetCredential(config.SecretAdmin.CredentialName(), hash))
}

// enterPIN types a PIN where it is asked for.
func (s *scenario) enterPIN(pin string) {
	s.t.Helper()
	s.see("PIN администратора")
	s.typeText(pin)
	s.press(terminal.Enter)
}

func TestAReviewIsDecidedByAPerson(t *testing.T) {
	s := newTill(t)
	s.setAdminPIN()
	s.unclear()
	before := s.history(s.journal()[0].ID)

	s.read(terminal.Esc, idleWords, "Требуют внимания", "нужно решение")
	s.person(terminal.Tab, terminal.Enter)
	s.see("на разбор", "Решить")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Нужно решение: начисление +25", "Баланс до операции 2 365", "станет 2 390", "Прочитали: 2 000")
	s.typeText("Ольга")
	s.press(terminal.Tab, terminal.Tab, terminal.Enter)
	s.see("Напишите причину")
	s.typeText("видел")
	s.press(terminal.Tab, terminal.Enter)
	s.enterPIN("1111")
	s.see("Неверный PIN. Осталось попыток: 2")
	s.wantJournal("accrual 25 review")
	s.enterPIN(adminPIN)
	s.see("Баллы прошли: начисление +25?", "изменить его нельзя")
	s.person(terminal.Enter)
	s.see("разобрано", "Ольга: видел")
	s.notSeen("Решить")
	s.wantJournal("accrual 25 settled")

	after := s.history(before.ID)
	if n := len(before.Events); len(after.Events) != n+1 || !slices.Equal(after.Events[:n], before.Events) {
		t.Fatalf("the record was changed, and not only added to:\n%+v\n%+v", before.Events, after.Events)
	}
	last := after.Events[len(after.Events)-1]
	if last.From != loyalty.StateReview || last.To != loyalty.StateSettled || last.Reason != loyalty.ReasonDecidedYes ||
		last.Actor != "Ольга" || last.Note != "видел" {
		t.Errorf("the decision is written as %+v", last)
	}
	s.sent(skidkabot.PathAccrue, 1)
}

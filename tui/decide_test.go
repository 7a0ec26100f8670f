package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestASecondEnterOnADecisionAsksForNoPIN(t *testing.T) {
	tl, _ := atReview(t, withPIN(&fakePIN{pin: "0742"}))
	decisions := 0
	decide := tl.desk.decide
	tl.desk.decide = func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
		decisions++
		return decide(id, applied, who, why)
	}
	tl.types("гость показал бот")
	tl.press(tab, enter)
	tl.types("0742")
	tl.press(enter)
	tl.held = true
	tl.press(enter)
	tl.wants("Подождите…")
	tl.press(enter, enter)
	tl.lacks("PIN администратора")
	tl.held = false
	tl.deliver()
	tl.wants("разобрано: да", "История")
	tl.lacks("PIN", "Подождите")
	if decisions != 1 {
		t.Errorf("the desk was told %d decisions", decisions)
	}
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Баланс  2 365 баллов") // and nothing swallows the next guest
}

func TestASecondEnterAsksOnce(t *testing.T) {
	tl, _ := atReview(t, withPIN(&fakePIN{pin: "0742"}))
	tl.types("гость показал бот")
	tl.press(tab)
	tl.held = true
	tl.press(enter, enter)
	if len(tl.arrived) != 1 {
		t.Fatalf("%d questions are under way", len(tl.arrived))
	}
	tl.press(esc) // the form may be left all the same
	tl.wants("История")
}

func TestADecisionThatFailedCanBeMadeAgain(t *testing.T) {
	tl, _ := atReview(t)
	tl.types("так")
	decide := tl.desk.decide
	tl.desk.decide = func(uuid.UUID, bool, string, string) (loyalty.Operation, error) {
		return loyalty.Operation{}, &loyalty.JournalError{Err: errBroken}
	}
	tl.press(tab, enter, enter)
	tl.wants("Журнал не пишется", "> Баллы прошли <")
	tl.desk.decide = decide
	tl.press(enter, enter)
	tl.wants("разобрано: да")
}

func TestADecisionClosesItsFormWhereverItStands(t *testing.T) {
	tl, _ := atReview(t)
	tl.types("так")
	tl.press(tab, enter)
	tl.held = true
	tl.press(enter)
	decided := tl.arrived
	tl.arrived, tl.held = nil, false
	tl.press(f5)
	tl.wants("Страница 1")
	tl.arrived = decided
	tl.deliver()
	tl.press(esc)
	tl.wants("разобрано: да", "История") // and not the form, which has nothing more to ask
	tl.lacks("Кто решает")
}

func TestADecisionClosesNoOtherForm(t *testing.T) {
	tl, op := atReview(t)
	tl.types("так")
	tl.press(tab, enter)
	tl.held = true
	tl.press(enter)
	tl.press(esc)
	tl.model.open(newStorno(tl.model.env, stornoAct{first: op}, "Анна"))
	tl.deliver()
	tl.wants("Сторно: списание −125")
}

func TestAnAnswerAboutTheAdminFreesAFormThatIsCovered(t *testing.T) {
	tl, _ := atReview(t)
	tl.types("так")
	tl.press(tab)
	tl.held = true
	tl.press(enter)
	tl.wants("Подождите…")
	answer := tl.arrived
	tl.arrived, tl.held = nil, false
	tl.press(f5)
	tl.arrived = answer
	tl.deliver()
	tl.press(esc)
	tl.wants("> Баллы прошли <")
}

func TestTheVerdictSaysWhatTheTillWillDo(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*loyalty.Operation)
		applied string
		not     string
	}{
		{"a remainder waits", func(*loyalty.Operation) {}, "Касса отправит: начисление +22.", "Касса отменит: начисление +22."},
		{"the give-back of a full payment waits", func(op *loyalty.Operation) {
			op.Link, op.Points = loyalty.LinkReversal, number("125")
		}, "Касса отправит: сторно +125.", "Касса отменит: сторно +125."},
		{"its QR is too old", func(op *loyalty.Operation) {
			op.ScannedAt = opening.Add(-25 * time.Hour)
		}, "Касса отменит: начисление +22.", "Касса отменит: начисление +22."},
		{"nothing waits", func(op *loyalty.Operation) {
			op.State = loyalty.StateVoided
		}, "Касса ничего не отправит.", "Касса ничего не отправит."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, choice := range []struct {
				keys []tea.KeyMsg
				want string
			}{{[]tea.KeyMsg{tab, enter}, test.applied}, {[]tea.KeyMsg{tab, right, enter}, test.not}} {
				journal, op := operationWithHistory(loyalty.StateReview)
				rest := numbered(past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
				rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
				test.change(&rest)
				journal.ops = append([]loyalty.Operation{rest}, journal.ops...)
				tl := newTill(t, withJournal(journal))
				tl.run(tl.model.do(detailsAct{op}))
				tl.press(tab, enter)
				tl.types("так")
				tl.press(choice.keys...)
				tl.wants("изменить его нельзя.", choice.want)
			}
		})
	}
}

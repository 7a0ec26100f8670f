package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestASecondEnterOnADecisionAsksForNoPIN(t *testing.T) {
	tl, _ := atReview(t, withPIN(&stage.PIN{Right: "0742"}))
	decisions := 0
	decide := tl.Desk.OnDecide
	tl.Desk.OnDecide = func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
		decisions++
		return decide(id, applied, who, why)
	}
	tl.Types("гость показал бот")
	tl.Press(tab, enter)
	tl.Types("0742")
	tl.Press(enter)
	tl.Held = true
	tl.Press(enter)
	tl.wants("Подождите…")
	tl.Press(enter, enter)
	tl.lacks("PIN администратора")
	tl.Held = false
	tl.Deliver()
	tl.wants("разобрано: да", "История")
	tl.lacks("PIN", "Подождите")
	if decisions != 1 {
		t.Errorf("the desk was told %d decisions", decisions)
	}
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Баланс  2 365 баллов") // and nothing swallows the next guest
}

func TestASecondEnterAsksOnce(t *testing.T) {
	tl, _ := atReview(t, withPIN(&stage.PIN{Right: "0742"}))
	tl.Types("гость показал бот")
	tl.Press(tab)
	tl.Held = true
	tl.Press(enter, enter)
	if len(tl.Arrived) != 1 {
		t.Fatalf("%d questions are under way", len(tl.Arrived))
	}
	tl.Press(esc) // the form may be left all the same
	tl.wants("История")
}

func TestADecisionThatFailedCanBeMadeAgain(t *testing.T) {
	tl, _ := atReview(t)
	tl.Types("так")
	decide := tl.Desk.OnDecide
	tl.Desk.OnDecide = func(uuid.UUID, bool, string, string) (loyalty.Operation, error) {
		return loyalty.Operation{}, &loyalty.JournalError{Err: stage.ErrBroken}
	}
	tl.Press(tab, enter, enter)
	tl.wants("Журнал не пишется", "> Баллы прошли <")
	tl.Desk.OnDecide = decide
	tl.Press(enter, enter)
	tl.wants("разобрано: да")
}

func TestADecisionClosesItsFormWhereverItStands(t *testing.T) {
	tl, _ := atReview(t)
	tl.Types("так")
	tl.Press(tab, enter)
	tl.Held = true
	tl.Press(enter)
	decided := tl.Arrived
	tl.Arrived, tl.Held = nil, false
	tl.Press(f5)
	tl.wants("Страница 1")
	tl.Arrived = decided
	tl.Deliver()
	tl.Press(esc)
	tl.wants("разобрано: да", "История") // and not the form, which has nothing more to ask
	tl.lacks("Кто решает")
}

func TestADecisionClosesNoOtherForm(t *testing.T) {
	tl, op := atReview(t)
	tl.Types("так")
	tl.Press(tab, enter)
	tl.Held = true
	tl.Press(enter)
	tl.Press(esc)
	tl.model.open(newStorno(tl.model.env, stornoAct{first: op}))
	tl.Deliver()
	tl.wants("Сторно: списание −125")
}

func TestAnAnswerAboutTheAdminFreesAFormThatIsCovered(t *testing.T) {
	tl, _ := atReview(t)
	tl.Types("так")
	tl.Press(tab)
	tl.Held = true
	tl.Press(enter)
	tl.wants("Подождите…")
	answer := tl.Arrived
	tl.Arrived, tl.Held = nil, false
	tl.Press(f5)
	tl.Arrived = answer
	tl.Deliver()
	tl.Press(esc)
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
			op.Link, op.Points = loyalty.LinkReversal, stage.Number("125")
		}, "Касса отправит: сторно +125.", "Касса отменит: сторно +125."},
		{"its QR is too old", func(op *loyalty.Operation) {
			op.ScannedAt = stage.Opening().Add(-25 * time.Hour)
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
				journal, op := stage.OperationWithHistory(loyalty.StateReview)
				rest := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
				rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
				test.change(&rest)
				journal.Ops = append([]loyalty.Operation{rest}, journal.Ops...)
				tl := newTill(t, withJournal(journal))
				tl.Do(tl.model.do(detailsAct{op}))
				tl.Press(tab, enter)
				tl.Types("так")
				tl.Press(choice.keys...)
				tl.wants("изменить его нельзя.", choice.want)
			}
		})
	}
}

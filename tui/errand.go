package tui

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// errand is one operation that the cashier has been asked about: how it will stand in the journal, for the screens, and
// how the desk is told. Its ids were made when the question opened, so that whatever is pressed twice means one operation;
// who is behind it is whoever confirms it, which may be another cashier than the one who was asked.
type errand struct {
	op    loyalty.Operation
	order *orders.Order // that it is made for; nil: none
	carry func(ctx context.Context, desk Desk, word consent) (loyalty.Result, error)
}

// consent is who has confirmed an errand, and what they have said.
type consent struct {
	cashier string
	again   bool // «Ещё раз»
}

// submitAct carries an errand out.
type submitAct struct {
	errand          errand
	repeatConfirmed bool // the cashier has said «Ещё раз»
}

// errandDoneMsg is how an errand ended.
type errandDoneMsg struct {
	errand errand
	result loyalty.Result
	err    error // nothing was sent
}

func accrualErrand(act accrueAct) errand {
	request := loyalty.AccrualRequest{
		ID: loyalty.NewID(), Guest: act.guest, Sum: act.quote.Sum, Order: act.orderID(), Repeats: act.repeats,
	}
	op := planned(loyalty.Accrual, request.ID, act.guest)
	op.Points, op.Sum, op.Money, op.Order = act.quote.Accrue, act.quote.Sum, act.quote.Sum, request.Order
	return errand{op, act.order, func(ctx context.Context, desk Desk, word consent) (loyalty.Result, error) {
		request := request
		request.Cashier, request.RepeatConfirmed = word.cashier, word.again
		return desk.Accrue(ctx, request)
	}}
}

func redemptionErrand(act redeemAct) errand {
	request := loyalty.RedemptionRequest{
		ID: loyalty.NewID(), RemainderID: loyalty.NewID(), Guest: act.guest,
		Sum: act.quote.Sum, Points: act.quote.Redeem, Order: accrueAct(act).orderID(), Repeats: act.repeats,
	}
	op := planned(loyalty.Redemption, request.ID, act.guest)
	op.Points, op.Sum, op.Money, op.Order = act.quote.Redeem, act.quote.Sum, act.quote.Money, request.Order
	return errand{op, act.order, func(ctx context.Context, desk Desk, word consent) (loyalty.Result, error) {
		request := request
		request.Cashier, request.RepeatConfirmed = word.cashier, word.again
		return desk.Redeem(ctx, request)
	}}
}

// offeredErrand sends an accrual that an earlier run had planned.
func offeredErrand(op loyalty.Operation) errand {
	return errand{op, nil, func(ctx context.Context, desk Desk, _ consent) (loyalty.Result, error) {
		return desk.Send(ctx, op.ID)
	}}
}

func planned(kind loyalty.Kind, id uuid.UUID, guest loyalty.Guest) loyalty.Operation {
	return loyalty.Operation{
		ID: id, Kind: kind, State: loyalty.StatePlanned, Name: guest.Name,
		Vendor: guest.Card.Vendor, Client: guest.Card.Client,
	}
}

// sending is the screen of an errand under way. It holds nobody up: the cashier may leave it or scan the next customer.
type sending struct {
	*env
	errand errand
	since  time.Time
	sent   time.Time // when it became known that it was being sent; zero: it still waits for its turn or its baseline
	back   screen    // where the cashier came from; a question about a repeat goes back there
}

func (s *sending) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case loyalty.OperationChanged:
		if msg.Operation.ID == s.errand.op.ID && msg.Operation.State == loyalty.StateSending {
			s.sent = s.now
		}
	case tea.KeyMsg:
		if msg.Type == tea.KeyEsc {
			return leaveAct{}
		}
	}
	return nil
}

// progress says for how long the operation has been under way, and never that it was sent before it was.
func (s *sending) progress() string {
	if s.sent.IsZero() {
		return s.Say(texts.SendingWaits, texts.Args{"Seconds": s.seconds(s.since)})
	}
	return s.Say(texts.SendingSince, texts.Args{"Seconds": s.seconds(s.sent)})
}

func (s *sending) view(width, height int) []string {
	inner := min(width-8, 72)
	id := byKind(s.errand.op, texts.SendingAccrual, texts.SendingRedemption, texts.SendingGiveBack, texts.SendingTakeBack)
	title := s.spin() + " " + s.Say(id, texts.Args{"Points": s.Points(s.errand.op.Points)})
	lines := []string{"", s.Text.Title.Render(title), "", s.Text.Strong.Render(s.name(s.errand.op.Name, s.errand.op.Client)), ""}
	for _, text := range []string{
		s.progress(),
		s.Say(texts.SendingGoOn),
	} {
		lines = append(lines, look.Wrap(text, inner-4)...)
	}
	return look.Middle(s.Panel("", append(lines, ""), inner, s.Frame.Active), inner, width, height)
}

func (s *sending) keys() []key.Binding {
	return []key.Binding{s.bind("Esc", texts.KeyNextGuest, "esc")}
}

func (s *sending) help() texts.ID { return texts.AboutSending }

func (s *sending) field() scanner.Field { return scanner.FieldNone }

func (s *sending) wakeAt() time.Time { return s.now.Add(spinPause) }

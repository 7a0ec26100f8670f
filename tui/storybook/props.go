package storybook

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// set is a till before its screen opens.
type set struct {
	tui.Options
	till   *stage.Till
	store  func() (stage.Store, error)
	silent bool  // the service and the journal have not said yet that they work
	err    error // of making a store
}

// props change a till before its screen opens.
type props []func(*set)

func withJournal(j *stage.Journal) func(*set) { return func(s *set) { s.Journal = j } }

func withPIN(p *stage.PIN) func(*set) { return func(s *set) { s.PIN = p } }

func withRecovery(s *set) { s.Recovery = stage.LeftBehind() }

func withReady(s *set) {
	for _, id := range []texts.ID{
		texts.ReadyPoints, texts.ReadyNoPoints, texts.ReadyLayout, texts.ReadyCapsLock, texts.ReadyExpired,
		texts.ReadyForeign, texts.ReadyBarcode, texts.ReadyServiceDown, texts.ReadyReplyLost,
	} {
		s.Ready = append(s.Ready, tui.ReadyScan{Label: id, Text: func() string { return "" }})
	}
}

// withOrders gives the till a waiters' door and its orders.
func withOrders(b *stage.Orders) func(*set) {
	return func(s *set) { s.Orders, s.WaiterAddress = b, "127.0.0.1:9100" }
}

// withSeated has the book answer with this about every guest.
func withSeated(seated orders.Seated) func(*set) {
	book := stage.Floor()
	book.Seated = func(o orders.Order) (orders.Seated, error) {
		seated.Order = o
		return seated, nil
	}
	return withOrders(book)
}

// withCounter gives the till orders of its own. Prepare fills the book before the screen opens.
func withCounter(prepare ...func(*stage.Counter)) func(*set) { return counterWith(nil, prepare...) }

// withPrinter is withCounter in a shop with a printer.
func withPrinter(prepare ...func(*stage.Counter)) func(*set) {
	return counterWith(&stage.Printer{}, prepare...)
}

func counterWith(paper *stage.Printer, prepare ...func(*stage.Counter)) func(*set) {
	return func(s *set) {
		store, err := s.store()
		if err != nil {
			s.err = err
			return
		}
		c := stage.NewCounter(s.till, store, s.Hub, paper)
		s.Till, s.Orders, s.Records, s.Journal, s.Printer = c, c, store, store, paper != nil
		for _, p := range prepare {
			p(c)
		}
	}
}

// historyOf is a journal of one redemption that has come to a state.
func historyOf(state loyalty.State) func(*set) {
	why := map[loyalty.State]loyalty.Reason{
		loyalty.StateUnknown: loyalty.Reason(skidkabot.ReasonTimeout), loyalty.StateReview: loyalty.ReasonAmbiguous,
		loyalty.StateNotApplied: loyalty.ReasonStill,
	}
	return historyWith(state, func(op *loyalty.Operation) {
		op.Reason, op.Balance, op.BalanceRead = why[state], stage.Number("2240"), true
	})
}

// historyWith is historyOf with a change to the operation. It is made anew for each till: a decision changes it.
func historyWith(state loyalty.State, change func(*loyalty.Operation)) func(*set) {
	return func(s *set) { s.Journal, _ = stage.OperationWithHistory(state, change) }
}

// withPair is a journal of a redemption and the accrual on the rest.
func withPair(s *set) {
	journal, _ := stage.PairWritten()
	s.Journal = journal
}

// withHalf is withPair after a reversal of which only the first half went through.
func withHalf(s *set) {
	journal, op := stage.PairWritten()
	back := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 3)
	back.Parent, back.Link = op.ID, loyalty.LinkReversal
	half := stage.Numbered(stage.Past(loyalty.Redemption, loyalty.StateRefused, "22"), 4)
	half.Parent, half.Link, half.Code = journal.Ops[0].ID, loyalty.LinkReversal, skidkabot.CodeNotEnoughPoints
	journal.Ops = append(journal.Ops, back, half)
	s.Journal = journal
}

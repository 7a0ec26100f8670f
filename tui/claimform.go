package tui

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// claimAct opens the form on which a person decides about a payment that has closed no bill; claimOrderAct opens its order.
type (
	claimAct      struct{ claim orders.Claim }
	claimOrderAct struct{ order orders.Order }
)

// claimDecision is what a person has decided: the payment is booked by hand, or the guest has the money back.
type claimDecision struct {
	claim orders.Claim
	name  wording // of the order
	books bool
	why   string
}

// decideClaimAskAct asks whether the decision is meant: it cannot be taken back. decideClaimAct writes it down.
type (
	decideClaimAskAct claimDecision
	decideClaimAct    claimDecision
)

// claimDecidedMsg is how that ended.
type claimDecidedMsg struct {
	claimDecision
	after orders.Claim
	err   error
}

// inWords is a payment in a line: the order, how much, and why it has closed nothing.
func (c *claims) inWords(claim orders.Claim) string {
	return c.Say(texts.ClaimInWords, texts.Args{"Order": c.name(claim), "Money": c.money(claim.Sum), "Why": c.why(claim)})
}

// requests says since when and how often the other system has asked.
func (c *claims) requests(claim orders.Claim) string {
	return c.Say(texts.ClaimRequests, texts.Args{
		"First": c.Moment(claim.FirstAt, c.now), "Last": c.Moment(claim.LastAt, c.now), "Count": claim.Requests,
	})
}

// newClaimForm makes the form. What can be done depends on the order: an open one is paid with the money, of one that is
// paid or not known the money is booked by hand or goes back to the guest.
func (m *Model) newClaimForm(claim orders.Claim) *form {
	e, c := m.env, m.claims.asOf(claim)
	name := func() string { return c.name(claim) }
	f := &form{
		env: e, helpID: texts.AboutClaim, of: claim.ID, about: func(*form) []toldLine { return c.evidence(claim) },
		title: func() string {
			return e.Say(texts.ClaimTitle, texts.Args{"Order": c.name(claim), "Money": e.money(claim.Sum)})
		},
		fields: []formField{{label: texts.StornoReason, text: textField{max: orders.MaxText}}},
	}
	decide := func(books bool) func(*form) (any, wording, int) {
		return func(f *form) (any, wording, int) {
			why := f.fields[0].text.text()
			if why == "" {
				return nil, f.says(texts.ReasonMissing), 0
			}
			return decideClaimAskAct{claim, name, books, why}, nil, 0
		}
	}
	switch {
	case c.isPayable(claim):
		order := c.bills[claim.Bill]
		f.focus = len(f.fields)
		f.buttons = append(f.buttons, formButton{texts.ClaimOpenOrder, func(*form) (any, wording, int) { return claimOrderAct{order}, nil, 0 }})
	case !c.isPaid(claim):
		f.buttons = append(f.buttons, formButton{texts.ClaimBook, decide(true)})
	}
	f.buttons = append(f.buttons, formButton{texts.ClaimBack, decide(false)})
	return f
}

// evidence says what is known of a payment, for the person who decides about it.
func (c *claims) evidence(claim orders.Claim) []toldLine {
	var t told
	id := texts.ClaimReason
	if c.isPaid(claim) {
		id = texts.ClaimReasonDouble
	}
	t.add(c.Text.Strong, c.Say(id, texts.Args{"Why": c.why(claim)})+" "+c.how(claim))
	if claim.Note != "" { // it was decided, and then money came again
		t.add(c.Text.Plain, c.Say(texts.ClaimBefore, texts.Args{"Note": look.Clean(claim.Note), "Name": look.Clean(claim.Cashier)}))
	}
	if claim.Tips.IsPositive() {
		t.add(c.Text.Plain, c.Say(texts.ClaimTips, texts.Args{"Money": c.money(claim.Tips)}))
	}
	for _, line := range claim.Fiscal[:min(len(claim.Fiscal), familyShown)] {
		t.add(c.Text.Dim, c.Truncate(look.Clean(line.Key)+": "+look.Clean(line.Value), formCells-8))
	}
	t.add(c.Text.Dim, c.requests(claim))
	return t.lines
}

func (m *Model) askDecideClaim(act decideClaimAskAct) *question {
	e := m.env
	id := texts.AskClaimBack
	if act.books {
		id = texts.AskClaimBook
	}
	words := func() asked {
		return asked{
			title: e.Say(id, texts.Args{"Money": e.withTips(act.claim)}),
			lines: []string{act.name(), e.Say(texts.AskReason, texts.Args{"Reason": act.why}), e.Say(texts.AskClaimDetail)},
			yes:   e.Say(texts.AskVerdictYes), no: e.Say(texts.KeyBack),
		}
	}
	return &question{env: e, words: words, chosenYes: true, onYes: decideClaimAct(act)}
}

func (m *Model) decideClaim(act decideClaimAct) tea.Cmd {
	till, cashier := m.options.Till, m.cashier
	return m.begin(act.claim.ID, func() tea.Msg {
		decide := till.DismissClaim
		if act.books {
			decide = till.BookClaim
		}
		after, err := decide(context.Background(), act.claim.ID, cashier, act.why)
		return claimDecidedMsg{claimDecision(act), after, err}
	})
}

// claimDecided tells how it ended and goes back to where the payment was chosen.
func (m *Model) claimDecided(msg claimDecidedMsg) tea.Cmd {
	delete(m.flights, msg.claim.ID)
	e := m.env
	if msg.err != nil {
		why := func() string { return e.whyOrder(msg.err) }
		if errors.Is(msg.err, orders.ErrConflict) || errors.Is(msg.err, orders.ErrNotFound) {
			why = e.says(texts.WhyClaimDone)
		}
		m.notices.alarm(func() string { return e.Say(texts.NoticeClaimFailed, texts.Args{"Why": why()}) })
		return nil
	}
	m.claims.put(msg.after)
	id := texts.NoticeClaimBack
	if msg.books {
		id = texts.NoticeClaimBooked
	}
	m.notices.tellOf(msg.claim.ID, func() string {
		return e.Say(id, texts.Args{"Order": msg.name(), "Money": e.withTips(msg.claim)})
	})
	if f, atForm := m.active.(*form); atForm && f.of == msg.claim.ID {
		return m.goBack()
	}
	return nil
}

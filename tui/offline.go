package tui

import (
	"context"
	"errors"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// offlineAct opens the guest screen without a balance: points can be accrued, and will be sent later.
type offlineAct retryAct

// offlineMsg is what is known of a guest without the service.
type offlineMsg struct {
	number int // of the question
	came   arrival
	guest  loyalty.Guest
	err    error
}

// offerOffline says when points can be accrued although a balance could not be read; empty when they cannot: this QR
// will never do, or nobody can say what went wrong.
func offerOffline(err error) texts.ID {
	var notSent *skidkabot.NotSentError
	var refused *skidkabot.RefusedError
	var unknown *skidkabot.UnknownError
	switch {
	case errors.As(err, &notSent) && !slices.Contains(ownPhases, notSent.Phase):
		return texts.OfflineOffer
	case errors.As(err, &refused) && (refused.Code == skidkabot.CodeUnknownShop || refused.Code == skidkabot.CodeDebt):
		return texts.OfflineOfferLater
	case errors.As(err, &notSent), errors.As(err, &unknown):
		return texts.OfflineOfferLater
	}
	return ""
}

// ownPhases are those in which a request ends at the till itself: the network has nothing to do with it.
var ownPhases = []skidkabot.Phase{skidkabot.PhaseRequest, skidkabot.PhaseSecret, skidkabot.PhaseDisk}

// isHeld reports whether a balance could not be read although there is a network: what waits, waits for the service.
func isHeld(err error) bool { return offerOffline(err) == texts.OfflineOfferLater }

func (m *Model) askOffline(act offlineAct) tea.Cmd {
	m.greetings++
	number, desk := m.greetings, m.options.Desk
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		guest, err := desk.GreetOffline(ctx, act.card, act.scannedAt)
		return offlineMsg{number, act.arrival, guest, err}
	}
}

// offlineDone shows the guest, with the sum that was typed already; an answer that nobody waits for any more is dropped.
func (m *Model) offlineDone(msg offlineMsg) tea.Cmd {
	if _, waits := m.active.(*problem); !waits || msg.number != m.greetings {
		return nil
	}
	if msg.err != nil {
		p := scanProblem(m.env, m.env.whyNoBalance(msg.err), m.env.says(texts.ProblemNoPointsMoved))
		p.title, p.retry, p.order = texts.ProblemBalance, &retryAct{msg.came}, msg.came.order
		m.show(p)
		return nil
	}
	if msg.guest.Name == "" {
		msg.guest.Name = m.env.names[msg.came.card.Client] // the journal does not know who has no operations
	}
	g := newGuest(m.env, msg.came)
	m.show(g)
	return m.do(g.update(greetedMsg{msg.guest}))
}

package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// orderScan waits for the QR of an order's guest: nobody is bound to it, or the QR that was bound is no longer valid. A
// scan opens the guest with the order; Esc forgets it.
type orderScan struct {
	*env
	order   orders.Order
	expired bool // the bound guest's QR is no longer valid
}

// isBound reports whether a waiter has bound a guest meanwhile: then no scan is needed.
func (s *orderScan) isBound() bool { return s.order.Guest != nil && !s.expired }

// follow takes over how the order stands now.
func (s *orderScan) follow(o orders.Order) {
	if o.Version < s.order.Version {
		return
	}
	if o.Guest == nil || s.order.Guest != nil && !o.Guest.ScannedAt.Equal(s.order.Guest.ScannedAt) {
		s.expired = false
	}
	s.order = o
}

func (s *orderScan) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyEnter, tea.KeyCtrlJ:
		switch {
		case s.isBound() && s.order.Source == orders.SourceTill:
			return pointsAct{s.order}
		case s.isBound():
			return pickAct{order: s.order}
		}
	}
	return nil
}

func (s *orderScan) view(width, height int) []string {
	inner := min(width-8, 72)
	title, what := s.Say(texts.OrderScan), s.Say(texts.OrderScanWhat)
	switch {
	case s.isBound():
		title = s.Say(texts.OrderScanBound)
		what = s.name(s.order.Guest.Name, s.order.Guest.Card.Client)
	case s.expired:
		title = s.Say(texts.OrderScanExpired)
		what = s.Say(texts.OrderScanFresh, texts.Args{"Name": s.shortName(s.order.Guest.Name, s.order.Guest.Card.Client)})
	}
	lines := []string{"", s.Text.Title.Render(s.Truncate(title, inner-4)), "", s.orderLine(s.order), ""}
	for _, text := range []string{what, s.Say(texts.OrderScanHow)} {
		lines = append(lines, s.wrap(text, inner-4, nameLines)...)
	}
	return look.Middle(s.Panel("", append(lines, ""), inner, s.Frame.Active), inner, width, height)
}

func (s *orderScan) keys() []key.Binding {
	esc := s.bind("Esc", texts.KeyBack, "esc")
	if s.isBound() {
		return []key.Binding{s.bind("Enter", texts.KeyOpen, "enter"), esc}
	}
	return []key.Binding{esc}
}

func (s *orderScan) help() texts.ID { return texts.AboutOrderScan }

func (s *orderScan) field() scanner.Field { return scanner.FieldNone }

func (s *orderScan) wakeAt() time.Time { return time.Time{} }

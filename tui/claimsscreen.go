package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// claimsScreen lists payments by QR that have closed no bill, each with why and what to do about it.
type claimsScreen struct {
	*env
	claims *claims
	chosen uuid.UUID
	at     int
	first  int
	room   int
}

func newClaimsScreen(e *env, c *claims) *claimsScreen {
	s := &claimsScreen{env: e, claims: c, room: 1}
	s.walk(0)
	return s
}

// walk moves through the list. One that has gone leaves nothing chosen: an Enter that was meant for it must not open its
// neighbour.
func (s *claimsScreen) walk(step int) {
	open := s.claims.open
	if len(open) == 0 {
		return
	}
	if s.chosen != uuid.Nil {
		s.at += step
	}
	s.at = max(0, min(s.at, len(open)-1))
	s.chosen = open[s.at].ID
}

// selected is the chosen claim, wherever news have moved it; nil: none.
func (s *claimsScreen) selected() *orders.Claim {
	i := s.claims.index(s.chosen)
	if i < 0 {
		s.chosen = uuid.Nil
		return nil
	}
	s.at = i
	return &s.claims.open[i]
}

func (s *claimsScreen) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	claim := s.selected()
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyUp, tea.KeyShiftTab:
		s.walk(-1)
	case tea.KeyDown, tea.KeyTab:
		s.walk(1)
	case tea.KeyPgUp:
		s.walk(-s.room)
	case tea.KeyPgDown:
		s.walk(s.room)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if claim != nil {
			return claimAct{*claim}
		}
	}
	return nil
}

// click chooses a payment, and opens the one that is chosen already.
func (s *claimsScreen) click(_ place, number int) bool {
	if number >= len(s.claims.open) {
		return false
	}
	id := s.claims.open[number].ID
	again := s.chosen == id
	s.at, s.chosen = number, id
	return again
}

func (s *claimsScreen) wheels() bool { return true }

// The widths of the list's columns, behind the moment; the reason takes the rest.
const (
	claimOrderCells = 24
	claimSumCells   = 13
)

func (s *claimsScreen) view(width, height int) []string {
	inner := min(width-2, listCells)
	lines := []string{s.Text.Title.Render(s.Say(texts.ClaimsTitle)), ""}
	open := s.claims.open
	if len(open) == 0 {
		return look.Middle(append(lines, s.Text.Good.Render(s.Say(texts.ClaimsNone))), inner, width, height)
	}
	lines[1] = s.Text.Dim.Render(s.Fit("", 2) + s.Fit(s.Say(texts.ClaimsSince), s.MomentCells()) + " " +
		s.Fit(s.Say(texts.OrdersNumber), claimOrderCells) + " " + s.Ends("", s.Say(texts.OrdersSum), claimSumCells) + "  " + s.Say(texts.ClaimsWhy))
	chosen := s.chosenLines(inner)
	s.room = max(1, height-len(lines)-len(chosen)-1)
	s.first = max(0, min(s.first, s.at, len(open)-s.room), s.at-s.room+1)
	for at := s.first; at < min(len(open), s.first+s.room); at++ {
		claim := open[at]
		mark := "  "
		if claim.ID == s.chosen {
			mark = s.Text.Title.Render("> ")
		}
		line := mark + s.Fit(s.Moment(claim.FirstAt, s.now), s.MomentCells()) + " " + s.Fit(s.claims.name(claim), claimOrderCells) + " " +
			s.Ends("", s.Money(claim.Sum, ""), claimSumCells) + "  " + s.Text.Bad.Render(s.claims.why(claim))
		lines = append(lines, look.Zone(placeLine.at(at), s.Truncate(line, inner)))
	}
	return look.Middle(append(append(lines, ""), chosen...), inner, width, len(lines)+len(chosen)+1)
}

// chosenLines say of the chosen payment what is to be done about it.
func (s *claimsScreen) chosenLines(width int) []string {
	claim := s.selected()
	if claim == nil {
		return nil
	}
	var lines []string
	for _, line := range s.wrap(s.claims.how(*claim), width, nameLines) {
		lines = append(lines, s.Text.Strong.Render(line))
	}
	return append(lines, s.Text.Dim.Render(s.Truncate(s.claims.requests(*claim), width)))
}

func (s *claimsScreen) keys() []key.Binding {
	return []key.Binding{
		s.bind(s.Shapes.UpDown, texts.KeyChoose, "up", "down"), s.bind("Enter", texts.KeyOpen, "enter"), s.bind("Esc", texts.KeyBack, "esc"),
	}
}

func (s *claimsScreen) help() texts.ID { return texts.AboutClaims }

func (s *claimsScreen) field() scanner.Field { return scanner.FieldNone }

func (s *claimsScreen) wakeAt() time.Time { return time.Time{} }

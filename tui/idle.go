package tui

import (
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

// idle is the screen that waits for a scan. Open matters come first, then the last operations.
type idle struct {
	*env
	book    *book
	claims  *claims // nil: orders are not paid at this till
	pressed int     // the button that has the focus, among all of the matters; -1: none, so that a stray Enter presses nothing
}

// sendOfferedAct and cancelOfferedAct say what becomes of an accrual that was never sent; the details of it offer them.
type (
	sendOfferedAct   struct{ op loyalty.Operation }
	cancelOfferedAct struct{ op loyalty.Operation }
)

// notedAct says that the cashier has read what was voided at start.
type notedAct struct{ id uuid.UUID }

func newIdle(e *env, b *book, c *claims) *idle { return &idle{env: e, book: b, claims: c, pressed: -1} }

// matterButton is one thing to press beside a matter.
type matterButton struct {
	label texts.ID
	act   any
}

func buttonsOf(m matter) []matterButton {
	if m.kind == matterVoided {
		return []matterButton{{texts.MatterNoted, notedAct{m.op.ID}}}
	}
	return []matterButton{{texts.MatterOpen, detailsAct{m.op}}}
}

// buttons lists the buttons of all matters from top to bottom.
func (i *idle) buttons() []matterButton {
	var all []matterButton
	for _, claim := range i.openClaims() {
		all = append(all, matterButton{texts.MatterOpen, claimAct{claim}})
	}
	for _, m := range i.book.matters() {
		all = append(all, buttonsOf(m)...)
	}
	return all
}

// openClaims are payments that have closed no bill. They come before all other matters: a guest stands there who has paid.
func (i *idle) openClaims() []orders.Claim {
	if i.claims == nil {
		return nil
	}
	return i.claims.open
}

func (i *idle) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	buttons := i.buttons()
	i.pressed = min(i.pressed, len(buttons)-1)
	switch press.Type {
	case tea.KeyTab, tea.KeyDown, tea.KeyRight:
		i.pressed = min(i.pressed+1, len(buttons)-1)
	case tea.KeyShiftTab, tea.KeyUp, tea.KeyLeft:
		i.pressed = max(i.pressed-1, -1)
	case tea.KeyEsc:
		i.pressed = -1
	case tea.KeyEnter, tea.KeyCtrlJ:
		if i.pressed >= 0 {
			act := buttons[i.pressed].act
			i.pressed = -1
			return act
		}
	}
	return nil
}

func (i *idle) click(_ place, number int) bool {
	if number >= len(i.buttons()) {
		return false
	}
	i.pressed = number
	return true
}

// listCells is the widest that a list is drawn: longer lines are hard to follow with the eye.
const listCells = 110

func (i *idle) view(width, height int) []string {
	inner := min(width-2, listCells)
	prompt := []string{
		"",
		i.Center(i.Text.Title.Render(i.Say(texts.IdlePrompt)), inner-4),
		i.Center(i.Text.Dim.Render(i.Say(texts.IdleHint)), inner-4),
		"",
	}
	lines := i.Panel("", prompt, inner, i.Frame.Active)
	room := height - len(lines) - 1
	if open := i.mattersView(inner, max(4, room/2)); len(open) > 0 {
		lines = append(lines, open...)
	}
	lines = append(lines, "")
	lines = append(lines, i.recent(i.book, inner, height-len(lines))...)
	return look.Middle(lines, inner, width, len(lines))
}

// mattersView draws the open matters in at most so many lines, and keeps the one with the focus in sight.
func (i *idle) mattersView(width, height int) []string {
	var lines []string
	focusLine, button := 0, 0
	for _, claim := range i.openClaims() {
		if button == i.pressed {
			focusLine = len(lines)
		}
		text := i.Text.Bad.Render(i.Shapes.Warn) + " " + i.Moment(claim.FirstAt, i.now) + " " + i.claims.inWords(claim)
		lines = append(lines, i.Ends(text, i.button(button, i.Say(texts.MatterOpen), button == i.pressed), width))
		button++
	}
	for _, m := range i.book.matters() {
		tail := ""
		for _, b := range buttonsOf(m) {
			tail += buttonGap + i.button(button, i.Say(b.label), button == i.pressed)
			if button == i.pressed {
				focusLine = len(lines)
			}
			button++
		}
		text := i.Text.Warn.Render(i.Shapes.Warn) + " " + i.Moment(m.op.PlannedAt, i.now) + " " +
			i.Text.Strong.Render(i.signed(m.op)) + " " + i.name(m.op.Name, m.op.Client) + ": "
		lines = append(lines, i.Ends(i.Truncate(text, width/2)+i.matterWords(m), tail, width))
	}
	if len(lines) == 0 {
		return nil
	}
	title := i.Text.Warn.Render(i.Say(texts.MattersTitle))
	room := height - 1
	if len(lines) <= room {
		return append([]string{title}, lines...)
	}
	first := max(0, min(focusLine-room/2, len(lines)-room+1))
	more := i.Say(texts.MatterMore, texts.Args{"Count": len(lines) - room + 1})
	shown := append([]string{title}, lines[first:first+room-1]...)
	return append(shown, i.Text.Dim.Render(more))
}

func (i *idle) matterWords(m matter) string {
	switch m.kind {
	case matterOffered:
		return i.Say(texts.MatterOffered)
	case matterQueued:
		return i.Say(texts.MatterQueued)
	case matterReview:
		return i.Say(texts.MatterReview)
	case matterVoided:
		return i.Say(byKind(m.op, texts.MatterVoidedAccrual, texts.MatterVoided, texts.MatterVoidedGiveBack, texts.MatterVoidedTakeBack))
	}
	left, ok := i.countdown(m.op)
	if !ok {
		return i.Say(texts.MatterUnknownLate)
	}
	return i.Say(texts.MatterUnknown, texts.Args{"Left": left})
}

// countdown writes the time that is left until an unknown operation is settled; false when that should have happened.
func (e *env) countdown(op loyalty.Operation) (left string, ok bool) {
	rest := op.SettledBy().Sub(e.now)
	if rest <= 0 {
		return "", false
	}
	rest = rest.Round(time.Second)
	return pad(int(rest/time.Minute)) + ":" + pad(int(rest/time.Second)%60), true
}

func pad(n int) string {
	return string([]byte{byte('0' + n/10%10), byte('0' + n%10)})
}

func (i *idle) keys() []key.Binding {
	if len(i.buttons()) == 0 {
		return nil
	}
	return []key.Binding{i.bind("Enter", texts.KeyPress, "enter"), i.bind("Tab", texts.KeyMove, "tab")}
}

func (i *idle) help() texts.ID { return texts.AboutIdle }

func (i *idle) field() scanner.Field { return scanner.FieldNone }

func (i *idle) wakeAt() time.Time {
	for _, m := range i.book.matters() {
		if m.kind == matterUnknown {
			return i.nextSecond()
		}
	}
	return time.Time{}
}

package tui

import (
	"context"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// pinScreen asks for the admin's PIN. It shows no digit, keeps none after a try, and swallows scans: a QR is no PIN.
type pinScreen struct {
	*env
	digits  string
	then    any // carried out when the PIN is right
	guard   *pinGuard
	refusal string
	since   time.Time // when the PIN went to be checked; set while it is
}

// pinGuard counts wrong PINs. It outlives the screen, so that leaving it does not make the wait shorter.
type pinGuard struct {
	wrong int
	until time.Time // no PIN is taken before
}

// Limits of entering a PIN.
const (
	pinTries     = 3
	pinWait      = 30 * time.Second
	pinMaxDigits = 12
)

// pinTryAct has the typed PIN checked.
type pinTryAct struct{}

// pinCheckedMsg is the answer.
type pinCheckedMsg struct {
	asked *pinScreen
	right bool
	err   error
}

// adminAct carries then out when the admin agrees: at once where no PIN is set.
type adminAct struct{ then any }

// adminNeededMsg says whether a PIN has to be asked.
type adminNeededMsg struct {
	from   screen // who asked: a cashier who has gone on since is not called back
	then   any
	needed bool
	err    error
}

func (p *pinScreen) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return nil
	case press.Type == tea.KeyEsc:
		return backAct{}
	case !p.since.IsZero(), p.now.Before(p.guard.until):
		return nil
	}
	p.refusal = ""
	switch press.Type {
	case tea.KeyEnter, tea.KeyCtrlJ:
		if p.digits != "" {
			return pinTryAct{}
		}
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		p.digits = p.digits[:max(0, len(p.digits)-1)]
	case tea.KeyCtrlU:
		p.digits = ""
	case tea.KeyRunes:
		p.enter(press.Runes)
	}
	return nil
}

func (p *pinScreen) enter(runes []rune) {
	for _, r := range runes {
		if r < '0' || r > '9' {
			p.refusal = p.Say(texts.PINDigitsOnly)
			return
		}
		if len(p.digits) < pinMaxDigits {
			p.digits += string(r)
		}
	}
}

// mark remembers the digits for a scan that may have begun to type into the field.
func (p *pinScreen) mark() func() {
	digits := p.digits
	return func() { p.digits, p.refusal = digits, "" }
}

// wrong takes note of a wrong PIN; after three of them nothing is taken for a while.
func (p *pinScreen) wrong() {
	p.guard.wrong++
	left := pinTries - p.guard.wrong
	p.refusal = p.Say(texts.PINWrong, texts.Args{"Left": left})
	if left <= 0 {
		p.guard.wrong, p.guard.until, p.refusal = 0, p.now.Add(pinWait), ""
	}
}

func (p *pinScreen) view(width, height int) []string {
	inner := min(width-8, 60)
	stars := strings.Repeat("*", len(p.digits))
	state := p.Text.Warn.Render(p.refusal)
	switch {
	case !p.since.IsZero():
		state = p.spin() + " " + p.Say(texts.PINChecking)
	case p.now.Before(p.guard.until):
		left := int((p.guard.until.Sub(p.now) + time.Second - 1) / time.Second)
		state = p.Text.Warn.Render(p.Say(texts.PINWait, texts.Args{"Seconds": left}))
	}
	lines := []string{
		"", p.Text.Title.Render(p.Say(texts.PINTitle)), "",
		p.Shapes.Open + p.Fit(p.Input.FieldActive.Render(stars)+p.Input.Cursor.Render(" "), pinMaxDigits+1) + p.Shapes.Closing,
		"", state, "",
	}
	return look.Middle(p.Panel("", lines, inner, p.Frame.Active), inner, width, height)
}

func (p *pinScreen) keys() []key.Binding {
	return []key.Binding{p.bind("Enter", texts.KeyPress, "enter"), p.bind("Esc", texts.KeyBack, "esc")}
}

func (p *pinScreen) field() scanner.Field { return scanner.FieldNumber }

func (p *pinScreen) wakeAt() time.Time {
	switch {
	case !p.since.IsZero():
		return p.now.Add(spinPause)
	case p.now.Before(p.guard.until):
		return p.nextSecond()
	}
	return time.Time{}
}

// askAdmin finds out whether the admin's PIN is to be asked before act.then. A reversal of the cashier's own last
// operation needs none.
func (m *Model) askAdmin(act adminAct) tea.Cmd {
	from, pin, desk := m.active, m.options.PIN, m.options.Desk
	occupy(from, m.env.now) // a second Enter would ask for a PIN that the first has made needless
	cashier, window := m.options.Cashier, m.options.OwnReversal
	return func() tea.Msg {
		answer := adminNeededMsg{from: from, then: act.then}
		if pin == nil {
			return answer
		}
		ctx, cancel := context.WithTimeout(context.Background(), pinLimit)
		defer cancel()
		answer.needed, answer.err = true, nil
		if storno, ok := act.then.(confirmStornoAct); ok {
			answer.needed, answer.err = desk.NeedsAdmin(ctx, storno.request.Of, cashier, window)
		}
		if answer.needed && answer.err == nil {
			answer.needed, answer.err = pin.Needed(ctx)
		}
		return answer
	}
}

// pinLimit bounds what the keyring is given to answer; a person may have to unlock it.
const pinLimit = 40 * time.Second

// adminAnswered goes on, asks for the PIN, or says why neither can be. What could not be found out opens nothing.
func (m *Model) adminAnswered(msg adminNeededMsg) tea.Cmd {
	occupy(msg.from, time.Time{})
	switch {
	case m.active != msg.from || m.question != nil:
		return nil
	case msg.err != nil:
		m.notices.alarm(m.env.pinTrouble(msg.err))
		return nil
	case !msg.needed:
		return m.do(msg.then)
	}
	m.open(&pinScreen{env: m.env, then: msg.then, guard: &m.pins})
	return nil
}

// tryPIN has the typed PIN checked, and forgets it.
func (m *Model) tryPIN() tea.Cmd {
	p, ok := m.active.(*pinScreen)
	if !ok {
		return nil
	}
	typed, pin := p.digits, m.options.PIN
	p.digits, p.since = "", m.env.now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), pinLimit)
		defer cancel()
		right, err := pin.Check(ctx, typed)
		return pinCheckedMsg{p, right, err}
	}
}

// pinChecked is the answer about a PIN; one whose screen was left opens nothing.
func (m *Model) pinChecked(msg pinCheckedMsg) tea.Cmd {
	p := msg.asked
	p.since = time.Time{}
	if m.active != screen(p) {
		if msg.err == nil && !msg.right {
			p.wrong()
		}
		return nil
	}
	switch {
	case msg.err != nil:
		p.refusal = m.env.pinTrouble(msg.err)
		return nil
	case !msg.right:
		p.wrong()
		return nil
	}
	m.pins = pinGuard{}
	return both(m.goBack(), m.do(p.then))
}

// pinTrouble says why the PIN could not be asked for or checked.
func (e *env) pinTrouble(err error) string {
	if words := e.whyError(err); words != e.Say(texts.WhyOther) {
		return words
	}
	return e.Say(texts.PINTrouble)
}

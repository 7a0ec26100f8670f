package tui

import (
	"context"
	"errors"
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
	count   PINCount
	refusal wording
	since   time.Time // when the PIN went to be checked; set while it is
}

// pinTryAct has the typed PIN checked.
type pinTryAct struct{}

// pinCheckedMsg is the answer.
type pinCheckedMsg struct {
	asked *pinScreen
	PINAnswer
}

// adminAct carries then out when the admin agrees: at once where no PIN is set.
type adminAct struct{ then any }

// adminNeededMsg says whether a PIN has to be asked.
type adminNeededMsg struct {
	from   screen // who asked: a cashier who has gone on since is not called back
	then   any
	needed bool
	count  PINCount
	err    error
}

func (p *pinScreen) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return nil
	case press.Type == tea.KeyEsc:
		return backAct{}
	case !p.since.IsZero(), p.count.Pause(p.now) > 0:
		return nil
	}
	p.refusal = nil
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
	digits, isPIN := withDigits(p.digits, runes)
	if p.digits = digits; !isPIN {
		p.refusal = p.says(texts.PINDigitsOnly)
	}
}

// withDigits adds typed digits to a PIN, up to its length; false when something else was typed.
func withDigits(pin string, runes []rune) (string, bool) {
	for _, r := range runes {
		if r < '0' || r > '9' {
			return pin, false
		}
		if len(pin) < pinMaxDigits {
			pin += string(r)
		}
	}
	return pin, true
}

// mark remembers the digits for a scan that may have begun to type into the field.
func (p *pinScreen) mark() func() {
	digits := p.digits
	return func() { p.digits, p.refusal = digits, nil }
}

// wrong says how many tries are left; after the last one nothing is taken for a while.
func (p *pinScreen) wrong(count PINCount) {
	p.count, p.refusal = count, p.wrongPIN(count)
}

// wrongPIN is the wording of a wrong PIN; nil when there is a pause, which says more.
func (e *env) wrongPIN(count PINCount) wording {
	if count.Pause(e.now) > 0 {
		return nil
	}
	return func() string { return e.Say(texts.PINWrong, texts.Args{"Left": count.left()}) }
}

// pauseWords say how long no PIN is taken yet.
func (e *env) pauseWords(count PINCount) string {
	seconds := int((count.Pause(e.now) + time.Second - 1) / time.Second)
	return e.Say(texts.PINWait, texts.Args{"Seconds": seconds})
}

func (p *pinScreen) view(width, height int) []string {
	inner := min(width-8, 60)
	stars := strings.Repeat("*", len(p.digits))
	said := p.refusal.String()
	if p.count.Pause(p.now) > 0 {
		said = p.pauseWords(p.count)
	}
	state := look.Wrap(said, inner-4)
	for i := range state {
		state[i] = p.Text.Warn.Render(state[i])
	}
	if !p.since.IsZero() {
		state = []string{p.spin() + " " + p.Say(texts.PINChecking)}
	}
	lines := []string{
		"", p.Text.Title.Render(p.Say(texts.PINTitle)), "",
		p.Shapes.Open + p.Fit(p.Input.FieldActive.Render(stars)+p.Input.Cursor.Render(" "), pinMaxDigits+1) + p.Shapes.Closing,
		"",
	}
	lines = append(append(lines, state...), "")
	return look.Middle(p.Panel("", lines, inner, p.Frame.Active), inner, width, height)
}

func (p *pinScreen) keys() []key.Binding {
	return []key.Binding{p.bind("Enter", texts.KeyPress, "enter"), p.bind("Esc", texts.KeyBack, "esc")}
}

func (p *pinScreen) help() texts.ID { return texts.AboutPIN }

func (p *pinScreen) field() scanner.Field { return scanner.FieldNumber }

func (p *pinScreen) wakeAt() time.Time {
	switch {
	case !p.since.IsZero():
		return p.now.Add(spinPause)
	case p.count.Pause(p.now) > 0:
		return p.nextSecond()
	}
	return time.Time{}
}

// askAdmin finds out whether the admin's PIN is to be asked before act.then. A reversal of the cashier's own last
// operation needs none.
func (m *Model) askAdmin(act adminAct) tea.Cmd {
	from, pin, desk, guard := m.active, m.options.PIN, m.options.Desk, m.pins
	occupy(from, m.env.now) // a second Enter would ask for a PIN that the first has made needless
	cashier, window := m.cashier, m.options.OwnReversal
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
			asked := guard.Try(ctx, AdminCount, pin, "")
			answer.needed, answer.count, answer.err = !asked.Unset, asked.Count, asked.Err
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
		m.notices.alarm(func() string { return m.env.pinTrouble(msg.err) })
		return nil
	case !msg.needed:
		return m.do(msg.then)
	}
	m.open(&pinScreen{env: m.env, then: msg.then, count: msg.count})
	return nil
}

// tryPIN has the typed PIN checked, and forgets it.
func (m *Model) tryPIN() tea.Cmd {
	p, ok := m.active.(*pinScreen)
	if !ok {
		return nil
	}
	typed, pin, guard := p.digits, m.options.PIN, m.pins
	p.digits, p.since = "", m.env.now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), pinLimit)
		defer cancel()
		return pinCheckedMsg{p, guard.Try(ctx, AdminCount, pin, typed)}
	}
}

// pinChecked is the answer about a PIN; one whose screen was left opens nothing.
func (m *Model) pinChecked(msg pinCheckedMsg) tea.Cmd {
	p := msg.asked
	p.since = time.Time{}
	switch {
	case m.active != screen(p):
		return nil
	case msg.Err != nil:
		p.refusal = func() string { return m.env.pinTrouble(msg.Err) }
		return nil
	case !msg.Right && !msg.Unset:
		p.wrong(msg.Count)
		return nil
	}
	return both(m.goBack(), m.do(p.then))
}

// pinTrouble says why a PIN could not be asked for or checked.
func (e *env) pinTrouble(err error) string {
	if errors.Is(err, ErrUncounted) {
		return e.Say(texts.PINUncounted)
	}
	if words := e.whyError(err); words != e.Say(texts.WhyOther) {
		return words
	}
	return e.Say(texts.PINTrouble)
}

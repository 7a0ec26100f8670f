package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// lockScreen covers the till until somebody says who is at it: by a name and, where that has one, its PIN. It shows nothing
// of any customer. What lies behind it stays as it was, and what is under way goes on.
type lockScreen struct {
	*env
	people  []person
	chosen  int
	first   int // the first of people in sight
	room    int // lines that the last drawing had for them
	digits  string
	counts  map[int]PINCount // of people whose PIN was wrong, as they were last told
	refusal wording
	since   time.Time // when the PIN went to be checked; set while it is
	leaving *question // whether to end the program; nil: that is not asked
	waiting int       // messages that whoever logs in will see
}

// person is somebody who may be at the till.
type person struct {
	name  string // as it is written down
	admin bool
	pin   PIN // nil: none is asked
}

// count is the name under which the person's wrong PINs are counted.
func (p person) count() string {
	if p.admin {
		return AdminCount
	}
	return CashierCount + p.name
}

// logInAct has whoever is chosen log in with what was typed.
type logInAct struct{}

// logInMsg is what came of it.
type logInMsg struct {
	asked *lockScreen
	who   int
	typed bool
	PINAnswer
}

// hasCashiers reports whether the till asks who is at it.
func (m *Model) hasCashiers() bool { return len(m.options.Cashiers) > 0 }

// people are those who may log in: the cashiers, and the admin, who is never shut out by what a cashier's PIN is.
func (m *Model) people() []person {
	people := make([]person, 0, len(m.options.Cashiers)+1)
	for _, name := range m.options.Cashiers {
		p := person{name: look.Clean(name)}
		if m.options.CashierPIN != nil {
			p.pin = m.options.CashierPIN(name)
		}
		people = append(people, p)
	}
	if m.options.PIN != nil {
		people = append(people, person{name: m.env.Say(texts.LockAdmin), admin: true, pin: m.options.PIN})
	}
	return people
}

// newLock makes the screen, with the name of who was last at the till in front.
func (m *Model) newLock() *lockScreen {
	l := &lockScreen{env: m.env, people: m.people(), counts: make(map[int]PINCount), room: 1}
	l.chosen = max(0, slices.IndexFunc(l.people, func(p person) bool { return p.name == m.cashier }))
	return l
}

// askLock is F12: it locks the till, or says what has to be done so that it can.
func (m *Model) askLock() tea.Cmd {
	if !m.hasCashiers() {
		m.notices.tell(m.env.says(texts.LockNobody))
		return nil
	}
	return m.lockNow()
}

// lockNow covers the screen. A PIN that is being typed is left; everything else stays behind the lock.
func (m *Model) lockNow() (cmd tea.Cmd) {
	if m.lock != nil || m.leaving != nil {
		return nil
	}
	if _, atPIN := m.active.(*pinScreen); atPIN {
		cmd = m.goBack()
	}
	cmd = both(cmd, m.leaveSettings())
	m.overlay, m.help, m.undo = nil, nil, nil
	m.lock, m.stale = m.newLock(), true
	return cmd
}

// locksAt is when the till locks by itself; zero: it does not.
func (m *Model) locksAt() time.Time {
	if m.options.LockAfter <= 0 || !m.hasCashiers() || m.lock != nil || m.leaving != nil {
		return time.Time{}
	}
	return m.touched.Add(m.options.LockAfter)
}

// logIn has the PIN of the chosen one checked, and forgets it.
func (m *Model) logIn() tea.Cmd {
	l := m.lock
	if l == nil {
		return nil
	}
	who, typed, guard := l.chosen, l.digits, m.pins
	p := l.people[who]
	l.digits = ""
	if p.pin == nil {
		m.unlock(p)
		return nil
	}
	l.since = m.env.now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), pinLimit)
		defer cancel()
		return logInMsg{l, who, typed != "", guard.Try(ctx, p.count(), p.pin, typed)}
	}
}

// loggedIn opens the till, or says why it stays locked.
func (m *Model) loggedIn(msg logInMsg) {
	l := msg.asked
	l.since = time.Time{}
	p := l.people[msg.who]
	l.counts[msg.who] = msg.Count
	switch {
	case m.lock != l:
	case msg.Err != nil:
		l.refusal = func() string { return l.pinTrouble(msg.Err) }
	case msg.Right, msg.Unset && !p.admin:
		m.unlock(p)
	case msg.Unset: // whoever knows that no admin's PIN is set is not the admin for that
		l.refusal = l.says(texts.LockNoAdminPIN)
	case !msg.typed:
		l.refusal = l.says(texts.LockNeedsPIN)
	default:
		l.refusal = l.wrongPIN(msg.Count)
	}
}

// unlock shows what lies behind the lock to whoever has logged in, with the time to read it beginning now. The keys that
// are on their way were meant for the PIN.
func (m *Model) unlock(p person) {
	m.lock, m.stale = nil, true
	m.unlocked = raised(m.env.now)
	m.touched = m.env.now
	if p.name != m.cashier {
		m.releaseLease() // the next change takes it for whoever makes it
		m.renameDecider(p.name)
		m.cashier = p.name
	}
	m.notices.showAnew()
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if s, ok := s.(reader); ok {
			*s.readable() = m.env.now
		}
	}
}

// reader is a screen that counts for how long it could be read, from a moment of its own.
type reader interface{ readable() (since *time.Time) }

func (o *outcome) readable() *time.Time     { return &o.opened }
func (d *payDone) readable() *time.Time     { return &d.opened }
func (p *problem) readable() *time.Time     { return &p.opened }
func (s *shiftScreen) readable() *time.Time { return &s.opened }

// renameDecider puts the new cashier's name into a form that asks who decides, where the last one's stood by itself.
func (m *Model) renameDecider(name string) {
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		f, ok := s.(*form)
		if !ok {
			continue
		}
		for i := range f.fields {
			if f.fields[i].label == texts.ReviewWho && f.fields[i].text.text() == m.cashier {
				f.fields[i].text.set(name)
			}
		}
	}
}

// askQuitLocked asks at the lock whether to end the program. A result that has to be written down is written down first.
func (m *Model) askQuitLocked() {
	if m.unwritten() {
		m.lock.refusal = m.env.says(texts.LockWriteFirst)
		return
	}
	m.lock.leaving = m.quitQuestion(texts.AskQuitLocked, false)
}

func (l *lockScreen) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return nil
	case l.leaving != nil:
		act, answered := l.leaving.update(press).(answerAct)
		if !answered {
			return nil
		}
		l.leaving = nil
		return act.then
	case !l.since.IsZero():
		return nil
	}
	switch press.Type {
	case tea.KeyUp, tea.KeyShiftTab:
		l.choose(l.chosen - 1)
	case tea.KeyDown, tea.KeyTab:
		l.choose(l.chosen + 1)
	case tea.KeyPgUp:
		l.choose(max(0, l.chosen-l.room))
	case tea.KeyPgDown:
		l.choose(min(len(l.people)-1, l.chosen+l.room))
	case tea.KeyHome:
		l.choose(0)
	case tea.KeyEnd:
		l.choose(len(l.people) - 1)
	default:
		if l.count().Pause(l.now) == 0 {
			return l.edit(press)
		}
	}
	return nil
}

// count is what is known of the wrong PINs of the chosen one.
func (l *lockScreen) count() PINCount { return l.counts[l.chosen] }

func (l *lockScreen) choose(who int) {
	who = (who + len(l.people)) % len(l.people)
	if who != l.chosen {
		l.chosen, l.digits, l.refusal = who, "", nil
	}
}

func (l *lockScreen) edit(press tea.KeyMsg) any {
	l.refusal = nil
	switch press.Type {
	case tea.KeyEnter, tea.KeyCtrlJ:
		return logInAct{}
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		l.digits = l.digits[:max(0, len(l.digits)-1)]
	case tea.KeyEsc, tea.KeyCtrlU:
		l.digits = ""
	case tea.KeyRunes:
		digits, isPIN := withDigits(l.digits, press.Runes)
		if l.digits = digits; !isPIN {
			l.refusal = l.says(texts.PINDigitsOnly)
		}
	}
	return nil
}

// click chooses a name, and logs in with the one that is chosen already.
func (l *lockScreen) click(kind place, number int) bool {
	switch {
	case l.leaving != nil:
		return l.leaving.click(kind, number)
	case !l.since.IsZero() || number >= len(l.people):
		return false
	}
	again := l.chosen == number
	l.choose(number)
	return again
}

func (l *lockScreen) wheels() bool { return l.leaving == nil }

// mark remembers the digits for a scan that may have begun to type into the field.
func (l *lockScreen) mark() func() {
	digits := l.digits
	return func() { l.digits, l.refusal = digits, nil }
}

// lockCells is the widest that the lock is drawn.
const lockCells = 64

func (l *lockScreen) view(width, height int) []string {
	if l.leaving != nil {
		return l.leaving.view(width, height)
	}
	inner := min(width-8, lockCells)
	text := inner - 4
	var hint []string
	for _, line := range look.Wrap(l.Say(texts.LockHint), text) {
		hint = append(hint, l.Text.Dim.Render(line))
	}
	foot := l.footLines(text)
	l.room = max(1, height-len(hint)-len(foot)-6) // the box, the title and three gaps
	l.first = max(min(l.first, l.chosen, len(l.people)-l.room), l.chosen-l.room+1, 0)
	lines := append([]string{l.Text.Title.Render(l.Say(texts.LockTitle)), ""}, hint...)
	lines = append(lines, "")
	for i := l.first; i < min(len(l.people), l.first+l.room); i++ {
		lines = append(lines, l.personLine(i, text))
	}
	lines = append(append(lines, ""), foot...)
	return look.Middle(l.Panel("", lines, inner, l.Frame.Active), inner, width, height)
}

// personLine is one of the people; the chosen one is told by more than colour.
func (l *lockScreen) personLine(i, width int) string {
	name := l.people[i].name
	if l.people[i].admin {
		name = l.Say(texts.LockAdmin)
	}
	name = l.Truncate(name, width-4)
	if i == l.chosen {
		return look.Zone(placeLine.at(i), l.Input.ButtonActive.Render("> "+name+" <"))
	}
	return look.Zone(placeLine.at(i), "  "+name)
}

// footLines are the PIN as asterisks, what has come of it, and that somebody has news.
func (l *lockScreen) footLines(width int) []string {
	state := l.refusal.String()
	switch {
	case !l.since.IsZero():
		state = ""
	case l.count().Pause(l.now) > 0:
		state = l.pauseWords(l.count())
	}
	stars := l.Input.FieldActive.Render(strings.Repeat("*", len(l.digits))) + l.Input.Cursor.Render(" ")
	lines := []string{l.Say(texts.LockPIN) + " " + l.Shapes.Open + l.Fit(stars, pinMaxDigits+1) + l.Shapes.Closing, ""}
	for _, line := range look.Wrap(state, width) {
		lines = append(lines, l.Text.Warn.Render(line))
	}
	if !l.since.IsZero() {
		lines[len(lines)-1] = l.spin() + " " + l.Say(texts.PINChecking)
	}
	if l.waiting > 0 {
		lines = append(lines, l.Text.Dim.Render(l.Say(texts.LockNews, texts.Args{"Count": l.waiting})))
	}
	return lines
}

func (l *lockScreen) keys() []key.Binding {
	if l.leaving != nil {
		return l.leaving.keys()
	}
	return []key.Binding{l.bind(l.Shapes.UpDown, texts.KeyChoose, "up", "down"), l.bind("Enter", texts.KeyLogIn, "enter")}
}

func (l *lockScreen) help() texts.ID {
	if l.leaving != nil {
		return l.leaving.help()
	}
	return texts.AboutLock
}

func (l *lockScreen) field() scanner.Field {
	if l.leaving != nil {
		return scanner.FieldNone
	}
	return scanner.FieldNumber
}

func (l *lockScreen) wakeAt() time.Time {
	switch {
	case !l.since.IsZero():
		return l.now.Add(spinPause)
	case l.count().Pause(l.now) > 0:
		return l.nextSecond()
	}
	return time.Time{}
}

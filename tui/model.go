package tui

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/wedge"
)

// The smallest window that the screens are made for, in cells.
const (
	minWidth  = 80
	minHeight = 24
)

// wideWidth is from where on the last operations stand beside the other screens.
const wideWidth = 120

// sideCells is how much of a wide window they take.
const sideCells = 44

// Model is the root of the till's screen. Make one with [New].
type Model struct {
	options Options
	env     *env
	ears    *wedge.Ears // the scanner's decoder

	active   screen    // what the cashier is at
	behind   []screen  // what it was opened over, to come back to; the last one first to be shown
	question *question // lies over it, and takes its keys; nil: none
	overlay  screen    // ready scans, over all of that; nil: none
	leaving  *quitting // set once the program is to end
	help     *help     // lies over everything; nil: none
	undo     func()    // brings the active screen back to before a possible scan began
	trying   bool      // the decoder is patient, for a scanner that is tried in the settings

	book      *book
	claims    *claims
	lease     *orders.Lease // of the order that has unsaved changes; nil: none
	leased    *orderEdit    // whose form it is
	notices   *notices
	status    *statusBar
	flights   map[uuid.UUID]bool // errands under way, by their operation's id
	greetings int                // how many times a guest was asked for: late answers to earlier questions are dropped
	hangUp    func()             // cancels the question for a balance that is under way; nil: none
	pins      PINGuard
	cashier   string               // who is at the till; empty: nobody was asked
	lock      *lockScreen          // covers everything until somebody says who is at the till; nil: nothing is locked
	unlocked  shield               // keeps off the keys that were typed for the lock
	rungAt    time.Time            // when the bell was last rung
	touched   time.Time            // when somebody last did something
	queue     loyalty.QueueChanged // the accruals that wait, and what holds them
	checkIns  checkIns             // those that the line about them tells

	width, height int
	alarm         time.Time // when the last wakeMsg that was asked for comes; zero: it has come
	alarms        int       // how many were asked for: earlier ones may still come, and mean nothing
	redrawAt      time.Time // when the screen next changes by itself
	frame         string
	spots         []look.Spot   // what can be clicked in it
	hinted        []key.Binding // the keys in its hint line
	stale         bool          // frame no longer shows the state
}

// recentAtStart is how many operations are asked from the journal for the first screen.
const recentAtStart = 50

// New makes the model. It starts nothing.
func New(options Options) *Model {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.After == nil {
		options.After = tick
	}
	if options.OwnReversal == 0 {
		options.OwnReversal = loyalty.OwnReversalWindow
	}
	if options.Output == nil {
		options.Output = os.Stdout
	}
	if options.PINCounts == nil {
		options.PINCounts = &pinMemory{counts: make(map[string]PINCount)}
	}
	e := &env{
		Styles:   look.NewStyles(options.Theme, options.Output),
		Texts:    options.Texts,
		currency: options.Currency,

		printer:     options.Printer,
		balanceOnly: options.BalanceOnly,
		now:         options.Now(),
		names:       make(map[int64]string),
	}
	m := &Model{
		options: options,
		env:     e,
		ears:    wedge.New(options.Scanner),
		book:    newBook(options.Recovery),
		claims:  newClaims(e),
		notices: &notices{env: e},
		status:  &statusBar{env: e, parts: make(map[notice.Part]notice.State)},
		flights: make(map[uuid.UUID]bool),
		pins:    PINGuard{options.PINCounts, options.Now},
		cashier: options.Cashier,
		touched: e.now,
		width:   minWidth,
		height:  minHeight,
		stale:   true,
		queue:   loyalty.QueueChanged{Waiting: len(options.Recovery.Queued)},
	}
	m.active = newIdle(e, m.book, m.tillClaims())
	for _, text := range options.Notices {
		m.notices.alarm(func() string { return look.Clean(text()) })
	}
	if m.hasCashiers() {
		m.lock = m.newLock()
	}
	e.sound = silence // who starts the till looks at it
	return m
}

func tick(pause time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(pause, func(time.Time) tea.Msg { return msg })
}

// recentMsg is the journal's newest page.
type recentMsg struct {
	ops []loyalty.Operation
	err error
}

// Init implements [tea.Model]: the first frame needs nothing but what the options hold; the journal is read behind it.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.wake(), m.readClaims(), m.enableMouse(), func() tea.Msg {
		ops, err := m.options.Recent(context.Background(), recentAtStart)
		return recentMsg{ops, err}
	})
}

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.env.now = m.options.Now()
	cmd := m.handle(msg)
	m.dropLease()
	m.tune()
	m.ears.SetField(m.top().field())
	return m, both(both(cmd, m.ring()), m.wake())
}

// handle gives each message to whom it concerns.
func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return m.feed(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case bellMsg:
		return m.ringOnce()
	case scannedMsg:
		return m.typeScan(msg)
	case wakeMsg:
		return m.woken(msg)
	case orders.Changed:
		return m.orderChanged(msg)
	}
	m.stale = true
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case greetingMsg:
		return m.greetingDone(msg)
	case errandDoneMsg:
		return m.errandDone(msg)
	case canceledMsg:
		return m.cancelDone(msg)
	case seatedMsg:
		return m.seatedDone(msg)
	case movedMsg:
		return m.movedRead(msg)
	case ordersMsg:
		return m.ordersRead(msg)
	case offlineMsg:
		return m.offlineDone(msg)
	case fullPaidMsg:
		m.fullPaid(msg)
	case decidedMsg:
		return m.decided(msg)
	case adminNeededMsg:
		return m.adminAnswered(msg)
	case pinCheckedMsg:
		return m.pinChecked(msg)
	case logInMsg:
		m.loggedIn(msg)
	case journalPageMsg:
		return m.pageRead(msg)
	case detailsMsg:
		m.detailsRead(msg)
	case recentMsg:
		m.book.unread = msg.err != nil
		for _, op := range msg.ops {
			m.book.put(op)
		}
	case loyalty.OperationChanged:
		return m.operationChanged(msg.Operation)
	case loyalty.QueueChanged:
		m.queue = msg
	case notice.State:
		m.stateChanged(msg)
	case SetLanguage:
		return m.speak(msg)
	case stopMsg:
		return m.stop(true)
	default:
		return m.handleTill(msg)
	}
	return nil
}

// top is what takes the keys now.
func (m *Model) top() screen {
	switch {
	case m.help != nil:
		return m.help
	case m.leaving != nil:
		return m.leaving
	case m.lock != nil:
		return m.lock
	case m.overlay != nil:
		return m.overlay
	case m.question != nil:
		return m.question
	}
	return m.active
}

// wake asks for a wakeMsg at the moment when something is next due. One that is on its way already, and early enough,
// serves: a scan of sixty-five messages must not leave sixty-five timers behind.
func (m *Model) wake() tea.Cmd {
	m.redrawAt = earlier(m.redrawAt, m.nextChange()) // each message would put off a spinner's next picture otherwise
	due := m.redrawAt
	if deadline, ok := m.ears.Deadline(); ok {
		due = earlier(due, deadline)
	}
	if !m.alarm.IsZero() && !due.Before(m.alarm) {
		return nil
	}
	m.alarm = due
	m.alarms++
	return m.options.After(max(due.Sub(m.env.now), time.Millisecond), wakeMsg{m.alarms})
}

// nextChange is when the screen next changes by itself. What waits to be read under the lock or the help does not.
func (m *Model) nextChange() time.Time {
	next := earlier(m.top().wakeAt(), earlier(m.status.wakeAt(), m.locksAt()))
	if !m.waitsToBeRead() {
		next = earlier(next, m.active.wakeAt())
	}
	if m.lock == nil {
		next = earlier(next, m.notices.wakeAt())
	}
	if m.leaving != nil {
		next = earlier(next, m.leaving.wakeAt()) // under the help too
	}
	return next
}

// waitsToBeRead reports whether the active screen would close by itself, and nobody can read it now.
func (m *Model) waitsToBeRead() bool {
	_, reads := m.active.(reader)
	return reads && (m.lock != nil || m.help != nil)
}

// woken does what has become due. A needless waking changes nothing.
func (m *Model) woken(msg wakeMsg) tea.Cmd {
	if msg.number == m.alarms {
		m.alarm = time.Time{}
	}
	typed := m.tick()
	if m.env.now.Before(m.redrawAt) {
		return typed
	}
	m.redrawAt, m.stale = time.Time{}, true
	if at := m.locksAt(); !at.IsZero() && !m.env.now.Before(at) {
		typed = both(typed, m.lockNow())
	}
	if m.lock == nil {
		m.notices.expire() // of what came under the lock nobody has read anything
	}
	if m.leaving != nil && !m.busy() && !m.env.now.Before(m.leaving.until) {
		return tea.Quit
	}
	if m.waitsToBeRead() {
		return typed
	}
	return both(typed, m.do(m.active.update(msg)))
}

// View implements [tea.Model]. It draws only when something has changed since the last frame.
func (m *Model) View() string {
	if m.stale {
		m.frame, m.stale = m.env.Signs(m.draw()), false
	}
	return m.frame
}

func (m *Model) draw() string {
	if m.isTooSmall() {
		return m.tooSmall()
	}
	s := m.env.Styles
	m.status.flights, m.status.waiting = len(m.flights), m.queue.Waiting
	banner, told := m.banner(m.width), m.told()
	const bars = 3 // the header, the hints and the status bar
	height := m.height - len(told) - len(banner) - bars
	body := m.body(m.width, height)
	foot := append(told, m.hints(m.width), m.status.view(m.width)) // after the body: it knows what there is to scroll
	lines := make([]string, 0, m.height)
	lines = append(lines, s.Frame.Header.Render(s.Ends(" "+m.where(), m.who()+" ", m.width)))
	lines = append(lines, banner...)
	for i := range height {
		line := ""
		if i < len(body) {
			line = s.Truncate(body[i], m.width)
		}
		lines = append(lines, line)
	}
	lines = append(lines, foot...)
	m.spots = m.spots[:0]
	for i, line := range lines {
		lines[i], m.spots = s.Finish(line, i, m.spots)
	}
	return strings.Join(lines, "\n")
}

// told are the lines of messages. Under the lock they wait: customers' names may stand in them.
func (m *Model) told() []string {
	if m.lock == nil {
		return m.notices.view(m.width)
	}
	doubles, blocked := m.claims.divided(m.claims.open)
	m.lock.waiting = len(m.notices.queue) + len(doubles) + len(blocked)
	return []string{""}
}

// body draws what the cashier is at, with the last operations beside it where there is room and nothing is locked.
func (m *Model) body(width, height int) []string {
	top := m.top()
	if m.lock != nil {
		return top.view(width, height)
	}
	switch top.(type) {
	case *idle, *journalScreen, *details, *ordersScreen, *orderCard, *orderEdit, *claimsScreen: // they need the width
		return top.view(width, height)
	}
	if width < wideWidth {
		return top.view(width, height)
	}
	left := width - sideCells
	side := append([]string{""}, m.env.recent(m.book, sideCells-2, height-2)...)
	return m.env.Beside(top.view(left, height), left, side, 1)
}

// where is the left end of the header: the shop, or the program when the shop has no name.
func (m *Model) where() string {
	if shop := look.Clean(m.options.ShopName); shop != "" {
		return shop
	}
	return m.env.Say(texts.AppName)
}

// who is the right end of the header: which till and who is at it.
func (m *Model) who() string {
	who := m.env.Say(texts.Register, texts.Args{"Register": m.options.Register})
	if m.lock != nil {
		return who
	}
	if cashier := look.Clean(m.cashier); cashier != "" {
		who += " " + m.env.Shapes.Bullet + " " + cashier
	}
	return who
}

// isTooSmall reports whether the window is below what the screens are made for.
func (m *Model) isTooSmall() bool { return m.width < minWidth || m.height < minHeight }

// tooSmall asks for a larger window. Scans still arrive meanwhile.
func (m *Model) tooSmall() string {
	said := texts.WindowTooSmall
	if m.lock != nil {
		said = texts.WindowTooSmallLocked
	}
	text := m.env.Say(said, texts.Args{
		"Width": minWidth, "Height": minHeight, "NowWidth": m.width, "NowHeight": m.height,
	})
	lines := look.Wrap(text, m.width)
	return strings.Join(lines[:min(len(lines), max(0, m.height))], "\n")
}

// globalKeys are the program's own keys that work now.
func (m *Model) globalKeys() []key.Binding {
	var keys []key.Binding
	if m.help == nil {
		keys = append(keys, m.env.bind("F1", texts.KeyHelp, "f1"))
	}
	if m.hasReadyScans() { // a demo begins with it
		keys = append(keys, m.env.bind("F6", texts.KeyReadyScans, "f6"))
	}
	if m.hasOrders() {
		keys = append(keys, m.env.bind("F4", texts.KeyOrders, "f4"))
	}
	if m.hasJournal() {
		keys = append(keys, m.env.bind("F5", texts.KeyJournal, "f5"))
	}
	if m.hasShift() {
		keys = append(keys, m.env.bind("F8", texts.KeyShift, "f8"))
	}
	if m.hasSettings() {
		keys = append(keys, m.env.bind("F9", texts.KeySettings, "f9"))
	}
	if m.hasCashiers() && m.lock == nil {
		keys = append(keys, m.env.bind("F12", texts.KeyLock, "f12"))
	}
	return append(keys, m.env.bind("F10", texts.KeyQuit, "f10"))
}

// hasJournal reports whether F5 opens the journal.
func (m *Model) hasJournal() bool {
	switch m.top().(type) {
	case *pinScreen, *journalScreen:
		return false
	}
	return m.options.Journal != nil && !m.options.BalanceOnly && !m.isCovered()
}

// hasOrders reports whether F4 opens the list of orders. They are kept in the journal: without one there are none.
func (m *Model) hasOrders() bool {
	switch m.top().(type) {
	case *pinScreen, *ordersScreen, *orderEdit: // the list lies behind the form, and what was typed with it
		return false
	}
	return m.options.Orders != nil && !m.options.BalanceOnly && !m.isCovered()
}

// hasShift reports whether F8 shows the cash shift.
func (m *Model) hasShift() bool {
	switch m.top().(type) {
	case *pinScreen, *shiftScreen:
		return false
	}
	return m.hasTill() && !m.isCovered()
}

// isCovered reports whether something lies over the active screen that has to be answered or closed first.
func (m *Model) isCovered() bool {
	return m.overlay != nil || m.question != nil || m.lock != nil || m.help != nil
}

// hasReadyScans reports whether F6 lists ready scans.
func (m *Model) hasReadyScans() bool {
	return len(m.options.Ready) > 0 && m.overlay == nil && m.lock == nil && m.help == nil
}

// leastKeys are left out of the hint line when there is no room, the least telling first, so that F10 does not fall off
// its end: everybody knows that Tab moves and Enter presses, and the help names them all. The ways out and the help go last.
var leastKeys = []texts.ID{
	texts.KeyMove, texts.KeyPress, texts.KeyOpen, texts.KeyToList, texts.KeyLock, texts.KeyOrderSum, texts.KeyLines, texts.KeySettings,
	texts.KeyReadyScans, texts.KeyOlder, texts.KeyShift, texts.KeyJournal, texts.KeyOrders, texts.KeyClear, texts.KeyBack, texts.KeyHelp,
}

// sparer is a screen of which other keys are left out when there is no room.
type sparer interface{ spares() []texts.ID }

// hints is the line of keys that do something now.
func (m *Model) hints(width int) string {
	if m.leaving != nil && m.help == nil {
		m.hinted = nil
		return ""
	}
	m.hinted = m.fitting(append(m.top().keys(), m.globalKeys()...), width)
	return m.env.Truncate(m.hintLine(m.hinted), width)
}

// fitting are the keys that there is room for: the least telling are left out until the others fit, and then the more telling
// of those come back into what room is left.
func (m *Model) fitting(keys []key.Binding, width int) []key.Binding {
	spare := leastKeys
	if s, ok := m.top().(sparer); ok {
		spare = s.spares()
	}
	out := make(map[string]bool)
	shown := func() []key.Binding {
		return slices.DeleteFunc(slices.Clone(keys), func(k key.Binding) bool { return out[k.Help().Desc] })
	}
	fits := func() bool { return look.Width(m.hintLine(shown())) <= width }
	var left []string
	for _, least := range spare {
		if fits() {
			break
		}
		left = append(left, m.env.Say(least))
		out[left[len(left)-1]] = true
	}
	for _, use := range slices.Backward(left) {
		if out[use] = false; !fits() {
			out[use] = true
		}
	}
	return shown()
}

func (m *Model) hintLine(keys []key.Binding) string {
	var b strings.Builder
	for i, k := range keys {
		hint := " " + m.env.Frame.KeyName.Render(k.Help().Key) + " " + m.env.Frame.KeyUse.Render(k.Help().Desc) + " "
		b.WriteString(look.Zone(placeKey.at(i), hint))
	}
	return b.String()
}

// both joins two commands; either may be nil.
func both(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

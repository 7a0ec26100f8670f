package setup

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

// Settings is the settings screen of a till in use: a list of sections, and the wizard's forms behind it. Like every
// screen of the till it starts nothing: what takes time goes out as a [Job], and its [Done] comes back. Make one with
// [NewSettings].
type Settings struct {
	env    *env
	pages  []page // what is shown is the last one
	failed error  // the settings could not be read
	told   func() string
	moment func() time.Time
}

// Saved tells whoever shows the screen what counts from now on.
type Saved struct {
	Language texts.Lang    // empty: it was not changed
	Gap      time.Duration // of the scanner; zero: it was not changed
}

// Closed says that the screen is left.
type Closed struct{}

// NewSettings makes the screen. now is the time of the message that is being handled.
func NewSettings(backend Backend, styles *look.Styles, words *texts.Texts, now func() time.Time) *Settings {
	return &Settings{env: &env{Styles: styles, Texts: words, backend: backend, now: now}, moment: now}
}

// standingMsg is how the settings are.
type standingMsg struct {
	standing Standing
	err      error
}

// Opened are the jobs with which the screen begins: the settings, and where the secrets are.
func (s *Settings) Opened() []Job {
	backend := s.env.backend
	return []Job{
		{work: func() any {
			standing, err := backend.Standing()
			return standingMsg{standing, err}
		}},
		{work: func() any {
			ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
			defer cancel()
			return secretsMsg(backend.LookSecrets(ctx, []string{SecretShop, SecretExpirenza, SecretFeed, SecretAdmin}))
		}},
	}
}

// Hear takes what came of a job. It returns what Press does.
func (s *Settings) Hear(done Done) any {
	switch result := done.result.(type) {
	case standingMsg:
		s.read(result)
	case secretsMsg:
		s.env.secrets = result
	default:
		if h, ok := done.page.(hearer); ok && s.page() == done.page {
			return s.do(h.hear(result))
		}
	}
	return nil
}

func (s *Settings) read(msg standingMsg) {
	if msg.err != nil {
		s.failed = msg.err
		return
	}
	s.env.draft, s.env.over = newDraft(msg.standing.Values), set(msg.standing.Over)
	s.pages = []page{&list{env: s.env, sections: sections()}}
}

// page is what is shown; nil: the settings are not there yet.
func (s *Settings) page() page {
	if len(s.pages) == 0 {
		return nil
	}
	return s.pages[len(s.pages)-1]
}

// Press takes a key of a person. It returns a [Job], a [Saved], [Closed], or nil.
func (s *Settings) Press(key tea.KeyMsg) any {
	p := s.page()
	if p == nil {
		if key.Type == tea.KeyEsc || key.Type == tea.KeyEnter {
			return Closed{}
		}
		return nil
	}
	s.told = nil
	return s.do(p.press(key))
}

func (s *Settings) do(act any) any {
	switch act := act.(type) {
	case Job:
		return act
	case openAct:
		if len(s.pages) == 1 {
			s.env.draft.reset() // each section writes its own changes
		}
		return s.open(act.make())
	case saveAct:
		return s.open(newSaving(s.env))
	case savedAct:
		return s.saved()
	case saveAfterAllAct:
		s.pages = s.pages[:len(s.pages)-1]
		if f, ok := s.page().(*form); ok && f.right() {
			f.keep()
			return s.open(newSaving(s.env))
		}
	case dropAct:
		s.pages = s.pages[:1]
		s.page().shown()
	case backAct:
		return s.back()
	}
	return nil
}

func (s *Settings) open(p page) any {
	s.pages = append(s.pages, p)
	if o, ok := p.(opener); ok {
		return o.opened()
	}
	return nil
}

// back shows what lies behind the page. Changes are not dropped unasked.
func (s *Settings) back() any {
	p := s.page()
	if len(s.pages) == 1 {
		return Closed{}
	}
	if h, ok := p.(hearer); ok {
		h.stop()
	}
	if f, ok := p.(*form); ok && f.dirty() {
		return s.open(newAsk(s.env))
	}
	s.pages = s.pages[:len(s.pages)-1]
	s.page().shown()
	return nil
}

// saved goes back to the list and says from when on the changes count.
func (s *Settings) saved() any {
	e := s.env
	said := texts.SetupSavedNow
	if e.draft.needsRestart() {
		said = texts.SetupSavedRestart
	}
	for _, secret := range e.draft.changes().Secrets {
		e.isInKeyring(secret.Name)
	}
	now := e.counts()
	e.draft.settled()
	s.pages = s.pages[:1]
	s.page().shown()
	s.told = func() string { return e.Say(said) }
	return now
}

// counts is what was changed and counts from now on: what stands over the file still does.
func (e *env) counts() Saved {
	var now Saved
	changed := e.draft.changes().Values
	if lang, ok := changed[fieldLanguage.key]; ok && !e.over[fieldLanguage.key] {
		now.Language = texts.Lang(lang)
	}
	if _, ok := changed[fieldGap.key]; ok && !e.over[fieldGap.key] {
		now.Gap = e.currentGap()
	}
	return now
}

// atOnce are the settings that count as soon as they are written.
var atOnce = map[string]bool{fieldLanguage.key: true, fieldGap.key: true}

// needsRestart reports whether something of what was decided counts only when the till is started again.
func (d *draft) needsRestart() bool {
	changes := d.changes()
	for key := range changes.Values {
		if !atOnce[key] {
			return true
		}
	}
	for _, secret := range changes.Secrets {
		if secret.Name == SecretShop {
			return true // the client of the service has it
		}
	}
	return false
}

// Dirty reports whether there are changes that would be lost with the screen.
func (s *Settings) Dirty() bool {
	for _, p := range s.pages {
		if f, ok := p.(*form); ok && f.dirty() {
			return true
		}
	}
	return false
}

// Scan gives a scan to the page that wants one; false: there is none.
func (s *Settings) Scan(scan scanner.Scan) bool {
	taker, ok := s.page().(scanTaker)
	if ok {
		taker.scanned(scan)
	}
	return ok
}

// Click puts the focus on a place of the screen, by its number from [Zone] on. It reports whether Enter is to follow.
func (s *Settings) Click(number int) (pressed bool) {
	c, ok := s.page().(clicker)
	return ok && c.click(number)
}

// Tries reports that a scanner is being tried, so that the decoder should have [PatientOptions].
func (s *Settings) Tries() bool {
	_, tries := s.page().(scanTaker)
	return tries
}

// Spoken follows the till's language, which was changed.
func (s *Settings) Spoken() {
	for _, p := range s.pages {
		if f, ok := p.(*form); ok {
			f.rebuild()
		}
	}
}

// Field is what typing would change.
func (s *Settings) Field() scanner.Field {
	if p := s.page(); p != nil {
		return p.field()
	}
	return scanner.FieldNone
}

// Mark remembers the field in focus for a scan that may have begun to type into it.
func (s *Settings) Mark() (undo func()) {
	if p := s.page(); p != nil {
		return p.mark()
	}
	return func() {}
}

// WakeAt is when the screen changes by itself; zero: it does not.
func (s *Settings) WakeAt() time.Time {
	if h, ok := s.page().(hearer); ok {
		return h.wakeAt()
	}
	if s.page() == nil && s.failed == nil {
		return s.moment().Add(spinPause)
	}
	return time.Time{}
}

// Keys are the keys that do something now.
func (s *Settings) Keys() []key.Binding {
	if p := s.page(); p != nil {
		return s.env.bindings(p.hints())
	}
	return s.env.bindings([]hint{{"Esc", texts.KeyBack}})
}

// View draws the screen into a place.
func (s *Settings) View(width, height int) []string {
	e := s.env
	if p := s.page(); p != nil {
		said := ""
		if s.told != nil {
			said = e.Text.Good.Render(e.Truncate(e.Shapes.Good+" "+s.told(), width))
		}
		return append(p.view(width, height-1), e.Center(said, width))
	}
	text := e.spin() + " " + e.Say(texts.SetupReading)
	if s.failed != nil {
		text = e.Say(texts.SetupUnreadable)
	}
	var lines []string
	for _, line := range look.Wrap(text, formCells-4) {
		lines = append(lines, e.Text.Plain.Render(line))
	}
	return look.Middle(e.Panel(e.Say(texts.SetupSettings), lines, formCells, e.Frame.Active), formCells, width, height)
}

// section is one line of the list, with what opens behind it.
type section struct {
	title   texts.ID
	summary func(e *env) string
	make    func(e *env) page
}

// sections are the settings screen's, in order.
func sections() []section {
	value := func(keys ...string) func(e *env) string {
		return func(e *env) string {
			var parts []string
			for _, key := range keys {
				if v := e.draft.file[key]; v != "" {
					parts = append(parts, v)
				}
			}
			if len(parts) == 0 {
				return e.Say(texts.SetupNo)
			}
			return strings.Join(parts, ", ")
		}
	}
	fill := func(title texts.ID, more []button, specs ...spec) func(e *env) page {
		return func(e *env) page { return newForm(e, title, specs, saveButtons(more...)...) }
	}
	check := func(label texts.ID, make func(e *env) page) func(e *env) []button {
		return func(e *env) []button {
			return []button{{label: label, act: openAct{func() page { return make(e) }}, check: true}}
		}
	}
	toBack := button{label: texts.KeyBack, act: backAct{}}
	connection := check(texts.SetupCheckShop, func(e *env) page { return newConnection(e, toBack) })
	tryScanner := check(texts.SetupCheckScanner, func(e *env) page { return newScanTest(e, toBack) })
	printTest := check(texts.SetupPrintPage, func(e *env) page { return newPrintTest(e) })
	return []section{
		{texts.SetupShop, value("shop.name", "shop.vendor"), func(e *env) page {
			return fill(texts.SetupShop, connection(e), fieldName, fieldVendor, fieldRegister, fieldCurrency, fieldURL)(e)
		}},
		{texts.SetupRules, rulesSummary,
			fill(texts.SetupRules, nil, fieldAccrue, fieldRedeem, fieldStep, fieldMinMoney, fieldMaxSum)},
		{texts.SetupScanner, func(e *env) string {
			return e.Say(texts.SetupMillis, texts.Args{"Millis": asMillis(e.draft.file["scanner.gap"])})
		}, func(e *env) page {
			return fill(texts.SetupScanner, tryScanner(e), fieldGap)(e)
		}},
		{texts.SetupWaiter, value("waiter.listen"), newWaiterSection},
		{texts.SetupExpirenza, value("expirenza.url"),
			fill(texts.SetupExpirenza, nil, fieldExpirenza, fieldResto, fieldPayingSystem, fieldHall, fieldTables, fieldStaff)},
		{texts.SetupPrinterTitle, value("printer.device"), func(e *env) page {
			return fill(texts.SetupPrinterTitle, printTest(e), fieldPrinter, fieldColumns, fieldPage)(e)
		}},
		{texts.SetupLook, func(e *env) string { return nameOf(texts.Lang(e.draft.file["language"])) }, fill(texts.SetupLook, nil, fieldLanguage, fieldBell, fieldMouse)},
		{texts.SetupSecrets, secretsSummary,
			fill(texts.SetupSecrets, nil, optional(fieldShopSecret), fieldExpirenzaKey, fieldFeed, fieldAdmin, fieldAdminAgain)},
		{texts.SetupPeople, value("shop.cashiers"),
			fill(texts.SetupPeople, nil, append([]spec{fieldCashiers, fieldLock}, whosePIN(cashierPrefix, "shop.cashiers")...)...)},
	}
}

// optional is a field that may stay empty: what it asks for is there already.
func optional(s spec) spec {
	s.required = false
	return s
}

func saveButtons(more ...button) []button {
	buttons := append([]button{{label: texts.SetupSave, act: saveAct{}, check: true}}, more...)
	return append(buttons, button{label: texts.KeyBack, act: backAct{}})
}

// newWaiterSection is the form of door 2. It shows the payment types that the administrator copies into the POS.
func newWaiterSection(e *env) page {
	specs := append([]spec{
		fieldListen, fieldMode, fieldAllow, fieldHosts, fieldWaiterSystem, fieldPhotos, fieldGifts, fieldRebind, fieldUnknownSum, fieldDeposit,
		fieldNames,
	}, whosePIN(waiterPrefix, "waiter.waiters")...)
	f := newForm(e, texts.SetupWaiter, specs, saveButtons()...)
	f.note = func() []string { return e.backend.Payments(e.draft.values) }
	return f
}

// rulesSummary says the percents, where the shop has its own.
func rulesSummary(e *env) string {
	accrue, redeem := e.draft.file["rules.accrue_percent"], e.draft.file["rules.redeem_percent"]
	if accrue == "" && redeem == "" {
		return e.Say(texts.SetupByService)
	}
	percents := []string{accrue, redeem}
	for i, percent := range percents {
		if percents[i] = percent + "%"; percent == "" {
			percents[i] = e.Say(texts.SetupByService)
		}
	}
	return strings.Join(percents, ", ")
}

// secretsSummary says which PIN is set, of the admin.
func secretsSummary(e *env) string {
	switch {
	case e.secrets == nil:
		return ""
	case e.secrets[SecretAdmin].Place != PlaceNone:
		return e.Say(texts.SetupAdminSet)
	}
	return e.Say(texts.SetupAdminUnset)
}

// list is the list of sections.
type list struct {
	*env
	sections []section
	at       int
}

func (l *list) press(key tea.KeyMsg) any {
	switch key.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyDown, tea.KeyTab:
		l.at = (l.at + 1) % len(l.sections)
	case tea.KeyUp, tea.KeyShiftTab:
		l.at = (l.at + len(l.sections) - 1) % len(l.sections)
	case tea.KeyHome:
		l.at = 0
	case tea.KeyEnd:
		l.at = len(l.sections) - 1
	case tea.KeyEnter, tea.KeyCtrlJ:
		return openAct{func() page { return l.sections[l.at].make(l.env) }}
	}
	return nil
}

func (l *list) view(width, height int) []string {
	lines := []string{""}
	for i, s := range l.sections {
		title := l.Fit(l.Say(s.title), labelCells)
		summary := l.Text.Dim.Render(l.Truncate(s.summary(l.env), formCells-labelCells-8))
		mark := "  "
		if i == l.at {
			mark, title = l.Shapes.Bullet+" ", l.Input.ButtonActive.Render(title)
		}
		lines = append(lines, look.Zone(Zone+i, mark+title+" "+summary))
	}
	lines = append(lines, "")
	lines = append(lines, l.tell([]told{{l.Say(texts.SetupRestartNote), dim}}, formCells-4)...)
	return look.Middle(l.Panel(l.Say(texts.SetupSettings), lines, formCells, l.Frame.Active), formCells, width, height)
}

func (l *list) click(number int) bool {
	if number >= len(l.sections) {
		return false
	}
	l.at = number
	return true
}

func (l *list) hints() []hint {
	return []hint{{l.Shapes.UpDown, texts.KeyMove}, {"Enter", texts.KeyOpen}, {"Esc", texts.KeyBack}}
}

func (l *list) field() scanner.Field { return scanner.FieldNone }

func (l *list) mark() func() { return func() {} }

func (l *list) shown() {}

// saveAfterAllAct writes what was about to be dropped, if it can be written.
type saveAfterAllAct struct{}

// newAsk is the page that asks before changes are dropped.
func newAsk(e *env) page {
	return &try{
		env: e, title: texts.SetupUnsaved,
		about: func() []told { return []told{{e.Say(texts.SetupUnsavedAsk), plain}} },
		offers: func(tryState, error) []button {
			return []button{
				{label: texts.SetupSave, act: saveAfterAllAct{}}, {label: texts.SetupDrop, act: dropAct{}}, {label: texts.KeyBack, act: backAct{}},
			}
		},
	}
}

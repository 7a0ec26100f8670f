package setup

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/wedge"
)

// Options are what the wizard is made of. Backend and Texts are required.
type Options struct {
	Backend Backend
	Texts   *texts.Texts // its language is changed by the first page

	Theme   look.Theme
	Scanner scanner.Options
	Input   io.Reader
	Output  io.Writer
	Now     func() time.Time
	After   func(pause time.Duration, msg tea.Msg) tea.Cmd // nil: by the clock of the machine
	Program []tea.ProgramOption                            // added last; for tests
}

// Outcome is how the wizard ended.
type Outcome int

// The ways to end.
const (
	Left     Outcome = iota // nothing was written
	LeftHalf                // the settings were not written, but secrets may have been kept
	Written                 // everything was
)

// framesPerSecond is the most that a terminal is drawn.
const framesPerSecond = 120

// Run shows the wizard until a person has finished or left it, or ctx is done. The error is the terminal's.
func Run(ctx context.Context, options Options) (Outcome, error) {
	settings := []tea.ProgramOption{tea.WithAltScreen(), tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if options.Input != nil {
		settings = append(settings, tea.WithInput(options.Input))
	}
	if options.Output != nil {
		settings = append(settings, tea.WithOutput(options.Output))
	}
	standing, err := options.Backend.Standing()
	if err != nil {
		return Left, err
	}
	wizard := New(options, standing)
	program := tea.NewProgram(wizard, append(settings, options.Program...)...)
	defer context.AfterFunc(ctx, func() { program.Send(leaveMsg{}) })()
	if _, err := program.Run(); err != nil {
		return wizard.outcome, fmt.Errorf("setup: %w", err)
	}
	return wizard.outcome, nil
}

// leaveMsg ends the wizard.
type leaveMsg struct{}

// wakeMsg says that time has passed.
type wakeMsg struct{ number int }

// secretsMsg is where the secrets are.
type secretsMsg map[string]SecretState

// Wizard is the model of the first run. Make one with [New].
type Wizard struct {
	options Options
	env     *env
	ears    *wedge.Ears
	moment  time.Time // of the message that is being handled

	steps   []func() page
	step    int
	path    string // of the settings file
	isNew   bool
	page    page
	behind  []page // what the page was opened over
	undo    func() // brings the page's field back to before a possible scan began
	told    func() string
	outcome Outcome
	leaving bool // it ends as soon as what is being written is written, or is not
	ended   bool

	width, height int
	alarm         time.Time // when the last wakeMsg that was asked for comes; zero: it has come
	alarms        int
}

// The smallest window that the pages are made for, in cells.
const (
	minWidth  = 80
	minHeight = 24
)

// New makes the wizard for settings as they are. It starts nothing.
func New(options Options, standing Standing) *Wizard {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.After == nil {
		options.After = tick
	}
	w := &Wizard{options: options, width: minWidth, height: minHeight, moment: options.Now(), path: standing.Path, isNew: standing.New}
	w.env = &env{
		Styles: look.NewStyles(options.Theme, options.Output), Texts: options.Texts, backend: options.Backend,
		draft: newDraft(standing.Values), now: func() time.Time { return w.moment }, over: set(standing.Over),
	}
	if standing.New {
		w.env.draft.begin(options.Texts.Lang())
	}
	w.steps = w.pages()
	w.page = w.steps[0]()
	w.listen()
	return w
}

func tick(pause time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(pause, func(time.Time) tea.Msg { return msg })
}

// begin empties what every shop has for itself: the default of a shop's code is a test shop's.
func (d *draft) begin(lang texts.Lang) {
	d.values["language"] = string(lang)
	d.values["shop.vendor"], d.values["shop.name"], d.values["waiter.listen"] = "", "", ""
	d.own[usualCurrency] = d.values["shop.currency"]
}

// usualCurrency is the currency that was proposed by the language, and follows it until another one is chosen.
const usualCurrency = "usual_currency"

func (d *draft) followLanguage() {
	if d.values["shop.currency"] != d.own[usualCurrency] {
		return
	}
	currency := "RUB"
	if texts.Lang(d.values["language"]) == texts.Ukrainian {
		currency = "UAH"
	}
	d.values["shop.currency"], d.own[usualCurrency] = currency, currency
}

func set(keys []string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, key := range keys {
		set[key] = true
	}
	return set
}

// pages are the steps in order. Each is made when it is come to, of what was decided by then.
func (w *Wizard) pages() []func() page {
	e := w.env
	next := button{label: texts.SetupNext, act: nextAct{}, check: true}
	back := button{label: texts.KeyBack, act: backAct{}}
	fill := func(title texts.ID, note func() []string, specs ...spec) func() page {
		return func() page {
			f := newForm(e, title, specs, next, back)
			f.note = note
			return f
		}
	}
	return []func() page{
		w.languagePage,
		fill(texts.SetupShop, nil, fieldVendor, fieldShopSecret, fieldRegister, fieldName, fieldCurrency),
		func() page { return newConnection(e, button{label: texts.SetupNext, act: nextAct{}}) },
		func() page { return newScanTest(e, button{label: texts.SetupNext, act: nextAct{}}) },
		w.printerPage,
		fill(texts.SetupDoors, nil, fieldWaiters, fieldPhones, fieldResto, fieldExpirenzaKey),
		fill(texts.SetupPINTitle, e.say(texts.SetupPINNote), fieldAdmin, fieldAdminAgain),
		func() page { return newSummary(e, w.path) },
	}
}

func (w *Wizard) languagePage() page {
	f := newForm(w.env, texts.SetupWelcome, []spec{fieldLanguage}, button{label: texts.SetupNext, act: nextAct{}, check: true})
	f.speaks = true
	f.note = w.env.say(texts.SetupWelcomeNote, texts.SetupWelcomeKeys)
	return f
}

func (w *Wizard) printerPage() page {
	f := newForm(w.env, texts.SetupPrinterTitle, []spec{fieldPrinter, fieldColumns},
		button{label: texts.SetupNext, act: nextAct{}, check: true},
		button{label: texts.SetupPrintPage, act: openAct{func() page { return newPrintTest(w.env) }}, check: true},
		button{label: texts.KeyBack, act: backAct{}})
	f.note = w.env.say(texts.SetupPrinterNote)
	return f
}

// say is texts as they are said when they are drawn.
func (e *env) say(ids ...texts.ID) func() []string {
	return func() []string {
		said := make([]string, len(ids))
		for i, id := range ids {
			said[i] = e.Say(id)
		}
		return said
	}
}

// Init implements [tea.Model].
func (w *Wizard) Init() tea.Cmd {
	backend := w.options.Backend
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
		defer cancel()
		return secretsMsg(backend.LookSecrets(ctx, []string{SecretShop, SecretExpirenza, SecretAdmin}))
	}
}

// Update implements [tea.Model].
func (w *Wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	w.moment = w.options.Now()
	cmd := w.handle(msg)
	if w.ended {
		return w, tea.Quit
	}
	w.ears.SetField(w.page.field())
	return w, tea.Batch(cmd, w.wake())
}

func (w *Wizard) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return w.events(w.ears.Hear(msg, w.moment))
	case wakeMsg:
		if msg.number == w.alarms {
			w.alarm = time.Time{}
		}
		return w.events(w.ears.Tick(w.moment))
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case secretsMsg:
		w.env.secrets = msg
	case Done:
		if h, ok := msg.page.(hearer); ok && msg.page == w.page {
			cmd := w.do(h.hear(msg.result))
			w.ended = w.ended || w.leaving
			return cmd
		}
	case leaveMsg:
		w.leave()
	}
	return nil
}

// events does what the decoder has made of the keys.
func (w *Wizard) events(events []scanner.Event) tea.Cmd {
	var cmds []tea.Cmd
	for _, event := range events {
		switch event := event.(type) {
		case scanner.Typing:
			if event.First {
				w.undo = w.page.mark()
			}
			cmds = append(cmds, w.press(wedge.KeyOf(event)))
		case scanner.Retract:
			if w.undo != nil {
				w.undo()
				w.undo = nil
			}
		case scanner.Scan:
			w.scanned(event)
		}
		w.ears.SetField(w.page.field())
	}
	return tea.Batch(cmds...)
}

// scanned gives a scan to the page that wants one. Elsewhere it only shows that the scanner works.
func (w *Wizard) scanned(scan scanner.Scan) {
	if taker, ok := w.page.(scanTaker); ok {
		taker.scanned(scan)
		return
	}
	w.told = func() string { return w.env.Say(texts.SetupScanElsewhere) }
}

func (w *Wizard) press(press tea.KeyMsg) tea.Cmd {
	switch {
	case press.Alt:
		return nil
	case press.Type == tea.KeyCtrlC, press.Type == tea.KeyF10:
		w.leave()
		return nil
	case w.isTooSmall():
		return nil // nobody sees what it would do
	}
	w.told = nil
	return w.do(w.page.press(press))
}

// leave ends the wizard. What is being written at this moment is waited for, so that whoever leaves is told the truth.
func (w *Wizard) leave() {
	h, ok := w.page.(hearer)
	if ok {
		h.stop()
	}
	if t, ok := h.(*try); ok && t.waits && t.state == tryRunning {
		w.leaving = true
		return
	}
	w.ended = true
}

// do carries out what a page says that the person decided.
func (w *Wizard) do(act any) tea.Cmd {
	switch act := act.(type) {
	case nil:
	case nextAct:
		if w.isNew && w.step == 0 {
			w.env.draft.followLanguage()
		}
		return w.turn(w.step + 1)
	case backAct:
		return w.back()
	case openAct:
		w.behind = append(w.behind, w.page)
		return w.show(act.make())
	case withoutSecretsAct:
		clear(w.env.draft.secrets)
		if summary, ok := w.page.(*try); ok {
			return w.do(summary.begin())
		}
	case Job:
		if t, ok := act.page.(*try); ok && t.waits && len(w.env.draft.changes().Secrets) > 0 {
			w.outcome = LeftHalf // until the settings are written too
		}
		return func() tea.Msg { return act.Run() }
	case doneAct:
		w.outcome, w.ended = Written, true
	}
	return nil
}

// back shows what lies behind the page: what it was opened over, or the step before. Before the first there is nothing.
func (w *Wizard) back() tea.Cmd {
	if last := len(w.behind) - 1; last >= 0 {
		behind := w.behind[last]
		w.behind = w.behind[:last]
		return w.show(behind)
	}
	if w.step == 0 {
		w.leave()
		return nil
	}
	return w.turn(w.step - 1)
}

// turn shows a step.
func (w *Wizard) turn(step int) tea.Cmd {
	w.step = step
	return w.show(w.steps[step]())
}

func (w *Wizard) show(next page) tea.Cmd {
	if h, ok := w.page.(hearer); ok {
		h.stop()
	}
	w.page, w.undo, w.told = next, nil, nil
	w.page.shown()
	w.listen()
	if o, ok := next.(opener); ok {
		return w.do(o.opened())
	}
	return nil
}

// listen tunes the decoder to the page: to the settings, or to any scanner where one is tried.
func (w *Wizard) listen() {
	options := w.options.Scanner
	options.Gap = w.env.currentGap()
	if _, tries := w.page.(scanTaker); tries {
		options = PatientOptions(options)
	}
	w.ears = wedge.New(options)
	w.ears.SetField(w.page.field())
}

// wake asks for a wakeMsg at the moment when something is next due.
func (w *Wizard) wake() tea.Cmd {
	var due time.Time
	if h, ok := w.page.(hearer); ok {
		due = h.wakeAt()
	}
	if deadline, ok := w.ears.Deadline(); ok && (due.IsZero() || deadline.Before(due)) {
		due = deadline
	}
	if due.IsZero() || !w.alarm.IsZero() && !due.Before(w.alarm) {
		return nil
	}
	w.alarm = due
	w.alarms++
	return w.options.After(max(due.Sub(w.moment), time.Millisecond), wakeMsg{w.alarms})
}

func (w *Wizard) isTooSmall() bool { return w.width < minWidth || w.height < minHeight }

// View implements [tea.Model].
func (w *Wizard) View() string {
	e := w.env
	if w.ended {
		return ""
	}
	if w.isTooSmall() {
		text := e.Say(texts.WindowTooSmall, texts.Args{
			"Width": minWidth, "Height": minHeight, "NowWidth": w.width, "NowHeight": w.height,
		})
		lines := look.Wrap(text, w.width)
		return strings.Join(lines[:min(len(lines), max(0, w.height))], "\n")
	}
	step := e.Say(texts.SetupStepOf, texts.Args{"Step": w.step + 1, "Steps": len(w.steps)})
	lines := []string{e.Frame.Header.Render(e.Ends(" "+e.Say(texts.SetupTitle), step+" ", w.width))}
	const bars = 3 // the header, the message and the hints
	body := w.page.view(w.width, w.height-bars)
	for i := range w.height - bars {
		line := ""
		if i < len(body) {
			line = look.Bare(e.Truncate(body[i], w.width)) // the wizard has no mouse
		}
		lines = append(lines, line)
	}
	message := ""
	if w.told != nil {
		message = e.Frame.Notice.Render(e.Truncate(" "+w.told(), w.width))
	}
	return strings.Join(append(lines, message, w.hintLine()), "\n")
}

func (w *Wizard) hintLine() string {
	var b strings.Builder
	hints := w.page.hints()
	if last := len(hints) - 1; w.step == 0 && hints[last].use == texts.KeyBack {
		hints[last].use = texts.SetupKeyLeave // there is nothing before the first page
	} else {
		hints = append(hints, hint{"F10", texts.SetupKeyLeave})
	}
	for _, h := range hints {
		b.WriteString(" " + w.env.Frame.KeyName.Render(h.key) + " " + w.env.Frame.KeyUse.Render(w.env.Say(h.use)) + " ")
	}
	return w.env.Truncate(b.String(), w.width)
}

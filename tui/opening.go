package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// Terminal is where a till is shown. Texts is required.
type Terminal struct {
	Input   io.Reader // nil: standard input
	Output  io.Writer // nil: standard output
	Texts   *texts.Texts
	Program []tea.ProgramOption // added last; for tests
}

const (
	// framesPerSecond is the most that a terminal is drawn; a scan is seen within one frame.
	framesPerSecond = 120
	// openingPatience is how long a till may take to open without a word.
	openingPatience = 400 * time.Millisecond
	// heldMax bounds what is typed before there is a screen: some sixty scans. More is dropped.
	heldMax = 4096
)

// Run shows a till until the cashier quits or ctx is done, which asks nothing but still waits for what is in flight.
//
// open makes what stands behind the screen. It runs while the terminal is being set up, so that neither waits for the
// other, and what is typed meanwhile is kept; its context is done when the cashier gives up waiting. Run returns only after
// open has, and the caller closes what it has opened, the desk among it. The error is open's, the terminal's, or a panic of
// the screen; the terminal is restored in any case.
func Run(ctx context.Context, terminal Terminal, open func(ctx context.Context) (Options, error)) error {
	settings := []tea.ProgramOption{tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if terminal.Input != nil {
		settings = append(settings, tea.WithInput(terminal.Input))
	}
	if terminal.Output != nil {
		settings = append(settings, tea.WithOutput(terminal.Output))
	}
	opening, giveUp := context.WithCancel(ctx)
	defer giveUp()
	program := tea.NewProgram(&openingScreen{texts: terminal.Texts}, append(settings, terminal.Program...)...)

	news := newRelay()
	defer news.close()
	defer context.AfterFunc(ctx, func() { news.push(stopMsg{}) })()
	go news.run(func(message any) { program.Send(message) })

	var openErr error
	unsubscribe := func() {}
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		options, err := open(opening)
		if err != nil {
			openErr = err
			program.Send(stopMsg{})
			return
		}
		if options.Output == nil {
			options.Output = terminal.Output
		}
		program.Send(openedMsg{New(options)})
		unsubscribe = options.Hub.Subscribe(translated(options.Translate, news.push))
	}()
	_, err := program.Run()
	giveUp()
	<-opened
	unsubscribe()
	if errors.Is(openErr, context.Canceled) {
		openErr = nil // nobody waits for it any more
	}
	if err != nil {
		err = fmt.Errorf("tui: %w", err)
	}
	return errors.Join(openErr, err)
}

// translated puts a translation before what takes the news.
func translated(translate func(any) any, take func(any)) func(any) {
	if translate == nil {
		return take
	}
	return func(news any) { take(translate(news)) }
}

// openingScreen is there until the till is open, and keeps what comes for it. It takes the screen only when there is
// something to show: a till that refuses to open leaves the terminal as it was.
type openingScreen struct {
	texts *texts.Texts
	size  tea.WindowSizeMsg
	slow  bool
	taken bool   // the screen is the till's
	model *Model // nil: not open yet
	held  []tea.Msg
}

type (
	// openedMsg brings the till that is open now.
	openedMsg struct{ model *Model }
	// slowMsg says that opening takes a while.
	slowMsg struct{}
	// takenMsg says that the screen is the till's now.
	takenMsg struct{}
)

// Init implements [tea.Model].
func (o *openingScreen) Init() tea.Cmd {
	return tea.Tick(openingPatience, func(time.Time) tea.Msg { return slowMsg{} })
}

// Update implements [tea.Model].
func (o *openingScreen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case openedMsg:
		o.model = msg.model
		return o.takeScreen()
	case slowMsg:
		o.slow = true
		return o.takeScreen()
	case takenMsg:
		o.taken = true
		return o.handOver()
	case stopMsg:
		return o, tea.Quit
	case tea.KeyMsg:
		if msg.Type == tea.KeyCtrlC || msg.Type == tea.KeyF10 {
			return o, tea.Quit
		}
	case tea.WindowSizeMsg:
		o.size = msg
	}
	if len(o.held) < heldMax {
		o.held = append(o.held, msg)
	}
	return o, nil
}

// takeScreen leaves to the terminal what stands on it.
func (o *openingScreen) takeScreen() (tea.Model, tea.Cmd) {
	if o.taken {
		return o.handOver()
	}
	return o, tea.Sequence(tea.EnterAltScreen, func() tea.Msg { return takenMsg{} })
}

// handOver gives the till, if it is open, what has come before it.
func (o *openingScreen) handOver() (tea.Model, tea.Cmd) {
	if o.model == nil {
		return o, nil
	}
	cmd := o.model.Init()
	for _, msg := range o.held {
		_, next := o.model.Update(msg)
		cmd = both(cmd, next)
	}
	return o.model, cmd
}

// View implements [tea.Model].
func (o *openingScreen) View() string {
	if !o.slow || !o.taken {
		return ""
	}
	width, height := cmp.Or(o.size.Width, minWidth), cmp.Or(o.size.Height, minHeight)
	lines := look.Wrap(o.texts.Say(texts.OpeningTill), width)
	widest := 0
	for _, line := range lines {
		widest = max(widest, look.Width(line))
	}
	return strings.Join(look.Middle(lines, widest, width, height), "\n")
}

package tui

import (
	"maps"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// screen is one thing to look at and to act on. Screens are plain state: they start nothing and know neither the desk
// nor each other.
type screen interface {
	// update takes a key, a wakeMsg or news that concerns the screen. What it returns is the cashier's decision, one of
	// the types named ...Act beside each screen, or nil.
	update(msg tea.Msg) (act any)
	// view draws the screen into a place; lines beyond it are cut by the caller.
	view(width, height int) []string
	// keys are the keys that do something now, for the hint line and the help.
	keys() []key.Binding
	// help says in sentences what the screen is and what its keys do.
	help() texts.ID
	// field is what typing would change.
	field() scanner.Field
	// wakeAt is when the screen changes by itself; zero: it does not.
	wakeAt() time.Time
}

// undoer is a screen whose fields can be brought back to how they are now, after a scan has begun to type into them.
type undoer interface{ mark() (undo func()) }

// wakeMsg says that time has passed.
type wakeMsg struct{ number int }

// leaveAct closes the screen: back to the idle one.
type leaveAct struct{}

// env is what every screen is given: how things look, how they are said, and what time it is.
type env struct {
	*look.Styles
	*texts.Texts
	currency string

	printer     bool             // the shop has a printer: kitchen tickets and receipts
	balanceOnly bool             // nothing can be done but look at balances
	now         time.Time        // of the message that is being handled
	names       map[int64]string // of the customers who were greeted in this run, by their number
	sound       sound            // asked for by what is being handled
}

// Say says a text of the till's language. One that tells of an error ends with its code, by which it is found in
// docs/errors.md; of a text that says its cause, it is the cause's.
func (e *env) Say(id texts.ID, args ...texts.Args) string {
	tail := texts.CodeOf(id).Mark()
	if len(args) > 0 {
		bare, cause := withoutTails(args[0])
		if args = []texts.Args{bare}; cause != "" {
			tail = cause
		}
	}
	return look.WithTail(e.Texts.Say(id, args...), tail)
}

// withoutTails takes the codes out of what a text is put together of, and returns the last one by the arguments' names.
func withoutTails(args texts.Args) (bare texts.Args, tail string) {
	bare, last := args, ""
	for name, value := range args {
		said, isText := value.(string)
		if !isText {
			continue
		}
		cut, found := look.CutTail(said)
		if found == "" {
			continue
		}
		if tail == "" {
			bare = maps.Clone(args)
		}
		if bare[name] = cut; name > last {
			last, tail = name, found
		}
	}
	return bare, tail
}

func (e *env) money(sum decimal.Decimal) string { return e.Money(sum, e.currency) }

// namesMax bounds the customers whose names are remembered; a till has fewer on a day.
const namesMax = 5000

// remember keeps a customer's name for the time when the service cannot be asked, and the journal does not know them yet.
func (e *env) remember(client int64, name string) {
	if name = cleanName(name); name == "" {
		return
	}
	if len(e.names) >= namesMax {
		clear(e.names)
	}
	e.names[client] = name
}

// name is a customer's name as a screen shows it. Who has none is called by number, so that two of them can be told apart.
func (e *env) name(name string, client int64) string {
	if name = cleanName(name); name == "" {
		name = e.names[client]
	}
	if name == "" {
		return e.Say(texts.GuestNameless, texts.Args{"Client": client})
	}
	return name
}

func cleanName(name string) string { return strings.TrimSpace(look.Clean(name)) }

// guestLine says in a question whom it is about.
func (e *env) guestLine(name string, client int64) string {
	if cleanName(name) == "" && e.names[client] == "" {
		return e.name("", client)
	}
	return e.Say(texts.AskGuest, texts.Args{"Name": e.name(name, client)})
}

// nameLines is how many lines a name may take: sums and buttons stand below it, and a service may send any length.
const nameLines = 2

// shortNameCells is how much of a name stands in a sentence whose end matters more.
const shortNameCells = 28

// shortName is the name for a sentence.
func (e *env) shortName(name string, client int64) string {
	return e.Truncate(e.name(name, client), shortNameCells)
}

// wrap breaks a plain text into lines, at most so many of them: the last one is cut. 0 sets no bound.
func (e *env) wrap(text string, cells, most int) []string {
	lines := look.Wrap(text, cells)
	if most > 0 && len(lines) > most {
		rest := strings.Join(lines[most-1:], " ")
		lines = append(lines[:most-1], e.Truncate(rest, cells))
	}
	return lines
}

// bind makes a key binding with the words that the hint line says.
func (e *env) bind(name string, use texts.ID, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, e.Say(use)))
}

// spin is the spinner's picture at this moment.
func (e *env) spin() string {
	frames := e.Shapes.Spinner
	return frames[int(e.now.UnixMilli()/spinPause.Milliseconds())%len(frames)]
}

const spinPause = 125 * time.Millisecond

// seconds is how many whole seconds have passed since a moment.
func (e *env) seconds(since time.Time) int { return max(0, int(e.now.Sub(since)/time.Second)) }

// nextSecond is when a countdown shows its next number.
func (e *env) nextSecond() time.Time { return e.now.Truncate(time.Second).Add(time.Second) }

// quietTime is how long the keyboard must be quiet before something that opened by itself takes keys.
const quietTime = 300 * time.Millisecond

// readTime is how long something that has to be read must have been on the screen before Enter or Esc is about it: the
// second Enter of a hasty hand was not.
const readTime = 1200 * time.Millisecond

// unread reports whether nobody can have read what has been on the screen since a moment.
func (e *env) unread(since time.Time) bool { return e.now.Sub(since) < readTime }

// shield keeps keys that were meant for what stood there before from what has just opened.
type shield struct {
	quietSince time.Time
	down       bool
}

// raised is a shield that keeps keys off from now on.
func raised(now time.Time) shield { return shield{quietSince: now} }

// blocks reports whether a key that comes now is to be ignored.
func (s *shield) blocks(now time.Time) bool {
	if !s.down && now.Sub(s.quietSince) < quietTime {
		s.quietSince = now
		return true
	}
	s.down = true
	return false
}

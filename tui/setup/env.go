package setup

import (
	"maps"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// env is what every page is given: how things look, how they are said, what time it is, and what was decided so far.
type env struct {
	*look.Styles
	*texts.Texts
	backend Backend
	draft   *draft
	now     func() time.Time // of the message that is being handled

	secrets map[string]SecretState // nil: they are still being looked for
	over    map[string]bool        // the settings whose value in the file is not the one that counts
}

// page is one thing to fill in, to try or to read. What press returns is what the person decided, one of the acts.
type page interface {
	press(key tea.KeyMsg) any
	view(width, height int) []string
	hints() []hint
	field() scanner.Field
	// mark remembers the page's field as it is now, for a scan that may have begun to type into it.
	mark() (undo func())
	// shown is told when the page is shown, again or in another language.
	shown()
}

// opener is a page that does something when it is shown.
type opener interface{ opened() any }

// hearer is a page that has given a [Job].
type hearer interface {
	hear(result any) any
	// stop ends what is under way.
	stop()
	// wakeAt is when the page changes by itself; zero: it does not.
	wakeAt() time.Time
}

// clicker is a page with places to click. The focus goes to one; true: it is pressed by that.
type clicker interface {
	click(number int) (pressed bool)
}

// scanTaker is a page that scans are meant for.
type scanTaker interface{ scanned(scan scanner.Scan) }

// The acts.
type (
	nextAct  struct{}                   // on to the next page
	backAct  struct{}                   // back to the one before
	openAct  struct{ make func() page } // a page over this one
	doneAct  struct{}                   // all is written
	saveAct  struct{}                   // a section's changes are to be written
	dropAct  struct{}                   // and are not to be
	savedAct struct{}                   // and were
)

// Job is work that takes time. Whoever shows the pages runs it beside the screen and brings its [Done] back.
type Job struct {
	page page
	work func() any
}

// Run does the work.
func (j Job) Run() Done { return Done{j.page, j.work()} }

// Done is what came of a [Job].
type Done struct {
	page   page
	result any
}

// hint is a key and what it does now.
type hint struct {
	key string
	use texts.ID
}

// bindings are hints for the till's line of keys.
func (e *env) bindings(hints []hint) []key.Binding {
	keys := make([]key.Binding, len(hints))
	for i, h := range hints {
		keys[i] = key.NewBinding(key.WithKeys(strings.ToLower(h.key)), key.WithHelp(h.key, e.Say(h.use)))
	}
	return keys
}

// Zone is the number of the first place on the screen that can be clicked; see [look.Zone] and [Settings.Click].
const Zone = 9_000_000

// button draws the button of a number; the focus is told by more than colour.
func (e *env) button(number int, label string, focused bool) string {
	if focused {
		return look.Zone(Zone+number, e.Input.ButtonActive.Render("> "+label+" <"))
	}
	return look.Zone(Zone+number, e.Input.Button.Render("[ "+label+" ]"))
}

// theme is the till's look for the fields of huh.
func (e *env) theme() *huh.Theme {
	// A style of the till writes the codes itself; lipgloss has nothing to add.
	as := func(style look.Style) lipgloss.Style { return lipgloss.NewStyle().Transform(style.Render) }
	var t huh.Theme
	t.Blurred.SelectedOption = as(e.Text.Plain)
	t.Blurred.PrevIndicator, t.Blurred.NextIndicator = lipgloss.NewStyle(), lipgloss.NewStyle()
	t.Blurred.TextInput.Text = as(e.Text.Plain)
	t.Focused.SelectedOption = as(e.Text.Strong)
	left, right, _ := strings.Cut(e.Shapes.LeftRight, "")
	if sides := []rune(e.Shapes.LeftRight); len(sides) == 2 {
		left, right = string(sides[0]), string(sides[1])
	}
	t.Focused.PrevIndicator = lipgloss.NewStyle().SetString(left + " ")
	t.Focused.NextIndicator = lipgloss.NewStyle().SetString(" " + right)
	t.Focused.TextInput.Text = as(e.Text.Strong)
	t.Focused.TextInput.Cursor = as(e.Input.Cursor)
	t.Focused.TextInput.CursorText = as(e.Text.Strong)
	return &t
}

// keyMap is what keys the fields themselves take: everything but typing and choosing is decided by the form.
func (e *env) keyMap() *huh.KeyMap {
	var keys huh.KeyMap
	keys.Select.Left = key.NewBinding(key.WithKeys("left"))
	keys.Select.Right = key.NewBinding(key.WithKeys("right"))
	return &keys
}

// draft is what was decided and is not written yet.
type draft struct {
	file    map[string]string // the settings as they are in the file
	values  map[string]string // and as they are to be
	secrets map[string]string // as typed, by name
	own     map[string]string // answers of the forms' own
}

func newDraft(file map[string]string) *draft {
	d := &draft{file: maps.Clone(file)}
	d.reset()
	return d
}

// reset drops what was decided since it was last written.
func (d *draft) reset() {
	d.values, d.secrets, d.own = maps.Clone(d.file), map[string]string{}, map[string]string{}
}

// of is where an answer belongs.
func (d *draft) of(s spec) map[string]string {
	switch {
	case s.secret:
		return d.secrets
	case s.own:
		return d.own
	}
	return d.values
}

func (d *draft) get(s spec) string { return d.of(s)[s.key] }

func (d *draft) set(s spec, value string) { d.of(s)[s.key] = value }

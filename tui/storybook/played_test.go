package storybook

import (
	"slices"
	"strings"
	"sync"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// Playing a scene takes most of the time that tests of it take. So each is played once in a setting, for all tests that look
// at it, and what it shows there is kept: as it opens, in every window, with its help, after Tab.

// sized is a setting in Russian, in plain characters of the usual kind. It shares its words with others, and never changes them.
func sized(width, height int) Setting {
	return Setting{
		Width: width, Height: height, Language: texts.Russian, Texts: words(texts.Russian),
		Store: func() (stage.Store, error) { return &orderstest.MemoryStore{}, nil },
	}
}

// small is the smallest window that the screens are made for, whole a whole screen.
func small() Setting { return sized(80, 24) }
func whole() Setting { return sized(140, 45) }

// speaking is a setting in a language, and themed one in a terminal.
func (s Setting) speaking(lang texts.Lang) Setting {
	s.Language, s.Texts = lang, words(lang)
	return s
}

func (s Setting) themed(theme look.Theme) Setting {
	s.Theme = theme
	return s
}

// words are the words of a language: reading a catalog takes longer than most scenes.
func words(lang texts.Lang) *texts.Texts { return catalogs()[lang] }

var catalogs = sync.OnceValue(func() map[texts.Lang]*texts.Texts {
	all := make(map[texts.Lang]*texts.Texts)
	for _, lang := range texts.Langs() {
		all[lang] = texts.New(lang)
	}
	return all
})

// scenes are all scenes, by their names.
var scenes = sync.OnceValue(func() map[string]Scene {
	all := make(map[string]Scene)
	for _, s := range Scenes() {
		all[s.Name] = s
	}
	return all
})

// scene is the scene of a name.
func scene(t testing.TB, name string) Scene {
	t.Helper()
	s, ok := scenes()[name]
	if !ok {
		t.Fatalf("there is no scene %q", name)
	}
	return s
}

// changesLanguage are the scenes in which the language is changed.
var changesLanguage = []string{"settings_saved"}

// open plays a scene whose store cannot fail.
func open(t testing.TB, s Scene, setting Setting) *stage.Till {
	t.Helper()
	if slices.Contains(changesLanguage, s.Name) {
		setting.Texts = nil
	}
	tl, err := s.Open(setting)
	if err != nil {
		t.Fatal(err)
	}
	if setting.Texts != nil && setting.Texts == words(setting.Language) && setting.Texts.Lang() != setting.Language {
		t.Fatalf("%s belongs into changesLanguage: other tests share its words", s.Name)
	}
	return tl
}

// windows are the sizes in which every scene is looked at: the smallest, a laptop's, a whole screen.
var windows = [][2]int{{80, 24}, {100, 30}, {140, 45}}

// played is what a scene has shown in a setting.
type played struct {
	opened string           // its first frame
	at     map[[2]int]*seen // by the window to which it was drawn then
	clock  string           // how the status bar ends
}

// seen is what is shown in a window.
type seen struct {
	setting      Setting
	frame        string // with its escape sequences
	help, closed string // after F1, and after the Esc behind it
	tabbed       string // after Tab
}

// lines are those of a frame, without escape sequences.
func lines(frame string) []string { return strings.Split(ansi.Strip(frame), "\n") }

// plays are the scenes that were played.
var plays sync.Map // of how, to a function that gives a *played

// how is what tells plays from each other.
type how struct {
	scene         string
	width, height int
	theme         look.Theme
	lang          texts.Lang
}

// show gives what a scene shows, and plays it if no test has done so yet.
func show(t testing.TB, s Scene, setting Setting) *played {
	t.Helper()
	key := how{s.Name, setting.Width, setting.Height, setting.Theme, setting.Language}
	once, _ := plays.LoadOrStore(key, sync.OnceValue(func() *played { return playThrough(t, s, setting) }))
	return once.(func() *played)()
}

// playThrough plays a scene, and then looks at it from all sides. No time passes: nothing but what is pressed changes it.
func playThrough(t testing.TB, s Scene, setting Setting) *played {
	t.Helper()
	tl := open(t, s, setting)
	p := &played{opened: tl.Model.View(), at: make(map[[2]int]*seen), clock: tl.Clock.Format(" 15:04 ")}
	if setting.Language != texts.Russian {
		tl.Send(tui.SetLanguage(setting.Language)) // it is spoken already, see [TestTheLanguageChangesAtOnce]
	}
	looked := looksIn(setting.Theme)
	for _, window := range looked {
		setting.Width, setting.Height = window[0], window[1]
		w := &seen{setting: setting}
		p.at[window] = w
		tl.Send(tea.WindowSizeMsg{Width: setting.Width, Height: setting.Height})
		w.frame = tl.Model.View()
		if setting.Theme == (look.Theme{}) && !isHelp(s) {
			tl.Send(f1)
			w.help = tl.Model.View()
			tl.Send(esc)
			w.closed = tl.Model.View()
		}
	}
	tl.Press(tab)
	for _, window := range looked {
		tl.Send(tea.WindowSizeMsg{Width: window[0], Height: window[1]})
		p.at[window].tabbed = tl.Model.View()
	}
	return p
}

// looksIn are the windows in which a scene is looked at in a terminal. That colours change nothing but colours is held in the
// smallest; the others are drawn in those of them that differ the most.
func looksIn(theme look.Theme) [][2]int {
	switch theme {
	case look.Theme{}, look.Theme{ASCII: true}, look.Theme{Colors: look.ColorsTrue}:
		return windows
	}
	return windows[:1]
}

// isHelp reports whether a scene has its help open already.
func isHelp(s Scene) bool { return strings.HasSuffix(s.Name, "help") }

// each are the windows of a play, in their order.
func (p *played) each() []*seen {
	var all []*seen
	for _, window := range windows {
		if w := p.at[window]; w != nil {
			all = append(all, w)
		}
	}
	return all
}

// inSmall is what is shown in the smallest window, inWhole in the largest.
func (p *played) inSmall() *seen { return p.at[windows[0]] }
func (p *played) inWhole() *seen { return p.at[windows[len(windows)-1]] }

// frame is the first frame of a scene.
func frame(t testing.TB, s Scene, setting Setting) string {
	t.Helper()
	return show(t, s, setting).opened
}

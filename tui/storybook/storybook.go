// Package storybook has every screen of the till in every state, each brought about by a cashier's own keys over canned data.
// Golden tests hold the screens to their files, the pictures of the guides are drawn from them, and `skidkassa storybook`
// prints them for whoever wants to look.
//
// A new screen or state wants a scene: add it to the family that it belongs to ([Scene] says of what it is made), and run
// `go test ./tui/storybook -update`.
package storybook

import (
	"context"
	"io"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/screenshot"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// Scene is one screen in one state: a till with these props, after these keys.
type Scene struct {
	Name  string // of its golden file: words joined by low lines, the screen first
	Title string // what is to be seen, for developers

	props props
	play  func(tl *stage.Till)
}

// Scenes are all scenes: the screens first, then the sentences.
func Scenes() []Scene { return append(Screens(), Sentences()...) }

// Screens are the scenes that differ in what stands on the screen or can be done there, family by family.
func Screens() []Scene {
	return slices.Concat(
		tillScenes(), matterScenes(), noticeScenes(), statusScenes(), problemScenes(), guestScenes(), resultScenes(), stateScenes(),
		fullPaymentScenes(), journalScenes(), stornoScenes(), waiterScenes(), orderScenes(), payScenes(), moneyScenes(), claimScenes(),
		shiftScenes(), lockScenes(), settingsScenes(),
	)
}

// Sentences are the scenes that say another cause on a screen that [Screens] have: each code, reason and state there is.
func Sentences() []Scene {
	return slices.Concat(
		statusSentences(), noticeSentences(), problemSentences(), sumSentences(), remainderSentences(), failureSentences(),
		detailSentences(), stornoSentences(), obstacleSentences(), paymentSentences(),
	)
}

// Find gives the scene of this name.
func Find(name string) (Scene, bool) {
	all := Scenes()
	if i := slices.IndexFunc(all, func(s Scene) bool { return s.Name == name }); i >= 0 {
		return all[i], true
	}
	return Scene{}, false
}

// Setting is how a scene is shown.
type Setting struct {
	Width, Height int
	Theme         look.Theme
	Language      texts.Lang
	Texts         *texts.Texts                // nil: new ones of the language; reading a catalog takes longer than most scenes
	Store         func() (stage.Store, error) // a new, empty one for the orders of a till
	Change        func(*tui.Options)          // made last, before the screen opens; nil: nothing
}

// Open sets the stage and plays the scene. The error is the store's.
func (s Scene) Open(setting Setting) (*stage.Till, error) {
	tl := stage.NewTill()
	words := setting.Texts
	if words == nil {
		words = texts.New(setting.Language)
	}
	props := set{till: tl, store: setting.Store, Options: tui.Options{
		Desk: tl.Desk, Hub: &notice.Hub{}, Texts: words,
		Recent:   func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
		ShopName: "Кофейня", Register: stage.Register, Cashier: "Анна", Currency: "RUB", Version: "1.0",
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
		Theme:   setting.Theme, Output: io.Discard, Now: tl.Now, After: tl.After,
	}}
	for _, prop := range s.props {
		prop(&props)
	}
	if props.err != nil {
		return nil, props.err
	}
	if setting.Change != nil {
		setting.Change(&props.Options)
	}
	tl.Journal, _ = props.Journal.(*stage.Journal)
	if tl.Counter != nil {
		tl.Counter.Listen(props.Hub)
	}
	tl.Start(tui.New(props.Options))
	tl.Send(tea.WindowSizeMsg{Width: setting.Width, Height: setting.Height})
	if !props.silent {
		tl.Send(notice.State{Part: notice.Service, Level: notice.Good})
		tl.Send(notice.State{Part: notice.Journal, Level: notice.Good})
	}
	s.play(tl)
	return tl, nil
}

// Frame plays the scene and gives its screen: lines of text with their escape sequences.
func (s Scene) Frame(setting Setting) (string, error) {
	tl, err := s.Open(setting)
	if err != nil {
		return "", err
	}
	return tl.Model.View(), nil
}

// Picture plays the scene and draws its screen as SVG.
func (s Scene) Picture(setting Setting) (string, error) {
	frame, err := s.Frame(setting)
	if err != nil {
		return "", err
	}
	cells := screenshot.Of(frame, setting.Width, setting.Height)
	return screenshot.SVG(cells, screenshot.Options{Title: "Skidkassa: " + s.Title, Light: setting.Theme.Light}), nil
}

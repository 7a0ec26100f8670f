package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// opens starts the real program on a till that opens when release is closed, with an error if there is one.
func opens(t *testing.T, ctx context.Context, failure error) (screen *terminal, keyboard io.Writer, release chan struct{}, ended chan error) {
	t.Helper()
	in, keyboard := io.Pipe()
	screen, release, ended = newTerminal(), make(chan struct{}), make(chan error, 1)
	words := texts.New(texts.Russian)
	tl := stage.NewTill()
	tl.Clock = time.Now()
	place := Terminal{Input: in, Output: screen, Texts: words, Program: []tea.ProgramOption{tea.WithoutBracketedPaste()}}
	go func() {
		ended <- Run(ctx, place, func(ctx context.Context) (Options, error) {
			select {
			case <-release:
			case <-ctx.Done():
				return Options{}, ctx.Err()
			}
			return Options{
				Desk: tl.Desk, Hub: &notice.Hub{}, Texts: words,
				Recent:  func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
				Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
			}, failure
		})
	}()
	return screen, keyboard, release, ended
}

func mustEnd(t *testing.T, ended chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(2 * time.Minute):
		t.Fatal("the program has not ended")
		return nil
	}
}

func TestAScanWhileTheTillOpensIsNotLost(t *testing.T) {
	screen, keyboard, release, ended := opens(t, t.Context(), nil)
	screen.wait(t, "Открываем кассу")
	keys(t, keyboard, stage.CardOf(stage.SomeClient).Payload()+"\r")
	close(release)
	screen.wait(t, "Александр Татарченко")
	keys(t, keyboard, "\x1b[21~") // F10
	if err := mustEnd(t, ended); err != nil {
		t.Error(err)
	}
}

// keys types on a keyboard.
func keys(t *testing.T, keyboard io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(keyboard, text); err != nil {
		t.Fatal(err)
	}
}

func TestATillThatCannotBeOpenedEndsTheScreen(t *testing.T) {
	failure := errors.New("the journal is another till's")
	_, _, release, ended := opens(t, t.Context(), failure)
	close(release)
	if err := mustEnd(t, ended); !errors.Is(err, failure) {
		t.Errorf("the program ended with %v", err)
	}
}

func TestNobodyNeedsToWaitForTheTillToOpen(t *testing.T) {
	for name, leave := range map[string]func(keyboard io.Writer, stop context.CancelFunc){
		"F10":          func(keyboard io.Writer, _ context.CancelFunc) { _, _ = io.WriteString(keyboard, "\x1b[21~") },
		"Ctrl-C":       func(keyboard io.Writer, _ context.CancelFunc) { _, _ = io.WriteString(keyboard, "\x03") },
		"from outside": func(_ io.Writer, stop context.CancelFunc) { stop() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			screen, keyboard, _, ended := opens(t, ctx, nil)
			screen.wait(t, "Открываем кассу")
			leave(keyboard, stop)
			if err := mustEnd(t, ended); err != nil {
				t.Errorf("the program ended with %v", err)
			}
		})
	}
}

func TestOpeningKeepsNoMoreThanItMay(t *testing.T) {
	o := &openingScreen{texts: texts.New(texts.Russian)}
	for range 2 * heldMax {
		o.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("1")})
	}
	if len(o.held) != heldMax {
		t.Errorf("%d messages are held", len(o.held))
	}
	o.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	o.Update(slowMsg{})
	o.Update(takenMsg{})
	if lines := strings.Split(o.View(), "\n"); len(lines) > 24 {
		t.Errorf("%d lines", len(lines))
	}
}

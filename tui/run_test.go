package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// terminal is where a real program writes; a test waits for words on it.
type terminal struct {
	mu      sync.Mutex
	written bytes.Buffer
	wrote   chan struct{}
}

func newTerminal() *terminal { return &terminal{wrote: make(chan struct{}, 1)} }

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.wrote <- struct{}{}:
	default:
	}
	return t.written.Write(p)
}

func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written.String()
}

func (t *terminal) wait(tb testing.TB, words string) {
	tb.Helper()
	late := time.After(2 * time.Minute)
	for !strings.Contains(strings.ReplaceAll(ansi.Strip(t.text()), "\u00a0", " "), words) {
		select {
		case <-t.wrote:
		case <-late:
			tb.Fatalf("%q has not come to the terminal", words)
		}
	}
}

// running starts the real program on a fake desk.
func running(t *testing.T, ctx context.Context, change func(*stage.Desk)) (screen *terminal, keyboard io.Writer, hub *notice.Hub, ended chan error) {
	tl := stage.NewTill()
	tl.Clock = time.Now()
	desk := tl.Desk
	change(desk)
	in, keyboard := io.Pipe()
	screen, hub, ended = newTerminal(), &notice.Hub{}, make(chan error, 1)
	hub.Publish(notice.State{Part: notice.Journal, Level: notice.Good}) // before anybody listens
	go func() {
		words := texts.New(texts.Russian)
		terminal := Terminal{Input: in, Output: screen, Texts: words, Program: []tea.ProgramOption{tea.WithoutBracketedPaste()}}
		ended <- Run(ctx, terminal, func(context.Context) (Options, error) {
			return Options{
				Desk: desk, Hub: hub, Texts: words,
				Recent:  func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
				Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
			}, nil
		})
	}()
	screen.wait(t, "Отсканируйте QR покупателя")
	return screen, keyboard, hub, ended
}

func (t *terminal) end(tb testing.TB, ended chan error) error {
	tb.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(2 * time.Minute):
		tb.Fatal("the program has not ended")
		return nil
	}
}

// leaveAltScreen is what gives the terminal its own screen back.
const leaveAltScreen = "\x1b[?1049l"

func TestRunShowsTheTillAndEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	screen, keyboard, hub, ended := running(t, ctx, func(*stage.Desk) {})
	screen.wait(t, "Skidkassa") // a shop without a name
	screen.wait(t, "Журнал: работает")
	if _, err := io.WriteString(keyboard, stage.CardOf(stage.SomeClient).Payload()+"\r"); err != nil {
		t.Fatal(err)
	}
	screen.wait(t, "Александр Татарченко")
	for range 1000 { // publishers never wait for the screen
		hub.Publish(notice.State{Part: notice.Service, Level: notice.Trouble, Code: "connect"})
		hub.Publish(notice.State{Part: notice.Service, Level: notice.Good})
	}
	hub.Publish(notice.State{Part: notice.Service, Level: notice.Trouble, Code: "timeout"})
	screen.wait(t, "Сервис: не отвечает")
	cancel()
	if err := screen.end(t, ended); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if !strings.Contains(screen.text(), leaveAltScreen) {
		t.Error("the terminal was not restored")
	}
}

func TestAPanicRestoresTheTerminal(t *testing.T) {
	screen, keyboard, _, ended := running(t, context.Background(), func(d *stage.Desk) {
		d.OnIdentify = func(string) (loyalty.Identified, error) { panic("a fault in the screen") }
	})
	if _, err := io.WriteString(keyboard, stage.CardOf(stage.SomeClient).Payload()+"\r"); err != nil {
		t.Fatal(err)
	}
	if err := screen.end(t, ended); !errors.Is(err, tea.ErrProgramPanic) {
		t.Errorf("Run returned %v", err)
	}
	if !strings.Contains(screen.text(), leaveAltScreen) {
		t.Error("the terminal was not restored")
	}
}

func TestTheRelayKeepsOrderAndDropsNothing(t *testing.T) {
	r := newRelay()
	const many = 10000
	got := make(chan int, many)
	release := make(chan struct{})
	go r.run(func(news any) {
		<-release // a program that is busy: push must not wait for it
		got <- news.(int)
	})
	for i := range many {
		r.push(i)
	}
	close(release)
	for want := range many {
		if n := <-got; n != want {
			t.Fatalf("got %d, want %d", n, want)
		}
	}
	r.close()
}

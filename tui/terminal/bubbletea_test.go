//go:build unix

package terminal

import (
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/creack/pty"
)

// keyTimeout is how long a test waits for a key: much longer than needed, so
// that it fails only where a key is lost.
const keyTimeout = 2 * time.Minute

// A recorder is a bubbletea program that hands on its keys.
type recorder struct {
	keys  chan tea.KeyMsg
	ready chan struct{}
}

func (r recorder) Init() tea.Cmd {
	return func() tea.Msg {
		close(r.ready)
		return nil
	}
}

func (r recorder) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyMsg); ok {
		r.keys <- key
	}
	return r, nil
}

func (r recorder) View() string { return "" }

// A session is a bubbletea program on a terminal of its own, with a Reader.
type session struct {
	t        *testing.T
	keyboard *os.File // what is written here was typed
	keys     chan tea.KeyMsg
	reads    chan struct{} // one for each read that brought something
	elapsed  atomic.Int64
}

func startSession(t *testing.T) *session {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, keyboard: keyboard, keys: make(chan tea.KeyMsg, 10_000), reads: make(chan struct{}, 10_000)}
	reader := NewReader(tty)
	reader.now = func() time.Time {
		at := start.Add(time.Duration(s.elapsed.Load()))
		s.reads <- struct{}{}
		return at
	}
	model := recorder{keys: s.keys, ready: make(chan struct{})}
	program := tea.NewProgram(model, tea.WithInput(reader), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
	done := make(chan error, 1)
	go func() {
		_, err := program.Run()
		done <- err
	}()
	t.Cleanup(func() {
		program.Quit()
		if err := <-done; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		keyboard.Close()
		tty.Close()
	})
	<-model.ready
	return s
}

func (s *session) typeText(text string) { mustWrite(s.t, s.keyboard, text) }

// typeAndWait waits until the program has read the text, which is short enough
// for one read.
func (s *session) typeAndWait(text string) {
	s.t.Helper()
	s.typeText(text)
	select {
	case <-s.reads:
	case <-time.After(keyTimeout):
		s.t.Fatal("the program does not read")
	}
}

// next returns the next key.
func (s *session) next() tea.KeyMsg {
	s.t.Helper()
	select {
	case key := <-s.keys:
		return key
	case <-time.After(keyTimeout):
		s.t.Fatal("a key was lost")
		return tea.KeyMsg{}
	}
}

// runes returns what comes as text before the next other key.
func (s *session) runes() string {
	s.t.Helper()
	var text strings.Builder
	for {
		key := s.next()
		if key.Type != tea.KeyRunes && key.Type != tea.KeySpace || key.Alt {
			return text.String()
		}
		text.WriteString(string(key.Runes))
	}
}

func TestBubbleteaReadsCyrillicByteByByte(t *testing.T) {
	s := startSession(t)
	want := `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`
	for i := range len(want) {
		s.typeAndWait(want[i : i+1])
	}
	s.typeText("\r")
	if got := s.runes(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBubbleteaReadsMuchAtOnce(t *testing.T) {
	s := startSession(t)
	want := strings.Repeat("ХЭензуЭЖ€4ъЫлшв", 115)
	if len(want) != 3450 {
		t.Fatalf("%d bytes, want 3450", len(want))
	}
	s.typeText(want + "\r")
	if got := s.runes(); got != want {
		t.Errorf("got %d bytes of text, want %d: %q", len(got), len(want), got)
	}
}

func TestBubbleteaReadsManySequencesAtOnce(t *testing.T) {
	s := startSession(t)
	const times = 100 // a terminal hands on 2 KiB at once at the least, and no hand types more
	s.typeText(strings.Repeat("\x1b[1;5C\x1bOPх", times))
	for i := range times {
		for _, want := range []string{"ctrl+right", "f1", "х"} {
			if got := s.next().String(); got != want {
				t.Fatalf("round %d: got %q, want %q", i+1, got, want)
			}
		}
	}
}

func TestBubbleteaReadsSingleKeysAtOnce(t *testing.T) {
	s := startSession(t)
	for _, test := range []struct {
		typed string
		want  tea.KeyType
	}{
		{"\x1b", tea.KeyEsc},
		{"\x03", tea.KeyCtrlC},
		{"\x02", tea.KeyCtrlB},
		{"\x1d", tea.KeyCtrlCloseBracket},
		{"\r", tea.KeyEnter},
		{"\n", tea.KeyCtrlJ},
		{"\t", tea.KeyTab},
		{"\x7f", tea.KeyBackspace},
	} {
		s.typeText(test.typed)
		if got := s.next(); got.Type != test.want {
			t.Errorf("%q gave %v, want %v", test.typed, got, test.want)
		}
	}
}

func TestBubbleteaReadsAPaste(t *testing.T) {
	s := startSession(t)
	want := strings.Repeat("Х 1500\r", 100)
	s.typeText(pasteStart + want + pasteEnd + "\r")
	if got := s.next(); !got.Paste || string(got.Runes) != want {
		t.Errorf("got %q, want the paste", got)
	}
	if got := s.next(); got.Type != tea.KeyEnter {
		t.Errorf("then %v, want Enter", got)
	}
}

func TestCtrlCWorksAfterAnUnterminatedPaste(t *testing.T) {
	s := startSession(t)
	s.typeAndWait(pasteStart + "Х1500")
	s.elapsed.Store(int64(PasteSilence + ms))
	s.typeText("\x03")
	if got := s.next(); !got.Paste || string(got.Runes) != "Х1500" {
		t.Errorf("got %q, want the paste", got)
	}
	if got := s.next(); got.Type != tea.KeyCtrlC {
		t.Errorf("then %v, want Ctrl-C", got)
	}
}

func TestKeysWorkAfterAnEndlessPaste(t *testing.T) {
	s := startSession(t)
	s.typeAndWait(pasteStart)
	for range 50 {
		s.typeAndWait(strings.Repeat("1", 100))
	}
	if got := s.next(); !got.Paste || len(got.Runes) != PasteLimitBytes {
		t.Errorf("got a message of %d runes, want a paste of %d", len(got.Runes), PasteLimitBytes)
	}
	s.elapsed.Store(int64(PasteSilence + ms))
	s.typeText("\x03")
	if got := s.next(); got.Type != tea.KeyCtrlC {
		t.Errorf("then %v, want Ctrl-C", got)
	}
}

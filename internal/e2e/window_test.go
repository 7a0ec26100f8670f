//go:build !windows

package e2e_test

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// Terminals of all kinds.

func TestTheScreenFollowsTheWindow(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	fits := func(columns int) {
		t.Helper()
		for _, line := range strings.Split(s.Screen(), "\n") {
			if n := len([]rune(line)); n > columns {
				t.Errorf("a line of %d cells in a window of %d: %q", n, columns, line)
			}
		}
	}
	s.must(s.Resize(140, 45))
	s.see("Начислим 25 баллов", "Александр Татарченко")
	s.eventually("status line at the foot of the larger window", func() bool {
		lines := strings.Split(strings.TrimRight(s.Screen(), "\n"), "\n")
		return len(lines) == 45 && strings.Contains(lines[44], "Сервис")
	})
	fits(140)
	s.must(s.Resize(60, 20))
	s.see("Увеличьте окно до 80×24")
	fits(60)
	s.scan(s.service.IssueQR(maria).Payload(), terminal.AtOnce()) // asks, where nobody sees it
	s.person(terminal.Enter)                                      // and nobody can answer
	time.Sleep(reading)                                           // the till reads the key before it learns the new size
	s.must(s.Resize(80, 24))
	s.see("Новый покупатель?")
	s.person(terminal.Esc)
	s.see("Начислим 25 баллов", "1 250,50", "Александр Татарченко")
	s.gone("Увеличьте окно")
	fits(80)
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
}

func TestALargeWindowFromTheStart(t *testing.T) {
	s := newScenario(t)
	s.start(terminal.Options{Columns: 140, Rows: 45})
	s.accrue()
	s.see("Начислено 25", "2 390")
	s.wantLedger("accrue 25")
}

// Sequences that set a colour: any; one of more than the sixteen; one of more than 256.
var (
	anyColour    = regexp.MustCompile(`\x1b\[(\d+;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;\d+)*m`)
	paletteOf256 = regexp.MustCompile(`\x1b\[(\d+;)*[34]8;5;(1[6-9]|[2-9]\d|\d{3})(;\d+)*m`)
	directColour = regexp.MustCompile(`\x1b\[(\d+;)*[34]8;2;`)
)

func TestColoursThatTheTerminalHas(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name      string
		variables map[string]string
		wanted    *regexp.Regexp   // must be there
		forbidden []*regexp.Regexp // must not
	}{
		{"NO_COLOR", map[string]string{"NO_COLOR": "1"}, nil, []*regexp.Regexp{anyColour}},
		{"16 colours", map[string]string{"TERM": "xterm"}, anyColour, []*regexp.Regexp{paletteOf256, directColour}},
		{"256 colours", map[string]string{"TERM": "xterm-256color"}, anyColour, []*regexp.Regexp{directColour}},
		{"true colour", map[string]string{"COLORTERM": "truecolor"}, anyColour, nil},
	} {
		t.Run(kind.name, func(t *testing.T) {
			s := newScenario(t)
			for name, value := range kind.variables {
				s.shop.Setenv(name, value)
			}
			s.start(terminal.Options{})
			s.accrue()
			s.see("Начислено 25", "2 390")
			s.read(terminal.Enter, idleWords, "начисление")
			if kind.wanted != nil && !kind.wanted.Match(s.Raw()) {
				t.Error("there are no colours")
			}
			for _, pattern := range kind.forbidden {
				if found := pattern.Find(s.Raw()); found != nil {
					t.Errorf("%q was written", found)
				}
			}
		})
	}
}

func TestASCIIBorders(t *testing.T) {
	s := newScenario(t)
	s.shop.Setenv("LANG", "C")
	s.start(terminal.Options{})
	s.accrue()
	s.see("Начислено 25")
	if found := regexp.MustCompile("[\u2500-\u259f]").Find(s.Raw()); found != nil {
		t.Errorf("%q was drawn", found)
	}
}

// A program that asks a terminal a question waits five seconds for the answer. Here it must come sooner, on a busy machine at
// one of a few attempts.
const (
	answerLimit = 4 * time.Second
	attemptsMax = 10
)

// soon tries until something takes less than a terminal's answer is waited for.
func (s *scenario) soon(what string, try func() (took time.Duration)) {
	s.t.Helper()
	least := try()
	for range attemptsMax - 1 {
		if least < answerLimit {
			return
		}
		least = min(least, try())
	}
	s.t.Errorf("%s: %s at the soonest", what, least)
}

func TestAMuteTerminalDoesNotHoldUpTheStart(t *testing.T) {
	s := newScenario(t)
	s.soon("the first screen", func() time.Duration {
		if s.Terminal != nil {
			s.must(s.Kill())
		}
		s.launch(terminal.Options{Mute: true})
		at, err := s.Await("first screen", terminal.Patience, func(screen string) bool {
			return strings.Contains(screen, idleWords)
		})
		s.must(err)
		return at.Sub(s.Started())
	})
	s.accrue()
	s.see("Начислено 25")
	for _, question := range []string{"\x1b]10;?", "\x1b]11;?", "\x1b[6n", "\x1b[c"} {
		if bytes.Contains(s.Raw(), []byte(question)) {
			t.Errorf("the till asks the terminal: %q", question)
		}
	}
}

func TestAMuteTerminalDoesNotHoldUpACommand(t *testing.T) {
	s := newScenario(t)
	for _, args := range [][]string{{"version"}, {"--help"}, {"secret", "check", "skidkabot"}} {
		s.soon(strings.Join(args, " "), func() time.Duration {
			s.launch(terminal.Options{Mute: true}, args...)
			s.ended(0)
			return time.Since(s.Started())
		})
	}
}

func TestWhatIsScannedRightAtTheStartIsNotLost(t *testing.T) {
	s := newScenario(t)
	s.launch(terminal.Options{Mute: true})
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see(guestSum, "Александр Татарченко")
}

func TestAnUnterminatedPasteDoesNotSwallowTheKeyboard(t *testing.T) {
	s := newTill(t)
	s.press(terminal.PasteBegins + `{"type":"Skid`)
	s.pressAfterPaste(terminal.F1, "Клавиши на этом экране")
	s.press(terminal.Esc)
	s.gone("Клавиши на этом экране")
	s.greet(alexander)
	s.enterSum("1250", "Начислим 25 баллов")
	s.press(terminal.Key(terminal.PasteBegins))
	s.pressAfterPaste(terminal.CtrlC, "Выйти из программы?")
}

// pressAfterPaste presses a key until it is taken. One that comes while a busy till has not given up the paste yet goes with it.
func (s *scenario) pressAfterPaste(key terminal.Key, words string) {
	s.t.Helper()
	s.insist(words, func() {
		time.Sleep(pasteIsOver)
		s.press(key)
	}, func(limit time.Duration) error { return s.await(limit, words) })
}

// pasteIsOver is longer than a paste may be silent.
const pasteIsOver = 1200 * time.Millisecond

func TestNoTerminalNoTill(t *testing.T) {
	s := newScenario(t)
	output, err := s.shop.Command().CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 1 || !bytes.Contains(output, []byte("нужен терминал")) {
		t.Errorf("without a terminal: %v\n%s", err, output)
	}
}

package main

import (
	"os"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/skidkassa/skidkassa/tui/terminal"
)

func TestDoctorTerminal(t *testing.T) {
	d, r := newDoctor(t)
	demandFinding(t, d.terminal(t.Context()), verdictSkipped, "not a terminal", "")

	emulator, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = tty.Close(), emulator.Close() })
	d.p.stdin, d.p.stdout = tty, tty
	home := r.environ
	for name, test := range map[string]struct {
		columns, lines uint16
		env            []string
		goos           string
		answer         terminal.Answer
		err            error
		verdict        verdict
		detail         string
		cure           string
	}{
		"good":           {80, 24, []string{"TERM=xterm", "LANG=en_GB.UTF-8"}, "linux", terminal.Answer{UTF8: true}, nil, verdictOK, "16 colours", ""},
		"utf8":           {80, 24, []string{"TERM=xterm-256color", "LC_ALL=C.utf8", "LANG=C"}, "linux", terminal.Answer{UTF8: true}, nil, verdictOK, "256 colours", ""},
		"true colour":    {80, 24, []string{"TERM=xterm", "LANG=C.UTF-8", "COLORTERM=truecolor"}, "linux", terminal.Answer{UTF8: true}, nil, verdictOK, "all colours", ""},
		"NO_COLOR":       {80, 24, []string{"TERM=xterm", "LANG=C.UTF-8", "NO_COLOR=1"}, "linux", terminal.Answer{UTF8: true}, nil, verdictOK, "no colours", ""},
		"console":        {80, 24, []string{"TERM=linux", "LANG=C.UTF-8"}, "linux", terminal.Answer{UTF8: true}, nil, verdictOK, "plain characters", ""},
		"mute":           {80, 24, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", terminal.Answer{}, terminal.ErrMute, verdictOK, "answers no questions", ""},
		"broken":         {80, 24, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", terminal.Answer{}, os.ErrClosed, verdictOK, "80x24", ""},
		"bytes":          {80, 24, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", terminal.Answer{}, nil, verdictFail, "does not know UTF-8", "switch UTF-8 on"},
		"narrow":         {79, 24, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", terminal.Answer{UTF8: true}, nil, verdictFail, "79x24", "80x24"},
		"low":            {80, 23, []string{"TERM=xterm", "LANG=C.UTF-8"}, "linux", terminal.Answer{UTF8: true}, nil, verdictFail, "80x23", "80x24"},
		"dumb":           {80, 24, []string{"TERM=dumb", "LANG=C.UTF-8"}, "linux", terminal.Answer{}, nil, verdictFail, "TERM dumb", "another terminal"},
		"no UTF-8":       {80, 24, []string{"TERM=xterm", "LANG=ru_RU.KOI8-R", "LC_MESSAGES=C"}, "linux", terminal.Answer{UTF8: true}, nil, verdictWarning, "KOI8-R", "UTF-8"},
		"no locale":      {80, 24, []string{"TERM=xterm"}, "linux", terminal.Answer{UTF8: true}, nil, verdictWarning, "unknown", "UTF-8 locale"},
		"Windows' names": {80, 24, nil, "windows", terminal.Answer{}, nil, verdictOK, "all colours", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := pty.Setsize(tty, &pty.Winsize{Rows: test.lines, Cols: test.columns}); err != nil {
				t.Fatal(err)
			}
			d.p.environ, d.p.goos, d.p.spoken = append(test.env, home...), test.goos, english().Texts
			d.askScreen = func(*os.File, *os.File, time.Duration) (terminal.Answer, error) { return test.answer, test.err }
			demandFinding(t, d.terminal(t.Context()), test.verdict, test.detail, test.cure)
		})
	}
}

// What a script reads is not interrupted by a question to the terminal.
func TestDoctorAsksNoTerminalForAScript(t *testing.T) {
	d, _ := newDoctor(t)
	d.p.forScript = true
	d.askScreen = func(*os.File, *os.File, time.Duration) (terminal.Answer, error) {
		t.Error("it asks")
		return terminal.Answer{}, nil
	}
	if answer, mute := d.ask(nil, nil); !answer.UTF8 || mute {
		t.Errorf("got %+v, %v", answer, mute)
	}
}

func TestDoctorScanner(t *testing.T) {
	d, _ := newDoctor(t)
	for gap, want := range map[time.Duration]struct {
		verdict verdict
		detail  string
		cure    string
	}{
		50 * time.Millisecond:  {verdictOK, "50ms between its characters", ""},
		20 * time.Millisecond:  {verdictOK, "20ms", ""},
		10 * time.Millisecond:  {verdictWarning, "slow scanner", "skidkassa setup"},
		200 * time.Millisecond: {verdictWarning, "fast typing", "skidkassa setup"},
	} {
		d.place.loaded.Settings.Scanner.Gap = gap
		demandFinding(t, d.scanner(t.Context()), want.verdict, want.detail, want.cure)
	}
}

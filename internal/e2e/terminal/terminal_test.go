//go:build !windows

package terminal_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/screenshot"
)

// playVariable makes the test binary one of the programs below instead.
const playVariable = "TERMINAL_TEST_PLAY"

func TestMain(m *testing.M) {
	play, ok := programs[os.Getenv(playVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if _, err := term.MakeRaw(int(os.Stdin.Fd())); err != nil {
		panic(err)
	}
	play()
	os.Exit(3)
}

// programs are what runs in the terminal.
var programs = map[string]func(){
	// Says what it reads, piece by piece, until it reads Ctrl-C.
	"keys": func() {
		fmt.Print("ready\r\n")
		chunk := make([]byte, 256)
		for {
			n, err := os.Stdin.Read(chunk)
			if err != nil || bytes.Contains(chunk[:n], []byte(terminal.CtrlC)) {
				return
			}
			fmt.Printf("<%s>\r\n", strings.ReplaceAll(fmt.Sprintf("%q", chunk[:n]), "\"", ""))
		}
	},
	"colours": func() {
		fmt.Print("\x1b[?25l\x1b[31mr\x1b[1mb\x1b[0;4mu\x1b[0;3mi\x1b[0;7mv\x1b[0;38;2;250;128;7md\x1b[0;48;5;200mp\x1b[0m")
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
	},
	// Tears a character apart between two writes.
	"torn": func() {
		text := "сумма\u00a01"
		for i := range len(text) {
			_, _ = os.Stdout.Write([]byte{text[i]})
			time.Sleep(2 * time.Millisecond)
		}
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
	},
	// Asks for the cursor, and says whether an answer came.
	"ask": func() {
		fmt.Print("\x1b[6n")
		answer := make(chan string)
		go func() {
			text, _ := bufio.NewReader(os.Stdin).ReadString('R')
			answer <- text
		}()
		select {
		case text := <-answer:
			fmt.Printf("answer %q\r\n", text)
		case <-time.After(300 * time.Millisecond):
			fmt.Print("no answer\r\n")
		}
	},
	// Says the size of the window whenever it changes, and ends by SIGTERM.
	"size": func() {
		signals := make(chan os.Signal, 8)
		signal.Notify(signals, syscall.SIGWINCH, syscall.SIGTERM)
		for {
			columns, rows, _ := term.GetSize(int(os.Stdin.Fd()))
			fmt.Printf("\x1b[2J\x1b[Hsize %dx%d\r\n", columns, rows)
			if <-signals == syscall.SIGTERM {
				return
			}
		}
	},
}

func start(t *testing.T, play string, options terminal.Options) *terminal.Terminal {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), playVariable+"="+play)
	term, err := terminal.Start(process, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := term.Close(); err != nil {
			t.Error(err)
		}
	})
	return term
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysArriveAsTheyWerePressed(t *testing.T) {
	term := start(t, "keys", terminal.Options{})
	must(t, term.WaitFor("ready"))
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return term.Press(terminal.F2) }, `<\x1bOQ>`},
		{func() error { return term.Scan("{ц}", terminal.AtOnce()) }, `<{ц}\r>`},
		{func() error { return term.Scan("ж", terminal.Pasted()) }, `<\x1b[200~ж\r\x1b[201~>`},
		{func() error { return term.Scan("a", terminal.EachRune(20*time.Millisecond)) }, "<a>\n<\\r>"},
		{func() error { return term.Scan("э", terminal.EachByte(20*time.Millisecond)) }, "<\\xd1>\n<\\x8d>\n<\\r>"},
		{func() error { return term.Type("ю", 0) }, `<ю>`},
		{func() error { return term.TypeSeen("яx", 0) }, "<я>\n<x>"}, // the second waits for the first, without any pause
	} {
		must(t, step.do())
		must(t, term.WaitFor()) // nothing: at once
		_, err := term.Await(step.want, terminal.Patience, func(screen string) bool { return strings.Contains(screen, step.want) })
		must(t, err)
	}
}

func TestTheLongestPauseOfAScanIsTold(t *testing.T) {
	term := start(t, "keys", terminal.Options{})
	must(t, term.WaitFor("ready"))
	const pause = 20 * time.Millisecond
	for _, scan := range []struct {
		manner      terminal.Manner
		least, most time.Duration
	}{{terminal.AtOnce(), 0, 0}, {terminal.EachRune(pause), pause, time.Minute}} {
		longest, err := term.ScanTimed("abc", scan.manner)
		must(t, err)
		if longest < scan.least || longest > scan.most {
			t.Errorf("the longest pause was %s, want %s to %s", longest, scan.least, scan.most)
		}
	}
}

func TestTextIsShownWholeHoweverItComes(t *testing.T) {
	term := start(t, "torn", terminal.Options{})
	must(t, term.WaitFor("сумма 1"))
	if raw := string(term.Raw()); raw != "сумма\u00a01" {
		t.Errorf("the record is %q", raw)
	}
}

func TestQuestionsAreAnsweredUnlessTheTerminalIsMute(t *testing.T) {
	must(t, start(t, "ask", terminal.Options{}).WaitFor(`answer "\x1b[1;1R"`))
	must(t, start(t, "ask", terminal.Options{Mute: true}).WaitFor("no answer"))
}

func TestCellsHaveTheirLook(t *testing.T) {
	term := start(t, "colours", terminal.Options{Columns: 10, Rows: 2})
	must(t, term.WaitFor("rbuivdp"))
	cells := term.Cells()
	if len(cells) != 2 || len(cells[0]) != 10 {
		t.Fatalf("%d lines of %d cells", len(cells), len(cells[0]))
	}
	want := []screenshot.Cell{
		{Rune: 'r', Foreground: 1, Background: screenshot.Default},
		{Rune: 'b', Foreground: 9, Background: screenshot.Default, Bold: true},
		{Rune: 'u', Foreground: screenshot.Default, Background: screenshot.Default, Underline: true},
		{Rune: 'i', Foreground: screenshot.Default, Background: screenshot.Default, Italic: true},
		{Rune: 'v', Foreground: screenshot.DefaultInverse, Background: screenshot.DefaultInverse},
		{Rune: 'd', Foreground: 250<<16 | 128<<8 | 7, Background: screenshot.Default},
		{Rune: 'p', Foreground: screenshot.Default, Background: 200},
	}
	for x, cell := range want {
		if got := cells[0][x]; got != cell {
			t.Errorf("cell %d is %+v, want %+v", x, got, cell)
		}
	}
	if rgb, ok := cells[0][5].Foreground.RGB(); !ok || rgb != 0xfa8007 {
		t.Errorf("the direct colour is %#x, %v", rgb, ok)
	}
	if _, ok := screenshot.Color(200).RGB(); ok {
		t.Error("a colour of the palette passes for a direct one")
	}
	if column, row, visible := term.Cursor(); column != 7 || row != 0 || visible {
		t.Errorf("the cursor stands at %d, %d, visible: %v", column, row, visible)
	}
}

func TestTheProgramLearnsOfANewSize(t *testing.T) {
	term := start(t, "size", terminal.Options{})
	must(t, term.WaitFor("size 80x24"))
	must(t, term.Resize(140, 45))
	must(t, term.WaitFor("size 140x45"))
	must(t, term.WaitGone("80x24"))
	must(t, term.Signal(syscall.SIGTERM))
	code, err := term.Exit(terminal.Patience)
	must(t, err)
	if code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
}

func TestWhatDoesNotComeIsAnErrorWithTheScreen(t *testing.T) {
	term := start(t, "keys", terminal.Options{})
	must(t, term.WaitFor("ready"))
	_, err := term.Await("miracle", 20*time.Millisecond, func(string) bool { return false })
	var timeout *terminal.TimeoutError
	if !errors.As(err, &timeout) || !strings.Contains(err.Error(), "miracle") || !strings.Contains(err.Error(), "ready") {
		t.Errorf("the error is %v", err)
	}
	if _, err := term.Exit(20 * time.Millisecond); !errors.As(err, &timeout) {
		t.Errorf("the program has ended by itself: %v", err)
	}
}

func TestTheEndOfTheProgramEndsTheWait(t *testing.T) {
	term := start(t, "keys", terminal.Options{})
	must(t, term.WaitFor("ready"))
	waited := make(chan error)
	go func() { waited <- term.WaitFor("never") }()
	must(t, term.Press(terminal.CtrlC))
	if err := <-waited; !errors.Is(err, terminal.ErrEnded) {
		t.Errorf("waiting over the end gave %v", err)
	}
	if err := term.WaitFor("never"); !errors.Is(err, terminal.ErrEnded) {
		t.Errorf("waiting after the end gave %v", err)
	}
	<-term.Exited()
	must(t, term.Kill()) // a program that is gone is as good as killed
}

func TestKilledProgramsHaveNoExitCode(t *testing.T) {
	term := start(t, "keys", terminal.Options{})
	must(t, term.WaitFor("ready"))
	if term.PID() <= 0 || time.Since(term.Started()) > terminal.Patience {
		t.Errorf("process %d started at %s", term.PID(), term.Started())
	}
	must(t, term.Kill())
	if code, err := term.Exit(time.Second); code != -1 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestAProgramThatIsNotThereCannotBeStarted(t *testing.T) {
	if _, err := terminal.Start(exec.Command("/no/such/program"), terminal.Options{}); err == nil {
		t.Error("it was started")
	}
}

func TestWritingToAClosedTerminalFails(t *testing.T) {
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), playVariable+"=keys")
	term, err := terminal.Start(process, terminal.Options{})
	must(t, err)
	must(t, term.Close())
	for name, err := range map[string]error{
		"Press":    term.Press(terminal.Tab),
		"Type":     term.Type("1", 0),
		"TypeSeen": term.TypeSeen("1", 0),
		"Scan":     term.Scan("1", terminal.AtOnce()),
	} {
		if err == nil {
			t.Errorf("%s worked", name)
		}
	}
}

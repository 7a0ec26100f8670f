//go:build !windows

// The command picture makes the pictures of the documentation from the real screen: it runs the built till in a
// pseudo-terminal against the built simulator, does what a cashier does, and draws the terminal's cells as SVG.
//
//	go run ./internal/e2e/picture docs/screens
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: picture FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

// run draws the pictures into a folder.
func run(folder string) (err error) {
	scratch, err := os.MkdirTemp("", "skidkassa-picture-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	binary, err := shop.Build(scratch, shop.Program)
	if err != nil {
		return err
	}
	service, err := startSimulator(binary)
	if err != nil {
		return err
	}
	defer service.stop()
	till, err := shop.New(scratch, binary, service.url)
	if err != nil {
		return err
	}
	term, err := terminal.Start(till.Command(), terminal.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, term.Close()) }()
	return shoot(term, service.payloads, folder)
}

// shoot serves guests as a cashier does and draws the screens on the way. The first two give the idle screen a history.
func shoot(term *terminal.Terminal, payloads [2]string, folder string) error {
	camera := camera{term: term, folder: folder}
	camera.wait("Отсканируйте QR")
	camera.serve(payloads[0], "860", terminal.F3, "Списано")
	camera.read(terminal.Enter)
	camera.serve(payloads[1], "2400", terminal.F2, "Начислено")
	camera.read(terminal.Enter)
	camera.wait("Последние операции", "начисление", "списание")
	camera.draw("idle.svg", "Skidkassa waits for a scan")

	camera.greet(payloads[0], "1250,50")
	camera.wait("Начислим 25")
	camera.draw("guest.svg", "Skidkassa shows the guest, with the sum of the receipt entered")

	camera.press(terminal.F3)
	camera.confirm()
	camera.wait("Списано")
	camera.draw("result.svg", "Skidkassa shows the result of a redemption")
	camera.press(terminal.F10)
	return camera.err
}

const (
	typing  = 60 * time.Millisecond
	look    = 400 * time.Millisecond
	reading = 1300 * time.Millisecond
)

// camera does one thing after the other until one fails.
type camera struct {
	term   *terminal.Terminal
	folder string
	err    error
}

func (c *camera) do(act func() error) {
	if c.err == nil {
		c.err = act()
	}
}

func (c *camera) wait(texts ...string) {
	c.do(func() error { return c.term.WaitFor(texts...) })
}

// press presses a key after a look at the screen, as a person does: one that came by itself takes no key at first.
func (c *camera) press(key terminal.Key) { c.pressAfter(look, key) }

// read presses a key after the screen was read: a result takes no Enter before it can have been.
func (c *camera) read(key terminal.Key) { c.pressAfter(reading, key) }

func (c *camera) pressAfter(pause time.Duration, key terminal.Key) {
	c.do(func() error {
		time.Sleep(pause)
		return c.term.Press(key)
	})
}

// greet scans a guest and enters the sum of the receipt.
func (c *camera) greet(payload, sum string) {
	c.do(func() error { return c.term.Scan(payload, terminal.AtOnce()) })
	c.wait("Сумма чека", "Баланс")
	c.do(func() error { return c.term.Type(sum, typing) })
}

// serve greets a guest and carries out what the key asks for.
func (c *camera) serve(payload, sum string, action terminal.Key, done string) {
	c.greet(payload, sum)
	c.press(action)
	c.confirm()
	c.wait(done)
}

// confirm answers the question with yes.
func (c *camera) confirm() {
	c.wait("?", "Покупатель:")
	c.press(terminal.Enter)
}

func (c *camera) draw(name, title string) {
	c.do(func() error {
		if err := os.MkdirAll(c.folder, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(c.folder, name), []byte(svg(c.term.Cells(), title)), 0o644)
	})
}

// simulator is the service as the till's own program plays it.
type simulator struct {
	process  *exec.Cmd
	url      string
	payloads [2]string // its customers' QRs
}

var (
	urlPattern     = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	payloadPattern = regexp.MustCompile(`\{"type":"Skidkabot".*\}`)
)

var errNoSimulator = errors.New("the simulator did not say its address and two QRs")

// startSimulator starts the simulator and reads its address and QRs from what it says.
func startSimulator(binary string) (*simulator, error) {
	s := &simulator{process: exec.Command(binary, "sim", "skidkabot", "--listen", "127.0.0.1:0")}
	output, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	found := 0
	for lines := bufio.NewScanner(output); found < len(s.payloads) && lines.Scan(); {
		if s.url == "" {
			s.url = urlPattern.FindString(lines.Text())
		}
		if payload := payloadPattern.FindString(lines.Text()); payload != "" {
			s.payloads[found] = payload
			found++
		}
	}
	if s.url == "" || found < len(s.payloads) {
		s.stop()
		return nil, errNoSimulator
	}
	go func() { _, _ = io.Copy(io.Discard, output) }() // a full pipe would stop it
	return s, nil
}

func (s *simulator) stop() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

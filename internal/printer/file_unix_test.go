//go:build unix

package printer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// openTerminal gives a device file that can answer, as a USB printer's can, and the other end of it.
func openTerminal(t *testing.T) (device string, printer *os.File) {
	t.Helper()
	printer, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := term.MakeRaw(int(slave.Fd())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		slave.Close()
		printer.Close()
	})
	return slave.Name(), printer
}

func TestADeviceFileThatAnswers(t *testing.T) {
	device, printer := openTerminal(t)
	if _, err := io.WriteString(printer, "\x1a\x72\x00"); err != nil { // what it said to who had it open before
		t.Fatal(err)
	}
	printed := make(chan []byte, 1)
	go func() {
		var data []byte
		in := bufio.NewReader(printer)
		for {
			b, err := in.ReadByte()
			if err != nil {
				return
			}
			data = append(data, b)
			switch n := len(data); {
			case n >= 3 && data[n-3] == dle && data[n-2] == eot:
				data = data[:n-3]
				_, _ = printer.Write([]byte{allWell})
			case bytes.HasSuffix(data, askWhenPrinted):
				_, _ = printer.Write([]byte{0})
				printed <- data
				return
			}
		}
	}()
	p := mustOpen(t, "file://"+device)
	mustPrint(t, p, "Чек")
	slips, err := printertest.Decode(<-printed)
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, slips, "Чек ✂")
	if got := p.lastStatus(); got != (Status{State: Ready}) {
		t.Errorf("got %v, want ready", got)
	}
}

func TestADeviceFileThatIsMute(t *testing.T) {
	device, printer := openTerminal(t)
	p := mustOpen(t, "file://"+device)
	mustPrint(t, p, "Чек")
	data := make([]byte, 4096)
	n, err := printer.Read(data)
	for err == nil && !bytes.HasSuffix(data[:n], []byte{gs, 'V', 'B', 0}) {
		var more int
		more, err = printer.Read(data[n:])
		n += more
	}
	if err != nil {
		t.Fatal(err)
	}
	slips, err := printertest.Decode(data[:n])
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, slips, "Чек ✂")
}

// TestADeviceThatHangs has a pipe that nobody reads: to open it blocks for ever.
func TestADeviceThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Open("file://"+path, Options{Limits: Limits{Dial: 300 * time.Millisecond, Write: 300 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Print(t.Context(), slip("Чек"))
	wantFailure(t, err, Status{Offline, CauseUnreachable}, false)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
	if err := p.Print(t.Context(), slip("Чек")); !errors.Is(err, errStuck) {
		t.Errorf("got %v, want errStuck: the first call is still out", err)
	}
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // now the late call comes back, and closes what it opened
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	turn := p.port.(*filePort).turn
	turn <- struct{}{}
	<-turn
	mustPrint(t, p, "Чек")

	// A pipe that is read by nobody fills up: the write hangs, and is given up.
	var long Doc
	for range 2000 {
		long.Text("строка, которой не хватит места в трубе", Plain)
	}
	wantFailure(t, p.Print(t.Context(), long), Status{Offline, CauseSilent}, true)
	if got := p.Status(t.Context()); got != (Status{Offline, CauseUnreachable}) {
		t.Errorf("got %v, want unreachable: the device hangs", got)
	}
}

package printer

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// quick are limits for a printer in the same machine: what waits for nothing waits briefly.
var quick = Limits{Dial: 5 * time.Second, Answer: 1500 * time.Millisecond, Write: 10 * time.Second, Finish: 4 * time.Second}

func mustOpen(t *testing.T, device string) *Printer {
	t.Helper()
	p, err := Open(device, Options{Columns: 32, Limits: quick})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// slip is a document with one text.
func slip(text string) Doc {
	var doc Doc
	doc.Text(text, Plain)
	doc.Cut()
	return doc
}

func mustPrint(t *testing.T, p *Printer, text string) {
	t.Helper()
	if err := p.Print(t.Context(), slip(text)); err != nil {
		t.Fatal(err)
	}
}

// wantFailure is the failure of a print, with the state and whether it was sent.
func wantFailure(t *testing.T, err error, status Status, sent bool) {
	t.Helper()
	var failure *PrintError
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want a PrintError", err)
	}
	if failure.Status != status || failure.Sent != sent {
		t.Errorf("got %v, sent %t; want %v, sent %t (%v)", failure.Status, failure.Sent, status, sent, err)
	}
}

func wantTexts(t *testing.T, slips []printertest.Slip, want ...string) {
	t.Helper()
	var got []string
	for _, slip := range slips {
		got = append(got, strings.TrimSpace(strings.ReplaceAll(slip.Text(), "\n", " ")))
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStatusAndPrint(t *testing.T) {
	for _, test := range []struct {
		trouble printertest.Trouble
		want    Status
	}{
		{printertest.Trouble{}, Status{State: Ready}},
		{printertest.Trouble{PaperLow: true}, Status{State: PaperLow}},
		{printertest.Trouble{NoPaper: true}, Status{State: NoPaper}},
		{printertest.Trouble{CoverOpen: true}, Status{Offline, CauseCover}},
		{printertest.Trouble{CoverOpen: true, NoPaper: true}, Status{Offline, CauseCover}},
		{printertest.Trouble{Failure: true}, Status{Offline, CauseError}},
		{printertest.Trouble{Offline: true}, Status{Offline, CauseSwitched}},
		{printertest.Trouble{Mute: true}, Status{State: Unknown}},
		{printertest.Trouble{Delay: 5 * time.Millisecond}, Status{State: Ready}},
	} {
		t.Run(test.want.String(), func(t *testing.T) {
			fake := printertest.Start(t)
			fake.Set(test.trouble)
			p := mustOpen(t, fake.Device())
			if got := p.Status(t.Context()); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			err := p.Print(t.Context(), slip("Чек"))
			if test.want.CanPrint() {
				if err != nil {
					t.Fatal(err)
				}
				wantTexts(t, fake.Wait(1), "Чек ✂")
				return
			}
			wantFailure(t, err, test.want, false)
			fake.Stop()
			wantTexts(t, fake.Slips())
		})
	}
}

func TestAMuteDeviceCountsAsReadyOnceItTookADocument(t *testing.T) {
	fake := printertest.Start(t)
	fake.Set(printertest.Trouble{Mute: true})
	p := mustOpen(t, fake.Device())
	mustPrint(t, p, "Чек")
	if got := p.Status(t.Context()); got != (Status{State: Ready}) {
		t.Errorf("got %v, want ready", got)
	}
}

func TestAPrinterThatHasAnsweredAndIsSilentNow(t *testing.T) {
	fake := printertest.Start(t)
	p := mustOpen(t, fake.Device())
	mustPrint(t, p, "один")
	fake.Set(printertest.Trouble{Mute: true})
	wantFailure(t, p.Print(t.Context(), slip("два")), Status{Offline, CauseSilent}, false)
	fake.Set(printertest.Trouble{})
	mustPrint(t, p, "три")
	wantTexts(t, fake.Wait(2), "один ✂", "три ✂")
}

func TestAPrinterThatNeverConfirms(t *testing.T) {
	fake := printertest.Start(t)
	fake.Set(printertest.Trouble{Unconfirmed: true})
	p := mustOpen(t, fake.Device())
	start := time.Now()
	mustPrint(t, p, "один")
	if passed := time.Since(start); passed < quick.Finish {
		t.Errorf("the first was waited for %v, want at least %v", passed, quick.Finish)
	}
	start = time.Now()
	mustPrint(t, p, "два")
	if passed := time.Since(start); passed >= quick.Finish {
		t.Errorf("the second was waited for %v, want less than %v: it is known by now", passed, quick.Finish)
	}
	fake.Set(printertest.Trouble{})
	mustPrint(t, p, "три")
	if p.hasty.Load() {
		t.Error("it confirmed, and is to be waited for again")
	}
	wantTexts(t, fake.Wait(3), "один ✂", "два ✂", "три ✂")
}

func TestPaperThatEndsInTheMiddle(t *testing.T) {
	fake := printertest.Start(t)
	fake.Set(printertest.Trouble{PaperFor: 2})
	p := mustOpen(t, fake.Device())
	err := p.Print(t.Context(), slip("один\nдва\nтри"))
	wantFailure(t, err, Status{State: NoPaper}, true)
	wantTexts(t, fake.Wait(1), "один два")
	if !strings.Contains(err.Error(), "not known to be printed: no_paper") {
		t.Errorf("got %q", err)
	}
	if got := p.Status(t.Context()); got.State != NoPaper {
		t.Errorf("got %v, want no paper", got)
	}
}

func TestAConnectionThatBreaks(t *testing.T) {
	fake := printertest.Start(t)
	p := mustOpen(t, fake.Device())
	fake.Set(printertest.Trouble{DropAfter: 20}) // nine bytes are questions, seven the head of the document
	wantFailure(t, p.Print(t.Context(), slip("шесть слов, которых не будет")), Status{Offline, CauseUnreachable}, true)
	fake.Set(printertest.Trouble{DropAfter: 3})
	wantFailure(t, p.Print(t.Context(), slip("ничего")), Status{Offline, CauseUnreachable}, false)
	fake.Stop()
	wantFailure(t, p.Print(t.Context(), slip("ничего")), Status{Offline, CauseUnreachable}, false)
	wantTexts(t, fake.Slips(), "шест")
}

func TestStatusWhileAnotherSpeaksWithThePrinter(t *testing.T) {
	p := mustOpen(t, printertest.Start(t).Device())
	p.remember(Status{State: PaperLow})
	p.turn <- struct{}{}
	status := make(chan Status)
	go func() { status <- p.Status(t.Context()) }()
	p.release()
	if got := <-status; got != (Status{State: Ready}) {
		t.Errorf("after another's question: got %v, want a fresh look", got)
	}
	p.remember(Status{State: PaperLow})
	p.printing.Store(true)
	if got := p.Status(t.Context()); got != (Status{State: PaperLow}) {
		t.Errorf("while it prints: got %v, want the last one known", got)
	}
}

func TestWhoeverComesWhileThePrinterIsTakenDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := mustOpen(t, "tcp://printer")
		p.remember(Status{State: PaperLow})
		p.turn <- struct{}{}
		start := time.Now()
		if got := p.Status(t.Context()); got != (Status{State: PaperLow}) {
			t.Errorf("got %v, want the last one known", got)
		}
		if got, want := time.Since(start), quick.Dial+4*quick.Answer; got != want {
			t.Errorf("a status waited for %v, want %v", got, want)
		}
		start = time.Now()
		wantFailure(t, p.Print(t.Context(), slip("Чек")), Status{State: PaperLow}, false)
		if got := time.Since(start); got != PrintLimit {
			t.Errorf("a print waited for %v, want %v", got, PrintLimit)
		}
	})
}

func TestACallerWithLittleTime(t *testing.T) {
	fake := printertest.Start(t)
	fake.Set(printertest.Trouble{Delay: time.Hour})
	p, err := Open(fake.Device(), Options{Limits: Limits{Answer: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	little, cancelLittle := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancelLittle()
	if got := p.Status(little); got != (Status{Offline, CauseSilent}) {
		t.Errorf("got %v, want silent", got)
	}
	if p.answered.Load() {
		t.Error("it has not answered")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	err = p.Print(gone, slip("Чек"))
	wantFailure(t, err, Status{Offline, CauseSilent}, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestCancellingWakesWhoWaitsForAnAnswer(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	ctx, cancel := context.WithCancel(t.Context())
	s := newSession(ctx, ours, Limits{Answer: time.Hour})
	defer s.close()
	go func() {
		_, _ = io.ReadFull(theirs, make([]byte, 3)) // the question
		cancel()
	}()
	_, err := s.ask(askPrinter)
	if !errors.Is(err, context.Canceled) || statusOf(err) != (Status{State: Unknown}) {
		t.Errorf("got %v, want context.Canceled, which says nothing of the printer", err)
	}
}

func TestOneSpeaksAtATime(t *testing.T) {
	fake := printertest.Start(t)
	p := mustOpen(t, fake.Device())
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			if err := p.Print(t.Context(), slip("строка\nстрока\nстрока")); err != nil {
				t.Error(err)
			}
		})
		calls.Go(func() {
			if got := p.Status(t.Context()); !got.CanPrint() {
				t.Errorf("got %v", got)
			}
		})
	}
	calls.Wait()
	for _, slip := range fake.Wait(4) {
		if len(slip.Lines) != 3 || !slip.Cut {
			t.Errorf("a torn slip: %q", slip.Text())
		}
	}
}

func TestADocumentThatCannotBePrinted(t *testing.T) {
	fake := printertest.Start(t)
	var doc Doc
	doc.QR("")
	if err := mustOpen(t, fake.Device()).Print(t.Context(), doc); !errors.Is(err, ErrDocument) {
		t.Errorf("got %v, want ErrDocument", err)
	}
}

// TestWhatAPrinterSays feeds a session with bytes that real printers send.
func TestWhatAPrinterSays(t *testing.T) {
	for _, test := range []struct {
		name, says string
		want       Status
		err        error
	}{
		{"well", "\x12\x12\x12", Status{State: Ready}, nil},
		{"drawer and feed bits mean nothing", "\x16\x1a\x12", Status{State: Ready}, nil},
		{"one end sensor", "\x1a\x12\x32", Status{State: NoPaper}, nil},
		{"stops for the paper", "\x1a\x32\x12", Status{State: NoPaper}, nil},
		{"near the end", "\x12\x12\x1e", Status{State: PaperLow}, nil},
		{"flow control between", "\x11\x12\x13\x12\x12", Status{State: Ready}, nil},
		{"unasked status between", "\x10\x00\x0c\x0f\x12\x12\x12", Status{State: Ready}, nil},
		{"knows the first question only", "\x12", Status{State: Ready}, nil},
		{"silent", "", Status{}, errSilent},
		{"a broken unasked status", "\x10\x00", Status{}, errSilent},
		{"chatter", strings.Repeat("\x11", heardBytes+1), Status{}, errSilent},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				defer ours.Close()
				defer theirs.Close()
				go func() { _, _ = io.Copy(io.Discard, theirs) }()
				go func() { _, _ = io.WriteString(theirs, test.says) }()
				s := newSession(t.Context(), ours, quick)
				got, err := s.status()
				if got != test.want || !errors.Is(err, test.err) {
					t.Errorf("got %v, %v; want %v, %v", got, err, test.want, test.err)
				}
			})
		})
	}
}

func TestAPrinterThatTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		s := newSession(t.Context(), ours, quick)
		defer s.close()
		sent, err := s.send([]byte("Чек"))
		if !sent || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("sent %t, %v; want sent, a deadline", sent, err)
		}
		if got := statusOf(err); got != (Status{Offline, CauseSilent}) {
			t.Errorf("got %v", got)
		}
	})
}

// pipePort is a printer at the other end of a pipe, which takes nothing that is not read.
type pipePort struct{ link link }

func (p pipePort) open(context.Context, time.Duration) (link, bool, error) { return p.link, true, nil }

// TestAPrinterThatStopsInTheMiddle has one that answers, takes a part of the document, and then nothing for as long as a
// write may take.
func TestAPrinterThatStopsInTheMiddle(t *testing.T) {
	for _, test := range []struct {
		name string
		says []string // after it has stopped
		want Status
	}{
		{"and says why", []string{"\x1a", "\x32", "\x7e"}, Status{State: NoPaper}},
		{"and says nothing", nil, Status{Offline, CauseSilent}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				defer theirs.Close()
				p := mustOpen(t, "tcp://printer")
				p.port = pipePort{ours}
				go func() {
					answer(theirs, "\x12", "\x12", "\x12")
					_, _ = io.ReadFull(theirs, make([]byte, 12))
					time.Sleep(quick.Write + quick.Answer/2)
					answer(theirs, test.says...)
				}()
				err := p.Print(t.Context(), slip("Чек"))
				wantFailure(t, err, test.want, true)
				if !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("got %v, want a deadline", err)
				}
			})
		})
	}
}

// TestAnOldConfirmation has a printer that answers to GS r before it was asked; what its cover says counts.
func TestAnOldConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		p := mustOpen(t, "tcp://printer")
		p.port = pipePort{ours}
		data, err := p.layout.encode(slip("Чек"))
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			answer(theirs, "\x00\x12", "\x12", "\x12")
			_, _ = io.ReadFull(theirs, make([]byte, len(data)+len(askWhenPrinted)))
			answer(theirs, "\x1a", "\x16", "\x12")
		}()
		wantFailure(t, p.Print(t.Context(), slip("Чек")), Status{Offline, CauseCover}, true)
	})
}

// TestSilenceInLittleTime shows that a printer is not taken for a mute one by a caller that could not wait.
func TestSilenceInLittleTime(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer theirs.Close()
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			p := mustOpen(t, "tcp://printer")
			p.port = pipePort{ours}
			ctx, cancel := context.WithTimeout(t.Context(), quick.Answer/2)
			defer cancel()
			if got := p.Status(ctx); got != (Status{Offline, CauseSilent}) {
				t.Errorf("got %v, want silent", got)
			}
		})
	}
}

// answer says one thing after each question.
func answer(conn net.Conn, says ...string) {
	question := make([]byte, 3)
	for _, text := range says {
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

func TestASessionAfterItsContext(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	ctx, cancel := context.WithCancel(t.Context())
	s := newSession(ctx, ours, Limits{Write: time.Hour, Answer: time.Hour})
	defer s.close()
	cancel()
	if sent, err := s.send([]byte("Чек")); sent || !errors.Is(err, context.Canceled) {
		t.Errorf("sent %t, %v; want nothing sent", sent, err)
	}
	if _, err := s.ask(askPrinter); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := s.readByte(time.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestTroubleWhileItIsWaitedFor has a printer that answers by a script, after it was sent a document.
func TestTroubleWhileItIsWaitedFor(t *testing.T) {
	for _, test := range []struct {
		name      string
		says      []string // after each question
		confirmed bool
		want      Status
		err       error
	}{
		{"opened", []string{"\x1a", "\x16", "\x12"}, false, Status{Offline, CauseCover}, nil},
		{"says something else unasked", []string{"\x10\x00\x0c\x0f\x1a", "\x16", "\x12"}, false, Status{Offline, CauseCover}, nil},
		{"confirms late", []string{"\x12", "\x00\x12", "\x12"}, true, Status{State: Ready}, nil},
		{"confirms, then its paper ends", []string{"\x00\x1a", "\x32", "\x72"}, true, Status{State: Ready}, nil},
		{"falls silent", nil, false, Status{Offline, CauseSilent}, errSilent},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				defer ours.Close()
				defer theirs.Close()
				go func() {
					answer(theirs, test.says...)
					_, _ = io.Copy(io.Discard, theirs)
				}()
				s := newSession(t.Context(), ours, quick)
				confirmed, status, err := s.finish(time.Minute)
				if confirmed != test.confirmed || status != test.want || !errors.Is(err, test.err) {
					t.Errorf("got %t, %v, %v; want %t, %v, %v", confirmed, status, err, test.confirmed, test.want, test.err)
				}
			})
		})
	}
}

func TestFileDevices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lp0")
	p := mustOpen(t, "file://"+path)
	wantFailure(t, p.Print(t.Context(), slip("Чек")), Status{Offline, CauseUnreachable}, false)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the missing device was made: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := p.Status(t.Context()); got != (Status{State: Unknown}) {
		t.Errorf("got %v, want unknown", got)
	}
	mustPrint(t, p, "Чек")
	if got := p.Status(t.Context()); got != (Status{State: Ready}) {
		t.Errorf("got %v, want ready: it took a document", got)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	slips, err := printertest.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, slips, "Чек ✂")
}

func TestOpen(t *testing.T) {
	for _, device := range []string{
		"", "lp0", "http://host", "tcp://", "tcp://:9100", "tcp://host/queue", "tcp://user@host", "tcp://host?x=1", "file://", "file:///",
		"file:lp0", "tcp://host:port", "%zz", "file:///dev/lp0#1",
	} {
		if _, err := Open(device, Options{}); !errors.Is(err, ErrDevice) {
			t.Errorf("%q: got %v, want ErrDevice", device, err)
		}
	}
	if _, err := Open("tcp://host", Options{Columns: 40}); !errors.Is(err, ErrColumns) {
		t.Errorf("got %v, want ErrColumns", err)
	}
	for device, want := range map[string]string{"tcp://host": "host:9100", "tcp://10.0.0.5:9101/": "10.0.0.5:9101", "tcp://[::1]": "[::1]:9100"} {
		p, err := Open(device, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.port.(tcpPort).address; got != want || p.layout.columns != 42 || p.limits.Finish != DefaultFinish {
			t.Errorf("%q: got %q, want %q, with the defaults", device, got, want)
		}
	}
}

func TestDevicePath(t *testing.T) {
	for _, test := range []struct{ device, goos, want string }{
		{"file:///dev/usb/lp0", "linux", "/dev/usb/lp0"},
		{"file://localhost/dev/usb/lp0", "linux", "/dev/usb/lp0"},
		{"file://computer/share", "linux", ""},
		{"file:///LPT1", "windows", `\\.\LPT1`},
		{"file:///C:/temp/slip.bin", "windows", `C:\temp\slip.bin`},
		{"file://computer/share", "windows", `\\computer\share`},
		{"file:////computer/share", "windows", `\\computer\share`},
		{"file:///", "windows", ""},
	} {
		u, err := url.Parse(test.device)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := devicePath(u, test.goos)
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s on %s: got %q, %t; want %q", test.device, test.goos, got, ok, test.want)
		}
	}
}

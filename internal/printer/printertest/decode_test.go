package printertest

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const start = "\x1b@\x1c.\x1bt\x11"

func TestDecode(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{"", ""},
		{start + "\x97\xa5\xaa\n\x1dVB\x00", "Чек\n✂\n"},
		{start + "\x97\xa5\xaa", "Чек\n"},
		{start + "\x1bd\x03\x1dVB\x00a\n", "a\n"},
		{start + "\x1d(k\x03\x001C\x06\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0\nc\n", "[QR ab]\nc\n"},
		{"plain\n\n", "plain\n\n"},
		{"lost\x1b@kept\n", "kept\n"},
	} {
		slips, err := Decode([]byte(test.data))
		if err != nil {
			t.Errorf("%q: %v", test.data, err)
			continue
		}
		var got strings.Builder
		for _, slip := range slips {
			got.WriteString(slip.Text())
		}
		if got.String() != test.want {
			t.Errorf("%q: got %q, want %q", test.data, got.String(), test.want)
		}
	}
}

func TestDecodeStyles(t *testing.T) {
	slips, err := Decode([]byte("a\n\x1bE\x01b\n\x1d!\x11c\n\x1d!\x00\x1bE\x00d\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{{Text: "a"}, {Text: "b", Bold: true}, {Text: "c", Bold: true, Double: true}, {Text: "d"}}
	for i, line := range slips[0].Lines {
		if line != want[i] {
			t.Errorf("got %+v, want %+v", line, want[i])
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"unknown command":      "\x1bZ",
		"unknown table":        "\x1bt\x63",
		"Chinese mode":         "\x1b@\x1bt\x11\x97",
		"not a QR":             "\x1d(k\x03\x000C\x06",
		"too short for a QR":   "\x1d(k\x01\x001",
		"unknown QR function":  "\x1d(k\x03\x001Z0",
		"module of no size":    "\x1d(k\x03\x001C\x00",
		"QR inside a row":      "a\x1d(k\x03\x001Q0",
		"unknown control":      "\x07\x07",
		"cut in a command":     "\x1b",
		"cut in its parameter": "\x1bt",
		"cut in a QR":          "\x1d(k\x05\x001",
	} {
		if _, err := Decode([]byte(data)); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
	if _, err := Decode([]byte("\x1d(k\x05\x001")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want io.ErrUnexpectedEOF", err)
	}
}

// FuzzDecode shows that no stream makes the decoder panic or lose the end of a slip.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(start + "\x97\xa5\xaa\n\x1dVB\x00"))
	f.Add([]byte("\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0\n\x1b@\x10\x04\x01\x1dr\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		slips, err := Decode(data)
		for i, slip := range slips {
			if len(slip.Lines) == 0 || (!slip.Cut && i != len(slips)-1) {
				t.Errorf("slip %d of %d: %+v, %v", i, len(slips), slip, err)
			}
		}
	})
}

// dial connects to a printer, and asks it byte by byte.
func dial(t *testing.T, p *Printer) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.Device(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestAnswers(t *testing.T) {
	const questions = "\x10\x04\x01\x10\x04\x02\x10\x04\x04"
	for _, test := range []struct {
		trouble Trouble
		want    string
	}{
		{Trouble{}, "\x12\x12\x12"},
		{Trouble{PaperLow: true}, "\x12\x12\x1e"},
		{Trouble{NoPaper: true}, "\x1a\x32\x7e"},
		{Trouble{CoverOpen: true}, "\x1a\x16\x12"},
		{Trouble{Failure: true}, "\x1a\x52\x12"},
		{Trouble{Offline: true}, "\x1a\x12\x12"},
	} {
		p := Start(t)
		p.Set(test.trouble)
		conn := dial(t, p)
		if _, err := io.WriteString(conn, questions); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != test.want {
			t.Errorf("%+v: got %x, %v, want %x", test.trouble, got, err, test.want)
		}
	}
}

func TestAPrinterOutOfPaperLosesWhatItIsSent(t *testing.T) {
	p := Start(t)
	p.Set(Trouble{PaperFor: 1})
	conn := dial(t, p)
	if _, err := io.WriteString(conn, "a\nb\n\x1dVB\x00\x1dr\x01\x10\x04\x04"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 1) // the answer to DLE EOT 4 alone: GS r is not executed
	if _, err := io.ReadFull(conn, got); err != nil || got[0] != 0x7e {
		t.Errorf("got %x, %v, want 7e", got, err)
	}
	conn.Close()
	if slips := p.Wait(1); slips[0].Text() != "a\n" {
		t.Errorf("got %q, want the first row alone", slips[0].Text())
	}
}

func TestABrokenConnection(t *testing.T) {
	p := Start(t)
	p.Set(Trouble{DropAfter: 2})
	conn := dial(t, p)
	if _, err := io.WriteString(conn, "a\nb\n"); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes, %v, want an end", n, err)
	}
	if slips := p.Wait(1); slips[0].Text() != "a\n" || slips[0].Cut {
		t.Errorf("got %+v, want a slip that is torn off", slips[0])
	}
}

package terminal

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// bubbleteaBytes is the size of the buffer that bubbletea v1 reads into.
const bubbleteaBytes = 256

// newPipeReader returns a Reader with its other end.
func newPipeReader(t testing.TB) (*Reader, *os.File) {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		out.Close()
	})
	return NewReader(out), in
}

func mustWrite(t testing.TB, f io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(f, s); err != nil {
		t.Fatal(err)
	}
}

func TestReadsAreShortAndWhole(t *testing.T) {
	r, in := newPipeReader(t)
	want := strings.Repeat("ХЭензуЭЖ€\x1b[1;5C😀", 100) + strings.Repeat("x\x1b["+strings.Repeat("1;", 14)+"R", 20)
	mustWrite(t, in, want)
	var got strings.Builder
	for got.Len() < len(want) {
		buf := make([]byte, bubbleteaBytes)
		n, err := r.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 || n == len(buf) {
			t.Fatalf("a read returned %d bytes of %d", n, len(buf))
		}
		if len(r.pending) > 0 {
			t.Fatalf("%d bytes wait for a read that bubbletea may never make", len(r.pending))
		}
		got.Write(buf[:n])
		if !endsWhole([]byte(got.String()), want[got.Len():]) {
			t.Fatalf("a read ended with %q", buf[:n])
		}
	}
	if got.String() != want {
		t.Error("the bytes differ from what was written")
	}
}

func TestEscAtTheEndOfAFullReadPasses(t *testing.T) {
	r, in := newPipeReader(t)
	want := strings.Repeat("x", bubbleteaBytes-reserveBytes-1) + "\x1b"
	mustWrite(t, in, want)
	buf := make([]byte, bubbleteaBytes)
	n, err := r.Read(buf)
	if got := string(buf[:n]); got != want || err != nil {
		t.Errorf("read %q, %v; want all that was written", got, err)
	}
}

func TestReadByteByByte(t *testing.T) {
	r, in := newPipeReader(t)
	var got strings.Builder
	want := "Х€😀ъ"
	buf := make([]byte, bubbleteaBytes)
	for i := range len(want) {
		mustWrite(t, in, want[i:i+1])
		n, err := r.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(buf[:n]) {
			t.Errorf("byte %d made a read of %q", i+1, buf[:n])
		}
		got.Write(buf[:n])
	}
	if got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

func TestReadIntoASmallBuffer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, in := newPipeReader(t)
		want := strings.Join(rapid.SliceOfN(piece(), 1, 5).Draw(rt, "pieces"), "")
		mustWrite(t, in, want)
		in.Close()
		size := rapid.IntRange(1, 20).Draw(rt, "size")
		var got strings.Builder
		for {
			buf := make([]byte, size)
			n, err := r.Read(buf)
			got.Write(buf[:n])
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				rt.Fatal(err)
			}
		}
		if got.String() != want {
			rt.Errorf("got %q, want %q", got.String(), want)
		}
	})
}

func TestReadIntoNothing(t *testing.T) {
	r, _ := newPipeReader(t)
	if n, err := r.Read(nil); n != 0 || err != nil {
		t.Errorf("read %d, %v; want nothing and no error", n, err)
	}
}

func TestEndOfInputGivesWhatWasHeldBack(t *testing.T) {
	r, in := newPipeReader(t)
	mustWrite(t, in, "\x1b[200~15")
	buf := make([]byte, bubbleteaBytes)
	if _, err := r.Read(buf); err != nil {
		t.Fatal(err)
	}
	in.Close()
	n, err := r.Read(buf)
	if got := string(buf[:n]); got != pasteEnd || err != nil {
		t.Errorf("read %q, %v; want the end of the paste", got, err)
	}
	if _, err := r.Read(buf); !errors.Is(err, io.EOF) {
		t.Errorf("then %v, want io.EOF", err)
	}
}

func TestPasteIsEndedByTheClock(t *testing.T) {
	r, in := newPipeReader(t)
	now := start
	r.now = func() time.Time { return now }
	buf := make([]byte, bubbleteaBytes)
	for _, step := range []step{
		{0, "\x1b[200~15", "\x1b[200~15"},
		{PasteSilence, "\x03", "\x03"}, // still a part of the paste
		{PasteSilence + ms, "\x03", "\x1b[201~\x03"},
	} {
		now = now.Add(step.after)
		mustWrite(t, in, step.in)
		n, err := r.Read(buf)
		if got := string(buf[:n]); got != step.want || err != nil {
			t.Errorf("read %q, %v; want %q", got, err, step.want)
		}
	}
}

package scanner_test

import (
	"slices"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

// start is the time at which each test begins.
var start = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// opensPayload holds the `{` key of some layouts, with Latin letters and, from
// the Hebrew one, `]` among them, as
// the real table has.
func opensPayload(r rune) bool { return strings.ContainsRune("{[]ХхЇїÜüqQ¨^/?", r) }

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A till is what a door makes of the decoder: one field that takes typing and
// gives it back, and a timer.
type till struct {
	t       tester
	decoder *scanner.Decoder
	now     time.Time
	late    bool // the timer never fires on time

	content  []rune // of the field
	snapshot []rune
	typed    []scanner.Typing
	scans    []scanner.Scan
	retracts int
	pressed  []scanner.Key // Enter, Tab and other keys that acted
}

func newTill(t tester, field scanner.Field) *till {
	d := scanner.New(scanner.Options{OpensPayload: opensPayload})
	d.SetField(field)
	return &till{t: t, decoder: d, now: start}
}

// wait lets time pass, with the timer of the decoder.
func (k *till) wait(gap time.Duration) {
	until := k.now.Add(gap)
	for !k.late {
		at, ok := k.decoder.Deadline()
		if !ok || at.After(until) {
			break
		}
		k.now = at
		k.apply(k.decoder.Tick(at))
		if next, ok := k.decoder.Deadline(); ok && !next.After(at) {
			k.t.Fatalf("Deadline stays at %v after Tick", at)
		}
	}
	k.now = until
}

// settle waits until nothing is pending.
func (k *till) settle() {
	k.late = false
	k.wait(time.Second)
	if _, ok := k.decoder.Deadline(); ok {
		k.t.Fatalf("a deadline remains after a second of silence")
	}
}

func (k *till) feed(in scanner.Input) {
	in.At = k.now
	k.apply(k.decoder.Feed(in))
}

func (k *till) text(s string) { k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(s)}) }

func (k *till) enter() { k.feed(scanner.Input{Key: scanner.KeyEnter}) }

// scanRunes types each rune as a message of its own.
func (k *till) scanRunes(s string, gap time.Duration) {
	for i, r := range []rune(s) {
		if i > 0 {
			k.wait(gap)
		}
		k.text(string(r))
	}
}

func (k *till) apply(events []scanner.Event) {
	for _, event := range events {
		switch event := event.(type) {
		case scanner.Scan:
			k.scans = append(k.scans, event)
		case scanner.Retract:
			k.retracts++
			k.content = slices.Clone(k.snapshot)
		case scanner.Typing:
			k.typed = append(k.typed, event)
			if event.First {
				k.snapshot = slices.Clone(k.content)
			}
			if event.Key == scanner.KeyText {
				k.content = append(k.content, event.Runes...)
			} else {
				k.pressed = append(k.pressed, event.Key)
			}
		}
	}
}

// check compares everything that a test may care about.
func (k *till) check(wantField string, wantScans ...string) {
	k.t.Helper()
	if got := string(k.content); got != wantField {
		k.t.Errorf("field holds %q, want %q", got, wantField)
	}
	var got []string
	for _, scan := range k.scans {
		got = append(got, scan.Text)
	}
	if !slices.Equal(got, wantScans) {
		k.t.Errorf("scans %q, want %q", got, wantScans)
	}
}

func (k *till) checkPressed(want ...scanner.Key) {
	k.t.Helper()
	if !slices.Equal(k.pressed, want) {
		k.t.Errorf("keys that acted: %v, want %v", k.pressed, want)
	}
}

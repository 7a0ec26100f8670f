package tui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// ears hear a till.
type ears struct{ bytes.Buffer }

// heard is how often the bell has rung since it was last asked.
func (e *ears) heard() int {
	count := strings.Count(e.String(), bell)
	e.Reset()
	return count
}

func listening(t *testing.T, when Bell) (*till, *ears) {
	e := &ears{}
	return newTill(t, func(o *Options) { o.Output, o.Bell = e, when }), e
}

func TestTheBellRingsOnceForAScanAndTwiceForAnError(t *testing.T) {
	for when, want := range map[Bell]struct{ scan, failed int }{
		BellAll: {1, 2}, BellErrors: {0, 2}, BellOff: {0, 0},
	} {
		tl, e := listening(t, when)
		tl.AtGuest("1250")
		if got := e.heard(); got != want.scan {
			t.Errorf("setting %d: a scan rings %d times, want %d", when, got, want.scan)
		}
		tl.Wait(time.Minute)
		tl.Scan("4006381333931")
		tl.Wait(bellGap)
		if got := e.heard(); got != want.failed {
			t.Errorf("setting %d: a wrong code rings %d times, want %d", when, got, want.failed)
		}
	}
}

func TestWhatRings(t *testing.T) {
	for name, does := range map[string]func(tl *till){
		"a scan of nothing": func(tl *till) { tl.Scan("4006381333931") },
		"no balance": func(tl *till) {
			tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		},
		"a refused redemption": func(tl *till) {
			tl.Ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
			tl.AtGuest("1250").Press(f3, enter)
		},
		"a lost result": func(tl *till) {
			tl.Ends(func(*loyalty.Operation) {})
			tl.AtGuest("1250").Press(f3, enter)
		},
		"a message that stays": func(tl *till) { tl.model.notices.alarm(func() string { return "x" }); tl.Send(notice.State{}) },
	} {
		tl, e := listening(t, BellErrors)
		does(tl)
		tl.Wait(bellGap)
		if got := e.heard(); got != 2 {
			t.Errorf("%s rings %d times, want 2", name, got)
		}
	}
	for name, does := range map[string]func(tl *till){
		"an accrual":     func(tl *till) { tl.AtGuest("1250").Press(f2, enter) },
		"a refused key":  func(tl *till) { tl.AtGuest("12x") },
		"a message":      func(tl *till) { tl.model.notices.tell(func() string { return "x" }); tl.Send(notice.State{}) },
		"a start":        func(*till) {},
		"a wrong answer": func(tl *till) { tl.AtGuest("").Press(f3) },
	} {
		tl, e := listening(t, BellErrors)
		does(tl)
		tl.Wait(bellGap)
		if got := e.heard(); got != 0 {
			t.Errorf("%s rings %d times", name, got)
		}
	}
}

func TestARushOfErrorsIsOneNoise(t *testing.T) {
	tl, e := listening(t, BellErrors)
	for i := range 20 {
		text := strings.Repeat("x", i+1)
		tl.model.notices.alarm(func() string { return text })
		tl.Send(notice.State{})
		tl.Clock = tl.Clock.Add(10 * time.Millisecond)
	}
	tl.Wait(bellGap)
	if got := e.heard(); got != 2 {
		t.Errorf("twenty errors at once ring %d times, want 2", got)
	}
}

func TestAnErrorIsHeardAtTheLockToo(t *testing.T) {
	e := &ears{}
	tl := newTill(t, withCashiers, func(o *Options) { o.Output = e })
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("130"), stage.Number("1300"), stage.Number("1170")))
	tl.Becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
	tl.Wait(bellGap)
	if e.heard() != 2 {
		t.Error("nobody at the locked till hears that a result was lost")
	}
}

// TestTheBellStandsBetweenFrames reads what the real program writes: the bell is never within an escape sequence, and what
// is drawn is the same with it and without.
func TestTheBellStandsBetweenFrames(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	screen, keyboard, _, ended := running(t, ctx, func(*stage.Desk) {})
	if _, err := io.WriteString(keyboard, "4006381333931\r"); err != nil {
		t.Fatal(err)
	}
	screen.wait(t, "Этот код не подходит")
	late := time.After(2 * time.Minute)
	for strings.Count(screen.text(), bell) < 2 {
		select {
		case <-screen.wrote:
		case <-late:
			t.Fatal("an error has not rung twice")
		}
	}
	cancel()
	if err := screen.end(t, ended); err != nil {
		t.Fatal(err)
	}
	inSequence := false
	for i, r := range screen.text() {
		switch {
		case r == '\x1b':
			inSequence = true
		case inSequence && r == '\a':
			t.Fatalf("the bell rings within an escape sequence, at byte %d", i)
		case inSequence && ('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'):
			inSequence = false
		}
	}
}

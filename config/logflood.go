package config

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// What a flood of one trouble may take of the log, so that it does not push out what it began with: the first lines as
// they come, then one now and then, with the number of those between. A day of one flood is then some 180 lines.
const (
	floodLines = 30               // of one message, before the first is held back
	floodPause = 10 * time.Minute // in which one more is earned, up to floodLines
	floodKinds = 200              // messages that are counted by themselves; what comes beyond them is counted together
)

// heldKey tells how many lines of the same message were held back before this one.
const heldKey = "held"

// sparing is a handler that holds back a flood of warnings and errors. Of the lines below them each is a deed of a
// person, or debug, which somebody wanted; they pass.
type sparing struct {
	slog.Handler

	flood *flood
}

// Handle implements [slog.Handler]. It judges a line by its own time.
func (s sparing) Handle(ctx context.Context, line slog.Record) error {
	if line.Level < slog.LevelWarn {
		return s.Handler.Handle(ctx, line)
	}
	held, ok := s.flood.allow(line.Message, line.Time)
	if !ok {
		return nil
	}
	if held > 0 {
		line = line.Clone()
		line.AddAttrs(slog.Int(heldKey, held))
	}
	return s.Handler.Handle(ctx, line)
}

// WithAttrs implements [slog.Handler].
func (s sparing) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sparing{s.Handler.WithAttrs(attrs), s.flood}
}

// WithGroup implements [slog.Handler].
func (s sparing) WithGroup(name string) slog.Handler {
	return sparing{s.Handler.WithGroup(name), s.flood}
}

// flood counts lines by their messages. The zero value is ready.
type flood struct {
	mu    sync.Mutex
	kinds map[string]*floodKind
}

type floodKind struct {
	spent int       // lines written and not earned again
	since time.Time // when the next began to be earned
	held  int
}

// allow reports whether a line may be written, and how many of its message were held back before it.
func (f *flood) allow(message string, at time.Time) (held int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := f.find(message, at)
	switch earned := int(at.Sub(kind.since) / floodPause); {
	case earned >= kind.spent, at.Before(kind.since): // all of them, or the clock was set back
		kind.spent, kind.since = 0, at
	default:
		kind.spent -= earned
		kind.since = kind.since.Add(time.Duration(earned) * floodPause)
	}
	if kind.spent == floodLines {
		kind.held++
		return 0, false
	}
	kind.spent++
	held, kind.held = kind.held, 0
	return held, true
}

func (f *flood) find(message string, at time.Time) *floodKind {
	if f.kinds == nil {
		f.kinds = make(map[string]*floodKind)
	}
	kind := f.kinds[message]
	if kind == nil && len(f.kinds) >= floodKinds {
		message = ""
		kind = f.kinds[message]
	}
	if kind == nil {
		kind = &floodKind{since: at}
		f.kinds[message] = kind
	}
	return kind
}

// tell writes what is still held back, when the log is closed. That a log cannot be written is nobody's failure, then as
// ever.
func (f *flood) tell(ctx context.Context, to slog.Handler, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, message := range slices.Sorted(maps.Keys(f.kinds)) {
		kind := f.kinds[message]
		if kind.held == 0 {
			continue
		}
		line := slog.NewRecord(at, slog.LevelWarn, "lines were held back", 0)
		line.AddAttrs(slog.String("message", message), slog.Int(heldKey, kind.held))
		_ = to.Handle(ctx, line)
		kind.held = 0
	}
}

package config

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// floodAt writes lines of one message, each a step after the one before.
func floodAt(t *testing.T, log *slog.Logger, level slog.Level, message string, at time.Time, step time.Duration, lines int) {
	t.Helper()
	for i := range lines {
		line := slog.NewRecord(at.Add(time.Duration(i)*step), level, message, 0)
		line.AddAttrs(slog.Int("number", i))
		if err := log.Handler().Handle(t.Context(), line); err != nil {
			t.Fatal(err)
		}
	}
}

var noon = time.Date(2025, 11, 21, 12, 0, 0, 0, time.UTC)

func count(text, message string) int { return strings.Count(text, `"msg":"`+message+`"`) }

func TestLogHoldsBackAFlood(t *testing.T) {
	log, path := openLog(t, slog.LevelInfo)
	floodAt(t, log, slog.LevelError, "the journal failed", noon, time.Second, 1+6*60*60)
	log.Warn("something else")
	written := readLog(t, path)
	// Thirty at once, one for each ten minutes of the six hours.
	if got, want := count(written, "the journal failed"), floodLines+36; got != want {
		t.Errorf("%d lines of a flood, want %d", got, want)
	}
	if !strings.Contains(written, `"number":29}`) || strings.Contains(written, `"number":30,`) || strings.Contains(written, `"number":30}`) {
		t.Error("it does not write just the first thirty as they come")
	}
	if !strings.Contains(written, `"number":600,"held":570}`) || !strings.Contains(written, `"number":1200,"held":599}`) {
		t.Errorf("a later line does not tell how many were held back:\n%s", written)
	}
	if count(written, "something else") != 1 {
		t.Error("the flood holds back another message")
	}
}

func TestLogRecoversFromAFlood(t *testing.T) {
	log, path := openLog(t, slog.LevelInfo)
	floodAt(t, log, slog.LevelWarn, "a flood", noon, 0, 1000)
	floodAt(t, log, slog.LevelWarn, "a flood", noon.Add(24*time.Hour), 0, 1000)
	floodAt(t, log, slog.LevelWarn, "a flood", noon.Add(-24*time.Hour), 0, 1000) // somebody set the clock back
	if got, want := count(readLog(t, path), "a flood"), 3*floodLines; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}

func TestLogHoldsBackNoDeeds(t *testing.T) {
	log, path := openLog(t, slog.LevelDebug)
	floodAt(t, log, slog.LevelInfo, "operation", noon, 0, 500)
	floodAt(t, log, slog.LevelDebug, "a request", noon, 0, 500)
	written := readLog(t, path)
	if count(written, "operation") != 500 || count(written, "a request") != 500 {
		t.Error("lines below a warning are held back")
	}
}

// Messages are constants. Should one not be, the memory for them is bounded all the same.
func TestLogCountsBoundedlyManyMessages(t *testing.T) {
	log, path := openLog(t, slog.LevelInfo)
	for i := range 2 * floodKinds {
		floodAt(t, log, slog.LevelWarn, fmt.Sprint("message ", i), noon, 0, 1)
	}
	if got, want := strings.Count(readLog(t, path), "\n"), floodKinds+floodLines; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}

func TestLogTellsWhatIsHeldBackAtItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skidkassa.log")
	log, closer, err := NewLogger(path, slog.LevelError)
	if err != nil {
		t.Fatal(err)
	}
	floodAt(t, log.With("part", "door").WithGroup("request"), slog.LevelError, "a flood", noon, 0, floodLines+7)
	log.Error("alone")
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	written := readLog(t, path)
	if !strings.Contains(written, `"part":"door","request":{"number":0}`) {
		t.Errorf("attributes and groups are lost: %s", written)
	}
	// Whatever the level is.
	if !strings.Contains(written, `"level":"WARN","msg":"lines were held back","message":"a flood","held":7}`) || strings.Contains(written, `"message":"alone"`) {
		t.Errorf("the end does not tell it: %s", written)
	}
}

func TestLogCutsWhatIsTooLong(t *testing.T) {
	log, path := openLog(t, slog.LevelInfo)
	log.Warn("a request failed", "err", strings.Repeat("ж", maxLoggedBytes))
	if size := len(readLog(t, path)); size < maxLoggedBytes || size > maxLoggedBytes+200 {
		t.Errorf("a line of %d bytes", size)
	}
}

// A day of one trouble takes a few lines, and leaves what was before it.
func TestAFloodPushesNothingOut(t *testing.T) {
	log, path := openLog(t, slog.LevelInfo)
	log.Info("the till is open")
	floodAt(t, log, slog.LevelError, "the journal failed", noon, time.Second, 24*60*60)
	written := readLog(t, path)
	if count(written, "the till is open") != 1 || len(written) > 64<<10 {
		t.Errorf("a day's flood takes %d bytes, want at most 64 KiB behind what was before it", len(written))
	}
}

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/notice"
)

// awaitStates waits until the file of the till at a folder shows what is wanted.
func awaitStates(t *testing.T, dataDir string, shows func(tillState) bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		state := readStates(dataDir, os.Getpid())
		if shows(state) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the file shows %+v", state)
		}
	}
}

func TestARunningTillTellsItsStates(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	opened.hub.Publish(notice.State{Part: notice.Expirenza, Level: notice.Good, At: time.Now()})
	awaitStates(t, options.dataDir, func(s tillState) bool { return s.Parts[notice.Expirenza].Level == notice.Good })
	opened.hub.Publish(notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "refused", At: time.Now()})
	awaitStates(t, options.dataDir, func(s tillState) bool { return s.Parts[notice.Expirenza].Code == "refused" })

	d, _ := newDoctor(t)
	d.place.dataDir, d.place.journal = options.dataDir, options.journal
	demandFinding(t, d.till(t.Context()), verdictOK, "the till is running: process", "")
	if !d.running || d.states.Parts[notice.Expirenza].Code != "refused" {
		t.Errorf("the doctor knows %v, %+v", d.running, d.states)
	}
	demandFinding(t, d.journal(t.Context()), verdictOK, options.journal, "") // read beside the till

	mustClose(t, opened)
	if _, err := os.Stat(filepath.Join(options.dataDir, stateName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a till that is closed leaves its states: %v", err)
	}
	d.running = false
	demandFinding(t, d.till(t.Context()), verdictOK, "no till is running", "")
	if d.running {
		t.Error("it counts as running")
	}
}

// A file that another run has left, or somebody else has written, says nothing.
func TestStatesOfAnotherRunSayNothing(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"", "{", `{"pid":1,"parts":{"expirenza":{"level":1}}}`} {
		if err := os.WriteFile(filepath.Join(dir, stateName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := readStates(dir, os.Getpid()); got.PID != 0 || got.Parts != nil {
			t.Errorf("%q gives %+v", content, got)
		}
	}
}

// What could not be written is written as soon as it can be.
func TestStatesAreWrittenWhenTheyCanBe(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	opened := mustOpen(t, options)
	path := filepath.Join(options.dataDir, stateName)
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	opened.begin(t.Context())
	opened.hub.Publish(notice.State{Part: notice.Clock, Level: notice.Good, At: time.Now()})
	awaitWritten := func() bool { _, err := os.Stat(path + ".new"); return err == nil }
	for deadline := time.Now().Add(patience); !awaitWritten(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not try")
		}
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	awaitStates(t, options.dataDir, func(s tillState) bool { return s.Parts[notice.Clock].Level == notice.Good })
	mustClose(t, opened)
}

func TestDoctorTellsAForeignJournal(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	if err := mustOpen(t, options).closeFiles(); err != nil {
		t.Fatal(err)
	}
	d, _ := newDoctor(t)
	d.place = place{loaded: config.Loaded{Settings: config.Default()}, dataDir: options.dataDir, journal: options.journal}
	demandFinding(t, d.journal(t.Context()), verdictOK, options.journal, "")
	install := filepath.Join(options.dataDir, "install-id")
	if err := os.WriteFile(install, []byte("0a8f0a0e-6f3a-4b1c-9a35-2c1d64f3c7b2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.journal(t.Context()), verdictWarning, "another machine", "a person decides")
	if err := os.Remove(install); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.journal(t.Context()), verdictWarning, "install-id", "a person decides")
}

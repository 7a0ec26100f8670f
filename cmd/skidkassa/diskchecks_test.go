package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
)

func TestDoctorDisk(t *testing.T) {
	const mib = 1 << 20
	full := &journal.Error{Code: journal.Full, Err: syscall.ENOSPC}
	for name, test := range map[string]struct {
		free    uint64
		freeErr error
		write   error
		verdict verdict
		detail  string
		cure    string
	}{
		"room":                  {2000 * mib, nil, nil, verdictOK, "2000 MiB are free", ""},
		"little room":           {300 * mib, nil, nil, verdictWarning, "only 300 MiB", "make room"},
		"no room":               {3 * mib, nil, nil, verdictFail, "the disk is full", "make room"},
		"full by a quota":       {2000 * mib, nil, full, verdictFail, "the disk is full", "make room"},
		"full, and none counts": {0, syscall.ENOSYS, full, verdictFail, "the disk is full", "make room"},
		"nobody counts":         {0, syscall.ENOSYS, nil, verdictOK, "went well", ""},
		"a failing disk":        {2000 * mib, nil, &journal.Error{Code: journal.IO, Err: syscall.EIO}, verdictFail, "input/output error", "the disk"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newDoctor(t)
			d.freeBytes = func(string) (uint64, error) { return test.free, test.freeErr }
			d.tryWrite = func(string) error { return test.write }
			demandFinding(t, d.disk(t.Context()), test.verdict, test.detail, test.cure)
		})
	}
}

// A till that was never started has no folders yet: nothing is made, but a disk
// without room is told all the same.
func TestDoctorDiskBeforeTheFirstStart(t *testing.T) {
	d, _ := newDoctor(t)
	d.place.dataDir = filepath.Join(d.place.dataDir, "not", "yet")
	d.place.journal = filepath.Join(d.place.dataDir, journalName)
	d.tryWrite = func(folder string) error { t.Errorf("it writes to %s", folder); return nil }
	asked := ""
	d.freeBytes = func(folder string) (uint64, error) { asked = folder; return 0, nil }
	demandFinding(t, d.disk(t.Context()), verdictFail, "the disk is full", "make room")
	if _, err := os.Stat(asked); err != nil {
		t.Errorf("it asks for the room of %s: %v", asked, err)
	}
}

// The journal may be on another disk than the rest.
func TestDoctorLooksAtTheJournalsDiskToo(t *testing.T) {
	d, _ := newDoctor(t)
	d.place.journal = filepath.Join(t.TempDir(), journalName)
	d.tryWrite = func(folder string) error {
		if folder == filepath.Dir(d.place.journal) {
			return &journal.Error{Code: journal.Full, Err: syscall.ENOSPC}
		}
		return nil
	}
	demandFinding(t, d.disk(t.Context()), verdictFail, filepath.Dir(d.place.journal), "make room")
}

// What cannot be noted on a full disk is not the secret's fault.
func TestAFullDiskIsNoLostSecret(t *testing.T) {
	full := &config.RecordError{Path: "/data/secrets-source", Cause: &fs.PathError{Op: "write", Path: "/data/x", Err: syscall.ENOSPC}}
	d, _ := newDoctor(t)
	demandFinding(t, d.secretFailed(full), verdictFail, "the disk is full", "make room")
	sentence, code := english().explain(full)
	if !strings.Contains(sentence, "the disk is full: /data/secrets-source") || code != exitFailed {
		t.Errorf("%q, %d", sentence, code)
	}
	sentence, _ = english().explain(&dataDirError{dir: "/data", err: syscall.ENOSPC})
	if !strings.Contains(sentence, "the disk is full: /data ") {
		t.Errorf("%q", sentence)
	}
	denied := &config.RecordError{Path: "/data/secrets-source", Cause: syscall.EACCES}
	if sentence, _ := english().explain(denied); strings.Contains(sentence, "full") {
		t.Errorf("%q", sentence)
	}
}

func TestDoctorLog(t *testing.T) {
	d, _ := newDoctor(t)
	demandFinding(t, d.log(t.Context()), verdictOK, "not there yet", "")
	for name, size := range map[string]int{logName: 1000, "skidkassa-2025-11-21T19-42-00.000.log": 3000, "other.log": 1 << 20} {
		if err := os.WriteFile(filepath.Join(d.place.dataDir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	demandFinding(t, d.log(t.Context()), verdictOK, ": 4 KiB", "")
	if info, err := os.Stat(filepath.Join(d.place.dataDir, logName)); err != nil || info.Size() != 1000 {
		t.Errorf("it has written to the log: %v, %v", info, err)
	}
	if err := errors.Join(os.Remove(filepath.Join(d.place.dataDir, logName)), os.Mkdir(filepath.Join(d.place.dataDir, logName), 0o700)); err != nil {
		t.Fatal(err)
	}
	demandFinding(t, d.log(t.Context()), verdictFail, "cannot be written", "delete it")
}

func TestDoctorReach(t *testing.T) {
	d, _ := newDoctor(t)
	var read, write bool
	mode := "777"
	d.reachOf = func(string) (bool, bool, string, error) { return read, write, mode, nil }
	demandFinding(t, d.folder(t.Context()), verdictOK, d.place.dataDir, "")
	demandFinding(t, d.settings(t.Context()), verdictOK, "shop 4", "")
	read = true
	demandFinding(t, d.folder(t.Context()), verdictWarning, "mode 777", "chmod 700 "+d.place.dataDir)
	demandFinding(t, d.settings(t.Context()), verdictOK, "shop 4", "") // it holds no secret
	write = true
	demandFinding(t, d.settings(t.Context()), verdictWarning, "changed by other users", "chmod go-w")
	d.p.goos, mode = "windows", ""
	demandFinding(t, d.folder(t.Context()), verdictWarning, "open to other users", `icacls "`+d.place.dataDir)
	demandFinding(t, d.settings(t.Context()), verdictWarning, "changed by other users", `icacls "`)
}

func TestReachOfAnAccessList(t *testing.T) {
	for name, test := range map[string]struct {
		sddl        string
		read, write bool
	}{
		"the user's profile": {"D:(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;S-1-5-21-1-2-3-1001)", false, false},
		"below C:\\":         {"D:AI(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)", true, true},
		"users may read":     {"D:AI(A;ID;0x1200a9;;;BU)", true, false},
		"in words":           {"D:(A;;FRFX;;;WD)", true, false},
		"all in words":       {"D:(A;;GA;;;WD)", true, true},
		"inherited inside":   {"D:(A;OICIIO;GR;;;AU)", true, false},
		"denied":             {"D:(D;;FA;;;WD)(A;;FA;;;SY)", false, false},
		"an empty list":      {"D:", false, false},
		"no list":            {"D:NO_ACCESS_CONTROL", true, true},
		"owner and group":    {"O:BAG:SYD:(A;;FA;;;OW)", false, false},
	} {
		if read, write := reachOfList(test.sddl); read != test.read || write != test.write {
			t.Errorf("%s: read %v, write %v", name, read, write)
		}
	}
}

// Nor at the till: the cashier reads that the disk is full.
func TestATillOnAFullDiskDoesNotBlameTheSecret(t *testing.T) {
	options := optionsFor(t, nil)
	full := &config.RecordError{Path: "/data/secrets-source", Cause: syscall.ENOSPC}
	options.service = func(context.Context) (loyalty.Service, error) { return nil, full }
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	t.Cleanup(func() { mustClose(t, opened) })
	_, err := opened.service.Balance(t.Context(), skidkabot.Card{Vendor: 4, Client: 1})
	var notSent *skidkabot.NotSentError
	if !errors.As(err, &notSent) || notSent.Phase != skidkabot.PhaseDisk {
		t.Errorf("the cashier is told %v", err)
	}
	if state := opened.hub.State(notice.Service); state.Code != string(skidkabot.PhaseDisk) || state.Level != notice.Trouble {
		t.Errorf("the service's state is %+v", state)
	}
	awaitStates(t, options.dataDir, func(s tillState) bool { return s.Parts[notice.Journal].Code == tui.JournalFull })
}

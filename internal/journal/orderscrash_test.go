package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// TestOrdersKilledAtAnyMoment copies the files of a journal at work, as a kill leaves them, and opens the copies: every order
// that had been saved is there, with its guest and its history.
func TestOrdersKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	var saved []orders.Order
	for i := range int64(8) {
		saved = append(saved, mustSave(t, j, newOrder(i+1), checkedIn(i+1)...))
		killed := mustOpen(t, copyJournal(t, path, -1))
		for _, o := range saved {
			wantWhole(t, killed, o, 2)
		}
		must(t, killed.Check(t.Context()))
	}
}

// TestOrdersAndPowerLost cuts the log at many places, as a loss of power may. What remains are the orders up to some commit,
// each with the history of its version.
func TestOrdersAndPowerLost(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	const saves = 15
	for i := range int64(saves / 3) {
		o := mustSave(t, j, newOrder(i+1), checkedIn(i+1)...)
		o.Guest = nil
		o = mustSave(t, j, o, orders.Event{At: noon, Kind: orders.EventUnbound, Client: i + 1})
		o.State, o.Reason = orders.StateClosed, orders.ReasonCheck
		mustSave(t, j, o, orders.Event{At: noon, Kind: orders.EventClosed, Reason: o.Reason})
	}
	log, err := os.Stat(path + "-wal")
	must(t, err)
	before := int64(0)
	for cut := int64(0); cut <= log.Size(); cut += int64(under(9001, 30011)) {
		there := countSaves(t, mustOpen(t, copyJournal(t, path, cut)))
		if there < before {
			t.Errorf("%d bytes of the log hold %d saves, fewer bytes %d", cut, there, before)
		}
		before = there
	}
	if there := countSaves(t, mustOpen(t, copyJournal(t, path, log.Size()))); there != saves {
		t.Errorf("the whole log holds %d saves, want %d", there, saves)
	}
}

// countSaves makes sure that the history of every order ends with its version, and counts the saves.
func countSaves(t *testing.T, j *Journal) (saves int64) {
	t.Helper()
	must(t, j.Check(t.Context()))
	all, err := j.Orders(t.Context(), orders.Filter{})
	must(t, err)
	for _, o := range all {
		events, err := j.OrderEvents(t.Context(), o.ID)
		must(t, err)
		if len(events) == 0 || events[len(events)-1].Version != o.Version || (o.Guest != nil) != (o.Version == 1) {
			t.Errorf("order %s is at version %d after %v", o.ID, o.Version, events)
		}
		saves += o.Version
	}
	return saves
}

// tillOf names, in the environment of a process that TestKilledProcess starts, the journal that it works on.
const tillOf = "SKIDKASSA_JOURNAL_TILL_OF"

// TestKilledProcess kills a process that saves orders and tells each when SaveOrder has returned. All that it told is there.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	if path := os.Getenv(tillOf); path != "" {
		workUntilKilled(t, path)
	}
	path, told := newPath(t), 0
	mustClose(t, mustOpen(t, path))
	for round := range under(5, 3) {
		told += killAfter(t, path, 10+7*round)
		j := mustOpen(t, path)
		must(t, j.Check(t.Context()))
		if there := countSaves(t, j); there < int64(told) {
			t.Fatalf("%d saves are there, %d were told", there, told)
		}
		mustClose(t, j)
	}
}

// workUntilKilled checks guests in and out and tells each save on the standard output.
func workUntilKilled(t *testing.T, path string) {
	j := mustOpen(t, path)
	for i := int64(1); ; i++ {
		o := mustSave(t, j, newOrder(i), checkedIn(i)...)
		fmt.Println(savedLine, o.ID, o.Version)
		o.Guest = nil
		o = mustSave(t, j, o, orders.Event{At: noon, Kind: orders.EventUnbound, Client: i})
		fmt.Println(savedLine, o.ID, o.Version)
	}
}

const savedLine = "saved"

// killAfter runs a till on the journal, kills it after so many saves were told, makes sure that what it told is there and
// gives how many saves that was.
func killAfter(t *testing.T, path string, saves int) (told int) {
	t.Helper()
	versions := map[uuid.UUID]int64{}
	told = killTill(t, path, saves, func(line string) bool {
		var text string
		var version int64
		if _, err := fmt.Sscanf(line, savedLine+" %s %d", &text, &version); err != nil {
			return false
		}
		id, err := uuid.Parse(text)
		must(t, err)
		versions[id] = version
		return true
	})
	j := mustOpen(t, path)
	for id, version := range versions {
		if o, err := j.Order(t.Context(), id); err != nil || o.Version < version {
			t.Errorf("order %s is at version %d (%v), told was %d", id, o.Version, err, version)
		}
	}
	mustClose(t, j)
	return told
}

// killTill runs the calling test as a till of its own process, kills it after so many lines that heard knows, and gives how
// many there were in the end. A line that the kill has cut is not known.
func killTill(t *testing.T, path string, lines int, heard func(line string) bool) (told int) {
	t.Helper()
	till := exec.CommandContext(t.Context(), os.Args[0], "-test.count=1", "-test.run=^"+regexp.QuoteMeta(t.Name())+"$")
	till.Env = append(os.Environ(), tillOf+"="+path, "GOCOVERDIR="+filepath.Dir(path))
	out, err := till.StdoutPipe()
	must(t, err)
	must(t, till.Start())
	output := bufio.NewScanner(out)
	for output.Scan() {
		if !heard(output.Text()) {
			continue
		}
		if told++; told == lines {
			must(t, till.Process.Kill())
		}
	}
	if err := output.Err(); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if err := till.Wait(); told < lines || err == nil {
		t.Fatalf("the till ended by itself after %d lines: %v", told, err)
	}
	return told
}

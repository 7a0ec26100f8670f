package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// fillDisk lets the journal grow no further, until the reserve is given up; then it may grow by so many pages.
func fillDisk(t *testing.T, j *Journal, pages int) {
	t.Helper()
	count, err := pragma(t.Context(), j.writer, "page_count")
	must(t, err)
	mustExec(t, j, fmt.Sprintf(`PRAGMA max_page_count = %d`, count))
	j.reserve.released = func() { mustExec(t, j, fmt.Sprintf(`PRAGMA max_page_count = %d`, count+pages)) }
}

// longResult is a result that needs pages of its own.
func longResult(o loyalty.Operation, from, to loyalty.State) loyalty.Move {
	return loyalty.Move{ID: o.ID, From: from, To: to, At: noon, Text: strings.Repeat("Отказ. ", 2000)}
}

// TestResultIsWrittenOnAFullDisk shows what the reserve is for: the result of what was sent is written, nothing new is
// begun, and when there is room again all goes on.
func TestResultIsWrittenOnAFullDisk(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	sent, waiting := newOperation(1), newOperation(2)
	must(t, j.Plan(t.Context(), sent, waiting))
	must(t, j.Move(t.Context(), toSending(sent.ID)))
	if info, err := os.Stat(j.reserve.path); err != nil || info.Size() != reserveSize || j.ReserveUsed() {
		t.Fatalf("no reserve: %v, %v", info, err)
	}
	fillDisk(t, j, 100)

	must(t, j.Move(t.Context(), longResult(sent, loyalty.StateSending, loyalty.StateRefused)))
	if got, err := j.Find(t.Context(), sent.ID); err != nil || got.State != loyalty.StateRefused {
		t.Errorf("the result is not there: %s, %v", got.State, err)
	}
	if _, err := os.Stat(j.reserve.path); !j.ReserveUsed() || err == nil {
		t.Error("the reserve is still there")
	}

	must(t, os.MkdirAll(filepath.Join(j.reserve.path, "full"), folderMode)) // the reserve cannot be made yet
	wantCode(t, j.Plan(t.Context(), newOperation(3)), Unwritable)
	wantCode(t, j.Move(t.Context(), toSending(waiting.ID)), Unwritable)
	must(t, j.Move(t.Context(), loyalty.Move{ID: waiting.ID, From: loyalty.StatePlanned, To: loyalty.StateVoided, At: noon}))
	if _, err := j.WipeSecrets(t.Context(), noon); err != nil || !j.ReserveUsed() { // goes on as far as there is room
		t.Errorf("wiping: %v", err)
	}

	must(t, os.RemoveAll(j.reserve.path))
	must(t, j.Plan(t.Context(), newOperation(3)))
	if info, err := os.Stat(j.reserve.path); j.ReserveUsed() || err != nil || info.Size() != reserveSize {
		t.Errorf("the reserve was not made again: %v, %v", info, err)
	}
	must(t, j.Check(t.Context()))
}

// TestReserveIsForResultsAlone shows that neither planning nor sending takes the reserve.
func TestReserveIsForResultsAlone(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := newOperation(1)
	must(t, j.Plan(t.Context(), o))
	fillDisk(t, j, 100)
	var many []loyalty.Operation
	for range 100 {
		many = append(many, newOperation(2))
	}
	wantCode(t, j.Plan(t.Context(), many...), Full)
	sending := toSending(o.ID)
	sending.Text = strings.Repeat("x", 20_000)
	wantCode(t, j.Move(t.Context(), sending), Full)
	if j.ReserveUsed() {
		t.Error("the reserve was used")
	}
	if got, err := j.Find(t.Context(), o.ID); err != nil || got.State != loyalty.StatePlanned {
		t.Errorf("the operation is %s (%v)", got.State, err)
	}
}

// TestReserveIsNotEnough has a disk that stays full: the result is refused once the reserve is gone, and said to be.
func TestReserveIsNotEnough(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := newOperation(1)
	must(t, j.Plan(t.Context(), o))
	must(t, j.Move(t.Context(), toSending(o.ID)))
	fillDisk(t, j, 0)
	for range 2 {
		wantCode(t, j.Move(t.Context(), longResult(o, loyalty.StateSending, loyalty.StateUnknown)), Full)
		if !j.ReserveUsed() {
			t.Error("the reserve was not tried")
		}
	}
	must(t, j.Move(t.Context(), toConfirmed(o.ID))) // a short one finds its place
}

// TestReserveAtOpening shows that a reserve that was given up is made again at the next start, and housekeeping makes it.
func TestReserveAtOpening(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	mustConfirm(t, j, 1)
	must(t, os.Truncate(j.reserve.path, reserveSize/2)) // a crash in the middle of making it
	mustClose(t, j)
	j = mustOpen(t, path)
	if info, err := os.Stat(j.reserve.path); err != nil || info.Size() != reserveSize || j.ReserveUsed() {
		t.Errorf("not made again: %v, %v", info, err)
	}
	if !j.reserve.release() || j.reserve.release() {
		t.Error("a reserve is released once")
	}
	_, err := j.WipeSecrets(t.Context(), noon)
	if err != nil || j.ReserveUsed() {
		t.Errorf("housekeeping has not made it again: %v", err)
	}
	mustClose(t, j)
	must(t, os.Remove(j.reserve.path))
	must(t, os.Mkdir(j.reserve.path, folderMode))
	must(t, os.WriteFile(j.reserve.path+"/x", nil, fileMode))
	wantCode(t, mustNotOpen(t, Options{Path: path}), Unwritable)
}

package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

func TestHolder(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	demand := func(when string, held bool) {
		t.Helper()
		holder, err := Holder(path)
		if err != nil || (holder != nil) != held {
			t.Fatalf("%s: %v, %v", when, holder, err)
		}
		if held && (holder.PID != os.Getpid() || holder.Since.IsZero()) {
			t.Errorf("%s: %+v, want this process", when, holder)
		}
	}
	demand("before the first till", false)
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("looking makes the folder")
	}
	j := mustOpen(t, path)
	demand("while it is open", true)
	demand("a second time", true)
	mustClose(t, j)
	demand("after it", false)
	mustClose(t, mustOpen(t, path)) // the look has not kept the lock
}

func TestHolderThatCannotBeLookedAt(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, fileMode))
	path := filepath.Join(file, "journal.db")
	if holder, err := Holder(path); holder != nil || CodeOf(err) == "" {
		t.Errorf("got %v, %v", holder, err)
	}
}

// A till that opens while somebody looks is not refused.
func TestLookingDoesNotKeepATillFromOpening(t *testing.T) {
	path := newPath(t)
	mustClose(t, mustOpen(t, path))
	stop := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := Holder(path); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 20 {
		mustClose(t, mustOpen(t, path))
	}
	close(stop)
	looking.Wait()
}

func TestTryWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	must(t, TryWrite(folder))
	if names := mustNames(t, folder); len(names) > 0 {
		t.Errorf("it leaves %q", names)
	}
	wantCode(t, TryWrite(filepath.Join(folder, "gone")), Unwritable)
}

func TestIsFull(t *testing.T) {
	t.Parallel()
	full := &os.PathError{Op: "write", Path: "x", Err: diskFull[0]}
	if !IsFull(fmt.Errorf("wrapped: %w", full)) || IsFull(syscall.EIO) || IsFull(nil) || IsFull(errors.New("no space left on device")) {
		t.Error("it does not tell a full disk by its code")
	}
	wantCode(t, fileError("x", full), Full)
}

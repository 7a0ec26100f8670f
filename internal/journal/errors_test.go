package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCodeOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want Code
	}{
		{nil, ""},
		{io.EOF, ""},
		{context.Canceled, ""},
		{&Error{Code: Full}, Full},
		{fmt.Errorf("outer: %w", &DamagedError{}), Damaged},
		{fmt.Errorf("outer: %w", &LockedError{}), Locked},
		{wrap("p", &Error{Code: Busy}), Busy},
		{wrap("p", io.EOF), Other},
		{wrap("p", context.DeadlineExceeded), ""},
		{fileError("p", syscall.ENOSPC), Full},
		{fileError("p", syscall.EROFS), ReadOnly},
		{fileError("p", syscall.EIO), IO},
		{fileError("p", syscall.EACCES), Unwritable},
	} {
		if got := CodeOf(test.err); got != test.want {
			t.Errorf("error %v: got code %q, want %q", test.err, got, test.want)
		}
	}
}

func TestErrorsNameFileAndCause(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&Error{Code: IO, Path: "/data/journal.db", Err: io.ErrUnexpectedEOF},
		&DamagedError{Path: "/data/journal.db", Err: io.ErrUnexpectedEOF},
	} {
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "/data/journal.db") ||
			!strings.Contains(err.Error(), "unexpected EOF") || !strings.Contains(err.Error(), string(CodeOf(err))) {
			t.Errorf("error %q", err)
		}
	}
	locked := &LockedError{Path: "/data/journal.db", PID: 42, Since: time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)}
	if want := "journal /data/journal.db: locked by process 42 since 2025-03-01T09:00:00Z"; locked.Error() != want {
		t.Errorf("got %q, want %q", locked.Error(), want)
	}
}

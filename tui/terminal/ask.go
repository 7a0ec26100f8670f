package terminal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"
)

// Answer is what a terminal tells of itself.
type Answer struct {
	UTF8 bool // two letters of two bytes each move its cursor by two columns
}

// ErrMute means that the terminal has not answered. Such a one can show the
// till all the same, which asks it nothing.
var ErrMute = errors.New("the terminal does not answer")

// What Ask writes: letters that are wider by bytes than by columns, the
// question where the cursor is now, and what wipes the letters off.
const (
	askLetters = "\rёж"
	askCursor  = "\x1b[6n"
	askWipe    = "\r\x1b[K"
)

// askMaxBytes bounds what is read for an answer; keys may come before it.
const askMaxBytes = 1024

// Ask finds out what only the terminal itself knows, within the limit. What is
// typed meanwhile is lost, so it is for the doctor and not for the till. Errors:
// [ErrMute], or what the files returned.
func Ask(in, out *os.File, limit time.Duration) (Answer, error) {
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return Answer{}, err
	}
	defer func() {
		// Nothing can be done if the terminal has gone in the meantime.
		_ = term.Restore(int(in.Fd()), state)
	}()
	if _, err := io.WriteString(out, askLetters+askCursor); err != nil {
		return Answer{}, err
	}
	column, err := readColumn(in, time.Now().Add(limit))
	if _, wipeErr := io.WriteString(out, askWipe); err == nil {
		err = wipeErr
	}
	return Answer{UTF8: column == 3}, err
}

// readColumn reads the answer ESC [ line ; column R.
func readColumn(in *os.File, deadline time.Time) (int, error) {
	var read []byte
	for len(read) < askMaxBytes {
		if !waitReadable(in, time.Until(deadline)) {
			return 0, ErrMute
		}
		buf := make([]byte, askMaxBytes)
		n, err := in.Read(buf)
		if err != nil {
			return 0, err
		}
		read = append(read, buf[:n]...)
		if column, ok := findColumn(read); ok {
			return column, nil
		}
	}
	return 0, ErrMute
}

func findColumn(read []byte) (int, bool) {
	for {
		_, after, found := bytes.Cut(read, []byte("\x1b["))
		if !found {
			return 0, false
		}
		read = after
		answer, _, ended := bytes.Cut(after, []byte("R"))
		_, column, divided := bytes.Cut(answer, []byte(";"))
		if number, err := strconv.Atoi(string(column)); ended && divided && err == nil {
			return number, true
		}
	}
}

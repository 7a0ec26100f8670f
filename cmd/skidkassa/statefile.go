package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
)

// stateName is the file in the data folder in which a till that runs says how
// its parts are. It is for the doctor, who must not find that out by a second
// connection to Expirenza or to the printer. Only while a till holds the
// journal does it say anything; it holds no secret and no name.
const stateName = "state.json"

// maxStateBytes bounds the reading of that file.
const maxStateBytes = 16 << 10

// partState is how a part of the till is.
type partState struct {
	Level notice.Level `json:"level"`
	Code  string       `json:"code,omitempty"`
	At    time.Time    `json:"at"`
}

// tillState is the file's content.
type tillState struct {
	PID   int                       `json:"pid"`
	Parts map[notice.Part]partState `json:"parts"`
}

// parts are those whose state the doctor asks for.
var statedParts = []notice.Part{notice.Service, notice.Journal, notice.Clock, notice.Waiter, notice.Expirenza, notice.Printer}

// statePause is between two writings at least: a service that comes and goes
// must not keep the disk busy.
const statePause = time.Second

// keepStates keeps the file until ctx is done. A state that cannot be written,
// because the disk is full or somebody is reading, is tried again.
func (t *till) keepStates(ctx context.Context) {
	changed := make(chan struct{}, 1)
	note := func() {
		select {
		case changed <- struct{}{}:
		default: // it is known
		}
	}
	defer t.hub.Subscribe(func(news any) {
		if _, ok := news.(notice.State); ok {
			note()
		}
	})()
	path := filepath.Join(t.options.dataDir, stateName)
	defer func() { _ = os.Remove(path) }() // a till that does not run has no states
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			if t.writeStates(path) != nil {
				note()
			}
		}
		if !waited(ctx, statePause) {
			return
		}
	}
}

// writeStates replaces the file, whole or not at all.
func (t *till) writeStates(path string) error {
	state := tillState{PID: os.Getpid(), Parts: make(map[notice.Part]partState)}
	for _, part := range statedParts {
		if s := t.hub.State(part); !s.At.IsZero() {
			state.Parts[part] = partState{s.Level, s.Code, s.At.UTC()}
		}
	}
	written, err := json.Marshal(state)
	if err != nil {
		return err
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, append(written, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// readStates reads the file of the till with a process's number; a file of
// another one, or none, says nothing.
func readStates(dataDir string, pid int) tillState {
	file, err := os.Open(filepath.Join(dataDir, stateName))
	if err != nil {
		return tillState{}
	}
	defer func() { _ = file.Close() }() // only read from
	var state tillState
	if err := json.NewDecoder(io.LimitReader(file, maxStateBytes)).Decode(&state); err != nil || state.PID != pid {
		return tillState{}
	}
	return state
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/tui"
)

// pinCountsName is the file in the data folder that counts wrong PINs.
const pinCountsName = "pin-tries"

// pinCountsBytes is the size that the file always has. It is written over in place and never grows, so that a till whose
// disk is full can still be unlocked. All cashiers and the admin fit with the longest names there are.
const pinCountsBytes = 32 * 1024

// pinCounts keeps the counts of wrong PINs in a file, which outlives the program. What cannot be read or written is an
// error, and then no PIN is checked. A file that is no longer one of ours closes every PIN for one pause and begins anew:
// nobody gains tries by damaging it, and nobody is shut out for good.
type pinCounts struct {
	path string
	now  func() time.Time
	mu   sync.Mutex
}

var _ tui.PINCounts = (*pinCounts)(nil)

func newPINCounts(dataDir string, now func() time.Time) *pinCounts {
	return &pinCounts{path: filepath.Join(dataDir, pinCountsName), now: now}
}

// prepare makes the file while there is room for it.
func (p *pinCounts) prepare() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := os.Stat(p.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return p.write(pinCountFile{})
}

// pinCountFile is the file's JSON.
type pinCountFile struct {
	Closed time.Time           `json:"closed,omitzero"` // no PIN at all is taken before
	Counts map[string]pinCount `json:"counts,omitempty"`
}

type pinCount struct {
	Wrong int       `json:"wrong,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

// Count implements [tui.PINCounts].
func (p *pinCounts) Count(_ context.Context, of string) (tui.PINCount, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	file, err := p.read()
	if err != nil {
		return tui.PINCount{}, err
	}
	kept := file.Counts[of]
	if kept.Until.Before(file.Closed) {
		kept.Until = file.Closed
	}
	return tui.PINCount(kept), nil
}

// Keep implements [tui.PINCounts].
func (p *pinCounts) Keep(_ context.Context, of string, count tui.PINCount) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	file, err := p.read()
	if err != nil {
		return err
	}
	delete(file.Counts, of)
	if count != (tui.PINCount{}) {
		file.Counts[of] = pinCount(count)
	}
	if !p.now().Before(file.Closed) {
		file.Closed = time.Time{}
	}
	return p.write(file)
}

func (p *pinCounts) read() (pinCountFile, error) {
	file := pinCountFile{Counts: make(map[string]pinCount)}
	f, err := os.Open(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return file, err
	}
	data, err := io.ReadAll(io.LimitReader(f, pinCountsBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return file, err
	}
	if len(data) == pinCountsBytes && json.Unmarshal(data, &file) == nil && file.Counts != nil {
		return file, nil
	}
	file = pinCountFile{Closed: p.now().Add(tui.PINPause), Counts: make(map[string]pinCount)}
	return file, p.write(file)
}

// write puts the file on the disk, over itself.
func (p *pinCounts) write(file pinCountFile) error {
	data, err := json.Marshal(file)
	if err != nil {
		return err
	}
	if len(data) > pinCountsBytes {
		return errTooManyCounts
	}
	if err := makeDataDir(filepath.Dir(p.path)); err != nil {
		return err
	}
	data = append(data, bytes.Repeat([]byte{' '}, pinCountsBytes-len(data))...)
	f, err := os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	return errors.Join(err, f.Truncate(pinCountsBytes), f.Sync(), f.Close())
}

var errTooManyCounts = errors.New("more wrong PINs are counted than there can be people")

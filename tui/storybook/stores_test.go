package storybook

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// The command plays the scenes over the journal itself, these tests over a store in memory: both show the same.
func TestTheJournalShowsWhatTheStoreInMemoryShows(t *testing.T) {
	t.Parallel()
	folder, opened := t.TempDir(), 0
	over := inRussian(small())
	over.Store = func() (stage.Store, error) {
		opened++
		path := filepath.Join(folder, strconv.Itoa(opened), "journal.db")
		j, err := journal.Open(t.Context(), journal.Options{Path: path, Register: stage.Register})
		if err == nil {
			t.Cleanup(func() { _ = j.Close() })
		}
		return j, err
	}
	for _, s := range Screens() {
		before := opened
		got := ansi.Strip(frame(t, s, over))
		if opened == before {
			continue
		}
		if want := ansi.Strip(frame(t, s, inRussian(small()))); got != want {
			t.Errorf("%s over the journal:\n%s\nin memory:\n%s", s.Name, got, want)
		}
	}
	if opened < 50 {
		t.Errorf("only %d scenes have orders of their own", opened)
	}
}

func TestAStoreThatCannotBeMadeIsAnError(t *testing.T) {
	scene, _ := Find("card")
	setting := small()
	setting.Store = func() (stage.Store, error) { return nil, stage.ErrBroken }
	if _, err := scene.Picture(setting); !errors.Is(err, stage.ErrBroken) {
		t.Errorf("the error is %v", err)
	}
}

package storybook

import (
	"errors"
	"os"
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
	empty := filepath.Join(folder, "empty")
	j, err := openJournal(t, empty)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	over := small()
	over.Store = func() (stage.Store, error) { // making a journal takes longer than all scenes on it: each gets a copy
		opened++
		path := filepath.Join(folder, strconv.Itoa(opened))
		if err := os.CopyFS(path, os.DirFS(empty)); err != nil {
			return nil, err
		}
		return openJournal(t, path)
	}
	for _, s := range Screens() {
		before := opened
		got := ansi.Strip(open(t, s, over).Model.View())
		if opened == before {
			continue
		}
		if want := ansi.Strip(frame(t, s, small())); got != want {
			t.Errorf("%s over the journal:\n%s\nin memory:\n%s", s.Name, got, want)
		}
	}
	if opened < 50 {
		t.Errorf("only %d scenes have orders of their own", opened)
	}
}

// openJournal opens the journal of a folder, and makes it when there is none.
func openJournal(t *testing.T, folder string) (*journal.Journal, error) {
	j, err := journal.Open(t.Context(), journal.Options{Path: filepath.Join(folder, "journal.db"), Register: stage.Register})
	if err == nil {
		t.Cleanup(func() { _ = j.Close() })
	}
	return j, err
}

func TestAStoreThatCannotBeMadeIsAnError(t *testing.T) {
	setting := small()
	setting.Store = func() (stage.Store, error) { return nil, stage.ErrBroken }
	if _, err := scene(t, "card").Picture(setting); !errors.Is(err, stage.ErrBroken) {
		t.Errorf("the error is %v", err)
	}
}

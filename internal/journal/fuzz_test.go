package journal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// FuzzDamagedFile overwrites a part of a journal's file. Whatever that part was, every method either works or returns an
// error with a code; none hangs or panics.
func FuzzDamagedFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal.db")
	j, err := Open(f.Context(), Options{Path: path, Now: clock})
	must(f, err)
	fill(f, j, 100)
	mustClose(f, j)
	whole, err := os.ReadFile(path)
	must(f, err)
	f.Add(uint32(0), []byte("SQLite format 3\x00"))
	f.Add(uint32(18), []byte{1, 1})
	f.Add(uint32(28), []byte{0, 0, 0, 1})
	f.Add(uint32(60), []byte{0, 0, 0, 9})
	f.Add(uint32(100), []byte{13})
	f.Add(uint32(3*pageSize), []byte{5, 0, 0, 0xFF, 0xFF})
	f.Add(uint32(7*pageSize+8), []byte("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte) {
		content := append([]byte(nil), whole...)
		copy(content[int(at)%len(content):], bytes)
		damaged := filepath.Join(t.TempDir(), "journal.db")
		must(t, os.WriteFile(damaged, content, fileMode))
		j, err := Open(t.Context(), Options{Path: damaged, Now: clock})
		if err != nil {
			wantSomeCode(t, err)
			return
		}
		defer j.Close()
		page, err := j.List(t.Context(), loyalty.Filter{})
		wantSomeCode(t, err)
		for _, o := range page {
			_, err := j.Events(t.Context(), o.ID)
			wantSomeCode(t, err)
		}
		wantSomeCode(t, j.Plan(t.Context(), newOperation(1)))
		wantSomeCode(t, j.Check(t.Context()))
	})
}

func wantSomeCode(t *testing.T, err error) {
	t.Helper()
	if err != nil && CodeOf(err) == "" {
		t.Errorf("error without a code: %v", err)
	}
}

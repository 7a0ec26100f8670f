package journal

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestReopenKeepsEverything(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	install, err := j.InstallID(t.Context())
	must(t, err)
	first := mustConfirm(t, j, 1)
	mustClose(t, j)

	j = mustOpen(t, path)
	again, err := j.InstallID(t.Context())
	must(t, err)
	if again != install || install == uuid.Nil {
		t.Errorf("install id %s after %s", again, install)
	}
	second := mustConfirm(t, j, 2)
	wantConfirmed(t, j, first, second)
	events, err := j.Events(t.Context(), second)
	must(t, err)
	if events[0].Seq != 4 {
		t.Errorf("the history goes on at %d, want 4", events[0].Seq)
	}
	must(t, j.Check(t.Context()))
	if j.Path() != path {
		t.Errorf("path %s, want %s", j.Path(), path)
	}
}

func TestInstallIDsDiffer(t *testing.T) {
	t.Parallel()
	var ids [2]uuid.UUID
	for i := range ids {
		j, err := Open(t.Context(), Options{Path: newPath(t), Now: clock}) // made, and not a copy of one
		must(t, err)
		ids[i], err = j.InstallID(t.Context())
		must(t, err)
		mustClose(t, j)
	}
	if ids[0] == ids[1] {
		t.Errorf("two journals have the id %s", ids[0])
	}
}

func TestPathsWithSpecialCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"plain.db", "with space.db", "Журнал кассы №1.db", "what?.db", "#1.db", "100%.db", "%20.db", "a&b=c;d.db", "a+b.db",
		"?mode=memory", "file:x.db", "[::1]@host.db", "'quote\".db",
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), name)
			path := filepath.Join(folder, name)
			ids := mustMake(t, path, 1)
			wantConfirmed(t, mustOpen(t, path), ids...)
			for _, file := range mustNames(t, folder) {
				if !strings.HasPrefix(file, name) && file != installFile {
					t.Errorf("a file of another name was made: %s", file)
				}
			}
		})
	}
}

func mustNames(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	must(t, err)
	for _, file := range files {
		names = append(names, file.Name())
	}
	return names
}

// TestRelativePath shows that the journal stays where it was found when the program changes its folder.
func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	j := mustOpen(t, "journal.db")
	t.Chdir(t.TempDir())
	ids := []uuid.UUID{mustConfirm(t, j, 1)}
	wantConfirmed(t, j, ids...)
	if !filepath.IsAbs(j.Path()) {
		t.Errorf("path %s is not absolute", j.Path())
	}
}

func TestSecondTillIsLockedOut(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	for range 2 { // the refused one does not disturb the lock
		err := mustNotOpen(t, Options{Path: path})
		var locked *LockedError
		if !errors.As(err, &locked) {
			t.Fatalf("got error %v, want a LockedError", err)
		}
		if locked.PID != os.Getpid() || !locked.Since.Equal(noon) || locked.Path != path {
			t.Errorf("locked by %d since %s at %s", locked.PID, locked.Since, locked.Path)
		}
	}
	if _, err := SetAside(path, noon); CodeOf(err) != Locked {
		t.Errorf("set aside under a running till: %v", err)
	}
	mustConfirm(t, j, 1)
	mustClose(t, j)
	mustClose(t, mustOpen(t, path))
}

func TestLockNoteOfAnotherProgram(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustOpen(t, path)
	for _, note := range []string{"", "?", "process many since yesterday", strings.Repeat("x", 1000)} {
		must(t, os.WriteFile(path+".lock", []byte(note), fileMode))
		var locked *LockedError
		if err := mustNotOpen(t, Options{Path: path}); !errors.As(err, &locked) || locked.PID != 0 || !locked.Since.IsZero() {
			t.Errorf("note %.20q: got error %v, want a LockedError that names nobody", note, err)
		}
	}
}

func TestLockNoteCoversALongerOne(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustMake(t, path, 0)
	must(t, os.WriteFile(path+".lock", []byte("\x00process 99999999999 since 2025-01-01T00:00:00Z\n and more"), fileMode))
	mustOpen(t, path)
	if holder := lockHolder(path); holder.PID != os.Getpid() || !holder.Since.Equal(noon) {
		t.Errorf("locked by %d since %s", holder.PID, holder.Since)
	}
}

func TestReadOnlyBesideARunningTill(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	till := mustOpen(t, path)
	first := mustConfirm(t, till, 1)
	reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	wantConfirmed(t, reader, first)
	second := mustConfirm(t, till, 2)
	wantConfirmed(t, reader, first, second)
	must(t, reader.Check(t.Context()))
	install, err := reader.InstallID(t.Context())
	must(t, err)
	if want, err := till.InstallID(t.Context()); err != nil || install != want {
		t.Errorf("install id %s, want %s (%v)", install, want, err)
	}
	wantCode(t, reader.Plan(t.Context(), newOperation(3)), ReadOnly)
	_, err = reader.WipeSecrets(t.Context(), noon)
	wantCode(t, err, ReadOnly)
	mustClose(t, till) // while the reader is there
	wantConfirmed(t, reader, first, second)
	mustClose(t, reader)
	wantConfirmed(t, mustOpen(t, path), first, second)
}

// TestReadOnlyLeavesTheFileAlone shows that reading changes no byte of a journal that no till has open.
func TestReadOnlyLeavesTheFileAlone(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	ids := mustMake(t, path, 3)
	before := mustRead(t, path)
	reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	wantConfirmed(t, reader, ids...)
	mustClose(t, reader)
	if !bytes.Equal(mustRead(t, path), before) {
		t.Error("the file has changed")
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}

func TestReadOnlyMakesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	err := mustNotOpen(t, Options{Path: filepath.Join(folder, "data", "journal.db"), ReadOnly: true})
	wantCode(t, err, Missing)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v does not say that there is no file", err)
	}
	if names := mustNames(t, folder); len(names) > 0 {
		t.Errorf("made %q", names)
	}
}

// damages are what a journal may have become. Each takes the file of a journal with operations.
var damages = map[string]func(content []byte) []byte{
	"empty":         func([]byte) []byte { return nil },
	"a text":        func([]byte) []byte { return []byte("Это не журнал, а список покупок.\n") },
	"zeros":         func(content []byte) []byte { return make([]byte, len(content)) },
	"no magic":      func(content []byte) []byte { return append([]byte("SQLite format 4\x00"), content[16:]...) },
	"cut in head":   func(content []byte) []byte { return content[:50] },
	"cut by a byte": func(content []byte) []byte { return content[:len(content)-1] },
	"cut in a page": func(content []byte) []byte { return content[:len(content)-2000] },
	"cut in half":   func(content []byte) []byte { return content[:len(content)/2/4096*4096] },
	"no schema":     func(content []byte) []byte { return append(content[:100:100], make([]byte, len(content)-100)...) },
	"other program": func(content []byte) []byte { return patched(content, 68, 0, 0, 0, 0) },
	"no version":    func(content []byte) []byte { return patched(content, 60, 0, 0, 0, 0) },
	"garbage behind": func(content []byte) []byte {
		return append(content[:4096:4096], bytes.Repeat([]byte{0xA5}, len(content)-4096)...)
	},
}

func patched(content []byte, at int, with ...byte) []byte {
	content = slices.Clone(content)
	copy(content[at:], with)
	return content
}

func TestDamagedIsKeptAndSetAside(t *testing.T) {
	t.Parallel()
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			mustMake(t, path, 3)
			damaged := damage(mustRead(t, path))
			must(t, os.WriteFile(path, damaged, fileMode))
			for _, readOnly := range []bool{true, false} {
				err := mustNotOpen(t, Options{Path: path, ReadOnly: readOnly})
				var damagedErr *DamagedError
				if !errors.As(err, &damagedErr) || damagedErr.Path != path || CodeOf(err) != Damaged {
					t.Fatalf("read-only %t: got error %v, want a DamagedError of %s", readOnly, err, path)
				}
				if !bytes.Equal(mustRead(t, path), damaged) {
					t.Fatal("opening has changed the file")
				}
			}
			aside, err := SetAside(path, noon)
			must(t, err)
			if want := path + ".damaged-20250301T120000Z"; aside != want {
				t.Errorf("set aside as %s, want %s", aside, want)
			}
			if !bytes.Equal(mustRead(t, aside), damaged) {
				t.Error("setting aside has changed the file")
			}
			wantConfirmed(t, mustOpen(t, path))
		})
	}
}

// TestCutFileWithItsLog has a crash cut the file while the log still holds what was cut.
func TestCutFileWithItsLog(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	fill(t, j, 300) // the file grows
	log := mustRead(t, path+"-wal")
	must(t, j.checkpoint(t.Context()))
	whole := mustRead(t, path)
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(copied, whole[:len(whole)-2000], fileMode))
	must(t, os.WriteFile(copied+"-wal", log, fileMode))
	c := mustOpen(t, copied)
	must(t, c.Check(t.Context()))
	all, err := c.List(t.Context(), loyalty.Filter{})
	must(t, err)
	if len(all) != 300 {
		t.Errorf("%d operations, want 300", len(all))
	}
}

func TestLogWithoutJournalIsDamage(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	must(t, os.Mkdir(filepath.Dir(path), folderMode))
	must(t, os.WriteFile(path+"-wal", []byte("the only copy of the last hours"), fileMode))
	wantCode(t, mustNotOpen(t, Options{Path: path}), Damaged)
	aside, err := SetAside(path, noon)
	must(t, err)
	if got := string(mustRead(t, aside+"-wal")); got != "the only copy of the last hours" {
		t.Errorf("the log has become %q", got)
	}
	wantConfirmed(t, mustOpen(t, path))
}

func TestSetAsideReplacesNothing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	seen := map[string]bool{}
	for range 3 { // within one second
		mustMake(t, path, 1)
		aside, err := SetAside(path, noon)
		must(t, err)
		seen[aside] = true
		for name := range seen {
			mustRead(t, name)
		}
	}
	if len(seen) != 3 {
		t.Errorf("names %v, want three", seen)
	}
	_, err := SetAside(path, noon)
	wantCode(t, err, Missing)
	for n := range maxAside {
		must(t, os.WriteFile(mustFree(t, path, n), nil, fileMode))
	}
	mustMake(t, path, 1)
	if _, err = SetAside(path, noon.Add(time.Hour)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got error %v when all names are taken", err)
	}
	wantConfirmed(t, mustOpen(t, path), mustOnly(t, path)...)
}

// mustFree gives the n-th name of an hour later.
func mustFree(t *testing.T, path string, n int) string {
	t.Helper()
	name, err := freeName(path + ".damaged-20250301T130000Z")
	must(t, err)
	if taken := n > 0; taken != strings.Contains(filepath.Base(name), "Z-") {
		t.Fatalf("name %d is %s", n, name)
	}
	return name
}

// mustOnly gives the ids of a journal's operations.
func mustOnly(t *testing.T, path string) (ids []uuid.UUID) {
	t.Helper()
	reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	defer mustClose(t, reader)
	all, err := reader.List(t.Context(), loyalty.Filter{})
	must(t, err)
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestUnwritablePlaces(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	must(t, os.WriteFile(file, nil, fileMode))
	inPlace := filepath.Join(folder, "folder.db")
	must(t, os.Mkdir(inPlace, folderMode))
	lockInPlace := filepath.Join(folder, "locked.db")
	must(t, os.Mkdir(lockInPlace+".lock", folderMode))
	freshInPlace := filepath.Join(folder, "fresh.db")
	must(t, os.MkdirAll(filepath.Join(freshInPlace+".new", "full"), folderMode))
	for name, path := range map[string]string{
		"below a file":         filepath.Join(file, "journal.db"),
		"far below a file":     filepath.Join(file, "a", "b", "journal.db"),
		"a folder":             inPlace,
		"lock is a folder":     lockInPlace,
		"new name is a folder": freshInPlace,
		"no valid name":        filepath.Join(folder, "a\x00b"),
	} {
		err := mustNotOpen(t, Options{Path: path})
		wantCode(t, err, Unwritable)
		if _, err := os.Stat(path); name != "a folder" && err == nil {
			t.Errorf("%s: something was made", name)
		}
	}
	for _, path := range []string{filepath.Join(file, "journal.db"), inPlace} {
		wantCode(t, mustNotOpen(t, Options{Path: path, ReadOnly: true}), Unwritable)
	}
	_, err := SetAside(filepath.Join(file, "journal.db"), noon)
	wantCode(t, err, Unwritable)
}

// TestUnfinishedCreation shows that what a crash left of a new journal does not become one, and is cleared away.
func TestUnfinishedCreation(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	must(t, os.Mkdir(filepath.Dir(path), folderMode))
	for _, side := range []string{"", "-wal", "-shm"} {
		must(t, os.WriteFile(path+".new"+side, []byte("half"), fileMode))
	}
	wantConfirmed(t, mustOpen(t, path))
	for _, name := range mustNames(t, filepath.Dir(path)) {
		if strings.Contains(name, ".new") {
			t.Errorf("%s is left", name)
		}
	}
}

func TestCloseTwiceAndUseAfterwards(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	id := mustConfirm(t, j, 1)
	mustClose(t, j)
	mustClose(t, j)
	wantCode(t, j.Plan(t.Context(), newOperation(2)), Other)
	_, err := j.Find(t.Context(), id)
	wantCode(t, err, Other)
	_, err = j.List(t.Context(), loyalty.Filter{Since: noon})
	wantCode(t, err, Other)
	_, err = j.Events(t.Context(), id)
	wantCode(t, err, Other)
	_, err = j.InstallID(t.Context())
	wantCode(t, err, Other)
	wantCode(t, j.Check(t.Context()), Other)
	for _, name := range mustNames(t, filepath.Dir(j.Path())) {
		if strings.HasSuffix(name, "-wal") {
			t.Errorf("%s is left after closing", name)
		}
	}
}

func TestOpenGivesUp(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustMake(t, path, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, Options{Path: path}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	mustOpen(t, path) // the lock was given back
}

// TestCheckFindsDamageInside damages pages that opening does not read.
func TestCheckFindsDamageInside(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	fill(t, j, 2000)
	must(t, j.Check(t.Context()))
	mustClose(t, j)
	content := mustRead(t, path)
	middle := len(content) / 2 / 4096 * 4096
	copy(content[middle:middle+2*4096], bytes.Repeat([]byte{0xA5}, 2*4096))
	must(t, os.WriteFile(path, content, fileMode))
	j = mustOpen(t, path)
	wantCode(t, j.Check(t.Context()), Damaged)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v of a check that was ended", err)
	}
}

func TestDamagedInstallID(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	mustExec(t, j, `UPDATE meta SET value = 'nobody' WHERE key = 'install_id'`)
	_, err := j.InstallID(t.Context())
	wantCode(t, err, Damaged)
}

package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// installFile is where a machine keeps its install id, in the data folder. Every journal that was made there, or adopted,
// names the same id: so a journal that was carried to another machine is known as foreign.
const installFile = "install-id"

// installMax bounds the file; an id and a line's end are 37 bytes.
const installMax = 64

// ForeignReason says why a journal is not simply the one that this till wrote last (DESIGN.md, section 3, I10).
type ForeignReason string

// The reasons.
const (
	Restored      ForeignReason = "restored"      // it was a backup: operations may have been sent since
	OtherMachine  ForeignReason = "other_machine" // it was made on another machine, which may still use it
	NoInstallFile ForeignReason = "no_install_id" // this machine has no id, as one has to which only the journal was copied
	own           ForeignReason = ""
)

// Foreign reports whether the journal was restored from a backup or comes from another machine, and why that is thought.
// Before anything is sent, every open operation of such a journal becomes a person's to decide; then [Journal.Adopt] it.
func (j *Journal) Foreign() (bool, ForeignReason) {
	j.identity.Lock()
	defer j.identity.Unlock()
	return j.foreign != own, j.foreign
}

// Adopt makes a foreign journal this till's own: it forgets that it was a backup and which receipts were due, which have come
// out elsewhere or long ago, and names this machine's install id. A crash in the middle leaves it foreign. Errors are those of a write.
func (j *Journal) Adopt(ctx context.Context) error {
	if j.writer == nil {
		return &Error{Code: ReadOnly, Path: j.path, Err: errReader}
	}
	j.identity.Lock()
	defer j.identity.Unlock()
	if j.foreign == own {
		return nil
	}
	id, err := ensureInstall(j.dataDir)
	if err != nil {
		return err
	}
	err = j.write(ctx, keeps, func(ctx context.Context, t *transaction) error {
		if err := t.exec(ctx, `DELETE FROM meta WHERE key = 'backup_at'`); err != nil {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM receipts`); err != nil {
			return err
		}
		return t.exec(ctx, `UPDATE meta SET value = ? WHERE key = 'install_id'`, id.String())
	})
	if err == nil {
		j.foreign = own
	}
	return err
}

// judgeOrigin finds out whether the journal is foreign.
func (j *Journal) judgeOrigin(ctx context.Context, db session) error {
	var install string
	var isCopy bool
	err := db.QueryRowContext(ctx, `SELECT value, EXISTS (SELECT 1 FROM meta WHERE key = 'backup_at')
		FROM meta WHERE key = 'install_id'`).Scan(&install, &isCopy)
	if err != nil {
		return j.wrap(err)
	}
	machine, err := readInstall(j.dataDir)
	if err != nil {
		return err
	}
	switch {
	case isCopy:
		j.foreign = Restored
	case machine == uuid.Nil:
		j.foreign = NoInstallFile
	case machine.String() != install:
		j.foreign = OtherMachine
	}
	return nil
}

// InstallID is the install id of the machine that the journal belongs to. A copy or a backup has the same.
func (j *Journal) InstallID(ctx context.Context) (uuid.UUID, error) {
	var text string
	err := j.reader.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'install_id'`).Scan(&text)
	if err != nil {
		return uuid.Nil, j.wrap(err)
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, &DamagedError{Path: j.path, Err: err}
	}
	return id, nil
}

// readInstall gives the machine's install id, or [uuid.Nil] when it has none or the file holds something else: a crash or
// a foreign hand may have left that, and a journal is then not known to be this machine's.
func readInstall(dataDir string) (uuid.UUID, error) {
	path := filepath.Join(dataDir, installFile)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return uuid.Nil, nil
	}
	if err != nil {
		return uuid.Nil, fileError(path, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, installMax))
	if err != nil {
		return uuid.Nil, fileError(path, err)
	}
	id, err := uuid.Parse(strings.TrimSpace(string(text)))
	if err != nil {
		return uuid.Nil, nil
	}
	return id, nil
}

// ensureInstall gives the machine's install id and makes one when there is none.
func ensureInstall(dataDir string) (uuid.UUID, error) {
	id, err := readInstall(dataDir)
	if err != nil || id != uuid.Nil {
		return id, err
	}
	id = uuid.New()
	path := filepath.Join(dataDir, installFile)
	if err := writeInstall(path, id); err != nil {
		return uuid.Nil, fileError(path, err)
	}
	return id, nil
}

// writeInstall gives the file its name when it is complete and on the disk.
func writeInstall(path string, id uuid.UUID) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, fmt.Appendln(nil, id), fileMode); err != nil {
		return err
	}
	if err := flush(fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return flushFolder(filepath.Dir(path))
}

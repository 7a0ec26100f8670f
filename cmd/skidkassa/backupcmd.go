package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// backup is a line of `journal backups --json`.
type backup struct {
	Path       string     `json:"path"`
	At         *time.Time `json:"at,omitempty"`
	Operations int64      `json:"operations"`
	Trouble    string     `json:"trouble,omitempty"` // why it cannot be restored
}

// backupColumns are the heads of the list of backups.
var backupColumns = []texts.ID{texts.CLIColTime, texts.CLIColOperations, texts.CLIColVerdict, texts.CLIColFile}

func journalBackupsCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "backups",
		Short: string(texts.CLIHelpJournalBackups),
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return p.listBackups(command.Context(), f, asJSON)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) listBackups(ctx context.Context, f *flags, asJSON bool) error {
	found, err := p.findDataDir(f)
	if err != nil {
		return err
	}
	infos, err := journal.Backups(ctx, filepath.Join(found.dataDir, backupsName))
	if err != nil {
		return err
	}
	if len(infos) == 0 && !asJSON {
		return p.tell(texts.CLINoBackups)
	}
	t := table{head: p.heads(backupColumns), numeric: map[int]bool{1: true}}
	for _, info := range infos {
		trouble := ""
		if info.Err != nil {
			trouble = info.Err.Error()
		}
		if asJSON {
			if err := p.printJSON(backup{info.Path, optionalTime(info.At), info.Operations, trouble}); err != nil {
				return err
			}
			continue
		}
		verdict := p.say(texts.CLIBackupFine)
		if trouble != "" {
			verdict = trouble
		}
		t.add(info.At.Local().Format(time.DateTime), strconv.FormatInt(info.Operations, 10), verdict, info.Path)
	}
	if asJSON {
		return nil
	}
	return p.print("%s", t.String())
}

func journalRestoreCommand(p *program, f *flags) *cobra.Command {
	return &cobra.Command{
		Use:     "restore BACKUP",
		Short:   string(texts.CLIHelpJournalRestore),
		Long:    string(texts.CLILongJournalRestore),
		Example: exampleJournalRestore,
		Args:    exactly("BACKUP"),
		RunE: func(command *cobra.Command, args []string) error {
			return p.restore(command.Context(), f, args[0])
		},
	}
}

// restoreError says that a backup was not restored, and nothing was changed.
type restoreError struct {
	backup string
	err    error
}

func (e *restoreError) Error() string { return e.backup + ": " + e.err.Error() }
func (e *restoreError) Unwrap() error { return e.err }

func (p *program) restore(ctx context.Context, f *flags, from string) error {
	found, err := p.load(f)
	if err != nil {
		return err
	}
	if err := p.askAdmin(ctx, found.dataDir); err != nil {
		return err
	}
	from = backupPath(found.dataDir, from)
	aside, err := journal.RestoreBackup(ctx, from, found.journal, p.now())
	if err != nil {
		return &restoreError{backup: from, err: err}
	}
	if aside != "" {
		if err := p.tell(texts.CLIReplaced, texts.Args{"Path": aside}); err != nil {
			return err
		}
	}
	return p.tell(texts.CLIRestored, texts.Args{"Journal": found.journal})
}

// backupPath finds a backup by its bare name, as `journal backups` shows it, in
// the folder of the backups, when there is no such file in this folder.
func backupPath(dataDir, typed string) string {
	kept := filepath.Join(dataDir, backupsName, typed)
	if filepath.Base(typed) != typed || isThere(typed) || !isThere(kept) {
		return typed
	}
	return kept
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

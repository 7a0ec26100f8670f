package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// settings looks at the settings file: whether it can be used, and whether
// others can change it. Whoever can, may send the shop's secret elsewhere.
func (d *doctor) settings(context.Context) finding {
	file := d.place.loaded.File
	if d.settingsErr != nil {
		sentence, _ := d.p.words().explain(d.settingsErr)
		return failed(sentence, d.say(texts.CLICureSettings))
	}
	said := texts.Args{"File": file}
	if d.place.loaded.FileMissing {
		return failed(d.say(texts.CLIFoundNoSettings, said), d.say(texts.CLICureNoSettings))
	}
	if _, write, _, err := d.reachOf(file); err == nil && write {
		return warning(d.say(texts.CLIFoundOpenSettings, said), d.cureReach(file, texts.CLICureOpenSettings))
	}
	shop := d.place.loaded.Settings.Shop
	return fine(d.say(texts.CLIFoundSettings, texts.Args{"File": file, "Shop": shop.Vendor, "Register": shop.Register}))
}

// cureReach says how to keep others out: on Windows by its access list.
func (d *doctor) cureReach(path string, elsewhere texts.ID) string {
	if d.p.goos == "windows" {
		return d.say(texts.CLICureReach, texts.Args{"Path": path})
	}
	return d.say(elsewhere, texts.Args{"File": path, "Dir": path})
}

// till looks whether a till is running here. What it has open the later checks
// leave to it.
func (d *doctor) till(context.Context) finding {
	if d.place.journal == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	holder, err := journal.Holder(d.place.journal)
	switch {
	case err != nil:
		return d.journalFailed(err)
	case holder == nil:
		return fine(d.say(texts.CLIFoundTillOff))
	}
	d.running = true
	if holder.PID == 0 {
		return fine(d.say(texts.CLIFoundTillUnknown))
	}
	d.states = readStates(d.place.dataDir, holder.PID)
	return fine(d.say(texts.CLIFoundTill, texts.Args{"PID": holder.PID, "Time": holder.Since.Local().Format(time.DateTime)}))
}

// journal reads the whole journal, looks whether it is this machine's own, and
// counts what waits for a person.
func (d *doctor) journal(ctx context.Context) finding {
	if d.place.journal == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	j, err := journal.Open(ctx, journal.Options{
		Path: d.place.journal, DataDir: d.place.dataDir, ReadOnly: true, Now: d.p.now,
	})
	if journal.CodeOf(err) == journal.Missing {
		return fine(d.say(texts.CLIFoundNoJournal, texts.Args{"Journal": d.place.journal}))
	}
	if err != nil {
		return d.journalFailed(err)
	}
	defer func() { _ = j.Close() }() // only read from
	if err := j.Check(ctx); err != nil {
		return d.journalFailed(err)
	}
	if foreign, why := j.Foreign(); foreign {
		return warning(d.say(foreignWords[why], texts.Args{"Journal": d.place.journal}), d.say(texts.CLICureForeign))
	}
	open, err := j.List(ctx, loyalty.Filter{States: []loyalty.State{
		loyalty.StatePlanned, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
	}})
	if err != nil {
		return d.journalFailed(err)
	}
	if len(open) > 0 {
		return warning(d.p.words().Count(texts.CLIFoundOpenOperations, int64(len(open)), texts.Args{"Journal": d.place.journal}),
			d.say(texts.CLICureOpenOperations))
	}
	return fine(d.place.journal)
}

// foreignWords say why a journal is not simply this machine's own.
var foreignWords = map[journal.ForeignReason]texts.ID{
	journal.Restored:      texts.CLIFoundRestored,
	journal.OtherMachine:  texts.CLIFoundOtherMachine,
	journal.NoInstallFile: texts.CLIFoundNoInstall,
}

func (d *doctor) journalFailed(err error) finding {
	sentence, _ := d.p.words().explain(err)
	what, cure, _ := strings.Cut(sentence, "\n")
	return failed(what, strings.TrimSpace(cure))
}

// backupAge is how old the newest backup may be: a till that was closed over a
// long weekend is not ill.
const backupAge = 4 * 24 * time.Hour

// backups reads the newest backup, and looks whether there is one of these days.
func (d *doctor) backups(ctx context.Context) finding {
	if d.place.dataDir == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	folder := filepath.Join(d.place.dataDir, backupsName)
	infos, err := journal.Backups(ctx, folder)
	switch {
	case err != nil:
		return d.journalFailed(err)
	case len(infos) == 0 && !d.hasJournal():
		return fine(d.say(texts.CLIFoundNoBackup, texts.Args{"Dir": folder}))
	case len(infos) == 0:
		return warning(d.say(texts.CLIFoundNoBackup, texts.Args{"Dir": folder}), d.say(texts.CLICureBackup))
	case infos[0].Err != nil:
		return failed(infos[0].Err.Error(), d.say(texts.CLICureIllBackup))
	}
	newest := infos[0]
	if age := d.p.now().Sub(newest.At); age > backupAge {
		return warning(d.p.words().Count(texts.CLIFoundOldBackup, int64(age/(24*time.Hour)), texts.Args{"File": newest.Path}), d.say(texts.CLICureBackup))
	}
	return fine(d.p.words().Count(texts.CLIFoundBackup, newest.Operations, texts.Args{
		"Backups": len(infos), "Time": newest.At.Local().Format(time.DateTime),
	}))
}

func (d *doctor) hasJournal() bool {
	_, err := os.Stat(d.place.journal)
	return !errors.Is(err, os.ErrNotExist)
}

// reserve looks whether results could be written on a full disk.
func (d *doctor) reserve(context.Context) finding {
	if d.place.journal == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	path := d.place.journal + reserveEnding
	said := texts.Args{"File": path}
	if _, err := os.Stat(path); err != nil {
		if !d.hasJournal() {
			return fine(d.say(texts.CLIFoundNoReserve, said))
		}
		return warning(d.say(texts.CLIFoundNoReserve, said), d.say(texts.CLICureReserve))
	}
	return fine(d.say(texts.CLIFoundReserve, said))
}

// reserveEnding is how the journal's reserve is named after it.
const reserveEnding = ".reserve"

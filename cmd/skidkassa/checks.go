package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func (d *doctor) settings(context.Context) finding {
	file := d.place.loaded.File
	if d.settingsErr != nil {
		sentence, _ := explain(d.settingsErr)
		return failed(sentence, cureSettings)
	}
	if d.place.loaded.FileMissing {
		return failed(say(foundNoSettings, file), cureNoSettings)
	}
	shop := d.place.loaded.Settings.Shop
	return fine(say(foundSettings, file, shop.Vendor, shop.Register))
}

// folder looks whether the data folder is there, private and writable.
func (d *doctor) folder(context.Context) finding {
	dir := d.place.dataDir
	if dir == "" {
		return skipped(foundUnset)
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fine(say(foundNoFolder, dir))
	case err != nil:
		return failed(err.Error(), say(cureFolder, dir))
	case !info.IsDir():
		return failed(say(foundNotFolder, dir), say(cureFolder, dir))
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return failed(err.Error(), say(cureFolder, dir))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return failed(err.Error(), say(cureFolder, dir))
	}
	if mode := info.Mode().Perm(); d.p.goos != "windows" && mode&0o077 != 0 {
		return warning(say(foundOpenFolder, dir, mode), say(cureOpenFolder, dir))
	}
	return fine(dir)
}

// journal reads the whole journal, and counts what waits for a person.
func (d *doctor) journal(ctx context.Context) finding {
	if d.place.journal == "" {
		return skipped(foundUnset)
	}
	j, err := journal.Open(ctx, journal.Options{Path: d.place.journal, ReadOnly: true, Now: d.p.now})
	if journal.CodeOf(err) == journal.Missing {
		return fine(say(foundNoJournal, d.place.journal))
	}
	if err != nil {
		return d.journalFailed(err)
	}
	defer func() { _ = j.Close() }() // only read from
	if err := j.Check(ctx); err != nil {
		return d.journalFailed(err)
	}
	open, err := j.List(ctx, loyalty.Filter{States: []loyalty.State{
		loyalty.StatePlanned, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
	}})
	if err != nil {
		return d.journalFailed(err)
	}
	if len(open) > 0 {
		return warning(say(foundOpenOperations, d.place.journal, len(open)), cureOpenOperations)
	}
	return fine(d.place.journal)
}

// backupAge is how old the newest backup may be: a till that was closed over a
// long weekend is not ill.
const backupAge = 4 * 24 * time.Hour

// backups reads the newest backup, and looks whether there is one of these days.
func (d *doctor) backups(ctx context.Context) finding {
	if d.place.dataDir == "" {
		return skipped(foundUnset)
	}
	folder := filepath.Join(d.place.dataDir, backupsName)
	infos, err := journal.Backups(ctx, folder)
	switch {
	case err != nil:
		return d.journalFailed(err)
	case len(infos) == 0 && !d.hasJournal():
		return fine(say(foundNoBackup, folder))
	case len(infos) == 0:
		return warning(say(foundNoBackup, folder), cureBackup)
	case infos[0].Err != nil:
		return failed(infos[0].Err.Error(), cureIllBackup)
	}
	newest := infos[0]
	if age := d.p.now().Sub(newest.At); age > backupAge {
		return warning(say(foundOldBackup, int(age/(24*time.Hour)), newest.Path), cureBackup)
	}
	return fine(say(foundBackup, len(infos), newest.At.Local().Format(time.DateTime), newest.Operations))
}

func (d *doctor) hasJournal() bool {
	_, err := os.Stat(d.place.journal)
	return err == nil
}

// reserve looks whether results could be written on a full disk.
func (d *doctor) reserve(context.Context) finding {
	if d.place.journal == "" {
		return skipped(foundUnset)
	}
	path := d.place.journal + reserveEnding
	if _, err := os.Stat(path); err != nil {
		if !d.hasJournal() {
			return fine(say(foundNoReserve, path))
		}
		return warning(say(foundNoReserve, path), cureReserve)
	}
	return fine(say(foundReserve, path))
}

// reserveEnding is how the journal's reserve is named after it.
const reserveEnding = ".reserve"

func (d *doctor) journalFailed(err error) finding {
	sentence, _ := explain(err)
	what, cure, _ := strings.Cut(sentence, "\n")
	return failed(what, strings.TrimSpace(cure))
}

// secret looks whether the shop's secret can be had, and from where.
func (d *doctor) secret(ctx context.Context) finding {
	source, err := d.find(ctx, config.SecretSkidkabot)
	if err != nil {
		return secretFailed(err)
	}
	return fine(say(foundSecret, sourceWords[source]))
}

// admin tells that nobody is asked for a PIN, where that is so.
func (d *doctor) admin(ctx context.Context) finding {
	_, err := d.find(ctx, config.SecretAdmin)
	switch {
	case errors.Is(err, config.ErrSecretNotFound):
		return warning(foundNoPIN, cureNoPIN)
	case err != nil:
		return secretFailed(err)
	}
	return fine(foundPIN)
}

func (d *doctor) find(ctx context.Context, name config.SecretName) (config.Source, error) {
	secrets, err := d.p.openSecrets(d.place.dataDir, d.keyring)
	if err != nil {
		return "", err
	}
	_, source, err := secrets.Find(ctx, name)
	return source, err
}

func secretFailed(err error) finding { return failed(secretTrouble(err), secretCure(err)) }

const (
	// reachLimit bounds the one request to the service.
	reachLimit = 10 * time.Second
	// clockWarning and clockFail are how far the till's clock may be off. At
	// the second a QR's 24 hours and a queue's order can no longer be trusted.
	clockWarning = time.Minute
	clockFail    = 5 * time.Minute
)

// service asks for the head of the service's first page: it has to be found,
// reached, and trusted, but no customer and no points are in it.
func (d *doctor) service(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	address := d.place.loaded.Settings.Skidkabot.URL
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address+"/", nil)
	if err != nil {
		return failed(err.Error(), cureSettings)
	}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: reachLimit / 2}).DialContext,
		TLSHandshakeTimeout:    reachLimit / 2,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
	}
	began := time.Now()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failed(say(foundNoService, address, err), cureNoService)
	}
	_ = response.Body.Close() // the reply to HEAD has none
	d.serviceTime, _ = http.ParseTime(response.Header.Get("Date"))
	detail := say(foundService, address, response.StatusCode, time.Since(began).Milliseconds())
	if response.StatusCode >= http.StatusInternalServerError {
		return warning(detail, cureIllService)
	}
	return fine(detail)
}

// clock compares this machine's clock with the service's, whose Date has whole
// seconds.
func (d *doctor) clock(context.Context) finding {
	if d.serviceTime.IsZero() {
		return skipped(foundNoDate)
	}
	ahead := d.p.now().Sub(d.serviceTime).Round(time.Second)
	detail := say(foundAhead, ahead)
	if ahead < 0 {
		detail = say(foundBehind, -ahead)
	}
	switch off := ahead.Abs(); {
	case off > clockFail:
		return failed(detail, cureClock)
	case off > clockWarning:
		return warning(detail, cureClock)
	}
	return fine(detail)
}

// The smallest window that the till's screens fit in.
const (
	minColumns = 80
	minLines   = 24
)

// terminal looks at the terminal that the doctor runs in; it asks it nothing.
func (d *doctor) terminal(context.Context) finding {
	_, out, err := d.p.terminals()
	if err != nil {
		return skipped(foundNoTerminal)
	}
	columns, lines, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return failed(err.Error(), cureTerminal)
	}
	detail := say(foundTerminal, orUnknown(d.p.getenv("TERM")), columns, lines, orUnknown(d.locale()))
	switch {
	case d.p.getenv("TERM") == "dumb":
		return failed(detail, cureTerminal)
	case columns < minColumns || lines < minLines:
		return failed(detail, say(cureSmall, minColumns, minLines))
	case d.p.goos != "windows" && !isUTF8(d.locale()):
		return warning(detail, cureLocale)
	}
	return fine(detail)
}

// locale is the one that decides how text is encoded, "" when none is set.
func (d *doctor) locale() string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := d.p.getenv(name); locale != "" {
			return locale
		}
	}
	return ""
}

func isUTF8(locale string) bool {
	upper := strings.ToUpper(locale)
	return strings.Contains(upper, "UTF-8") || strings.Contains(upper, "UTF8")
}

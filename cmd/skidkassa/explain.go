package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Errors of this package.
var (
	errNoTerminal = errors.New("no terminal")
	errNoInput    = errors.New("the standard input is empty")
)

// notSetUpError says that this machine has no settings for a till.
type notSetUpError struct{ file string }

func (e *notSetUpError) Error() string { return "no settings file " + e.file }

// dataDirError says that the data folder cannot be made.
type dataDirError struct {
	dir string
	err error
}

func (e *dataDirError) Error() string { return e.err.Error() }
func (e *dataDirError) Unwrap() error { return e.err }

// explain turns an error into what a person reads on stderr, what happened and
// what to do next, and into the exit code. An empty sentence means that all has
// been said.
func explain(err error) (sentence string, code exitCode) {
	for _, explained := range []func(error) (string, exitCode){
		explainFlight, explainUsage, explainSettings, explainJournal, explainSecret, explainScan, explainService, explainDoor, explainPrinter,
	} {
		if sentence, code := explained(err); code != exitDone {
			return sentence, code
		}
	}
	return err.Error(), exitFailed
}

// explainUsage explains what is wrong with a command line, or with where it was
// given.
func explainUsage(err error) (string, exitCode) {
	var misused *usageError
	var ill *illError
	switch {
	case errors.As(err, &misused):
		return misused.Error() + "\n" + saySeeHelp, exitUsage
	case errors.As(err, &ill):
		return say(sayIll, ill.fails), exitFailed
	case errors.Is(err, errNoTerminal):
		return sayNoTerminal, exitFailed
	case errors.Is(err, config.ErrCancelled):
		return sayCancelled, exitFailed
	case errors.Is(err, errFileThere):
		var there *fs.PathError
		errors.As(err, &there)
		return say(sayFileThere, there.Path), exitFailed
	case errors.Is(err, errDiffers):
		return sayDiffers, exitFailed
	case errors.Is(err, errWrongPIN):
		return sayWrongPIN, exitFailed
	case errors.Is(err, errNoInput):
		return sayNoInput, exitFailed
	case errors.Is(err, context.Canceled):
		return sayInterrupted, exitFailed
	}
	return "", exitDone
}

// explainSettings explains why a till's settings or folders cannot be used. A
// mistake on the command line alone is a wrong use of it.
func explainSettings(err error) (string, exitCode) {
	var settings *config.SettingsError
	var unset *notSetUpError
	var folder *dataDirError
	switch {
	case errors.As(err, &settings):
		return settingsSentence(settings)
	case errors.As(err, &unset):
		return say(sayNotSetUp, orUnknown(unset.file)), exitFailed
	case errors.Is(err, config.ErrNoHome):
		return sayNoHome, exitFailed
	case errors.As(err, &folder):
		return say(sayNoDataDir, folder.dir, folder.err), exitFailed
	}
	return "", exitDone
}

func settingsSentence(err *config.SettingsError) (string, exitCode) {
	code := exitUsage
	lines := []string{saySettings}
	for _, problem := range err.Problems {
		lines = append(lines, "  "+problem.Error())
		if problem.Origin != config.FromFlag {
			code = exitFailed
		}
	}
	return strings.Join(lines, "\n"), code
}

// explainFlight explains that the program ended before an operation did.
func explainFlight(err error) (string, exitCode) {
	if errors.Is(err, loyalty.ErrInFlight) {
		return sayInFlight, exitUnknown
	}
	return "", exitDone
}

// explainJournal explains why the journal cannot be used. None of these has
// changed it.
func explainJournal(err error) (string, exitCode) {
	var unrestored *restoreError
	if errors.As(err, &unrestored) && journal.CodeOf(err) != journal.Locked {
		return say(sayUnrestored, unrestored.backup, cause(err)), exitFailed
	}
	path := journalPath(err)
	switch journal.CodeOf(err) {
	case "":
		if errors.Is(err, loyalty.ErrNotFound) {
			return sayNoOperation, exitFailed
		}
		return "", exitDone
	case journal.Locked:
		return lockedSentence(err), exitFailed
	case journal.Damaged:
		return say(sayDamaged, path), exitFailed
	case journal.Newer:
		return say(sayNewer, path), exitFailed
	case journal.Older:
		return say(sayOlder, path), exitFailed
	case journal.Missing:
		return say(sayMissing, path), exitFailed
	case journal.Full:
		return say(sayFull, path), exitFailed
	case journal.ReadOnly, journal.Unwritable:
		return say(sayUnwritable, path, cause(err)), exitFailed
	case journal.Busy:
		return say(sayBusy, path), exitFailed
	}
	return say(sayJournal, path, cause(err)), exitFailed
}

// cause is the innermost error: what the operating system or SQLite said.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// journalPath is the file that an error of the journal names.
func journalPath(err error) string {
	var plain *journal.Error
	var damaged *journal.DamagedError
	switch {
	case errors.As(err, &damaged):
		return damaged.Path
	case errors.As(err, &plain):
		return plain.Path
	}
	return ""
}

func lockedSentence(err error) string {
	var locked *journal.LockedError
	if !errors.As(err, &locked) || locked.PID == 0 {
		return sayLocked
	}
	return say(sayLockedBy, locked.PID, locked.Since.Local().Format(time.DateTime))
}

// explainSecret explains why a secret cannot be had or kept.
func explainSecret(err error) (string, exitCode) {
	var rule *config.SecretRuleError
	var missing *config.NoSecretError
	var named *secretError
	switch {
	case errors.As(err, &rule), errors.Is(err, config.ErrSecretTooLong), errors.Is(err, config.ErrCredentialsReadOnly):
		return err.Error(), exitFailed
	case errors.As(err, &missing):
		return say(sayNoSecret, missing.Name, secretTrouble(missing.Cause), secretCure(err)), exitFailed
	case errors.As(err, &named):
		return say(saySecretTrouble, named.name, secretTrouble(named.err), secretCure(err)), exitFailed
	}
	return "", exitDone
}

// scanSentences say why a text is no customer's card of this shop.
var scanSentences = map[loyalty.ScanProblem]string{
	loyalty.ScanForeignVendor: sayScanForeign,
	loyalty.ScanDamaged:       sayScanDamaged,
	loyalty.ScanLayout:        sayScanLayout,
	loyalty.ScanBarcode:       sayScanBarcode,
	loyalty.ScanLink:          sayScanLink,
	loyalty.ScanOther:         sayScanOther,
}

func explainScan(err error) (string, exitCode) {
	var scan *loyalty.ScanError
	if !errors.As(err, &scan) {
		return "", exitDone
	}
	return scanSentences[scan.Problem], exitFailed
}

// explainService explains why a balance could not be read. That moves nothing,
// so no outcome is unknown.
func explainService(err error) (string, exitCode) {
	var balance *balanceError
	if !errors.As(err, &balance) {
		return "", exitDone
	}
	var refused *skidkabot.RefusedError
	if errors.As(err, &refused) {
		return strings.TrimSpace(say(sayRefused, refused.Code, refused.Text)), exitRefused
	}
	return say(sayUnavailable, balance.err), exitFailed
}

// explainDoor explains why waiters cannot be served.
func explainDoor(err error) (string, exitCode) {
	var port *portError
	switch {
	case errors.Is(err, errNoDoor):
		return sayNoDoor, exitFailed
	case !errors.As(err, &port):
		return "", exitDone
	case port.owner != "":
		return say(sayPortBusyBy, port.address, port.owner), exitFailed
	case port.busy:
		return say(sayPortBusy, port.address), exitFailed
	}
	return say(sayNoPort, port.address, cause(port.err)), exitFailed
}

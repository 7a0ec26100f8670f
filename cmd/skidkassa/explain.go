package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
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
func (s speaker) explain(err error) (sentence string, code exitCode) {
	for _, explained := range []func(error) (string, exitCode){
		s.explainFlight, s.explainUsage, s.explainDisk, s.explainSettings, s.explainJournal, s.explainSecret, s.explainScan, s.explainService,
		s.explainDoor, s.explainPrinter,
	} {
		if sentence, code := explained(err); code != exitDone {
			return sentence, code
		}
	}
	return err.Error(), exitFailed
}

// explainUsage explains what is wrong with a command line, or with where it was
// given.
func (s speaker) explainUsage(err error) (string, exitCode) {
	var misused *usageError
	var ill *illError
	var pause *pinPauseError
	switch {
	case errors.As(err, &misused):
		return misused.say(s) + "\n" + s.Say(texts.CLISeeHelp), exitUsage
	case errors.As(err, &ill):
		return s.Count(texts.CLIIll, int64(ill.fails)), exitFailed
	case errors.Is(err, errNoTerminal):
		return s.Say(texts.CLINoTerminal), exitFailed
	case errors.Is(err, config.ErrCancelled):
		return s.Say(texts.CLICancelled), exitFailed
	case errors.Is(err, errFileThere):
		var there *fs.PathError
		errors.As(err, &there)
		return s.Say(texts.CLIFileThere, texts.Args{"Path": there.Path}), exitFailed
	case errors.Is(err, errDiffers):
		return s.Say(texts.CLIDiffers), exitFailed
	case errors.Is(err, errWrongPIN):
		return s.Say(texts.CLIWrongPIN), exitFailed
	case errors.As(err, &pause):
		return s.Count(texts.CLIPINPause, int64((pause.left+time.Second-1)/time.Second)), exitFailed
	case errors.Is(err, tui.ErrUncounted):
		return s.Say(texts.CLIUncounted, texts.Args{"Why": err}), exitFailed
	case errors.Is(err, errNoInput):
		return s.Say(texts.CLINoInput), exitFailed
	case errors.Is(err, context.Canceled):
		return s.Say(texts.CLIInterrupted), exitFailed
	}
	return "", exitDone
}

// explainDisk explains that there is no room for what is not the journal.
func (s speaker) explainDisk(err error) (string, exitCode) {
	var folder *dataDirError
	var record *config.RecordError
	path := ""
	switch {
	case !journal.IsFull(err):
		return "", exitDone
	case errors.As(err, &folder):
		path = folder.dir
	case errors.As(err, &record):
		path = record.Path
	default:
		return "", exitDone
	}
	return s.Say(texts.CLIDiskFull, texts.Args{"Path": path}), exitFailed
}

// explainSettings explains why a till's settings or folders cannot be used. A
// mistake on the command line alone is a wrong use of it.
func (s speaker) explainSettings(err error) (string, exitCode) {
	var settings *config.SettingsError
	var unset *notSetUpError
	var left *setupLeftError
	var folder *dataDirError
	switch {
	case errors.As(err, &settings):
		return s.settingsSentence(settings)
	case errors.As(err, &unset):
		return s.Say(texts.CLINotSetUp, texts.Args{"File": s.orUnknown(unset.file)}), exitFailed
	case errors.As(err, &left) && left.half:
		return s.Say(texts.CLISetupHalf), exitFailed
	case errors.As(err, &left):
		return s.Say(texts.CLISetupLeft), exitFailed
	case errors.Is(err, config.ErrNoHome):
		return s.Say(texts.CLINoHome), exitFailed
	case errors.As(err, &folder):
		return s.Say(texts.CLINoDataDir, texts.Args{"Dir": folder.dir, "Why": folder.err}), exitFailed
	}
	return "", exitDone
}

func (s speaker) settingsSentence(err *config.SettingsError) (string, exitCode) {
	code := exitUsage
	lines := []string{s.Say(texts.CLISettings)}
	for _, problem := range err.Problems {
		lines = append(lines, "  "+problem.Where()+": "+s.mistake(problem))
		if problem.Origin != config.FromFlag {
			code = exitFailed
		}
	}
	return strings.Join(lines, "\n"), code
}

// explainFlight explains that the program ended before an operation did.
func (s speaker) explainFlight(err error) (string, exitCode) {
	if errors.Is(err, loyalty.ErrInFlight) {
		return s.Say(texts.CLIInFlight), exitUnknown
	}
	return "", exitDone
}

// explainJournal explains why the journal cannot be used. None of these has
// changed it.
func (s speaker) explainJournal(err error) (string, exitCode) {
	var unrestored *restoreError
	if errors.As(err, &unrestored) && journal.CodeOf(err) != journal.Locked {
		return s.Say(texts.CLIUnrestored, texts.Args{"Backup": unrestored.backup, "Why": cause(err)}), exitFailed
	}
	said := texts.Args{"Journal": journalPath(err), "Why": cause(err)}
	switch code := journal.CodeOf(err); {
	case code == "" && errors.Is(err, loyalty.ErrNotFound):
		return s.Say(texts.CLINoOperation), exitFailed
	case code == "":
		return "", exitDone
	case code == journal.Locked:
		return s.lockedSentence(err), exitFailed
	case journalSentences[code] != "":
		return s.Say(journalSentences[code], said), exitFailed
	}
	return s.Say(texts.CLIJournal, said), exitFailed
}

// journalSentences say why a journal cannot be used, by the code of the error.
var journalSentences = map[journal.Code]texts.ID{
	journal.Damaged:    texts.CLIDamaged,
	journal.Newer:      texts.CLINewer,
	journal.Older:      texts.CLIOlder,
	journal.Missing:    texts.CLIMissing,
	journal.Full:       texts.CLIFull,
	journal.ReadOnly:   texts.CLIUnwritable,
	journal.Unwritable: texts.CLIUnwritable,
	journal.Busy:       texts.CLIBusy,
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

func (s speaker) lockedSentence(err error) string {
	var locked *journal.LockedError
	if !errors.As(err, &locked) || locked.PID == 0 {
		return s.Say(texts.CLILocked)
	}
	return s.Say(texts.CLILockedBy, texts.Args{"PID": locked.PID, "Since": locked.Since.Local().Format(time.DateTime)})
}

// explainSecret explains why a secret cannot be had or kept.
func (s speaker) explainSecret(err error) (string, exitCode) {
	var rule *config.SecretRuleError
	var missing *config.NoSecretError
	var named *secretError
	switch {
	case errors.As(err, &rule):
		return s.Say(texts.CLISecretMustBe, texts.Args{"Name": rule.Name, "Rule": s.Say(ruleWords[rule.Rule])}), exitFailed
	case errors.Is(err, config.ErrSecretTooLong):
		return s.Say(texts.CLISecretTooLong), exitFailed
	case errors.Is(err, config.ErrCredentialsReadOnly):
		return s.Say(texts.CLISecretReadOnly), exitFailed
	case errors.As(err, &missing):
		return s.Say(texts.CLINoSecret, texts.Args{
			"Name": missing.Name, "Why": s.secretTrouble(missing.Cause), "Cure": s.secretCure(err),
		}), exitFailed
	case errors.As(err, &named):
		return s.Say(texts.CLISecretTrouble, texts.Args{
			"Name": named.name, "Why": s.secretTrouble(named.err), "Cure": s.secretCure(err),
		}), exitFailed
	}
	return "", exitDone
}

// scanSentences say why a text is no customer's card of this shop.
var scanSentences = map[loyalty.ScanProblem]texts.ID{
	loyalty.ScanForeignVendor: texts.CLIScanForeign,
	loyalty.ScanDamaged:       texts.CLIScanDamaged,
	loyalty.ScanLayout:        texts.CLIScanLayout,
	loyalty.ScanBarcode:       texts.CLIScanBarcode,
	loyalty.ScanLink:          texts.CLIScanLink,
	loyalty.ScanOther:         texts.CLIScanOther,
}

func (s speaker) explainScan(err error) (string, exitCode) {
	var scan *loyalty.ScanError
	if !errors.As(err, &scan) {
		return "", exitDone
	}
	return s.Say(scanSentences[scan.Problem]), exitFailed
}

// explainService explains why a balance could not be read. That moves nothing,
// so no outcome is unknown.
func (s speaker) explainService(err error) (string, exitCode) {
	var balance *balanceError
	if !errors.As(err, &balance) {
		return "", exitDone
	}
	var refused *skidkabot.RefusedError
	if errors.As(err, &refused) {
		return strings.TrimSpace(s.Say(texts.CLIRefused, texts.Args{"Code": s.code(refused.Code)}) + "\n" + refused.Text), exitRefused
	}
	return s.Say(texts.CLIUnavailable, texts.Args{"Why": balance.err}), exitFailed
}

// code is a code of the service. What it means is said in English alone: its text,
// which follows it, is Russian.
func (s speaker) code(code skidkabot.Code) string {
	if s.Lang() == texts.English {
		return code.String()
	}
	return strconv.Itoa(int(code))
}

// explainDoor explains why nobody can be served at an address.
func (s speaker) explainDoor(err error) (string, exitCode) {
	var port *portError
	var sim *simPortError
	switch {
	case errors.As(err, &sim):
		return s.Say(texts.CLISimNoPort, texts.Args{"Address": sim.address, "Why": cause(sim.err)}), exitFailed
	case errors.Is(err, errNoDoor):
		return s.Say(texts.CLINoDoor), exitFailed
	case !errors.As(err, &port):
		return "", exitDone
	case port.owner != "":
		return s.Say(texts.CLIPortBusyBy, texts.Args{"Address": port.address, "Owner": port.owner}), exitFailed
	case port.busy:
		return s.Say(texts.CLIPortBusy, texts.Args{"Address": port.address}), exitFailed
	}
	return s.Say(texts.CLINoPort, texts.Args{"Address": port.address, "Why": cause(port.err)}), exitFailed
}

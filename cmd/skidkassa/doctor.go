package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/terminal"
)

// verdict is what the doctor thinks of one part of the till.
type verdict string

const (
	verdictOK      verdict = "ok"
	verdictWarning verdict = "warn"    // the till works, but a person should look
	verdictFail    verdict = "fail"    // the till or a part of it does not work
	verdictSkipped verdict = "skipped" // it could not be looked at, because of another finding
)

// finding is the result of one check, with what to do about it. The check and
// the verdict are words for scripts, the others are for people.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
	Cure    string  `json:"cure,omitempty"`

	name string // of the check, for people
}

// report is what `doctor --json` gives.
type report struct {
	OK       bool      `json:"ok"` // no check failed
	Findings []finding `json:"findings"`
}

func fine(detail string) finding { return finding{Verdict: verdictOK, Detail: detail} }

func warning(detail, cure string) finding {
	return finding{Verdict: verdictWarning, Detail: detail, Cure: cure}
}

func failed(detail, cure string) finding {
	return finding{Verdict: verdictFail, Detail: detail, Cure: cure}
}

func skipped(detail string) finding { return finding{Verdict: verdictSkipped, Detail: detail} }

// doctor examines one till. It moves no points, changes nothing in the
// journal, and works beside a running till, which keeps what it has open.
type doctor struct {
	p       *program
	place   place
	keyring config.Backend
	// settingsErr is why the settings cannot be used: what depends on them is
	// then skipped.
	settingsErr error
	running     bool      // a till is running here
	states      tillState // how its parts are, as far as it has told
	reached     bool      // the service answers
	serviceTime time.Time // the clock of the service, as its reply gave it; zero when none came

	// What the disk, the access of others and the terminal are asked by.
	tryWrite  func(folder string) error
	freeBytes func(folder string) (uint64, error)
	reachOf   func(path string) (read, write bool, mode string, err error)
	askScreen func(in, out *os.File, limit time.Duration) (terminal.Answer, error)
}

func (p *program) newDoctor() *doctor {
	return &doctor{
		p: p, keyring: p.keyring(false),
		tryWrite: journal.TryWrite, freeBytes: freeBytes, reachOf: reachOf, askScreen: terminal.Ask,
	}
}

// say gives a text in the language of this run.
func (d *doctor) say(id texts.ID, args ...texts.Args) string { return d.p.say(id, args...) }

// doctorLimit bounds the whole examination; each check has shorter limits.
const doctorLimit = time.Minute

func doctorCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: string(texts.CLIHelpDoctor),
		Long:  string(texts.CLILongDoctor),
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), doctorLimit)
			defer cancel()
			return p.doctor(ctx, f, asJSON)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) doctor(ctx context.Context, f *flags, asJSON bool) error {
	d := p.newDoctor()
	d.place, d.settingsErr = p.load(f)
	found := d.examine(ctx)
	fails := 0
	for _, finding := range found {
		if finding.Verdict == verdictFail {
			fails++
		}
	}
	if err := p.printFindings(found, fails, asJSON); err != nil {
		return err
	}
	if fails > 0 {
		return &illError{fails: fails}
	}
	return nil
}

// examine runs the checks in an order in which each can use what came before.
func (d *doctor) examine(ctx context.Context) []finding {
	checks := []struct {
		name  texts.ID
		check func(context.Context) finding
	}{
		{texts.CLICheckSettings, d.settings},
		{texts.CLICheckFolder, d.folder},
		{texts.CLICheckDisk, d.disk},
		{texts.CLICheckTill, d.till},
		{texts.CLICheckJournal, d.journal},
		{texts.CLICheckBackups, d.backups},
		{texts.CLICheckReserve, d.reserve},
		{texts.CLICheckLog, d.log},
		{texts.CLICheckSecret, d.secret},
		{texts.CLICheckAdmin, d.admin},
		{texts.CLICheckCashiers, d.cashiers},
		{texts.CLICheckService, d.service},
		{texts.CLICheckShop, d.shop},
		{texts.CLICheckClock, d.clock},
		{texts.CLICheckDoor, d.door},
		{texts.CLICheckAllow, d.allow},
		{texts.CLICheckPINs, d.waiterPINs},
		{texts.CLICheckPhotos, d.photos},
		{texts.CLICheckFeed, d.feed},
		{texts.CLICheckPayments, d.payments},
		{texts.CLICheckPrinter, d.printer},
		{texts.CLICheckExpirenza, d.expirenza},
		{texts.CLICheckScanner, d.scanner},
		{texts.CLICheckTerminal, d.terminal},
	}
	var found []finding
	for _, c := range checks {
		f := c.check(ctx)
		f.Check, f.name = strings.TrimPrefix(string(c.name), checkPrefix), d.say(c.name)
		found = append(found, f)
	}
	return found
}

// checkPrefix begins the IDs of the checks' names; what follows is the word for
// scripts.
const checkPrefix = "cli_check_"

func (p *program) printFindings(found []finding, fails int, asJSON bool) error {
	if asJSON {
		return p.printJSON(report{OK: fails == 0, Findings: found})
	}
	var b strings.Builder
	width := 0
	for _, f := range found {
		width = max(width, utf8.RuneCountInString(f.name))
	}
	margin := strings.Repeat(" ", verdictCells+1+width+1)
	room := p.columns() - len(margin)
	for _, f := range found {
		verdict := p.say(verdictWords[f.Verdict])
		b.WriteString(padded(verdict, verdictCells) + " " + padded(f.name, width) + " " + under(f.Detail, margin, room) + "\n")
		if f.Cure != "" {
			b.WriteString(margin + "→ " + under(f.Cure, margin+"  ", room-2) + "\n")
		}
	}
	return p.print("%s", b.String())
}

// under is a text whose later lines stand under its first, folded at words where there is less than enough room.
func under(text, margin string, room int) string {
	lines := strings.Split(text, "\n")
	if room >= leastRoom {
		lines = nil
		for _, line := range strings.Split(text, "\n") {
			lines = append(lines, look.Wrap(line, room)...)
		}
	}
	return strings.Join(lines, "\n"+margin)
}

// leastRoom is the narrowest column in which words are worth folding; what is narrower the terminal breaks.
const leastRoom = 30

// verdictWords say what the doctor thinks; verdictCells is the widest of them.
var verdictWords = map[verdict]texts.ID{
	verdictOK:      texts.CLIVerdictOK,
	verdictWarning: texts.CLIVerdictWarning,
	verdictFail:    texts.CLIVerdictFail,
	verdictSkipped: texts.CLIVerdictSkipped,
}

const verdictCells = 8

// illError says how many checks failed.
type illError struct{ fails int }

func (e *illError) Error() string { return fmt.Sprintf("%d checks failed", e.fails) }

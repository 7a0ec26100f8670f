package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
)

// verdict is what the doctor thinks of one part of the till.
type verdict string

const (
	verdictOK      verdict = "ok"
	verdictWarning verdict = "warning" // the till works, but a person should look
	verdictFail    verdict = "fail"    // the till or a part of it does not work
	verdictSkipped verdict = "skipped" // it could not be looked at, because of another finding
)

// finding is the result of one check, with what to do about it.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
	Cure    string  `json:"cure,omitempty"`
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
// journal, and works beside a running till.
type doctor struct {
	p       *program
	place   place
	keyring config.Backend
	// settingsErr is why the settings cannot be used: what depends on them is
	// then skipped.
	settingsErr error
	// serviceTime is the clock of the service, as its reply gave it; zero when
	// none came.
	serviceTime time.Time
}

// doctorLimit bounds the whole examination; each check has shorter limits.
const doctorLimit = time.Minute

func doctorCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: helpDoctor,
		Long:  helpDoctorLong,
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
	d := &doctor{p: p, keyring: p.keyring(false)}
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
		name  string
		check func(context.Context) finding
	}{
		{checkSettings, d.settings},
		{checkFolder, d.folder},
		{checkJournal, d.journal},
		{checkBackups, d.backups},
		{checkReserve, d.reserve},
		{checkSecret, d.secret},
		{checkAdmin, d.admin},
		{checkService, d.service},
		{checkClock, d.clock},
		{checkDoor, d.door},
		{checkAllow, d.allow},
		{checkPINs, d.waiterPINs},
		{checkPhotos, d.photos},
		{checkFeed, d.feed},
		{checkPayments, d.payments},
		{checkPrinter, d.printer},
		{checkExpirenza, d.expirenza},
		{checkTerminal, d.terminal},
	}
	var found []finding
	for _, c := range checks {
		f := c.check(ctx)
		f.Check = c.name
		found = append(found, f)
	}
	return found
}

func (p *program) printFindings(found []finding, fails int, asJSON bool) error {
	if asJSON {
		return p.printJSON(report{OK: fails == 0, Findings: found})
	}
	for _, f := range found {
		detail := strings.ReplaceAll(f.Detail, "\n", say("\n%-8s %-9s ", "", "")) // later lines stand under the first
		if err := p.print("%-8s %-9s %s\n", f.Verdict, f.Check, detail); err != nil {
			return err
		}
		if f.Cure == "" {
			continue
		}
		if err := p.print("%-8s %-9s → %s\n", "", "", f.Cure); err != nil {
			return err
		}
	}
	return nil
}

// illError says how many checks failed.
type illError struct{ fails int }

func (e *illError) Error() string { return fmt.Sprintf("%d checks failed", e.fails) }

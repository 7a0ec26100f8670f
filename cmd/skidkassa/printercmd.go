package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// errNoPrinter refuses to print where the settings name no printer.
var errNoPrinter = errors.New("no printer is set")

func printerCommand(p *program, f *flags) *cobra.Command {
	command := group(&cobra.Command{Use: "printer", Short: helpPrinter})
	command.AddCommand(&cobra.Command{
		Use:   "test",
		Short: helpPrinterTest,
		Long:  helpPrinterTestLong,
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return p.testPrinter(command.Context(), f)
		},
	})
	return command
}

// testPrinter prints a page that shows whether the printer's settings are right.
func (p *program) testPrinter(ctx context.Context, f *flags) error {
	found, err := p.load(f)
	if err != nil {
		return err
	}
	settings := found.loaded.Settings
	if settings.Printer.Device == "" {
		return errNoPrinter
	}
	out, err := openPrinter(settings.Printer)
	if err != nil {
		return err
	}
	say := texts.New(texts.Lang(settings.Language)).Say
	page := printer.TestPage{
		Title:  say(texts.PaperTest),
		Device: settings.Printer.Device,
		Lines:  []string{say(texts.PaperTestGood), say(texts.PaperTestBad)},
		QR:     settings.Skidkabot.URL,
	}
	if err := out.Print(ctx, page.Doc()); err != nil {
		return err
	}
	return p.print(sayPrinted, settings.Printer.Device, settings.Printer.Columns, settings.Printer.Page)
}

// explainPrinter explains why nothing was printed.
func explainPrinter(err error) (string, exitCode) {
	var failed *printer.PrintError
	switch {
	case errors.Is(err, errNoPrinter):
		return sayNoPrinter, exitFailed
	case errors.Is(err, printer.ErrDevice):
		return say(sayBadDevice, err), exitFailed
	case errors.As(err, &failed):
		return say(sayNotPrinted, printerWords(failed.Status)) + "\n" + printerCure(failed.Status), exitFailed
	}
	return "", exitDone
}

// printerWords say how a printer is.
func printerWords(status printer.Status) string {
	switch {
	case status.State == printer.Offline && status.Cause == printer.CauseCover:
		return foundPrinterCover
	case status.State == printer.Offline && status.Cause == printer.CauseError:
		return foundPrinterError
	case status.State == printer.Offline && status.Cause == printer.CauseSwitched:
		return foundPrinterSwitched
	case status.State == printer.Offline:
		return foundPrinterUnreachable
	case status.State == printer.NoPaper:
		return foundPrinterNoPaper
	case status.State == printer.PaperLow:
		return foundPrinterLow
	case status.State == printer.Unknown:
		return foundPrinterUnknown
	}
	return foundPrinterReady
}

// printerCure says what to do about a printer that does not print.
func printerCure(status printer.Status) string {
	switch {
	case status.State == printer.NoPaper, status.State == printer.PaperLow:
		return curePaper
	case status.Cause == printer.CauseCover:
		return curePrinterCover
	case status.Cause == printer.CauseError, status.Cause == printer.CauseSwitched:
		return curePrinterError
	}
	return curePrinterUnreachable
}

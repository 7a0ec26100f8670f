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
	command := group(&cobra.Command{Use: "printer", Short: string(texts.CLIHelpPrinter)})
	command.AddCommand(&cobra.Command{
		Use:   "test",
		Short: string(texts.CLIHelpPrinterTest),
		Long:  string(texts.CLILongPrinterTest),
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
	if err := p.tell(texts.CLIPrinting, texts.Args{"Device": settings.Printer.Device}); err != nil {
		return err
	}
	page := testPage(settings, texts.New(texts.Lang(settings.Language)))
	if err := out.Print(ctx, page.Doc()); err != nil {
		return err
	}
	return p.tell(texts.CLIPrinted, texts.Args{
		"Device": settings.Printer.Device, "Columns": settings.Printer.Columns, "Page": settings.Printer.Page,
	})
}

// explainPrinter explains why nothing was printed.
func (s speaker) explainPrinter(err error) (string, exitCode) {
	var failed *printer.PrintError
	switch {
	case errors.Is(err, errNoPrinter):
		return s.Say(texts.CLINoPrinter), exitFailed
	case errors.Is(err, printer.ErrDevice):
		return s.Say(texts.CLIBadDevice, texts.Args{"Why": err}), exitFailed
	case errors.As(err, &failed):
		return s.Say(texts.CLINotPrinted, texts.Args{"Why": s.Say(printerWords(failed.Status))}) + "\n" + s.Say(printerCure(failed.Status)), exitFailed
	}
	return "", exitDone
}

// printerWords say how a printer is.
func printerWords(status printer.Status) texts.ID {
	switch {
	case status.State == printer.Offline && status.Cause == printer.CauseCover:
		return texts.CLIFoundPrinterCover
	case status.State == printer.Offline && status.Cause == printer.CauseError:
		return texts.CLIFoundPrinterError
	case status.State == printer.Offline && status.Cause == printer.CauseSwitched:
		return texts.CLIFoundPrinterSwitched
	case status.State == printer.Offline:
		return texts.CLIFoundPrinterUnreachable
	case status.State == printer.NoPaper:
		return texts.CLIFoundPrinterNoPaper
	case status.State == printer.PaperLow:
		return texts.CLIFoundPrinterLow
	case status.State == printer.Unknown:
		return texts.CLIFoundPrinterUnknown
	}
	return texts.CLIFoundPrinterReady
}

// printerCure says what to do about a printer that does not print.
func printerCure(status printer.Status) texts.ID {
	switch {
	case status.State == printer.NoPaper, status.State == printer.PaperLow:
		return texts.CLICurePaper
	case status.Cause == printer.CauseCover:
		return texts.CLICurePrinterCover
	case status.Cause == printer.CauseError, status.Cause == printer.CauseSwitched:
		return texts.CLICurePrinterError
	}
	return texts.CLICurePrinterUnreachable
}

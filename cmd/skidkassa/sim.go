package main

import (
	"errors"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/simcmd"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func simCommand(p *program) *cobra.Command {
	command := group(&cobra.Command{Use: "sim", Short: string(texts.CLIHelpSim)})
	command.AddCommand(simSkidkabotCommand(p), simExpirenzaCommand(p))
	return command
}

func simExpirenzaCommand(p *program) *cobra.Command {
	options := simcmd.ExpirenzaOptions{In: p.stdin, Out: p.stdout, Now: p.now}
	command := &cobra.Command{
		Use:     "expirenza",
		Short:   string(texts.CLIHelpSimExpirenza),
		Long:    string(texts.CLILongSimExpirenza),
		Example: exampleSimExpirenza,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			options.Words = p.words().Texts
			return listening(options.Listen, simcmd.RunExpirenza(command.Context(), options))
		},
	}
	command.Flags().StringVar(&options.Listen, "listen", "127.0.0.1:0", string(texts.CLIFlagListen))
	return command
}

// listening names the address at which a simulator could not listen.
func listening(address string, err error) error {
	var network *net.OpError
	if !errors.As(err, &network) || network.Op != "listen" {
		return err
	}
	return &simPortError{address, err}
}

// simPortError says that a simulator could not listen.
type simPortError struct {
	address string
	err     error
}

func (e *simPortError) Error() string { return e.err.Error() }
func (e *simPortError) Unwrap() error { return e.err }

func simSkidkabotCommand(p *program) *cobra.Command {
	options := simcmd.SkidkabotOptions{Out: p.stdout, Now: p.now}
	command := &cobra.Command{
		Use:     "skidkabot",
		Short:   string(texts.CLIHelpSimSkidkabot),
		Long:    string(texts.CLILongSimSkidkabot),
		Example: exampleSimSkidkabot,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			options.Words = p.words().Texts
			err := simcmd.RunSkidkabot(command.Context(), options)
			var unknown *simcmd.UnknownFaultError
			if errors.As(err, &unknown) {
				return misuse(texts.CLIBadFault, texts.Args{"Names": strings.Join(simcmd.FaultNames(), ", ")})
			}
			return listening(options.Listen, err)
		},
	}
	command.Flags().StringVar(&options.Listen, "listen", "127.0.0.1:0", string(texts.CLIFlagListen))
	command.Flags().StringVar(&options.Fault, "fault", "", string(texts.CLIFlagFault))
	completeWith(command, "fault", simcmd.FaultNames())
	return command
}

func qrCommand(p *program) *cobra.Command {
	card := skidkabot.Card{Vendor: simcmd.TestVendor, Client: simcmd.FirstCustomer}
	secret := simcmd.FirstSecret.Reveal()
	var ascii, invert bool
	command := &cobra.Command{
		Use:     "qr",
		Short:   string(texts.CLIHelpQR),
		Long:    string(texts.CLILongQR),
		Example: exampleQR,
		Args:    exactly(),
		RunE: func(*cobra.Command, []string) error {
			card.Secret = skidkabot.Secret(secret)
			if _, err := skidkabot.ParseQR(card.Payload()); err != nil {
				return misuse(texts.CLIBadCard)
			}
			return simcmd.DrawQR(p.stdout, simcmd.QROptions{Card: card, Style: p.qrStyle(ascii), Invert: invert})
		},
	}
	own := command.Flags()
	own.Int64Var(&card.Vendor, "vendor", card.Vendor, string(texts.CLIFlagQRVendor))
	own.Int64Var(&card.Client, "client", card.Client, string(texts.CLIFlagQRClient))
	own.Int64Var(&secret, "secret", secret, string(texts.CLIFlagQRSecret))
	own.BoolVar(&ascii, "ascii", false, string(texts.CLIFlagASCII))
	own.BoolVar(&invert, "invert", false, string(texts.CLIFlagInvert))
	return command
}

// qrStyle takes the colours only where a terminal will show them.
func (p *program) qrStyle(ascii bool) simcmd.QRStyle {
	out, isFile := p.stdout.(*os.File)
	switch {
	case ascii:
		return simcmd.QRASCII
	case p.getenv("NO_COLOR") != "" || !isFile || !term.IsTerminal(int(out.Fd())):
		return simcmd.QRPlain
	}
	return simcmd.QRColour
}

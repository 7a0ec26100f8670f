package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/simcmd"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func simCommand(p *program) *cobra.Command {
	command := group(&cobra.Command{Use: "sim", Short: helpSim})
	command.AddCommand(simSkidkabotCommand(p), simExpirenzaCommand(p))
	return command
}

func simExpirenzaCommand(p *program) *cobra.Command {
	options := simcmd.ExpirenzaOptions{In: p.stdin, Out: p.stdout, Now: p.now}
	command := &cobra.Command{
		Use:     "expirenza",
		Short:   helpSimExpirenza,
		Long:    helpSimExpirenzaLong,
		Example: exampleSimExpirenza,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return simcmd.RunExpirenza(command.Context(), options)
		},
	}
	command.Flags().StringVar(&options.Listen, "listen", "127.0.0.1:0", flagListen)
	return command
}

func simSkidkabotCommand(p *program) *cobra.Command {
	options := simcmd.SkidkabotOptions{Out: p.stdout, Now: p.now}
	command := &cobra.Command{
		Use:     "skidkabot",
		Short:   helpSimSkidkabot,
		Long:    helpSimSkidkabotLong,
		Example: exampleSimSkidkabot,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			err := simcmd.RunSkidkabot(command.Context(), options)
			var unknown *simcmd.UnknownFaultError
			if errors.As(err, &unknown) {
				return usage(say(sayBadFault, strings.Join(simcmd.FaultNames(), ", ")))
			}
			return err
		},
	}
	command.Flags().StringVar(&options.Listen, "listen", "127.0.0.1:0", flagListen)
	command.Flags().StringVar(&options.Fault, "fault", "", flagFault)
	completeWith(command, "fault", simcmd.FaultNames())
	return command
}

func qrCommand(p *program) *cobra.Command {
	card := skidkabot.Card{Vendor: simcmd.TestVendor, Client: simcmd.FirstCustomer}
	secret := simcmd.FirstSecret.Reveal()
	var ascii, invert bool
	command := &cobra.Command{
		Use:     "qr",
		Short:   helpQR,
		Long:    helpQRLong,
		Example: exampleQR,
		Args:    exactly(),
		RunE: func(*cobra.Command, []string) error {
			card.Secret = skidkabot.Secret(secret)
			if _, err := skidkabot.ParseQR(card.Payload()); err != nil {
				return usage(sayBadCard)
			}
			return simcmd.DrawQR(p.stdout, simcmd.QROptions{Card: card, Style: p.qrStyle(ascii), Invert: invert})
		},
	}
	own := command.Flags()
	own.Int64Var(&card.Vendor, "vendor", card.Vendor, flagQRVendor)
	own.Int64Var(&card.Client, "client", card.Client, flagQRClient)
	own.Int64Var(&secret, "secret", secret, flagQRSecret)
	own.BoolVar(&ascii, "ascii", false, flagASCII)
	own.BoolVar(&invert, "invert", false, flagInvert)
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

package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// newRoot makes the tree of commands. The root itself is the till.
func newRoot(p *program) *cobra.Command {
	// A till is started by a double click; cobra would refuse that on Windows.
	cobra.MousetrapHelpText = ""
	f := &flags{}
	root := tillCommand(p, f)
	root.SilenceErrors = true // run says them, once
	root.SilenceUsage = true
	root.SetFlagErrorFunc(flagError)
	f.register(root)
	root.AddCommand(
		demoCommand(p, f),
		serveCommand(p, f),
		balanceCommand(p, f),
		journalCommand(p, f),
		secretCommand(p, f),
		printerCommand(p, f),
		simCommand(p),
		qrCommand(p),
		doctorCommand(p, f),
		versionCommand(p),
	)
	return root
}

// usageError is a command line that cannot be carried out as it stands.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage makes a usageError of a sentence.
func usage(sentence string) error { return &usageError{err: errors.New(sentence)} }

// flagError makes a usageError of what is wrong with a flag. It does not repeat
// the value, which may be a secret in the wrong place.
func flagError(_ *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		cause := invalid.Unwrap()
		var number *strconv.NumError
		if errors.As(cause, &number) {
			cause = number.Err
		}
		return usage(say(sayBadFlag, invalid.GetFlag().Name, cause))
	}
	return &usageError{err: err}
}

// exactly demands one argument for each of the named ones. It does not repeat
// what was typed: that may be a secret.
func exactly(names ...string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		if len(names) == 0 {
			return usage(command.CommandPath() + sayNoArguments)
		}
		return usage(command.CommandPath() + sayWantsArguments + strings.Join(names, " "))
	}
}

// group makes a command that only groups others: alone it shows its help,
// and a misspelt one below it is an error.
func group(command *cobra.Command) *cobra.Command {
	command.Args = knownCommand
	command.RunE = func(command *cobra.Command, _ []string) error { return command.Help() }
	return command
}

// maxEchoedBytes bounds how much of a word that is no command is repeated.
const maxEchoedBytes = 24

// maxTypos is how far a misspelt command may be from the one that is suggested.
const maxTypos = 2

// knownCommand refuses words that are no command, with the nearest ones.
func knownCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := skidkabot.Sanitize(args[0])
	if len(word) > maxEchoedBytes || strings.ContainsAny(word, "{}") {
		// A QR, perhaps, with its secret.
		return usage(sayLongNoCommand)
	}
	sentence := say(sayNoCommand, word)
	command.SuggestionsMinimumDistance = maxTypos
	if near := command.SuggestionsFor(word); len(near) > 0 {
		sentence += say(sayDidYouMean, strings.Join(near, ", "))
	}
	return usage(sentence)
}

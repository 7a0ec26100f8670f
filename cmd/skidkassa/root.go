package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// newRoot makes the tree of commands. The root itself is the till.
func newRoot(p *program) *cobra.Command {
	// A till is started by a double click; cobra would refuse that on Windows.
	cobra.MousetrapHelpText = ""
	f := &flags{}
	p.flags = f
	root := tillCommand(p, f)
	root.SilenceErrors = true // run says them, once
	root.SilenceUsage = true
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRun = func(command *cobra.Command, _ []string) {
		asJSON := command.Flags().Lookup("json")
		p.forScript = asJSON != nil && asJSON.Value.String() == "true"
	}
	p.dressOnHelp(root)
	root.SetHelpCommand(helpCommand())
	f.register(root)
	root.AddCommand(
		demoCommand(p, f),
		serveCommand(p, f),
		setupCommand(p, f),
		balanceCommand(p, f),
		journalCommand(p, f),
		secretCommand(p, f),
		printerCommand(p, f),
		simCommand(p),
		qrCommand(p),
		storybookCommand(p),
		doctorCommand(p, f),
		versionCommand(p),
	)
	return root
}

// usageError is a command line that cannot be carried out as it stands.
type usageError struct {
	say  func(speaker) string // what is wrong with it
	also error                // behind it; nil: nothing
}

func (e *usageError) Error() string { return e.say(english()) }
func (e *usageError) Unwrap() error { return e.also }

// misuse makes a usageError of a text.
func misuse(id texts.ID, args ...texts.Args) error {
	return &usageError{say: func(s speaker) string { return s.Say(id, args...) }}
}

// flagError makes a usageError of what is wrong with a flag. It does not repeat
// the value, which may be a secret in the wrong place.
func flagError(_ *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &invalid):
		return &usageError{say: func(s speaker) string {
			return s.Say(texts.CLIBadFlag, texts.Args{"Flag": invalid.GetFlag().Name, "Why": s.badValue(invalid.Unwrap())})
		}}
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		return misuse(texts.CLIUnknownFlag, texts.Args{"Flag": "--" + skidkabot.Sanitize(unknown.GetSpecifiedName())})
	case errors.As(err, &unknown):
		return misuse(texts.CLIUnknownFlag, texts.Args{"Flag": "-" + skidkabot.Sanitize(unknown.GetSpecifiedName())})
	case errors.As(err, &empty):
		return misuse(texts.CLIFlagNeedsValue, texts.Args{"Flag": "--" + empty.GetFlag().Name})
	}
	return &usageError{say: func(speaker) string { return err.Error() }, also: err}
}

// badValue says why a flag does not take a value.
func (s speaker) badValue(err error) string {
	var number *strconv.NumError
	var names *oneOfError
	switch {
	case errors.As(err, &number):
		return s.Say(texts.CLIWantNumber)
	case errors.As(err, &names):
		return s.Say(texts.CLIWantOneOf, texts.Args{"Names": strings.Join(names.names, ", ")})
	case errors.Is(err, config.ErrOverrideForm):
		return s.Say(texts.CLIWantOverride)
	}
	return err.Error()
}

// wantOneOf refuses a value of a flag, and names those that it takes.
func wantOneOf(flag string, names []string) error {
	return &usageError{say: func(s speaker) string {
		return s.Say(texts.CLIBadFlag, texts.Args{"Flag": flag, "Why": s.badValue(&oneOfError{names})})
	}}
}

// oneOfError refuses a value that is none of the only ones there are.
type oneOfError struct{ names []string }

func (e *oneOfError) Error() string { return "want one of: " + strings.Join(e.names, ", ") }

// exactly demands one argument for each of the named ones. It does not repeat
// what was typed: that may be a secret.
func exactly(names ...string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		said := texts.Args{"Command": command.CommandPath(), "Names": strings.Join(names, " ")}
		if len(names) == 0 {
			return misuse(texts.CLINoArguments, said)
		}
		return misuse(texts.CLIWantsArguments, said)
	}
}

// group makes a command that only groups others: alone it shows its help,
// and a misspelt one below it is an error.
func group(command *cobra.Command) *cobra.Command {
	command.Args = knownCommand
	command.RunE = func(command *cobra.Command, _ []string) error { return command.Help() }
	return command
}

// helpCommand shows the help of a command: `skidkassa help journal`.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: string(texts.CLIHelpHelp),
		RunE: func(command *cobra.Command, args []string) error {
			of, rest, err := command.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return knownCommand(command.Root(), args[:1])
			}
			return of.Help()
		},
	}
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
		return misuse(texts.CLILongNoCommand)
	}
	command.SuggestionsMinimumDistance = maxTypos
	near := command.SuggestionsFor(word)
	return &usageError{say: func(s speaker) string {
		sentence := s.Say(texts.CLINoCommand, texts.Args{"Word": word})
		if len(near) > 0 {
			sentence += " " + s.Say(texts.CLIDidYouMean, texts.Args{"Near": strings.Join(near, ", ")})
		}
		return sentence
	}}
}

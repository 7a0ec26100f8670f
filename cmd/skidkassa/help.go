package main

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// dressOnHelp has the tree of commands say what it is about only when somebody
// asks: until then the texts of its commands and flags are IDs.
func (p *program) dressOnHelp(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(command *cobra.Command, args []string) {
		p.dress(root, nil)
		help(command, args)
	})
}

// dress puts the tree of commands into words. Args are those of the command
// line, which cobra wants for its own command of the shells' completion.
func (p *program) dress(root *cobra.Command, args []string) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	root.SetUsageFunc(func(command *cobra.Command) error {
		_, err := io.WriteString(command.OutOrStderr(), p.usage(command))
		return err
	})
	p.dressCommand(root)
	for _, command := range root.Commands() {
		if command.Name() == "completion" {
			p.dressCompletion(command)
		}
	}
}

func (p *program) dressCommand(command *cobra.Command) {
	for _, text := range []*string{&command.Short, &command.Long, &command.Example} {
		*text = p.sayID(*text)
	}
	command.InitDefaultHelpFlag()
	command.Flags().Lookup("help").Usage = p.say(texts.CLIFlagHelp)
	for _, flags := range []*pflag.FlagSet{command.Flags(), command.PersistentFlags()} {
		flags.VisitAll(func(flag *pflag.Flag) { flag.Usage = p.sayID(flag.Usage) })
	}
	for _, sub := range command.Commands() {
		p.dressCommand(sub)
	}
}

// sayID says a text that stands where it is to be shown as its ID; what is none,
// an example of commands alone, stays.
func (p *program) sayID(text string) string {
	if strings.HasPrefix(text, "cli_") {
		return p.say(texts.ID(text))
	}
	return text
}

// dressCompletion gives cobra's own command, which makes scripts for the shells,
// words of ours.
func (p *program) dressCompletion(command *cobra.Command) {
	command.Short, command.Long = p.say(texts.CLIHelpCompletion), ""
	for _, shell := range command.Commands() {
		shell.Short = p.say(texts.CLIHelpCompletionShell, texts.Args{"Shell": shell.Name()})
		shell.Long = p.say(texts.CLILongCompletion)
		if flag := shell.Flags().Lookup("no-descriptions"); flag != nil {
			flag.Usage = p.say(texts.CLIFlagNoDescriptions)
		}
	}
}

// usage says how a command is used: what cobra says, without what this program has
// no use for (aliases, groups, topics), in words that may have more bytes than
// characters.
func (p *program) usage(command *cobra.Command) string {
	var b strings.Builder
	section := func(title texts.ID, lines ...string) {
		if len(lines) > 0 {
			b.WriteString(p.say(title) + ":\n" + strings.Join(lines, "\n") + "\n\n")
		}
	}
	section(texts.CLIUsage, p.usageLines(command)...)
	if command.HasExample() {
		section(texts.CLIUsageExamples, command.Example)
	}
	section(texts.CLIUsageCommands, commandLines(command)...)
	section(texts.CLIUsageFlags, p.flagLines(command.LocalFlags())...)
	section(texts.CLIUsageGlobalFlags, p.flagLines(command.InheritedFlags())...)
	if command.HasAvailableSubCommands() {
		b.WriteString(p.say(texts.CLIUsageMore, texts.Args{"Path": command.CommandPath()}) + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (p *program) usageLines(command *cobra.Command) []string {
	var lines []string
	if command.Runnable() {
		lines = append(lines, "  "+strings.Replace(command.UseLine(), "[flags]", p.say(texts.CLIUsageWithFlags), 1))
	}
	if command.HasAvailableSubCommands() {
		lines = append(lines, "  "+command.CommandPath()+" "+p.say(texts.CLIUsageWithCommand))
	}
	return lines
}

func commandLines(command *cobra.Command) []string {
	var lines []string
	for _, sub := range command.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			lines = append(lines, "  "+padded(sub.Name(), command.Commands()[0].NamePadding())+" "+sub.Short)
		}
	}
	return lines
}

// flagLines say what each flag takes and does, and what stands without it.
func (p *program) flagLines(flags *pflag.FlagSet) []string {
	var names, uses []string
	width := 0
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		name := "      --" + flag.Name
		if flag.Shorthand != "" {
			name = "  -" + flag.Shorthand + ", --" + flag.Name
		}
		value, use := pflag.UnquoteUsage(flag)
		if value != "" {
			name += " " + value
		}
		switch flag.DefValue {
		case "", "0", "false", "[]":
		default:
			use += " (" + p.say(texts.CLIUsageDefault, texts.Args{"Value": flag.DefValue}) + ")"
		}
		names, uses, width = append(names, name), append(uses, use), max(width, utf8.RuneCountInString(name))
	})
	for i := range names {
		names[i] = padded(names[i], width) + "   " + uses[i]
	}
	return names
}

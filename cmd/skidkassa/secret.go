package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

func secretCommand(p *program, f *flags) *cobra.Command {
	command := group(&cobra.Command{Use: "secret", Short: string(texts.CLIHelpSecret), Long: string(texts.CLILongSecret)})
	command.AddCommand(
		secretAction("set", string(texts.CLIHelpSecretSet), func(ctx context.Context, name config.SecretName) error {
			return p.setSecret(ctx, f, name)
		}),
		secretCheckCommand(p, f),
		secretAction("delete", string(texts.CLIHelpSecretDelete), func(ctx context.Context, name config.SecretName) error {
			return p.deleteSecret(ctx, f, name)
		}),
	)
	return command
}

// secretAction makes a command that does something with the secret of a name.
func secretAction(verb, help string, act func(context.Context, config.SecretName) error) *cobra.Command {
	return &cobra.Command{
		Use:               verb + " NAME",
		Short:             help,
		Args:              exactly("NAME"),
		ValidArgsFunction: cobra.FixedCompletions(secretNames, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(command *cobra.Command, args []string) error {
			name, err := config.ParseSecretName(args[0])
			if err != nil {
				var name *config.SecretNameError
				if errors.As(err, &name) {
					return secretNameMistake(name)
				}
				return err
			}
			return act(command.Context(), name)
		},
	}
}

// secretNames complete a command line.
var secretNames = []string{
	string(config.SecretSkidkabot), string(config.SecretExpirenza), string(config.SecretFeed), string(config.SecretAdmin),
	"cashier/", "waiter/",
}

// personSecrets are this till's secrets, with a person here whom the keyring
// may ask.
func (p *program) personSecrets(f *flags) (*config.Secrets, error) {
	found, err := p.findDataDir(f)
	if err != nil {
		return nil, err
	}
	return p.openSecrets(found.dataDir, p.keyring(true))
}

func (p *program) setSecret(ctx context.Context, f *flags, name config.SecretName) error {
	secrets, err := p.personSecrets(f)
	if err != nil {
		return err
	}
	// The prompt goes to stderr: stdout is for what a script reads.
	typed, err := config.ReadSecret(p.stdin, p.stderr, string(name)+": ")
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errNoInput
	}
	if err != nil {
		return err
	}
	if err := secrets.Set(ctx, name, typed); err != nil {
		return &secretError{name: name, err: err}
	}
	return p.tell(texts.CLISecretSet, texts.Args{"Name": name})
}

func (p *program) deleteSecret(ctx context.Context, f *flags, name config.SecretName) error {
	secrets, err := p.personSecrets(f)
	if err != nil {
		return err
	}
	if err := secrets.Delete(ctx, name); err != nil {
		return &secretError{name: name, err: err}
	}
	return p.tell(texts.CLISecretDeleted, texts.Args{"Name": name})
}

// checked is what `secret check` tells a script.
type checked struct {
	Name    config.SecretName `json:"name"`
	Present bool              `json:"present"`
	Source  config.Source     `json:"source,omitempty"`
	Reason  string            `json:"reason,omitempty"` // why it cannot be had
}

func secretCheckCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := secretAction("check", string(texts.CLIHelpSecretCheck), func(ctx context.Context, name config.SecretName) error {
		return p.checkSecret(ctx, f, name, asJSON)
	})
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) checkSecret(ctx context.Context, f *flags, name config.SecretName, asJSON bool) error {
	secrets, err := p.personSecrets(f)
	if err != nil {
		return err
	}
	_, source, err := secrets.Find(ctx, name)
	if asJSON {
		result := checked{Name: name, Present: err == nil, Source: source, Reason: secretReason(err)}
		return errors.Join(p.printJSON(result), err)
	}
	if err != nil {
		return err
	}
	return p.tell(texts.CLISecretThere, texts.Args{"Name": name, "Source": p.words().source(source)})
}

// secretError is a keyring's refusal with the name of the secret.
type secretError struct {
	name config.SecretName
	err  error
}

func (e *secretError) Error() string { return string(e.name) + ": " + e.err.Error() }
func (e *secretError) Unwrap() error { return e.err }

// secretReasons name, in the order in which they are looked for, why a secret
// cannot be had. The cure is another one each time, so they are told apart.
var secretReasons = []struct {
	err     error
	reason  string
	trouble texts.ID // empty: what the operating system said is all there is
	cure    texts.ID
}{
	{config.ErrKeyringLocked, "locked", texts.CLISecretLocked, texts.CLICureLocked},
	{config.ErrKeyringAbsent, "absent", texts.CLISecretAbsent, texts.CLICureAbsent},
	{config.ErrKeyringDenied, "denied", texts.CLISecretDenied, texts.CLICureDenied},
	{config.ErrKeyringTimeout, "timeout", texts.CLISecretTimeout, texts.CLICureTimeout},
	{config.ErrSecretNotFound, "not_found", texts.CLISecretNotFound, texts.CLICureNotFound},
	{config.ErrKeyringFailed, "failed", "", texts.CLICureFailed},
}

// source names where a secret is kept.
func (s speaker) source(source config.Source) string {
	if source == config.FromCredentials {
		return s.Say(texts.CLISourceCredentials)
	}
	return s.Say(texts.CLISourceKeyring)
}

// secretReason is a stable word for why a secret cannot be had; "" for nil.
func secretReason(err error) string {
	if err == nil {
		return ""
	}
	for _, known := range secretReasons {
		if errors.Is(err, known.err) {
			return known.reason
		}
	}
	return "other"
}

// secretTrouble says in a few words why a secret cannot be had; what the
// operating system said to it is shown only where that is all there is.
func (s speaker) secretTrouble(err error) string {
	for _, known := range secretReasons {
		if errors.Is(err, known.err) && known.trouble != "" {
			return s.Say(known.trouble)
		}
	}
	return err.Error()
}

// secretCure says what to do about it.
func (s speaker) secretCure(err error) string {
	var missing *config.NoSecretError
	if errors.As(err, &missing) && errors.Is(err, config.ErrSecretNotFound) {
		if missing.Source == config.FromCredentials {
			return s.Say(texts.CLICureCredential, texts.Args{"Name": missing.Name.CredentialName()})
		}
		return s.Say(texts.CLICureUnset, texts.Args{"Name": missing.Name})
	}
	for _, known := range secretReasons {
		if errors.Is(err, known.err) {
			return s.Say(known.cure)
		}
	}
	return s.Say(texts.CLICureFailed)
}

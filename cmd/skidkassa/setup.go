package main

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/tui/terminal"
)

func setupCommand(p *program, f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "setup",
		Short: string(texts.CLIHelpSetup),
		Long:  string(texts.CLILongSetup),
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			in, out, err := p.terminals()
			if err != nil {
				return err
			}
			if err := p.setUp(command.Context(), f, in, out); err != nil {
				return err
			}
			return p.till(command.Context(), f, false)
		},
	}
}

// firstRun sets a till up that never was, where there is a terminal; unset says
// that it was not.
func (p *program) firstRun(ctx context.Context, f *flags, unset error) (place, error) {
	in, out, err := p.terminals()
	if err != nil {
		return place{}, unset
	}
	if err := p.setUp(ctx, f, in, out); err != nil {
		return place{}, err
	}
	return p.loadShop(f)
}

// setupLeftError says that the wizard was left; the settings are as they were.
// Half: secrets may have been kept.
type setupLeftError struct{ half bool }

func (e *setupLeftError) Error() string { return "the setup was left" }

// setUp shows the wizard. It returns when the settings are written; a
// [*setupLeftError] says that they are not. Where the till was set up already,
// the admin's PIN is asked for first, if there is one.
func (p *program) setUp(ctx context.Context, f *flags, in, out *os.File) error {
	found, err := p.loadToSetUp(f)
	if err != nil {
		return err
	}
	if !found.loaded.FileMissing {
		if err := p.askAdminToSetUp(ctx, found.dataDir); err != nil {
			return err
		}
	}
	words := texts.New(p.language())
	outcome, err := setup.Run(ctx, setup.Options{
		Backend: p.newSetupBackend(found, words, func(interactive bool) (*config.Secrets, error) {
			return p.openSecrets(found.dataDir, p.keyring(interactive))
		}),
		Texts:   words,
		Theme:   look.ThemeFromEnv(p.getenv, p.goos == "windows"),
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
		Input:   terminal.NewReader(in),
		Output:  out,
		Now:     p.now,
	})
	switch {
	case errors.Is(err, syscall.EIO): // somebody closed the window
		return &setupLeftError{half: outcome == setup.LeftHalf}
	case err != nil:
		return err
	case outcome != setup.Written:
		p.spoken = words // the language that was chosen meanwhile
		return &setupLeftError{half: outcome == setup.LeftHalf}
	}
	p.spoken = nil // the settings name the language now
	return nil
}

// loadToSetUp is load for settings that may be missing, also under a name that
// was given.
func (p *program) loadToSetUp(f *flags) (place, error) {
	found, err := p.findDataDir(f)
	if err != nil {
		return found, err
	}
	found.loaded, err = config.Load(config.Input{
		File: f.configFile, Environ: p.environ, Flags: f.set, GOOS: p.goos, MayBeMissing: true,
	})
	if err == nil && found.loaded.File == "" {
		err = config.ErrNoHome
	}
	return found, err
}

// askAdminToSetUp asks for the admin's PIN, if one is set. Where no source of
// secrets has ever worked none can be.
func (p *program) askAdminToSetUp(ctx context.Context, dataDir string) error {
	err := p.askAdmin(ctx, dataDir)
	var missing *config.NoSecretError
	if errors.As(err, &missing) && missing.Source == "" {
		return nil
	}
	return err
}

package main

import (
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// flags are those that every command has.
type flags struct {
	configFile string
	dataDir    string
	logLevel   levelFlag
	set        config.Overrides
}

func (f *flags) register(command *cobra.Command) {
	all := command.PersistentFlags()
	all.StringVar(&f.configFile, "config", "", string(texts.CLIFlagConfig))
	all.StringVar(&f.dataDir, "data", "", string(texts.CLIFlagData))
	all.Var(&f.logLevel, "log-level", string(texts.CLIFlagLogLevel))
	all.Var(&f.set, "set", string(texts.CLIFlagSet))
	completeWith(command, "log-level", levelNames)
}

// levelNames are the levels of the log, as --log-level takes them.
var levelNames = []string{"debug", "info", "warn", "error"}

// levelFlag is a log level on the command line; its zero value is info.
type levelFlag struct{ slog.Level }

func (l *levelFlag) Set(written string) error {
	for i, name := range levelNames {
		if written == name {
			l.Level = slog.LevelDebug + slog.Level(4*i)
			return nil
		}
	}
	return &oneOfError{levelNames}
}

func (l *levelFlag) String() string { return strings.ToLower(l.Level.String()) }

func (l *levelFlag) Type() string { return "LEVEL" }

// completeWith gives the shell the values of a flag.
func completeWith(command *cobra.Command, flag string, values []string) {
	err := command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag does not exist: a slip in this package, seen at every start
	}
}

// place is where this till's settings and data are.
type place struct {
	loaded  config.Loaded
	dataDir string
	journal string // the journal's file
}

// load reads the settings and finds the data folder. It opens and makes nothing.
func (p *program) load(f *flags) (place, error) {
	found, err := p.findDataDir(f)
	if err != nil {
		return found, err
	}
	found.loaded, err = config.Load(config.Input{
		File:    f.configFile,
		Environ: p.environ,
		Flags:   f.set,
		GOOS:    p.goos,
	})
	if path := found.loaded.Settings.Journal.Path; path != "" {
		found.journal = path
	}
	return found, err
}

func (p *program) findDataDir(f *flags) (place, error) {
	dir, err := config.DataDir(f.dataDir, p.goos, p.environ)
	if err == nil {
		dir, err = filepath.Abs(dir) // SQLite's names of backups have no other form
	}
	if err != nil {
		return place{}, err
	}
	return place{dataDir: dir, journal: filepath.Join(dir, journalName)}, nil
}

// loadShop is load for a command that speaks for a shop. The built-in settings
// are those of a test shop: a till that nobody has set up must not pass for it.
func (p *program) loadShop(f *flags) (place, error) {
	found, err := p.load(f)
	if err == nil && found.loaded.FileMissing && !p.vendorGiven(f) {
		err = &notSetUpError{file: found.loaded.File}
	}
	return found, err
}

// vendorKey is the setting that says whose till this is.
const vendorKey = "shop.vendor"

func (p *program) vendorGiven(f *flags) bool {
	for _, override := range f.set {
		if override.Key == vendorKey {
			return true
		}
	}
	_, given := p.lookUp(config.Variable(vendorKey))
	return given
}

// lookUp finds a variable in the environment of this run. Windows knows names
// without case.
func (p *program) lookUp(name string) (value string, set bool) {
	for _, entry := range p.environ {
		key, value, _ := strings.Cut(entry, "=")
		if key == name || p.goos == "windows" && strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// getenv is lookUp in the form of os.Getenv.
func (p *program) getenv(name string) string {
	value, _ := p.lookUp(name)
	return value
}

// openSecrets prepares for reading this till's secrets; it asks no keyring yet.
func (p *program) openSecrets(dataDir string, keyring config.Backend) (*config.Secrets, error) {
	return config.OpenSecrets(config.SecretOptions{
		Keyring:        keyring,
		CredentialsDir: p.getenv("CREDENTIALS_DIRECTORY"),
		DataDir:        dataDir,
	})
}

// The files in the data folder.
const (
	journalName = "journal.db"
	logName     = "skidkassa.log"
)

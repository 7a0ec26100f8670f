// Package shop sets up a till for a run of the built program: a folder of its own with settings, the vendor's secret
// and the data, and an environment in which nothing of this machine's user is seen or touched.
package shop

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Module is the import path that the programs of this module begin with.
const Module = "github.com/skidkassa/skidkassa"

// Program is the import path of the till.
const Program = Module + "/cmd/skidkassa"

// Build builds a program of this module into a folder and returns the binary's path. Flags go to `go build`.
func Build(folder, program string, flags ...string) (string, error) {
	binary := filepath.Join(folder, filepath.Base(program))
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	args := append([]string{"build", "-o", binary}, flags...)
	build := exec.Command("go", append(args, program)...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as the product is built
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("shop: building %s: %w\n%s", program, err, output)
	}
	return binary, nil
}

// Shop is a till that is set up. Make one with [New].
type Shop struct {
	Binary string // the till's program
	Folder string // holds everything else

	// Environment is what the program is started with. Its home is in the folder, its locale is UTF-8, and the session
	// bus is nowhere, so that the keyring is absent on every machine and the secret comes from the credentials.
	Environment []string
}

// The test shop of the service (PROTOCOLS.md, section 1).
const settings = `language = "ru"
[shop]
vendor = 4
register = 1
name = "Кофейня"
currency = "RUB"
[skidkabot]
url = %q
[waiter]
listen = ""
`

const vendorSecret = "31337"

// New sets up a till in an empty folder. It uses the service at the URL as the service's test shop.
func New(folder, binary, url string) (*Shop, error) {
	s, err := NewUnset(folder, binary)
	return s, errors.Join(err,
		s.SetCredential("skidkabot", vendorSecret),
		write(s.SettingsFile(), fmt.Sprintf(settings, url)),
	)
}

// NewUnset is a machine in an empty folder on which nobody has set up a till yet: there are no settings and no secrets.
func NewUnset(folder, binary string) (*Shop, error) {
	s := &Shop{Binary: binary, Folder: folder}
	s.Environment = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.path("home"),
		"XDG_CONFIG_HOME=" + s.path("config"),
		"XDG_DATA_HOME=" + s.path("data"),
		"XDG_RUNTIME_DIR=" + s.path("run"),
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + s.path("run", "no-bus"),
		"TERM=xterm-256color",
		"LANG=C.UTF-8",
		"TZ=UTC",
	}
	if coverage := os.Getenv("GOCOVERDIR"); coverage != "" {
		s.Environment = append(s.Environment, "GOCOVERDIR="+coverage)
	}
	return s, errors.Join(
		os.MkdirAll(s.path("run"), 0o700),
		write(s.path("home", ".keep"), ""),
	)
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

func (s *Shop) path(names ...string) string {
	return filepath.Join(append([]string{s.Folder}, names...)...)
}

// SettingsFile is where the till reads its settings.
func (s *Shop) SettingsFile() string { return s.path("config", "skidkassa", "skidkassa.toml") }

// SetCredential gives the till a secret, as a service manager does; a PIN is given as its hash.
func (s *Shop) SetCredential(name, text string) error {
	s.Setenv("CREDENTIALS_DIRECTORY", s.path("credentials"))
	return write(s.path("credentials", name), text)
}

// DataDir is where the till keeps its journal and its log.
func (s *Shop) DataDir() string { return s.path("data", "skidkassa") }

// JournalFile is the till's journal.
func (s *Shop) JournalFile() string { return filepath.Join(s.DataDir(), "journal.db") }

// Setenv changes a variable of the environment, or adds it.
func (s *Shop) Setenv(name, value string) {
	s.Environment = append(slices.DeleteFunc(s.Environment, func(entry string) bool {
		return strings.HasPrefix(entry, name+"=")
	}), name+"="+value)
}

// Command is the till's program with arguments, not started yet.
func (s *Shop) Command(args ...string) *exec.Cmd {
	command := exec.Command(s.Binary, args...)
	command.Env = s.Environment
	command.Dir = s.Folder
	return command
}

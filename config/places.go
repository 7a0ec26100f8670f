package config

import (
	"errors"
	"strings"
)

// ErrNoHome means that the environment names no folder of this user, as in a
// bare service: --data or SKIDKASSA_DATA must say where the data is.
var ErrNoHome = errors.New("this user has no home folder: name the data folder with --data or SKIDKASSA_DATA")

// The names of the program's folder and of the settings file in it.
const (
	folderName = "skidkassa"
	fileName   = "skidkassa.toml"
)

// DefaultFile is the settings file's usual place under an operating system:
//
//	Linux, BSD  $XDG_CONFIG_HOME/skidkassa/skidkassa.toml, else ~/.config/…
//	Windows     %AppData%\skidkassa\skidkassa.toml
//	macOS       ~/Library/Application Support/skidkassa/skidkassa.toml
//
// goos is runtime.GOOS and environ is in the form of os.Environ. The error is
// [ErrNoHome].
func DefaultFile(goos string, environ []string) (string, error) {
	env := newEnvironment(goos, environ)
	folder, err := env.folder(goos, "APPDATA", "XDG_CONFIG_HOME", ".config")
	if err != nil {
		return "", err
	}
	return join(goos, folder, fileName), nil
}

// DataDir is the folder of the journal, the log and the record of where the
// secrets are: the one that flag (--data) names, else SKIDKASSA_DATA, else the
// usual place:
//
//	Linux, BSD  $XDG_DATA_HOME/skidkassa, else ~/.local/share/skidkassa
//	Windows     %LocalAppData%\skidkassa
//	macOS       ~/Library/Application Support/skidkassa
//
// The folder is not made here; who opens it makes it, with mode 0700. The error
// is [ErrNoHome].
func DataDir(flag, goos string, environ []string) (string, error) {
	env := newEnvironment(goos, environ)
	switch {
	case flag != "":
		return flag, nil
	case env[dataVariable] != "":
		return env[dataVariable], nil
	}
	return env.folder(goos, "LOCALAPPDATA", "XDG_DATA_HOME", ".local/share")
}

// folder is the program's own folder below the one in the variable of this
// operating system, or below the usual one in the user's home.
func (env environment) folder(goos, windowsVariable, xdgVariable, below string) (string, error) {
	switch goos {
	case "windows":
		if base := env[windowsVariable]; base != "" {
			return join(goos, base, folderName), nil
		}
		return "", ErrNoHome
	case "darwin":
		below = "Library/Application Support"
	default:
		// The XDG specification: a relative path is to be ignored.
		if base := env[xdgVariable]; strings.HasPrefix(base, "/") {
			return join(goos, base, folderName), nil
		}
	}
	home := env["HOME"]
	if !strings.HasPrefix(home, "/") {
		return "", ErrNoHome
	}
	return join(goos, home, below, folderName), nil
}

// join is filepath.Join for the operating system goos, which in tests is not
// always the one that runs.
func join(goos string, parts ...string) string {
	separator := "/"
	if goos == "windows" {
		separator = `\`
	}
	for i := range parts[:len(parts)-1] {
		parts[i] = strings.TrimRight(parts[i], separator)
	}
	return strings.Join(parts, separator)
}

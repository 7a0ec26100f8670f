package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker in a release (-X main.version=...). In a build without
// that, what the Go toolchain recorded stands in.
var (
	version string
	commit  string
	date    string
)

// build says which program this is.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"` // "" when unknown
	Date    string `json:"date"`   // of the build or else of the commit, RFC 3339; "" when unknown
	Go      string `json:"go"`
	System  string `json:"system"` // such as linux/amd64
}

// thisBuild opens nothing: `version` must answer whatever state the till is in.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) build {
	b := build{
		Version: version,
		Commit:  commit,
		Date:    date,
		Go:      runtime.Version(),
		System:  runtime.GOOS + "/" + runtime.GOARCH,
	}
	recorded := make(map[string]string)
	for _, setting := range info.Settings {
		recorded[setting.Key] = setting.Value
	}
	fill(&b.Version, info.Main.Version)
	fill(&b.Version, "(devel)")
	fill(&b.Commit, recorded["vcs.revision"])
	fill(&b.Date, recorded["vcs.time"])
	return b
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func versionCommand(p *program) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "version",
		Short: helpVersion,
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if asJSON {
				return p.printJSON(b)
			}
			return p.print(sayVersion, b.Version, orUnknown(b.Commit), orUnknown(b.Date), b.Go, b.System)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

func orUnknown(text string) string {
	if text == "" {
		return sayUnknown
	}
	return text
}

package main

import (
	"encoding/hex"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/texts"
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
	Version  string `json:"version"`            // "1.2.3"; "(devel)" when nothing is known
	Commit   string `json:"commit"`             // "" when unknown; 12 characters when only the module proxy's version tells it
	Modified bool   `json:"modified,omitempty"` // built from sources that differ from the commit
	Date     string `json:"date"`               // of the commit, RFC 3339; "" when unknown
	Go       string `json:"go"`
	System   string `json:"system"` // such as linux/amd64
}

// thisBuild opens nothing: `version` must answer whatever state the till is in.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info)
}

// buildOf takes the first of three that knows: the linker's words of a release,
// the working tree that `go build` found, the version that `go install` was
// given by the module proxy.
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
	b.Modified = commit == "" && recorded["vcs.modified"] == "true"
	fill(&b.Version, strings.TrimPrefix(info.Main.Version, "v"))
	fill(&b.Version, "(devel)")
	fill(&b.Commit, recorded["vcs.revision"])
	fill(&b.Date, recorded["vcs.time"])
	proxyCommit, proxyDate := ofPseudoVersion(info.Main.Version)
	fill(&b.Commit, proxyCommit)
	fill(&b.Date, proxyDate)
	return b
}

// ofPseudoVersion reads the commit and its time out of a version such as
// v0.0.0-20251121194200-0123456789ab, which `go install` gives to a commit
// without a tag; both are "" for another version.
func ofPseudoVersion(version string) (commit, date string) {
	const stampForm, commitBytes = "20060102150405", 6
	version, _, _ = strings.Cut(version, "+")
	rest, commit, _ := cutLast(version, "-")
	_, stamp, _ := cutLast(rest, "-")
	if _, after, found := cutLast(stamp, "."); found {
		stamp = after // v1.2.4-0.20251121194200-0123456789ab
	}
	at, err := time.Parse(stampForm, stamp)
	if raw, hexErr := hex.DecodeString(commit); err != nil || hexErr != nil || len(raw) != commitBytes {
		return "", ""
	}
	return commit, at.Format(time.RFC3339)
}

// cutLast is strings.Cut at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// versionForm is the answer of `version`. It has no language: scripts cut it, people
// send it to others, and no catalog is read to say it.
const versionForm = "skidkassa %s\ncommit %s\nbuilt  %s\ngo     %s %s\n"

// modifiedMark is the toolchain's own word, which the version then has too.
const modifiedMark = "+dirty"

func versionCommand(p *program) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "version",
		Short: string(texts.CLIHelpVersion),
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if asJSON {
				return p.printJSON(b)
			}
			commit := orUnknown(b.Commit)
			if b.Modified {
				commit += modifiedMark
			}
			return p.print(versionForm, b.Version, commit, orUnknown(b.Date), b.Go, b.System)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

package main

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"
)

// What a release consists of. Texts in {{ }} are templates in the names that goreleaser gives to things; its settings get
// them as they stand here, and [facts] fills them in for `make dist`.
const (
	project     = "skidkassa"
	mainPackage = "./cmd/skidkassa"

	archiveName  = `{{ .ProjectName }}_{{ .Version }}_{{ if eq .Os "darwin" }}macos{{ else }}{{ .Os }}{{ end }}_{{ .Arch }}`
	checksumName = `{{ .ProjectName }}_{{ .Version }}_SHA256SUMS`
	// snapshotVersion is that of a build between releases. The commit is cut to a fixed length: git's own short form
	// depends on how much else is in the clone.
	snapshotVersion = `{{ incpatch .Version }}-dev.{{ slice .FullCommit 0 12 }}`
)

// targets are the systems that there is an archive for, in goreleaser's order.
var targets = []target{
	{"windows", "amd64"},
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
}

// environment is what each build runs with. An empty GOFLAGS keeps this machine's own flags out of the binary.
var environment = []string{"CGO_ENABLED=0", "GOFLAGS="}

// buildFlags make a binary of nothing but the sources: no folder of this machine, and no state of the working tree, since
// the linker is told the commit.
var buildFlags = []string{"-trimpath", "-buildvcs=false"}

// linkerFlags strip the binary and tell it what `skidkassa version` says. The date is the commit's, so that
// whoever builds the same commit gets the same bytes.
var linkerFlags = []string{
	"-s", "-w",
	"-X main.version={{ .Version }}",
	"-X main.commit={{ .FullCommit }}",
	"-X main.date={{ .CommitDate }}",
}

// contents are what an archive holds beside the binary: what the README and the guides lead to, and the shell completions.
var contents = []content{
	{source: "README.md"},
	{source: "LICENSE"},
	{source: "CHANGELOG.md"},
	{source: "ARCHITECTURE.md"},
	{source: "docs/**"},
	{source: completionsFolder + "/*", folder: "completions"},
}

// completionsFolder is where the completions are made before they are packed. Git ignores it.
const completionsFolder = "internal/dist/completions"

// shells are the completions' names by the shell that cobra makes them for.
var shells = map[string]string{
	"bash":       "skidkassa.bash",
	"zsh":        "_skidkassa",
	"fish":       "skidkassa.fish",
	"powershell": "skidkassa.ps1",
}

// The modes of what is in an archive, and whose it is there.
const (
	binaryMode = 0o755
	fileMode   = 0o644
	owner      = "root"
)

// target is a system in Go's words.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// binary is the program's file name.
func (t target) binary() string {
	if t.os == "windows" {
		return project + ".exe"
	}
	return project
}

// format is the archive's: each system's own tools open it.
func (t target) format() string {
	if t.os == "windows" {
		return "zip"
	}
	return "tar.gz"
}

var errTarget = errors.New("there is no archive for this target")

// parseTarget finds a target by its name, such as "linux/amd64".
func parseTarget(name string) (target, error) {
	for _, t := range targets {
		if t.String() == name {
			return t, nil
		}
	}
	return target{}, fmt.Errorf("%s: %w", name, errTarget)
}

// content is a file of the repository, or the files of a folder: one level ("/*") or all of it ("/**").
type content struct {
	source string
	folder string // in the archive; empty: as in the repository
}

// place is where a file of the content lies in the archive.
func (c content) place(file string) string {
	if c.folder == "" {
		return file
	}
	return path.Join(c.folder, path.Base(file))
}

// facts fill in the templates.
type facts struct {
	ProjectName     string
	Version         string // without "v"
	FullCommit      string
	CommitDate      string // RFC 3339, UTC
	CommitTimestamp int64  // s
	Os, Arch        string
}

// of are the facts for one target.
func (f facts) of(t target) facts {
	f.Os, f.Arch = t.os, t.arch
	return f
}

// fill carries out a template.
func (f facts) fill(text string) (string, error) {
	parsed, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"incpatch": nextPatch}).Parse(text)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	if err := parsed.Execute(&filled, f); err != nil {
		return "", err
	}
	return filled.String(), nil
}

// nextPatch is goreleaser's incpatch: the version after a release.
func nextPatch(version string) (string, error) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return "", fmt.Errorf("version %q: %w", version, err)
	}
	return fmt.Sprintf("%d.%d.%d", major, minor, patch+1), nil
}

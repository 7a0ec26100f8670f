package main

import (
	"fmt"
	"strings"
	"text/template"
)

// goreleaserFile is its settings, at the top of the repository.
const goreleaserFile = ".goreleaser.yaml"

// goreleaser renders its settings from the same description that `make dist` builds from, so that the two cannot part
// ways. A test compares the file.
func goreleaser() (string, error) {
	var rendered strings.Builder
	err := template.Must(template.New("").Delims("«", "»").Funcs(template.FuncMap{"quote": quote}).Parse(settings)).
		Execute(&rendered, map[string]any{
			"Project": project, "Main": mainPackage, "Environment": environment, "Flags": buildFlags, "LinkerFlags": linkerFlags,
			"Targets": targetNames(), "Name": archiveName, "Contents": contentLines(), "Checksum": checksumName,
			"Snapshot": snapshotVersion, "Owner": owner,
			"BinaryMode": fmt.Sprintf("%#o", binaryMode), "FileMode": fmt.Sprintf("%#o", fileMode),
		})
	return rendered.String(), err
}

// quote makes a YAML string in which templates are safe.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func targetNames() []string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.os + "_" + t.arch
	}
	return names
}

// contentLine is one of the files of an archive in goreleaser's words.
type contentLine struct {
	Source, Folder string
}

func contentLines() []contentLine {
	lines := make([]contentLine, len(contents))
	for i, c := range contents {
		lines[i] = contentLine{c.source, c.folder}
	}
	return lines
}

const settings = `# Made by "go run ./internal/dist settings" from internal/dist/archives.go: change it there. "make dist" makes the
# same archives without goreleaser, and a test holds this file to the description.
version: 2
project_name: «.Project»

before:
  hooks:
    - go run ./internal/dist completions

builds:
  - main: «.Main»
    binary: «.Project»
    env:
«- range .Environment»
      - «.»
«- end»
    flags:
«- range .Flags»
      - «.»
«- end»
    ldflags:
«- range .LinkerFlags»
      - «quote .»
«- end»
    # A file's time is its commit's, so that who builds the same commit gets the same bytes.
    mod_timestamp: '{{ .CommitTimestamp }}'
    targets:
«- range .Targets»
      - «.»
«- end»

archives:
  - formats: [tar.gz]
    format_overrides:
      - goos: windows
        formats: [zip]
    name_template: «quote .Name»
    wrap_in_directory: true
    builds_info:
      owner: «.Owner»
      group: «.Owner»
      mode: «.BinaryMode»
      mtime: '{{ .CommitDate }}'
    files:
«- range .Contents»
      - src: «.Source»
«- if .Folder»
        dst: «.Folder»
        strip_parent: true
«- end»
        info: {owner: «$.Owner», group: «$.Owner», mode: «$.FileMode», mtime: '{{ .CommitDate }}'}
«- end»

checksum:
  name_template: «quote .Checksum»
  algorithm: sha256

snapshot:
  version_template: «quote .Snapshot»

changelog:
  disable: true # CHANGELOG.md is written by hand
`

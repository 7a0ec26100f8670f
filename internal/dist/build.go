package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// builder makes archives of the repository at root.
type builder struct {
	root  string
	out   string // the folder of the archives
	facts facts
	dirty bool // the working tree holds more than the commit
}

// newBuilder asks git what is being built: a release when the commit has a tag "vX.Y.Z", else a snapshot of what comes
// after the last one.
func newBuilder(ctx context.Context, root, out string) (*builder, error) {
	root, err := filepath.Abs(root) // commands run there, with paths below it
	if err != nil {
		return nil, err
	}
	b := &builder{root: root, out: out}
	head, err := b.run(ctx, nil, "git", "log", "-1", "--format=%H %ct")
	if err != nil {
		return nil, err
	}
	var commit string
	var seconds int64
	if _, err := fmt.Sscan(head, &commit, &seconds); err != nil {
		return nil, fmt.Errorf("git log says %q: %w", head, err)
	}
	b.facts = facts{
		ProjectName: project, FullCommit: commit, CommitTimestamp: seconds,
		CommitDate: time.Unix(seconds, 0).UTC().Format(time.RFC3339),
	}
	changes, err := b.run(ctx, nil, "git", "status", "--porcelain")
	if err != nil {
		return nil, err
	}
	b.dirty = changes != ""
	b.facts.Version, err = b.version(ctx)
	return b, err
}

func (b *builder) version(ctx context.Context) (string, error) {
	const releases = "v[0-9]*"
	if tag, err := b.run(ctx, nil, "git", "describe", "--tags", "--exact-match", "--match", releases); err == nil {
		return strings.TrimPrefix(tag, "v"), nil
	}
	last := b.facts
	last.Version = "0.0.0"
	if tag, err := b.run(ctx, nil, "git", "describe", "--tags", "--abbrev=0", "--match", releases); err == nil {
		last.Version = strings.TrimPrefix(tag, "v")
	}
	return last.fill(snapshotVersion)
}

// dist makes the archives of some targets and the list of their checksums, and gives their paths, the list last.
func (b *builder) dist(ctx context.Context, wanted []target) ([]string, error) {
	if err := b.completions(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, err
	}
	var made []string
	for _, t := range wanted {
		archive, err := b.archive(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, archive)
	}
	list, err := checksums(made)
	if err != nil {
		return nil, err
	}
	name, err := b.facts.fill(checksumName)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.out, name)
	return append(made, file), os.WriteFile(file, list, fileMode)
}

// archive builds the program for a target and packs it.
func (b *builder) archive(ctx context.Context, t target) (string, error) {
	name, err := b.facts.of(t).fill(archiveName)
	if err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp("", project+"-dist-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	binary := filepath.Join(scratch, t.binary())
	if err := b.compile(ctx, t, binary); err != nil {
		return "", err
	}
	entries, err := b.entriesOf(contents)
	if err != nil {
		return "", err
	}
	entries = append(entries, entry{name: t.binary(), source: binary, mode: binaryMode})
	archive := filepath.Join(b.out, name+"."+t.format())
	return archive, pack(archive, t.format(), name, entries, time.Unix(b.facts.CommitTimestamp, 0))
}

func (b *builder) compile(ctx context.Context, t target, binary string) error {
	linking, err := b.facts.of(t).fill(strings.Join(linkerFlags, " "))
	if err != nil {
		return err
	}
	args := append([]string{"build", "-o", binary}, buildFlags...)
	args = append(args, "-ldflags", linking, mainPackage)
	_, err = b.run(ctx, append(environment, "GOOS="+t.os, "GOARCH="+t.arch), "go", args...)
	return err
}

// completions makes the shells' completions with the program itself, built for this machine.
func (b *builder) completions(ctx context.Context) error {
	folder := filepath.Join(b.root, filepath.FromSlash(completionsFolder))
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return err
	}
	here := target{runtime.GOOS, runtime.GOARCH}
	binary := filepath.Join(folder, here.binary())
	if err := b.compile(ctx, here, binary); err != nil {
		return err
	}
	for shell, name := range shells {
		script, err := b.run(ctx, nil, binary, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script+"\n"), fileMode); err != nil {
			return err
		}
	}
	return os.Remove(binary)
}

// entriesOf are the files of an archive's contents.
func (b *builder) entriesOf(contents []content) ([]entry, error) {
	var found []entry
	for _, c := range contents {
		files, err := b.files(c.source)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			found = append(found, entry{
				name: c.place(file), source: filepath.Join(b.root, filepath.FromSlash(file)), mode: fileMode,
			})
		}
	}
	return found, nil
}

var errNothing = errors.New("there is no such file")

// files gives the repository's files that a source names, with slashes.
func (b *builder) files(source string) ([]string, error) {
	folder, deep := strings.CutSuffix(source, "/**")
	var found []string
	err := fs.WalkDir(os.DirFS(b.root), path.Clean(strings.TrimSuffix(folder, "/*")), func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !e.IsDir():
			found = append(found, name)
		case !deep && name != strings.TrimSuffix(folder, "/*"):
			return fs.SkipDir
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w", source, errNothing)
	}
	return found, err
}

// run carries out a command in the repository and gives what it prints, without the last line's end.
func (b *builder) run(ctx context.Context, environ []string, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = b.root
	command.Env = append(os.Environ(), environ...)
	var said, complaint bytes.Buffer
	command.Stdout, command.Stderr = &said, &complaint
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, &complaint)
	}
	return strings.TrimRight(said.String(), "\n"), nil
}

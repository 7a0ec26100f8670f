// Dist makes the archives of a release, the very same ones that goreleaser makes from .goreleaser.yaml, on a machine that
// has no goreleaser:
//
//	go run ./internal/dist                       every archive, and their checksums, in ./dist
//	go run ./internal/dist -target linux/amd64   one of them
//	go run ./internal/dist completions           only the shell completions; goreleaser asks for them
//	go run ./internal/dist settings              .goreleaser.yaml, from the description in archives.go
//
// It is run at the top of the repository. Two runs on one commit, with one version of Go, give the same bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	only := flag.String("target", "", "make the archive of `OS/ARCH` alone")
	out := flag.String("out", "dist", "the `FOLDER` of the archives")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, flag.Args(), *only, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

var errCommand = errors.New("this is called without a word, or with completions or settings")

func run(ctx context.Context, args []string, only, out string) error {
	if len(args) == 1 && args[0] == "settings" {
		rendered, err := goreleaser()
		if err != nil {
			return err
		}
		return os.WriteFile(goreleaserFile, []byte(rendered), fileMode)
	}
	b, err := newBuilder(ctx, ".", out)
	switch {
	case err != nil:
		return err
	case len(args) == 1 && args[0] == "completions":
		return b.completions(ctx)
	case len(args) > 0:
		return errCommand
	}
	wanted := targets
	if only != "" {
		t, err := parseTarget(only)
		if err != nil {
			return err
		}
		wanted = []target{t}
	}
	if b.dirty {
		fmt.Fprintf(os.Stderr, "dist: NOT A RELEASE: the working tree has changes that commit %.12s does not\n", b.facts.FullCommit)
	}
	made, err := b.dist(ctx, wanted)
	for _, file := range made {
		fmt.Println(file)
	}
	return err
}

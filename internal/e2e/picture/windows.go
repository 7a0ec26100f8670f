//go:build windows

// The command picture needs a pseudo-terminal, which Windows does not have.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "picture: this program needs a pseudo-terminal: run it on Linux or macOS")
	os.Exit(1)
}

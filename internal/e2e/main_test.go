//go:build !windows

package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
)

// binary is the till's program, built once for all tests, and binaries the folder that it is in.
var binary, binaries string

// tillsAtOnce is how many scenarios run side by side. Most of their time is the waiting of a cashier, so there may be
// more than processors.
const tillsAtOnce = "8"

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if binaries, err = os.MkdirTemp("", "skidkassa-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(binaries) }()
	if binary, err = shop.Build(binaries, shop.Program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	flag.Parse()
	parallel := flag.Lookup("test.parallel")
	if parallel.Value.String() == parallel.DefValue { // nobody has asked for another number
		if err := parallel.Value.Set(tillsAtOnce); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

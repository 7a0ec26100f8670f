//go:build !windows

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// Minutes that no test can wait for.

// haste is what is shorter in a hasty till: nothing but how long it waits.
var haste = []struct{ file, constant, from, to string }{
	{"internal/loyalty/desk.go", "SendLimit", "15 * time.Second", "3 * time.Second"},
	{"internal/loyalty/settle.go", "SettleDelay", "120 * time.Second", "2 * time.Second"},
	{"internal/loyalty/settle.go", "SettleSpread", "15 * time.Second", "1 * time.Second"},
	{"tui/pincount.go", "PINPause", "30 * time.Second", "20 * time.Second"},
}

// hastyBinary is the till's program with its waits shortened, built once, when the first test wants it. The tree is not
// touched: the go command compiles copies of the files in their places.
var hastyBinary = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", err
	}
	folder := filepath.Join(binaries, "hasty")
	replaced := make(map[string]string)
	for i, h := range haste {
		original := filepath.Join(root, filepath.FromSlash(h.file))
		source := original
		if copied, ok := replaced[original]; ok {
			source = copied
		}
		copied := filepath.Join(folder, fmt.Sprintf("%d.go", i))
		if err := shorten(source, copied, h.constant, h.from, h.to); err != nil {
			return "", err
		}
		replaced[original] = copied
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replaced})
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		return "", err
	}
	return shop.Build(folder, shop.Program, "-overlay", path)
})

// shorten copies a file and gives one constant of it another value.
func shorten(source, copied, constant, from, to string) error {
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	value := regexp.MustCompile(`(?m)^(\s+` + constant + `\s+= )` + regexp.QuoteMeta(from))
	if found := len(value.FindAll(text, -1)); found != 1 {
		return fmt.Errorf("%s has %s = %s %d times, want once", source, constant, from, found)
	}
	if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
		return err
	}
	return os.WriteFile(copied, value.ReplaceAll(text, []byte("${1}"+to)), 0o600)
}

// newHastyTill is newTill with a till that does not wait for minutes.
func newHastyTill(t *testing.T) *scenario {
	t.Helper()
	s := newScenario(t)
	var err error
	s.shop.Binary, err = hastyBinary()
	s.must(err)
	s.start(terminal.Options{})
	return s
}

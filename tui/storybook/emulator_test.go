//go:build !windows

package storybook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/screenshot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// The pictures show what a terminal shows: an emulator has the same cells. The scenes take turns in the terminals: each
// shows every kind of line in each of them.
func TestThePicturesShowWhatATerminalShows(t *testing.T) {
	t.Parallel()
	turns := []look.Theme{{}, {Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue}}
	for i, s := range Screens() {
		setting := small().themed(turns[i%len(turns)])
		shown := frame(t, s, setting)
		emulator := vt10x.New(vt10x.WithSize(setting.Width, setting.Height))
		for i, line := range strings.Split(shown, "\n") {
			if _, err := fmt.Fprintf(emulator, "\x1b[%d;1H%s", i+1, line); err != nil {
				t.Fatal(err)
			}
		}
		want, got := terminal.Cells(emulator), screenshot.Of(shown, setting.Width, setting.Height)
		for y := range want {
			for x := range want[y] {
				if got[y][x] != want[y][x] {
					t.Fatalf("%s in %+v: cell %d, %d is %+v, in an emulator %+v", s.Name, setting.Theme, x, y, got[y][x], want[y][x])
				}
			}
		}
	}
}

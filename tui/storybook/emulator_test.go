//go:build !windows

package storybook

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/screenshot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// The pictures show what a terminal shows: an emulator has the same cells.
func TestThePicturesShowWhatATerminalShows(t *testing.T) {
	for _, s := range Screens() {
		for _, theme := range []look.Theme{{}, {Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue}} {
			setting := inRussian(small())
			setting.Theme = theme
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
					if !reflect.DeepEqual(got[y][x], want[y][x]) {
						t.Fatalf("%s in %+v: cell %d, %d is %+v, in an emulator %+v", s.Name, theme, x, y, got[y][x], want[y][x])
					}
				}
			}
		}
	}
}

package storybook

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestShowTmp(t *testing.T) {
	st := small()
	fmt.Sscanf(os.Getenv("SIZE"), "%dx%d", &st.Width, &st.Height)
	for _, n := range strings.Fields(os.Getenv("SCENES")) {
		for _, s := range Scenes() {
			if s.Name == n || strings.HasSuffix(n, "*") && strings.HasPrefix(s.Name, strings.TrimSuffix(n, "*")) {
				fmt.Printf("=== %s: %s\n%s\n", s.Name, s.Title, ansi.Strip(frame(t, s, st)))
			}
		}
	}
}

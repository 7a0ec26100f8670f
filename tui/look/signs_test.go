package look

import (
	"io"
	"testing"
)

func TestSigns(t *testing.T) {
	const said = "«Ждём…» — 2\u00a0365 ₽, Ёлкин №5 −3 \x1b[7m→\x1b[0m"
	if got := NewStyles(Theme{}, io.Discard).Signs(said); got != said {
		t.Errorf("where everything is shown: %q", got)
	}
	const want = `"Ждём." - 2 365 ₽, Ёлкин N5 -3 ` + "\x1b[7m>\x1b[0m"
	got := NewStyles(Theme{ASCII: true}, io.Discard).Signs(said)
	if got != want {
		t.Errorf("in ASCII: %q, want %q", got, want)
	}
	if Width(got) != Width(said) {
		t.Errorf("it takes %d cells, %d before", Width(got), Width(said))
	}
}

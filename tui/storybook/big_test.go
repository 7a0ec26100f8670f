package storybook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/tui/look"
)

// enlarged are scenes whose number a cashier reads from a metre away.
var enlarged = []string{"guest_sum", "result_accrual", "result_redemption", "result_refused", "pay", "pay_done"}

func TestGoldenScreensWithLargeDigits(t *testing.T) {
	for _, name := range enlarged {
		s := scene(t, name)
		for _, ascii := range []bool{false, true} {
			setting, block, file := sized(100, 30), "██████", fmt.Sprintf("%s_100x30", name)
			if setting.Theme = (look.Theme{ASCII: ascii}); ascii {
				block, file = "######", file+"_ascii"
			}
			t.Run(file, func(t *testing.T) {
				shown := ansi.Strip(frame(t, s, setting))
				if !strings.Contains(shown, block) {
					t.Errorf("nothing is large:\n%s", shown)
				}
				golden(t, file, shown)
			})
		}
	}
}

// In the smallest window there is no room for large digits, and nothing of them is left.
func TestASmallWindowHasNoLargeDigits(t *testing.T) {
	t.Parallel()
	for _, s := range Scenes() {
		if shown := ansi.Strip(frame(t, s, small())); strings.Contains(shown, "██") {
			t.Errorf("%s is drawn with large digits in 80x24:\n%s", s.Name, shown)
		}
	}
}

// A large number says what the words beside it say, in digits whose shape alone tells them: colours are not needed.
func TestALargeNumberStandsBesideItsWords(t *testing.T) {
	for name, words := range map[string]string{
		"guest_sum": "Баланс  2 365 баллов", "result_accrual": "Начислено 25", "result_redemption": "Списано 125", "pay_done": "Сдача",
	} {
		shown := strings.ReplaceAll(ansi.Strip(frame(t, scene(t, name), sized(100, 30))), "\u00a0", " ")
		if !strings.Contains(shown, words) || !strings.Contains(shown, "██") {
			t.Errorf("%s: %q and a large number are not both there:\n%s", name, words, shown)
		}
	}
}

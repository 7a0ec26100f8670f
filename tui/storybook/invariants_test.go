package storybook

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// styles takes the codes of styles out of a frame, and nothing else that a terminal would act on. It gives each code once. A
// regular expression would take longer here than drawing does.
func styles(frame string) (bare string, codes map[string]bool) {
	var rest strings.Builder
	codes = make(map[string]bool)
	for {
		before, after, found := strings.Cut(frame, "\x1b[")
		rest.WriteString(before)
		if !found {
			return rest.String(), codes
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
		if end >= 0 && after[end] == 'm' {
			codes[after[:end]] = true
			frame = after[end+1:]
		} else {
			rest.WriteString("\x1b[")
			frame = after
		}
	}
}

func TestNoColorMeansNoColor(t *testing.T) {
	t.Parallel()
	for _, s := range Scenes() {
		_, codes := styles(frame(t, s, small()))
		emphasis := false
		for code := range codes {
			for _, n := range strings.Split(code, ";") {
				switch n {
				case "", "0", "1", "4", "7":
					emphasis = emphasis || n != "" && n != "0"
				default:
					t.Fatalf("%s: the code %q is a colour", s.Name, code)
				}
			}
		}
		if !emphasis {
			t.Errorf("%s: nothing is emphasised", s.Name)
		}
	}
}

func TestColorsFollowTheTerminal(t *testing.T) {
	seen := make(map[string]look.Theme)
	for _, theme := range []look.Theme{
		{Colors: look.Colors16}, {Colors: look.Colors256}, {Colors: look.ColorsTrue},
		{Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue, Light: true},
	} {
		shown := frame(t, scene(t, "guest_sum"), small().themed(theme))
		if other, twice := seen[shown]; twice {
			t.Errorf("%+v and %+v look the same", theme, other)
		}
		seen[shown] = theme
		if has := strings.Contains(shown, "\x1b[38;2;") || strings.Contains(shown, ";38;2;"); has != (theme.Colors == look.ColorsTrue) {
			t.Errorf("%+v: 24-bit colours: %v", theme, has)
		}
	}
}

// hostile draws names as a service might send them: long, wide, right to left, with joiners, and with what a terminal
// would act on.
var hostile = rapid.Custom(func(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{
		"Анна", "اسم طويل", "張偉明", "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301\u0302\u0303", "\x1b[31m", "\x1b]0;x\a", "\r\n", "\t", "\u202e", "\u200b", " ",
		"\u009b2J", "ﷺ", "ｗｉｄｅ", "\ufe0f", "\xff", strings.Repeat("я", 60),
	}), 0, 12).Draw(t, "parts")
	return strings.Join(parts, "")
})

// Whatever the window and whoever the guest, the screen fills its window exactly and holds nothing that a terminal acts on.
func TestTheScreenNeverLeavesItsWindow(t *testing.T) {
	t.Parallel()
	all := Scenes()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(all).Draw(rt, "scene")
		setting := sized(rapid.IntRange(80, 200).Draw(rt, "width"), rapid.IntRange(24, 60).Draw(rt, "height"))
		name, balance := hostile.Draw(rt, "name"), rapid.Int64Range(-1e12, 1e12).Draw(rt, "balance")
		setting.Theme.ASCII = rapid.Bool().Draw(rt, "ascii")
		setting.Change = func(o *tui.Options) {
			o.ShopName, o.Cashier, o.Notices = name, name, []func() string{func() string { return name }}
			desk := o.Desk.(*stage.Desk)
			desk.Name, desk.Balance = name, decimal.NewFromInt(balance)
		}
		tl := open(t, s, setting)
		check(rt, tl.Model.View(), setting)
		for _, state := range loyalty.States() {
			op := tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("123456789012"), stage.Number("1"), stage.Number("1"))
			tl.Becomes(&op, state, "")
		}
		if rapid.Bool().Draw(rt, "esc") {
			tl.Press(esc)
		}
		check(rt, tl.Model.View(), setting)
	})
}

// check holds a frame to its window.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, shown string, setting Setting) {
	t.Helper()
	bare, _ := styles(shown)
	lines := strings.Split(bare, "\n")
	if len(lines) != setting.Height {
		t.Fatalf("%d lines in a window of %d:\n%s", len(lines), setting.Height, shown)
	}
	for _, line := range lines {
		if width := look.Width(line); width > setting.Width {
			t.Fatalf("a line takes %d of %d cells: %q", width, setting.Width, line)
		}
		for _, r := range line {
			if !unicode.IsGraphic(r) {
				t.Fatalf("the rune %U reaches the terminal: %q", r, line)
			}
		}
	}
}

// Whatever people call their tables and dishes, the screens of orders fill their window exactly.
func TestTheOrdersScreensNeverLeaveTheirWindow(t *testing.T) {
	t.Parallel()
	plays := []func(tl *stage.Till){
		func(tl *stage.Till) { tl.Press(f4) },
		func(tl *stage.Till) { tl.AtCard() },
		func(tl *stage.Till) { tl.AtCard().Press(endKey) },
		func(tl *stage.Till) { tl.AtCard().Press(insertKey, up) },
		func(tl *stage.Till) { tl.AtCard().Press(deleteKey) },
		func(tl *stage.Till) { tl.AtPay() },
		func(tl *stage.Till) { tl.AtPay().Press(enter, enter) },
		func(tl *stage.Till) { tl.Press(f4, backTab, enter) },
		func(tl *stage.Till) { tl.Press(f4, backTab, enter, enter) },
		func(tl *stage.Till) { tl.Press(f8) },
	}
	rapid.Check(t, func(rt *rapid.T) {
		setting := sized(rapid.IntRange(80, 200).Draw(rt, "width"), rapid.IntRange(24, 60).Draw(rt, "height"))
		setting.Theme.ASCII = rapid.Bool().Draw(rt, "ascii")
		drawn := func(name string) string { return strings.ToValidUTF8(hostile.Draw(rt, name), "") }
		table, food := drawn("table"), drawn("dish")
		prepare := func(c *stage.Counter) {
			c.OpensShift()
			order, err := c.OpenOrder(context.Background(), orders.NewOrder{
				ID: uuid.Must(uuid.NewV7()), Table: upTo(table, 200), Seats: 999, Cashier: upTo(table, 200),
				Dishes: []orders.Dish{stage.KitchenDish("x"+upTo(food, 190), "0.123", "999999999.99"), stage.Dish("y", "1", "1")},
			})
			c.Must(err)
			c.Wires(order.ID, "123456789.01", "r1")
		}
		s := Scene{props: props{withPrinter(prepare)}, play: rapid.SampledFrom(plays).Draw(rt, "play")}
		if rapid.Bool().Draw(rt, "no printer") {
			s.props = props{withCounter(prepare)}
		}
		tl := open(t, s, setting)
		check(rt, tl.Model.View(), setting)
	})
}

func upTo(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

func TestF10IsOnTheHintLineOfTheDemo(t *testing.T) {
	t.Parallel()
	for _, s := range Scenes() {
		if strings.HasSuffix(s.Name, "quitting") { // nothing can be pressed any more
			continue
		}
		s.props = append(slices.Clone(s.props), withReady)
		shown := open(t, s, small()).Shown()
		lines := strings.Split(shown, "\n")
		if hints := lines[len(lines)-2]; !strings.Contains(hints, "F10 Выход") || strings.Contains(hints, "…") {
			t.Errorf("%s: the hint line is %q", s.Name, hints)
		}
	}
}

package setup

import (
	"errors"
	"strings"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// PatientOptions are a decoder's for the scanner's test: they hear a scanner that is too slow for the till, so that it can
// be said how slow it is. Nobody types there.
func PatientOptions(options scanner.Options) scanner.Options {
	options.Gap, options.Silence = maxGap, 2*maxGap
	return options
}

// The gaps that a till can have.
const (
	minGap = 10 * time.Millisecond
	maxGap = 200 * time.Millisecond
)

// scanTest is the page that shows what the scanner does: whatever is scanned comes here.
type scanTest struct {
	*env
	next  button
	found *finding // nil: nothing was scanned yet
	focus int
}

// finding is what a scan has shown. It holds nothing of what was scanned.
type finding struct {
	runes     int
	took      time.Duration
	end       scanner.Ending
	hasPrefix bool
	truncated bool
	isQR      bool   // a Skidkabot QR: the layout is known by it
	isLost    bool   // one that cannot be read back
	isDamaged bool   // under an English layout: it did not come whole
	layout    string // its English name; empty: not known
	capsLock  bool
	isPlain   bool // nothing had to be set right
	isForeign bool // other letters than Latin ones in it
}

func newScanTest(e *env, next button) *scanTest { return &scanTest{env: e, next: next} }

func (s *scanTest) scanned(scan scanner.Scan) {
	found := examine(scan)
	s.found, s.focus = &found, 0
}

// examine says what a scan shows of the scanner and the keyboard's layout.
func examine(scan scanner.Scan) finding {
	f := finding{
		runes: scan.Runes, took: scan.Took, end: scan.End, truncated: scan.Truncated, hasPrefix: hasAIM(scan.Text),
		isForeign: strings.ContainsFunc(scan.Text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }),
	}
	reading, err := layout.Repair(scan.Text)
	var lost *layout.DigitsLostError
	var unreadable *layout.UnreadableError
	switch {
	case err == nil:
		f.isQR, f.layout, f.capsLock, f.isPlain = true, reading.Layout.Name, reading.CapsLock, reading.Plain
		f.hasPrefix = f.hasPrefix || len([]rune(scan.Text)) >= len([]rune(reading.Text))+aimRunes
	case errors.As(err, &lost):
		f.isQR, f.isLost, f.layout, f.capsLock = true, true, lost.Layout.Name, lost.CapsLock
	case errors.As(err, &unreadable):
		f.isQR, f.isLost, f.layout, f.capsLock = true, true, unreadable.Layout.Name, unreadable.CapsLock
		f.isDamaged = unreadable.Layout.ID == "us"
	}
	return f
}

// aimRunes is the length of an AIM prefix: ]Q1.
const aimRunes = 3

// hasAIM tells an AIM prefix, which says what kind of code was scanned.
func hasAIM(text string) bool {
	return len(text) > aimRunes && text[0] == ']' && unicode.IsLetter(rune(text[1])) && unicode.IsDigit(rune(text[2]))
}

// pace is the average time between two characters.
func (f finding) pace() time.Duration {
	if f.runes < 2 {
		return 0
	}
	return f.took / time.Duration(f.runes-1)
}

// gap is what the till's gap should be at least: twice the average, in whole tens of milliseconds.
func (f finding) gap() time.Duration {
	const step = 10 * time.Millisecond
	wanted := (2*f.pace() + step - 1) / step * step
	return min(max(wanted, minGap), maxGap)
}

// currentGap is the gap of the settings.
func (e *env) currentGap() time.Duration {
	gap, err := time.ParseDuration(e.draft.values["scanner.gap"])
	if err != nil {
		return scanner.DefaultGap
	}
	return gap
}

// gapAct sets the gap that the scanner needs.
type gapAct struct{}

func (s *scanTest) buttons() []button {
	buttons := onward(s.next)
	if s.found != nil && s.found.gap() > s.currentGap() {
		return append([]button{{label: texts.SetupSetGap, act: gapAct{}}}, buttons...)
	}
	return buttons
}

func (s *scanTest) press(key tea.KeyMsg) any {
	buttons := s.buttons()
	switch key.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyTab, tea.KeyRight, tea.KeyDown:
		s.focus = (s.focus + 1) % len(buttons)
	case tea.KeyShiftTab, tea.KeyLeft, tea.KeyUp:
		s.focus = (s.focus + len(buttons) - 1) % len(buttons)
	case tea.KeyEnter, tea.KeyCtrlJ:
		act := buttons[s.focus].act
		if _, sets := act.(gapAct); sets {
			s.draft.values["scanner.gap"] = s.found.gap().String()
			s.focus = 0
			return nil
		}
		return act
	}
	return nil
}

func (s *scanTest) view(width, height int) []string {
	inner := min(width-4, formCells)
	var lines []string
	if s.found == nil {
		lines = s.tell([]told{{s.Say(texts.SetupScanAny), plain}, {s.Say(texts.SetupScanHint, texts.Args{"Next": s.Say(s.next.label)}), dim}}, inner-4)
	} else {
		lines = s.tell(s.findings(*s.found), inner-4)
	}
	lines = append(lines, "")
	lines = append(lines, s.row(s.buttons(), s.focus, inner-4)...)
	return look.Middle(s.Panel(s.Say(texts.SetupScanTest), append(lines, ""), inner, s.Frame.Active), inner, width, height)
}

// findings say what the scanner does, and what to set it to.
func (s *scanTest) findings(f finding) []told {
	lines := []told{s.tellPace(f)}
	switch f.end {
	case scanner.EndEnter:
		lines = append(lines, told{s.Say(texts.SetupEndEnter), good})
	case scanner.EndTab:
		lines = append(lines, told{s.Say(texts.SetupEndTab), good})
	default:
		lines = append(lines, told{s.Say(texts.SetupEndNone), warn})
	}
	if f.hasPrefix {
		lines = append(lines, told{s.Say(texts.SetupPrefix), good})
	}
	if f.truncated {
		lines = append(lines, told{s.Say(texts.SetupScanLong), warn})
	}
	return append(lines, s.tellLayout(f), told{s.Say(texts.SetupScanMore), dim})
}

func (s *scanTest) tellPace(f finding) told {
	args := texts.Args{
		"Runes": f.runes, "Millis": s.Number(tenths(f.pace())), "Gap": s.currentGap().Milliseconds(), "Wanted": f.gap().Milliseconds(),
	}
	switch {
	case f.pace() > maxGap/2:
		return told{s.Say(texts.SetupPaceBad, args), bad}
	case f.gap() > s.currentGap():
		return told{s.Say(texts.SetupPaceSlow, args), warn}
	}
	return told{s.Say(texts.SetupPaceGood, args), good}
}

func (s *scanTest) tellLayout(f finding) told {
	args := texts.Args{"Layout": look.LayoutName(s.Texts, f.layout)}
	switch {
	case f.isDamaged:
		return told{s.Say(texts.SetupScanDamaged), warn}
	case f.isLost && f.layout != "":
		return told{s.Say(texts.SetupLayoutLost, args), bad}
	case f.isLost:
		return told{s.Say(texts.SetupLayoutUnknown), bad}
	case f.isQR && f.isPlain:
		return told{s.Say(texts.SetupLayoutGood), good}
	case f.isQR && f.capsLock:
		return told{s.Say(texts.SetupLayoutCaps, args), warn}
	case f.isQR:
		return told{s.Say(texts.SetupLayoutOther, args), warn}
	case f.isForeign:
		return told{s.Say(texts.SetupLayoutForeign), warn}
	}
	return told{s.Say(texts.SetupLayoutNoQR), dim}
}

func (s *scanTest) click(number int) bool {
	if number >= len(s.buttons()) {
		return false
	}
	s.focus = number
	return true
}

func (s *scanTest) hints() []hint {
	return []hint{{"Enter", texts.KeyPress}, {"Tab", texts.KeyMove}, {"Esc", texts.KeyBack}}
}

func (s *scanTest) field() scanner.Field { return scanner.FieldNone }

func (s *scanTest) mark() func() { return func() {} }

func (s *scanTest) shown() {}

// tenths is a time in milliseconds with one decimal.
func tenths(d time.Duration) decimal.Decimal {
	return decimal.NewFromInt(d.Microseconds()).Shift(-3).Round(1)
}

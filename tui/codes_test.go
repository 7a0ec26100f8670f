package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// alarmsWithout are what is said in an alarm without a code of its own, with the reason.
var alarmsWithout = map[texts.ID]string{
	texts.NoticeWriteFirst:        "it asks for what the screen says",
	texts.FullPayTake:             "it says what money to take; nothing has gone wrong by it",
	texts.FullPayLate:             "the screen shows what has become of it",
	texts.ResultScanAgain:         "it stands behind an error that has a code",
	texts.NoticeAppliedAccrual:    "the points have moved after all",
	texts.NoticeAppliedRedemption: "the points have moved after all",
	texts.NoticeAppliedGiveBack:   "the points have moved after all",
	texts.NoticeAppliedTakeBack:   "the points have moved after all",
	texts.ShiftPast:               "it is the name of a button in another text",
	texts.NoticeClaimFailed:       "it says its cause, which has the code",
	texts.NoticeAccrualMissed:     "it says its cause, which has the code",
	texts.NoticeShiftFailed:       "it says its cause, which has the code",
	texts.NoticeDeedFailed:        "it says its cause, which has the code",
	texts.NoticeNotPaid:           "it says its cause, which has the code",
	texts.NoticeFailedRedemption:  "it says its cause, which has the code",
}

// spoken maps the name of each text's constant to the text.
func spoken(t *testing.T) map[string]texts.ID {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/texts/ids.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]texts.ID)
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			names[spec.Names[0].Name] = texts.ID(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
		}
		return true
	})
	return names
}

func TestEveryAlarmHasACode(t *testing.T) {
	names, seen := spoken(t), 0
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isAlarm(call) {
				return true
			}
			for _, arg := range call.Args {
				ast.Inspect(arg, func(n ast.Node) bool {
					selector, ok := n.(*ast.SelectorExpr)
					if !ok {
						return true
					}
					if x, ok := selector.X.(*ast.Ident); !ok || x.Name != "texts" || selector.Sel.Name == "Args" {
						return true
					}
					seen++
					id := names[selector.Sel.Name]
					if _, excused := alarmsWithout[id]; !excused && texts.CodeOf(id) == "" {
						t.Errorf("%s: the alarm texts.%s has no code", entry.Name(), selector.Sel.Name)
					}
					return true
				})
			}
			return true
		})
	}
	if seen < 20 {
		t.Errorf("only %d texts of alarms were found: the test looks for the wrong calls", seen)
	}
}

func isAlarm(call *ast.CallExpr) bool {
	switch called := call.Fun.(type) {
	case *ast.SelectorExpr:
		return called.Sel.Name == "alarm" || called.Sel.Name == "alarmOf" || called.Sel.Name == "chargeOf"
	case *ast.Ident:
		return called.Name == "alarm"
	}
	return false
}

func TestACodeStandsAtTheEndOfEachPlace(t *testing.T) {
	tl := newTill(t)
	tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeUnknownShop}
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Позвоните владельцу. [S5]")
	tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("освободить место. [J4]", "Журнал: НЕТ МЕСТА [J4]")
	tl = newTill(t).AtGuest("1250")
	tl.Scan("4006381333931")
	tl.wants("[Q4]")
	tl = newTill(t)
	tl.Ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
	tl.AtGuest("1250").Press(f3, enter)
	tl.wants("открыть новый QR. [S9]")
}

func TestACodeIsDim(t *testing.T) {
	tl := newTill(t, withTheme(look.Theme{Colors: look.Colors16}))
	tl.Scan("4006381333931")
	for _, line := range strings.Split(tl.model.View(), "\n") {
		if at := strings.Index(line, "\u00a0[Q4]"); at >= 0 {
			if code := look.NewStyles(look.Theme{Colors: look.Colors16}, nil).Text.Dim.Render("x"); !strings.HasSuffix(line[:at], strings.Split(code, "x")[0]) {
				t.Errorf("the code is drawn like the message: %q", line)
			}
			if strings.Contains(ansi.Strip(line), "\x1b") {
				t.Errorf("a mark is left: %q", line)
			}
			return
		}
	}
	t.Errorf("no code:\n%s", tl.Shown())
}

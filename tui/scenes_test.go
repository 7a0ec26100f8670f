package tui

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// scene brings a till to one screen in one state. Prepare changes the till before anything happens.
type scene struct {
	name    string
	options []func(*Options)
	play    func(tl *till)
}

func scenes() []scene {
	return []scene{
		{"idle", nil, func(tl *till) {}},
		{"idle_matters", []func(*Options){withRecovery(leftBehind())}, func(tl *till) { tl.press(tab) }},
		{"guest_loading", nil, func(tl *till) { tl.held = true; tl.atGuest("12") }},
		{"guest", nil, func(tl *till) { tl.atGuest("") }},
		{"guest_sum", nil, func(tl *till) { tl.atGuest("1250") }},
		{"guest_wrong_sum", nil, func(tl *till) { tl.atGuest("2000000") }},
		{"guest_lowered", nil, func(tl *till) { tl.atGuest("1250").press(tab, tab); tl.types("500"); tl.press(enter) }},
		{"guest_no_points", nil, func(tl *till) { tl.desk.balance = decimal.Zero; tl.atGuest("1250").press(f3) }},
		{"ask_accrue", nil, func(tl *till) { tl.atGuest("1250").press(f2) }},
		{"ask_redeem", nil, func(tl *till) { tl.atGuest("1250").press(f3) }},
		{"ask_new_guest", nil, func(tl *till) { tl.atGuest("1250").scan(cardOf(otherClient).Payload()) }},
		{"ask_quit", nil, func(tl *till) { tl.atGuest("1250").press(f10) }},
		{"ask_repeat", nil, playRepeat},
		{"sending", nil, func(tl *till) { tl.atGuest("1250"); tl.held = true; tl.press(f2, enter) }},
		{"result_accrual", nil, func(tl *till) { tl.atGuest("1250").press(f2, enter) }},
		{"result_redemption", nil, func(tl *till) { tl.atGuest("1250").press(f3, enter) }},
		{"result_refused", nil, func(tl *till) {
			tl.ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
			tl.atGuest("1250").press(f3, enter)
		}},
		{"result_unknown", nil, func(tl *till) {
			tl.ends(func(*loyalty.Operation) {})
			tl.atGuest("1250").press(f3, enter)
		}},
		{"result_unwritten", nil, func(tl *till) {
			redeem := tl.desk.redeem
			tl.desk.redeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
				result, err := redeem(r)
				result.Unwritten = true
				return result, err
			}
			tl.atGuest("1250").press(f3, enter)
		}},
		{"problem_scan", nil, func(tl *till) { tl.scan("4006381333931") }},
		{"problem_balance", nil, func(tl *till) {
			tl.desk.greetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
			tl.scan(cardOf(someClient).Payload())
		}},
		{"layout_warning", nil, func(tl *till) {
			text, err := layout.Type(cardOf(someClient).Payload(), "ru", false)
			if err != nil {
				tl.Fatal(err)
			}
			tl.scan(text)
		}},
		{"notice", nil, func(tl *till) { tl.atGuest("1250").scan("4006381333931") }},
		{"help", nil, func(tl *till) { tl.atGuest("1250").press(f1) }},
		{"ready_scans", []func(*Options){withReady}, func(tl *till) { tl.press(f6) }},
		{"problem_offline", nil, func(tl *till) { tl.offline().scan(cardOf(someClient).Payload()) }},
		{"guest_offline", nil, func(tl *till) { tl.offline().scan(cardOf(someClient).Payload()); tl.press(f2); tl.types("1250") }},
		{"result_queued", nil, func(tl *till) {
			tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
				op := tl.desk.operation(loyalty.Accrual, uuid.UUID{6: 0x70, 8: 0x80}, number("25"), r.Sum, r.Sum)
				op.State, op.Reason = loyalty.StateQueued, loyalty.ReasonOffline
				return loyalty.Result{Operation: op}, nil
			}
			tl.atGuest("1250").press(f2, enter)
			tl.send(loyalty.QueueChanged{Waiting: 1})
		}},
		{"result_unknown_pair", nil, func(tl *till) { playUnknownPair(tl); tl.wait(readTime); tl.press(enter, tab) }},
		{"ask_full_pay", nil, func(tl *till) { playUnknownPair(tl); tl.wait(readTime); tl.press(tab, enter) }},
		{"result_full_pay", nil, func(tl *till) { playUnknownPair(tl); tl.wait(readTime); tl.press(tab, enter, enter) }},
		{"journal", []func(*Options){withJournal(written())}, func(tl *till) { tl.press(f5, down) }},
		{"journal_guest", []func(*Options){withJournal(written())}, func(tl *till) { tl.atGuest("1250").press(f5, tab) }},
		{"details", []func(*Options){historyOf(loyalty.StateConfirmed)}, func(tl *till) { tl.press(f5, enter) }},
		{"details_review", []func(*Options){historyOf(loyalty.StateReview)}, func(tl *till) { tl.press(f5, enter, tab) }},
		{"review", []func(*Options){historyOf(loyalty.StateReview)}, func(tl *till) { tl.press(f5, enter, tab, enter) }},
		{"ask_verdict", []func(*Options){historyOf(loyalty.StateReview)}, func(tl *till) {
			tl.press(f5, enter, tab, enter)
			tl.types("гость показал бот")
			tl.press(tab, enter)
		}},
		{"repeat_scan", []func(*Options){historyOf(loyalty.StateNotApplied)}, func(tl *till) { tl.press(f5, enter, tab, enter) }},
		{"storno", []func(*Options){withPair}, func(tl *till) { tl.press(f5, enter, f7); tl.types("Гость передумал") }},
		{"ask_storno", []func(*Options){withPair}, func(tl *till) {
			tl.press(f5, enter, f7)
			tl.types("Гость передумал")
			tl.press(tab, tab, enter)
		}},
		{"result_storno", []func(*Options){withPair}, func(tl *till) {
			tl.desk.reverse = tl.reversed
			tl.press(f5, enter, f7)
			tl.types("Гость передумал")
			tl.press(tab, tab, enter, enter)
		}},
		{"pin", []func(*Options){withPair, withPIN(&fakePIN{pin: "0742"})}, func(tl *till) {
			tl.desk.needsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
			tl.press(f5, enter, f7)
			tl.types("Гость передумал")
			tl.press(tab, tab, enter)
			tl.types("111")
			tl.press(enter)
			tl.types("07")
		}},
		{"banner", nil, func(tl *till) {
			tl.atGuest("1250")
			tl.send(loyalty.QueueChanged{Waiting: 3, Hold: loyalty.Hold{Code: skidkabot.CodeDebt}})
			tl.send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
		}},
		{"balance_only", []func(*Options){func(o *Options) { o.BalanceOnly = true }}, func(tl *till) { tl.atGuest("1250").press(f2) }},
		{"orders", []func(*Options){withOrders(floor())}, func(tl *till) {
			tl.send(loyalty.OperationChanged{Operation: accruedFor(orderOf(15, 0), loyalty.StateConfirmed)})
			tl.press(f4, down, down)
		}},
		{"orders_filtered", []func(*Options){withOrders(floor())}, func(tl *till) { tl.press(f4); tl.types("5") }},
		{"orders_empty", []func(*Options){withOrders(&fakeOrders{})}, func(tl *till) { tl.press(f4) }},
		{"order_scan", []func(*Options){withOrders(floor())}, func(tl *till) { tl.press(f4, down, enter) }},
		{"order_scan_expired", []func(*Options){withSeated(orders.Seated{Stale: loyalty.ErrQRExpired})}, func(tl *till) {
			tl.press(f4, down, down, enter)
		}},
		{"order_done", []func(*Options){withSeated(orders.Seated{Moved: []loyalty.Operation{
			accruedFor(orderOf(5, 0), loyalty.StateConfirmed),
		}})}, func(tl *till) { tl.press(f4, down, down, enter) }},
		{"order_guest", []func(*Options){withOrders(floor())}, func(tl *till) { tl.press(f4, down, down, enter) }},
		{"order_guest_stale", []func(*Options){withSeated(orders.Seated{
			Guest: seatedOf(floor().open[2]).Guest, Stale: &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout},
		})}, func(tl *till) { tl.press(f4, down, down, enter) }},
		{"order_ask_redeem", []func(*Options){withOrders(floor())}, func(tl *till) { tl.press(f4, down, down, enter, f3) }},
		{"order_notice", []func(*Options){withOrders(floor())}, func(tl *till) {
			tl.atGuest("1250")
			tl.send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
			tl.hears(bound(floor().open[0]))
			tl.hears(bound(floor().open[2]))
		}},
		{"order_help", []func(*Options){withOrders(floor()), withJournal(&fakeJournal{}), withReady}, func(tl *till) { tl.atGuest("").press(f1) }},
		{"banner_waiter", []func(*Options){withOrders(floor())}, func(tl *till) {
			tl.send(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: "busy:nginx"})
		}},
		{"till_orders", []func(*Options){withCounter(busyShift)}, func(tl *till) { tl.press(f4) }},
		{"till_orders_empty", []func(*Options){withCounter()}, func(tl *till) { tl.press(f4, tab) }},
		{"order_new", []func(*Options){withPrinter()}, func(tl *till) {
			tl.press(f4, insertKey)
			tl.types("5")
			tl.press(enter, enter)
			tl.types("Борщ")
			tl.press(enter, enter)
			tl.types("360")
			tl.press(enter)
			tl.types("Ко")
		}},
		{"order_edit", []func(*Options){withPrinter(dinner)}, func(tl *till) { tl.atCard().press(insertKey, up, f7, tab) }},
		{"order_discard", []func(*Options){withCounter(lunch)}, func(tl *till) { tl.atCard().press(insertKey); tl.types("Ч"); tl.press(esc) }},
		{"card", []func(*Options){withPrinter(dinner, func(c *counter) { c.seats("5"); c.redeemed("5", "60") })}, func(tl *till) { tl.atCard() }},
		{"card_blocked", []func(*Options){withPrinter(dinner, func(c *counter) { c.wires(c.order("5").ID, "460", "r1") })}, func(tl *till) { tl.atCard() }},
		{"card_paid", []func(*Options){withPrinter(lunch, func(c *counter) { c.wires(c.order("5").ID, "460", "r1") })}, func(tl *till) {
			tl.press(f4, tab, tab, enter, enter)
		}},
		{"card_long", []func(*Options){withCounter(banquet)}, func(tl *till) { tl.atCard().press(pageDown) }},
		{"order_void", []func(*Options){withCounter(lunch)}, func(tl *till) { tl.atCard().press(deleteKey); tl.types("ушли") }},
		{"pay", []func(*Options){withCounter(lunch, func(c *counter) { c.redeemed("5", "60") })}, func(tl *till) { tl.atPay(); tl.types("500"); tl.press(enter) }},
		{"pay_both", []func(*Options){withCounter(lunch)}, func(tl *till) { tl.atPay().press(tab); tl.types("200"); tl.press(enter) }},
		{"pay_refused", []func(*Options){withPrinter(dinner)}, func(tl *till) { tl.atPay().press(enter, enter, enter) }},
		{"ask_pay", []func(*Options){withCounter(lunch)}, func(tl *till) { tl.atPay(); tl.types("500"); tl.press(enter, enter) }},
		{"ask_take_again", []func(*Options){withCounter(wiredLunch, (*counter).opensShift)}, func(tl *till) { tl.atPay().press(enter, enter, enter) }},
		{"ask_ticket", []func(*Options){withPrinter(dinner, func(c *counter) { c.paper.trouble = &orders.PrinterTrouble{} })}, func(tl *till) {
			tl.atCard().press(f7)
		}},
		{"ask_redeem_shown", []func(*Options){withCounter(lunch, func(c *counter) { c.seats("5") })}, func(tl *till) {
			tl.atCard()
			_, err := tl.counter.Bills(context.Background(), orders.BillQuery{Table: "5"})
			tl.counter.must(err)
			tl.press(f2, f3)
		}},
		{"pay_done", []func(*Options){withCounter(lunch, func(c *counter) { c.seats("5") })}, func(tl *till) {
			tl.atPay()
			tl.types("500")
			tl.press(enter, enter, enter)
		}},
		{"paid_by_qr", []func(*Options){withCounter(lunch, func(c *counter) { c.seats("5") })}, func(tl *till) {
			tl.atGuest("1250")
			tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
			tl.counter.after()
		}},
		{"blocked", []func(*Options){withCounter(wiredLunch)}, func(tl *till) { tl.press(tab) }},
		{"paid_twice", []func(*Options){withCounter(lunch)}, func(tl *till) {
			tl.atPay().press(enter, enter, enter)
			tl.wait(readTime)
			tl.press(enter)
			tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
			tl.counter.after()
		}},
		{"claims", []func(*Options){withCounter(wiredLunch, func(c *counter) { c.wires(strangeBill, "129.20", "r2") })}, func(tl *till) {
			tl.press(f4, backTab, enter, down)
		}},
		{"claim", []func(*Options){withCounter(func(c *counter) { c.wires(strangeBill, "129.20", "r2") })}, func(tl *till) { tl.press(tab, enter) }},
		{"ask_claim", []func(*Options){withCounter(func(c *counter) { c.wires(strangeBill, "129.20", "r2") })}, func(tl *till) {
			tl.press(tab, enter)
			tl.types("старый счёт")
			tl.press(enter, enter)
		}},
		{"shift_closed", []func(*Options){withCounter()}, func(tl *till) { tl.press(f8) }},
		{"shift_x", []func(*Options){withCounter(busyShift)}, func(tl *till) { tl.press(f8) }},
		{"shift_z", []func(*Options){withCounter(busyShift)}, func(tl *till) {
			tl.press(f8)
			tl.wait(quietTime)
			tl.press(tab, enter, left, enter)
		}},
		{"till_help", []func(*Options){withPrinter(dinner), withReady}, func(tl *till) { tl.atCard().press(f1) }},
		{"till_status", []func(*Options){withPrinter(dinner)}, func(tl *till) {
			for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Waiter, notice.Expirenza} {
				tl.send(notice.State{Part: part, Level: notice.Good})
			}
			tl.send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterNoPaper})
		}},
		{"notice_unknown", nil, func(tl *till) {
			tl.atGuest("1250")
			op := tl.desk.unknown(tl.desk.operation(loyalty.Redemption, uuid.UUID{6: 0x70, 8: 0x80}, number("130"), number("1300"), number("1170")))
			op.Name = "Анна-Мария Константинопольская"
			tl.becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
			tl.scan("4006381333931")
		}},
		{"result_review", nil, func(tl *till) { playUnknownPair(tl); needsAPerson(tl) }},
		{"result_full_pay_review", nil, func(tl *till) {
			playUnknownPair(tl)
			tl.wait(readTime)
			tl.press(tab, enter, enter)
			needsAPerson(tl)
		}},
		{"details_unknown", []func(*Options){historyOf(loyalty.StateUnknown)}, func(tl *till) { tl.press(f5, enter) }},
		{"guest_held", nil, func(tl *till) {
			tl.desk.greetErr = &skidkabot.RefusedError{Code: skidkabot.CodeDebt}
			tl.scan(cardOf(someClient).Payload())
			tl.press(f2)
			tl.types("1250")
		}},
		{"storno_partial", []func(*Options){withPair}, func(tl *till) {
			tl.press(f5, enter, f7)
			tl.types("Гость передумал")
			tl.press(tab, tea.KeyMsg{Type: tea.KeyCtrlU})
			tl.types("50")
		}},
		{"result_storno_queued", []func(*Options){withPair}, func(tl *till) {
			tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
				result, err := tl.reversed(r)
				result.Operation.State, result.Operation.Reason = loyalty.StateQueued, loyalty.ReasonOffline
				result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
				return result, err
			}
			tl.press(f5, enter, f7)
			tl.types("Гость передумал")
			tl.press(tab, tab, enter, enter)
		}},
		{"storno_half", []func(*Options){withHalf}, func(tl *till) { tl.press(f5, enter) }},
		{"deciding", []func(*Options){historyOf(loyalty.StateReview)}, func(tl *till) {
			tl.press(f5, enter, tab, enter)
			tl.types("гость показал бот")
			tl.held = true
			tl.press(tab, enter)
		}},
		{"quitting", nil, func(tl *till) { tl.atGuest("1250"); tl.held = true; tl.press(f2, enter, f10, enter) }},
	}
}

func playUnknownPair(tl *till) {
	tl.desk.redeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		op := tl.desk.unknown(tl.desk.operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points)))
		rest := tl.desk.operation(loyalty.Accrual, r.RemainderID, number("22"), r.Sum, op.Money)
		rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
		return loyalty.Result{Operation: op, Second: &rest}, nil
	}
	tl.atGuest("1250").press(f3, enter)
}

// withSeated has the book answer with this about every guest.
func withSeated(seated orders.Seated) func(*Options) {
	book := floor()
	book.seated = func(o orders.Order) (orders.Seated, error) {
		seated.Order = o
		return seated, nil
	}
	return withOrders(book)
}

func historyOf(state loyalty.State) func(*Options) {
	journal, _ := operationWithHistory(state, func(op *loyalty.Operation) { op.Balance, op.BalanceRead = number("2240"), true })
	return withJournal(journal)
}

func withPair(o *Options) {
	journal, _ := pairWritten()
	o.Journal = journal
}

// withHalf is withPair after a reversal of which only the first half went through.
func withHalf(o *Options) {
	journal, op := pairWritten()
	back := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 3)
	back.Parent, back.Link = op.ID, loyalty.LinkReversal
	half := numbered(past(loyalty.Redemption, loyalty.StateRefused, "22"), 4)
	half.Parent, half.Link, half.Code = journal.ops[0].ID, loyalty.LinkReversal, skidkabot.CodeNotEnoughPoints
	journal.ops = append(journal.ops, back, half)
	o.Journal = journal
}

// needsAPerson leaves it to a person what became of the operation on the screen, if there is one.
func needsAPerson(tl *till) {
	if o, ok := tl.model.active.(*outcome); ok {
		op := o.result.Operation
		tl.becomes(&op, loyalty.StateReview, loyalty.ReasonAmbiguous)
	}
}

func withReady(o *Options) {
	for _, id := range []texts.ID{
		texts.ReadyPoints, texts.ReadyNoPoints, texts.ReadyLayout, texts.ReadyCapsLock, texts.ReadyExpired,
		texts.ReadyForeign, texts.ReadyBarcode, texts.ReadyServiceDown, texts.ReadyReplyLost,
	} {
		o.Ready = append(o.Ready, ReadyScan{Label: id, Text: func() string { return "" }})
	}
}

func playRepeat(tl *till) {
	tl.atGuest("1250")
	earlier := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("25"), number("1250"), number("1250"))
	earlier.State = loyalty.StateConfirmed
	tl.desk.accrue = func(loyalty.AccrualRequest) (loyalty.Result, error) {
		return loyalty.Result{}, &loyalty.RepeatError{Earlier: earlier}
	}
	tl.press(f2, enter)
}

// leftBehind is one of each matter.
func leftBehind() loyalty.Recovery {
	var order byte
	ordered := func(op loyalty.Operation) []loyalty.Operation {
		order++
		op.ID = uuid.UUID{6: 0x70, 8: 0x80, 15: order}
		return []loyalty.Operation{op}
	}
	return loyalty.Recovery{
		Unknown: ordered(past(loyalty.Redemption, loyalty.StateUnknown, "11")),
		Voided:  ordered(past(loyalty.Redemption, loyalty.StateVoided, "12")),
		Offered: ordered(past(loyalty.Accrual, loyalty.StatePlanned, "14")),
		Review:  ordered(past(loyalty.Redemption, loyalty.StateReview, "15")),
	}
}

func (s scene) open(t *testing.T, size tea.WindowSizeMsg, change ...func(*Options)) *till {
	tl := newTill(t, append(slices.Clone(s.options), change...)...)
	tl.send(size)
	s.play(tl)
	return tl
}

var goldenSizes = []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 140, Height: 45}}

func TestGoldenScreens(t *testing.T) {
	for _, s := range scenes() {
		for _, size := range goldenSizes {
			name := fmt.Sprintf("%s_%dx%d", s.name, size.Width, size.Height)
			t.Run(name, func(t *testing.T) {
				golden(t, name, ansi.Strip(s.open(t, size).model.View()))
			})
		}
	}
}

func TestGoldenScreensInASCII(t *testing.T) {
	for _, s := range scenes() {
		shown := ansi.Strip(s.open(t, goldenSizes[0], withTheme(look.Theme{ASCII: true})).model.View())
		if strings.ContainsAny(shown, "─│╭╮╰╯…✓×•⠋⠙") {
			// «…» and «×» may stand in words; what draws the screen may not use them.
			for _, line := range strings.Split(shown, "\n") {
				if strings.ContainsAny(line, "─│╭╮╰╯✓⠋⠙") {
					t.Errorf("%s: a line is drawn with more than ASCII: %q", s.name, line)
				}
			}
		}
		if s.name == "guest_sum" || s.name == "idle_matters" {
			golden(t, s.name+"_ascii", shown)
		}
	}
}

// golden compares a screen with its file. Spaces at the ends of lines do not show and do not count.
func golden(t *testing.T, name, shown string) {
	t.Helper()
	lines := strings.Split(shown, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got := strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the screen is not as in %s (go test ./tui -run Golden -update writes it anew):\n%s", path, got)
	}
}

var colorCode = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestNoColorMeansNoColor(t *testing.T) {
	for _, s := range scenes() {
		shown := s.open(t, goldenSizes[0], withTheme(look.Theme{Colors: look.NoColors})).model.View()
		emphasis := false
		for _, code := range colorCode.FindAllString(shown, -1) {
			for _, n := range strings.Split(strings.Trim(code, "\x1b[m"), ";") {
				switch n {
				case "", "0", "1", "4", "7":
					emphasis = emphasis || n != "" && n != "0"
				default:
					t.Fatalf("%s: the code %q is a colour", s.name, code)
				}
			}
		}
		if !emphasis {
			t.Errorf("%s: nothing is emphasised", s.name)
		}
	}
}

func TestColorsFollowTheTerminal(t *testing.T) {
	seen := make(map[string]look.Theme)
	for _, theme := range []look.Theme{
		{Colors: look.Colors16}, {Colors: look.Colors256}, {Colors: look.ColorsTrue},
		{Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue, Light: true},
	} {
		shown := scenes()[4].open(t, goldenSizes[0], withTheme(theme)).model.View()
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
	all := scenes()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(all).Draw(rt, "scene")
		size := tea.WindowSizeMsg{Width: rapid.IntRange(80, 200).Draw(rt, "width"), Height: rapid.IntRange(24, 60).Draw(rt, "height")}
		name, balance := hostile.Draw(rt, "name"), rapid.Int64Range(-1e12, 1e12).Draw(rt, "balance")
		tl := newTill(t, append(slices.Clone(s.options), func(o *Options) {
			o.ShopName, o.Cashier, o.Notices = name, name, []string{name}
			o.Theme = look.Theme{ASCII: rapid.Bool().Draw(rt, "ascii")}
		})...)
		tl.desk.name, tl.desk.balance = name, decimal.NewFromInt(balance)
		tl.send(size)
		s.play(tl)
		check(rt, tl.model.View(), size)
		for _, state := range loyalty.States() {
			op := tl.desk.operation(loyalty.Redemption, loyalty.NewID(), number("123456789012"), number("1"), number("1"))
			tl.becomes(&op, state, "")
		}
		if rapid.Bool().Draw(rt, "esc") {
			tl.press(esc)
		}
		check(rt, tl.model.View(), size)
	})
}

func check(t *rapid.T, shown string, size tea.WindowSizeMsg) {
	lines := strings.Split(shown, "\n")
	if len(lines) != size.Height {
		t.Fatalf("%d lines in a window of %d:\n%s", len(lines), size.Height, shown)
	}
	for _, line := range lines {
		if width := look.Width(line); width > size.Width {
			t.Fatalf("a line takes %d of %d cells: %q", width, size.Width, line)
		}
		for _, r := range colorCode.ReplaceAllString(line, "") {
			if !unicode.IsGraphic(r) {
				t.Fatalf("the rune %U reaches the terminal: %q", r, line)
			}
		}
	}
}

// Whatever people call their tables and dishes, the screens of orders fill their window exactly.
func TestTheOrdersScreensNeverLeaveTheirWindow(t *testing.T) {
	plays := []func(tl *till){
		func(tl *till) { tl.press(f4) },
		func(tl *till) { tl.atCard() },
		func(tl *till) { tl.atCard().press(endKey) },
		func(tl *till) { tl.atCard().press(insertKey, up) },
		func(tl *till) { tl.atCard().press(deleteKey) },
		func(tl *till) { tl.atPay() },
		func(tl *till) { tl.atPay().press(enter, enter) },
		func(tl *till) { tl.press(f4, backTab, enter) },
		func(tl *till) { tl.press(f4, backTab, enter, enter) },
		func(tl *till) { tl.press(f8) },
	}
	rapid.Check(t, func(rt *rapid.T) {
		size := tea.WindowSizeMsg{Width: rapid.IntRange(80, 200).Draw(rt, "width"), Height: rapid.IntRange(24, 60).Draw(rt, "height")}
		drawn := func(name string) string { return strings.ToValidUTF8(hostile.Draw(rt, name), "") }
		table, food := drawn("table"), drawn("dish")
		prepare := func(c *counter) {
			c.opensShift()
			order, err := c.OpenOrder(context.Background(), orders.NewOrder{
				ID: uuid.Must(uuid.NewV7()), Table: cut(table, 200), Seats: 999, Cashier: cut(table, 200),
				Dishes: []orders.Dish{kitchenDish("x"+cut(food, 190), "0.123", "999999999.99"), dish("y", "1", "1")},
			})
			c.must(err)
			c.wires(order.ID, "123456789.01", "r1")
		}
		options := withPrinter(prepare)
		if rapid.Bool().Draw(rt, "no printer") {
			options = withCounter(prepare)
		}
		tl := newTill(t, func(o *Options) { o.Theme = look.Theme{ASCII: rapid.Bool().Draw(rt, "ascii")} }, options)
		tl.send(size)
		rapid.SampledFrom(plays).Draw(rt, "play")(tl)
		check(rt, tl.model.View(), size)
	})
}

func cut(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

package storybook

import (
	"strconv"
	"strings"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// problemScenes: what was scanned is no card of the shop, or its balance cannot be had.
func problemScenes() []Scene {
	return []Scene{
		{"problem_too_long", "more was scanned than any QR has", nil, func(tl *stage.Till) { tl.Scan(strings.Repeat("0123456789", 500)) }},
		{"problem_order", "the balance of an order's guest cannot be had", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Press(f4, down, enter)
			tl.Desk.GreetErr = refused(skidkabot.CodeUnknownClient)
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		}},
		{"problem_offline_again", "no connection: the focus is on asking again", nil, func(tl *stage.Till) {
			offline(tl).Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.Press(tab)
		}},
		{"problem_percent", "no connection, and no percent is known: nothing can be promised", nil, func(tl *stage.Till) {
			tl.Desk.OnGreetOffline = func(skidkabot.Card) (loyalty.Guest, error) { return loyalty.Guest{}, loyalty.ErrPercentUnknown }
			offline(tl).Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.Press(f2)
		}},
	}
}

// problemSentences: every problem of a scan and of a balance.
func problemSentences() []Scene {
	var all []Scene
	for _, scan := range scanProblems {
		all = append(all, Scene{"problem_" + scan.name, scan.title, nil, func(tl *stage.Till) {
			tl.Desk.OnIdentify = func(string) (loyalty.Identified, error) { return loyalty.Identified{}, &scan.err }
			tl.Scan("something else")
		}})
	}
	for _, fault := range serviceFaults() {
		all = append(all, Scene{"balance_" + fault.name, "no balance: " + fault.title, nil, func(tl *stage.Till) {
			tl.Desk.GreetErr = fault.err
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		}})
	}
	return all
}

var scanProblems = []struct {
	name, title string
	err         loyalty.ScanError
}{
	{"foreign", "another shop's card", loyalty.ScanError{Problem: loyalty.ScanForeignVendor, Vendor: 17}},
	{"damaged", "a damaged QR", loyalty.ScanError{Problem: loyalty.ScanDamaged}},
	{"layout", "a scan under a layout that nobody knows", loyalty.ScanError{Problem: loyalty.ScanLayout, Head: "Х№еныуЖ№Ылш"}},
	{"layout_named", "a scan under a layout that loses digits", loyalty.ScanError{Problem: loyalty.ScanLayout, Layout: "French", Head: "{3type3M3Ski"}},
	{"link", "a link", loyalty.ScanError{Problem: loyalty.ScanLink, Head: "https://exam"}},
	{"other", "a text that is no QR of ours", loyalty.ScanError{Problem: loyalty.ScanOther, Head: "WIFI:T:WPA;S"}},
}

// fault is something that keeps a call of the service from succeeding.
type fault struct {
	name, title string
	err         error
}

func refused(code skidkabot.Code) error { return &skidkabot.RefusedError{Code: code} }

// serviceFaults are the codes of the service, what keeps a call from being sent, and what leaves its outcome unknown.
func serviceFaults() []fault {
	var all []fault
	for _, code := range []skidkabot.Code{
		skidkabot.CodeNoVendor, skidkabot.CodeNoClient, skidkabot.CodeNoVendorSecret, skidkabot.CodeNoQRSecret, skidkabot.CodeUnknownShop,
		skidkabot.CodeUnknownClient, skidkabot.CodeUnknownQR, skidkabot.CodeWrongQR, skidkabot.CodeDebt, 77,
	} {
		number := strconv.Itoa(int(code))
		all = append(all, fault{"code_" + number, "code " + number, refused(code)})
	}
	for _, phase := range []skidkabot.Phase{
		skidkabot.PhaseLookup, skidkabot.PhaseProxy, skidkabot.PhaseTLS, skidkabot.PhaseRequest, skidkabot.PhaseSecret,
	} {
		all = append(all, fault{string(phase), "not sent, " + string(phase), &skidkabot.NotSentError{Phase: phase, Err: stage.ErrBroken}})
	}
	for _, reason := range []skidkabot.UnknownReason{
		skidkabot.ReasonTimeout, skidkabot.ReasonCanceled, skidkabot.ReasonReset, skidkabot.ReasonStatus, skidkabot.ReasonRedirect,
		skidkabot.ReasonTooLarge, skidkabot.ReasonBadReply, skidkabot.ReasonUndocumentedCode,
	} {
		name := strings.ToLower(strings.ReplaceAll(string(reason), " ", "_"))
		all = append(all, fault{name, "unknown, " + string(reason), &skidkabot.UnknownError{Reason: reason}})
	}
	return append(all,
		fault{"hint", "a broken reply in which a code can be guessed", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: skidkabot.CodeUnknownClient}},
		fault{"journal", "the journal cannot be read", &loyalty.JournalError{Err: stage.ErrBroken}},
		fault{"other", "something that has no words", stage.ErrBroken},
	)
}

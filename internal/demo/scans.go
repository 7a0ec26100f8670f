package demo

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
	"github.com/skidkassa/skidkassa/tui"
)

// barcode is a product's EAN-13, with its check digit.
const barcode = "4600494600012"

// russian is the layout that a till in Russia is most often left in.
const russian = "ru"

// Scans lists the ready scans: what a scanner would type in a situation, which
// the shop brings about when the scan is chosen. That also ends the trouble
// which an earlier one brought. Each QR is a fresh one, as if the customer had
// just opened it.
func (s *Shop) Scans() []tui.ReadyScan {
	return []tui.ReadyScan{
		{Label: texts.ReadyPoints, Text: s.well(func() string { return s.fresh(withPoints) })},
		{Label: texts.ReadyNoPoints, Text: s.well(func() string { return s.fresh(withoutPoints) })},
		{Label: texts.ReadyLayout, Text: s.well(func() string { return typed(s.fresh(withPoints), russian, false) })},
		{Label: texts.ReadyCapsLock, Text: s.well(func() string { return typed(s.fresh(withPoints), "us", true) })},
		{Label: texts.ReadyExpired, Text: s.well(func() string {
			return s.service.IssueQRAt(withPoints, s.now().Add(-skidkabotsim.QRLife-time.Hour)).Payload()
		})},
		{Label: texts.ReadyForeign, Text: s.well(func() string {
			return skidkabot.Card{Vendor: skidkabotsim.TestVendor + 1, Client: withPoints, Secret: 31766}.Payload()
		})},
		{Label: texts.ReadyBarcode, Text: s.well(func() string { return barcode })},
		{Label: texts.ReadyServiceDown, Text: func() string {
			s.setDown(true)
			return s.fresh(withPoints)
		}},
		{Label: texts.ReadyReplyLost, Text: s.well(func() string {
			s.loseNextReply()
			return s.fresh(withPoints)
		})},
	}
}

// well lets the service work before the scan is typed.
func (s *Shop) well(scan func() string) func() string {
	return func() string {
		s.service.ClearFaults()
		s.setDown(false)
		return scan()
	}
}

// setDown makes the service unreachable, or reachable again. It can fail only
// if another program took the port in between: then the service stays down,
// and the till says so as it would say it of the real one.
func (s *Shop) setDown(down bool) { _ = s.service.SetDown(down) }

// loseNextReply lets the service carry out the next accrual or redemption and
// then break the connection. What comes after it works, so that the till can
// find out what became of it.
func (s *Shop) loseNextReply() {
	var lost atomic.Bool
	fault := skidkabotsim.CutAfter(skidkabotsim.CutReset)
	s.service.SetHook(func(request skidkabotsim.Request) *skidkabotsim.Fault {
		if request.Path == skidkabot.PathBalance || lost.Swap(true) {
			return nil
		}
		return &fault
	})
}

func (s *Shop) fresh(client int64) string { return s.service.IssueQR(client).Payload() }

// typed gives what the scanner's key presses give under another layout.
func typed(text, layoutID string, capsLock bool) string {
	image, err := layout.Type(text, layoutID, capsLock)
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // a built-in layout: seen by the first test
	}
	return image
}

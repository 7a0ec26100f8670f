package tui

import (
	"net"
	"strings"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// The codes of the journal's [notice.State] beyond those of the desk; whoever watches the disk publishes them.
const (
	JournalFull     = "full"      // no room on the disk
	JournalReadOnly = "read_only" // the file or its disk cannot be written
	JournalDamaged  = "damaged"   // the file is no journal any more
	JournalReserve  = "reserve"   // no room but the reserve for results in hand
)

// bannerWords are the states that need a person at once, by part.
var bannerWords = map[notice.Part]map[string]texts.ID{
	notice.Journal: {
		loyalty.JournalFailed: texts.BannerJournal,
		JournalFull:           texts.BannerFull,
		JournalReadOnly:       texts.BannerReadOnly,
		JournalDamaged:        texts.BannerDamaged,
		JournalReserve:        texts.BannerReserve,
	},
	notice.Service: {
		loyalty.ServiceCode(skidkabot.CodeUnknownShop): texts.BannerCode5,
		loyalty.ServiceCode(skidkabot.CodeDebt):        texts.BannerDebt,
	},
	notice.Clock: {
		loyalty.ClockDiffers: texts.BannerClock,
		loyalty.ClockJumped:  texts.BannerClockJumped,
	},
	notice.Expirenza: {
		expirenzaRefused: texts.BannerExpirenza,
	},
}

// holdWords say what to do about the code that holds the queue.
var holdWords = map[skidkabot.Code]texts.ID{
	skidkabot.CodeUnknownShop: texts.BannerCode5,
	skidkabot.CodeDebt:        texts.BannerDebt,
}

// bannerLines is how many lines a banner may take.
const bannerLines = 2

// banner is the worst of what stands in the way of working, for as long as it does; no line when all is well. The rest
// stands in the status bar.
func (m *Model) banner(width int) []string {
	id := m.journalTrouble()
	if claim := m.claims.banner(m.orderAtHand()); id == "" && claim != "" && m.lock == nil { // what a guest has paid is not for passers-by
		return m.bannerView(claim, width)
	}
	if id == "" {
		id = m.trouble()
	}
	if id == "" {
		return nil
	}
	e := m.env
	said := m.troubleWords(id)
	if m.queue.Hold.Held() && m.queue.Waiting > 0 && id != texts.BannerBalanceOnly {
		said += " " + e.Say(texts.BannerWaiting, texts.Args{"Count": m.queue.Waiting})
	}
	return m.bannerView(said, width)
}

func (m *Model) bannerView(said string, width int) []string {
	e := m.env
	lines := e.wrap(said, width-4, bannerLines)
	for i, line := range lines {
		lead := "   "
		if i == 0 {
			lead = " " + e.Shapes.Warn + " "
		}
		lines[i] = e.Text.Bad.Render(lead + line)
	}
	return lines
}

// journalTrouble names what keeps anything from being done; empty: nothing does. Without a journal nothing works.
func (m *Model) journalTrouble() texts.ID {
	if m.options.BalanceOnly {
		return texts.BannerBalanceOnly
	}
	state := m.status.parts[notice.Journal]
	if id, ok := bannerWords[notice.Journal][state.Code]; ok && state.Level >= notice.Warning {
		return id
	}
	if state.Level == notice.Trouble && state.Code != loyalty.JournalUnwritten {
		return texts.BannerJournal // a failure without words of its own
	}
	return ""
}

// trouble names the worst of what comes after a guest who has paid and whose bill is open; empty: none. Without the
// service points wait, without the doors of waiters and of payments the till works on.
func (m *Model) trouble() texts.ID {
	service := m.status.parts[notice.Service]
	if id, ok := bannerWords[notice.Service][service.Code]; ok && service.Level >= notice.Warning {
		return id
	}
	if id, ok := holdWords[m.queue.Hold.Code]; ok {
		return id
	}
	clock := m.status.parts[notice.Clock]
	if id, ok := bannerWords[notice.Clock][clock.Code]; ok && clock.Level >= notice.Warning {
		return id
	}
	if m.queue.Hold.Clock {
		return texts.BannerClock
	}
	waiter := m.status.parts[notice.Waiter]
	if code, owner, _ := strings.Cut(waiter.Code, ":"); waiter.Level >= notice.Warning && code == waiterBusy {
		if owner == "" {
			return texts.BannerWaiterBusy
		}
		return texts.BannerWaiterBusyBy
	}
	expirenza := m.status.parts[notice.Expirenza]
	if id, ok := bannerWords[notice.Expirenza][expirenza.Code]; ok && expirenza.Level >= notice.Warning {
		return id
	}
	return ""
}

// troubleWords say a trouble; that of a busy port names it, and the program that has it.
func (m *Model) troubleWords(id texts.ID) string {
	if id != texts.BannerWaiterBusy && id != texts.BannerWaiterBusyBy {
		return m.env.Say(id)
	}
	port := m.options.WaiterAddress
	if _, number, err := net.SplitHostPort(port); err == nil {
		port = number
	}
	_, owner, _ := strings.Cut(m.status.parts[notice.Waiter].Code, ":")
	return m.env.Say(id, texts.Args{"Port": look.Clean(port), "Owner": m.env.Truncate(look.Clean(owner), ownerCells)})
}

// ownerCells is how much of a program's name stands in the banner.
const ownerCells = 30

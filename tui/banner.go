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
	id := m.trouble()
	if id == "" {
		return nil
	}
	e := m.env
	said := m.troubleWords(id)
	if m.queue.Hold.Held() && m.queue.Waiting > 0 && id != texts.BannerBalanceOnly {
		said += " " + e.Say(texts.BannerWaiting, texts.Args{"Count": m.queue.Waiting})
	}
	lines := look.Wrap(said, width-4)
	lines = lines[:min(len(lines), bannerLines)]
	for i, line := range lines {
		lead := "   "
		if i == 0 {
			lead = " " + e.Shapes.Warn + " "
		}
		lines[i] = e.Text.Bad.Render(lead + line)
	}
	return lines
}

// trouble names the worst trouble; empty: none. Without a journal nothing works, without the service points wait, without
// the waiters' door the till works on.
func (m *Model) trouble() texts.ID {
	if m.options.BalanceOnly {
		return texts.BannerBalanceOnly
	}
	for _, part := range []notice.Part{notice.Journal, notice.Service} {
		state := m.status.parts[part]
		if id, ok := bannerWords[part][state.Code]; ok && state.Level >= notice.Warning {
			return id
		}
		if part == notice.Journal && state.Level == notice.Trouble && state.Code != loyalty.JournalUnwritten {
			return texts.BannerJournal // a failure without words of its own
		}
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

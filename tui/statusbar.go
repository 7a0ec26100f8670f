package tui

import (
	"net"
	"slices"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// layoutWarning is how long the status bar says that a scan came under a foreign layout.
const layoutWarning = 30 * time.Second

// statusBar is the last line: how the parts of the till are, each in words.
type statusBar struct {
	*env
	parts    map[notice.Part]notice.State
	flights  int
	waiting  int                // accruals in the queue
	repaired loyalty.Identified // the last scan that had to be repaired
	warnTill time.Time
}

// serviceWords say in a word or two how the service is, by the code of its state.
var serviceWords = map[string]texts.ID{
	string(skidkabot.PhaseLookup):                  texts.StatusNoNetwork,
	string(skidkabot.PhaseConnect):                 texts.StatusNoNetwork,
	string(skidkabot.PhaseProxy):                   texts.StatusNoNetwork,
	string(skidkabot.PhaseTLS):                     texts.StatusNoNetwork,
	string(skidkabot.PhaseSecret):                  texts.StatusNoSecret,
	string(skidkabot.ReasonReset):                  texts.StatusNoNetwork,
	string(skidkabot.ReasonTimeout):                texts.StatusSilent,
	string(skidkabot.ReasonStatus):                 texts.StatusBadReply,
	string(skidkabot.ReasonRedirect):               texts.StatusBadReply,
	string(skidkabot.ReasonTooLarge):               texts.StatusBadReply,
	string(skidkabot.ReasonBadReply):               texts.StatusBadReply,
	string(skidkabot.ReasonUndocumentedCode):       texts.StatusBadReply,
	loyalty.ServiceCode(skidkabot.CodeUnknownShop): texts.StatusShopUnknown,
	loyalty.ServiceCode(skidkabot.CodeDebt):        texts.StatusDebt,
}

var journalWords = map[string]texts.ID{
	loyalty.JournalFailed:    texts.StatusJournalFailed,
	loyalty.JournalUnwritten: texts.StatusJournalUnwritten,
	JournalFull:              texts.StatusJournalFull,
	JournalReadOnly:          texts.StatusJournalReadOnly,
	JournalDamaged:           texts.StatusJournalDamaged,
	JournalReserve:           texts.StatusJournalReserve,
}

// The codes of the state of waiters' door, beyond the address of a good one. Who has a busy port may follow behind a
// colon: "busy:nginx".
const (
	waiterBusy   = "busy"
	waiterClosed = "closed"
)

// waiterPart says where waiters connect, or why they cannot; nothing while their door is off.
func (s *statusBar) waiterPart() (seg segment, ok bool) {
	state := s.parts[notice.Waiter]
	code, _, _ := strings.Cut(state.Code, ":")
	short := ""
	what := s.Say(levelWords[state.Level])
	switch {
	case state.Level == notice.Unknown:
		return segment{}, false
	case state.Level == notice.Good && state.Code != "":
		what = look.Clean(state.Code)
		if _, port, err := net.SplitHostPort(what); err == nil {
			short = s.Say(texts.StatusWaiter, texts.Args{"What": ":" + port})
		}
	case state.Level >= notice.Warning && code == waiterBusy:
		what = s.Say(texts.StatusWaiterBusy)
	case state.Level >= notice.Warning && code == waiterClosed:
		what = s.Say(texts.StatusWaiterClosed)
	}
	seg = s.segment(state.Level, s.Say(texts.StatusWaiter, texts.Args{"What": what}))
	if short != "" {
		seg.short = s.segment(state.Level, short).text
	}
	return seg, true
}

// The codes of the state of the paying guest's door, of its connection and of its key.
const (
	expirenzaConnect   = "connect"
	expirenzaSecret    = "secret"
	expirenzaRefused   = "refused"
	expirenzaCallbacks = "callbacks"
)

var expirenzaWords = map[string]texts.ID{
	expirenzaConnect:   texts.StatusExpirenzaLost,
	expirenzaSecret:    texts.StatusExpirenzaSecret,
	expirenzaRefused:   texts.StatusExpirenzaRefused,
	expirenzaCallbacks: texts.StatusExpirenzaCallbacks,
}

// The codes of the printer's [notice.State]. Of one that is offline the cause may follow behind a colon: "offline:cover".
const (
	PrinterPaperLow = "paper_low"
	PrinterNoPaper  = "no_paper"
	PrinterOffline  = "offline"
)

var printerWords = map[string]texts.ID{
	PrinterPaperLow:           texts.StatusPrinterLow,
	PrinterNoPaper:            texts.StatusPrinterNoPaper,
	PrinterOffline:            texts.StatusPrinterOffline,
	PrinterOffline + ":cover": texts.StatusPrinterCover,
}

// goodWords are of parts of which more is to be said than that they work.
var goodWords = map[notice.Part]texts.ID{
	notice.Expirenza: texts.StatusExpirenzaGood,
	notice.Printer:   texts.StatusPrinterGood,
}

var levelWords = map[notice.Level]texts.ID{
	notice.Unknown: texts.StatusUnknown,
	notice.Good:    texts.StatusGood,
	notice.Warning: texts.StatusWarning,
	notice.Trouble: texts.StatusTrouble,
}

// warnLayout says for a while under which layout the last scan came.
func (s *statusBar) warnLayout(found loyalty.Identified) {
	s.repaired = found
	s.warnTill = s.now.Add(layoutWarning)
}

func (s *statusBar) wakeAt() time.Time {
	minute := s.now.Truncate(time.Minute).Add(time.Minute)
	if s.warnTill.After(s.now) {
		return earlier(minute, s.warnTill)
	}
	return minute
}

// view draws the bar. What matters least goes first when there is no room: the register, then the parts that are well.
func (s *statusBar) view(width int) string {
	clock := s.Clock(s.now) + " "
	segments := []segment{
		s.part(notice.Service, texts.StatusService, texts.StatusServiceName, serviceWords),
		s.part(notice.Journal, texts.StatusJournal, texts.StatusJournalName, journalWords),
	}
	if waiter, ok := s.waiterPart(); ok {
		segments = append(segments, waiter)
	}
	if s.parts[notice.Expirenza].Level != notice.Unknown { // not every shop has one
		segments = append(segments, s.part(notice.Expirenza, texts.StatusExpirenza, texts.StatusExpirenzaName, expirenzaWords))
	}
	if s.parts[notice.Printer].Level != notice.Unknown {
		segments = append(segments, s.part(notice.Printer, texts.StatusPrinter, texts.StatusPrinterName, printerWords))
	}
	if s.waiting > 0 {
		segments = append(segments, segment{text: s.Shapes.Warn + " " + s.Say(texts.StatusWaiting, texts.Args{"Count": s.waiting}), weight: 3})
	}
	if s.parts[notice.Clock].Level >= notice.Warning {
		segments = append(segments, segment{text: s.Shapes.Bad + " " + s.Say(texts.StatusClock), weight: 3})
	}
	if s.flights > 0 {
		flights := s.Say(texts.StatusFlights, texts.Args{"Count": s.flights})
		segments = append(segments, segment{text: s.Shapes.Bullet + " " + flights, weight: 2})
	}
	if s.warnTill.After(s.now) {
		segments = slices.Insert(segments, 0, segment{text: s.Shapes.Warn + " " + s.layoutWords(), weight: 3})
	}
	room := width - look.Width(clock) - 2
	shorten(segments, room)
	for len(segments) > 1 && segmentsWidth(segments) > room {
		segments = dropLeast(segments)
	}
	left := ""
	for _, seg := range segments {
		left += " " + seg.text + " "
	}
	return s.Frame.Status.Render(s.Ends(left, clock, width))
}

func (s *statusBar) layoutWords() string {
	if s.isPlainLayout() {
		return s.Say(texts.StatusCapsLock)
	}
	said := texts.Args{"Layout": s.layoutName(s.repaired.Layout.Name)}
	if s.repaired.CapsLock {
		return s.Say(texts.StatusLayoutCapsLock, said)
	}
	return s.Say(texts.StatusLayout, said)
}

// isPlainLayout reports whether the layout is the scanner's own, so that only Caps Lock was wrong.
func (s *statusBar) isPlainLayout() bool {
	id := s.repaired.Layout.ID
	return id == "" || id == "us"
}

// segment is one part of the bar; the greater its weight, the longer it stays when room gets short.
type segment struct {
	text   string
	weight int
	short  string // what it says when room gets short; empty: the same
}

// part says how a part is. One that is well needs no words when room gets short.
func (s *statusBar) part(part notice.Part, label, name texts.ID, words map[string]texts.ID) segment {
	state := s.parts[part]
	id, known := words[state.Code]
	if code, _, _ := strings.Cut(state.Code, ":"); !known {
		id, known = words[code]
	}
	if !known || state.Level < notice.Warning {
		id = levelWords[state.Level]
		if good, ok := goodWords[part]; ok && state.Level == notice.Good {
			id = good
		}
	}
	what := s.Say(id)
	if id == texts.StatusExpirenzaLost {
		what = s.Say(id, texts.Args{"Time": s.Moment(state.At, s.now)})
	}
	seg := s.segment(state.Level, s.Say(label, texts.Args{"What": what}))
	if state.Level == notice.Good {
		seg.short = s.segment(state.Level, s.Say(name)).text
	}
	return seg
}

func (s *statusBar) segment(level notice.Level, text string) segment {
	switch level {
	case notice.Good:
		return segment{text: s.Shapes.Good + " " + text}
	case notice.Warning, notice.Trouble:
		return segment{text: s.Shapes.Bad + " " + text, weight: 4}
	}
	return segment{text: s.Shapes.Bullet + " " + text}
}

func segmentsWidth(segments []segment) int {
	width := 0
	for _, seg := range segments {
		width += look.Width(seg.text) + 2
	}
	return width
}

// shorten has as many segments say less as must, the last one first.
func shorten(segments []segment, room int) {
	for i := len(segments) - 1; i >= 0 && segmentsWidth(segments) > room; i-- {
		if segments[i].short != "" {
			segments[i].text = segments[i].short
		}
	}
}

// dropLeast takes away the lightest segment, the last one among equals.
func dropLeast(segments []segment) []segment {
	least := 0
	for i, seg := range segments {
		if seg.weight <= segments[least].weight {
			least = i
		}
	}
	return slices.Delete(segments, least, least+1)
}

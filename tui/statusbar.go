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
	string(skidkabot.PhaseDisk):                    texts.StatusJournalFull,
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
	ports := ""
	what := s.Say(levelWords[state.Level])
	switch {
	case state.Level == notice.Unknown:
		return segment{}, false
	case state.Level == notice.Good && state.Code != "":
		what = look.Clean(state.Code)
		if _, port, err := net.SplitHostPort(what); err == nil {
			ports = s.Say(texts.StatusWaiter, texts.Args{"What": ":" + port})
		}
	case state.Level >= notice.Warning && code == waiterBusy:
		what = s.Say(texts.StatusWaiterBusy)
	case state.Level >= notice.Warning && code == waiterClosed:
		what = s.Say(texts.StatusWaiterClosed)
	}
	seg = s.segment(notice.Waiter, s.Say(texts.StatusWaiter, texts.Args{"What": what}))
	if ports != "" {
		seg.ways[1].price = pricePort
		seg.ways = slices.Insert(seg.ways, 1, way{s.mark(state.Level) + " " + ports, priceGood})
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

// view draws the bar. What is wrong comes first, and what is well says less when there is no room.
func (s *statusBar) view(width int) string {
	clock := s.Clock(s.now) + " "
	left := ""
	for _, seg := range fitted(s.segments(), width-look.Width(clock)-segmentGap) {
		if said := seg.said(); said != "" {
			left += " " + said + " "
		}
	}
	return s.Frame.Status.Render(s.Ends(left, clock, width))
}

func (s *statusBar) segments() []segment {
	segments := []segment{
		s.part(notice.Service, texts.StatusService, serviceWords),
		s.part(notice.Journal, texts.StatusJournal, journalWords),
	}
	if waiter, ok := s.waiterPart(); ok {
		segments = append(segments, waiter)
	}
	if s.parts[notice.Expirenza].Level != notice.Unknown { // not every shop has one
		segments = append(segments, s.part(notice.Expirenza, texts.StatusExpirenza, expirenzaWords))
	}
	if s.parts[notice.Printer].Level != notice.Unknown {
		segments = append(segments, s.part(notice.Printer, texts.StatusPrinter, printerWords))
	}
	if s.parts[notice.Clock].Level >= notice.Warning {
		segments = append(segments, s.segment(notice.Clock, s.Say(texts.StatusClock)))
	}
	if s.warnTill.After(s.now) {
		segments = append(segments, s.layoutPart())
	}
	if s.waiting > 0 {
		waiting := s.Shapes.Warn + " " + s.Say(texts.StatusWaiting, texts.Args{"Count": s.waiting})
		segments = append(segments, segment{ways: []way{{text: waiting}, {price: priceWarning}}, rank: rankPart})
	}
	if s.flights > 0 {
		flights := s.Shapes.Bullet + " " + s.Say(texts.StatusFlights, texts.Args{"Count": s.flights})
		segments = append(segments, segment{ways: []way{{text: flights}, {price: priceWork}}, rank: rankPart})
	}
	return segments
}

// layoutPart says under which layout the last scan came, and how to get rid of it. Layouts may have long names: in the end it
// names none, so that no part of the till goes for it.
func (s *statusBar) layoutPart() segment {
	mark := s.Shapes.Warn + " "
	seg := segment{ways: []way{{text: mark + s.layoutWords()}}, rank: rankWarning}
	shorter := []texts.ID{texts.StatusLayoutNeed, texts.StatusLayoutShort, texts.StatusLayoutLeast}
	switch {
	case s.isPlainLayout():
		shorter = []texts.ID{texts.StatusCapsLockLeast}
	case s.repaired.CapsLock:
		shorter = []texts.ID{texts.StatusLayoutCapsLockShort, texts.StatusLayoutCapsLockLeast}
	}
	for _, id := range shorter {
		said := s.Say(id, texts.Args{"Layout": s.layoutName(s.repaired.Layout.Name)})
		seg.ways = append(seg.ways, way{mark + said, priceWarning})
	}
	return seg
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

// part says how a part is.
func (s *statusBar) part(part notice.Part, label texts.ID, words map[string]texts.ID) segment {
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
	if id != texts.StatusExpirenzaLost {
		return s.segment(part, s.Say(label, texts.Args{"What": s.Say(id)}))
	}
	since := s.Say(id, texts.Args{"Time": s.Moment(state.At, s.now)})
	seg := s.segment(part, s.Say(label, texts.Args{"What": since}))
	short := s.mark(state.Level) + " " + s.Say(label, texts.Args{"What": s.Say(texts.StatusExpirenzaLostShort)})
	seg.ways = slices.Insert(seg.ways, len(seg.ways)-2, way{short, priceSince})
	return seg
}

// partNames are the parts in a word, and in the three letters that are left of it in the narrowest bar.
var partNames = map[notice.Part][2]texts.ID{
	notice.Service:   {texts.StatusServiceName, texts.StatusServiceShort},
	notice.Journal:   {texts.StatusJournalName, texts.StatusJournalShort},
	notice.Waiter:    {texts.StatusWaiterName, texts.StatusWaiterShort},
	notice.Expirenza: {texts.StatusExpirenzaName, texts.StatusExpirenzaShort},
	notice.Printer:   {texts.StatusPrinterName, texts.StatusPrinterShort},
	notice.Clock:     {texts.StatusClockName, texts.StatusClockShort},
}

// segment is a part in words, and in fewer of them. The code of a trouble is said in plain words: dim letters would be a
// hole in the bar.
func (s *statusBar) segment(part notice.Part, said string) segment {
	level := s.parts[part].Level
	mark, names := s.mark(level)+" ", partNames[part]
	seg := segment{ways: []way{{text: mark + look.Bare(said)}}, rank: rankPart}
	toName := priceUnknown
	switch {
	case level >= notice.Warning:
		seg.rank, toName = rankTrouble, priceTrouble
		if bare, tail := look.CutTail(said); tail != "" {
			seg.ways = append(seg.ways, way{mark + bare, priceCode})
		}
	case level == notice.Good:
		toName = priceGood
	}
	seg.ways = append(seg.ways, way{mark + s.Say(names[0]), toName}, way{mark + s.Say(names[1]), max(toName, priceName)})
	return seg
}

// mark tells how a part is without a word.
func (s *statusBar) mark(level notice.Level) string {
	switch level {
	case notice.Good:
		return s.Shapes.Good
	case notice.Warning, notice.Trouble:
		return s.Shapes.Bad
	}
	return s.Shapes.Bullet
}

package printer

// State says whether a printer can print.
type State string

// The states.
const (
	Ready    State = "ready"
	PaperLow State = "paper_low" // it prints, but the roll is nearly at its end
	NoPaper  State = "no_paper"
	Offline  State = "offline" // it does not print; Status.Cause says why
	Unknown  State = "unknown" // it does not tell; printing is tried
)

// Cause says why a printer is [Offline].
type Cause string

// The causes.
const (
	CauseNone        Cause = ""
	CauseCover       Cause = "cover"       // the cover is open
	CauseError       Cause = "error"       // the cutter is jammed, the head is too hot, or the like
	CauseSwitched    Cause = "switched"    // nothing of that: somebody presses its feed button, or switched it offline
	CauseSilent      Cause = "silent"      // it has answered before and does not now
	CauseUnreachable Cause = "unreachable" // no connection, no device, or it broke
)

// Status is what is known of a printer. The zero value means nothing; there is always a State.
type Status struct {
	State State
	Cause Cause // of Offline
}

// CanPrint reports whether printing is worth trying.
func (s Status) CanPrint() bool {
	return s.State == Ready || s.State == PaperLow || s.State == Unknown
}

func (s Status) String() string {
	if s.Cause == CauseNone {
		return string(s.State)
	}
	return string(s.State) + " (" + string(s.Cause) + ")"
}

// What the printer is asked by DLE EOT n, and the bits of its answers (Epson's ESC/POS reference, DLE EOT). Clones keep to these.
const (
	askPrinter = 1
	askOffline = 2
	askPaper   = 4

	allWell = 0x12 // the fixed bits alone

	printerOffline = 0x08 // of askPrinter

	offlineCover = 0x04 // of askOffline
	offlinePaper = 0x20
	offlineError = 0x40

	paperNearEnd = 0x0C // of askPaper: either bit
	paperEnd     = 0x60
)

// judge reads the three answers. An open cover comes before missing paper, because the paper's sensor says nothing
// while the cover is open, and closing it is what has to be done first.
func judge(printer, offline, paper byte) Status {
	switch {
	case offline&offlineCover != 0:
		return Status{State: Offline, Cause: CauseCover}
	case offline&offlinePaper != 0, paper&paperEnd != 0:
		return Status{State: NoPaper}
	case offline&offlineError != 0:
		return Status{State: Offline, Cause: CauseError}
	case printer&printerOffline != 0:
		return Status{State: Offline, Cause: CauseSwitched}
	case paper&paperNearEnd != 0:
		return Status{State: PaperLow}
	}
	return Status{State: Ready}
}

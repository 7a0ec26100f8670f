package skidkabot

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// An Outcome says what is known of an accrual or redemption after the call.
type Outcome int

const (
	// Unknown means that the service may or may not have moved the points. It
	// is the zero value, so that forgetting to judge is never a success.
	Unknown Outcome = iota
	// Confirmed means that the service said, in a reply parsed strictly, that
	// the points have moved.
	Confirmed
	// Refused means that the service said, in a reply parsed strictly and with
	// a documented code, that it moved nothing.
	Refused
	// NotSent means that no byte of the request can have left.
	NotSent
)

func (o Outcome) String() string {
	switch o {
	case Confirmed:
		return "confirmed"
	case Refused:
		return "refused"
	case NotSent:
		return "not sent"
	default:
		return "unknown"
	}
}

// OutcomeOf is the single judge of what an error of [Client.Accrue],
// [Client.Redeem] or [Client.Balance] means: nil is [Confirmed], a
// [*RefusedError] is [Refused], a [*NotSentError] or [*AmountError] is
// [NotSent], and everything else, known or not, is [Unknown].
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Confirmed
	}
	var (
		unknown *UnknownError
		refused *RefusedError
		notSent *NotSentError
		amount  *AmountError
	)
	switch {
	case errors.As(err, &unknown):
		// First: doubt wins, should somebody join several errors.
		return Unknown
	case errors.As(err, &refused):
		return Refused
	case errors.As(err, &notSent), errors.As(err, &amount):
		return NotSent
	default:
		return Unknown
	}
}

// A RefusedError is a refusal by the service: status 200, a reply parsed
// strictly, a documented code. No points have moved.
type RefusedError struct {
	Code Code
	Text string // the service's own words, passed through [Sanitize]; may be empty
}

// Error leaves Text out: what the service writes there is not ours to log.
func (e *RefusedError) Error() string { return "skidkabot: refused: code " + e.Code.String() }

// A Phase is the step that a request had reached when it failed unsent.
type Phase string

const (
	PhaseSecret  Phase = "secret"  // the shop's secret code could not be had; callers that fetch it late report this
	PhaseDisk    Phase = "disk"    // the same, because the caller's disk is full and cannot note where the secret is
	PhaseRequest Phase = "request" // refused locally, before anything was dialled
	PhaseLookup  Phase = "lookup"  // the service's name could not be looked up
	PhaseConnect Phase = "connect" // no TCP connection
	PhaseProxy   Phase = "proxy"   // the proxy gave no way through
	PhaseTLS     Phase = "tls"     // no TLS session: certificate, protocol or time
)

var (
	// ErrForeignVendor is the cause when a card belongs to another shop.
	ErrForeignVendor = errors.New("the card belongs to another shop")
	// ErrInvalidCard is the cause when a card's numbers are none that a QR can hold.
	ErrInvalidCard = errors.New("the card is not valid")
)

// A NotSentError is proof that no byte of the request left: it was refused
// here, or no connection was ever got. Sending again later cannot double it.
type NotSentError struct {
	Phase Phase
	Err   error // the cause; [ErrForeignVendor] and [ErrInvalidCard] among others
}

func (e *NotSentError) Error() string {
	return fmt.Sprintf("skidkabot: not sent: %s: %v", e.Phase, e.Err)
}

func (e *NotSentError) Unwrap() error { return e.Err }

// An UnknownReason says why a request has no known outcome.
type UnknownReason string

const (
	ReasonTimeout          UnknownReason = "timeout"           // no whole reply in time
	ReasonCanceled         UnknownReason = "canceled"          // the caller gave up
	ReasonReset            UnknownReason = "connection broke"  // it ended before a whole HTTP reply
	ReasonStatus           UnknownReason = "HTTP status"       // not 200; see Status
	ReasonRedirect         UnknownReason = "redirect"          // 3xx, not followed
	ReasonTooLarge         UnknownReason = "reply too large"   // more than Limits.ReplyBytes
	ReasonBadReply         UnknownReason = "unreadable reply"  // not strictly one JSON object of the documented shape
	ReasonUndocumentedCode UnknownReason = "undocumented code" // strictly parsed, but the code has no published meaning
)

// An UnknownError says that a request may have been served and may not. The
// program must not send it again. For [Client.Balance] it means that the
// balance is unavailable.
type UnknownError struct {
	Reason UnknownReason
	Status int   // HTTP status, 0 when none came
	Hint   Code  // what the server probably refused with; 0 when there is no guess. It proves nothing
	Err    error // the cause, may be nil
}

func (e *UnknownError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "skidkabot: outcome unknown: %s", e.Reason)
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Hint != 0 {
		fmt.Fprintf(&b, ", the server probably refused with code %s", e.Hint)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *UnknownError) Unwrap() error { return e.Err }

// An AmountError refuses points that are not a whole number from 1 to
// [MaxPoints]. Nothing was sent.
type AmountError struct {
	Points decimal.Decimal
}

// Error leaves the number out: one with a huge exponent takes gigabytes to print.
func (e *AmountError) Error() string {
	return fmt.Sprintf("skidkabot: points are not a whole number from 1 to %d", MaxPoints)
}

// A ConfigError names the field of [Config] that [New] refuses, and why.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("skidkabot: config: %s %s", e.Field, e.Reason)
}

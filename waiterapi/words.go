package waiterapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Why the door itself does not carry a check-in out.
var (
	errUnknownPin = errors.New("waiterapi: nobody has this PIN")
	errPinTrouble = errors.New("waiterapi: the PIN cannot be checked")
	errCrowded    = errors.New("waiterapi: too many check-ins at a time")
	errTyped      = errors.New("waiterapi: a number was typed instead of a scan")
)

// failure is what a waiter reads of an error, and how much it counts against the caller's address.
type failure struct {
	text   texts.ID
	args   texts.Args
	weight int // in failed check-ins; 0: not the caller's doing
}

// Weights of failures. PINs are short, so guessing at them must be slow.
const (
	weightFailed     = 1
	weightUnknownPin = 4
)

// reason finds the words for an error of a check-in. A waiter reads them in a hurry on a small screen: what is wrong, and what to do.
func reason(err error) failure {
	var scan *loyalty.ScanError
	var refused *skidkabot.RefusedError
	var notSent *skidkabot.NotSentError
	var unknown *skidkabot.UnknownError
	switch {
	case errors.Is(err, errUnknownPin):
		return failure{text: texts.WaiterUnknownPin, weight: weightUnknownPin}
	case errors.Is(err, errPinTrouble):
		return failure{text: texts.WaiterPinTrouble}
	case errors.Is(err, errCrowded):
		return failure{text: texts.WaiterCrowded}
	case errors.Is(err, errTyped):
		return failure{text: texts.WaiterTyped, weight: weightFailed}
	case errors.Is(err, orders.ErrOtherGuest):
		return failure{text: texts.WaiterOtherGuest}
	case errors.Is(err, orders.ErrPointsMoved):
		return failure{text: texts.WaiterPointsMoved}
	case errors.Is(err, orders.ErrClosed):
		return failure{text: texts.WaiterClosed}
	case errors.As(err, &scan):
		return scanReason(scan)
	case errors.As(err, &refused):
		return refusalReason(refused.Code)
	case errors.As(err, &unknown) && unknown.Hint != 0:
		return refusalReason(unknown.Hint) // a reading has no outcome to be careful about
	case errors.As(err, &notSent) && slices.Contains(ownPhases, notSent.Phase):
		return failure{text: texts.WaiterTrouble}
	case errors.As(err, &notSent), errors.As(err, &unknown),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return failure{text: texts.WaiterServiceDown}
	}
	return failure{text: texts.WaiterTrouble}
}

// ownPhases are those in which a request ends at the till itself: the service has nothing to do with it.
var ownPhases = []skidkabot.Phase{skidkabot.PhaseRequest, skidkabot.PhaseSecret, skidkabot.PhaseDisk}

// scanReason is what a waiter reads when the scan is no card of this shop.
func scanReason(e *loyalty.ScanError) failure {
	words := map[loyalty.ScanProblem]texts.ID{
		loyalty.ScanForeignVendor: texts.WaiterForeign,
		loyalty.ScanDamaged:       texts.WaiterDamaged,
		loyalty.ScanLayout:        texts.WaiterLayout,
		loyalty.ScanBarcode:       texts.WaiterBarcode,
		loyalty.ScanLink:          texts.WaiterOther,
	}
	text, ok := words[e.Problem]
	if !ok {
		text = texts.WaiterOther
	}
	return failure{text: text, weight: weightFailed}
}

// refusalReason is what a waiter reads when the service refused the card or the shop.
func refusalReason(code skidkabot.Code) failure {
	switch code {
	case skidkabot.CodeUnknownClient:
		return failure{text: texts.WaiterUnknownClient, weight: weightFailed}
	case skidkabot.CodeUnknownQR, skidkabot.CodeWrongQR, skidkabot.CodeExpiredQR:
		return failure{text: texts.WaiterExpired, weight: weightFailed}
	case skidkabot.CodeUnknownShop, skidkabot.CodeDebt:
		return failure{text: texts.WaiterServiceOff}
	}
	return failure{text: texts.WaiterRefused, args: texts.Args{"Code": int(code)}}
}

// explained sees that a value that is no QR was typed by hand: then the waiter is told so, and not that the code is a wrong one.
func explained(err error, value string) error {
	var scan *loyalty.ScanError
	if errors.As(err, &scan) && scan.Problem == loyalty.ScanOther && isTyped(value) {
		return errTyped
	}
	return err
}

// isTyped reports whether a value is a card number or a phone, or nothing at all: what a person types.
func isTyped(value string) bool {
	return strings.Trim(value, "0123456789 +-()\t\r\n") == ""
}

// isAbsent reports whether an order's guest cannot be had because there is none. All of it looks the same from outside, so that
// nothing can be learned by trying ids.
func isAbsent(err error) bool {
	return errors.Is(err, orders.ErrNotFound) || errors.Is(err, orders.ErrNoGuest) || errors.Is(err, orders.ErrClosed)
}

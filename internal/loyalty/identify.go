package loyalty

import (
	"errors"
	"strings"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Identified is what a scan turned out to be: a customer's card of this shop.
type Identified struct {
	Card     skidkabot.Card
	Repaired bool          // the scanner typed under a foreign layout or with Caps Lock, and it was set right
	Layout   layout.Layout // which layout, when Repaired
	CapsLock bool
}

// ScanProblem says why a scan is no card that the till can use. None of them reaches the service.
type ScanProblem string

// The problems, each with its own sentence on the screen.
const (
	ScanForeignVendor ScanProblem = "foreign_vendor" // another shop's Skidkabot QR
	ScanDamaged       ScanProblem = "damaged"        // a Skidkabot QR that came broken: scan again
	ScanLayout        ScanProblem = "layout"         // typed under a layout from which it cannot be read back
	ScanBarcode       ScanProblem = "barcode"        // a product's barcode (EAN or UPC)
	ScanLink          ScanProblem = "link"           // a web address
	ScanOther         ScanProblem = "other"          // some other code
)

// ScanError is the error of [Desk.Identify]. It never holds the whole text, which may be a secret.
type ScanError struct {
	Problem ScanProblem
	Vendor  int64  // the other shop's code, with ScanForeignVendor
	Layout  string // the layout's name, with ScanLayout, when it was recognised
	Head    string // the first characters of what came, for a person to recognise it; without control characters
}

func (e *ScanError) Error() string { return "loyalty: scan: " + string(e.Problem) }

// headRunes is how much of an unusable scan is shown. It ends before the digits of a Skidkabot payload in any layout.
const headRunes = 12

// Identify turns what was scanned, at the till or by a waiter, into a customer's card: it repairs text typed under a
// foreign keyboard layout, reads the QR and refuses other shops' cards. It asks nobody; the error is a [*ScanError].
func (d *Desk) Identify(text string) (Identified, error) {
	return Identify(text, d.Vendor)
}

// Identify is [Desk.Identify] for a given shop.
func Identify(text string, vendor int64) (Identified, error) {
	card, repair, err := read(text)
	if err != nil {
		return Identified{}, err
	}
	if card.Vendor != vendor {
		return Identified{}, &ScanError{Problem: ScanForeignVendor, Vendor: card.Vendor}
	}
	return Identified{
		Card:     card,
		Repaired: !repair.Plain,
		Layout:   repair.Layout,
		CapsLock: repair.CapsLock,
	}, nil
}

// read parses the text as it came, and if it is not a QR of ours, as an image of one under another layout.
func read(text string) (skidkabot.Card, layout.Reading, error) {
	reading, repairErr := layout.Repair(text)
	if repairErr != nil {
		reading = layout.Reading{Text: text, Plain: true}
	}
	card, err := skidkabot.ParseQR(reading.Text)
	if err == nil {
		return card, reading, nil
	}
	var qr *skidkabot.QRError
	switch {
	case errors.As(err, &qr) && (qr.Reason == skidkabot.Malformed || qr.Reason == skidkabot.OutOfRange):
		return card, reading, &ScanError{Problem: ScanDamaged, Head: head(text)}
	case repairErr != nil && !errors.Is(repairErr, layout.ErrNotPayload):
		return card, reading, &ScanError{Problem: ScanLayout, Layout: layoutOf(repairErr), Head: head(text)}
	}
	return card, reading, &ScanError{Problem: classify(text), Head: head(text)}
}

// layoutOf names the layout under which a text was typed that could not be repaired; empty when several would do or none is known.
func layoutOf(err error) string {
	var lost *layout.DigitsLostError
	var unreadable *layout.UnreadableError
	switch {
	case errors.As(err, &lost):
		return lost.Layout.Name
	case errors.As(err, &unreadable):
		return unreadable.Layout.Name
	}
	return ""
}

// classify names the other codes that lie on a counter.
func classify(text string) ScanProblem {
	text = strings.TrimSpace(text)
	if len(text) > 3 && text[0] == ']' {
		text = text[3:] // the AIM symbology identifier
	}
	lower := strings.ToLower(text)
	switch {
	case isProductCode(text):
		return ScanBarcode
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "www."):
		return ScanLink
	}
	return ScanOther
}

// isProductCode reports whether text is an EAN-8, UPC-A, EAN-13 or GTIN-14 with a right check digit.
func isProductCode(text string) bool {
	switch len(text) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	sum, weight := 0, 1
	for i := len(text) - 1; i >= 0; i-- {
		digit := text[i]
		if digit < '0' || digit > '9' {
			return false
		}
		sum += weight * int(digit-'0')
		weight = 4 - weight // 1, 3, 1, 3, ... from the check digit on
	}
	return sum%10 == 0
}

// head gives the first characters of a scan, without those that a terminal would act on.
func head(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range skidkabot.Sanitize(text) {
		if n == headRunes {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

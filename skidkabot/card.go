package skidkabot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
)

// MaxQRBytes is the longest QR text that [ParseQR] looks at. A genuine one has
// 64 bytes and could not exceed 120 with three 64-bit numbers.
const MaxQRBytes = 512

// cardType is the value of "type" in a QR of the service (PROTOCOLS.md, section 1).
const cardType = "Skidkabot"

// A Card is what a customer's QR says: which shop it was made for, who the
// customer is, and the control number that makes the QR valid for 24 hours
// (PROTOCOLS.md, section 1).
type Card struct {
	Vendor int64  // the shop's code, 1 or more
	Client int64  // the customer's number, 1 or more; does not fit 32 bits
	Secret Secret // 0 or more
}

// Payload returns the text of the card's QR, byte for byte as the service
// makes it. It holds the secret: show it as a QR, never in a log.
func (c Card) Payload() string {
	return fmt.Sprintf(`{"type":%q,"vendor":%d,"client":%d,"secret":%d}`,
		cardType, c.Vendor, c.Client, c.Secret.Reveal())
}

// String names shop and customer and hides the secret.
func (c Card) String() string {
	return fmt.Sprintf("Card{vendor %d, client %d, secret %s}", c.Vendor, c.Client, redacted)
}

// Format writes [Card.String] for every verb.
func (c Card) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue makes log/slog write [Card.String].
func (c Card) LogValue() slog.Value { return slog.StringValue(c.String()) }

// valid reports whether the numbers are ones that a QR can hold.
func (c Card) valid() bool { return c.Vendor >= 1 && c.Client >= 1 && c.Secret >= 0 }

// A QRReason says why a text is not a card.
type QRReason string

const (
	// NotSkidkabot is another kind of code altogether: a barcode, a link, a stranger's JSON.
	NotSkidkabot QRReason = "not a Skidkabot code"
	// TooLong is a text of more than [MaxQRBytes] bytes.
	TooLong QRReason = "too long"
	// Malformed is a Skidkabot code that was damaged on its way: scan it again.
	Malformed QRReason = "damaged Skidkabot code"
	// OutOfRange is a Skidkabot code with a number that none can have.
	OutOfRange QRReason = "number out of range"
)

// A QRError is the error of [ParseQR]. It never holds the text, which is a secret.
type QRError struct {
	Reason QRReason
}

func (e *QRError) Error() string { return "skidkabot: QR text: " + string(e.Reason) }

// ParseQR reads the text of a customer's QR.
//
// The text is one JSON object with exactly the keys type, vendor, client and
// secret, each once, in any order. Keys and type are compared without case,
// because Caps Lock turns what a keyboard-wedge scanner types. Space and
// control characters around the text and an AIM symbology prefix such as
// "]Q1" are dropped. The numbers are plain integers of 64 bits: vendor and
// client from 1, secret from 0. Anything else is a [*QRError].
func ParseQR(text string) (Card, error) {
	if len(text) > MaxQRBytes {
		return Card{}, &QRError{Reason: TooLong}
	}
	text = trimAIM(trimNoise(text))
	card, err := parseCard([]byte(text))
	if err == nil {
		return card, nil
	}
	// The damaged and the foreign are told apart by the name of the service,
	// because what a cashier does next differs: scan again, or ask for the QR.
	if !strings.Contains(lowerASCII(text), lowerASCII(cardType)) {
		return Card{}, &QRError{Reason: NotSkidkabot}
	}
	if errors.Is(err, strconv.ErrRange) {
		return Card{}, &QRError{Reason: OutOfRange}
	}
	return Card{}, &QRError{Reason: Malformed}
}

var (
	errNotCard = errors.New("not the object of a card")
	cardKeys   = []string{"type", "vendor", "client", "secret"}
)

// parseCard reads the bare JSON of a card. A number that is one but cannot be
// the card's gives [strconv.ErrRange].
func parseCard(data []byte) (Card, error) {
	written, err := parseObject(data)
	if err != nil {
		return Card{}, err
	}
	if len(written) != len(cardKeys) {
		return Card{}, errNotCard
	}
	fields := make(map[string]json.RawMessage, len(written))
	for key, raw := range written {
		fields[lowerASCII(key)] = raw
	}
	var kind string
	if json.Unmarshal(fields["type"], &kind) != nil || lowerASCII(kind) != lowerASCII(cardType) {
		return Card{}, errNotCard
	}
	var numbers [3]int64
	for i, key := range cardKeys[1:] {
		// A missing key is no bytes, which is as little an integer as 1.0 or "1".
		if numbers[i], err = strconv.ParseInt(string(fields[key]), 10, 64); err != nil {
			return Card{}, err
		}
	}
	card := Card{Vendor: numbers[0], Client: numbers[1], Secret: Secret(numbers[2])}
	if !card.valid() {
		return Card{}, strconv.ErrRange
	}
	return card, nil
}

// trimNoise drops what scanners send around a code: STX, GS, line ends, a BOM.
func trimNoise(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff'
	})
}

// trimAIM drops an AIM symbology identifier (ISO/IEC 15424): "]", a letter for
// the symbology, and a modifier.
func trimAIM(text string) string {
	if len(text) < 3 || text[0] != ']' || !isAlnumASCII(text[1]) || !isAlnumASCII(text[2]) {
		return text
	}
	return trimNoise(text[3:])
}

func isAlnumASCII(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// lowerASCII folds ASCII letters alone. Unicode folding would take "ſ" for an
// "s" and the Kelvin sign for a "k", and so accept what no scanner types.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

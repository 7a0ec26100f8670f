package stage

import (
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// The shop, its till, and two of its customers.
const (
	Vendor      = 4
	Register    = 1
	SomeClient  = 83532824
	OtherClient = 9
)

// Opening is when a till's clock starts. It is a function so that a program that shows no scene does not read the time zone.
func Opening() time.Time { return time.Date(2026, 3, 4, 19, 42, 0, 0, time.Local) }

// Number reads a number that is right.
func Number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// CardOf is the card of a customer.
func CardOf(client int64) skidkabot.Card {
	return skidkabot.Card{Vendor: Vendor, Client: client, Secret: 31766}
}

// ErrBroken is a cause of which nothing is known.
var ErrBroken = errors.New("broken")

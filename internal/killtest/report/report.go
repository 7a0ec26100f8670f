// Package report is what the tests of killtest and the till that they kill say to each other.
package report

import (
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// SerialsPerCard is how many operations a customer's cashier may make in one run.
const SerialsPerCard = 10_000

// Orders are what a till is started with.
type Orders struct {
	Journal      string // the file
	URL          string // of the service
	Vendor       int64
	VendorSecret int64
	Clock        Clock
	Since        time.Time // operations planned before are not reported at the start, unless they are open
	Settle       bool      // settle what is open, instead of serving
	Cards        []Card    // the customers to serve
	Serial       int64     // the first operation's points
}

// Card is a customer's QR, with its secret: a simulator's.
type Card struct{ Client, Secret int64 }

// Card gives the QR for a shop.
func (c Card) Card(vendor int64) skidkabot.Card {
	return skidkabot.Card{Vendor: vendor, Client: c.Client, Secret: skidkabot.Secret(c.Secret)}
}

// Clock is a clock that may run faster than time, the same for the till and the service.
type Clock struct {
	Start  time.Time     // when it was started
	Offset time.Duration // how far it was then ahead
	Speed  int           // how many times faster it has run since
}

// Elapsed is the time that has passed by this clock.
func (c Clock) Elapsed() time.Duration { return time.Duration(c.Speed) * time.Since(c.Start) }

// Now is the time by this clock.
func (c Clock) Now() time.Time { return c.Start.Add(c.Offset + c.Elapsed()) }

// Line is one line of a till. One field is set.
type Line struct {
	Recovered *Recovered `json:",omitempty"` // first: what the last run left
	Ready     bool       `json:",omitempty"` // it serves or settles from now on
	Told      *Operation `json:",omitempty"` // what a cashier has read on the screen
	Settled   *Settled   `json:",omitempty"` // nothing is open any more
}

// Recovered is what a start found.
type Recovered struct {
	Before []Operation // what was open or planned since [Orders.Since], before the recovery
	Listed []string    // the ids that the recovery lists
}

// Settled is the journal in the end.
type Settled struct{ Operations []Operation }

// Operation is an operation without what the tests do not look at.
type Operation struct {
	ID       string
	Kind     loyalty.Kind
	State    loyalty.State
	Reason   loyalty.Reason
	Client   int64
	Points   string
	WaitsFor string // "": for none
	Parent   string // "": none
}

// Of gives what is reported of an operation.
func Of(op loyalty.Operation) Operation {
	return Operation{
		ID: op.ID.String(), Kind: op.Kind, State: op.State, Reason: op.Reason,
		Client: op.Client, Points: op.Points.String(), WaitsFor: textOf(op.WaitsFor), Parent: textOf(op.Parent),
	}
}

func textOf(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

package loyalty

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// ErrPercentUnknown refuses an accrual offline: the shop names no percent of its own and this till has never heard the
// service's, so nobody knows how many points to promise.
var ErrPercentUnknown = errors.New("loyalty: no accrual percent is known")

// knownPercent is the accrual percent that the service last named, and when.
type knownPercent struct {
	value decimal.Decimal
	at    time.Time
}

// remember keeps the accrual percent of an account for the time when the service cannot be reached.
func (d *Desk) remember(account skidkabot.Account) {
	if !account.HasAccruePercent {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.percent = knownPercent{account.AccruePercent, account.ReadAt}
}

// GreetOffline makes a guest of a card whose balance cannot be read, so that points can be accrued later (I6): an
// accrual for such a guest is queued when the service still cannot be reached. Nothing can be redeemed. The name is the one
// that the journal knows; the percent is the shop's own, or the last that the service named, with its age in PercentAt.
//
// Returns [ErrPercentUnknown] or a [*JournalError].
func (d *Desk) GreetOffline(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (Guest, error) {
	unsettled, err := d.unsettled(ctx, card)
	if err != nil {
		return Guest{}, err
	}
	known, err := d.lastPercent(ctx)
	if err != nil {
		return Guest{}, err
	}
	account := skidkabot.Account{AccruePercent: known.value, HasAccruePercent: !known.at.IsZero()}
	guest := Guest{Card: card, ScannedAt: scannedAt, Rules: d.Rules.For(account), Unsettled: unsettled, Offline: true}
	guest.Rules.RedeemPercent = decimal.NullDecimal{}
	switch {
	case !guest.Rules.AccruePercent.Valid:
		return Guest{}, ErrPercentUnknown
	case !d.Rules.AccruePercent.Valid:
		guest.PercentAt = known.at
	}
	earlier, err := d.Store.List(ctx, Filter{Vendor: card.Vendor, Client: card.Client, Limit: 1})
	if err != nil {
		return Guest{}, d.journalError(err)
	}
	if len(earlier) > 0 {
		guest.Name = earlier[0].Name
	}
	return guest, nil
}

// lastPercent gives the accrual percent last heard in this run, or the one of the journal's last accrual.
func (d *Desk) lastPercent(ctx context.Context) (knownPercent, error) {
	d.mu.Lock()
	known := d.percent
	d.mu.Unlock()
	if !known.at.IsZero() {
		return known, nil
	}
	accruals, err := d.Store.List(ctx, Filter{Kind: Accrual, Limit: 20})
	if err != nil {
		return knownPercent{}, d.journalError(err)
	}
	for _, op := range accruals {
		if op.Link != LinkReversal {
			return knownPercent{op.Percent, op.PlannedAt}, nil
		}
	}
	return knownPercent{}, nil
}

package journal

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// orderColumns are the order's, in the order of [orderValues] and [scanOrder].
const orderColumns = `id, register, source, state, reason, number, table_name, waiter, sum, dishes, seats,
	vendor, client, secret, scanned_at, guest, balance, balance_at, bound_by, opened_at, changed_at, paid_at, version`

// orderValues are what an order is in the database.
func orderValues(o orders.Order) ([]any, error) {
	e := encoder{}
	values := []any{
		o.ID[:], o.Register, string(o.Source), string(o.State), string(o.Reason), o.Number, o.Table, o.Waiter,
		e.optional(o.Sum.Decimal, o.Sum.Valid), e.dishes(o.Dishes), o.Seats,
	}
	values = append(values, e.binding(o.Guest)...)
	values = append(values, micros(o.OpenedAt), micros(o.ChangedAt), optionalMicros(o.PaidAt), o.Version)
	if e.err != nil {
		return nil, fmt.Errorf("journal: order %s: %w", o.ID, e.err)
	}
	return values, nil
}

// binding gives the columns of a bound guest, NULLs when nobody is bound.
func (e *encoder) binding(b *orders.Binding) []any {
	if b == nil {
		return make([]any, 8)
	}
	return []any{
		b.Card.Vendor, b.Card.Client, secretValue(b.Card.Secret), micros(b.ScannedAt), b.Name, e.decimal(b.Balance),
		micros(b.BalanceAt), b.BoundBy,
	}
}

// dish is a dish as the journal writes it. Its decimals are texts: how [decimal.Decimal] prints itself depends on settings of
// the whole process.
type dish struct {
	ID      uuid.UUID `json:"id,omitzero"`
	SKU     string    `json:"sku,omitempty"`
	Name    string    `json:"name"`
	Count   string    `json:"count"`
	Sum     string    `json:"sum"`
	Kitchen bool      `json:"kitchen,omitempty"`
	Printed bool      `json:"printed,omitempty"`
	Seat    int       `json:"seat,omitempty"`
}

func (e *encoder) dishes(all []orders.Dish) string {
	rows := make([]dish, len(all))
	for i, d := range all {
		rows[i] = dish{
			ID: d.ID, SKU: d.SKU, Name: d.Name, Count: e.decimal(d.Count), Sum: e.decimal(d.Sum), Kitchen: d.Kitchen,
			Printed: d.Printed, Seat: d.Seat,
		}
	}
	text, _ := json.Marshal(rows) // texts, numbers and flags: never fails
	return string(text)
}

// dishesText reads the dishes of an order.
type dishesText struct{ dishes *[]orders.Dish }

// Scan implements sql.Scanner.
func (d dishesText) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("journal: dishes are a %T", value)
	}
	*d.dishes = nil
	if text == noDishes { // most orders of a shop without a feed
		return nil
	}
	var rows []dish
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return fmt.Errorf("journal: dishes: %w", err)
	}
	for _, row := range rows {
		one := orders.Dish{
			ID: row.ID, SKU: row.SKU, Name: row.Name, Kitchen: row.Kitchen, Printed: row.Printed, Seat: row.Seat,
		}
		var err error
		if one.Count, err = decimal.NewFromString(row.Count); err != nil {
			return fmt.Errorf("journal: dishes: %w", err)
		}
		if one.Sum, err = decimal.NewFromString(row.Sum); err != nil {
			return fmt.Errorf("journal: dishes: %w", err)
		}
		*d.dishes = append(*d.dishes, one)
	}
	return nil
}

// noDishes is the text of an empty list.
const noDishes = "[]"

func scanOrder(row scanner) (orders.Order, error) {
	var o orders.Order
	var g struct {
		vendor, client, secret sql.NullInt64
		name, by               sql.NullString
		balance                decimal.NullDecimal
		scanned, balanceAt     time.Time
	}
	err := row.Scan(
		&o.ID, &o.Register, &o.Source, &o.State, &o.Reason, &o.Number, &o.Table, &o.Waiter, &o.Sum, dishesText{&o.Dishes}, &o.Seats,
		&g.vendor, &g.client, &g.secret, at{&g.scanned}, &g.name, &g.balance, at{&g.balanceAt}, &g.by,
		at{&o.OpenedAt}, at{&o.ChangedAt}, at{&o.PaidAt}, &o.Version,
	)
	if err != nil || !g.client.Valid {
		return o, err
	}
	card := skidkabot.Card{Vendor: g.vendor.Int64, Client: g.client.Int64, Secret: skidkabot.Secret(g.secret.Int64)}
	o.Guest = &orders.Binding{
		Card: card, ScannedAt: g.scanned, Name: g.name.String, Balance: g.balance.Decimal, BalanceAt: g.balanceAt,
		BoundBy: g.by.String,
	}
	return o, nil
}

// keptOrder is the order as the journal gives it back, with nothing in common with the caller's.
func keptOrder(o orders.Order) orders.Order {
	for _, at := range []*time.Time{&o.OpenedAt, &o.ChangedAt, &o.PaidAt} {
		*at = keptTime(*at)
	}
	o.Dishes = slices.Clone(o.Dishes)
	if len(o.Dishes) == 0 {
		o.Dishes = nil
	}
	if o.Guest != nil {
		guest := *o.Guest
		guest.ScannedAt, guest.BalanceAt = keptTime(guest.ScannedAt), keptTime(guest.BalanceAt)
		o.Guest = &guest
	}
	return o
}

// keptTime is the moment to the microsecond, in UTC.
func keptTime(t time.Time) time.Time { return time.UnixMicro(micros(t)).UTC() }

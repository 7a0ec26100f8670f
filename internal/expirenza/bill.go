package expirenza

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// Why there is no bill to show (PROTOCOLS.md, section 3).
const (
	noTable = "TABLE_NOT_FOUND"
	noOrder = "ORDER_NOT_FOUND"
)

// stateNew is the state of an open order, as the vendor's page on ORDERS_CACHE has it. The other one there, Bill, is of an
// order whose pre-check is printed, which this till does not do.
const stateNew = "New"

// getBill answers with the bills of a table or with one bill. The bill's id, from the QR of a pre-check, says more than a
// table, which the order may have left since: where both are named the table decides nothing.
func (c *Client) getBill(ctx context.Context, m message) any {
	table, _ := m.text("tableNumber")
	table = strings.TrimSpace(table)
	fail := func(substate, why string) any {
		return billReply{
			RID: m.rid, State: stateFail, Substate: &substate, ErrorMessage: &why, TableNumber: optional(table), Orders: []orderDTO{},
		}
	}
	queries, ok := c.queries(m, table)
	if !ok {
		return fail(noTable, "there is no such table")
	}
	bills, err := c.find(ctx, queries)
	switch {
	case err != nil:
		c.Log.Error("expirenza: the order book could not be read", "err", err)
		return fail(noOrder, "the till cannot look now")
	case len(bills) == 0:
		return fail(noOrder, "there is no open order")
	}
	table = c.tableNumber(bills[0].Order.Table)
	return billReply{RID: m.rid, State: stateSuccess, TableNumber: optional(table), Orders: c.openOrders(bills)}
}

// queries says what to ask the book for; ok is false when there is no such table.
func (c *Client) queries(m message, table string) (queries []orders.BillQuery, ok bool) {
	if _, byBill := m.value("billId"); byBill {
		return []orders.BillQuery{{Bill: m.bill()}}, true
	}
	if table == "" {
		return nil, true // an empty query would show everybody's bill
	}
	names := c.tableNames(table)
	for _, name := range names {
		queries = append(queries, orders.BillQuery{Table: name})
	}
	return queries, names != nil
}

// tableNames gives what an order at the table of this number may have as its table; nil when there is no such table.
func (c *Client) tableNames(number string) []string {
	if len(c.Tables) == 0 {
		return []string{number}
	}
	for _, t := range c.Tables {
		if strconv.Itoa(t.Number) != number {
			continue
		}
		if t.Name == "" || t.Name == number {
			return []string{number}
		}
		return []string{t.Name, number}
	}
	return nil
}

// table finds the table that an order names, by name or number.
func (c *Client) table(name string) (Table, bool) {
	i := slices.IndexFunc(c.Tables, func(t Table) bool { return t.Name == name || strconv.Itoa(t.Number) == name })
	if i < 0 || name == "" {
		return Table{}, false
	}
	return c.Tables[i], true
}

// tableNumber gives the number of the table that an order names, or that name when it is none of the list.
func (c *Client) tableNumber(name string) string {
	if t, ok := c.table(name); ok {
		return strconv.Itoa(t.Number)
	}
	return name
}

// find asks the book for all of it.
func (c *Client) find(ctx context.Context, queries []orders.BillQuery) ([]orders.Bill, error) {
	var found []orders.Bill
	for _, query := range queries {
		bills, err := c.Book.Bills(ctx, query)
		if err != nil {
			return nil, err
		}
		found = append(found, bills...)
	}
	return found, nil
}

// openOrders writes bills as Expirenza knows them.
func (c *Client) openOrders(bills []orders.Bill) []orderDTO {
	found := make([]orderDTO, 0, len(bills))
	for _, b := range bills {
		found = append(found, c.order(b))
	}
	return found
}

// order writes a bill. totalSum is what is to be paid now, so it is what payBill must bring; points that were redeemed are
// its bonusSum. Where points have paid too much, some are to be given back, and a guest has nothing to pay.
func (c *Client) order(b orders.Bill) orderDTO {
	o, due := b.Order, decimal.Max(b.Due, decimal.Zero)
	dto := orderDTO{
		BillID:      o.ID.String(),
		OrderNumber: number(o.Number),
		Created:     stamp(o.OpenedAt),
		TotalSum:    money(due),
		RawSum:      money(o.Sum.Decimal),
		BonusSum:    money(b.Points),
		State:       stateNew,
		Waiter:      optional(o.Waiter),
		WaiterID:    c.waiterID(o.Waiter),
		Guests:      c.guests(o),
		Discounts:   discountsDTO{List: []struct{}{}},
		TipsFrom:    money(due),
	}
	if t, ok := c.table(o.Table); ok {
		dto.TableID = optional(t.ID)
	}
	return dto
}

func (c *Client) waiterID(name string) *string {
	for _, u := range c.Users {
		if u.Name == name && name != "" {
			return optional(u.ID)
		}
	}
	return nil
}

// guests deals an order's lines out to its seats: what all share comes first, then seat by seat. Seats without a line are
// left out, and where nobody was told apart all of it is the first guest's.
func (c *Client) guests(o orders.Order) []guestDTO {
	seats := make([][]dishDTO, o.Seats+1)
	apart := false
	for _, d := range o.Dishes {
		seats[d.Seat] = append(seats[d.Seat], dish(d, number(o.Number)))
		apart = apart || d.Seat > 0
	}
	if !apart {
		seats = [][]dishDTO{nil, seats[0]}
	}
	found := []guestDTO{}
	for seat, dishes := range seats {
		if len(dishes) > 0 {
			found = append(found, guestDTO{Name: c.GuestName(seat), Dishes: dishes})
		}
	}
	return found
}

// dish writes a line. dishId should never be empty, so a line without an article is its own.
func dish(d orders.Dish, order *int64) dishDTO {
	line := d.ID.String()
	article := d.SKU
	if article == "" {
		article = line
	}
	return dishDTO{
		Count: quantity(d.Count), DishID: article, Name: d.Name, OrderNumber: order, PositionID: line, Sum: money(d.Sum),
	}
}

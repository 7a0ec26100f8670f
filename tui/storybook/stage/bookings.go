package stage

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Dish is a line of an order.
func Dish(name, count, sum string) orders.Dish {
	return orders.Dish{Name: name, Count: Number(count), Sum: Number(sum)}
}

// KitchenDish is a line that the kitchen has to cook.
func KitchenDish(name, count, sum string) orders.Dish {
	d := Dish(name, count, sum)
	d.Kitchen = true
	return d
}

// Lunch is an order of 460 at table 5 in an open shift.
func Lunch(c *Counter) {
	c.OpensShift()
	c.Opens("5", Dish("Борщ", "2", "360"), Dish("Кофе", "1", "100"))
}

// Banquet is an order of more lines than a screen has.
func Banquet(c *Counter) {
	var dishes []orders.Dish
	for i := range 100 {
		dishes = append(dishes, Dish(fmt.Sprintf("Блюдо %d", i+1), "1", "10"))
	}
	c.Opens("7", dishes...)
}

// Dinner is one whose first line is for the kitchen.
func Dinner(c *Counter) {
	c.OpensShift()
	c.Opens("5", KitchenDish("Борщ", "2", "360"), Dish("Кофе", "1", "100"))
}

// BusyShift is a shift with a payment of each kind, a redemption whose outcome is open, and a payment that closed nothing.
func BusyShift(c *Counter) {
	ctx := context.Background()
	c.OpensShift()
	for i, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard} {
		order := c.Opens(fmt.Sprint(i+1), Dish("Кофе", "1", "1000"))
		_, err := c.Book.Pay(ctx, orders.PayOrder{Order: order.ID, Version: 1, Parts: []orders.Part{{Kind: kind, Sum: Number("1000")}}})
		c.Must(err)
	}
	order := c.Opens("3", Dish("Обед", "1", "460"))
	c.Wires(order.ID, "460", "r1")
	c.Opens("5", Dish("Обед", "1", "460"))
	c.Redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
	c.Wires(c.Order("5").ID, "460", "r2")
}

// WiredLunch is lunch that a guest has paid for while the shift was closed.
func WiredLunch(c *Counter) {
	order := c.Opens("5", Dish("Борщ", "2", "360"), Dish("Кофе", "1", "100"))
	c.Wires(order.ID, "460", "r1")
}

// TwiceAndOnce is an open shift in which one guest has paid in cash and by phone, and another's bill is blocked.
func TwiceAndOnce(c *Counter) {
	Lunch(c)
	c.Takes("5")
	c.Wires(c.Order("5").ID, "460", "r1")
	c.Opens("7", Dish("Обед", "1", "300"))
	c.Wires(c.Order("7").ID, "250", "r2")
}

// AskedAgain is lunch whose payment by phone was marked as given back, and is asked for again.
func AskedAgain(c *Counter) {
	ctx := context.Background()
	WiredLunch(c)
	c.OpensShift()
	claims, err := c.Book.Blocked(ctx)
	c.Must(err)
	_, err = c.Book.DismissClaim(ctx, claims[0].ID, "Анна", "перепутали чек")
	c.Must(err)
}

// OldShifts are two shifts that are over, with takings, and the guest's money that the second one has left.
func OldShifts(c *Counter) {
	Lunch(c)
	c.Takes("5")
	c.ClosesShift()
	c.OpensShift()
	c.Opens("6", Dish("Чай", "1", "90"))
	c.Wires(c.Order("6").ID, "90", "r1")
	c.ClosesShift()
}

// StrangeBill is a bill that the till does not have.
var StrangeBill = uuid.UUID{0: 0x5b, 1: 0x10, 2: 0x0b, 3: 0x39, 6: 0x40, 8: 0x80, 15: 1}

// Voids voids the order of a table.
func (c *Counter) Voids(table string) {
	_, err := c.Void(context.Background(), c.Order(table).ID, "Анна", "гости ушли")
	c.Must(err)
}

// Unseats takes the guest off an order.
func (c *Counter) Unseats(table string) {
	c.Must(c.CheckOut(context.Background(), c.Order(table).ID, "Ирина"))
}

// Changes gives an order another line.
func (c *Counter) Changes(table string) {
	order := c.Order(table)
	tea := Dish("Чай", "1", "90")
	tea.ID = uuid.UUID{0: 99, 15: order.ID[15]}
	_, err := c.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: order.Table, Seats: order.Seats, Dishes: append(order.Dishes, tea), Cashier: "Анна",
	})
	c.Must(err)
}

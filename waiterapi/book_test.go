package waiterapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/waiterapi"
)

var _ waiterapi.Book = (*orders.Book)(nil)

// hall is a door over the real order book, whose service knows everybody and is down when err is set.
type hall struct {
	*door
	store *orderstest.MemoryStore
	err   error
}

func openHall(t *testing.T) *hall {
	h := &hall{store: new(orderstest.MemoryStore)}
	c := &clock{now: noon}
	service := desk{greet: func(_ context.Context, card skidkabot.Card) (loyalty.Guest, error) {
		return loyalty.Guest{
			Card: card, ScannedAt: c.Now(), Name: "Анна", Balance: number("2365"), ReadAt: c.Now(),
			Rules: loyalty.Rules{AccruePercent: percent("2"), RedeemPercent: percent("10"), Step: number("1")},
		}, h.err
	}}
	o := options(nil)
	o.Now, o.Desk = c.Now, service
	o.Book = orders.NewBook(orders.Options{Desk: service, Operations: h.store, Store: h.store, Hub: o.Hub, Register: 1, Now: c.Now})
	h.door = open(t, o)
	h.clock = c
	return h
}

// scan is the body of a check-in of a client.
func scan(client int64) string {
	return fmt.Sprintf(`{"Value":%q,"WaiterPin":"1"}`, skidkabot.Card{Vendor: card.Vendor, Client: client, Secret: 31766}.Payload())
}

func (h *hall) expect(method, path, body string, status int, want string) {
	h.t.Helper()
	a := h.ask(method, path, body, asFeeder)
	if got := strings.ReplaceAll(a.Body, "\u00a0", " "); a.Status != status || !strings.Contains(got, want) {
		h.t.Errorf("%s %s: got %d %s, want %d %s", method, path, a.Status, got, status, want)
	}
}

func TestAnEveningOverTheRealBook(t *testing.T) {
	h := openHall(t)
	h.expect("GET", order("/loyalty"), "", 204, "")
	h.expect("POST", order("/checkin"), scan(card.Client), 204, "")
	h.expect("POST", order("/checkin"), scan(card.Client), 204, "")
	h.expect("POST", order("/checkin"), scan(7), 200, "К заказу привязан другой гость.")
	h.expect("POST", order("/checkin"), `{"Value":"149725735"}`, 200, wordsTyped)
	h.expect("GET", order("/loyalty"), "", 200, `"Balance":2365}],"Suggestions":["Баллами можно оплатить до 10 % заказа","За заказ начисляется 2 % баллами"]`)
	h.expect("GET", order("/paymentLimits"), "", 200, `{"BonusSum":2365,"DepositSum":0}`)
	h.expect("PUT", order(""), `{"number":"235","sum":1250,"dishes":[{"name":"Кофе","count":1,"sum":1250}]}`, 204, "")
	h.expect("GET", order("/loyalty"), "", 200, `"Suggestions":["Можно списать до 125 баллов","За этот заказ будет начислено 25"]`)
	h.expect("GET", order("/paymentLimits"), "", 200, `{"BonusSum":125,"DepositSum":0}`)

	h.err = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: context.DeadlineExceeded}
	h.clock.Advance(20 * orders.GuestMaxAge)
	h.expect("GET", order("/loyalty"), "", 200, `"Suggestions":["Skidkabot не отвечает. Баланс известен 3 минуты назад","Можно списать до 125 баллов"`)
	h.expect("POST", "/orders/"+uuid.NewString()+"/checkin", scan(7), 200, wordsDown)
	h.err = nil

	h.expect("DELETE", order("/checkin"), `{"WaiterPin":"1"}`, 204, "")
	h.expect("GET", order("/loyalty"), "", 204, "")
	h.expect("GET", order("/paymentLimits"), "", 200, `{"BonusSum":0,"DepositSum":0}`)
	h.expect("DELETE", order("/checkin"), "", 204, "")
	h.expect("DELETE", order(""), "", 204, "")
	h.expect("DELETE", order(""), "", 204, "")
}

func TestAGuestWhosePointsMovedStays(t *testing.T) {
	h := openHall(t)
	h.expect("POST", order("/checkin"), scan(card.Client), 204, "")
	h.expect("GET", order("/loyalty"), "", 200, "Баллами можно оплатить")
	op := loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 1, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Vendor: card.Vendor,
		Client: card.Client, Secret: card.Secret, ScannedAt: noon, Points: number("125"), Sum: number("1250"), Money: number("1125"),
		Percent: number("10"), Order: orderID, PlannedAt: noon, ChangedAt: noon,
	}
	must(t, h.store.Plan(t.Context(), op))
	h.hub.Publish(loyalty.OperationChanged{Operation: op})
	h.expect("GET", order("/loyalty"), "", 200, `"Suggestions":["Баллы по этому заказу сейчас проводят"]`)
	h.expect("GET", order("/paymentLimits"), "", 200, `{"BonusSum":0,"DepositSum":0}`)
	h.expect("DELETE", order("/checkin"), "", 200, "Менять гостя нельзя")
	h.expect("POST", order("/checkin"), scan(7), 200, "")
}

package waiterapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

func TestTheFeedTellsTheBook(t *testing.T) {
	var got orders.Fed
	d := open(t, options(&book{feed: func(_ context.Context, fed orders.Fed) (orders.Order, error) {
		got = fed
		return orders.Order{}, nil
	}}))
	tests := []struct {
		name, body string
		want       orders.Fed
	}{
		{"all of it", `{"number":"235","table":"7","waiter":"Пётр","sum":1250.50,"dishes":[{"sku":"11015","name":"Шаурма","count":1.5,"sum":520.5,"printed":true},{"count":2}]}`,
			orders.Fed{Order: orderID, Number: "235", Table: "7", Waiter: "Пётр", Sum: percent("1250.50"), Dishes: []orders.Dish{
				{SKU: "11015", Name: "Шаурма", Count: number("1.5"), Sum: number("520.5"), Printed: true}, {Count: number("2")},
			}}},
		{"nothing", `{}`, orders.Fed{Order: orderID}},
		{"nulls", `{"number":null,"sum":null,"dishes":null}`, orders.Fed{Order: orderID}},
		{"as ASP.NET writes", "\ufeff" + `{"NUMBER":"1","Sum":0,"Dishes":[{"SKU":"a","Count":1,"extra":[]}],"Extra":1}`,
			orders.Fed{Order: orderID, Number: "1", Sum: percent("0"), Dishes: []orders.Dish{{SKU: "a", Count: number("1")}}}},
		{"what a terminal would act on", `{"number":"\u001b[2J1","waiter":"a\nb"}`, orders.Fed{Order: orderID, Number: "1", Waiter: "a b"}},
	}
	for _, test := range tests {
		got = orders.Fed{}
		if a := d.ask("PUT", order(""), test.body, asFeeder); a.Status != 204 {
			t.Errorf("%s: got %d %s", test.name, a.Status, a.Body)
		}
		if show := func(f orders.Fed) string { return fmt.Sprintf("%+v", f) }; show(got) != show(test.want) || len(got.Dishes) != len(test.want.Dishes) {
			t.Errorf("%s: the book was told\n%+v\nwant\n%+v", test.name, got, test.want)
		}
	}
}

func TestTheFeedRefusesWhatAnOrderCannotBe(t *testing.T) {
	long := strings.Repeat("ж", orders.MaxText)
	dishes := func(count int) string {
		return `{"dishes":[` + strings.TrimSuffix(strings.Repeat(`{"count":1},`, count), ",") + `]}`
	}
	tests := []struct {
		name, body string
		status     int
	}{
		{"longest text", `{"table":"` + long + `"}`, 204},
		{"longer", `{"table":"` + long + `ж"}`, 400},
		{"longer dish", `{"dishes":[{"name":"` + long + `ж","count":1}]}`, 400},
		{"most dishes", dishes(orders.MaxDishes), 204},
		{"one more", dishes(orders.MaxDishes + 1), 400},
		{"negative sum", `{"sum":-1}`, 400},
		{"sum as a string", `{"sum":"1250"}`, 400},
		{"exponent", `{"sum":1e9}`, 400},
		{"thirteen digits", `{"sum":1000000000000}`, 400},
		{"twelve digits", `{"sum":999999999999.999999}`, 204},
		{"too fine", `{"sum":0.0000001}`, 400},
		{"no count", `{"dishes":[{"name":"x"}]}`, 400},
		{"count 0", `{"dishes":[{"count":0}]}`, 400},
		{"count null", `{"dishes":[{"count":null}]}`, 400},
		{"number as a number", `{"number":235}`, 400},
		{"printed as a string", `{"dishes":[{"count":1,"printed":"yes"}]}`, 400},
		{"dishes as an object", `{"dishes":{}}`, 400},
		{"not JSON", `{`, 400},
		{"too large", `{"x":"` + strings.Repeat("x", 512<<10) + `"}`, 413},
	}
	d := open(t, options(new(book)))
	for _, test := range tests {
		if a := d.ask("PUT", order(""), test.body, asFeeder); a.Status != test.status {
			t.Errorf("%s: got %d %s, want %d", test.name, a.Status, a.Body, test.status)
		}
	}
}

func TestTheFeedWantsItsToken(t *testing.T) {
	b := &book{
		feed:     func(context.Context, orders.Fed) (orders.Order, error) { panic("let in") },
		withdraw: func(context.Context, uuid.UUID) error { panic("let in") },
	}
	d := open(t, options(b))
	for _, authorization := range []string{"", "Bearer", "Bearer ", "Bearer " + token + "x", "Bearer " + token[1:], "Basic " + token, token} {
		for _, method := range []string{"PUT", "DELETE"} {
			a := d.ask(method, order(""), `{}`, func(r *http.Request) { r.Header.Set("Authorization", authorization) })
			if a.Status != 401 || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s with %q: got %d %v", method, authorization, a.Status, a.Header)
			}
		}
	}
	if a := open(t, options(new(book))).ask("DELETE", order(""), "", func(r *http.Request) { r.Header.Set("Authorization", "bearer "+token) }); a.Status != 204 {
		t.Errorf("the scheme in lower case: %d", a.Status)
	}
	if log := d.log.String(); strings.Contains(log, token) {
		t.Errorf("the token is in the log:\n%s", log)
	}
}

func TestWithoutATokenThereIsNoFeed(t *testing.T) {
	o := options(new(book))
	o.FeedToken = ""
	d := open(t, o)
	for _, method := range []string{"PUT", "DELETE", "GET"} {
		if a := d.ask(method, order(""), "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }); a.Status != 404 {
			t.Errorf("%s: got %d %s", method, a.Status, a.Body)
		}
	}
}

func TestFeedErrors(t *testing.T) {
	tests := []struct {
		err           error
		put, withdraw int
	}{
		{nil, 204, 204},
		{orders.ErrNotFound, 503, 204},
		{orders.ErrInvalid, 400, 400},
		{orders.ErrClosed, 409, 204},
		{errors.New("disk"), 503, 503},
	}
	for _, test := range tests {
		d := open(t, options(&book{
			feed:     func(context.Context, orders.Fed) (orders.Order, error) { return orders.Order{}, test.err },
			withdraw: func(context.Context, uuid.UUID) error { return test.err },
		}))
		got := []int{d.ask("PUT", order(""), `{}`, asFeeder).Status, d.ask("DELETE", order(""), "", asFeeder).Status}
		if want := []int{test.put, test.withdraw}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %v, want %v", test.err, got, want)
		}
	}
}

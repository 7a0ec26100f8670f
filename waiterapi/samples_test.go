package waiterapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/waiterapi"
)

func decoded(t testing.TB, body string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%q is not JSON: %v", body, err)
	}
	return value
}

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// seated is a guest with the published balance, at an order whose sum is not known.
func seated() orders.Seated {
	return orders.Seated{
		Order: orders.Order{ID: orderID, Guest: &orders.Binding{Card: card}},
		Guest: loyalty.Guest{Card: card, Name: "Александр Татарченко", Balance: number("142.15"), ReadAt: noon},
	}
}

func seat(s orders.Seated) *book {
	return &book{guest: func(context.Context, uuid.UUID) (orders.Seated, error) { return s, nil }}
}

// The samples of PROTOCOLS.md, section 2, byte for byte where they are ours to choose.
func TestThePublishedSamples(t *testing.T) {
	var got orders.CheckIn
	b := seat(seated())
	b.checkIn = func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
		got = in
		return orders.Order{}, nil
	}
	b.limit = func(context.Context, uuid.UUID, bool) (decimal.Decimal, error) { return number("50.70"), nil }
	o := options(b)
	o.System = "Rewards"
	o.Gifts = []waiterapi.Gift{
		{SKU: "11015", From: number("100")}, {SKU: "11068", From: number("142.15")}, {SKU: "10549", From: number("142.16")},
	}
	d := open(t, o)
	tests := []struct {
		name, method, path, body string
		status                   int
		contentType, want        string
	}{
		{"ping", "GET", "/ping", "", 204, "", ""},
		{"check-in", "POST", order("/checkin"), `{"Value":"149725735","WaiterPin":"12345"}`, 204, "", ""},
		{"check-out", "DELETE", order("/checkin"), `{"WaiterPin":"12345"}`, 204, "", ""},
		{"limits", "GET", order("/paymentLimits"), "", 200, "application/json", `{"BonusSum":50.7,"DepositSum":0}`},
		{"loyalty", "GET", order("/loyalty"), "", 200, "application/json",
			`{"ProductSKUs":["11015","11068"],"UserWallets":[{"Id":"` + waiterapi.WalletID(4).String() + `","Name":"Rewards","Balance":142.15}],"Suggestions":[]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := d.ask(test.method, test.path, test.body)
			if a.Status != test.status || a.Header.Get("Content-Type") != test.contentType || a.Body != test.want {
				t.Errorf("got  %d %q %s\nwant %d %q %s", a.Status, a.Header.Get("Content-Type"), a.Body, test.status, test.contentType, test.want)
			}
		})
	}
	if want := (orders.CheckIn{Order: orderID, Text: "149725735"}); got != want {
		t.Errorf("the book was asked for %+v, want %+v", got, want)
	}
}

func TestThePublishedMessage(t *testing.T) {
	b := &book{
		checkIn: func(context.Context, orders.CheckIn) (orders.Order, error) {
			return orders.Order{}, orders.ErrOtherGuest
		},
		checkOut: func(context.Context, uuid.UUID, string) error { return orders.ErrPointsMoved },
	}
	d := open(t, options(b))
	for method, want := range map[string]string{
		http.MethodPost:   `{"WaiterMessage":"К заказу привязан другой гость. Сначала отвяжите его."}`,
		http.MethodDelete: `{"WaiterMessage":"По этому заказу баллы уже проводят. Менять гостя нельзя, спросите кассира."}`,
	} {
		if a := d.ask(method, order("/checkin"), `{"Value":"x"}`); a.Status != 200 || a.Body != want {
			t.Errorf("%s: got %d %s, want 200 %s", method, a.Status, a.Body, want)
		}
	}
}

func TestThePublishedMultipart(t *testing.T) {
	o := options(seat(seated()))
	o.Photos = t.TempDir()
	must(t, os.WriteFile(filepath.Join(o.Photos, "83532824.png"), picture(t, "png", 2, 2), 0o600))
	a := open(t, o).ask("GET", order("/loyalty"), "")

	boundary, ok := strings.CutPrefix(a.Header.Get("Content-Type"), "multipart/form-data; boundary=")
	if a.Status != 200 || !ok {
		t.Fatalf("got %d %v", a.Status, a.Header)
	}
	want := "--B\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=loyalty\r\n\r\n" +
		`{"productSKUs":[],"userWallets":[{"id":"` + waiterapi.WalletID(4).String() + `","name":"Skidkabot","balance":142.15}],"suggestions":[],"waiterMessage":null}` +
		"\r\n--B\r\nContent-Disposition: form-data; name=photo\r\n\r\n" + string(picture(t, "png", 2, 2)) + "\r\n--B--\r\n"
	if got := strings.ReplaceAll(a.Body, boundary, "B"); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestPaymentTypesAsPublished(t *testing.T) {
	tests := map[string]struct {
		vendor        int64
		deposit, want string
	}{
		"points alone": {4, "", "Skidkabot payment types:\nBonuses (Skidkabot) - (9704bf97-2a64-54e9-a258-967da5cb31a7)."},
		"deposit":      {4, "Deposit", "Skidkabot payment types:\nBonuses (Skidkabot) - (9704bf97-2a64-54e9-a258-967da5cb31a7).\nDeposit (Skidkabot) - (09281b7b-340e-599e-87e7-e51b9c9c33e0)."},
	}
	for name, test := range tests {
		got := waiterapi.PaymentTypesText("Skidkabot", waiterapi.PaymentTypes("Skidkabot", test.vendor, test.deposit))
		if got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

// The ids are in the POS's settings: a build that derives others breaks every shop.
func TestIDsAreStableForAShopAndDifferBetweenShops(t *testing.T) {
	if got, want := waiterapi.WalletID(4).String(), "5f3ab31c-3d9d-5a0c-9e24-d5ad8a64853b"; got != want {
		t.Errorf("the wallet of shop 4 is %s, want %s", got, want)
	}
	seen := map[uuid.UUID]bool{}
	for vendor := range int64(50) {
		ids := []uuid.UUID{waiterapi.WalletID(vendor)}
		for _, paymentType := range waiterapi.PaymentTypes("System", vendor, "Deposit") {
			ids = append(ids, paymentType.ID)
		}
		for _, id := range ids {
			if seen[id] || id.Version() != 5 {
				t.Errorf("shop %d: %s, version %d, seen before: %v", vendor, id, id.Version(), seen[id])
			}
			seen[id] = true
		}
	}
	for i, renamed := range waiterapi.PaymentTypes("Another name", 4, "Депозит") {
		if got, want := renamed.ID, waiterapi.PaymentTypes("Skidkabot", 4, "Deposit")[i].ID; got != want {
			t.Errorf("a system with another name has %s, want %s", got, want)
		}
	}
}

// Each route that answers is in the document, and the document has no other.
func TestTheDocumentListsTheRoutes(t *testing.T) {
	doc, err := document()
	must(t, err)
	d := open(t, options(new(book)))
	documented := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			documented[method+" "+strings.ToLower(path)] = true
		}
	}
	routes := waiterapi.Routes(d.server)
	for _, route := range routes {
		if !documented[route] {
			t.Errorf("%s is not in openapi.yaml", route)
		}
		delete(documented, route)
	}
	for route := range documented {
		t.Errorf("openapi.yaml has %s, the server has not", route)
	}
	if !slices.Contains(routes, "GET /openapi.yaml") {
		t.Errorf("the routes are %q", routes)
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	file, err := os.ReadFile("openapi.yaml")
	must(t, err)
	a := open(t, options(new(book))).ask("GET", "/openapi.yaml", "")
	if a.Status != 200 || a.Header.Get("Content-Type") != "application/yaml" || a.Body != string(file) {
		t.Errorf("got %d %v, %d bytes of %d", a.Status, a.Header, len(a.Body), len(file))
	}
}

var decimalString = regexp.MustCompile(`"-?[0-9]+(\.[0-9]+)?"`)

func TestDecimalsAreNumbersInTheirShortestForm(t *testing.T) {
	for balance, want := range map[string]string{
		"500.00": "500", "0": "0", "0.10": "0.1", "-12.50": "-12.5", "12345678901234567890": "12345678901234567890", "1e3": "1000",
	} {
		s := seated()
		s.Guest.Balance = number(balance)
		a := open(t, options(seat(s))).ask("GET", order("/loyalty"), "")
		if !strings.Contains(a.Body, `"Balance":`+want+"}") || decimalString.MatchString(a.Body) {
			t.Errorf("%s: got %s", balance, a.Body)
		}
	}
}

package expirenza

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The shop's own time in every test: three hours ahead of UTC, as in Kyiv in summer.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("shop", 3*60*60)
	os.Exit(m.Run())
}

// golden compares bytes with a file of testdata/golden, exactly: a letter's bytes are signed.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if !json.Valid(got) {
		t.Fatalf("%s is no JSON: %s", name, got)
	}
	file := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
}

func parsed(t *testing.T, frame string) message {
	t.Helper()
	m, err := parseMessage([]byte(frame))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The messages as they are published (PROTOCOLS.md, section 3).
const (
	examplePay = `{"rID":"2021-03-13 00:32:04.942046#UP57RxE","operation":"payBill","billId":"5B100B39-CE42-4F3D-8770-807A28CA0500",
 "sum":129.20,"tips":19.24,"fiscalData":[{"key":"ЕКВАЙЕР","value":"Universal Bank"}]}`
	exampleRead = `{"rID":"2021-03-13 00:32:04.942046#UP57RxE","operation":"%"}`
)

func exampleClient(t *testing.T) *Client {
	t.Helper()
	options := testOptions()
	options.Now = func() time.Time { return time.Date(2021, 3, 12, 22, 32, 4, 942046000, time.UTC) }
	options.Tables = []Table{
		{Number: 12, Name: "у окна", ID: "qc7-sdv9", Hall: "hall-1"},
		{Number: 7, Name: "7", ID: "t7"},
	}
	options.Halls = []Hall{{ID: "hall-1", Name: "Зал"}, {ID: "hall-2", Name: "Терраса"}}
	options.Users = []User{
		{ID: "f14da21a-5be9-4736-9ece-420bd310bc8a", Name: "Петро", Phone: "+380501234567", Roles: []string{"waiter"}},
		{ID: "u2", Name: "Оксана"},
	}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func exampleOrder() orders.Order {
	return orders.Order{
		ID: exampleBill, Source: orders.SourceTill, State: orders.StateOpen, Number: "235", Table: "у окна", Waiter: "Петро",
		Sum: decimal.NewNullDecimal(dec("139.2")), Seats: 2, OpenedAt: time.Date(2021, 3, 12, 20, 5, 0, 0, time.UTC),
		Dishes: []orders.Dish{
			{ID: uuid.MustParse("0196a1c0-0000-7000-8000-000000000001"), SKU: "11015", Name: "Шаурма царська", Count: dec("1.3"), Sum: dec("34.56"), Seat: 1},
			{ID: uuid.MustParse("0196a1c0-0000-7000-8000-000000000002"), Name: `Чай "Зелёный" <0,5 л> & лимон`, Count: dec("2"), Sum: dec("100"), Seat: 2},
			{ID: uuid.MustParse("0196a1c0-0000-7000-8000-000000000003"), Name: "Хлеб", Count: dec("1"), Sum: dec("4.64")},
		},
	}
}

func TestThePublishedPaymentIsRead(t *testing.T) {
	payment, err := paymentOf(parsed(t, examplePay))
	if err != nil {
		t.Fatal(err)
	}
	if payment.System != Name || payment.Topic != opPayBill || payment.Request != "2021-03-13 00:32:04.942046#UP57RxE" || payment.Bill != exampleBill {
		t.Errorf("payment %+v", payment)
	}
	if !payment.Sum.Equal(exampleSum) || !payment.Tips.Equal(dec("19.24")) {
		t.Errorf("sum %s, tips %s", payment.Sum, payment.Tips)
	}
	if len(payment.Fiscal) != 1 || payment.Fiscal[0] != (orders.FiscalLine{Key: "ЕКВАЙЕР", Value: "Universal Bank"}) {
		t.Errorf("fiscal lines %v", payment.Fiscal)
	}
}

func TestAnswersToPayments(t *testing.T) {
	client, m := exampleClient(t), parsed(t, examplePay)
	for name, verdict := range map[string]orders.Verdict{
		"paybill-success":               {Order: exampleOrder()},
		"paybill-wrong-request-sum":     {Order: exampleOrder(), Obstacle: orders.ObstacleSum},
		"paybill-cashiers-shift-closed": {Order: exampleOrder(), Obstacle: orders.ObstacleShift},
		"paybill-printer-error":         {Order: exampleOrder(), Obstacle: orders.ObstaclePrinter},
		"paybill-close-order-blocked":   {Order: exampleOrder(), Obstacle: orders.ObstacleTicket},
		"paybill-bill-in-use":           {Order: exampleOrder(), Obstacle: orders.ObstacleInUse},
		"paybill-other-error":           {Obstacle: orders.ObstacleNever},
	} {
		golden(t, name, client.verdictBody(m, verdict))
	}
}

func TestAnObstacleOfTomorrowMakesExpirenzaAskAgain(t *testing.T) {
	body := string(exampleClient(t).verdictBody(parsed(t, examplePay), orders.Verdict{Obstacle: "flood"}))
	if !strings.Contains(body, `"state":"FAIL","substate":"BILL_IN_USE"`) {
		t.Errorf("got %s", body)
	}
}

func TestAnAnswerThatTheOutboxWouldNotTakeHasNoLines(t *testing.T) {
	order := exampleOrder()
	for len(order.Dishes) < orders.MaxDishes {
		order.Dishes = append(order.Dishes, orders.Dish{
			ID: uuid.New(), SKU: strings.Repeat("🍵", orders.MaxText), Name: strings.Repeat("🍵", orders.MaxText), Count: dec("1"), Sum: dec("1"),
		})
	}
	body := exampleClient(t).verdictBody(parsed(t, examplePay), orders.Verdict{Order: order})
	if len(body) > orders.MaxLetter {
		t.Errorf("%d bytes, the outbox takes %d", len(body), orders.MaxLetter)
	}
	if want := `"guests":[],"orderNumber":235,`; !bytes.Contains(body, []byte(want)) {
		t.Errorf("got %.200s", body)
	}
}

func TestAnswersToReads(t *testing.T) {
	client := exampleClient(t)
	client.Book.(*fakeBook).bills = []orders.Bill{
		{Order: exampleOrder(), Points: dec("10"), Due: exampleSum},
		{Order: orders.Order{ID: uuid.MustParse("0196a1c0-0000-7000-8000-0000000000aa"), Number: "терраса-1", Table: "столик у входа",
			Sum: decimal.NewNullDecimal(dec("5")), OpenedAt: time.Date(2021, 3, 12, 21, 59, 59, 0, time.UTC)},
			Points: dec("8"), Due: dec("-3")},
	}
	m := func(operation string) message { return parsed(t, strings.Replace(exampleRead, "%", operation, 1)) }
	for _, operation := range []string{opTables, opHalls, opUsers, opCheckWork, opVersion} {
		golden(t, strings.ToLower(operation), encode(reads[operation](client, context.Background(), m(operation))))
	}
	for name, frame := range map[string]string{
		"getbill-table":     `{"rID":"1","operation":"getBill","tableNumber":"12"}`,
		"getbill-bill":      `{"rID":"1","operation":"getBill","billId":"0196A1C0-0000-7000-8000-0000000000AA"}`,
		"getbill-both":      `{"rID":"1","operation":"getBill","tableNumber":"7","billId":"5B100B39-CE42-4F3D-8770-807A28CA0500"}`,
		"getbill-no-table":  `{"rID":"1","operation":"getBill","tableNumber":"13"}`,
		"getbill-no-order":  `{"rID":"1","operation":"getBill","tableNumber":"7"}`,
		"getbill-no-bill":   `{"rID":"1","operation":"getBill","billId":"079148b1-2824-11ed-8dbd-3c7c3fbcab3c"}`,
		"getbill-no-uuid":   `{"rID":"1","operation":"getBill","billId":"12"}`,
		"getbill-no-filter": `{"rID":"1","operation":"getBill"}`,
	} {
		golden(t, name, encode(client.getBill(context.Background(), parsed(t, frame))))
	}
	golden(t, "orders-cache", client.cacheBody(client.Book.(*fakeBook).bills))
	client.Hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble})
	golden(t, "checkwork-not-ready", encode(client.checkWork(context.Background(), m(opCheckWork))))
}

func TestEmptyListsAreLists(t *testing.T) {
	client, err := New(testOptions())
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, `{"rID":"1","operation":"x"}`)
	for want, reply := range map[string]any{
		`{"rID":"1","tables":[]}`:    client.tables(context.Background(), m),
		`{"rID":"1","hallPlans":[]}`: client.halls(context.Background(), m),
		`{"rID":"1","users":[]}`:     client.users(context.Background(), m),
	} {
		if got := string(encode(reply)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got, want := string(client.cacheBody(nil)), `"actualOrders":[]}`; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want it to end in %s", got, want)
	}
}

func TestARIDIsEchoedAsItCame(t *testing.T) {
	client := exampleClient(t)
	for _, rID := range []string{
		`"2021-03-13 00:32:04.942046#UP57RxE"`, `"a<b>&c"`, `"\u0023\/\ud83d\ude00"`, `"\u2028 "`, `"лист\"ок"`, `17`, `1.50`,
	} {
		body := client.verdictBody(parsed(t, `{"operation":"payBill","rID":`+rID+`,"sum":1}`), orders.Verdict{})
		if want := `"rID":` + rID + `,`; !bytes.Contains(body, []byte(want)) {
			t.Errorf("got %s, want %s in it", body, want)
		}
	}
}

func TestVersionNumber(t *testing.T) {
	for version, want := range map[string]int{
		"1.2.3": 10203, "v0.5.1": 501, "0.5.1-rc1": 501, "2": 20000, "2.1": 20100, "dev": 0, "": 0, "1.100.0": 0, "-1.0": 0,
	} {
		if got := versionNumber(version); got != want {
			t.Errorf("versionNumber(%q) = %d, want %d", version, got, want)
		}
	}
}

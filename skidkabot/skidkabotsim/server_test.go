package skidkabotsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

const client1 = 83532824

var points = decimal.NewFromInt

// clock is an injectable clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newService returns a service with the customer of the published example and
// the clock that it lives by.
func newService() (*skidkabotsim.Server, *clock) {
	c := &clock{now: time.Date(2024, 5, 17, 19, 42, 3, 0, time.UTC)}
	service := &skidkabotsim.Server{Now: c.Now}
	service.AddCustomer(skidkabotsim.Customer{
		Client: client1, FirstName: "Александр", LastName: "Татарченко", Balance: points(2365),
	})
	return service, c
}

// form returns the parameters for a card, changed by pairs of name and value. An
// empty value takes the parameter away.
func form(card skidkabot.Card, pairs ...string) url.Values {
	values := url.Values{
		"fk_vendor": {"4"}, "vendor_secret": {"31337"}, "kassa": {"3"}, "summa": {"10"},
		"fk_client": {decimal.NewFromInt(card.Client).String()},
		"qr_secret": {decimal.NewFromInt(card.Secret.Reveal()).String()},
	}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			values.Del(pairs[i])
		}
	}
	return values
}

// ask calls the handler without a network.
func ask(service *skidkabotsim.Server, path string, values url.Values) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	service.ServeHTTP(recorder, request)
	return recorder
}

// TestPublishedReplies compares replies with PROTOCOLS.md, section 1, byte for byte.
func TestPublishedReplies(t *testing.T) {
	service, _ := newService()
	card := service.IssueQR(client1)
	if got, want := card.Payload(), `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`; got != want {
		t.Errorf("got QR %s, want %s", got, want)
	}
	for _, test := range []struct {
		path   string
		values url.Values
		want   string
	}{
		{skidkabot.PathBalance, form(card), `{ "code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": 2365, "p_plus": 2, "p_minus": 10 }`},
		{skidkabot.PathAccrue, form(card), `{ "code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": 2375 }`},
		{skidkabot.PathRedeem, form(card), `{ "code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": 2365 }`},
		{skidkabot.PathBalance, form(card, "qr_secret", "1"), `{ "code": 8, "text": "Неверная контрольная сумма QR-кода. Перевыпустите QR-код." }`},
	} {
		got := ask(service, test.path, test.values)
		if got.Code != http.StatusOK || got.Body.String() != test.want {
			t.Errorf("%s: got %d %s, want %s", test.path, got.Code, got.Body, test.want)
		}
		if date := got.Header().Get("Date"); date != "Fri, 17 May 2024 19:42:03 GMT" {
			t.Errorf("got Date %q, want the server's clock", date)
		}
	}
}

// answer is the part of a reply that these tests look at.
type answer struct {
	Code    skidkabot.Code
	Text    string
	Balance decimal.Decimal
	PPlus   decimal.Decimal `json:"p_plus"`
	PMinus  decimal.Decimal `json:"p_minus"`
}

func decode(t *testing.T, recorder *httptest.ResponseRecorder) answer {
	t.Helper()
	var got answer
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v", recorder.Body, err)
	}
	return got
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name  string
		path  string
		pairs []string
		debt  bool
		code  skidkabot.Code
		text  string
	}{
		{"no vendor", skidkabot.PathBalance, []string{"fk_vendor", ""}, false, 1, "Не хватает обязательного параметра: Код магазина (fk_vendor)"},
		{"vendor no number", skidkabot.PathBalance, []string{"fk_vendor", "4.0"}, false, 1, "Не хватает обязательного параметра: Код магазина (fk_vendor)"},
		{"no client", skidkabot.PathBalance, []string{"fk_client", ""}, false, 2, "Не хватает обязательного параметра: Код клиента (fk_client)"},
		{"no vendor secret", skidkabot.PathBalance, []string{"vendor_secret", ""}, false, 3, "Не хватает обязательного параметра: Секретный ключ магазина (vendor_secret)"},
		{"no QR secret", skidkabot.PathBalance, []string{"qr_secret", ""}, false, 4, "Не хватает обязательного параметра: Временный ключ QR-кода (qr_secret)"},
		{"several missing", skidkabot.PathBalance, []string{"qr_secret", "", "fk_client", ""}, false, 2, "Не хватает обязательного параметра: Код клиента (fk_client)"},
		{"other vendor", skidkabot.PathBalance, []string{"fk_vendor", "5"}, false, 5, "Магазин с таким сочетанием кода и секретного ключа не найден"},
		{"other vendor secret", skidkabot.PathBalance, []string{"vendor_secret", "1"}, true, 5, "Магазин с таким сочетанием кода и секретного ключа не найден"},
		{"unknown client", skidkabot.PathBalance, []string{"fk_client", "1"}, false, 6, "Клиент не зарегистрирован в базе данных"},
		{"no QR made", skidkabot.PathBalance, []string{"fk_client", "7"}, false, 7, "QR-код не зарегистрирован в базе данных"},
		{"other secret", skidkabot.PathBalance, []string{"qr_secret", "1"}, false, 8, "Неверная контрольная сумма QR-кода. Перевыпустите QR-код."},
		{"accrue nothing", skidkabot.PathAccrue, []string{"summa", ""}, false, 11, "Не хватает обязательного параметра: Сумма прибавляемых бонусов (summa)"},
		{"accrue zero", skidkabot.PathAccrue, []string{"summa", "0"}, false, 11, "Не хватает обязательного параметра: Сумма прибавляемых бонусов (summa)"},
		{"accrue less", skidkabot.PathAccrue, []string{"summa", "-5"}, false, 11, "Не хватает обязательного параметра: Сумма прибавляемых бонусов (summa)"},
		{"redeem nothing", skidkabot.PathRedeem, []string{"summa", ""}, false, 12, "Не хватает обязательного параметра: Сумма списываемых бонусов (summa)"},
		{"redeem too much", skidkabot.PathRedeem, []string{"summa", "2366"}, false, 13, "У клиента не хватает баллов для списания."},
		{"debt", skidkabot.PathRedeem, nil, true, 15, "Извините, на вашем счете отрицательный баланс и СкидкаБот не работает. Пополните ваш баланс на сайте http://skidkabot.ru"},
	} {
		t.Run(test.name, func(t *testing.T) {
			service, _ := newService()
			service.AddCustomer(skidkabotsim.Customer{Client: 7})
			service.SetDebt(test.debt)
			got := decode(t, ask(service, test.path, form(service.IssueQR(client1), test.pairs...)))
			if got.Code != test.code || got.Text != test.text || skidkabotsim.Text(test.code) != test.text {
				t.Errorf("got %d %q, want %d %q", got.Code, got.Text, test.code, test.text)
			}
			if len(service.Ledger()) != 0 || !service.Balance(client1).Equal(points(2365)) {
				t.Errorf("a refusal moved points: balance %s", service.Balance(client1))
			}
		})
	}
}

func TestQRLivesADay(t *testing.T) {
	service, clock := newService()
	old := service.IssueQR(client1)
	clock.add(time.Hour)
	fresh := service.IssueQR(client1)
	if old.Secret == fresh.Secret {
		t.Fatal("a fresh QR has the same secret")
	}
	for _, step := range []struct {
		wait               time.Duration
		oldCode, freshCode skidkabot.Code
	}{
		{0, 0, 0},
		{23*time.Hour - time.Second, 0, 0},
		{time.Second, skidkabot.CodeExpiredQR, 0},
		{time.Hour, skidkabot.CodeExpiredQR, skidkabot.CodeExpiredQR},
	} {
		clock.add(step.wait)
		if got := decode(t, ask(service, skidkabot.PathBalance, form(old))).Code; got != step.oldCode {
			t.Errorf("at %v: old QR got %v, want %v", clock.Now(), got, step.oldCode)
		}
		if got := decode(t, ask(service, skidkabot.PathBalance, form(fresh))).Code; got != step.freshCode {
			t.Errorf("at %v: fresh QR got %v, want %v", clock.Now(), got, step.freshCode)
		}
	}
}

func TestIssueQRAt(t *testing.T) {
	service, clock := newService()
	card := service.IssueQRAt(client1, clock.Now().Add(-skidkabotsim.QRLife))
	if got := decode(t, ask(service, skidkabot.PathBalance, form(card))).Code; got != skidkabot.CodeExpiredQR {
		t.Errorf("got %v, want an expired QR", got)
	}
	if stranger := service.IssueQR(99); stranger.Client != 99 || stranger.Vendor != 4 {
		t.Errorf("got %v for a stranger", stranger)
	}
}

func TestSecretsDiffer(t *testing.T) {
	service, _ := newService()
	seen := make(map[skidkabot.Secret]bool)
	for range 10_000 {
		secret := service.IssueQR(client1).Secret
		if seen[secret] || secret.Reveal() < 10_000 || secret.Reveal() > 99_999 {
			t.Fatalf("secret %d repeats or has not five digits", secret.Reveal())
		}
		seen[secret] = true
	}
}

func TestSettings(t *testing.T) {
	service := &skidkabotsim.Server{Vendor: 9, VendorSecret: 77}
	service.AddCustomer(skidkabotsim.Customer{Client: 1, Balance: decimal.RequireFromString("-1.50")})
	service.SetPercents(decimal.RequireFromString("2.5"), points(50))
	card := service.IssueQR(1)
	if card.Vendor != 9 {
		t.Errorf("got vendor %d, want 9", card.Vendor)
	}
	got := decode(t, ask(service, skidkabot.PathBalance, form(card, "fk_vendor", "9", "vendor_secret", "77")))
	if got.Code != 0 || got.PPlus.String() != "2.5" || got.PMinus.String() != "50" || got.Balance.String() != "-1.5" {
		t.Errorf("got %+v", got)
	}
	service.AddCustomer(skidkabotsim.Customer{Client: 1, FirstName: "Анна", Balance: points(3)})
	if got := decode(t, ask(service, skidkabot.PathBalance, form(card, "fk_vendor", "9", "vendor_secret", "77"))); got.Code != 0 || got.Balance.String() != "3" {
		t.Errorf("after a change of the customer: got %+v", got)
	}
}

func TestForeignHand(t *testing.T) {
	service, _ := newService()
	service.SetBalance(client1, points(5))
	service.SetBalance(99, points(5))
	if got := service.Balance(client1); !got.Equal(points(5)) {
		t.Errorf("got %s, want 5", got)
	}
	if got := service.Balance(99); !got.IsZero() || len(service.Ledger()) != 0 {
		t.Errorf("a stranger has %s, the ledger %d entries", got, len(service.Ledger()))
	}
}

func TestLedger(t *testing.T) {
	service, clock := newService()
	card := service.IssueQR(client1)
	ask(service, skidkabot.PathBalance, form(card))
	ask(service, skidkabot.PathAccrue, form(card, "summa", "35"))
	clock.add(time.Minute)
	ask(service, skidkabot.PathRedeem, form(card, "summa", "9999"))
	ask(service, skidkabot.PathRedeem, form(card, "summa", "400", "kassa", ""))
	got := service.Ledger()
	if len(got) != 2 {
		t.Fatalf("got %d entries, want 2", len(got))
	}
	accrued, redeemed := got[0], got[1]
	if accrued.Seq != 1 || accrued.Kind != skidkabotsim.Accrue || !accrued.Points.Equal(points(35)) || accrued.Client != client1 ||
		!accrued.BalanceAfter.Equal(points(2400)) || accrued.Register != 3 || accrued.RequestNo != 2 || !accrued.At.Equal(clock.Now().Add(-time.Minute)) {
		t.Errorf("got accrual %+v", accrued)
	}
	if redeemed.Seq != 2 || redeemed.Kind != skidkabotsim.Redeem || !redeemed.Points.Equal(points(400)) ||
		!redeemed.BalanceAfter.Equal(points(2000)) || redeemed.Register != 0 || redeemed.RequestNo != 4 || !redeemed.At.Equal(clock.Now()) {
		t.Errorf("got redemption %+v", redeemed)
	}
	got[0].Seq = 77
	if service.Ledger()[0].Seq != 1 {
		t.Error("the ledger can be changed from outside")
	}
}

func TestRequests(t *testing.T) {
	service, _ := newService()
	ask(service, skidkabot.PathAccrue, url.Values{"summa": {"5"}})
	ask(service, "/elsewhere", nil)
	if got := service.Count(skidkabot.PathAccrue); got != 1 {
		t.Errorf("got %d accruals, want 1", got)
	}
	if got := service.Count(""); got != 2 {
		t.Errorf("got %d requests, want 2", got)
	}
	first := service.Requests()[0]
	if first.No != 1 || first.Method != http.MethodPost || first.Path != skidkabot.PathAccrue || first.Form.Get("summa") != "5" || first.RemoteAddr == "" {
		t.Errorf("got %+v", first)
	}
}

func TestNotForms(t *testing.T) {
	service, _ := newService()
	card := service.IssueQR(client1)
	for name, request := range map[string]*http.Request{
		"GET with a query": httptest.NewRequest(http.MethodGet, skidkabot.PathBalance+"?"+form(card).Encode(), nil),
		"JSON":             httptest.NewRequest(http.MethodPost, skidkabot.PathBalance, strings.NewReader(`{"fk_vendor":4}`)),
		"too large":        largeForm(card),
	} {
		recorder := httptest.NewRecorder()
		service.ServeHTTP(recorder, request)
		if got := decode(t, recorder); got.Code != skidkabot.CodeNoVendor {
			t.Errorf("%s: got %d, want %d", name, got.Code, skidkabot.CodeNoVendor)
		}
	}
	if got := ask(service, "/index.php", nil).Code; got != http.StatusNotFound {
		t.Errorf("got %d for an unknown path, want 404", got)
	}
}

func largeForm(card skidkabot.Card) *http.Request {
	values := form(card, "padding", strings.Repeat("x", 1<<20))
	request := httptest.NewRequest(http.MethodPost, skidkabot.PathBalance, strings.NewReader(values.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request
}

func TestRequestsAreBounded(t *testing.T) {
	service, _ := newService()
	for range 10_005 {
		ask(service, "/x", nil)
	}
	got := service.Requests()
	if len(got) != 10_000 || got[0].No != 6 || got[len(got)-1].No != 10_005 {
		t.Errorf("got %d requests, %d to %d", len(got), got[0].No, got[len(got)-1].No)
	}
	if count := service.Count("/x"); count != 10_005 {
		t.Errorf("got count %d, want 10005", count)
	}
}

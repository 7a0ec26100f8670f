package waiterapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// refuse is a book in which every check-in and un-check-in ends with an error.
func refuse(err error) *book {
	return &book{
		checkIn:  func(context.Context, orders.CheckIn) (orders.Order, error) { return orders.Order{}, err },
		checkOut: func(context.Context, uuid.UUID, string) error { return err },
	}
}

// message is the body of a 200 with which nobody is bound.
func message(words string) string { return `{"WaiterMessage":"` + words + `"}` }

const (
	wordsDown    = "Skidkabot не отвечает, гость не привязан. Попробуйте через минуту."
	wordsOff     = "Skidkabot не работает для нашего заведения. Позовите администратора."
	wordsExpired = "QR устарел. Попросите гостя открыть новый QR в боте."
	wordsTyped   = "Номер вводить нельзя. Отсканируйте QR гостя из бота Skidkabot."
	wordsOther   = "Это не QR гостя. Нужен QR из бота Skidkabot."
	wordsTrouble = "На кассе ошибка. Повторите, а если не поможет, позовите администратора."
)

func TestEveryFailureOfACheckInHasItsWords(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"service down", &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errors.New("refused")}, wordsDown},
		{"no answer in time", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, wordsDown},
		{"deadline", fmt.Errorf("book: %w", context.DeadlineExceeded), wordsDown},
		{"unreadable refusal", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: skidkabot.CodeDebt}, wordsOff},
		{"unknown client", &skidkabot.RefusedError{Code: 6}, "Гость не зарегистрирован в Skidkabot. Пусть откроет бота и покажет QR."},
		{"unknown QR", &skidkabot.RefusedError{Code: 7}, wordsExpired},
		{"wrong QR", &skidkabot.RefusedError{Code: 8}, wordsExpired},
		{"expired QR", fmt.Errorf("book: %w", &skidkabot.RefusedError{Code: 9}), wordsExpired},
		{"unknown shop", &skidkabot.RefusedError{Code: 5}, wordsOff},
		{"debt", &skidkabot.RefusedError{Code: 15}, wordsOff},
		{"another code", &skidkabot.RefusedError{Code: 3}, "Skidkabot отказал (код 3). Позовите администратора."},
		{"no secret", &skidkabot.NotSentError{Phase: skidkabot.PhaseSecret, Err: errors.New("locked")}, wordsTrouble},
		{"journal", &loyalty.JournalError{Err: errors.New("disk")}, wordsTrouble},
		{"conflict", orders.ErrConflict, wordsTrouble},
		{"other guest", orders.ErrOtherGuest, "К заказу привязан другой гость. Сначала отвяжите его."},
		{"points moved", orders.ErrPointsMoved, "По этому заказу баллы уже проводят. Менять гостя нельзя, спросите кассира."},
		{"closed", orders.ErrClosed, "Этот заказ на кассе уже закрыт. Спросите кассира."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t, options(refuse(test.err))).ask("POST", order("/checkin"), `{"Value":"x"}`)
			if a.Status != 200 || a.Body != message(test.want) {
				t.Errorf("got %d %s\nwant 200 %s", a.Status, a.Body, message(test.want))
			}
		})
	}
}

// The till may change its language while it runs: handhelds read the new one from then on.
func TestHandheldsFollowTheLanguageOfTheTill(t *testing.T) {
	o := options(refuse(orders.ErrClosed))
	d := open(t, o)
	for _, test := range []struct {
		lang texts.Lang
		want string
	}{
		{texts.Russian, "Этот заказ на кассе уже закрыт. Спросите кассира."},
		{texts.Ukrainian, "Це замовлення на касі вже закрито. Спитайте касира."},
		{texts.English, "This order is closed at the till already. Ask the cashier."},
	} {
		o.Texts.SetLang(test.lang)
		if a := d.ask("POST", order("/checkin"), `{"Value":"x"}`); a.Body != message(test.want) {
			t.Errorf("%s: %s, want %s", test.lang, a.Body, message(test.want))
		}
	}
}

func TestEveryWrongScanHasItsWords(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"foreign":     {`{"type":"Skidkabot","vendor":5,"client":1,"secret":2}`, "Это QR другого заведения. Попросите гостя открыть QR нашего."},
		"damaged":     {`{"type":"Skidkabot","vendor":4,"client":`, "QR прочитан с ошибкой. Отсканируйте ещё раз."},
		"barcode":     {"4006381333931", "Это штрихкод товара. Отсканируйте QR гостя из бота Skidkabot."},
		"link":        {"https://example.com", wordsOther},
		"other":       {"ABC-123", wordsOther},
		"card number": {"149725735", wordsTyped},
		"phone":       {"+7 (912) 345-67-88", wordsTyped},
		"nothing":     {"", wordsTyped},
	}
	b := &book{checkIn: func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
		_, err := loyalty.Identify(in.Text, card.Vendor)
		return orders.Order{}, err
	}}
	d := open(t, options(b))
	for name, test := range tests {
		a := d.ask("POST", order("/checkin"), fmt.Sprintf(`{"Value":%q}`, test.value))
		if a.Status != 200 || a.Body != message(test.want) {
			t.Errorf("%s: got %d %s\nwant 200 %s", name, a.Status, a.Body, message(test.want))
		}
	}
	layout := &loyalty.ScanError{Problem: loyalty.ScanLayout, Layout: "French"}
	a := open(t, options(refuse(layout))).ask("POST", order("/checkin"), `{"Value":"x"}`)
	if want := message("Скан не читается. Включите английскую раскладку и отсканируйте ещё раз."); a.Body != want {
		t.Errorf("layout: got %s, want %s", a.Body, want)
	}
}

// What ASP.NET clients send, and what nobody should.
func TestBodies(t *testing.T) {
	tests := []struct {
		name, method, body, contentType string
		status                          int
		value                           string // that the book is asked for
	}{
		{"as published", "POST", `{"Value":"v","WaiterPin":"12345"}`, "application/json", 204, "v"},
		{"other case", "POST", `{"vALUE":"v","waiterpin":"1"}`, "application/json; charset=UTF-8", 204, "v"},
		{"BOM and space", "POST", "\ufeff \n{\"value\":\"v\"} \n", "application/json", 204, "v"},
		{"unknown properties", "POST", `{"Value":"v","Extra":{"a":[1,{"b":null}]}}`, "application/json", 204, "v"},
		{"doubled, the last counts", "POST", `{"Value":"a","value":"v"}`, "application/json", 204, "v"},
		{"null PIN", "POST", `{"Value":"v","WaiterPin":null}`, "application/json", 204, "v"},
		{"no content type", "POST", `{"Value":"v"}`, "", 204, "v"},
		{"a type of JSON", "POST", `{"Value":"v"}`, "application/vnd.x+json", 204, "v"},
		{"escapes", "POST", `{"Value":"\u0076\"}{"}`, "text/json", 204, `v"}{`},
		{"no value", "POST", `{"WaiterPin":"1"}`, "application/json", 400, ""},
		{"null value", "POST", `{"Value":null}`, "application/json", 400, ""},
		{"wrong type", "POST", `{"Value":149725735}`, "application/json", 400, ""},
		{"wrong type of PIN", "POST", `{"Value":"v","WaiterPin":12345}`, "application/json", 400, ""},
		{"array", "POST", `["v"]`, "application/json", 400, ""},
		{"null", "POST", `null`, "application/json", 400, ""},
		{"two objects", "POST", `{"Value":"v"}{}`, "application/json", 400, ""},
		{"half", "POST", `{"Value":"v"`, "application/json", 400, ""},
		{"bad UTF-8", "POST", "{\"Value\":\"\xff\"}", "application/json", 400, ""},
		{"deep", "POST", `{"Value":"v","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "application/json", 400, ""},
		{"deep enough", "POST", `{"Value":"v","x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`, "application/json", 204, "v"},
		{"form", "POST", `Value=v`, "application/x-www-form-urlencoded", 415, ""},
		{"UTF-16", "POST", `{"Value":"v"}`, "application/json; charset=utf-16", 415, ""},
		{"broken type", "POST", `{"Value":"v"}`, "application/json; =", 415, ""},
		{"too large", "POST", `{"Value":"` + strings.Repeat("v", 16<<10) + `"}`, "application/json", 413, ""},
		{"no body", "POST", "", "application/json", 400, ""},
		{"DELETE without a body", "DELETE", "", "", 204, "deleted"},
		{"DELETE with one", "DELETE", `{"waiterPin":"1"}`, "application/json; charset=utf-8", 204, "deleted"},
		{"DELETE with a wrong one", "DELETE", `[]`, "application/json", 400, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			d := open(t, options(&book{
				checkIn: func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
					got = in.Text
					return orders.Order{}, nil
				},
				checkOut: func(context.Context, uuid.UUID, string) error {
					got = "deleted"
					return nil
				},
			}))
			a := d.ask(test.method, order("/checkin"), test.body, func(r *http.Request) { r.Header.Set("Content-Type", test.contentType) })
			if a.Status != test.status || got != test.value {
				t.Errorf("got %d %s and the value %q, want %d and %q", a.Status, a.Body, got, test.status, test.value)
			}
		})
	}
}

func TestCheckOut(t *testing.T) {
	for err, want := range map[error]int{
		nil: 204, orders.ErrNotFound: 204, orders.ErrNoGuest: 204, orders.ErrClosed: 204, orders.ErrPointsMoved: 200, orders.ErrConflict: 200,
	} {
		if a := open(t, options(refuse(err))).ask("DELETE", order("/checkin"), `{}`); a.Status != want {
			t.Errorf("%v: got %d %s, want %d", err, a.Status, a.Body, want)
		}
	}
}

// pins are waiters with PINs.
type pins struct {
	names map[string]string
	err   error
	gate  func()
}

func (p pins) Check(_ context.Context, pin string) (string, bool, error) {
	if p.gate != nil {
		p.gate()
	}
	name, ok := p.names[pin]
	return name, ok, p.err
}

func TestPINs(t *testing.T) {
	var waiters []string
	o := options(&book{
		checkIn: func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
			waiters = append(waiters, in.Waiter)
			return orders.Order{}, nil
		},
		checkOut: func(_ context.Context, _ uuid.UUID, waiter string) error {
			waiters = append(waiters, waiter)
			return nil
		},
	})
	o.Waiters = pins{names: map[string]string{"98765": "Оля"}}
	d := open(t, o)
	unknown := message("Неизвестный PIN официанта. Введите свой PIN.")
	for _, method := range []string{"POST", "DELETE"} {
		if a := d.ask(method, order("/checkin"), `{"Value":"v","WaiterPin":"98765"}`); a.Status != 204 {
			t.Errorf("%s with a PIN: got %d %s", method, a.Status, a.Body)
		}
		for _, body := range []string{`{"Value":"v","WaiterPin":"24680"}`, `{"Value":"v"}`} {
			if a := d.ask(method, order("/checkin"), body); a.Status != 200 || a.Body != unknown {
				t.Errorf("%s %s: got %d %s", method, body, a.Status, a.Body)
			}
		}
	}
	if got := strings.Join(waiters, " "); got != "Оля Оля" {
		t.Errorf("the book was asked by %q", got)
	}
	if log := d.log.String(); strings.Contains(log, "98765") || strings.Contains(log, "24680") {
		t.Errorf("a PIN is in the log:\n%s", log)
	}

	o.Waiters = pins{err: errors.New("the keyring is locked")}
	if a := open(t, o).ask("POST", order("/checkin"), `{"Value":"v","WaiterPin":"1"}`); a.Body != message("PIN сейчас не проверить. Позовите администратора.") {
		t.Errorf("no PIN can be checked: got %d %s", a.Status, a.Body)
	}
}

// The reduced mode: 200 always, and nobody is bound.
func TestMessageMode(t *testing.T) {
	qr := fmt.Sprintf(`{"Value":%q}`, card.Payload())
	tests := []struct {
		name, body string
		guest      loyalty.Guest
		err        error
		want       string
	}{
		{"guest", qr, loyalty.Guest{Name: "Анна", Balance: number("2365")}, nil, "Анна. Баланс: 2\u00a0365\u00a0баллов. Баллы проводит кассир."},
		{"nameless", qr, loyalty.Guest{Balance: number("1")}, nil, "Баланс гостя: 1\u00a0балл. Баллы проводит кассир."},
		{"service down", qr, loyalty.Guest{}, &skidkabot.NotSentError{}, wordsDown},
		{"typed", `{"Value":"12345"}`, loyalty.Guest{}, nil, wordsTyped},
	}
	for _, test := range tests {
		o := options(refuse(errors.New("the book was asked")))
		o.Mode = waiterapi.ModeMessage
		o.Desk = desk{greet: func(ctx context.Context, got skidkabot.Card) (loyalty.Guest, error) {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > orders.CheckInLimit || got != card {
				t.Errorf("%s: greeted %v until %v", test.name, got, deadline)
			}
			return test.guest, test.err
		}}
		if a := open(t, o).ask("POST", order("/checkin"), test.body); a.Status != 200 || a.Body != message(test.want) {
			t.Errorf("%s: got %d %s\nwant 200 %s", test.name, a.Status, a.Body, message(test.want))
		}
	}
}

func TestOnlyFailedCheckInsAreLimited(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		tries int // that are let through
	}{
		{"a wrong scan", &loyalty.ScanError{Problem: loyalty.ScanOther}, 20},
		{"an expired QR", &skidkabot.RefusedError{Code: 9}, 20},
		{"service down", &skidkabot.NotSentError{}, 100},
		{"points moved", orders.ErrPointsMoved, 100},
		{"success", nil, 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := open(t, options(refuse(test.err)))
			body := `{"Value":"not a QR"}`
			passed := 0
			for passed < 100 && d.ask("POST", order("/checkin"), body).Status != http.StatusTooManyRequests {
				passed++
			}
			if passed != test.tries {
				t.Fatalf("%d tries were let through, want %d", passed, test.tries)
			}
			if passed == 100 {
				return
			}
			if a := d.ask("DELETE", order("/checkin"), ""); a.Status != 429 || a.Header.Get("Retry-After") != "3" {
				t.Errorf("got %d %v", a.Status, a.Header)
			}
			if a := d.ask("GET", order("/loyalty"), ""); a.Status != 204 {
				t.Errorf("reading is limited too: %d", a.Status)
			}
			d.clock.Advance(3 * time.Second)
			if a := d.ask("POST", order("/checkin"), body); a.Status != 200 {
				t.Errorf("after Retry-After: %d %s", a.Status, a.Body)
			}
		})
	}
}

func TestUnknownPINsCountHarder(t *testing.T) {
	o := options(new(book))
	o.Waiters = pins{}
	d := open(t, o)
	passed := 0
	for d.ask("POST", order("/checkin"), `{"Value":"v","WaiterPin":"1"}`).Status == 200 {
		passed++
	}
	if passed != 5 {
		t.Errorf("%d guesses were let through at once, want 5", passed)
	}
}

// A slow service does not pile up check-ins, and each is answered within 5 s.
func TestCheckInsAtATimeAreBounded(t *testing.T) {
	entered, leave := make(chan struct{}, 100), make(chan struct{})
	d := open(t, options(&book{checkIn: func(ctx context.Context, _ orders.CheckIn) (orders.Order, error) {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 5*time.Second {
			t.Errorf("the book may take until %v", deadline)
		}
		entered <- struct{}{}
		<-leave
		return orders.Order{}, nil
	}}))
	var waiting sync.WaitGroup
	for range 32 {
		waiting.Go(func() {
			if a := d.ask("POST", order("/checkin"), `{"Value":"v"}`); a.Status != 204 {
				t.Errorf("got %d %s", a.Status, a.Body)
			}
		})
	}
	for range 32 {
		<-entered
	}
	if a := d.ask("POST", order("/checkin"), `{"Value":"v"}`); a.Body != message("Касса занята. Повторите через несколько секунд.") {
		t.Errorf("the 33rd got %d %s", a.Status, a.Body)
	}
	close(leave)
	waiting.Wait()
	if a := d.ask("POST", order("/checkin"), `{"Value":"v"}`); a.Status != 204 {
		t.Errorf("afterwards: %d %s", a.Status, a.Body)
	}
}

func TestPINsAreCheckedTwoAtATime(t *testing.T) {
	entered, leave := make(chan struct{}, 100), make(chan struct{})
	o := options(new(book))
	o.Waiters = pins{names: map[string]string{"1": "Оля"}, gate: func() {
		entered <- struct{}{}
		<-leave
	}}
	d := open(t, o)
	var waiting sync.WaitGroup
	for range 5 {
		waiting.Go(func() { d.ask("POST", order("/checkin"), `{"Value":"v","WaiterPin":"1"}`) })
	}
	<-entered
	<-entered
	select {
	case <-entered:
		t.Error("a third PIN is checked beside two")
	case <-time.After(50 * time.Millisecond): // that it does not come can only be waited for
	}
	close(leave)
	waiting.Wait()
}

func TestAPanicIsA500AndTheDoorLivesOn(t *testing.T) {
	d := open(t, options(&book{checkIn: func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
		if in.Text != "fine" {
			panic("secret " + in.Text)
		}
		return orders.Order{}, nil
	}}))
	for range 40 { // more than there are slots: a panic gives its slot back
		if a := d.ask("POST", order("/checkin"), `{"Value":"31766"}`); a.Status != 500 {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
	}
	if a := d.ask("POST", order("/checkin"), `{"Value":"fine"}`); a.Status != 204 {
		t.Errorf("afterwards: %d %s", a.Status, a.Body)
	}
	log := d.log.String()
	if strings.Contains(log, "31766") || !strings.Contains(log, "panicked") {
		t.Errorf("the log has the value, or no panic:\n%s", log[:min(len(log), 2000)])
	}
}

func TestTheLogHasNoScan(t *testing.T) {
	d := open(t, options(new(book)))
	d.ask("POST", order("/checkin"), fmt.Sprintf(`{"Value":%q}`, card.Payload()))
	d.ask("GET", "/31766/83532824", "")
	if log := d.log.String(); strings.Contains(log, "31766") || strings.Contains(log, "83532824") || !strings.Contains(log, "status=204") {
		t.Errorf("the log has what was scanned, or nothing:\n%s", log)
	}
}

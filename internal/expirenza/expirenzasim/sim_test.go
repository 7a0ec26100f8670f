package expirenzasim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

const testLimit = 2 * time.Minute

// till is the least that a till can be: it connects, and posts what it is told to.
type till struct {
	t    *testing.T
	sim  *Server
	base string // of callbacks
	conn *websocket.Conn
}

// newTill makes a service and a till that is connected to it.
func newTill(t *testing.T, sim *Server) *till {
	t.Helper()
	address, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	b := &till{t: t, sim: sim, base: "http" + strings.TrimPrefix(address, "ws")}
	conn, _, err := b.dial(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	b.conn = conn
	if err := sim.AwaitTill(limited(t)); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *till) dial(change func(http.Header)) (*websocket.Conn, *http.Response, error) {
	header := http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(TestRestoID+":"+TestSecret))},
		"Cookie":        {"system=TEST"},
	}
	if change != nil {
		change(header)
	}
	ctx, cancel := context.WithTimeout(b.t.Context(), testLimit)
	defer cancel()
	return websocket.Dial(ctx, b.base+socketPath, &websocket.DialOptions{HTTPHeader: header})
}

// hear reads the next message.
func (b *till) hear() map[string]any {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), testLimit)
	defer cancel()
	_, frame, err := b.conn.Read(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(frame, &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// post sends a callback and gives its status; 0 when there was no answer.
func (b *till) post(operation, body string, change ...func(*http.Request)) int {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+"/callback/"+operation, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(TestSecret))
	mac.Write([]byte(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("restoId", TestRestoID)
	request.Header.Set("signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, change := range change {
		change(request)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), testLimit)
	t.Cleanup(cancel)
	return ctx
}

func TestAMessageAndItsCallback(t *testing.T) {
	b := newTill(t, new(Server))
	rID, err := b.sim.Ask("checkWork", map[string]any{"extra": 1})
	if err != nil {
		t.Fatal(err)
	}
	if m := b.hear(); m["rID"] != rID || m["operation"] != "checkWork" || m["extra"] != 1.0 {
		t.Errorf("the till heard %v", m)
	}
	body := fmt.Sprintf(`{"rID":%q,"readyToWork":true}`, rID)
	if got := b.post("checkWork", body); got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	callback, err := b.sim.Await(limited(t), rID)
	if err != nil || string(callback.Body) != body || callback.Late || !callback.Taken || callback.Status != http.StatusOK {
		t.Errorf("%+v, %v", callback, err)
	}
	if got := b.sim.Violations(); len(got) != 0 {
		t.Errorf("violations %q", got)
	}
}

func TestAwaitBeforeTheCallback(t *testing.T) {
	b := newTill(t, new(Server))
	rID, err := b.sim.Ask("tablesInfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() { _, err := b.sim.Await(t.Context(), rID); got <- err }()
	for b.sim.waits() == 0 {
		time.Sleep(time.Millisecond)
	}
	b.post("tablesInfo", fmt.Sprintf(`{"rID":%q}`, rID))
	if err := <-got; err != nil {
		t.Error(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.sim.Await(over, "never"); !errors.Is(err, context.Canceled) {
		t.Errorf("Await: %v", err)
	}
}

func (s *Server) waits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

func TestWhatATillMayNotPost(t *testing.T) {
	b := newTill(t, new(Server))
	rID, err := b.sim.Ask("payBill", nil)
	if err != nil {
		t.Fatal(err)
	}
	reply := func(rest string) string { return fmt.Sprintf(`{"rID":%q%s}`, rID, rest) }
	good := reply(`,"billId":"1","state":"SUCCESS"`)
	for name, c := range map[string]struct {
		operation, body string
		change          func(*http.Request)
		status          int
	}{
		"in order":             {"payBill", good, nil, 200},
		"unknown path":         {"dance", good, nil, 404},
		"another method":       {"payBill", good, func(r *http.Request) { r.Method = http.MethodPut }, 405},
		"no JSON type":         {"payBill", good, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 400},
		"another restaurant":   {"payBill", good, func(r *http.Request) { r.Header.Set("restoId", "R-2") }, 403},
		"no signature":         {"payBill", good, func(r *http.Request) { r.Header.Del("signature") }, 401},
		"signature of another": {"payBill", good, func(r *http.Request) { r.Header.Set("signature", "AAAA") }, 401},
		"broken JSON":          {"payBill", good[1:], nil, 400},
		"no rID":               {"payBill", `{"billId":"1","state":"SUCCESS"}`, nil, 400},
		"foreign rID":          {"payBill", `{"rID":"x","billId":"1","state":"SUCCESS"}`, nil, 400},
		"no state":             {"payBill", reply(`,"billId":"1"`), nil, 400},
		"no bill":              {"payBill", reply(`,"state":"SUCCESS"`), nil, 400},
		"FAIL without a why":   {"payBill", reply(`,"billId":"1","state":"FAIL","substate":null`), nil, 400},
		"FAIL of getBill":      {"payBill", reply(`,"billId":"1","state":"FAIL","substate":"TABLE_NOT_FOUND"`), nil, 400},
		"cache":                {"webhook", `{"webhookType":"ORDERS_CACHE","eventTime":"2024-09-30T13:47:57Z","actualOrders":[{"billId":"7"}]}`, nil, 200},
		"cache without a time": {"webhook", `{"webhookType":"ORDERS_CACHE","eventTime":"now","actualOrders":[]}`, nil, 400},
		"cache without orders": {"webhook", `{"webhookType":"ORDERS_CACHE","eventTime":"2024-09-30T13:47:57Z"}`, nil, 400},
		"too much":             {"payBill", strings.Repeat(" ", bodyMaxBytes+1), nil, 413},
	} {
		before := len(b.sim.Violations())
		changes := []func(*http.Request){}
		if c.change != nil {
			changes = append(changes, c.change)
		}
		if got := b.post(c.operation, c.body, changes...); got != c.status && !(c.status == 413 && got == 0) {
			t.Errorf("%s: status %d, want %d", name, got, c.status)
		}
		broken := len(b.sim.Violations()) > before
		if want := c.status >= 400 && c.status != 413; broken != want {
			t.Errorf("%s: a violation is noted: %v", name, broken)
		}
	}
	if got := b.sim.Orders(); len(got) != 1 || got[0].BillID != "7" {
		t.Errorf("orders %v", got)
	}
}

func TestWhoMayConnect(t *testing.T) {
	sim := &Server{AttemptGap: time.Nanosecond}
	b := newTill(t, sim)
	for name, c := range map[string]struct {
		change func(http.Header)
		status int
		broken bool
	}{
		"no password":    {func(h http.Header) { h.Del("Authorization") }, 401, false},
		"wrong password": {func(h http.Header) { h.Set("Authorization", "Basic Ui0xOng=") }, 401, false},
		"no cookie":      {func(h http.Header) { h.Del("Cookie") }, 400, true},
	} {
		before := len(sim.Violations())
		_, response, err := b.dial(c.change)
		if err == nil || response.StatusCode != c.status {
			t.Errorf("%s: %v", name, err)
		}
		if got := len(sim.Violations()) > before; got != c.broken {
			t.Errorf("%s: a violation is noted: %v", name, got)
		}
	}
	attempts := sim.Attempts()
	if len(attempts) != 4 || attempts[0].Status != http.StatusSwitchingProtocols || attempts[3].Status == http.StatusSwitchingProtocols {
		t.Errorf("attempts %v", attempts)
	}
}

func TestATillThatComesBackTooSoonIsRefused(t *testing.T) {
	b := newTill(t, &Server{AttemptGap: time.Hour})
	if _, response, err := b.dial(nil); err == nil || response.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the second attempt: %v", err)
	}
	if got := b.sim.Violations(); len(got) != 1 || !strings.Contains(got[0], "after the last one") {
		t.Errorf("violations %q", got)
	}
}

func TestASecondConnectionEndsTheFirst(t *testing.T) {
	b := newTill(t, &Server{AttemptGap: time.Nanosecond})
	second, _, err := b.dial(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.conn.Read(limited(t)); err == nil { // and then the second is the till's
		t.Error("the first connection lives on")
	}
	b.conn = second
	if _, err := b.sim.Ask("checkWork", nil); err != nil {
		t.Fatal(err)
	}
	if m := b.hear(); m["operation"] != "checkWork" {
		t.Errorf("the second heard %v", m)
	}
}

func TestWhatTheTillSays(t *testing.T) {
	b := newTill(t, new(Server))
	for _, text := range []string{"Resto R-1 ping", "Resto R-1 ping", "hello"} {
		if err := b.conn.Write(limited(t), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for len(b.sim.Violations()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if got := b.sim.TextPings(); got != 2 {
		t.Errorf("%d text pings", got)
	}
}

func TestATillThatDoesNotAnswerPingsIsDropped(t *testing.T) {
	sim := &Server{Silence: 50 * time.Millisecond, Ping: 10 * time.Millisecond}
	b := newTill(t, sim)
	select { // this till reads nothing, so it answers nothing
	case <-b.gone():
	case <-time.After(testLimit):
		t.Error("it is still connected")
	}
}

// gone is closed when the service has let go of the till.
func (b *till) gone() <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			if _, err := b.sim.current(); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	return gone
}

func TestWithoutATill(t *testing.T) {
	var sim Server
	if _, err := sim.Ask("checkWork", nil); !errors.Is(err, ErrNoTill) {
		t.Errorf("Ask: %v", err)
	}
	if err := sim.Drop(); !errors.Is(err, ErrNoTill) {
		t.Errorf("Drop: %v", err)
	}
	if err := sim.CloseTill(websocket.StatusNormalClosure, ""); !errors.Is(err, ErrNoTill) {
		t.Errorf("CloseTill: %v", err)
	}
	if _, err := sim.GetBill(t.Context(), "1", ""); !errors.Is(err, ErrNoTill) {
		t.Errorf("GetBill: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sim.AwaitTill(over); !errors.Is(err, context.Canceled) {
		t.Errorf("AwaitTill: %v", err)
	}
}

func TestTheConnectionMayEnd(t *testing.T) {
	b := newTill(t, new(Server))
	read := make(chan error, 1)
	go func() { _, _, err := b.conn.Read(context.Background()); read <- err }()
	if err := b.sim.CloseTill(websocket.StatusServiceRestart, "soon"); err != nil {
		t.Error(err)
	}
	if err := <-read; websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("the till read %v", err)
	}

	b = newTill(t, new(Server))
	if err := b.sim.Drop(); err != nil {
		t.Error(err)
	}
	if _, _, err := b.conn.Read(limited(t)); err == nil || websocket.CloseStatus(err) != -1 {
		t.Errorf("the till read %v", err)
	}
}

func TestAPaymentIsAskedForUntilItIsClosed(t *testing.T) {
	b := newTill(t, &Server{Repeat: 20 * time.Millisecond})
	bill := uuid.New()
	paying := b.sim.Pay(Payment{
		Bill: bill, Sum: decimal.RequireFromString("129.2"), Tips: decimal.NewFromInt(5), Fiscal: []FiscalLine{{"k", "v"}},
	})
	var asked []string
	for range 3 {
		m := b.hear()
		if m["operation"] != "payBill" || m["billId"] != bill.String() || m["sum"] != 129.2 || m["tips"] != 5.0 || m["fiscalData"] == nil {
			t.Fatalf("the till heard %v", m)
		}
		rID := m["rID"].(string)
		asked = append(asked, rID)
		b.post("payBill", fmt.Sprintf(`{"rID":%q,"billId":"1","state":"FAIL","substate":"BILL_IN_USE"}`, rID))
	}
	if slices.Contains(asked[1:], asked[0]) {
		t.Errorf("rIDs %q, want a new one each time", asked)
	}
	// A late answer to an earlier request counts as well.
	b.post("payBill", fmt.Sprintf(`{"rID":%q,"billId":"1","state":"SUCCESS"}`, asked[0]))
	result, err := paying.Wait(limited(t))
	if err != nil || !result.Closed || result.Asked < 3 || result.Substate != "" {
		t.Errorf("%+v, %v", result, err)
	}
	if got := b.sim.waits(); got != 0 {
		t.Errorf("%d rIDs are still waited for", got)
	}
}

func TestAPaymentWithOneRID(t *testing.T) {
	b := newTill(t, &Server{Repeat: 20 * time.Millisecond})
	paying := b.sim.Pay(Payment{Bill: uuid.New(), Sum: decimal.NewFromInt(1), SameRequest: true})
	first, second := b.hear(), b.hear()
	if first["rID"] != second["rID"] {
		t.Errorf("rIDs %v and %v", first["rID"], second["rID"])
	}
	b.post("payBill", fmt.Sprintf(`{"rID":%q,"billId":"1","state":"FAIL","substate":"OTHER_ERROR"}`, first["rID"]))
	result, err := paying.Wait(limited(t))
	if err != nil || result.Closed || result.Substate != "OTHER_ERROR" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestAPaymentMayBeGivenUp(t *testing.T) {
	var sim Server
	paying := sim.Pay(Payment{Bill: uuid.New(), Sum: decimal.NewFromInt(1)})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := paying.Wait(over); err == nil {
		t.Error("it ended by itself")
	}
	paying.Stop()
	if result, err := paying.Wait(limited(t)); err != nil || result.Asked != 0 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestAPaymentRemembersSoManyRequests(t *testing.T) {
	sim := &Server{Repeat: time.Nanosecond}
	paying := sim.Pay(Payment{Bill: uuid.New(), Sum: decimal.NewFromInt(1)})
	for sim.numberedSoFar() < 3*maxRequests {
		time.Sleep(time.Millisecond)
	}
	if got := sim.waits(); got > maxRequests+1 {
		t.Errorf("%d rIDs are waited for", got)
	}
	paying.Stop()
	<-paying.done
}

func (s *Server) numberedSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.numbered
}

func TestGetBill(t *testing.T) {
	b := newTill(t, new(Server))
	go func() {
		m := b.hear()
		b.post("getBill", fmt.Sprintf(`{"rID":%q,"state":"SUCCESS","tableNumber":%q,"orders":[{"billId":%q,"totalSum":1.50}]}`, m["rID"], m["tableNumber"], m["billId"]))
	}()
	shown, err := b.sim.GetBill(limited(t), "12", "b")
	if err != nil || shown.TableNumber != "12" || len(shown.Orders) != 1 || shown.Orders[0].BillID != "b" || shown.Orders[0].TotalSum.String() != "1.5" {
		t.Errorf("%+v, %v", shown, err)
	}
	go func() {
		m := b.hear()
		b.post("getBill", fmt.Sprintf(`{"rID":%q,"state":"SUCCESS","tableNumber":12}`, m["rID"]))
	}()
	if _, err := b.sim.GetBill(limited(t), "12", ""); err == nil {
		t.Error("a table that is a number was taken")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.sim.GetBill(over, "12", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody answered, and %v", err)
	}
}

func TestFaultsOfMessages(t *testing.T) {
	b := newTill(t, new(Server))
	send := func(fault Fault, rIDs ...string) {
		b.sim.SetFault(fault)
		for _, rID := range rIDs {
			if err := b.sim.Send(Message{RID: rID, Operation: "checkWork"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	send(Duplicate(), "1")
	send(Lose(), "2")
	send(Reorder(), "3", "4", "5", "6")
	send(Fault{}, "7")
	var heard []any
	for range 7 {
		heard = append(heard, b.hear()["rID"])
	}
	if want := []any{"1", "1", "4", "3", "6", "5", "7"}; !slices.Equal(heard, want) {
		t.Errorf("the till heard %v, want %v", heard, want)
	}
	if err := b.sim.Send(Message{Operation: "x", Fields: map[string]any{"f": func() {}}}); err == nil {
		t.Error("what cannot be written was sent")
	}
}

func TestFaultsOfCallbacks(t *testing.T) {
	b := newTill(t, new(Server))
	rID, err := b.sim.Ask("usersInfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"rID":%q}`, rID)
	hold := make(chan struct{})
	close(hold)
	for name, c := range map[string]struct {
		fault  Fault
		status []int
		taken  int
	}{
		"refused twice":   {Refuse("usersInfo", 503, 2), []int{503, 503, 200}, 1},
		"another refused": {Refuse("payBill", 503, -1), []int{200}, 1},
		"all refused":     {Refuse("", 400, -1), []int{400, 400}, 0},
		"cut":             {Cut("usersInfo", 1), []int{0, 200}, 1},
		"answer lost":     {LoseAnswer("usersInfo", 1), []int{0, 200}, 2},
		"slow":            {Slow("usersInfo", time.Millisecond), []int{200}, 1},
		"held":            {Fault{Callback: func(Callback) *Answer { return &Answer{Taken: true, Hold: hold} }}, []int{200}, 1},
		"not touched":     {Fault{Callback: func(Callback) *Answer { return nil }}, []int{200}, 1},
	} {
		before := len(b.sim.Callbacks())
		b.sim.SetFault(c.fault)
		for i, want := range c.status {
			if got := b.post("usersInfo", body); got != want {
				t.Errorf("%s: answer %d is %d, want %d", name, i+1, got, want)
			}
		}
		taken := 0
		for _, callback := range b.sim.Callbacks()[before:] {
			if callback.Taken {
				taken++
			}
		}
		if taken != c.taken {
			t.Errorf("%s: %d were taken, want %d", name, taken, c.taken)
		}
	}
}

func TestALateCallback(t *testing.T) {
	b := newTill(t, &Server{Fresh: time.Nanosecond})
	rID, err := b.sim.Ask("hallplansInfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.post("hallplansInfo", fmt.Sprintf(`{"rID":%q}`, rID))
	if callback, err := b.sim.Await(limited(t), rID); err != nil || !callback.Late {
		t.Errorf("%+v, %v", callback, err)
	}
}

func TestDownAndUpAgain(t *testing.T) {
	b := newTill(t, &Server{AttemptGap: time.Nanosecond})
	for _, down := range []bool{true, true, false, false} {
		if err := b.sim.SetDown(down); err != nil {
			t.Fatal(err)
		}
		_, _, err := b.dial(nil)
		if (err != nil) != down {
			t.Errorf("down %v: %v", down, err)
		}
	}
	if _, err := b.sim.Start(); !errors.Is(err, errListening) {
		t.Errorf("Start again: %v", err)
	}
	if _, _, err := b.sim.StartTLS(); !errors.Is(err, errListening) {
		t.Errorf("StartTLS again: %v", err)
	}
	if err := b.sim.Close(); err != nil {
		t.Error(err)
	}
	if err := b.sim.SetDown(false); !errors.Is(err, errNotListening) {
		t.Errorf("SetDown after Close: %v", err)
	}
	if _, err := b.sim.Listen("256.0.0.1:1"); err == nil {
		t.Error("an address that does not exist was listened on")
	}
}

func TestCloseEndsWhatWaits(t *testing.T) {
	b := newTill(t, &Server{Repeat: time.Hour})
	paying := b.sim.Pay(Payment{Bill: uuid.New(), Sum: decimal.NewFromInt(1)})
	rID := b.hear()["rID"]
	var came [2]chan int
	for i, answer := range []Answer{{Hold: make(chan struct{})}, {Delay: time.Hour}} {
		b.sim.SetFault(Fault{Callback: func(Callback) *Answer { return &answer }})
		came[i] = make(chan int, 1)
		go func() { came[i] <- b.post("payBill", fmt.Sprintf(`{"rID":%q,"billId":"1","state":"SUCCESS"}`, rID)) }()
		for b.sim.receivedSoFar() <= i {
			time.Sleep(time.Millisecond)
		}
	}
	if err := b.sim.Close(); err != nil {
		t.Error(err)
	}
	if _, err := paying.Wait(limited(t)); err != nil {
		t.Errorf("the payment goes on: %v", err)
	}
	for i := range came {
		if got := <-came[i]; got != 0 {
			t.Errorf("callback %d was answered with %d", i+1, got)
		}
	}
	if _, _, err := b.conn.Read(limited(t)); err == nil {
		t.Error("the connection lives on")
	}
}

func (s *Server) receivedSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	list := []int{1, 2, 3}
	for i := 4; i < 10; i++ {
		list = remember(list, i, 3)
	}
	if want := []int{7, 8, 9}; !slices.Equal(list, want) {
		t.Errorf("got %v, want %v", list, want)
	}
	var sim Server
	for i := range maxAsked + 10 {
		sim.noteAsked(fmt.Sprint(i))
	}
	if len(sim.asked) != maxAsked || len(sim.askedOrder) != maxAsked {
		t.Errorf("%d rIDs are remembered", len(sim.asked))
	}
	for range maxViolations + 10 {
		sim.violate("x")
	}
	if got := len(sim.Violations()); got != maxViolations {
		t.Errorf("%d violations are remembered", got)
	}
}

func TestTheClockOfWhatIsWrittenDown(t *testing.T) {
	at := time.Date(2021, 3, 13, 0, 32, 4, 942046000, time.UTC)
	sim := &Server{Now: func() time.Time { return at }}
	if got, want := sim.newRID(), "2021-03-13 00:32:04.942046#SIM000001"; got != want {
		t.Errorf("rID %q, want %q", got, want)
	}
}

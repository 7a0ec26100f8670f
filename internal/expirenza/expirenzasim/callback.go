package expirenzasim

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// bodyMaxBytes is the longest callback that is read.
const bodyMaxBytes = 32 << 20

// A Callback is one callback as it came.
type Callback struct {
	No        int // from 1
	At        time.Time
	Operation string // of its path
	RID       string // empty for a webhook
	State     string // empty where the operation has none
	Substate  string
	Header    http.Header
	Body      []byte        // the exact bytes
	After     time.Duration // since its message; 0 for a webhook
	Late      bool
	Taken     bool
	Status    int // that it was answered; 0: its connection was cut
}

// An Order is an open order as the till shows it, as far as a guest would care.
type Order struct {
	BillID      string          `json:"billId"`
	OrderNumber *int64          `json:"orderNumber"`
	TotalSum    decimal.Decimal `json:"totalSum"`
	RawSum      decimal.Decimal `json:"rawSum"`
	BonusSum    decimal.Decimal `json:"bonusSum"`
	TableID     string          `json:"tableId"`
	Waiter      string          `json:"waiter"`
	Guests      []Guest         `json:"guests"`
}

// A Guest is a seat with its lines.
type Guest struct {
	Name   string `json:"name"`
	Dishes []Dish `json:"dishes"`
}

// A Dish is a line.
type Dish struct {
	DishID     string          `json:"dishId"`
	Name       string          `json:"name"`
	Count      decimal.Decimal `json:"count"`
	PositionID string          `json:"positionId"`
	Sum        decimal.Decimal `json:"sum"`
}

// body is what the service itself looks at.
type body struct {
	RID          string  `json:"rID"`
	State        *string `json:"state"`
	Substate     string  `json:"substate"`
	BillID       *string `json:"billId"`
	WebhookType  string  `json:"webhookType"`
	EventTime    string  `json:"eventTime"`
	ActualOrders []Order `json:"actualOrders"`
}

// refusal is an answer of the service that is not 200.
type refusal struct {
	status int
	why    string
}

// serveCallback takes a callback.
func (s *Server) serveCallback(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMaxBytes))
	if err != nil {
		http.Error(w, "", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	callback, said, refused := s.examine(r, raw)
	hook := s.fault.Callback
	s.mu.Unlock()
	answer := Answer{Taken: refused == nil}
	if refused != nil {
		answer.Status, answer.Body = refused.status, problem(refused.why)
	}
	if hook != nil && refused == nil {
		// The hook is called unlocked, so that it may ask the server things.
		if spoilt := hook(callback); spoilt != nil {
			answer = *spoilt
		}
	}
	if !s.network.pause(answer) || answer.Cut {
		s.keep(callback, said, answer.Taken)
		panic(http.ErrAbortHandler)
	}
	callback.Status = cmp.Or(answer.Status, http.StatusOK)
	s.keep(callback, said, answer.Taken)
	if answer.Body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(callback.Status)
	_, _ = io.WriteString(w, answer.Body)
}

// examine checks a callback against the published rules; mu is held.
func (s *Server) examine(r *http.Request, raw []byte) (Callback, body, *refusal) {
	operation, found := strings.CutPrefix(r.URL.Path, "/callback/")
	s.received++
	callback := Callback{No: s.received, At: s.now(), Operation: operation, Header: r.Header.Clone(), Body: bytes.Clone(raw)}
	refuse := func(status int, format string, args ...any) (Callback, body, *refusal) {
		why := fmt.Sprintf(format, args...)
		s.violate("callback %d, %s: %s", callback.No, operation, why)
		return callback, body{}, &refusal{status, why}
	}
	switch {
	case !found || !known[operation]:
		return refuse(http.StatusNotFound, "no such path")
	case r.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "method %s", r.Method)
	case r.Header.Get("Content-Type") != "application/json":
		return refuse(http.StatusBadRequest, "Content-Type %q", r.Header.Get("Content-Type"))
	case r.Header.Get("restoId") != s.restoID():
		return refuse(http.StatusForbidden, "another restaurant")
	case !s.signed(r.Header.Get("signature"), raw):
		return refuse(http.StatusUnauthorized, "the signature is wrong")
	}
	var said body
	if err := json.Unmarshal(raw, &said); err != nil {
		return refuse(http.StatusBadRequest, "the body: %v", err)
	}
	callback.RID, callback.Substate = said.RID, said.Substate
	if said.State != nil {
		callback.State = *said.State
	}
	if fault := said.fault(operation); fault != "" {
		return refuse(http.StatusBadRequest, "%s", fault)
	}
	if operation != "webhook" {
		asked, known := s.asked[said.RID]
		if !known {
			return refuse(http.StatusBadRequest, "nobody asked with the rID %q", said.RID)
		}
		callback.After = time.Since(asked)
		callback.Late = callback.After > cmp.Or(s.Fresh, 80*time.Second)
	}
	return callback, said, nil
}

func (s *Server) signed(signature string, raw []byte) bool {
	mac := hmac.New(sha256.New, []byte(s.secret()))
	mac.Write(raw)
	got, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && hmac.Equal(got, mac.Sum(nil))
}

// known are the callbacks that there are.
var known = map[string]bool{
	"payBill": true, "getBill": true, "tablesInfo": true, "hallplansInfo": true, "usersInfo": true, "checkWork": true,
	"versionInfo": true, "webhook": true,
}

// substates are those that a FAIL may have.
var substates = map[string]map[string]bool{
	"payBill": {
		"WRONG_REQUEST_SUM": true, "CASHIERS_SHIFT_CLOSED": true, "PRINTER_ERROR": true, "CLOSE_ORDER_BLOCKED": true,
		"BILL_IN_USE": true, "OTHER_ERROR": true,
	},
	"getBill": {"TABLE_NOT_FOUND": true, "ORDER_NOT_FOUND": true},
}

// fault says what is wrong with a body; empty: nothing.
func (b body) fault(operation string) string {
	allowed, hasState := substates[operation]
	switch {
	case operation == "webhook":
		if _, err := time.Parse(time.RFC3339, b.EventTime); b.WebhookType != "ORDERS_CACHE" || err != nil || b.ActualOrders == nil {
			return "no ORDERS_CACHE"
		}
	case b.RID == "":
		return "no rID"
	case hasState && (b.State == nil || *b.State != "SUCCESS" && *b.State != "FAIL"):
		return "no state"
	case hasState && *b.State == "FAIL" && !allowed[b.Substate]:
		return fmt.Sprintf("FAIL with the substate %q", b.Substate)
	case operation == "payBill" && b.BillID == nil:
		return "no billId"
	}
	return ""
}

// keep writes a callback down and tells those who wait for it, when the service took it.
func (s *Server) keep(callback Callback, said body, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	callback.Taken = taken
	s.callbacks = remember(s.callbacks, callback, maxCallbacks)
	if !taken {
		return
	}
	if callback.Operation == "webhook" {
		s.orders = said.ActualOrders
	}
	for _, told := range s.waiting[callback.RID] {
		select {
		case told <- callback:
		default: // it has been told and has not looked yet
		}
	}
}

// problem is the published body of a 400 or 500.
func problem(why string) string {
	text, _ := json.Marshal(why) // a text can always be written
	return fmt.Sprintf(`{"errCode":"SIM","errText":%s,"errTitle":"","errType":"FULLSCREEN","fieldErrors":[]}`, text)
}

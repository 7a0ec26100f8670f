package waiterapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// fedBody is what the POS says of an order: our own extension of the protocol. It is the whole order each time, not a change of it.
type fedBody struct {
	Number string
	Table  string
	Waiter string
	Sum    *amount
	Dishes []fedDish
}

type fedDish struct {
	SKU     string
	Name    string
	Count   amount
	Sum     amount
	Printed bool
}

// amount is a decimal as the feed has it: a plain JSON number, not negative, of at most twelve digits before the point and six behind it.
// Exponents are refused, because arithmetic on 1e999999999 would not end.
type amount struct{ decimal.Decimal }

var (
	amountPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$`)
	errAmount     = errors.New("waiterapi: not an amount")
)

// UnmarshalJSON implements [json.Unmarshaler].
func (a *amount) UnmarshalJSON(data []byte) error {
	if !amountPattern.Match(data) {
		return errAmount
	}
	var err error
	a.Decimal, err = decimal.NewFromString(string(data))
	return err
}

// withToken lets in only who knows the feed's token. The comparison takes as long whatever was sent.
func (s *Server) withToken(handle http.HandlerFunc) http.HandlerFunc {
	want := sha256.Sum256([]byte(s.FeedToken))
	return func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(token))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="order feed"`)
			problem(w, http.StatusUnauthorized, "the order feed needs its token")
			return
		}
		handle(w, r)
	}
}

// feed takes what an order is now.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	order, ok := orderID(w, r)
	if !ok {
		return
	}
	var body fedBody
	if !readBody(w, r, feedMaxBytes, &body) {
		return
	}
	if detail := body.fault(); detail != "" {
		problem(w, http.StatusBadRequest, detail)
		return
	}
	fed := body.fed()
	fed.Order = order
	s.finishFeed(w, r, func(ctx context.Context) error {
		_, err := s.Book.Feed(ctx, fed)
		return err
	})
}

// withdraw takes an order back, or tells that it was closed in the POS; an order that the till does not know is as good.
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request) {
	order, ok := orderID(w, r)
	if !ok {
		return
	}
	s.finishFeed(w, r, func(ctx context.Context) error {
		err := s.Book.Withdraw(ctx, order)
		if isAbsent(err) {
			err = nil
		}
		return err
	})
}

// finishFeed carries a step of the feed out and answers.
func (s *Server) finishFeed(w http.ResponseWriter, r *http.Request, act func(context.Context) error) {
	err := act(r.Context())
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, orders.ErrInvalid):
		problem(w, http.StatusBadRequest, "the order cannot be as it was described")
	case errors.Is(err, orders.ErrClosed):
		problem(w, http.StatusConflict, "the order is closed")
	default:
		s.Log.Error("the order feed failed", "route", r.Pattern, "err", err)
		w.Header().Set("Retry-After", "5")
		problem(w, http.StatusServiceUnavailable, "the order could not be kept; send it again")
	}
}

// fault says what the till does not take; empty: it takes all.
func (b *fedBody) fault() string {
	texts := []string{b.Number, b.Table, b.Waiter}
	if len(b.Dishes) > orders.MaxDishes {
		return fmt.Sprintf("more than %d dishes", orders.MaxDishes)
	}
	for _, dish := range b.Dishes {
		texts = append(texts, dish.SKU, dish.Name)
		if !dish.Count.IsPositive() {
			return "the count of a dish must be more than 0"
		}
	}
	for _, text := range texts {
		if utf8.RuneCountInString(text) > orders.MaxText {
			return fmt.Sprintf("a text of more than %d characters", orders.MaxText)
		}
	}
	return ""
}

// fed is the order for the book. Its texts are shown on a terminal, so what a terminal would act on is taken out.
func (b *fedBody) fed() orders.Fed {
	fed := orders.Fed{
		Number: skidkabot.Sanitize(b.Number), Table: skidkabot.Sanitize(b.Table), Waiter: skidkabot.Sanitize(b.Waiter),
	}
	if b.Sum != nil {
		fed.Sum = decimal.NewNullDecimal(b.Sum.Decimal)
	}
	for _, dish := range b.Dishes {
		fed.Dishes = append(fed.Dishes, orders.Dish{
			SKU: skidkabot.Sanitize(dish.SKU), Name: skidkabot.Sanitize(dish.Name),
			Count: dish.Count.Decimal, Sum: dish.Sum.Decimal, Printed: dish.Printed,
		})
	}
	return fed
}

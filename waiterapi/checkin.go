package waiterapi

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// checkInBody is what the handheld sends to check in, and without a Value to check out.
type checkInBody struct {
	Value     *string
	WaiterPin string
}

// checkIn binds the guest whose QR a waiter scanned: 204. When it does not, the waiter reads why: 200.
func (s *Server) checkIn(w http.ResponseWriter, r *http.Request) {
	order, ok := s.admit(w, r)
	if !ok {
		return
	}
	var body checkInBody
	if !readBody(w, r, bodyMaxBytes, &body) {
		return
	}
	if body.Value == nil {
		problem(w, http.StatusBadRequest, "the body lacks Value")
		return
	}
	s.answer(w, r, func(ctx context.Context) (string, error) {
		waiter, err := s.waiter(ctx, body.WaiterPin)
		if err != nil {
			return "", err
		}
		if s.Mode == ModeMessage {
			return s.greet(ctx, *body.Value)
		}
		_, err = s.Book.CheckIn(ctx, orders.CheckIn{Order: order, Text: *body.Value, Waiter: waiter})
		return "", explained(err, *body.Value)
	})
}

// checkOut takes the guest off the order: 204, also when nobody was bound. When it does not, the waiter reads why: 200.
func (s *Server) checkOut(w http.ResponseWriter, r *http.Request) {
	order, ok := s.admit(w, r)
	if !ok {
		return
	}
	var body checkInBody
	if !readOptionalBody(w, r, bodyMaxBytes, &body) {
		return
	}
	s.answer(w, r, func(ctx context.Context) (string, error) {
		waiter, err := s.waiter(ctx, body.WaiterPin)
		if err != nil {
			return "", err
		}
		err = s.Book.CheckOut(ctx, order, waiter)
		if isAbsent(err) {
			err = nil
		}
		return "", err
	})
}

// admit reads the order's id, and turns away an address that has failed too often. Otherwise the request is answered.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (order uuid.UUID, ok bool) {
	if order, ok = orderID(w, r); !ok {
		return uuid.Nil, false
	}
	if wait := s.failures.wait(remoteAddress(r), s.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		problem(w, http.StatusTooManyRequests, "too many failed check-ins from this address")
		return uuid.Nil, false
	}
	return order, true
}

// answer carries out a check-in or un-check-in, a bounded number at a time, and replies: 204 when it has nothing to say, otherwise
// 200 with the message. It is over within 5 s whatever the service does (DESIGN.md, section 4).
func (s *Server) answer(w http.ResponseWriter, r *http.Request, act func(context.Context) (said string, err error)) {
	ctx, cancel := context.WithTimeout(r.Context(), checkInLimit)
	defer cancel()
	said, err := "", acquire(ctx, s.slots, slotLimit)
	if err == nil {
		said, err = s.act(ctx, act)
	}
	if err != nil {
		why := reason(err)
		s.failures.count(remoteAddress(r), why.weight, s.Now())
		s.logFailure(r.Pattern, why, err)
		said = s.Texts.Say(why.text, why.args)
	}
	if said == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeBody(w, http.StatusOK, typeJSON, encode(waiterMessage{said}))
}

// act runs with a slot that is given back, also by a panic.
func (s *Server) act(ctx context.Context, act func(context.Context) (string, error)) (string, error) {
	defer release(s.slots)
	return act(ctx)
}

// logFailure keeps what is the shop's to mend; what a waiter can mend is told to the waiter.
func (s *Server) logFailure(route string, why failure, err error) {
	if why.text == texts.WaiterTrouble {
		s.Log.Error("a waiter's request failed", "route", route, "err", err)
		return
	}
	s.Log.Debug("a waiter's request was refused", "route", route, "err", err)
}

// greet says who the guest is and binds nobody.
func (s *Server) greet(ctx context.Context, value string) (string, error) {
	found, err := s.Desk.Identify(value)
	if err != nil {
		return "", explained(err, value)
	}
	ctx, cancel := context.WithTimeout(ctx, orders.CheckInLimit)
	defer cancel()
	guest, err := s.Desk.Greet(ctx, found.Card, s.Now())
	if err != nil {
		return "", err
	}
	args := texts.Args{"Name": guest.Name, "Points": s.Texts.Points(guest.Balance)}
	if guest.Name == "" {
		return s.Texts.Say(texts.WaiterNameless, args), nil
	}
	return s.Texts.Say(texts.WaiterGuest, args), nil
}

// waiter names the waiter of a PIN; empty when the shop asks for none.
func (s *Server) waiter(ctx context.Context, pin string) (string, error) {
	if s.Waiters == nil {
		return "", nil
	}
	if err := acquire(ctx, s.pinSlots, checkInLimit); err != nil {
		return "", err
	}
	defer release(s.pinSlots)
	name, ok, err := s.Waiters.Check(ctx, pin)
	switch {
	case err != nil:
		return "", errors.Join(errPinTrouble, err)
	case !ok:
		return "", errUnknownPin
	}
	return name, nil
}

// acquire takes a slot, or gives up after a while with errCrowded.
func acquire(ctx context.Context, slots chan struct{}, limit time.Duration) error {
	select {
	case slots <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(limit)
	defer patience.Stop()
	select {
	case slots <- struct{}{}:
		return nil
	case <-patience.C:
		return errCrowded
	case <-ctx.Done():
		return errCrowded
	}
}

func release(slots chan struct{}) { <-slots }

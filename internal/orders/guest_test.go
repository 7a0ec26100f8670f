package orders_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// guest is a seated guest in a few words.
func (h *hall) guest(order uuid.UUID) string {
	h.t.Helper()
	seated, err := h.book.Guest(h.t.Context(), order)
	must(h.t, err)
	stale := ""
	if seated.Stale != nil {
		stale = " stale"
	}
	return fmt.Sprint(seated.Guest.Name, " ", seated.Guest.Balance, stale)
}

func (h *hall) wantGuest(order uuid.UUID, want string, asked int) {
	h.t.Helper()
	if got := h.guest(order); got != want {
		h.t.Errorf("guest: got %q, want %q", got, want)
	}
	if got := h.desk.asked(anna); got != asked {
		h.t.Errorf("the service was asked %d times, want %d", got, asked)
	}
}

func TestGuestIsReadAgainWhenOld(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	h.wantGuest(order, "Анна 2365", 1) // what the check-in showed
	h.desk.set(anna, 100)
	h.pass(orders.GuestMaxAge)
	h.wantGuest(order, "Анна 2365", 1)
	h.pass(1)
	h.wantGuest(order, "Анна 100", 2)
	h.wantGuest(order, "Анна 100", 2)
	h.pass(-time.Minute) // the clock was set back: nobody knows how old it is
	h.wantGuest(order, "Анна 100", 3)
	if o, _ := h.book.Find(t.Context(), order); o.Version != 1 {
		t.Error("reading changed the book")
	}
}

func TestGuestWhoseReadingPanics(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	h.pass(orders.GuestMaxAge + 1)
	h.desk.hook = func(context.Context, skidkabot.Card) error { panic("a fault of the program") }
	h.wantGuest(order, "Анна 2365 stale", 2)
}

func TestGuestCarriesTheOrdersCard(t *testing.T) {
	h := newHall(t)
	first := h.seated(anna)
	h.pass(time.Second)
	second := uuid.New()
	_, err := h.book.CheckIn(t.Context(), orders.CheckIn{Order: second, Text: skidkabot.Card{Vendor: shop, Client: anna, Secret: 555}.Payload()})
	must(t, err)
	for order, want := range map[uuid.UUID]int64{first: 31766, second: 555} {
		seated, err := h.book.Guest(t.Context(), order)
		must(t, err)
		if got := seated.Guest.Card.Secret.Reveal(); got != want || !seated.Guest.ScannedAt.Equal(seated.Order.Guest.ScannedAt) {
			t.Errorf("got secret %d scanned at %v, want %d", got, seated.Guest.ScannedAt, want)
		}
	}
	// The service is asked with the newest QR: the older one may no longer be valid.
	h.desk.on(func(_ context.Context, c skidkabot.Card) error {
		if c.Secret.Reveal() != 555 {
			return &skidkabot.RefusedError{Code: 8}
		}
		return nil
	})
	h.pass(time.Minute)
	h.wantGuest(first, "Анна 2365", 3)
}

func TestGuestOfNothing(t *testing.T) {
	h := newHall(t)
	closed := h.seated(anna)
	must(t, h.checkOut(closed))
	for order, want := range map[uuid.UUID]error{
		uuid.New(): orders.ErrNotFound, h.fed("100"): orders.ErrNoGuest, closed: orders.ErrClosed,
	} {
		_, err := h.book.Guest(t.Context(), order)
		wantError(t, err, want)
		limit, err := h.book.Limit(t.Context(), order, false)
		if err != nil || !limit.IsZero() {
			t.Errorf("limit %v, error %v; want nothing to tell orders apart by", limit, err)
		}
	}
}

func TestGuestWhenTheServiceIsDown(t *testing.T) {
	h := newHall(t, func(o *orders.Options) { o.Rules.MaxSum = decimal.NewFromInt(7) })
	order := h.seated(anna)
	h.pass(time.Minute)
	h.desk.set(anna, 100)
	h.wantGuest(order, "Анна 100", 2)
	h.pass(time.Minute)
	h.desk.answer(errDown)
	h.wantGuest(order, "Анна 100 stale", 3) // the last known, not the check-in's
	seated, err := h.book.Guest(t.Context(), order)
	must(t, err)
	wantError(t, seated.Stale, errDown)
	if !seated.Guest.ReadAt.Equal(noon.Add(time.Minute)) || !seated.Guest.Rules.RedeemPercent.Valid {
		t.Errorf("got %+v", seated.Guest)
	}
	h.desk.answer(nil)
	h.wantGuest(order, "Анна 100", 5)

	// After a restart only the binding is known, and the shop's own rules.
	restarted := orders.NewBook(h.book.Options)
	h.desk.answer(errDown)
	seated, err = restarted.Guest(t.Context(), order)
	must(t, err)
	wantError(t, seated.Stale, errDown)
	got := words(seated.Guest.Name, seated.Guest.Balance, seated.Guest.ReadAt.Equal(noon), seated.Guest.Rules.MaxSum,
		seated.Guest.Rules.Step, seated.Guest.Rules.RedeemPercent.Valid, seated.Guest.Card.Client)
	if want := "Анна 2365 true 7 1 false 83532824"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	limit, err := restarted.Limit(t.Context(), order, false)
	if must(t, err); !limit.IsZero() {
		t.Errorf("limit %v by a percent that nobody knows", limit)
	}
}

func TestGuestOfAnOldQRIsNotAskedFor(t *testing.T) {
	h := newHall(t)
	order := h.fed("100")
	must(t, h.checkIn(order, anna))
	h.pass(loyalty.QRLifetime)
	h.wantGuest(order, "Анна 2365 stale", 1)
	seated, err := h.book.Guest(t.Context(), order)
	must(t, err)
	wantError(t, seated.Stale, loyalty.ErrQRExpired)
	limit, err := h.book.Limit(t.Context(), order, false)
	if must(t, err); !limit.IsZero() {
		t.Errorf("limit %v of an old QR", limit)
	}
}

// An operation of the guest makes the remembered balance old at once.
func TestGuestAfterAnOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		stop := h.run()
		defer stop()
		order := h.fed("100")
		must(t, h.checkIn(order, anna))
		h.operate(order, boris, loyalty.Accrual, loyalty.StateVoided)
		h.wantGuest(order, "Анна 2365", 1) // somebody else's
		h.operate(order, anna, loyalty.Accrual, toConfirmed...)
		h.desk.set(anna, 2390)
		h.wantGuest(order, "Анна 2390", 2)
		h.wantGuest(order, "Анна 2390", 2)
		seated, err := h.book.Guest(t.Context(), order)
		must(t, err)
		if len(seated.Moved) != 1 || seated.Moved[0].State != loyalty.StateConfirmed {
			t.Errorf("got operations %v", seated.Moved)
		}
	})
}

// A reading that began before an operation is not shared with whoever asks after it, and is not remembered as fresh.
func TestGuestReadAcrossAnOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		stop := h.run()
		defer stop()
		order := h.fed("100")
		must(t, h.checkIn(order, anna))
		time.Sleep(time.Minute)
		var calls atomic.Int64
		h.desk.on(func(context.Context, skidkabot.Card) error { // the early reading ends last
			time.Sleep(time.Duration(4-2*calls.Add(1)) * time.Second)
			return nil
		})
		early := make(chan string)
		go func() { early <- h.guest(order) }()
		synctest.Wait()
		h.operate(order, anna, loyalty.Accrual, toConfirmed...)
		h.desk.set(anna, 2390)
		h.wantGuest(order, "Анна 2390", 3)
		if got := <-early; got != "Анна 2365" {
			t.Errorf("the early reader got %q", got)
		}
		h.wantGuest(order, "Анна 2390", 3)
	})
}

func TestGuestIsReadOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order, other := h.seated(anna), h.seated(anna)
		before := h.desk.asked(anna)
		time.Sleep(time.Minute)
		h.desk.on(func(context.Context, skidkabot.Card) error { time.Sleep(time.Second); return nil })
		h.desk.set(anna, 100)
		var readers sync.WaitGroup
		for i := range 64 {
			readers.Go(func() {
				if got := h.guest([]uuid.UUID{order, other}[i%2]); got != "Анна 100" {
					t.Errorf("got %q", got)
				}
			})
		}
		readers.Wait()
		if got := h.desk.asked(anna) - before; got != 1 {
			t.Errorf("64 readers asked the service %d times", got)
		}
	})
}

// A reader whose look was overtaken by another's whole reading does not ask again.
func TestGuestReadByAnotherMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		h := newHall(t, func(o *orders.Options) {
			o.Now = func() time.Time {
				now := time.Now()
				if slow.CompareAndSwap(true, false) {
					time.Sleep(2 * time.Second)
				}
				return now
			}
		}).inRealTime()
		order := h.seated(anna)
		time.Sleep(time.Minute)
		slow.Store(true)
		overtaken := make(chan string)
		go func() { overtaken <- h.guest(order) }()
		time.Sleep(time.Second)
		h.wantGuest(order, "Анна 2365", 2)
		if got := <-overtaken; got != "Анна 2365" || h.desk.asked(anna) != 2 {
			t.Errorf("got %q, the service was asked %d times", got, h.desk.asked(anna))
		}
	})
}

// Who gives up does not end the reading of the others, not even when it was theirs.
func TestGuestWhoseReaderGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := h.seated(anna)
		time.Sleep(time.Minute)
		h.desk.set(anna, 100)
		h.desk.on(func(ctx context.Context, _ skidkabot.Card) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(3 * time.Second):
				return nil
			}
		})
		gone, leave := context.WithCancel(t.Context())
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		results := make(chan error, 1)
		go func() {
			_, err := h.book.Guest(gone, order)
			results <- err
		}()
		synctest.Wait()
		patient := make(chan string, 1)
		go func() { patient <- h.guest(order) }()
		synctest.Wait()
		leave()
		wantError(t, <-results, context.Canceled)
		seated, err := h.book.Guest(impatient, order)
		must(t, err)
		var unknown *skidkabot.UnknownError
		if !errors.As(seated.Stale, &unknown) || unknown.Reason != skidkabot.ReasonTimeout || seated.Guest.Balance.IntPart() != 2365 {
			t.Errorf("the impatient got %v, stale for %v", seated.Guest.Balance, seated.Stale)
		}
		if got := <-patient; got != "Анна 100" {
			t.Errorf("the patient got %q", got)
		}
	})
}

// A service that never answers holds a reading for 15 s, not for ever.
func TestGuestOfAMuteService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := h.seated(anna)
		time.Sleep(time.Minute)
		h.desk.on(func(ctx context.Context, _ skidkabot.Card) error { <-ctx.Done(); return ctx.Err() })
		start := time.Now()
		if got := h.guest(order); got != "Анна 2365 stale" {
			t.Errorf("got %q", got)
		}
		if took := time.Since(start); took != 15*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestGuestsRememberedAreBounded(t *testing.T) {
	h := newHall(t)
	for i := range orders.GuestLimit + 3 {
		h.seated(int64(i + 1))
	}
	if got := h.book.Remembered(); got != orders.GuestLimit {
		t.Errorf("%d guests are remembered", got)
	}
	h = newHall(t, rebind)
	order, other := h.seated(anna), h.seated(boris)
	must(t, h.checkIn(order, boris)) // in place of anna
	if got := h.book.Remembered(); got != 1 {
		t.Errorf("%d guests are remembered of 1", got)
	}
	must(t, h.checkOut(order))
	must(t, h.checkOut(other))
	if got := h.book.Remembered(); got != 0 {
		t.Errorf("%d guests are remembered of none", got)
	}
}

// A reading that comes back after its guest has left is forgotten by the next sweep.
func TestGuestWhoLeavesWhileRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := h.seated(anna)
		time.Sleep(time.Minute)
		h.desk.on(func(context.Context, skidkabot.Card) error { time.Sleep(time.Second); return nil })
		read := make(chan string)
		go func() { read <- h.guest(order) }()
		synctest.Wait()
		must(t, h.checkOut(order))
		if got := <-read; got != "Анна 2365" {
			t.Errorf("got %q", got)
		}
		h.seated(boris)
		h.book.Sweep(t.Context())
		if got := h.book.Remembered(); got != 1 {
			t.Errorf("%d guests are remembered, want the one who sits", got)
		}
	})
}

// A percent that the service cannot mean is unknown, and then nothing is promised.
func TestLimitByAnAbsurdPercent(t *testing.T) {
	h := newHall(t)
	h.desk.percent = 500
	for _, sum := range []string{"", "100"} {
		order := h.fed(sum)
		must(t, h.checkIn(order, anna))
		limit, err := h.book.Limit(t.Context(), order, false)
		if must(t, err); !limit.IsZero() {
			t.Errorf("sum %q: limit %s", sum, limit)
		}
	}
}

func TestLimit(t *testing.T) {
	redemption := func(link loyalty.Link, states ...loyalty.State) func(*hall, uuid.UUID) {
		return func(h *hall, order uuid.UUID) {
			of := h.operate(order, anna, loyalty.Accrual, toConfirmed...)
			op := loyalty.Operation{
				ID: uuid.Must(uuid.NewV7()), Kind: loyalty.Redemption, State: loyalty.StatePlanned, Vendor: shop, Client: anna,
				Points: decimal.NewFromInt(1), Link: link, Order: order,
			}
			if link != loyalty.LinkNone {
				op.Parent = of
			}
			must(h.t, h.store.Plan(h.t.Context(), op))
			h.step(op.ID, states...)
		}
	}
	for name, test := range map[string]struct {
		sum     string
		zero    bool
		balance int64
		before  func(*hall, uuid.UUID)
		want    string
	}{
		"by the rules":               {"1250.50", false, 2365, nil, "125"},
		"by the balance":             {"1250.50", false, 50, nil, "50"},
		"a sum of nothing":           {"0", false, 2365, nil, "0"},
		"no sum":                     {"", false, 2365, nil, "2365"},
		"no sum, by the setting":     {"", true, 2365, nil, "0"},
		"known sum, by the setting":  {"1250.50", true, 2365, nil, "125"},
		"a debt":                     {"", false, -5, nil, "0"},
		"a redemption that happened": {"1000", false, 2365, redemption("", toConfirmed...), "0"},
		"a redemption on the way":    {"1000", false, 2365, redemption("", toUnknown...), "0"},
		"a redemption that did not":  {"1000", false, 2365, redemption("", loyalty.StateVoided), "100"},
		"an accrual taken back":      {"1000", false, 2365, redemption(loyalty.LinkReversal, toConfirmed...), "100"},
		"the service is down":        {"1000", false, 2365, func(h *hall, _ uuid.UUID) { h.pass(time.Hour); h.desk.answer(errDown) }, "100"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			h.desk.set(anna, test.balance)
			order := h.fed(test.sum)
			must(t, h.checkIn(order, anna))
			if test.before != nil {
				test.before(h, order)
			}
			got, err := h.book.Limit(t.Context(), order, test.zero)
			if must(t, err); got.String() != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

package orderstest

import (
	"testing"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func open(*testing.T) Store {
	s := &MemoryStore{}
	s.Register = Register
	return s
}

func TestMemoryStore(t *testing.T) { RunStoreSuite(t, open) }

// TestMemoryStoreOfOperations shows that beside orders the store is still one of operations.
func TestMemoryStoreOfOperations(t *testing.T) {
	loyaltytest.RunStoreSuite(t, func(t *testing.T) loyalty.Store { return open(t) })
}

func TestMemoryStoreFailWrites(t *testing.T) {
	s := &MemoryStore{}
	there, o := save(t, s, newOrder()), newOrder()
	failing := ""
	s.FailWrites = func(method string) error {
		if method == failing {
			return loyaltytest.ErrInjected
		}
		return nil
	}
	shift := openShift(t, s)
	settlement := paidOrder(save(t, s, newOrder(tills)), shift)
	for method, write := range map[string]func() error{
		"Settle":     func() error { _, err := s.Settle(t.Context(), settlement); return err },
		"Plan":       func() error { _, err := s.Settle(t.Context(), settlement); return err },
		"NextNumber": func() error { _, err := s.NextNumber(t.Context()); return err },
		"OpenShift":  func() error { _, err := s.OpenShift(t.Context(), newID(), "", noon); return err },
		"CloseShift": func() error { _, err := s.CloseShift(t.Context(), "", noon); return err },
		"DecideClaim": func() error {
			_, err := s.DecideClaim(t.Context(), newID(), orders.ClaimBack, "", "", noon)
			return err
		},
		"ReceiptEnded": func() error { return s.ReceiptEnded(t.Context(), settlement.Order.ID) },
		"Posted":       func() error { return s.Posted(t.Context(), newID(), orders.LetterStale, noon, noon) },
	} {
		failing = method
		wantError(t, write(), loyaltytest.ErrInjected)
	}
	failing = "SaveOrder"
	_, err := s.SaveOrder(t.Context(), o, orders.Event{Kind: orders.EventOpened})
	wantError(t, err, loyaltytest.ErrInjected)
	wantNothing(t, s, o.ID)
	wantStored(t, s, there)
}

// TestMemoryStoreRegister shows that the events of a store without a till name the order's.
func TestMemoryStoreRegister(t *testing.T) {
	for register, want := range map[int]int{0: 3, 9: 9} {
		s := &MemoryStore{}
		s.Register = register
		o := save(t, s, newOrder(func(o *orders.Order) { o.Register = 3 }), orders.Event{Kind: orders.EventOpened})
		events, err := s.OrderEvents(t.Context(), o.ID)
		must(t, err)
		if len(events) != 1 || events[0].Register != want {
			t.Errorf("store of till %d: got %+v, want till %d", register, events, want)
		}
	}
}

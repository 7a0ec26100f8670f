package loyalty_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestDraftAccrual(t *testing.T) {
	till := newTill(t)
	req := till.accrual(t, "1250")
	req.Order = uuid.New()
	op, err := till.DraftAccrual(req, dec("1000"))
	if err != nil {
		t.Fatal(err)
	}
	if op.ID != req.ID || op.Kind != loyalty.Accrual || op.State != loyalty.StatePlanned || op.Order != req.Order || op.Cashier != req.Cashier ||
		op.Card() != req.Guest.Card || !op.Points.Equal(dec("20")) || !op.Sum.Equal(dec("1250")) || !op.Money.Equal(dec("1000")) || !op.Percent.Equal(dec("2")) {
		t.Errorf("got %+v", op)
	}
	if err := op.Validate(); err != nil {
		t.Error(err)
	}
	if _, err := till.store.Find(t.Context(), op.ID); err == nil {
		t.Error("a draft was written")
	}
	if got := till.service.balance(card.Client); !got.Equal(dec("2365")) {
		t.Errorf("a draft moved points: %s", got)
	}
}

// TestADraftIsSent plans a draft as an order's closing does, and sends it as it is.
func TestADraftIsSent(t *testing.T) {
	till := newTill(t)
	op, err := till.DraftAccrual(till.accrual(t, "1250"), dec("1000"))
	if err != nil {
		t.Fatal(err)
	}
	if err := till.store.Plan(t.Context(), op); err != nil {
		t.Fatal(err)
	}
	result, err := till.Send(t.Context(), op.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, result.Operation, loyalty.StateConfirmed)
	if got := till.service.balance(card.Client); !got.Equal(dec("2385")) {
		t.Errorf("the service has %s, want 2385", got)
	}
}

func TestDraftAccrualRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.accrual(t, "1250")
		for _, test := range []struct {
			sum, money string
			want       error
		}{
			{"0", "0", loyalty.ErrBadSum},
			{"-1", "-1", loyalty.ErrBadSum},
			{"100000000", "100", loyalty.ErrBadSum},
			{"1250", "1250.01", loyalty.ErrBadSum},
			{"1250", "0", loyalty.ErrNothingToAccrue},
			{"1250", "-5", loyalty.ErrNothingToAccrue},
			{"1250", "49.99", loyalty.ErrNothingToAccrue},
			{"1250", "50", nil},
		} {
			req.Sum = dec(test.sum)
			_, err := till.DraftAccrual(req, dec(test.money))
			if !errors.Is(err, test.want) {
				t.Errorf("%s of %s: got error %v, want %v", test.money, test.sum, err, test.want)
			}
		}
		noID := req
		noID.ID = uuid.Nil
		if _, err := till.DraftAccrual(noID, dec("1000")); err == nil {
			t.Error("a draft without an id")
		}
		time.Sleep(loyalty.QRLifetime)
		_, err := till.DraftAccrual(req, dec("1000"))
		if !errors.Is(err, loyalty.ErrQRExpired) {
			t.Errorf("after a day: got error %v", err)
		}
	})
}

package loyaltytest

import (
	"testing"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestMemoryStore(t *testing.T) {
	RunStoreSuite(t, func(*testing.T) loyalty.Store { return &MemoryStore{Register: Register} })
}

func TestMemoryStoreFailWrites(t *testing.T) {
	failing := ""
	s := &MemoryStore{FailWrites: func(method string) error {
		if method == failing {
			return ErrInjected
		}
		return nil
	}}
	there, o := newOperation(), newOperation()
	must(t, s.Plan(t.Context(), there))
	for method, write := range map[string]func() error{
		"Plan": func() error { return s.Plan(t.Context(), o) },
		"Move": func() error {
			return s.Move(t.Context(), newMove(there.ID, loyalty.StatePlanned, loyalty.StateVoided))
		},
		"Amend": func() error {
			return s.Amend(t.Context(), loyalty.Amendment{While: there.ID, Is: loyalty.StatePlanned, Plan: []loyalty.Operation{o}})
		},
		"WipeSecrets": func() error {
			_, err := s.WipeSecrets(t.Context(), noon)
			return err
		},
	} {
		failing = method
		wantError(t, write(), ErrInjected)
		wantNothing(t, s, o)
		wantStored(t, s, there)
	}
}

// TestMemoryStoreRegister shows that the events of a store without a till name the operation's.
func TestMemoryStoreRegister(t *testing.T) {
	for register, want := range map[int]int{0: 3, 9: 9} {
		s := &MemoryStore{Register: register}
		o := newOperation(func(o *loyalty.Operation) { o.Register = 3 })
		bring(t, s, o, loyalty.StateVoided)
		events, err := s.Events(t.Context(), o.ID)
		must(t, err)
		for _, e := range events {
			if e.Register != want {
				t.Errorf("store of till %d: an event names till %d, want %d", register, e.Register, want)
			}
		}
	}
}

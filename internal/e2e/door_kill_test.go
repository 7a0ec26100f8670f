//go:build !windows

package e2e_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// killRounds is how often the till is killed, at a random moment each time.
const killRounds = 20

// A check-in that was answered with 204 is in the book of the next start, at whatever moment the power goes.
func TestAKillAfterACheckInLosesNothing(t *testing.T) {
	const handhelds = 4
	s := newDoor(t)
	var bound []uuid.UUID
	for range killRounds {
		till := s.serve()
		before := len(bound)
		var mu sync.Mutex
		var waiters sync.WaitGroup
		for range handhelds {
			waiters.Go(func() {
				for {
					id, card := uuid.New(), s.service.IssueQR(alexander)
					status, text, err := till.call("POST", order(id)+"/checkin", checkIn(card))
					switch {
					case err != nil: // killed
						return
					case status != 204:
						t.Errorf("a check-in is answered with %d: %s", status, text)
						return
					}
					mu.Lock()
					bound = append(bound, id)
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		for reached := false; !reached; time.Sleep(time.Millisecond) { // a slow machine has done nothing yet
			mu.Lock()
			reached = len(bound) > before
			mu.Unlock()
		}
		s.must(till.process.Process.Kill())
		waiters.Wait()
		_ = till.process.Wait() // killed
	}
	till := s.serve()
	for _, id := range bound {
		s.wants(till.waiters, 200, "GET", order(id)+"/loyalty", "", "UserWallets")
	}
	t.Logf("%d check-ins in %d lives", len(bound), killRounds)
}

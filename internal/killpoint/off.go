//go:build !killpoints || !unix

// Package killpoint lets a test end the till, as kill -9 does, at a named moment between two steps of an operation, and
// set its clock.
//
// In an ordinary build it does nothing at all: [Store], [Orders] and [Service] give back what they are given, and [Now] is
// [time.Now]. Built with the tag killpoints, they watch for the moment that the environment variable KILLPOINT_AT names,
// for example "move.sending.after" or, at the third time, "send.accrual.before:3". The moments:
//
//	plan.before, plan.after             around the writing of a plan
//	move.STATE.before, move.STATE.after around the writing of each step into a state
//	amend.before, amend.after           around a change of plans
//	send.KIND.before, send.KIND.after   around each accrual and redemption on the wire
//	wipe.before, wipe.after             around the wiping of old QR secrets
//	settle.before, settle.after         around what one payment changes, its answer included
//	posted.before, posted.after         around the note that an answer was delivered, after it was
//
// KILLPOINT_CLOCK sets the clock and how fast it runs: "ANCHOR SHOWN SPEED", where SHOWN is what it shows when the
// machine's clock shows ANCHOR, both in nanoseconds since 1970. So what takes minutes or a day is tested in seconds.
//
// The points lie around the use cases and not in them, so that the code under test is the code of the shop.
package killpoint

import (
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Store gives the store back.
func Store(store loyalty.Store) loyalty.Store { return store }

// Orders gives the store back.
func Orders(store orders.TillStore) orders.TillStore { return store }

// Service gives the service back.
func Service(service loyalty.Service) loyalty.Service { return service }

// Now is the machine's clock.
func Now() time.Time { return time.Now() }

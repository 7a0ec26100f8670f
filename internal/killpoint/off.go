//go:build !killpoints || !unix

// Package killpoint lets a test end the till, as kill -9 does, at a named moment between two steps of an operation.
//
// In an ordinary build it does nothing at all: [Store] and [Service] give back what they are given. Built with the tag
// killpoints, they watch for the moment that SKIDKASSA_KILL_AT names, for example "move.sending.after" or, at the
// third time, "send.accrual.before:3". The moments:
//
//	plan.before, plan.after            around the writing of a plan
//	move.STATE.before, move.STATE.after around the writing of each step into a state
//	send.KIND.before, send.KIND.after   around each accrual and redemption on the wire
//
// The points lie around the use cases and not in them, so that the code under test is the code of the shop.
package killpoint

import "github.com/skidkassa/skidkassa/internal/loyalty"

// Store gives the store back.
func Store(store loyalty.Store) loyalty.Store { return store }

// Service gives the service back.
func Service(service loyalty.Service) loyalty.Service { return service }

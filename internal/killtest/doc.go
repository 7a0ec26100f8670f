// Package killtest kills the program itself, in a terminal and with a cashier at it, as a power cut does: at every named
// moment ([killpoint]) and at random ones while it works. It holds what the cashier has read, the journal and the
// service's ledger to each other: nothing lost, nothing doubled, and the start screen lists what is open. The same while a
// guest pays from the phone: the bill is closed once, and the answer agrees with the book. There is no production code here.
//
// [killpoint]: github.com/skidkassa/skidkassa/internal/killpoint
package killtest

// Package e2e tests the whole program from outside, as a cashier, a scanner and a power cut meet it.
//
// The built binary runs in a pseudo-terminal against the simulated service; tests press keys, wait for words on the
// emulated screen, and at the end of each the service's ledger is compared with the till's journal: what one of them
// calls done, the other must hold, exactly once. Where a scenario would have to wait for minutes, the binary is compiled
// with those waits shortened, and nothing else. There is no production code here.
package e2e
